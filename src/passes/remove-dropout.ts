// Dropout: in inference it gives its input back. Dropout that the model was saved with in training mode stays, since it changes results.
// Mirrors torch/csrc/jit/passes/remove_dropout.cpp.

import { allNodes } from '../ir/block.ts'
import type { Node } from '../ir/node.ts'
import { definePass } from './pass.ts'
import { factsOf } from './graph-facts.ts'

const KINDS = new Set(['dropout', 'feature_dropout', 'alpha_dropout', 'feature_alpha_dropout'].map((name) => `aten::${name}`))

export const removeDropout = definePass({
  name: 'remove-dropout',
  doc: 'Removes dropout that does nothing outside of training.',
  type: 'REMOVE_DROPOUT',
  optional: true,
  run: (graph, context) => {
    if (context.mutable === true) return false
    const facts = factsOf(graph, context)
    // p = 0 keeps every element in training too.
    const idle = (node: Node): boolean =>
      KINDS.has(node.kind) && (facts.of(node.input(2)).value === false || facts.of(node.input(1)).value === 0)
    let changed = false
    for (const node of allNodes(graph.block)) {
      if (!idle(node) || !node.output().hasUses) continue
      node.output().replaceAllUsesWith(node.input())
      changed = true
    }
    return changed
  },
})
