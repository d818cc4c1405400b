// Which submodule each node of the emitted model belongs to: that of the code that it was lowered from, or of a weight that it reads beside that, as a
// convolution and what it was joined with have one; else by what it reads. For views that draw a model by its parts, and sum by them.

import { nodesOf } from '../../onnx/passes/values.ts'
import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode } from '../../onnx/model.ts'

/** Path of the submodule, `''` for the model itself. */
export function nodeModules({ graph, origins, sources }: OnnxModel): ReadonlyMap<OnnxNode, string> {
  const modules = new Map<OnnxNode, string>()
  const makers = new Map<string, string>()
  const readers = new Map<string, number>()
  for (const { inputs } of nodesOf(graph)) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1)
  const ofWeight = (name: string): string | undefined => {
    const path = origins.get(name)?.replace(/^self\./, '')
    // Equal weights of several modules are stored once, under one of their paths.
    if (path === undefined || readers.get(name) !== 1) return undefined
    const dot = path.lastIndexOf('.')
    return dot === -1 ? '' : path.slice(0, dot)
  }
  // Subgraphs nest as deep as limit-nesting leaves them.
  const visit = (within: OnnxGraph, outer: string): void => {
    for (const node of within.nodes) {
      const scope = node.outputs.map((name) => sources?.get(name)).find((source) => source !== undefined)
      const weights = node.inputs.map(ofWeight).filter((path) => path !== undefined)
      const read = node.inputs.map((name) => makers.get(name)).find((path) => path !== undefined)
      const module =
        scope === undefined ? (weights[0] ?? read ?? outer) : (weights.find((path) => isNear(path, scope.scope ?? '')) ?? scope.scope ?? '')
      modules.set(node, module)
      for (const name of node.outputs) if (name !== '') makers.set(name, module)
      for (const sub of subgraphs(node)) visit(sub, module)
    }
  }
  visit(graph, '')
  return modules
}

/** Modules of one parent, or one in the other. */
function isNear(path: string, scope: string): boolean {
  const parts = path.split('.')
  const own = scope === '' ? [] : scope.split('.')
  let shared = 0
  while (shared < own.length && parts[shared] === own[shared]) shared++
  return shared >= own.length - 1
}
