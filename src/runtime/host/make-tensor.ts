// Tensors that a host program makes by itself: small ones, of Python numbers. Everything else is a region's work.
// Answers to aten::tensor of torch/csrc/jit/runtime/register_special_ops.cpp.

import { arrayOf, tensor } from '../tensor.ts'
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
