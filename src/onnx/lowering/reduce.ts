// Small vocabulary of reductions: axes as torch gives them, NaN where torch has NaN, and norms. Used by several families.

import { isFloatingPoint } from '../../ir/scalar-type.ts'
import type { Dim } from '../../ir/dim.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { like } from './compute.ts'

/** Undefined: all axes. Negative ones count from the end. */
export type Axes = readonly number[] | undefined

/**
 * Axes of a `dim` argument: None and an empty list are all; a 0-d tensor has no axis to name. Counted from the front where the rank
 * is known: onnxruntime's kernels get negative axes of empty tensors wrong.
 */
export function axesOf(x: OnnxValue, dim: number | readonly number[] | undefined): Axes {
  if (dim === undefined || x.dims?.length === 0) return undefined
  const list = typeof dim === 'number' ? [dim] : dim
  return list.length === 0 ? undefined : fromFront(x, list)
}
const fromFront = ({ dims }: OnnxValue, axes: readonly number[]): number[] =>
  axes.map((axis) => (axis < 0 && dims !== undefined ? axis + dims.length : axis))

/** One Reduce… node. */
export function reduce(b: OnnxBuilder, opType: string, x: OnnxValue, axes: Axes, keepdim: boolean): OnnxValue {
  const keepdims = keepdim ? 1 : 0
  return b.op(
    opType,
    [x, axes === undefined ? undefined : b.ints(fromFront(x, axes))],
    { keepdims, noop_with_empty_axes: 0 },
    { dims: reducedDims(x, axes, keepdim) },
  )
}
function reducedDims({ dims }: OnnxValue, axes: Axes, keepdim: boolean): OnnxValue['dims'] {
  if (dims === undefined) return axes === undefined && !keepdim ? [] : undefined
  const gone = new Set(axes === undefined ? dims.keys() : axes.map((axis) => (axis < 0 ? axis + dims.length : axis)))
  return keepdim ? dims.map((dim, i) => (gone.has(i) ? 1 : dim)) : dims.filter((_, i) => !gone.has(i))
}

/** Largest or smallest element. The kernels drop NaN: the sum of x clipped to 0 puts it back. */
export function extreme(b: OnnxBuilder, opType: 'ReduceMax' | 'ReduceMin', x: OnnxValue, axes: Axes, keepdim: boolean): OnnxValue {
  const best = reduce(b, opType, x, axes, keepdim)
  return isFloatingPoint(x.dtype) ? withNaN(b, best, x, axes, keepdim) : best
}
/** `result`, and NaN where the reduced elements of `x` hold one: their sum, clipped to 0, is 0 or NaN. */
export function withNaN(b: OnnxBuilder, result: OnnxValue, x: OnnxValue, axes: Axes, keepdim: boolean): OnnxValue {
  const zero = like(b, x, 0)
  return b.op('Add', [result, reduce(b, 'ReduceSum', b.op('Clip', [x, zero, zero]), axes, keepdim)])
}

/** How many elements are reduced into one: a number, or a 0-d int64. */
export function reducedCount(b: OnnxBuilder, x: OnnxValue, axes: Axes): ScalarOperand {
  if (axes === undefined) return b.numel(x)
  const sizes = axes.map((axis) => b.size(x, axis))
  return sizes.reduce((product, size): ScalarOperand => {
    if (product.kind === 'constant' && size.kind === 'constant')
      return { kind: 'constant', value: BigInt(product.value as bigint) * BigInt(size.value as bigint) }
    return b.op('Mul', [b.number(product, 'int64'), b.number(size, 'int64')])
  })
}

/** (Σ|x|^p)^(1/p); p = 0 counts, ±∞ take the extremes. Floats. */
export function vectorNorm(b: OnnxBuilder, x: OnnxValue, p: number, axes: Axes, keepdim: boolean): OnnxValue {
  if (p === 2) return reduce(b, 'ReduceL2', x, axes, keepdim)
  if (p === 1) return reduce(b, 'ReduceL1', x, axes, keepdim)
  const size = b.op('Abs', [x])
  if (p === Infinity) return extreme(b, 'ReduceMax', size, axes, keepdim)
  if (p === -Infinity) return extreme(b, 'ReduceMin', size, axes, keepdim)
  if (p === 0) return reduce(b, 'ReduceSum', b.cast(b.cast(x, 'bool'), x.dtype), axes, keepdim)
  const sum = reduce(b, 'ReduceSum', b.op('Pow', [size, like(b, x, p)]), axes, keepdim)
  return b.op('Pow', [sum, like(b, x, 1 / p)])
}

/**
 * The mean of floats. Of no elements it is NaN, where the kernel gives 0: a sum over the count where the reduced axes may have none.
 */
export function average(b: OnnxBuilder, x: OnnxValue, axes: Axes, keepdim: boolean): OnnxValue {
  const extents = axes === undefined || x.dims === undefined ? x.dims : axes.map((axis) => x.dims!.at(axis) ?? null)
  const isPositive = (dim: Dim): boolean => typeof dim === 'number' && dim > 0
  if (extents?.every(isPositive) === true) return reduce(b, 'ReduceMean', x, axes, keepdim)
  const sum = reduce(b, 'ReduceSum', x, axes, keepdim)
  return b.op('Div', [sum, b.number(reducedCount(b, x, axes), x.dtype)], {}, { dims: sum.dims })
}
