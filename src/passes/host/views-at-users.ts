// A view never crosses from one region into another: JavaScript would hold it as a tensor of its own. Each user of a view of memory that is
// written gets a view for itself, right in front of it; a view looks at its base whenever it was made, so nothing changes by that.

import { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import { maybeViews } from '../../analysis/alias-exceptions.ts'
import { allNodes } from '../../ir/block.ts'
import { cloneNode } from '../../ir/clone.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { isViewStep } from '../remove-mutation/view-steps.ts'

/** What keeps its operands, by reference, for later. */
const KEEPS = new Set([
  'prim::If',
  'prim::Loop',
  'prim::Return',
  'prim::SetAttr',
  'prim::ListConstruct',
  'prim::TupleConstruct',
  'prim::DictConstruct',
])

export function viewsAtUsers(graph: Graph): void {
  const alias = new AliasAnalysis(graph)
  if (alias.written.size === 0) return
  // Users of a view of a view first: its base is then needed in front of them.
  const views = [...allNodes(graph.block)].filter((node) => isMovable(node, alias)).reverse()
  for (const node of views) {
    const uses = [...node.output().uses].filter(({ user, index }) => !keeps(user, index, alias))
    if (uses.length === 1 && node.output().uses.size === 1 && uses[0]!.user.block === node.block) continue
    const made = new Map<Node, Node>()
    for (const { user, index } of uses) {
      let copy = made.get(user)
      if (copy === undefined) made.set(user, (copy = cloneNode(node, graph, new Map()).insertBefore(user)))
      user.setInput(index, copy.output())
    }
    if (!node.output().hasUses) node.destroy()
  }
}

/** Gives a view of memory that is written, of extents that nothing else decides. */
export function isMovable(node: Node, alias: AliasAnalysis): boolean {
  if (node.outputs.length !== 1 || node.output().type.kind !== 'Tensor' || node.inputs[0]?.type.kind !== 'Tensor') return false
  return isViewStep(node.kind) && !maybeViews.has(node.kind) && alias.writes(node).length === 0 && alias.hasWriters(node.output())
}

function keeps(user: Node, index: number, alias: AliasAnalysis): boolean {
  return KEEPS.has(user.kind) || alias.edge(user, `store:${index}`) !== undefined
}
