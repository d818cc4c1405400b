// select, slice and narrow, and the scatter twins that write a piece back. ONNX Gather-13, Slice-13, ScatterND-18.

import type { Dim } from '../../ir/dim.ts'
import { range, wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { select as choose } from './compute.ts'
import { countTo, intOp, known, vectorOf, wrapIndex } from './int-math.ts'
import { isolated } from './open-rank.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'

const END = 2n ** 63n - 1n

/** A slice bound as a 1-d tensor; torch and ONNX clamp alike. */
const bound = (operand: ScalarOperand | undefined, otherwise: bigint, b: OnnxBuilder): OnnxValue => {
  if (operand === undefined) return b.ints([otherwise])
  return operand.kind === 'constant' ? b.ints([operand.value as bigint]) : b.reshapeTo(b.cast(operand, 'int64'), [1])
}

function select(x: OnnxValue, dim: number, index: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const { dims } = x
  const axis = dims === undefined ? dim : wrap(dim, dims.length)
  return b.op('Gather', [x, b.number(index, 'int64')], { axis }, { dims: dims?.filter((_, i) => i !== axis) })
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

/** x with x.select(dim, index) := src. */
function selectScatter(x: OnnxValue, src: OnnxValue, dim: number, index: ScalarOperand, b: OnnxBuilder): OnnxValue {
  if (x.dims === undefined) {
    const { x: three, back, others } = isolated(x, dim, b)
    const wide = b.op('Expand', [b.cast(src, x.dtype), others], {}, { dims: undefined })
    const row = b.op(
      'Reshape',
      [
        wide,
        b.op(
          'Concat',
          [b.size(three, 0), b.size(three, 2)].map((size) => vectorOf(b, size)),
          { axis: 0 },
        ),
      ],
      { allowzero: 1 },
    )
    return back(selectScatter(three, { ...row, dims: [null, null] }, 1, index, b))
  }
  const axis = wrap(dim, x.dims.length)
  const line = countTo(b, b.size(x, axis))
  const at = b.number(wrapIndex(b, index, b.size(x, axis)), 'int64')
  const mask = b.op('Equal', [
    b.reshapeTo(
      line,
      range(x.dims.length).map((i) => (i === axis ? -1 : 1)),
    ),
    at,
  ])
  return { ...choose(b, mask, b.unsqueeze(b.cast(src, x.dtype), [axis]), x), dims: x.dims }
}

/**
 * What stays before and behind a slice whose bounds are known, as bounds of their own: undefined where nothing does. False where the bounds may
 * cross when they are clamped: there the slice is empty, and its place is not between the two.
 */
function around(
  extent: Dim,
  start: ScalarOperand | undefined,
  end: ScalarOperand | undefined,
): { readonly before: bigint | undefined; readonly behind: bigint | undefined } | false {
  let [from, to] = [start === undefined ? 0n : known(start), end === undefined ? END : known(end)]
  if (from === undefined || to === undefined) return false
  if (typeof extent === 'number') {
    const clamp = (at: bigint): bigint => BigInt(Math.max(0, Math.min(Number(at) + (at < 0n ? extent : 0), extent)))
    from = clamp(from)
    to = clamp(to) < from ? from : clamp(to)
    return { before: from === 0n ? undefined : from, behind: to === BigInt(extent) ? undefined : to }
  }
  const isOpen = to >= 2n ** 62n
  if (from !== 0n && !isOpen && (from < 0n !== to < 0n || from > to)) return false
  return { before: from === 0n ? undefined : from, behind: isOpen ? undefined : to }
}

/** x with x[…, start:end:step, …] := src: src between what stays, or rows of the transposed tensor scattered by their positions. */
function sliceScatter(
  x: OnnxValue,
  src: OnnxValue,
  dim: number,
  start: ScalarOperand | undefined,
  end: ScalarOperand | undefined,
  step: ScalarOperand,
  b: OnnxBuilder,
): OnnxValue {
  if (x.dims === undefined || src.dims === undefined) {
    const { x: three, back } = isolated(x, dim, b)
    return back(sliceScatter(three, isolated(src, dim, b).x, 1, start, end, step, b))
  }
  const rank = x.dims.length
  const axis = wrap(dim, rank)
  const stays = known(step) === 1n && around(x.dims[axis]!, start, end)
  if (stays !== false) {
    const { before, behind } = stays
    const dims = x.dims.with(axis, null)
    const part = (from: bigint, to: bigint): OnnxValue => b.op('Slice', [x, b.ints([from]), b.ints([to]), b.ints([axis])], {}, { dims })
    const parts = [
      ...(before === undefined ? [] : [part(0n, before)]),
      b.cast(src, x.dtype),
      ...(behind === undefined ? [] : [part(behind, END)]),
    ]
    return parts.length === 1 ? { ...parts[0]!, dims: x.dims } : b.op('Concat', parts, { axis }, { dims: x.dims })
  }
  const line = countTo(b, b.size(x, axis))
  const rows = b.op('Slice', [line, bound(start, 0n, b), bound(end, END, b), b.ints([0]), bound(step, 1n, b)], {}, { dims: [null] })
  const perm = [axis, ...range(rank).filter((i) => i !== axis)]
  const back = range(rank).map((i) => perm.indexOf(i))
  const target = b.transpose(x, perm)
  const updates = b.transpose(b.cast(src, x.dtype), perm)
  const scattered = b.op('ScatterND', [target, b.unsqueeze(rows, [1]), updates], { reduction: 'none' }, { dims: target.dims })
  return { ...b.transpose(scattered, back), dims: x.dims }
}

export const slicingLowerings: readonly LoweringRow[] = [
  ...lowers(
    [
      'aten::select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)',
      'aten::select_copy.int(Tensor self, int dim, SymInt index) -> Tensor',
    ],
    { constant: ['dim'] },
    ({ self, dim, index }, b) => select(self, dim, index, b),
  ),
  ...lowers(
    [
      'aten::slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)',
      'aten::slice_copy.Tensor(Tensor self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor',
    ],
    { constant: ['dim'] },
    ({ self, dim, start, end, step }, b, [out]) => slice(self, dim, start, end, step, b, out),
  ),
  ...lowers(
    [
      'aten::narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)',
      'aten::narrow_copy(Tensor self, int dim, SymInt start, SymInt length) -> Tensor',
    ],
    { constant: ['dim'] },
    ({ self, dim, start, length }, b, [out]) => narrow(self, dim, start, length, b, out),
  ),
  lower(
    'aten::narrow.Tensor(Tensor(a) self, int dim, Tensor start, SymInt length) -> Tensor(a)',
    { constant: ['dim'] },
    ({ self, dim, start, length }, b, [out]) => narrow(self, dim, b.reshapeTo(b.cast(start, 'int64'), []), length, b, out),
  ),
  lower(
    'aten::select_scatter(Tensor self, Tensor src, int dim, SymInt index) -> Tensor',
    { constant: ['dim'] },
    ({ self, src, dim, index }, b) => selectScatter(self, src, dim, index, b),
  ),
  lower(
    'aten::slice_scatter(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor',
    { constant: ['dim'] },
    ({ self, src, dim, start, end, step }, b) => sliceScatter(self, src, dim, start, end, step, b),
  ),
]

/** start + length, where a negative start that reaches the end must not wrap to 0. */
function narrow(
  x: OnnxValue,
  dim: number,
  start: ScalarOperand,
  length: ScalarOperand,
  b: OnnxBuilder,
  out: ResultInfo | undefined,
): OnnxValue {
  const [from, size] = [known(start), known(length)]
  const end =
    from !== undefined && size !== undefined
      ? vectorOf(b, from < 0n && from + size === 0n && size > 0n ? { kind: 'constant', value: END } : intOp(b, 'Add', start, length))
      : vectorOf(b, intOp(b, 'Add', wrapIndex(b, start, b.size(x, dim)), length))
  return b.op('Slice', [x, bound(start, 0n, b), end, b.ints([dim])], {}, out)
}
