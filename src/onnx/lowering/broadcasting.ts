// Shapes that several tensors are broadcast to, where only the run knows them. ONNX Expand-13, Where-16.

import { broadcast, type Dim, type Dims } from '../../ir/dim.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { intOp, known as constantInt, vectorOf } from './int-math.ts'

const known = (dims: Dims): dims is readonly number[] => dims?.every((dim) => typeof dim === 'number') === true
const equal = (a: Dims, c: Dims): boolean =>
  a !== undefined && c !== undefined && a.length === c.length && a.every((dim: Dim, i) => dim !== null && dim === c[i])

/** The common shape of tensors of known rank, 1-d int64. */
export function commonShape(values: readonly OnnxValue[], b: OnnxBuilder): OnnxValue {
  const dims = broadcast(...values.map((value) => value.dims))
  if (known(dims)) return b.ints(dims)
  const rank = dims!.length
  const extents = dims!.map((dim, i) => extentOf(dim, i - rank, values, b))
  if (extents.every((extent) => extent !== undefined)) return b.concatScalars(extents)
  return values.map((value) => padded(b.shape(value), value.dims!.length, rank, b)).reduce((all, shape) => merged(all, shape, rank, b))
}

/** One extent of the common shape, where it is known whose it is. */
function extentOf(dim: Dim, fromEnd: number, values: readonly OnnxValue[], b: OnnxBuilder): ScalarOperand | undefined {
  if (typeof dim === 'number') return { kind: 'constant', value: BigInt(dim) }
  const owner = dim === null ? undefined : values.find((value) => value.dims!.at(fromEnd) === dim)
  return owner === undefined ? undefined : b.size(owner, fromEnd)
}

/** Sizes with ones in front. */
function padded(shape: OnnxValue, length: number, rank: number, b: OnnxBuilder): OnnxValue {
  if (length === rank) return shape
  return b.op('Concat', [b.ints(Array.from({ length: rank - length }, () => 1)), shape], { axis: 0 }, { dims: [rank] })
}
/** Extents of 1 give way. */
const merged = (a: OnnxValue, c: OnnxValue, rank: number, b: OnnxBuilder): OnnxValue =>
  b.op('Where', [b.op('Equal', [a, b.ints([1])]), c, a], {}, { dims: [rank] })

/** The common shape of two shapes, given as 1-d tensors of any length. */
export function broadcastVectors(a: OnnxValue, c: OnnxValue, b: OnnxBuilder): OnnxValue {
  const [m, n] = [b.size(a, 0), b.size(c, 0)]
  const rank = intOp(b, 'Max', m, n)
  const dims = known1d(rank)
  const wide = (shape: OnnxValue, length: ScalarOperand): OnnxValue => {
    const ones = b.op('Expand', [b.ints([1]), vectorOf(b, intOp(b, 'Sub', rank, length))], {}, { dims: [null] })
    return b.op('Concat', [ones, shape], { axis: 0 }, { dims })
  }
  const [x, y] = [wide(a, m), wide(c, n)]
  return b.op('Where', [b.op('Equal', [x, b.ints([1])], {}, { dims }), y, x], {}, { dims })
}
const known1d = (length: ScalarOperand): Dims => {
  const n = constantInt(length)
  return [n === undefined ? null : Number(n)]
}

/** The tensors in their common shape; those that have it already stay as they are. */
export function broadcastAll(values: readonly OnnxValue[], b: OnnxBuilder): OnnxValue[] {
  const dims = broadcast(...values.map((value) => value.dims))
  if (values.every((value) => equal(value.dims, values[0]!.dims))) return [...values]
  const shape = commonShape(values, b)
  return values.map((value) => (known(dims) && equal(value.dims, dims) ? value : b.op('Expand', [value, shape], {}, { dims })))
}

/** `x` in a shape that it broadcasts to. */
export function expandTo(x: OnnxValue, shape: OnnxValue, dims: Dims, b: OnnxBuilder): OnnxValue {
  return known(dims) && equal(x.dims, dims) ? x : b.op('Expand', [x, shape], {}, { dims })
}
