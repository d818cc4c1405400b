// Diagonals out of planes and into planes, and views by strides, all by computed positions. ONNX GatherND-13, ScatterND-18, Pad-18.

import { range, wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarListOperand, ScalarOperand } from '../operand.ts'
import { select } from './compute.ts'
import { countTo, int, intOp } from './int-math.ts'
import { lower, lowers, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

/** Indices [k, 2] of a diagonal of the first two axes. */
function diagonalIndex(x: OnnxValue, offset: number, b: OnnxBuilder): OnnxValue {
  const [row, column] = offset >= 0 ? [0, offset] : [-offset, 0]
  const [rows, columns] = [intOp(b, 'Sub', b.size(x, 0), row), intOp(b, 'Sub', b.size(x, 1), column)]
  const line = countTo(b, intOp(b, 'Max', intOp(b, 'Min', rows, columns), 0))
  return b.op('Add', [b.unsqueeze(line, [1]), b.elements('int64', [1, 2], [BigInt(row), BigInt(column)])], {}, { dims: [null, 2] })
}

/** Both axes of a diagonal moved to the front, and back. */
function front(rank: number, dim1: number, dim2: number): { readonly perm: number[]; readonly back: number[] } {
  const [i, j] = [wrap(dim1, rank), wrap(dim2, rank)]
  const perm = [i, j, ...range(rank).filter((axis) => axis !== i && axis !== j)]
  return { perm, back: range(rank).map((axis) => perm.indexOf(axis)) }
}

function diagonal(x: OnnxValue, offset: number, dim1: number, dim2: number, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue {
  const rank = x.dims!.length
  const turned = b.transpose(x, front(rank, dim1, dim2).perm)
  const picked = b.op('GatherND', [turned, diagonalIndex(turned, offset, b)], { batch_dims: 0 }, { dims: range(rank - 1).map(() => null) })
  return { ...b.transpose(picked, [...range(rank - 1).slice(1), 0]), ...(out?.dims === undefined ? {} : { dims: out.dims }) }
}

/** The last axis on a diagonal of two new axes; zeros elsewhere. */
function embed(x: OnnxValue, offset: number, dim1: number, dim2: number, b: OnnxBuilder): OnnxValue {
  const rank = x.dims!.length
  const by = Math.abs(offset)
  const pads = b.ints([...range(2 * rank - 1).map(() => 0), by])
  const long =
    by === 0
      ? x
      : b.op('Pad', [x, pads, b.scalar(x.dtype, 0)], { mode: 'constant' }, { dims: x.dims!.map((dim, i) => (i === rank - 1 ? null : dim)) })
  const line = countTo(b, intOp(b, 'Add', b.size(x, -1), by))
  // Above the main diagonal the row tells the element, below it the column.
  const column = offset > 0 ? b.op('Sub', [line, b.scalar('int64', offset)]) : line
  const row = offset < 0 ? b.op('Add', [line, b.scalar('int64', offset)]) : line
  const mask = b.op('Equal', [b.unsqueeze(row, [1]), b.unsqueeze(column, [0])], {}, { dims: [null, null] })
  const plane = select(b, mask, b.unsqueeze(long, [offset >= 0 ? rank : rank - 1]), b.scalar(x.dtype, 0))
  const { back } = front(rank + 1, dim1, dim2)
  // The plane is last here; `back` counts on it in front.
  return b.transpose(
    { ...plane, dims: range(rank + 1).map(() => null) },
    back.map((axis) => (axis < 2 ? axis + rank - 1 : axis - 2)),
  )
}

/** Positions in row-major storage of each element of a strided view. */
function stridedIndex(size: ScalarListOperand, stride: ScalarListOperand, offset: ScalarOperand | undefined, b: OnnxBuilder): OnnxValue {
  if (size.kind !== 'list' || stride.kind !== 'list') throw new UnmetNeed('size', 'a list of known length')
  const rank = size.items.length
  const start = b.number(offset ?? int(0), 'int64')
  return range(rank).reduce<OnnxValue>((sum, axis) => {
    const steps = b.op(
      'Mul',
      [countTo(b, size.items[axis] as ScalarOperand), b.number(stride.items[axis] as ScalarOperand, 'int64')],
      {},
      { dims: [null] },
    )
    return b.op('Add', [
      sum,
      b.reshapeTo(
        steps,
        range(rank).map((i) => (i === axis ? -1 : 1)),
      ),
    ])
  }, start)
}

const DIAGONAL = [
  'aten::diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)',
  'aten::diagonal_copy(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor',
] as const
// The storage of `self` is taken to be contiguous, as results of operators are.
const STRIDED = [
  'aten::as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)',
  'aten::as_strided_copy(Tensor self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor',
] as const

export const diagonalLowerings: readonly LoweringRow[] = [
  ...lowers(DIAGONAL, { constant: ['offset', 'dim1', 'dim2'], rank: ['self'] }, ({ self, offset, dim1, dim2 }, b, [out]) =>
    diagonal(self, offset, dim1, dim2, b, out),
  ),
  lower(
    'aten::linalg_diagonal(Tensor(a) A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor(a)',
    { constant: ['offset', 'dim1', 'dim2'], rank: ['A'] },
    ({ A, offset, dim1, dim2 }, b, [out]) => diagonal(A, offset, dim1, dim2, b, out),
  ),
  lower(
    'aten::diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor',
    { constant: ['offset', 'dim1', 'dim2'], rank: ['self'] },
    ({ self, src, offset, dim1, dim2 }, b) => {
      const rank = self.dims!.length
      const { perm, back } = front(rank, dim1, dim2)
      const turned = b.transpose(self, perm)
      const updates = b.transpose({ ...b.cast(src, self.dtype), dims: range(rank - 1).map(() => null) }, [rank - 2, ...range(rank - 2)])
      const scattered = b.op('ScatterND', [turned, diagonalIndex(turned, offset, b), updates], { reduction: 'none' }, { dims: turned.dims })
      return { ...b.transpose(scattered, back), dims: self.dims }
    },
  ),
  lower(
    'aten::diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor',
    { constant: ['offset', 'dim1', 'dim2'], rank: ['self'] },
    ({ self, offset, dim1, dim2 }, b) => embed(self, offset, dim1, dim2, b),
  ),
  lower(
    'aten::diag(Tensor self, int diagonal=0) -> Tensor',
    { constant: ['diagonal'], rank: ['self'] },
    ({ self, diagonal: offset }, b, [out]) =>
      self.dims!.length === 1 ? embed(self, offset, 0, 1, b) : diagonal(self, offset, 0, 1, b, out),
  ),
  lower('aten::diagflat(Tensor self, int offset=0) -> Tensor', { constant: ['offset'] }, ({ self, offset }, b) =>
    embed(b.reshapeTo(self, [-1]), offset, 0, 1, b),
  ),
  ...lowers(STRIDED, ({ self, size, stride, storage_offset }, b, [out]) =>
    b.op('Gather', [b.reshapeTo(self, [-1]), stridedIndex(size, stride, storage_offset, b)], { axis: 0 }, out),
  ),
  lower(
    'aten::as_strided_scatter(Tensor self, Tensor src, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor',
    ({ self, src, size, stride, storage_offset }, b) => {
      const index = b.unsqueeze(b.reshapeTo(stridedIndex(size, stride, storage_offset, b), [-1]), [1])
      const updates = b.reshapeTo(b.cast(src, self.dtype), [-1])
      const scattered = b.op('ScatterND', [b.reshapeTo(self, [-1]), index, updates], { reduction: 'none' })
      return b.op('Reshape', [scattered, b.shape(self)], { allowzero: 1 }, { dims: self.dims })
    },
  ),
]
