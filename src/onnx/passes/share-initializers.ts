// Constants that are equal to the bit are one: layers of equal weights, weights that several methods hold, zeros and ones. A rearranged copy is not
// looked for: simplify-model.ts stores a weight in one layout only. The mobile optimiser's HOIST_CONV_PACKED_PARAMS.

import { subgraphs, type OnnxGraph } from '../model.ts'
import { contentKey, sameContent } from '../tensor-content.ts'
import { defineOnnxPass } from './onnx-pass.ts'

export const shareInitializers = defineOnnxPass({
  name: 'share-initializers',
  doc: 'Weights and constants that are equal to the bit are stored once, whichever submodules, branches, loop bodies and methods use them.',
  type: 'HOIST_CONV_PACKED_PARAMS',
  optional: true,
  run: ({ graph, origins }) => {
    const renamed = new Map<string, string>()
    const groups = new Map<string, readonly string[]>()
    for (const [name, tensor] of graph.initializers) {
      const key = contentKey(tensor)
      const group = groups.get(key) ?? []
      const same = group.find((one) => sameContent(graph.initializers.get(one)!, tensor))
      if (same === undefined) groups.set(key, [...group, name])
      else renamed.set(name, same)
    }
    if (renamed.size === 0) return false
    for (const [name, kept] of renamed) {
      graph.initializers.delete(name)
      // The first attribute that held it stands for all.
      const origin = origins.get(name)
      if (origin !== undefined && !origins.has(kept)) origins.set(kept, origin)
      origins.delete(name)
    }
    renameReads(graph, renamed)
    return true
  },
})

/** Control flow nests as deep as the model's own. */
function renameReads(graph: OnnxGraph, names: ReadonlyMap<string, string>): void {
  for (const node of graph.nodes) {
    node.inputs = node.inputs.map((name) => names.get(name) ?? name)
    for (const sub of subgraphs(node)) {
      for (const [i, output] of sub.outputs.entries()) {
        const kept = names.get(output.name)
        if (kept !== undefined) sub.outputs[i] = { ...output, name: kept }
      }
      renameReads(sub, names)
    }
  }
}
