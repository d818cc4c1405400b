// Constants that are equal to the bit are one: layers of equal weights, weights that several methods hold, zeros and ones. A rearranged copy is not
// looked for: simplify-model.ts stores a weight in one layout only. The mobile optimiser's HOIST_CONV_PACKED_PARAMS.

import { contiguousBytes, type Tensor } from '../../ir/tensor.ts'
import { subgraphs, type OnnxGraph } from '../model.ts'
import { defineOnnxPass } from './onnx-pass.ts'

export const shareInitializers = defineOnnxPass({
  name: 'share-initializers',
  doc: 'Weights and constants that are equal to the bit are stored once, whichever submodules, branches, loop bodies and methods use them.',
  type: 'HOIST_CONV_PACKED_PARAMS',
  optional: true,
  run: ({ graph, origins }) => {
    const renamed = new Map<string, string>()
    const groups = new Map<string, { readonly name: string; readonly bytes: Uint8Array }[]>()
    const counts = new Map<string, number>()
    for (const tensor of graph.initializers.values()) counts.set(form(tensor), (counts.get(form(tensor)) ?? 0) + 1)
    for (const [name, tensor] of graph.initializers) {
      const key = form(tensor)
      if (counts.get(key) === 1) continue
      const bytes = contiguousBytes(tensor)
      const group = groups.get(key) ?? []
      const same = group.find((one) => equalBytes(one.bytes, bytes))
      if (same === undefined) groups.set(key, [...group, { name, bytes }])
      else renamed.set(name, same.name)
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

const form = ({ dtype, sizes }: Tensor): string => `${dtype}(${sizes.join()})`

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

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
