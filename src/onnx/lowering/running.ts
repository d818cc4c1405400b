// Running reductions along an axis (cumsum, cumprod, cummax …) and medians. ONNX has CumSum only: the others are a Scan.
// Answers to aten/src/ATen/native/ReduceOps.cpp and Sorting.cpp.

import type { Dim } from '../../ir/dim.ts'
import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import { wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import { rankOf, type OnnxValue } from '../operand.ts'
import { compute, computeWide, like, opmath, WIDE } from './compute.ts'
import { logAddExp } from './pointwise.ts'
import { axesOf, reduce, withNaN } from './reduce.ts'
import { lower, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'
import { unlessEmpty } from './unless-empty.ts'

/** The shape of `x` without its axis. */
function sliceShape(b: OnnxBuilder, x: OnnxValue, axis: number): OnnxValue {
  return b.op('Shape', [reduce(b, 'ReduceSum', x, [axis], false)], {}, { dtype: 'int64', dims: [null] })
}

/**
 * A Scan over `axis`: every step gets the states and one slice, and gives the next states, whose values are stacked along `axis`.
 * `start` are the 0-d first values, broadcast to a slice.
 */
function scan(
  b: OnnxBuilder,
  x: OnnxValue,
  axis: number,
  start: readonly OnnxValue[],
  step: (scope: OnnxBuilder, slice: OnnxValue, states: readonly OnnxValue[]) => readonly OnnxValue[],
): OnnxValue[] {
  // onnxruntime wants the ranks of what a Scan's body gives.
  if (x.dims === undefined) throw new UnmetNeed('self', 'its rank to be known')
  const results = start.map(({ dtype }) => ({ dtype, dims: x.dims }))
  // Scan refuses an axis without elements, and slices without.
  return unlessEmpty(
    b,
    x,
    results,
    (s) => start.map(({ dtype }) => s.cast(x, dtype)),
    (s) => scanned(s, x, axis, start, step),
  )
}

function scanned(
  b: OnnxBuilder,
  x: OnnxValue,
  axis: number,
  start: readonly OnnxValue[],
  step: (scope: OnnxBuilder, slice: OnnxValue, states: readonly OnnxValue[]) => readonly OnnxValue[],
): OnnxValue[] {
  const shape = sliceShape(b, x, axis)
  const initial = start.map((value) => b.op('Expand', [value, shape], {}, { dims: undefined }))
  const scope = b.scope()
  const dims = Array.from({ length: rankOf(x)! - 1 }, () => null)
  const inner = (dtype: ScalarType): OnnxValue => ({ kind: 'tensor', name: scope.freshName(), dtype, dims })
  const states = start.map(({ dtype }) => inner(dtype))
  const slice = inner(x.dtype)
  const next = step(scope, slice, states)
  const copy = (value: OnnxValue): OnnxValue => scope.op('Identity', [value])
  const outputs = [...next.map(copy), ...next.map(copy)]
  const info = ({ name, dtype }: OnnxValue): { name: string; dtype: ScalarType; dims: readonly null[] } => ({ name, dtype, dims })
  const body = scope.subgraph('scan', [...states, slice].map(info), outputs.map(info))
  const results = b.ops(
    'Scan',
    [...initial, x],
    { body, num_scan_inputs: 1, scan_input_axes: [axis], scan_output_axes: start.map(() => axis) },
    [...start.map(({ dtype }) => ({ dtype })), ...start.map(({ dtype }) => ({ dtype, dims: x.dims }))],
  )
  return results.slice(start.length)
}

/** Sums and products of integers are int64. */
const accumulated = (self: OnnxValue, out: readonly ResultInfo[]): ScalarType =>
  out[0]?.dtype ?? (isFloatingPoint(self.dtype) ? self.dtype : 'int64')

/** The running extreme and where it was found: the latest of equals; NaN stays once met. */
function runningExtreme(b: OnnxBuilder, self: OnnxValue, dim: number, later: 'GreaterOrEqual' | 'LessOrEqual'): OnnxValue[] {
  if (rankOf(self) === 0) return [self, b.scalar('int64', 0)]
  const x = b.cast(self, WIDE.includes(self.dtype) ? self.dtype : 'int32')
  const float = isFloatingPoint(x.dtype)
  const axis = dim
  // The first slice always wins: its count is 0.
  const zero = b.scalar('int64', 0)
  const [best, found] = scan(b, x, axis, [like(b, x, 0), zero, zero], (s, slice, [value, index, count]) => {
    const first = s.op('Equal', [count!, s.scalar('int64', 0)])
    const beats = s.op(later, [slice, value!])
    let wins = s.op('Or', [first, beats])
    if (float) wins = s.op('Or', [wins, s.op('IsNaN', [slice])])
    return [s.op('Where', [wins, slice, value!]), s.op('Where', [wins, count!, index!]), s.op('Add', [count!, s.scalar('int64', 1)])]
  })
  return [b.cast(best!, self.dtype), found!]
}

/** Position of the median among n sorted elements: (n − 1)/2, down. */
const middle = (b: OnnxBuilder, count: OnnxValue): OnnxValue =>
  b.op('Div', [b.op('Sub', [count, b.scalar('int64', 1)]), b.scalar('int64', 2)])

const withoutAxis = (dims: readonly Dim[], dim: number, keepdim: boolean): Dim[] =>
  dims.flatMap((extent, i) => (i === wrap(dim, dims.length) ? (keepdim ? [1] : []) : [extent]))

interface Median {
  readonly values: OnnxValue
  readonly indices: OnnxValue
}
/** The lower median along an axis, and its index. Of slices with NaN: NaN, or the median of the numbers when those are ignored. */
function median(b: OnnxBuilder, self: OnnxValue, axis: number, keepdim: boolean, ignoreNaN: boolean): Median {
  const x = b.cast(self, WIDE.includes(self.dtype) ? self.dtype : 'int32')
  const float = isFloatingPoint(x.dtype)
  const nan = float ? b.op('IsNaN', [x]) : undefined
  // NaN sorts last, as +∞ does.
  const clean = nan === undefined ? x : b.op('Where', [nan, like(b, x, Infinity), x])
  const length = b.reshapeTo(b.number(b.size(x, axis), 'int64'), [1])
  const [sorted, order] = b.ops('TopK', [clean, length], { axis, largest: 0, sorted: 1 }, [{ dims: x.dims }, { dims: x.dims }]) as [
    OnnxValue,
    OnnxValue,
  ]
  if (nan !== undefined && ignoreNaN) {
    const numbers = reduce(b, 'ReduceSum', b.cast(b.op('Not', [nan]), 'int64'), [axis], true)
    const at = b.op('Max', [middle(b, numbers), b.scalar('int64', 0)])
    const pick = (from: OnnxValue): OnnxValue => b.op('GatherElements', [from, at], { axis })
    const values = b.op('Where', [b.op('Equal', [numbers, b.scalar('int64', 0)]), like(b, x, NaN), pick(sorted)])
    const squeeze = (value: OnnxValue): OnnxValue => (keepdim ? value : b.op('Squeeze', [value, b.ints([axis])]))
    return { values: b.cast(squeeze(values), self.dtype), indices: squeeze(pick(order)) }
  }
  const at = b.reshapeTo(middle(b, length), keepdim ? [1] : [])
  const pick = (from: OnnxValue): OnnxValue => b.op('Gather', [from, at], { axis })
  const values = pick(sorted)
  if (nan === undefined) return { values: b.cast(values, self.dtype), indices: pick(order) }
  const has = b.cast(reduce(b, 'ReduceSum', b.cast(nan, 'int64'), [axis], keepdim), 'bool')
  const firstNaN = b.op('ArgMax', [b.cast(nan, 'int32')], { axis, keepdims: keepdim ? 1 : 0, select_last_index: 0 })
  return {
    values: b.cast(withNaN(b, values, x, [axis], keepdim), self.dtype),
    indices: b.op('Where', [has, firstNaN, pick(order)]),
  }
}

function medianRows(name: 'median' | 'nanmedian'): LoweringRow[] {
  const ignoring = name === 'nanmedian'
  return [
    lower(`aten::${name}(Tensor self) -> Tensor` as 'aten::median(Tensor self) -> Tensor', ({ self }, b) =>
      rankOf(self) === 0 ? self : median(b, b.reshapeTo(self, [-1]), 0, false, ignoring).values,
    ),
    lower(
      `aten::${name}.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)` as 'aten::median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)',
      { constant: ['dim'] },
      ({ self, dim, keepdim }, b) => {
        if (rankOf(self) === 0) return [self, b.scalar('int64', 0)]
        const dims = self.dims === undefined ? undefined : withoutAxis(self.dims, dim, keepdim)
        const results = [self.dtype, 'int64' as const].map((dtype) => ({ dtype, dims }))
        // TopK refuses slices without elements. An axis without is torch's error.
        return unlessEmpty(
          b,
          self,
          results,
          (s) => {
            const first = s.op('Gather', [self, keepdim ? s.ints([0]) : s.scalar('int64', 0)], { axis: dim }, { dims })
            return [first, s.cast(first, 'int64')]
          },
          (s) => {
            const { values, indices } = median(s, self, dim, keepdim, ignoring)
            return [values, indices]
          },
        )
      },
    ),
  ]
}

export const runningLowerings: readonly LoweringRow[] = [
  lower('aten::cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor', { constant: ['dtype'] }, ({ self, dim }, b, out) => {
    const dtype = accumulated(self, out)
    if (axesOf(self, 0) === undefined) return b.cast(self, dtype)
    const x = b.cast(b.cast(self, dtype), opmath(dtype))
    return b.cast(
      compute(b, x.dtype, WIDE, [x], (v) => b.op('CumSum', [v, b.number(dim, 'int64')], { exclusive: 0, reverse: 0 })),
      dtype,
    )
  }),
  lower(
    'aten::cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor',
    { constant: ['dim', 'dtype'] },
    ({ self, dim }, b, out) => {
      const dtype = accumulated(self, out)
      if (rankOf(self) === 0) return b.cast(self, dtype)
      const x = b.cast(b.cast(self, dtype), opmath(dtype))
      return b.cast(
        compute(
          b,
          x.dtype,
          WIDE,
          [x],
          (v) => scan(b, v, dim, [like(b, v, 1)], (s, slice, [product]) => [s.op('Mul', [product!, slice])])[0]!,
        ),
        dtype,
      )
    },
  ),
  lower('aten::logcumsumexp(Tensor self, int dim) -> Tensor', { constant: ['dim'] }, ({ self, dim }, b) =>
    rankOf(self) === 0
      ? self
      : computeWide(
          b,
          self.dtype,
          [self],
          (x) => scan(b, x, dim, [like(b, x, -Infinity)], (s, slice, [sum]) => [logAddExp(s, sum!, slice)])[0]!,
        ),
  ),
  lower('aten::cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)', { constant: ['dim'] }, ({ self, dim }, b) =>
    runningExtreme(b, self, dim, 'GreaterOrEqual'),
  ),
  lower('aten::cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)', { constant: ['dim'] }, ({ self, dim }, b) =>
    runningExtreme(b, self, dim, 'LessOrEqual'),
  ),
  ...medianRows('median'),
  ...medianRows('nanmedian'),
]
