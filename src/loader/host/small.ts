// Ints that are far from the ends of 64 bits, so that a sum of them needs no wrapping.

import { constantOf } from '../../ir/constant.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'

const LIMIT = 2n ** 40n
// Sums of small ints are small again, for so many steps; and so far a value is followed back.
const MAX_DEPTH = 8

const COUNTS = /^aten::(len|size|dim|numel|ord|find|rfind|count|index|element_size)$|^prim::(dtype|itemsize)$/

/** Whether a sum or difference may be taken as it is: of counts, or one more or less of what nothing has made large. */
export function isSmall(sum: Value): boolean {
  return isSmallSum(sum, 0)
}

function isSmallSum({ node }: Value, depth: number): boolean {
  const { inputs } = node
  if (inputs.every((input) => isCount(input, depth))) return true
  // A counter takes more steps than there is time for to leave 64 bits.
  return isStep(node) && !inputs.some((input) => isWild(input, depth, new Set()))
}

/** A step by a small constant. */
function isStep({ inputs }: Node): boolean {
  return inputs.length === 2 && inputs.some((input) => constantOf(input) !== undefined && isCount(input, 0))
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

/** What arithmetic or a loop may have made large. */
function isWild(value: Value, depth: number, seen: Set<Value>): boolean {
  if (seen.has(value)) return false
  seen.add(value)
  if (depth > MAX_DEPTH) return true
  const { node } = value
  switch (node.kind) {
    case 'aten::add':
    case 'aten::sub':
      if (node.inputs.every((input) => isCount(input, depth))) return false
      return !isStep(node) || node.inputs.some((input) => isWild(input, depth + 1, seen))
    case 'aten::mul':
    case 'aten::neg':
    case 'aten::__lshift__':
    case 'aten::pow':
      return true
    case 'prim::If':
      return node.blocks.some(({ returns }) => isWild(returns[value.index]!, depth + 1, seen))
    case 'prim::Loop':
      return [node.input(value.index + 2), node.blocks[0]!.returns[value.index + 1]!].some((input) => isWild(input, depth + 1, seen))
    case 'prim::Param': {
      const owner = node.block!.owner
      if (owner?.kind !== 'prim::Loop' || value.index === 0) return false
      return [owner.input(value.index + 1), owner.blocks[0]!.returns[value.index]!].some((input) => isWild(input, depth + 1, seen))
    }
    default:
      return constantOf(value) !== undefined && !isCount(value, depth)
  }
}
