// Joining: cat, stack and their relatives, grids of vectors. ONNX Concat-13, ConcatFromSequence-11.

import type { ScalarType } from '../../ir/scalar-type.ts'
import { promoteTypes } from '../../ops/promotion.ts'
import { range } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { ListOperand, Operand, OnnxValue, ScalarOperand, TensorListOperand } from '../operand.ts'
import { compute, like, type Kernels } from './compute.ts'
import { countTo, int, intOp } from './int-math.ts'
import { lower, lowers, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'
import { rankOnly } from './spatial.ts'

/** The dtype that cat and stack give: tensors are promoted among each other. */
function common(values: readonly OnnxValue[], out: ResultInfo | undefined): ScalarType {
  return out?.dtype ?? values.map((value) => value.dtype).reduce(promoteTypes)
}

/** Concat; tensors of shape [0] do not count where others have a higher rank (torch's legacy rule). */
export function concat(tensors: TensorListOperand, dim: number, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue {
  if (tensors.kind === 'sequence') return b.op('ConcatFromSequence', [tensors], { axis: dim }, { dtype: tensors.dtype, ...out })
  const all = tensors.items as readonly OnnxValue[]
  const rank = Math.max(...all.map((value) => value.dims?.length ?? -1))
  if (all.some(({ dims }) => dims?.length === 0))
    throw new UnmetNeed('output', 'tensors that have axes: those without cannot be concatenated')
  const real = all.filter((value) => !(value.dims?.length === 1 && rank > 1))
  const values = (real.length === 0 ? all.slice(0, 1) : real).map((value) => b.cast(value, common(all, out)))
  if (values.length === 1) return values[0]!
  return b.op('Concat', values, { axis: rank > 0 && dim < 0 ? dim + rank : dim }, { ...out, dtype: values[0]!.dtype })
}

function stack(tensors: TensorListOperand, dim: number, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue {
  if (tensors.kind === 'sequence')
    return b.op('ConcatFromSequence', [tensors], { axis: dim, new_axis: 1 }, { dtype: tensors.dtype, ...out })
  const values = tensors.items as readonly OnnxValue[]
  if (new Set(values.flatMap(({ dims }) => dims?.length ?? [])).size > 1) throw new UnmetNeed('output', 'tensors of one rank')
  const dtype = common(values, out)
  const wide = values.map((value) => b.unsqueeze(b.cast(value, dtype), [dim]))
  if (wide.length === 1) return wide[0]!
  return b.op('Concat', wide, { axis: dim < 0 && out?.dims !== undefined ? dim + out.dims.length : dim }, { ...out, dtype })
}

const items = (tensors: TensorListOperand): readonly OnnxValue[] => {
  if (tensors.kind === 'sequence') throw new UnmetNeed('tensors', 'a list of known length')
  return tensors.items as readonly OnnxValue[]
}
/** Axes of extent 1 up to a rank: in front, save that the third goes behind. */
function atLeast(rank: 1 | 2 | 3, x: OnnxValue, b: OnnxBuilder): OnnxValue {
  const have = x.dims!.length
  if (have >= rank) return x
  if (rank === 1) return b.unsqueeze(x, [0])
  const flat = have === 0 ? [0, 1] : [0]
  return b.unsqueeze(x, rank === 2 ? flat : have === 0 ? [0, 1, 2] : have === 1 ? [0, 2] : [2])
}

const PADDED: Kernels = ['float32', 'float64', 'int32', 'int64', 'uint8', 'int8', 'bool']
/** Each tensor's axis padded with zeros to whole chunks, what follows it flat, then side by side. */
function chunkConcat(tensors: TensorListOperand, dim: number, chunks: number, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue {
  if (tensors.kind !== 'list') throw new UnmetNeed('tensors', 'a list of tensors of known length')
  const all = tensors.items as readonly OnnxValue[]
  const rank = all[0]?.dims?.length
  if (rank === undefined) throw new UnmetNeed('tensors', 'its rank to be known')
  const axis = dim < 0 ? dim + rank : dim
  const dtype = common(all, out)
  const lead = range(axis).map(() => 0)
  const parts = all.map((x) => {
    const missing = intOp(b, 'Mod', intOp(b, 'Sub', chunks, intOp(b, 'Mod', b.size(x, axis), chunks)), chunks)
    const end = b.concatScalars(range(rank).map((i) => (i === axis ? missing : int(0))))
    const pads = b.op('Concat', [b.ints(range(rank).map(() => 0)), end], { axis: 0 }, { dims: [2 * rank] })
    const padded = compute(b, dtype, PADDED, [x], (value) =>
      b.op('Pad', [value, pads, like(b, value, 0)], { mode: 'constant' }, rankOnly(rank)),
    )
    return b.op('Reshape', [padded, b.ints([...lead, chunks, -1])], { allowzero: 0 }, rankOnly(axis + 2))
  })
  return b.op('Concat', parts, { axis: axis + 1 }, { dims: out?.dims ?? rankOnly(axis + 2).dims })
}

export const joiningLowerings: readonly LoweringRow[] = [
  lower(
    'aten::_chunk_cat(Tensor[] tensors, int dim, int num_chunks) -> Tensor',
    { constant: ['dim', 'num_chunks'] },
    ({ tensors, dim, num_chunks }, b, [out]) => chunkConcat(tensors, dim, num_chunks, b, out),
  ),
  ...lowers(
    [
      'aten::cat(Tensor[] tensors, int dim=0) -> Tensor',
      'aten::concat(Tensor[] tensors, int dim=0) -> Tensor',
      'aten::concatenate(Tensor[] tensors, int dim=0) -> Tensor',
    ],
    { constant: ['dim'] },
    ({ tensors, dim }, b, [out]) => concat(tensors, dim, b, out),
  ),
  lower('aten::stack(Tensor[] tensors, int dim=0) -> Tensor', { constant: ['dim'] }, ({ tensors, dim }, b, [out]) =>
    stack(tensors, dim, b, out),
  ),
  lower('aten::_stack(Tensor[] tensors, int dim=0) -> Tensor', { constant: ['dim'] }, ({ tensors, dim }, b, [out]) =>
    stack(tensors, dim, b, out),
  ),
  lower('aten::hstack(Tensor[] tensors) -> Tensor', { rank: ['tensors'] }, ({ tensors }, b, [out]) => {
    const wide = items(tensors).map((value) => atLeast(1, value, b))
    return concat({ kind: 'list', items: wide }, wide[0]?.dims!.length === 1 ? 0 : 1, b, out)
  }),
  ...lowers(
    ['aten::vstack(Tensor[] tensors) -> Tensor', 'aten::row_stack(Tensor[] tensors) -> Tensor'],
    { rank: ['tensors'] },
    ({ tensors }, b, [out]) => concat({ kind: 'list', items: items(tensors).map((value) => atLeast(2, value, b)) }, 0, b, out),
  ),
  lower('aten::column_stack(Tensor[] tensors) -> Tensor', { rank: ['tensors'] }, ({ tensors }, b, [out]) => {
    const columns = items(tensors).map((value) => (value.dims!.length < 2 ? b.reshapeTo(value, [-1, 1]) : value))
    return concat({ kind: 'list', items: columns }, 1, b, out)
  }),
  lower('aten::dstack(Tensor[] tensors) -> Tensor', { rank: ['tensors'] }, ({ tensors }, b, [out]) =>
    concat({ kind: 'list', items: items(tensors).map((value) => atLeast(3, value, b)) }, 2, b, out),
  ),
  lower('aten::atleast_3d(Tensor self) -> Tensor', { rank: ['self'] }, ({ self }, b) => atLeast(3, self, b)),
  ...([1, 2, 3] as const).map((rank) =>
    lower(`aten::atleast_${rank}d.Sequence(Tensor[] tensors) -> Tensor[]`, { rank: ['tensors'] }, ({ tensors }, b): Operand => ({
      kind: 'list',
      items: items(tensors).map((value) => atLeast(rank, value, b)),
    })),
  ),
  lower('aten::block_diag(Tensor[] tensors) -> Tensor', { rank: ['tensors'] }, ({ tensors }, b, [out]) => {
    const blocks = items(tensors).map((value) => b.cast(atLeast(2, value, b), common(items(tensors), out)))
    const widths = blocks.map((block) => b.size(block, 1))
    const total = (list: readonly ScalarOperand[]): ScalarOperand =>
      list.reduce<ScalarOperand>((sum, width) => intOp(b, 'Add', sum, width), int(0))
    const rows = blocks.map((block, i) => {
      const [left, right] = [total(widths.slice(0, i)), total(widths.slice(i + 1))]
      const pads = b.concatScalars([int(0), left, int(0), right])
      return b.op('Pad', [block, pads, b.scalar(block.dtype, 0)], { mode: 'constant' }, { dims: [block.dims![0]!, null] })
    })
    return concat({ kind: 'list', items: rows }, 0, b, out)
  }),
  lower('aten::cartesian_prod(Tensor[] tensors) -> Tensor', ({ tensors }, b, [out]) => {
    const values = items(tensors)
    if (values.length === 1) return values[0]!
    const columns = meshgrid(values, false, b).items.map((grid) => b.reshapeTo(grid as OnnxValue, [-1]))
    return stack({ kind: 'list', items: columns }, 1, b, out)
  }),
  lower(
    'aten::combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor',
    { constant: ['r'] },
    ({ self, r, with_replacement }, b, [out]) => {
      if (r === 0) return b.elements(self.dtype, [0], [])
      if (r === 1) return b.unsqueeze(self, [1])
      // Rows of positions in rising order, picked from all rows.
      const line = countTo(b, b.size(self, 0))
      const columns = meshgrid(
        range(r).map(() => line),
        false,
        b,
      ).items.map((grid) => b.reshapeTo(grid as OnnxValue, [-1]))
      const rising = range(r - 1)
        .map((i) => b.op(with_replacement ? 'LessOrEqual' : 'Less', [columns[i]!, columns[i + 1]!]))
        .reduce((a, c) => b.op('And', [a, c]))
      const all = stack({ kind: 'list', items: columns }, 1, b, undefined)
      return b.op('Gather', [self, b.op('Compress', [all, rising], { axis: 0 }, { dims: [null, r] })], { axis: 0 }, out)
    },
  ),
  lower('aten::meshgrid(Tensor[] tensors) -> Tensor[]', ({ tensors }, b) => meshgrid(items(tensors), false, b)),
  lower('aten::meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]', ({ tensors, indexing }, b) =>
    meshgrid(items(tensors), indexing === 'xy', b),
  ),
]

/** Each vector along its own axis, expanded to all extents; 'xy' swaps the first two axes. */
function meshgrid(values: readonly OnnxValue[], xy: boolean, b: OnnxBuilder): ListOperand {
  const n = values.length
  const place = (i: number): number => (xy && n >= 2 && i < 2 ? 1 - i : i)
  const sizes = range(n).map((axis): Operand => {
    const value = values[place(axis)]!
    return value.dims?.length === 0 ? { kind: 'constant', value: 1n } : b.size(value, 0)
  })
  const shape = b.concatScalars(sizes)
  return {
    kind: 'list',
    items: values.map((value, i) =>
      b.op(
        'Expand',
        [
          b.reshapeTo(
            value,
            range(n).map((axis) => (axis === place(i) ? -1 : 1)),
          ),
          shape,
        ],
        {},
        { dims: range(n).map(() => null) },
      ),
    ),
  }
}
