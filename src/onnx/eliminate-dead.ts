// Removes ONNX nodes and initializers that no output depends on, and Identity nodes that only rename. Works on subgraphs too.

import type { OnnxGraph, OnnxModel, OnnxNode } from './model.ts'
import { subgraphs } from './model.ts'

/** In place. Nodes without used outputs go, last first; so do unused initializers. */
export function eliminateDead(model: OnnxModel): void {
  forwardIdentities(model.graph, new Map())
  const used = new Set(model.graph.outputs.map((output) => output.name))
  sweep(model.graph, used)
  for (const name of model.graph.initializers.keys()) if (!used.has(name)) model.graph.initializers.delete(name)
}

/** Adds to `used` every name that kept nodes read, subgraphs included. */
function sweep(graph: OnnxGraph, used: Set<string>): void {
  const kept: OnnxNode[] = []
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!
    if (!node.outputs.some((name) => used.has(name))) continue
    for (const input of node.inputs) used.add(input)
    for (const sub of subgraphs(node)) {
      for (const output of sub.outputs) used.add(output.name)
      sweep(sub, used)
    }
    kept.push(node)
  }
  graph.nodes = kept.reverse()
}

/**
 * Readers of an Identity read its input instead. Where an Identity names a graph output, the producer in the same graph takes that name.
 * A subgraph's output must be produced inside of it, and a graph input or initializer can never be an output itself.
 */
function forwardIdentities(graph: OnnxGraph, outer: ReadonlyMap<string, string>): void {
  const renamed = new Map(outer)
  const outputs = new Set(graph.outputs.map((output) => output.name))
  const producer = new Map<string, OnnxNode>()
  const produced = new Map<string, string>()
  for (const node of graph.nodes) {
    node.inputs = node.inputs.map((name) => renamed.get(name) ?? name)
    for (const sub of subgraphs(node)) forwardIdentities(sub, renamed)
    for (const name of node.outputs) producer.set(name, node)
    if (node.opType !== 'Identity') continue
    const [from] = node.inputs as [string]
    const [to] = node.outputs as [string]
    if (!outputs.has(to)) renamed.set(to, from)
    else if (producer.has(from) && !outputs.has(from) && !produced.has(from)) produced.set(from, to)
  }
  // Rename producers of outputs, then every reader, subgraphs included.
  if (produced.size > 0) {
    for (const [from, to] of produced) {
      const node = producer.get(from)!
      node.outputs = node.outputs.map((name) => (name === from ? to : name))
    }
    graph.nodes = graph.nodes.filter((node) => !(node.opType === 'Identity' && produced.get(node.inputs[0]!) === node.outputs[0]))
    renameReads(graph, produced)
  }
}

function renameReads(graph: OnnxGraph, names: ReadonlyMap<string, string>): void {
  for (const node of graph.nodes) {
    node.inputs = node.inputs.map((name) => names.get(name) ?? name)
    for (const sub of subgraphs(node)) renameReads(sub, names)
  }
}
