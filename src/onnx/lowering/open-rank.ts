// Axes of tensors whose rank nobody knows. Those that are not named become one axis for a moment, and the shape is put together again from
// parts of it: so far as all axes are counted from one end, no rank is needed.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'
import { UnmetNeed } from './row.ts'

/** Axes `start` up to `end` of a shape, counted from one end; without `end` all that follow. */
interface Span {
  readonly start: number
  readonly end?: number
}

const sizes = (x: OnnxValue, { start, end }: Span, b: OnnxBuilder): OnnxValue =>
  b.op('Shape', [x], { start, ...(end === undefined ? {} : { end }) }, { dtype: 'int64', dims: [null] })

/** `axis` alone. */
const only = (axis: number): Span => (axis === -1 ? { start: -1 } : { start: axis, end: axis + 1 })

/** The axes as groups: each span is one axis of the result, in the order `perm`, and then what it was again. */
function permuteSpans(x: OnnxValue, spans: readonly Span[], perm: readonly number[], b: OnnxBuilder): OnnxValue {
  const parts = spans.map((span) => sizes(x, span, b))
  const products = parts.map((part) => b.op('ReduceProd', [part], { keepdims: 1 }, { dims: [1] }))
  const joined = (of: readonly OnnxValue[]): OnnxValue => b.op('Concat', of, { axis: 0 }, { dtype: 'int64', dims: [null] })
  const grouped = b.op('Reshape', [x, joined(products)], { allowzero: 1 }, { dims: spans.map(() => null) })
  const shape = joined(perm.map((i) => parts[i]!))
  return b.op('Reshape', [b.transpose(grouped, perm), shape], { allowzero: 1 }, { dims: undefined })
}

/** Two axes change places: [A, i, M, j, Z] → [A, j, M, i, Z]. */
export function swapOpen(x: OnnxValue, a: number, c: number, b: OnnxBuilder): OnnxValue {
  if (a === c) return x
  if (a < 0 !== c < 0) throw new UnmetNeed('self', 'its rank to be known')
  const [low, high] = [Math.min(a, c), Math.max(a, c)]
  const spans = [
    ...(low === 0 ? [] : [{ start: 0, end: low }]),
    only(low),
    ...(high === low + 1 ? [] : [{ start: low + 1, end: high }]),
    only(high),
    ...(high === -1 ? [] : [{ start: high + 1 }]),
  ]
  const at = (axis: number): number => spans.findIndex(({ start, end }) => start === axis && (end === undefined || end === axis + 1))
  const [i, j] = [low === 0 ? 0 : 1, high === -1 ? spans.length - 1 : at(high)]
  return permuteSpans(
    x,
    spans,
    spans.map((_, k) => (k === i ? j : k === j ? i : k)),
    b,
  )
}

/** An axis goes behind all others: [A, i, Z] → [A, Z, i]. */
export function lastOpen(x: OnnxValue, axis: number, b: OnnxBuilder): OnnxValue {
  if (axis === -1) return x
  const spans = [...(axis === 0 ? [] : [{ start: 0, end: axis }]), only(axis), { start: axis + 1 }]
  return permuteSpans(x, spans, axis === 0 ? [1, 0] : [0, 2, 1], b)
}

/** The axis between all before it and all behind it, [A, i, Z]. */
export interface Isolated {
  readonly x: OnnxValue
  /** For a result of as many elements: the axes as they were. */
  readonly back: (y: OnnxValue) => OnnxValue
  /** Sizes of the other axes. */
  readonly others: OnnxValue
}
export function isolated(x: OnnxValue, axis: number, b: OnnxBuilder): Isolated {
  const before = axis === 0 ? b.ints([]) : sizes(x, { start: 0, end: axis }, b)
  const behind = axis === -1 ? b.ints([]) : sizes(x, { start: axis + 1 }, b)
  const product = (part: OnnxValue): OnnxValue => b.op('ReduceProd', [part], { keepdims: 1 }, { dims: [1] })
  const shape = b.op('Concat', [product(before), sizes(x, only(axis), b), product(behind)], { axis: 0 }, { dims: [3] })
  return {
    x: b.op('Reshape', [x, shape], { allowzero: 1 }, { dims: [null, null, null] }),
    back: (y) => b.op('Reshape', [y, b.shape(x)], { allowzero: 1 }, { dims: x.dims }),
    others: b.op('Concat', [before, behind], { axis: 0 }, { dims: [null] }),
  }
}
