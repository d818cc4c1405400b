// Short names for the inner values of an emitted graph, in order of appearance: names are a good part of a small model's bytes,
// and numbering them last makes them independent of how many values earlier stages made and dropped.

import { subgraphs, type OnnxGraph, type OnnxModel } from '../onnx/model.ts'

/** In place. Inputs and outputs of the top graph keep their names, or have those of `border`. */
export function nameGraph({ graph, types, origins, sources }: OnnxModel, border: ReadonlyMap<string, string> = new Map()): void {
  const names = new Map<string, string>()
  for (const { name } of [...graph.inputs, ...graph.outputs]) names.set(name, border.get(name) ?? name)
  const taken = new Set(names.values())
  let next = 0
  const short = (name: string): string => {
    if (name === '') return ''
    let found = names.get(name)
    if (found === undefined) {
      do found = (next++).toString(36)
      while (taken.has(found))
      names.set(name, found)
    }
    return found
  }
  rename(graph, short)
  for (const infos of [graph.inputs, graph.outputs]) infos.forEach((info, i) => (infos[i] = { ...info, name: short(info.name) }))
  const initializers = [...graph.initializers].map(([name, tensor]) => [short(name), tensor] as const)
  graph.initializers.clear()
  for (const [name, tensor] of initializers) graph.initializers.set(name, tensor)
  renameKeys(types, names)
  renameKeys(origins, names)
  if (sources !== undefined) renameKeys(sources, names)
}

/** Names that are gone are forgotten. */
function renameKeys<T>(table: Map<string, T>, names: ReadonlyMap<string, string>): void {
  const kept = [...table].flatMap(([name, value]) => (names.has(name) ? [[names.get(name)!, value] as const] : []))
  table.clear()
  for (const [name, value] of kept) table.set(name, value)
}

function rename(graph: OnnxGraph, short: (name: string) => string): void {
  for (const node of graph.nodes) {
    node.inputs = node.inputs.map(short)
    for (const sub of subgraphs(node)) {
      sub.inputs.forEach((input, i) => (sub.inputs[i] = { ...input, name: short(input.name) }))
      rename(sub, short)
      sub.outputs.forEach((output, i) => (sub.outputs[i] = { ...output, name: short(output.name) }))
    }
    node.outputs = node.outputs.map(short)
  }
}
