// Who makes each value of a model and who reads it, subgraphs included, and replacement of nodes by that knowledge: what patterns of several
// nodes are matched with. Names are unique in the whole model, so one flat table serves every scope.

import type { Tensor } from '../../ir/tensor.ts'
import { numel } from '../../ir/tensor.ts'
import { hasElements, readElements } from '../../ir/tensor-elements.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import { emittedType } from '../data-type.ts'
import { subgraphs, type OnnxAttribute, type OnnxGraph, type OnnxModel, type OnnxNode, type ValueType } from '../model.ts'

export class Readers {
  readonly #model: OnnxModel
  readonly #producers = new Map<string, OnnxNode>()
  readonly #graphs = new Map<OnnxNode, OnnxGraph>()
  readonly #reads = new Map<string, number>()

  constructor(model: OnnxModel) {
    this.#model = model
    const pending: OnnxGraph[] = [model.graph]
    for (let graph = pending.pop(); graph !== undefined; graph = pending.pop()) {
      for (const { name } of graph.outputs) this.#read(name)
      for (const node of graph.nodes) {
        this.#graphs.set(node, graph)
        for (const name of node.inputs) this.#read(name)
        for (const name of node.outputs) this.#producers.set(name, node)
        pending.push(...subgraphs(node))
      }
    }
  }
  #read(name: string): void {
    this.#reads.set(name, this.reads(name) + 1)
  }

  /** How often a value is read, as an input or as the output of a graph. */
  reads(name: string): number {
    return this.#reads.get(name) ?? 0
  }
  /** The node that makes a value, of an operator of ai.onnx when `opType` is given. */
  producer(name: string | undefined, opType?: string): OnnxNode | undefined {
    const node = name === undefined ? undefined : this.#producers.get(name)
    return opType === undefined || isOp(node, opType) ? node : undefined
  }
  /** True when both run in the same graph, as often as each other. */
  together(a: OnnxNode, b: OnnxNode): boolean {
    return this.#graphs.get(a) === this.#graphs.get(b)
  }

  constant(name: string | undefined): Tensor | undefined {
    return name === undefined ? undefined : this.#model.graph.initializers.get(name)
  }
  /** The only element of a constant. */
  scalar(name: string | undefined): number | undefined {
    const tensor = this.constant(name)
    return tensor !== undefined && numel(tensor.sizes) === 1 && hasElements(tensor.dtype) ? Number(readElements(tensor)[0]) : undefined
  }
  /** What is known of a value: dtype and dims. */
  type(name: string | undefined): ValueType | undefined {
    const tensor = this.constant(name)
    if (tensor !== undefined) return { dtype: emittedType(tensor.dtype), dims: tensor.sizes }
    return name === undefined ? undefined : (this.#model.types.get(name) ?? this.#model.graph.inputs.find((input) => input.name === name))
  }
  dtype(name: string | undefined): ScalarType | undefined {
    return this.type(name)?.dtype
  }

  /** `by` stands where `node` was, and makes its results. */
  replaced(node: OnnxNode, by: OnnxNode): void {
    this.#graphs.set(by, this.#graphs.get(node)!)
    for (const name of by.outputs) this.#producers.set(name, by)
  }
}

export function isOp(node: OnnxNode | undefined, opType: string, domain = ''): node is OnnxNode {
  return node?.opType === opType && node.domain === domain
}

/** A node of ai.onnx, or of `domain`. */
export function newNode(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Iterable<readonly [string, OnnxAttribute]> = [],
  domain = '',
): OnnxNode {
  return { opType, domain, inputs: [...inputs], outputs: [...outputs], attributes: new Map(attributes) }
}

/**
 * Puts what `rewrite` gives in the place of each node, front to back, subgraphs included; what the old nodes read then may have no readers any
 * more. True when something was replaced.
 */
export function replaceNodes(model: OnnxModel, rewrite: (node: OnnxNode, readers: Readers) => OnnxNode | undefined): boolean {
  const readers = new Readers(model)
  let changed = false
  const pending: OnnxGraph[] = [model.graph]
  for (let graph = pending.pop(); graph !== undefined; graph = pending.pop()) {
    graph.nodes = graph.nodes.map((node) => {
      const by = rewrite(node, readers)
      if (by === undefined) return node
      changed = true
      readers.replaced(node, by)
      return by
    })
    for (const node of graph.nodes) pending.push(...subgraphs(node))
  }
  return changed
}

/** A float attribute. */
export function floatAttribute(node: OnnxNode, name: string, otherwise: number): number {
  const value = node.attributes.get(name)
  return typeof value === 'object' && 'kind' in value && value.kind === 'float' ? value.value : otherwise
}
