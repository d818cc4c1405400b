// Ints that are far from the ends of 64 bits, so that a sum of them needs no wrapping.

import { constantOf } from '../../ir/constant.ts'
import type { Value } from '../../ir/value.ts'

const LIMIT = 2n ** 40n
// Sums of small ints are small again, for so many steps.
const MAX_DEPTH = 8

const COUNTS = /^aten::(len|size|dim|numel|ord|find|rfind|count|index|item_size|stride)$|^prim::(dtype|device)$/

/** Whether a sum or difference may be taken as it is: one side is small, the other whatever a program usually counts. */
export function isSmall(sum: Value): boolean {
  const { kind, inputs } = sum.node
  if (kind === 'aten::neg') return false
  const smallSides = inputs.filter((input) => isCount(input, 0)).length
  // A step of a counter: 2^63 steps are never taken.
  return smallSides === inputs.length || (smallSides === 1 && inputs.some((input) => constantOf(input) !== undefined && isCount(input, 0)))
}

function isCount(value: Value, depth: number): boolean {
  const constant = constantOf(value)
  if (constant !== undefined) return typeof constant === 'bigint' && constant < LIMIT && constant > -LIMIT
  const { node } = value
  if (node.kind === 'prim::Param') return value.index === 0 && node.block!.owner?.kind === 'prim::Loop'
  if (COUNTS.test(node.kind)) return true
  if (depth < MAX_DEPTH && (node.kind === 'aten::add' || node.kind === 'aten::sub'))
    return node.inputs.every((input) => isCount(input, depth + 1))
  return false
}
