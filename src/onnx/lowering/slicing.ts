// select, slice, narrow and diagonal, and their scatter twins that write a piece back. ONNX Gather-13, Slice-13, ScatterND-18, Where-16.

import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, dimAt, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { range, wrap } from './movement.ts'
import { lower, type LoweringRow, type ResultInfo } from './row.ts'

const END = 2n ** 63n - 1n

/** A slice bound as a 1-d tensor; torch and ONNX clamp alike. */
const bound = (operand: ScalarOperand | undefined, otherwise: bigint, b: OnnxBuilder): OnnxValue => {
  if (operand === undefined) return b.ints([otherwise])
  return operand.kind === 'constant' ? b.ints([operand.value as bigint]) : b.reshapeTo(b.cast(operand, 'int64'), [1])
}

function select(x: OnnxValue, dim: number, index: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const axis = wrap(dim, x.dims!.length)
  return b.op('Gather', [x, b.number(index, 'int64')], { axis }, { dims: x.dims!.filter((_, i) => i !== axis) })
}

function slice(
  x: OnnxValue,
  dim: number,
  start: ScalarOperand | undefined,
  end: ScalarOperand | undefined,
  step: ScalarOperand,
  b: OnnxBuilder,
  out: ResultInfo | undefined,
): OnnxValue {
  const from = start === undefined ? 0 : constantNumber(start)
  const to = end === undefined ? Infinity : constantNumber(end)
  if (from === 0 && to !== undefined && to >= 2 ** 62 && constantNumber(step) === 1) return x
  return b.op('Slice', [x, bound(start, 0n, b), bound(end, END, b), b.ints([dim]), bound(step, 1n, b)], {}, out)
}

/** The positions 0…n−1 along `axis`, shaped to broadcast with `x`. */
function positions(x: OnnxValue, axis: number, b: OnnxBuilder): OnnxValue {
  const extent = dimAt(x, axis)
  const shape = range(x.dims!.length).map((i) => (i === axis ? -1 : 1))
  const line =
    typeof extent === 'number'
      ? b.ints(range(extent))
      : b.op(
          'Range',
          [b.scalar('int64', 0), b.number(b.size(x, axis), 'int64'), b.scalar('int64', 1)],
          {},
          { dtype: 'int64', dims: [null] },
        )
  return b.reshapeTo(line, shape)
}

/** x with x.select(dim, index) := src. */
function selectScatter(x: OnnxValue, src: OnnxValue, dim: number, index: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const axis = wrap(dim, x.dims!.length)
  const known = constantNumber(index)
  let at: OnnxValue
  if (known !== undefined && known >= 0) at = b.scalar('int64', known)
  else {
    // Negative indices count from the end.
    const raw = b.number(index, 'int64')
    at = b.op(
      'Where',
      [b.op('Less', [raw, b.scalar('int64', 0)]), b.op('Add', [raw, b.number(b.size(x, axis), 'int64')]), raw],
      {},
      { dims: [] },
    )
  }
  const mask = b.op('Equal', [positions(x, axis, b), at])
  return b.op('Where', [mask, b.unsqueeze(b.cast(src, x.dtype), [axis]), x], {}, { dtype: x.dtype, dims: x.dims })
}

/** x with x[…, start:end:step, …] := src: rows of the transposed tensor scattered by their positions. */
function sliceScatter(
  x: OnnxValue,
  src: OnnxValue,
  dim: number,
  start: ScalarOperand | undefined,
  end: ScalarOperand | undefined,
  step: ScalarOperand,
  b: OnnxBuilder,
): OnnxValue {
  const rank = x.dims!.length
  const axis = wrap(dim, rank)
  const value = b.cast(src, x.dtype)
  const extent = b.size(x, axis)
  const line =
    extent.kind === 'constant'
      ? b.ints(range(Number(extent.value)))
      : b.op('Range', [b.scalar('int64', 0), extent, b.scalar('int64', 1)], {}, { dtype: 'int64', dims: [null] })
  const rows = b.op('Slice', [line, bound(start, 0n, b), bound(end, END, b), b.ints([0]), bound(step, 1n, b)], {}, { dims: [null] })
  const perm = [axis, ...range(rank).filter((i) => i !== axis)]
  const back = range(rank).map((i) => perm.indexOf(i))
  const target = b.transpose(x, perm)
  const shape = b.op(
    'Concat',
    [
      b.shape({ ...rows, dims: undefined }),
      b.op('Slice', [b.shape(target), b.ints([1]), b.ints([END]), b.ints([0])], {}, { dims: [null] }),
    ],
    { axis: 0 },
    { dims: [rank] },
  )
  // slice_scatter takes a source that broadcasts over the slice.
  const updates = b.op('Expand', [b.transpose(value, perm), shape], {}, { dims: target.dims?.map(() => null) })
  const scattered = b.op(
    'ScatterND',
    [target, b.unsqueeze(rows, [1]), updates],
    { reduction: 'none' },
    { dtype: x.dtype, dims: target.dims },
  )
  return { ...b.transpose(scattered, back), dims: x.dims }
}

