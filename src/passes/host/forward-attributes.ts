// Before a method is split: one name for one thing. An attribute of the state that was just read or assigned is that value, and the result of an
// in-place operator is its argument; every read that goes lets two regions become one.

import { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import { allNodes, type Block } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'

const nameOf = (node: Node): string => String(node.attributes.get('name'))

/** `self` is the graph's first input: no other value is that object. */
export function forwardAttributes(graph: Graph): void {
  const [self] = graph.inputs
  if (self?.type.kind === 'Class') visit(graph.block, self, new Map())
}

function visit(block: Block, self: Value, known: Map<string, Value>): void {
  for (const node of block.nodes()) {
    if (node.inputs[0] === self && node.kind === 'prim::SetAttr') known.set(nameOf(node), node.input(1))
    else if (node.inputs[0] === self && node.kind === 'prim::GetAttr') {
      const value = known.get(nameOf(node))
      if (value === undefined) known.set(nameOf(node), node.output())
      else {
        node.output().replaceAllUsesWith(value)
        node.destroy()
      }
    } else if (node.blocks.length > 0) {
      const assigned = new Set<string>()
      for (const nested of node.blocks)
        for (const inner of allNodes(nested)) if (inner.kind === 'prim::SetAttr' && inner.input() === self) assigned.add(nameOf(inner))
      // A turn of a loop finds what the one before it left.
      const outside = node.kind === 'prim::Loop' ? new Map([...known].filter(([name]) => !assigned.has(name))) : known
      for (const nested of node.blocks) visit(nested, self, new Map(outside))
      for (const name of assigned) known.delete(name)
    }
  }
}

/** `y = x.add_(z)` gives x itself: `y` is another name for it. */
export function forwardInPlaceResults(graph: Graph): void {
  const alias = new AliasAnalysis(graph)
  for (const node of allNodes(graph.block)) {
    if (node.outputs.length !== 1 || node.output().type.kind !== 'Tensor' || node.blocks.length > 0) continue
    const [write] = alias.writes(node)
    if (write === undefined || write.elements || node.input(write.input).type.kind !== 'Tensor') continue
    node.output().replaceAllUsesWith(node.input(write.input))
  }
}
