// Containers dissolve where their parts are known: what is taken out of a tuple, list or dict is what was put in, and a change of a list
// or dict is another construction. Mirrors torch/csrc/jit/passes/lower_tuples.cpp and peephole_list_idioms.cpp, for lists and dicts too.

import type { Block } from '../../ir/block.ts'
import type { Node } from '../../ir/node.ts'
import { factsOf } from '../graph-facts.ts'
import { definePass } from '../pass.ts'
import { choiceRows, mapChoices } from './choice-rows.ts'
import type { ContainerRow, Dissolving } from './container-row.ts'
import { dictRows } from './dict-rows.ts'
import { listRows } from './list-rows.ts'
import { optionalRows } from './optional-rows.ts'
import { tupleRows } from './tuple-rows.ts'
import { zipRows } from './zip-rows.ts'

const rows = new Map<string, readonly ContainerRow[]>()
for (const [kind, row] of [...tupleRows, ...listRows, ...dictRows, ...optionalRows, ...choiceRows, ...zipRows])
  rows.set(kind, [...(rows.get(kind) ?? []), row])

export const dissolveContainers = definePass({
  name: 'dissolve-containers',
  doc: 'Replaces what is taken out of a container by what was put in.',
  run: (graph, context) => {
    if (context.mutable === true) return false
    const at: Dissolving = { facts: factsOf(graph, context), context }
    let changed = false
    const visit = (block: Block): void => {
      for (const node of block.nodes()) {
        for (const nested of node.blocks) visit(nested)
        changed = dissolve(node, at) || changed
      }
    }
    visit(graph.block)
    return changed
  },
})

function dissolve(node: Node, at: Dissolving): boolean {
  for (const row of [...(rows.get(node.kind) ?? []), mapChoices]) {
    const before = node.previous
    const values = row(node, at) ?? []
    let changed = false
    for (const [i, value] of values.entries()) {
      const output = node.outputs[i]
      if (value === undefined || output === undefined || value === output || !output.hasUses) continue
      output.replaceAllUsesWith(value)
      changed = true
    }
    if (changed) return true
    // What a row made before it found that it does not apply.
    while (node.previous !== before) node.previous!.destroy()
  }
  return false
}
