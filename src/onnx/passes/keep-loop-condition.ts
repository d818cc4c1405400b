// A loop whose body always asks for another turn: the body runs when its condition is true, so it can give back the one that it was given.
// ONNX spec: Loop-16. onnxruntime takes an input of the body for an output of it.

import { readElements } from '../../ir/tensor-elements.ts'
import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode } from '../model.ts'
import { defineOnnxPass } from './onnx-pass.ts'

export const keepLoopCondition = defineOnnxPass({
  name: 'keep-loop-condition',
  doc: 'Lets the body of a loop that always goes on give back the condition that it was given, in place of a copy of `true`.',
  optional: true,
  wants: ['Loop'],
  run: (model) => {
    let changed = false
    /** Subgraphs nest as deep as the model's own control flow. */
    const visit = (graph: OnnxGraph): void => {
      for (const node of graph.nodes) {
        for (const sub of subgraphs(node)) visit(sub)
        if (node.opType === 'Loop' && node.domain === '' && keep(node, model)) changed = true
      }
    }
    visit(model.graph)
    return changed
  },
})

function keep(loop: OnnxNode, model: OnnxModel): boolean {
  const [body] = subgraphs(loop)
  const [, given] = body?.inputs ?? []
  const [asked] = body?.outputs ?? []
  const copy = body?.nodes.find(({ outputs }) => outputs[0] === asked?.name)
  if (body === undefined || given === undefined || asked === undefined || copy?.opType !== 'Identity') return false
  const constant = model.graph.initializers.get(copy.inputs[0]!)
  if (constant === undefined || constant.dtype !== 'bool' || readElements(constant)[0] !== true) return false
  // Two outputs of one name would be one.
  if (body.outputs.some(({ name }, i) => i > 0 && name === given.name)) return false
  body.outputs[0] = { ...asked, name: given.name }
  body.nodes = body.nodes.filter((node) => node !== copy)
  return true
}
