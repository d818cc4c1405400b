// Control flow that says less than it could: branches that give the same value or the condition itself, conditions asked twice,
// values that a loop carries without changing. Mirrors the prim::If cases of torch/csrc/jit/passes/peephole_non_tensor.cpp.

import type { Block } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { definePass, SWAPPED } from './pass.ts'
import { isReadOnlyWhere } from './read-where.ts'

export const simplifyControlFlow = definePass({
  name: 'simplify-control-flow',
  doc: 'Replaces results of If and Loop that are some other value already.',
  run: (graph) => {
    let changed = false
    const visit = (block: Block): void => {
      for (const node of block.nodes()) {
        for (const nested of node.blocks) visit(nested)
        if (node.kind === 'prim::If')
          changed = [swapNegated(node), branchResults(node), deadSides(node), knownInside(node)].includes(true) || changed
        if (node.kind === 'prim::Loop') changed = unchangedCarried(node) || changed
      }
    }
    visit(graph.block)
    return changed
  },
})

/** If not c: A else B → If c: B else A. */
function swapNegated(node: Node): boolean {
  const negation = node.input().node
  if (negation.kind !== 'aten::__not__') return false
  node.setInput(0, negation.input())
  node.blocks.reverse()
  node.attributes.set(SWAPPED, node.attributes.get(SWAPPED) !== true)
  return true
}

function branchResults(node: Node): boolean {
  let changed = false
  const [then, otherwise] = node.blocks as [Block, Block]
  for (const [i, output] of node.outputs.entries()) {
    if (!output.hasUses) continue
    const [a, b] = [then.returns[i]!, otherwise.returns[i]!]
    const same = sameResult(node, a, b)
    if (same === undefined) continue
    output.replaceAllUsesWith(same)
    changed = true
  }
  return changed
}

/** Dead on that side: the other side's value serves, where it is visible. */
const isDead = (value: Value): boolean => value.node.kind === 'prim::Uninitialized'
/** Visible outside of the branches of `node`. */
const isOuter = (value: Value, node: Node): boolean => {
  for (let block = value.node.block; block !== undefined; block = block.owner?.block) if (block.owner === node) return false
  return true
}

function sameResult(node: Node, a: Value, b: Value): Value | undefined {
  if (a === b || isDead(b)) return isOuter(a, node) ? a : undefined
  if (isDead(a)) return isOuter(b, node) ? b : undefined
  const [x, y] = [constantOf(a), constantOf(b)]
  if (x === true && y === false) return node.input()
  if (x === false && y === true) return Builder.replacing(node).op('aten::__not__', [node.input()], { kind: 'bool' })
  if (x !== undefined && (x === null || typeof x !== 'object') && Object.is(x, y)) return Builder.replacing(node).constant(x, a.type)
  return undefined
}

/** What is only read where the condition is true has no meaning where it is false: it must not decide dtype and shape of the result. */
function deadSides(node: Node): boolean {
  let changed = false
  for (const [i, output] of node.outputs.entries()) {
    if (!output.hasUses) continue
    for (const side of [0, 1] as const) {
      const block = node.blocks[1 - side]!
      const given = block.returns[i]!
      if (isDead(given) || !isReadOnlyWhere(output, node.input(), side === 0)) continue
      block.returnNode.setInput(i, Builder.atEnd(block).op('prim::Uninitialized', [], output.type))
      changed = true
    }
  }
  return changed
}

/** Inside of a branch its condition is known, and with `x == 1` so is `x == 2`. */
function knownInside(node: Node): boolean {
  const condition = node.input()
  let changed = decide(condition, node, (branch) => branch === 0)
  for (const other of rivals(condition)) changed = decide(other, node, (branch) => (branch === 0 ? false : undefined)) || changed
  return changed
}

/** Replaces uses of `condition` in the branches of `node` by what it is there. */
function decide(condition: Value, node: Node, value: (branch: 0 | 1) => boolean | undefined): boolean {
  let changed = false
  const uses = [...condition.uses]
  for (const use of uses) {
    const branch = branchOf(use.user, node)
    const known = branch === undefined ? undefined : value(branch)
    if (known === undefined) continue
    use.user.setInput(use.index, new Builder(node.blocks[branch!]!.paramNode.next!).bool(known))
    changed = true
  }
  return changed
}

/** Comparisons of the same int with other constants. */
function rivals(condition: Value): Value[] {
  const { node } = condition
  if (node.kind !== 'aten::eq' || typeof constantOf(node.input(1)) !== 'bigint') return []
  const wanted = constantOf(node.input(1))
  return [...node.input(0).uses]
    .filter(({ user, index }) => index === 0 && user.kind === 'aten::eq')
    .map(({ user }) => user)
    .filter((user) => typeof constantOf(user.input(1)) === 'bigint' && constantOf(user.input(1)) !== wanted)
    .map((user) => user.output())
}

/** Which branch of `node` a node lies in, at any depth. */
function branchOf(user: Node, node: Node): 0 | 1 | undefined {
  for (let block = user.block; block !== undefined; block = block.owner?.block)
    if (block.owner === node) return block === node.blocks[0] ? 0 : 1
  return undefined
}

/** What the body gives back as it got it, or as it was before the loop, is no business of the loop. */
function unchangedCarried(node: Node): boolean {
  const body = node.blocks[0]!
  let changed = false
  for (const [i, output] of node.outputs.entries()) {
    const initial = node.input(i + 2)
    const param = body.params[i + 1]!
    const back = body.returns[i + 1]!
    if (back !== param && back !== initial) continue
    if (!param.hasUses && !output.hasUses) continue
    if (back === param && param.uses.size === 1 && !output.hasUses) continue

    const uses = [...param.uses]
    for (const use of uses) if (use.user !== body.returnNode || use.index !== i + 1) use.user.setInput(use.index, initial)
    output.replaceAllUsesWith(initial)
    changed = true
  }
  return changed
}
