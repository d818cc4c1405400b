// Whether an OnnxModel is one: names are made once and before they are read, outputs are there, attributes are values that can be written.
// What operators take is for onnxruntime to say. Answers to onnx/checker.cc.

import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode } from './model.ts'

// Deeper than limit-nesting leaves graphs.
const MAX_DEPTH = 64

/** What is wrong, as a clause; undefined where nothing is. */
export function verifyModel({ graph, types }: OnnxModel): string | undefined {
  const made = new Set<string>()
  const check = (g: OnnxGraph, outer: ReadonlySet<string>, depth: number): string | undefined => {
    if (depth > MAX_DEPTH) return `subgraphs nest more than ${MAX_DEPTH} deep`
    const visible = new Set(outer)
    const define = (name: string, by: string): string | undefined => {
      if (typeof name !== 'string' || name === '') return `${by} has no name`
      if (made.has(name)) return `the value '${name}' is made twice`
      made.add(name)
      visible.add(name)
      return undefined
    }
    for (const { name } of g.inputs) {
      const wrong = define(name, 'an input')
      if (wrong !== undefined) return wrong
    }
    for (const name of g.initializers.keys()) {
      const wrong = depth > 0 ? `the subgraph ${g.name} has weights of its own` : define(name, 'a weight')
      if (wrong !== undefined) return wrong
    }
    for (const node of g.nodes) {
      const wrong = ofNode(node, visible)
      if (wrong !== undefined) return wrong
      for (const inner of subgraphs(node)) {
        const inside = check(inner, visible, depth + 1)
        if (inside !== undefined) return inside
      }
      for (const name of node.outputs) {
        const twice = name === '' ? undefined : define(name, node.opType)
        if (twice !== undefined) return twice
      }
    }
    const lost = g.outputs.find(({ name }) => !visible.has(name))
    return lost === undefined ? undefined : `the output '${lost.name}' is not made`
  }
  const wrong = check(graph, new Set(), 0)
  if (wrong !== undefined) return wrong
  return types instanceof Map ? undefined : 'the types of its values are gone'
}

function ofNode({ opType, domain, inputs, outputs, attributes }: OnnxNode, visible: ReadonlySet<string>): string | undefined {
  if (typeof opType !== 'string' || opType === '' || typeof domain !== 'string') return 'a node has no operator'
  if (!Array.isArray(inputs) || !Array.isArray(outputs) || !(attributes instanceof Map))
    return `a ${opType} lacks its inputs, outputs or attributes`
  const unknown = inputs.find((name) => name !== '' && !visible.has(name))
  if (unknown !== undefined) return `a ${opType} reads '${unknown}', which is not there yet`
  if (outputs.every((name) => name === '')) return `a ${opType} has no output`
  for (const [key, value] of attributes)
    if (value === undefined || value === null || typeof value === 'boolean') return `attribute ${key} of a ${opType} is ${String(value)}`
  return undefined
}