/** Indices [k, 2] of the diagonal of the last two axes. */
function diagonalIndex(x: OnnxValue, offset: number, b: OnnxBuilder): OnnxValue {
  const [row, column] = offset >= 0 ? [0, offset] : [-offset, 0]
  const left = (axis: number, by: number): OnnxValue =>
    b.op('Sub', [b.number(b.size(x, axis), 'int64'), b.scalar('int64', by)], {}, { dims: [] })
  const count = b.op('Max', [b.op('Min', [left(-2, row), left(-1, column)], {}, { dims: [] }), b.scalar('int64', 0)], {}, { dims: [] })
  const line = b.op('Range', [b.scalar('int64', 0), count, b.scalar('int64', 1)], {}, { dtype: 'int64', dims: [null] })
  return b.op('Add', [b.unsqueeze(line, [1]), b.elements('int64', [1, 2], [BigInt(row), BigInt(column)])], {}, { dims: [null, 2] })
}

/** Both axes of a diagonal moved to the front. */
function front(x: OnnxValue, dim1: number, dim2: number): { readonly perm: number[]; readonly back: number[] } {
  const rank = x.dims!.length
  const [i, j] = [wrap(dim1, rank), wrap(dim2, rank)]
  const perm = [i, j, ...range(rank).filter((axis) => axis !== i && axis !== j)]
  return { perm, back: range(rank).map((axis) => perm.indexOf(axis)) }
}
/** diagonal() counts on the first two axes here, so sizes are read there. */
function frontIndex(x: OnnxValue, offset: number, b: OnnxBuilder): OnnxValue {
  const plane: OnnxValue = b.transpose(x, [...range(x.dims!.length).slice(2), 0, 1])
  return diagonalIndex(plane, offset, b)
}

export const slicingLowerings: readonly LoweringRow[] = [
  lower(
    'aten::select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)',
    { constant: ['dim'], rank: ['self'] },
    ({ self, dim, index }, b) => select(self, dim, index, b),
  ),
  lower(
    'aten::slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)',
    { constant: ['dim'] },
    ({ self, dim, start, end, step }, b, [out]) => slice(self, dim, start, end, step, b, out),
  ),
  lower(
    'aten::narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)',
    { constant: ['dim'] },
    ({ self, dim, start, length }, b, [out]) => {
      const [from, size] = [constantNumber(start), constantNumber(length)]
      // A negative start counts from the end; the end may then be the end itself.
      const end =
        from !== undefined && size !== undefined
          ? b.ints([from < 0 && from + size === 0 ? END : BigInt(from + size)])
          : narrowEnd(self, dim, start, length, b)
      return b.op('Slice', [self, bound(start, 0n, b), end, b.ints([dim])], {}, out)
    },
  ),
  lower(
    'aten::narrow.Tensor(Tensor(a) self, int dim, Tensor start, SymInt length) -> Tensor(a)',
    { constant: ['dim'] },
    ({ self, dim, start, length }, b, [out]) =>
      b.op(
        'Slice',
        [self, b.reshapeTo(b.cast(start, 'int64'), [1]), narrowEnd(self, dim, b.cast(start, 'int64'), length, b), b.ints([dim])],
        {},
        out,
      ),
  ),
  lower(
    'aten::select_scatter(Tensor self, Tensor src, int dim, SymInt index) -> Tensor',
    { constant: ['dim'], rank: ['self'] },
    ({ self, src, dim, index }, b) => selectScatter(self, src, dim, index, b),
  ),
  lower(
    'aten::slice_scatter(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor',
    { constant: ['dim'], rank: ['self', 'src'] },
    ({ self, src, dim, start, end, step }, b) => sliceScatter(self, src, dim, start, end, step, b),
  ),
  lower(
    'aten::diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)',
    { constant: ['offset', 'dim1', 'dim2'], rank: ['self'] },
    ({ self, offset, dim1, dim2 }, b, [out]) => {
      const rank = self.dims!.length
      const turned = b.transpose(self, front(self, dim1, dim2).perm)
      const picked = b.op('GatherND', [turned, frontIndex(turned, offset, b)], { batch_dims: 0 }, { dims: range(rank - 1).map(() => null) })
      return { ...b.transpose(picked, [...range(rank - 1).slice(1), 0]), ...(out?.dims === undefined ? {} : { dims: out.dims }) }
    },
  ),
  lower(
    'aten::diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor',
    { constant: ['offset', 'dim1', 'dim2'], rank: ['self'] },
    ({ self, src, offset, dim1, dim2 }, b) => {
      const rank = self.dims!.length
      const { perm, back } = front(self, dim1, dim2)
      const turned = b.transpose(self, perm)
      const updates = b.transpose({ ...b.cast(src, self.dtype), dims: range(rank - 1).map(() => null) }, [rank - 2, ...range(rank - 2)])
      const scattered = b.op('ScatterND', [turned, frontIndex(turned, offset, b), updates], { reduction: 'none' }, { dims: turned.dims })
      return { ...b.transpose(scattered, back), dims: self.dims }
    },
  ),
]

/** start + length, where a negative start that reaches the end must not wrap to 0. */
function narrowEnd(x: OnnxValue, dim: number, start: ScalarOperand, length: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const from = b.number(start, 'int64')
  const positive = b.op(
    'Where',
    [b.op('Less', [from, b.scalar('int64', 0)]), b.op('Add', [from, b.number(b.size(x, dim), 'int64')]), from],
    {},
    { dims: [] },
  )
  return b.reshapeTo(b.op('Add', [positive, b.number(length, 'int64')], {}, { dims: [] }), [1])
}
