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
  return values
    .map((value) => {
      const missing = rank - value.dims!.length
      const shape = b.shape(value)
      return missing === 0
        ? shape
        : b.op('Concat', [b.ints(Array.from({ length: missing }, () => 1)), shape], { axis: 0 }, { dims: [rank] })
    })
    .reduce((all, shape) => b.op('Where', [b.op('Equal', [all, b.ints([1])]), shape, all], {}, { dims: [rank] }))
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
