// An If whose condition has become a constant is the branch that runs. onnxruntime does the same while it loads a model, and loses values
// on the way where such Ifs nest in others.

import type { OnnxGraph, OnnxNode } from '../model.ts'
import { subgraphs } from '../model.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { Values } from './values.ts'

export const inlineBranches = defineOnnxPass({
  name: 'inline-branches',
  doc: 'Replaces an If by the branch that runs, where the condition is a constant.',
  run: (model) => {
    const values = new Values(model)
    let changed = false
    /** Subgraphs nest as deep as the model's own control flow. */
    const inline = (graph: OnnxGraph): void => {
      graph.nodes = graph.nodes.flatMap((node): OnnxNode[] => {
        for (const sub of subgraphs(node)) inline(sub)
        const condition = node.opType === 'If' && node.domain === '' ? values.scalar(node.inputs[0]) : undefined
        if (typeof condition !== 'boolean') return [node]
        changed = true
        const branch = node.attributes.get(condition ? 'then_branch' : 'else_branch') as OnnxGraph
        return [...branch.nodes, ...node.outputs.map((output, i) => named(output, branch.outputs[i]!.name))]
      })
    }
    inline(model.graph)
    return changed
  },
})

/** Names are unique in the whole model: what the branch has keeps its own outside of it. */
const named = (output: string, value: string): OnnxNode => ({
  opType: 'Identity',
  domain: '',
  inputs: [value],
  outputs: [output],
  attributes: new Map(),
})
