// `as_strided` of a view reads the memory that the view lies in: it becomes `as_strided` of the tensor that is this memory, with an offset of its
// own. Sliding windows are written so (Longformer, LED, BigBird). What is not known stays, for check-strides.ts to refuse.

import { storageLayout } from '../analysis/storage-layout.ts'
import { Builder } from '../ir/builder.ts'
import { allNodes } from '../ir/block.ts'
import { isNone } from '../ops/facts.ts'
import { isWholeStorage } from './check-strides.ts'
import { factsOf } from './graph-facts.ts'
import { definePass } from './pass.ts'

export const resolveStrides = definePass({
  name: 'resolve-strides',
  doc: 'as_strided of a view reads the tensor whose memory it views.',
  run: (graph, context) => {
    const strided = [...allNodes(graph.block)].filter(({ kind }) => kind === 'aten::as_strided' || kind === 'aten::as_strided_copy')
    if (strided.length === 0) return false
    const facts = factsOf(graph, context)
    let changed = false
    for (const node of strided) {
      const layout = storageLayout(node.input(), facts, isWholeStorage)
      if (layout === undefined || layout.root === node.input()) continue
      if (isNone(facts.of(node.input(3)))) {
        if (typeof layout.offset !== 'number') continue
        node.setInput(3, Builder.replacing(node).int(layout.offset))
      }
      node.setInput(0, layout.root)
      changed = true
    }
    return changed
  },
})
