// Removes nodes whose results nobody uses and that have no effect. Works within blocks only: outputs of control flow stay.

import type { Block } from '../ir/block.ts'
import { isMutating } from '../ir/function-schema.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { schemaOf } from '../ops/schema-of.ts'

const effects = new Set(['prim::RaiseException', 'prim::Print', 'prim::SetAttr', 'aten::warn', 'prim::Enter', 'prim::Exit', 'prim::fork'])

export function removeUnused(graph: Graph): boolean {
  return unusedIn(graph.block)
}

function unusedIn(block: Block): boolean {
  let modified = false
  for (const node of block.nodesReversed()) {
    for (const nested of node.blocks) modified = unusedIn(nested) || modified
    if (node.outputs.some((output) => output.hasUses) || hasEffect(node)) continue
    node.destroy()
    modified = true
  }
  return modified
}

/** A node, or one inside of it, does more than compute its results. */
function hasEffect(node: Node): boolean {
  if (effects.has(node.kind)) return true
  const schema = schemaOf(node)
  if (schema !== undefined && isMutating(schema)) return true
  // Whatever is neither an operator nor control flow is left alone.
  if (schema === undefined && !node.kind.startsWith('prim::')) return true
  return node.blocks.some((block) => [...block.nodes()].some(hasEffect))
}
