// `with torch.no_grad():` and its kin have no meaning without gradients: Enter and Exit go, what is between them stays.
// Context managers that compute are an error: their methods are not inlined here.

import { fail } from '../diagnostics/compile-error.ts'
import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { definePass } from './pass.ts'

/** Class names without mangling: what they change, inference does not see. */
const harmless = /\.(no_grad|enable_grad|set_grad_enabled|inference_mode|record_function|profile|set_detect_anomaly|detect_anomaly)$/

export const lowerWith = definePass({
  name: 'lower-with',
  doc: 'Removes with-blocks that only concern gradients or profiling.',
  run: (graph) => {
    let modified = false
    for (const node of allNodes(graph.block)) {
      if (node.kind !== 'prim::Enter' && node.kind !== 'prim::Exit') continue
      const { type } = node.input()
      const name = type.kind === 'Class' ? type.name : type.kind
      if (!harmless.test(name))
        fail('PT3025', `a with-block uses ${name}, which may change what runs inside of it.`, {
          ...(node.range === undefined ? {} : { range: node.range }),
          fix: 'call its code directly, without the with statement.',
        })
      for (const output of node.outputs) if (output.hasUses) output.replaceAllUsesWith(Builder.replacing(node).none())
      node.destroy()
      modified = true
    }
    return modified
  },
})
