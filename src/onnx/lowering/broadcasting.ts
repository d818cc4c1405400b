// Shapes that several tensors are broadcast to, where only the run knows them. ONNX Expand-13, Where-16.

import type { Dim, Dims } from '../../ir/dim.ts'
import { broadcastDims } from '../infer-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'

const known = (dims: Dims): dims is readonly number[] => dims?.every((dim) => typeof dim === 'number') === true
const equal = (a: Dims, c: Dims): boolean =>
  a !== undefined && c !== undefined && a.length === c.length && a.every((dim: Dim, i) => dim !== null && dim === c[i])

/** The common shape of tensors of known rank, 1-d int64. */
export function commonShape(values: readonly OnnxValue[], b: OnnxBuilder): OnnxValue {
  const dims = broadcastDims(values.map((value) => value.dims))
  if (known(dims)) return b.ints(dims)
  const rank = dims!.length
  return values.map((value) => padded(b.shape(value), value.dims!.length, rank, b)).reduce((all, shape) => merged(all, shape, rank, b))
}

/** Sizes with ones in front. */
function padded(shape: OnnxValue, length: number, rank: number, b: OnnxBuilder): OnnxValue {
  if (length === rank) return shape
  return b.op('Concat', [b.ints(Array.from({ length: rank - length }, () => 1)), shape], { axis: 0 }, { dims: [rank] })
}
/** Extents of 1 give way. */
const merged = (a: OnnxValue, c: OnnxValue, rank: number, b: OnnxBuilder): OnnxValue =>
  b.op('Where', [b.op('Equal', [a, b.ints([1])]), c, a], {}, { dims: [rank] })

/** The common shape of two shapes of known length. */
export function broadcastVectors(a: OnnxValue, c: OnnxValue, b: OnnxBuilder): OnnxValue {
  const [m, n] = [a.dims![0] as number, c.dims![0] as number]
  const rank = Math.max(m, n)
  return merged(padded(a, m, rank, b), padded(c, n, rank, b), rank, b)
}

/** The tensors in their common shape; those that have it already stay as they are. */
export function broadcastAll(values: readonly OnnxValue[], b: OnnxBuilder): OnnxValue[] {
  const dims = broadcastDims(values.map((value) => value.dims))
  if (values.every((value) => equal(value.dims, values[0]!.dims))) return [...values]
  const shape = commonShape(values, b)
  return values.map((value) => (known(dims) && equal(value.dims, dims) ? value : b.op('Expand', [value, shape], {}, { dims })))
}

/** `x` in a shape that it broadcasts to. */
export function expandTo(x: OnnxValue, shape: OnnxValue, dims: Dims, b: OnnxBuilder): OnnxValue {
  return known(dims) && equal(x.dims, dims) ? x : b.op('Expand', [x, shape], {}, { dims })
}
