// warnings.warn and print have no effect on results: they go. A print is worth a notice, since somebody may wait for its text; so is a
// seed, since numbers may be expected that no page has.

import { allNodes } from '../ir/block.ts'
import { seedNotice } from './notice-random.ts'
import { definePass } from './pass.ts'

export const dropMessages = definePass({
  name: 'drop-messages',
  doc: 'Removes print, warn and manual_seed.',
  run: (graph, context) => {
    let modified = false
    for (const node of allNodes(graph.block)) {
      if (node.kind === 'aten::manual_seed') {
        context.notices.push(seedNotice('manual_seed()', node))
        // Of a generator: gives it back.
        for (const output of node.outputs) output.replaceAllUsesWith(node.input())
      } else if (node.kind !== 'aten::warn' && node.kind !== 'prim::Print') continue
      if (node.kind === 'prim::Print')
        context.notices.push({
          code: 'PT3031',
          message: 'print() has no effect in the converted model.',
          ...(node.range === undefined ? {} : { range: node.range }),
        })
      node.destroy()
      modified = true
    }
    return modified
  },
})
