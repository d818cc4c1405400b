// Tensors that a host program makes or takes apart by itself: small ones, of Python numbers. Everything else is a region's work.
// Answers to aten::tensor of torch/csrc/jit/runtime/register_special_ops.cpp, and to aten::select for single elements.

import { arrayOf, count, tensor } from '../tensor.ts'
import type { DataType, Tensor } from '../tensor-types.ts'
import { fail } from './error.ts'

type Nested = bigint | number | boolean | readonly Nested[]

/** `torch.tensor(data)`: as many axes as there are lists in lists, all of one length at each depth. */
export function makeTensor(data: Nested, type: DataType): Tensor {
  const dims: number[] = []
  for (let row = data; Array.isArray(row); row = (row as readonly Nested[])[0]!) dims.push(row.length)
  const flat: unknown[] = []
  const visit = (row: Nested, depth: number): void => {
    if (depth === dims.length) flat.push(row)
    else if (Array.isArray(row) && row.length === dims[depth]) for (const item of row as readonly Nested[]) visit(item, depth + 1)
    else fail(`Expected sequence of length ${dims[depth]} at dim ${depth} (got ${(row as readonly Nested[]).length})`)
  }
  visit(data, 0)
  const array = arrayOf(type, flat.length) as { [index: number]: unknown } & DataTypeMapValue
  const wide = /int64/.test(type)
  flat.forEach((value, i) => (array[i] = wide ? BigInt(value as bigint) : Number(value)))
  return tensor(type, array, dims)
}
type DataTypeMapValue = ReturnType<typeof arrayOf>

/** `t.select(dim, index)`: a copy of one slice. */
export function select({ type, data, dims }: Tensor, dim: bigint, index: bigint): Tensor {
  const rank = BigInt(dims.length)
  if (rank === 0n) return fail('select() cannot be applied to a 0-dim tensor.')
  if (dim < -rank || dim >= rank) fail(`Dimension out of range (expected to be in range of [${-rank}, ${rank - 1n}], but got ${dim})`)
  const axis = Number(dim < 0n ? dim + rank : dim)
  const size = BigInt(dims[axis]!)
  if (index < -size || index >= size)
    fail(`select(): index ${index} out of range for tensor of size [${dims.join(', ')}] at dimension ${axis}`)
  const at = Number(index < 0n ? index + size : index)
  const inner = count(dims.slice(axis + 1))
  const outer = count(dims.slice(0, axis))
  const made = arrayOf(type, outer * inner)
  for (let i = 0; i < outer; i++) {
    const from = (i * dims[axis]! + at) * inner
    made.set(data.subarray(from, from + inner) as never, i * inner)
  }
  return tensor(type, made, [...dims.slice(0, axis), ...dims.slice(axis + 1)])
}
