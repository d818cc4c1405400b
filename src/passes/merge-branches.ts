// Two Ifs on the same condition become one: what the second does with results of the first then meets the values themselves, and a value
// that exists on one side only need not leave its branch. torch has no such pass: its interpreter carries None as it is.

import { allNodes, type Block } from '../ir/block.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { definePass } from './pass.ts'
import { hasEffect } from './side-effects.ts'

export const mergeBranches = definePass({
  name: 'merge-branches',
  doc: 'Joins Ifs on the same condition into one.',
  optional: true,
  run: (graph, context) => {
    if (context.mutable === true) return false
    let changed = false
    const visit = (block: Block): void => {
      const first = new Map<Value, Node>()
      for (const node of block.nodes()) {
        for (const nested of node.blocks) visit(nested)
        if (node.kind !== 'prim::If') continue
        const earlier = first.get(node.input())
        if (earlier !== undefined && !hasEffect(node) && reaches(node, earlier)) {
          merge(earlier, node)
          changed = true
        } else first.set(node.input(), node)
      }
    }
    visit(graph.block)
    return changed
  },
})

/** Everything that the branches of `node` read is there when `earlier` runs, or is a result of it. */
function reaches(node: Node, earlier: Node): boolean {
  const inside = new Set<Node>()
  for (const branch of node.blocks) for (const inner of allNodes(branch)) inside.add(inner)
  const available = (value: Value): boolean => {
    const { node: producer } = value
    if (producer === earlier || inside.has(producer)) return true
    // Parameters of blocks inside of the branches.
    if (producer.kind === 'prim::Param' && producer.block?.owner !== undefined && inside.has(producer.block.owner)) return true
    return producer.isBefore(earlier)
  }
  for (const branch of node.blocks) {
    if (!branch.returns.every(available)) return false
    for (const inner of allNodes(branch)) {
      if (!inner.inputs.every(available)) return false
      for (const nested of inner.blocks) if (!nested.returns.every(available)) return false
    }
  }
  return true
}

function merge(into: Node, node: Node): void {
  for (const [k, branch] of node.blocks.entries()) {
    const target = into.blocks[k]!
    // On this side the results of the first are what its branch gives.
    for (const [i, output] of into.outputs.entries()) {
      const given = target.returns[i]!
      const uses = [...output.uses].filter(({ user }) => isWithin(user, branch))
      for (const use of uses) use.user.setInput(use.index, given)
    }
    const moved = [...branch.nodes()]
    for (const inner of moved) inner.moveBefore(target.returnNode)
    for (const value of branch.returns) target.addReturn(value)
    branch.returnNode.removeAllInputs()
  }
  for (const output of node.outputs) output.replaceAllUsesWith(into.addOutput(output.type, output.debugName))
  node.destroy()
}

function isWithin(user: Node, branch: Block): boolean {
  for (let block = user.block; block !== undefined; block = block.owner?.block) if (block === branch) return true
  return false
}
