// The last resort for an Optional of run time: an operator that takes one runs in a branch of its own, once for the value and once for None.

import type { Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { cloneNode, type ValueMap } from '../../ir/clone.ts'
import type { Node } from '../../ir/node.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import { definePass } from '../pass.ts'

export const resolveOptionals = definePass({
  name: 'resolve-optionals',
  doc: 'Runs operators on an Optional in one branch for its value and one for None.',
  run: (graph) => {
    let changed = false
    const visit = (block: Block): void => {
      for (const node of block.nodes()) {
        for (const nested of node.blocks) visit(nested)
        const at = node.inputs.findIndex((value) => value.node.kind === 'prim::MakeOptional')
        if (at === -1 || schemaOf(node) === undefined || node.kind.startsWith('prim::')) continue
        branch(node, at)
        changed = true
      }
    }
    visit(graph.block)
    return changed
  },
})

function branch(node: Node, at: number): void {
  const b = Builder.replacing(node)
  const optional = node.input(at).node
  const condition = b.if(
    optional.input(0),
    node.outputs.map(({ type }) => type),
  )
  for (const [i, block] of condition.blocks.entries()) {
    const inner = Builder.atEnd(block)
    const map: ValueMap = new Map([[node.input(at), i === 0 ? optional.input(1) : inner.none()]])
    const copy = block.append(cloneNode(node, node.graph, map))
    for (const output of copy.outputs) block.addReturn(output)
  }
  node.outputs.forEach((output, i) => output.replaceAllUsesWith(condition.output(i)))
  node.destroy()
}
