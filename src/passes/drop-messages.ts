// warnings.warn and print have no effect on results: they go. A print is worth a notice, since somebody may wait for its text.

import { allNodes } from '../ir/block.ts'
import { definePass } from './pass.ts'

export const dropMessages = definePass({
  name: 'drop-messages',
  doc: 'Removes print and warn.',
  run: (graph, context) => {
    let modified = false
    for (const node of allNodes(graph.block)) {
      if (node.kind !== 'aten::warn' && node.kind !== 'prim::Print') continue
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
