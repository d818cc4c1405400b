// Clean-up of the emitted graph in one walk from front to back: each node, its inputs already simplified, is folded, joined with its
// neighbour, or found to be computed already. Linear in the nodes; results are bit for bit those of the graph before.
// What is left without readers goes with eliminate-dead.ts. Knows nothing of fusions for the sake of a kernel.

import type { Tensor } from '../../ir/tensor.ts'
import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode } from '../model.ts'
import { chains } from './chains.ts'
import { constantElements } from './constant-elements.ts'
import { constantViews, isView } from './constant-views.ts'
import { expressionKey } from './expression-key.ts'
import { nodesOf, Values } from './values.ts'

/** In place. */
export function simplifyModel(model: OnnxModel): void {
  const values = new Values(model)
  for (const { name } of model.graph.outputs) values.read(name)
  for (const node of nodesOf(model.graph)) {
    for (const name of node.inputs) values.read(name)
    for (const name of isView(node, values) ? node.inputs.slice(1) : node.inputs) values.keep(name)
    for (const sub of subgraphs(node)) for (const { name } of sub.outputs) values.read(name)
  }
  new Simplifier(values).graph(model.graph)
}

class Simplifier {
  readonly #values: Values
  /** Results of the nodes that are visible where the walk is, by what they compute. */
  readonly #available = new Map<string, readonly string[]>()

  constructor(values: Values) {
    this.#values = values
  }

  /** Subgraphs nest as deep as the model's own control flow. */
  graph(graph: OnnxGraph): void {
    const outputs = new Set(graph.outputs.map(({ name }) => name))
    const kept: OnnxNode[] = []
    const added: string[] = []
    for (const node of graph.nodes) {
      node.inputs = node.inputs.map((name) => this.#values.resolve(name))
      for (const sub of subgraphs(node)) this.graph(sub)
      const results = this.#results(node)
      if (results === undefined) {
        const key = expressionKey(node)
        if (key !== undefined) {
          this.#available.set(key, node.outputs)
          added.push(key)
        }
        this.#values.produced(node)
        kept.push(node)
        continue
      }
      for (const [i, name] of node.outputs.entries()) {
        if (name === '') continue
        this.#values.replace(name, results[i]!)
        // The name of an output stays; eliminate-dead.ts gives it to the producer where that can be.
        if (outputs.has(name)) kept.push({ opType: 'Identity', domain: '', inputs: [results[i]!], outputs: [name], attributes: new Map() })
      }
    }
    graph.nodes = kept
    // What a branch or body computes is not there outside of it.
    for (const key of added) this.#available.delete(key)
  }

  /** The values that a node's results are, when they need not be computed. */
  #results(node: OnnxNode): readonly string[] | undefined {
    const rule = node.domain === '' ? chains.get(node.opType) : undefined
    const same = rule?.(node, this.#values)
    if (same !== undefined) return [same]
    const key = expressionKey(node)
    const known = key === undefined ? undefined : this.#available.get(key)
    if (known !== undefined) return known
    const element = constantElements(node, this.#values)
    const folded: readonly Tensor[] | undefined = element === undefined ? constantViews(node, this.#values) : [element]
    if (folded === undefined) return undefined
    const names = folded.map((tensor) => this.#values.addConstant(tensor, node.inputs[0]))
    // Constants are there in every scope.
    if (key !== undefined) this.#available.set(key, names)
    return names
  }
}
