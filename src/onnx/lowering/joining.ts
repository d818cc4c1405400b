// Joining and splitting: cat, stack, split, chunk, unbind. ONNX Concat-13, Split-18, ConcatFromSequence-11.

import { scalarTypeInfo, type ScalarType } from '../../ir/scalar-type.ts'
import { promoteTypes } from '../../ops/promotion.ts'
import { chunkPieces, evenPieces, pieces, piecesBetween } from '../../ops/rules/joining.ts'
import type { OnnxBuilder } from '../builder.ts'
import {
  constantNumber,
  dimAt,
  type Operand,
  type OnnxValue,
  type ScalarListOperand,
  type ScalarOperand,
  type TensorListOperand,
} from '../operand.ts'
import { range, wrap } from './movement.ts'
import { lower, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

/** The dtype that cat and stack give: tensors are promoted among each other. */
function common(values: readonly OnnxValue[], out: ResultInfo | undefined): ScalarType {
  return out?.dtype ?? values.map((value) => value.dtype).reduce(promoteTypes)
}

/** Concat; tensors of shape [0] do not count where others have another rank (torch's legacy rule). */
export function concat(tensors: TensorListOperand, dim: number, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue {
  if (tensors.kind === 'sequence') return b.op('ConcatFromSequence', [tensors], { axis: dim }, { dtype: tensors.dtype, ...out })
  const all = tensors.items as readonly OnnxValue[]
  const rank = Math.max(...all.map((value) => value.dims?.length ?? -1))
  const real = all.filter((value) => !(value.dims?.length === 1 && value.dims[0] === 0 && rank !== 1))
  const values = (real.length === 0 ? all.slice(0, 1) : real).map((value) => b.cast(value, common(all, out)))
  if (values.length === 1) return values[0]!
  return b.op('Concat', values, { axis: rank > 0 && dim < 0 ? dim + rank : dim }, { ...out, dtype: values[0]!.dtype })
}

function stack(tensors: TensorListOperand, dim: number, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue {
  if (tensors.kind === 'sequence')
    return b.op('ConcatFromSequence', [tensors], { axis: dim, new_axis: 1 }, { dtype: tensors.dtype, ...out })
  const values = tensors.items as readonly OnnxValue[]
  const dtype = common(values, out)
  const wide = values.map((value) => b.unsqueeze(b.cast(value, dtype), [dim]))
  if (wide.length === 1) return wide[0]!
  return b.op('Concat', wide, { axis: dim < 0 && out?.dims !== undefined ? dim + out.dims.length : dim }, { ...out, dtype })
}

const items = (tensors: TensorListOperand): readonly OnnxValue[] => {
  if (tensors.kind === 'sequence') throw new UnmetNeed('tensors', 'a list of known length')
  return tensors.items as readonly OnnxValue[]
}
/** At least two axes, put in front (vstack) or behind (column_stack). */
const widened = (tensors: TensorListOperand, place: 'front' | 'back', b: OnnxBuilder): TensorListOperand => ({
  kind: 'list',
  items: items(tensors).map((value) => (value.dims!.length >= 2 ? value : b.reshapeTo(value, place === 'front' ? [1, -1] : [-1, 1]))),
})

const numeric = (dtype: ScalarType): boolean => scalarTypeInfo(dtype).category !== 'bool'

/** Split at build-time sizes: ONNX Split; a single piece is the tensor itself. */
function splitBy(x: OnnxValue, sizes: readonly number[], axis: number, b: OnnxBuilder): Operand {
  if (sizes.length === 1 && dimAt(x, axis) === sizes[0]) return { kind: 'list', items: [x] }
  const dims = (size: number) => x.dims!.map((dim, i) => (i === axis ? size : dim))
  return {
    kind: 'list',
    items: b.ops(
      'Split',
      [x, b.ints(sizes)],
      { axis },
      sizes.map((size) => ({ dtype: x.dtype, dims: dims(size) })),
    ),
  }
}

/** Pieces whose number only the run tells: an ONNX sequence. */
function splitSequence(x: OnnxValue, split: ScalarOperand | OnnxValue, axis: number, b: OnnxBuilder): Operand {
  const size = split.kind === 'constant' ? b.number(split, 'int64') : split
  // SplitToSequence has no bool kernel.
  const source = numeric(x.dtype) ? x : b.cast(x, 'uint8')
  return b.sequenceOp(
    'SplitToSequence',
    [source, size],
    { axis, keepdims: 1 },
    source.dtype,
    x.dims?.map((dim, i) => (i === axis ? null : dim)),
  )
}

function splitSizes(x: OnnxValue, sizes: ScalarListOperand, dim: number, b: OnnxBuilder): Operand {
  const axis = wrap(dim, x.dims!.length)
  if (sizes.kind === 'tensor') return splitSequence(x, sizes, axis, b)
  const known = sizes.items.map(constantNumber)
  if (!known.includes(undefined)) return splitBy(x, known as number[], axis, b)
  const results = b.ops(
    'Split',
    [x, b.concatScalars(sizes.items)],
    { axis },
    sizes.items.map(() => ({ dtype: x.dtype, dims: x.dims!.map((d, i) => (i === axis ? null : d)) })),
  )
  return { kind: 'list', items: results }
}

function splitEvery(x: OnnxValue, size: ScalarOperand, dim: number, b: OnnxBuilder): Operand {
  const axis = wrap(dim, x.dims!.length)
  const known = pieces(dimAt(x, axis), constantNumber(size))
  if (known !== undefined) return splitBy(x, known, axis, b)
  return splitSequence(x, size, axis, b)
}

/** chunk: pieces of ceil(n / chunks). */
function chunk(x: OnnxValue, chunks: number, dim: number, b: OnnxBuilder): Operand {
  const axis = wrap(dim, x.dims!.length)
  const known = chunkPieces(dimAt(x, axis), chunks)
  if (known !== undefined) return splitBy(x, known, axis, b)
  const extent = b.number(b.size(x, axis), 'int64')
  const size = b.op(
    'Div',
    [b.op('Add', [extent, b.scalar('int64', chunks - 1)], {}, { dims: [] }), b.scalar('int64', chunks)],
    {},
    { dims: [] },
  )
  return splitSequence(x, b.op('Max', [size, b.scalar('int64', 1)], {}, { dims: [] }), axis, b)
}

/** tensor_split: every cut computed from the extent. */
function slices(x: OnnxValue, cuts: readonly OnnxValue[], axis: number, b: OnnxBuilder): Operand {
  const starts = [b.ints([0]), ...cuts]
  const ends = [...cuts, b.ints([2n ** 63n - 1n])]
  return {
    kind: 'list',
    items: starts.map((start, i) =>
      b.op('Slice', [x, start, ends[i]!, b.ints([axis])], {}, { dims: x.dims!.map((dim, d) => (d === axis ? null : dim)) }),
    ),
  }
}

export const joiningLowerings: readonly LoweringRow[] = [
  lower('aten::cat(Tensor[] tensors, int dim=0) -> Tensor', { constant: ['dim'] }, ({ tensors, dim }, b, [out]) =>
    concat(tensors, dim, b, out),
  ),
  lower('aten::concat(Tensor[] tensors, int dim=0) -> Tensor', { constant: ['dim'] }, ({ tensors, dim }, b, [out]) =>
    concat(tensors, dim, b, out),
  ),
  lower('aten::concatenate(Tensor[] tensors, int dim=0) -> Tensor', { constant: ['dim'] }, ({ tensors, dim }, b, [out]) =>
    concat(tensors, dim, b, out),
  ),
  lower('aten::stack(Tensor[] tensors, int dim=0) -> Tensor', { constant: ['dim'] }, ({ tensors, dim }, b, [out]) =>
    stack(tensors, dim, b, out),
  ),
  lower('aten::hstack(Tensor[] tensors) -> Tensor', { rank: ['tensors'] }, ({ tensors }, b, [out]) => {
    const wide = items(tensors).map((value) => (value.dims!.length === 0 ? b.reshapeTo(value, [1]) : value))
    return concat({ kind: 'list', items: wide }, wide[0]!.dims!.length === 1 ? 0 : 1, b, out)
  }),
  lower('aten::vstack(Tensor[] tensors) -> Tensor', { rank: ['tensors'] }, ({ tensors }, b, [out]) =>
    concat(widened(tensors, 'front', b), 0, b, out),
  ),
  lower('aten::row_stack(Tensor[] tensors) -> Tensor', { rank: ['tensors'] }, ({ tensors }, b, [out]) =>
    concat(widened(tensors, 'front', b), 0, b, out),
  ),
  lower('aten::column_stack(Tensor[] tensors) -> Tensor', { rank: ['tensors'] }, ({ tensors }, b, [out]) =>
    concat(widened(tensors, 'back', b), 1, b, out),
  ),
  lower(
    'aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]',
    { constant: ['dim'], rank: ['self'] },
    ({ self, split_size, dim }, b) => splitEvery(self, split_size, dim, b),
  ),
  lower(
    'aten::unsafe_split.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]',
    { constant: ['dim'], rank: ['self'] },
    ({ self, split_size, dim }, b) => splitEvery(self, split_size, dim, b),
  ),
  lower(
    'aten::split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]',
    { constant: ['dim'], rank: ['self'] },
    ({ self, split_size, dim }, b) => splitSizes(self, split_size, dim, b),
  ),
  lower(
    'aten::split(Tensor(a -> *) self, int[] split_sizes, int dim=0) -> Tensor(a)[]',
    { constant: ['dim'], rank: ['self'] },
    ({ self, split_sizes, dim }, b) => splitSizes(self, split_sizes, dim, b),
  ),
  lower(
    'aten::split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]',
    { constant: ['dim'], rank: ['self'] },
    ({ self, split_sizes, dim }, b) => splitSizes(self, split_sizes, dim, b),
  ),
  lower(
    'aten::unsafe_split_with_sizes(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]',
    { constant: ['dim'], rank: ['self'] },
    ({ self, split_sizes, dim }, b) => splitSizes(self, split_sizes, dim, b),
  ),
  lower(
    'aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]',
    { constant: ['chunks', 'dim'], rank: ['self'] },
    ({ self, chunks, dim }, b) => chunk(self, chunks, dim, b),
  ),
  lower(
    'aten::unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]',
    { constant: ['chunks', 'dim'], rank: ['self'] },
    ({ self, chunks, dim }, b) => chunk(self, chunks, dim, b),
  ),
  lower(
    'aten::tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]',
    { constant: ['sections', 'dim'], rank: ['self'] },
    ({ self, sections, dim }, b) => {
      const axis = wrap(dim, self.dims!.length)
      const known = evenPieces(dimAt(self, axis), sections)
      if (known !== undefined) return splitBy(self, known, axis, b)
      // The k-th cut is k·⌊n/s⌋ + min(k, n mod s).
      const extent = b.number(b.size(self, axis), 'int64')
      const count = b.scalar('int64', sections)
      const each = b.op('Div', [extent, count], {}, { dims: [] })
      const rest = b.op('Mod', [extent, count], { fmod: 0 }, { dims: [] })
      const cuts = range(sections - 1).map((k) => {
        const whole = b.op('Mul', [each, b.scalar('int64', k + 1)], {}, { dims: [] })
        return b.reshapeTo(b.op('Add', [whole, b.op('Min', [rest, b.scalar('int64', k + 1)], {}, { dims: [] })], {}, { dims: [] }), [1])
      })
      return slices(self, cuts, axis, b)
    },
  ),
  lower(
    'aten::tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]',
    { constant: ['indices', 'dim'], rank: ['self'] },
    ({ self, indices, dim }, b) => {
      const axis = wrap(dim, self.dims!.length)
      const known = piecesBetween(dimAt(self, axis), indices)
      // Pieces that overlap (indices out of order) are no partition: slices say it in every case.
      if (known !== undefined && known.reduce((n, size) => n + size, 0) === dimAt(self, axis)) return splitBy(self, known, axis, b)
      return slices(
        self,
        indices.map((index) => b.ints([index])),
        axis,
        b,
      )
    },
  ),
  lower('aten::unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]', { constant: ['dim'], rank: ['self'] }, ({ self, dim }, b) => {
    const axis = wrap(dim, self.dims!.length)
    const extent = dimAt(self, axis)
    const rest = self.dims!.filter((_, i) => i !== axis)
    if (typeof extent === 'number')
      return { kind: 'list', items: range(extent).map((i) => b.op('Gather', [self, b.scalar('int64', i)], { axis }, { dims: rest })) }
    const source = numeric(self.dtype) ? self : b.cast(self, 'uint8')
    return b.sequenceOp('SplitToSequence', [source], { axis, keepdims: 0 }, source.dtype, rest)
  }),
  lower('aten::meshgrid(Tensor[] tensors) -> Tensor[]', ({ tensors }, b) => meshgrid(items(tensors), false, b)),
  lower('aten::meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]', ({ tensors, indexing }, b) =>
    meshgrid(items(tensors), indexing === 'xy', b),
  ),
]

/** Each vector along its own axis, expanded to all extents; 'xy' swaps the first two axes. */
function meshgrid(values: readonly OnnxValue[], xy: boolean, b: OnnxBuilder): Operand {
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
