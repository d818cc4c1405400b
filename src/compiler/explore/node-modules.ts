// Which submodule each node of the emitted model belongs to: by the weights that it reads, else by the code that it was lowered from, else by
// what it reads. For views that draw a model by its parts, and sum by them.

import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode } from '../../onnx/model.ts'

/** Path of the submodule, `''` for the model itself. */
export function nodeModules({ graph, origins, sources }: OnnxModel): ReadonlyMap<OnnxNode, string> {
  const modules = new Map<OnnxNode, string>()
  const makers = new Map<string, string>()
  const ofWeight = (name: string): string | undefined => {
    const path = origins.get(name)?.replace(/^self\./, '')
    if (path === undefined) return undefined
    const dot = path.lastIndexOf('.')
    return dot === -1 ? '' : path.slice(0, dot)
  }
  // Subgraphs nest as deep as limit-nesting leaves them.
  const visit = (within: OnnxGraph, outer: string): void => {
    for (const node of within.nodes) {
      const scopes = node.outputs.flatMap((name) => {
        const source = sources?.get(name)
        return source === undefined ? [] : [source.scope ?? '']
      })
      const weights = node.inputs.map(ofWeight).filter((path) => path !== undefined)
      const read = node.inputs.map((name) => makers.get(name)).find((path) => path !== undefined)
      const module = weights[0] ?? scopes[0] ?? (read === undefined ? outer : read)
      modules.set(node, module)
      for (const name of node.outputs) if (name !== '') makers.set(name, module)
      for (const sub of subgraphs(node)) visit(sub, module)
    }
  }
  visit(graph, '')
  return modules
}
