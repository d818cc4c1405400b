// Whether a value is read only where a condition holds: what it is elsewhere has then no meaning. A look along the branches that hand it on,
// whose flags go with it (the value and the flag of an Optional leave an If side by side).

import type { Block } from '../ir/block.ts'
import { constantOf } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'

// Ifs that hand on results of Ifs, and `and`s of conditions, nest as their source does.
const MAX_DEPTH = 8
// Uses looked at for one value: a look, not a search of the graph.
const MAX_USES = 400

/** True when nothing reads `value` where `condition` is not `holds`. */
export function isReadOnlyWhere(value: Value, condition: Value, holds: boolean): boolean {
  return onlyWhere(value, condition, holds, { uses: MAX_USES }, 0)
}

function onlyWhere(value: Value, condition: Value, holds: boolean, budget: { uses: number }, depth: number): boolean {
  if (depth > MAX_DEPTH) return false
  for (const { user, index } of value.uses) {
    if (budget.uses-- <= 0) return false
    if (isInside(user, condition, holds)) continue
    if (user.kind === 'prim::MakeOptional' && index === 1 && implies(user.input(0), true, condition, holds, 0)) continue
    if (!onlyHandedOn(user, index, condition, holds, budget, depth)) return false
  }
  return true
}

/** The use is in a branch that runs only where the condition holds. */
function isInside(user: Node, condition: Value, holds: boolean): boolean {
  for (let block = user.block; block?.owner !== undefined; block = block.owner.block) {
    const { owner } = block
    if (owner.kind === 'prim::If' && implies(owner.input(), owner.blocks[0] === block, condition, holds, 0)) return true
  }
  return false
}

/** The branch gives the value out beside a flag that tells whether it means anything. */
function onlyHandedOn(user: Node, index: number, condition: Value, holds: boolean, budget: { uses: number }, depth: number): boolean {
  const block: Block | undefined = user.kind === 'prim::Return' ? user.block : undefined
  const owner = block?.owner
  if (block === undefined || owner?.kind !== 'prim::If') return false
  const result = owner.output(index)
  if (!result.hasUses || onlyWhere(result, condition, holds, budget, depth + 1)) return true
  return block.returns.some((flag, j) => {
    if (flag.type.kind !== 'bool') return false
    // On this side the flag is a constant: who reads the result only where it is the other one does not read this side's.
    const constant = constantOf(flag)
    if (typeof constant === 'boolean') return onlyWhere(result, owner.output(j), !constant, budget, depth + 1)
    return [true, false].some((is) => implies(flag, is, condition, holds, 0) && onlyWhere(result, owner.output(j), is, budget, depth + 1))
  })
}

/** `test` being `is` implies that `condition` is `holds`. */
function implies(test: Value, is: boolean, condition: Value, holds: boolean, depth: number): boolean {
  if (test === condition) return is === holds
  if (depth > MAX_DEPTH) return false
  const { node, index } = test
  if (node.kind === 'aten::__not__') return implies(node.input(), !is, condition, holds, depth + 1)
  if (node.kind !== 'prim::If') return false
  // `a and b` is b where a holds, else False; `a or b` is True where a holds, else b.
  const sides = node.blocks.map((block) => block.returns[index]!)
  return sides.some((side, k) => {
    if (constantOf(sides[1 - k]!) !== !is) return false
    return implies(node.input(), k === 0, condition, holds, depth + 1) || implies(side, is, condition, holds, depth + 1)
  })
}
