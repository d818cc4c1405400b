// What the ONNX-level rules know of a model while it is walked from front to back: who makes a value, which values are constants, and
// which value stands for another. Names are unique in the whole model, subgraphs included, so one flat table serves every scope.

import type { ScalarType } from '../../ir/scalar-type.ts'
import { contiguousBytes, numel, type Tensor } from '../../ir/tensor.ts'
import { readElements, type Element } from '../../ir/tensor-elements.ts'
import { emittedType } from '../data-type.ts'
import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode } from '../model.ts'

/** Elements up to which a constant is computed with, and copied without a thought. */
export const TINY = 64

export class Values {
  readonly #initializers: Map<string, Tensor>
  readonly #producers = new Map<string, OnnxNode>()
  readonly #standIns = new Map<string, string>()
  readonly #byBytes = new Map<string, string>()
  /** Values that somebody reads as they are. */
  readonly #kept = new Set<string>()
  /** Elements of big constants, by name, that may still be stored rearranged. */
  readonly #budget = new Map<string, number>()
  readonly #reads = new Map<string, number>()
  readonly #inputs: ReadonlyMap<string, ScalarType>
  readonly #origins: Map<string, string>
  #next = 0

  constructor({ graph, origins }: OnnxModel) {
    this.#initializers = graph.initializers
    this.#origins = origins
    this.#inputs = new Map(graph.inputs.map(({ name, dtype }) => [name, dtype]))
    for (const [name, tensor] of graph.initializers) this.#remember(name, tensor)
  }

  /** The value that is read where `name` is written. */
  resolve(name: string): string {
    return this.#standIns.get(name) ?? name
  }
  /** `value` is read for `name` from now on. */
  replace(name: string, value: string): void {
    this.#standIns.set(name, value)
    if (this.#kept.has(name)) this.#kept.add(value)
    this.#reads.set(value, this.reads(value) + this.reads(name))
  }

  produced(node: OnnxNode): void {
    for (const output of node.outputs) if (output !== '') this.#producers.set(output, node)
  }
  /** The node that makes a value; undefined for inputs and constants. */
  producer(name: string | undefined): OnnxNode | undefined {
    return name === undefined ? undefined : this.#producers.get(name)
  }

  constant(name: string | undefined): Tensor | undefined {
    return name === undefined ? undefined : this.#initializers.get(name)
  }
  /** The elements of a tiny int64 constant. Those beyond 2^53 mean "to the end", and any number that large says so. */
  ints(name: string | undefined): number[] | undefined {
    const tensor = this.constant(name)
    return tensor?.dtype === 'int64' && numel(tensor.sizes) <= TINY ? readElements(tensor).map(Number) : undefined
  }
  /** The element of a 0-d constant. */
  scalar(name: string | undefined): Element | undefined {
    const tensor = this.constant(name)
    return tensor?.sizes.length === 0 ? readElements(tensor)[0] : undefined
  }
  /** The dtype of a constant or an input of the model. */
  dtype(name: string): ScalarType | undefined {
    const tensor = this.constant(name)
    return tensor === undefined ? this.#inputs.get(name) : emittedType(tensor.dtype)
  }
  /** The name of an initializer with this content. `of`: the constant that it is a view of, whose attribute it comes from too. */
  addConstant(tensor: Tensor, of?: string): string {
    const key = bytesKey(tensor)
    const known = key === undefined ? undefined : this.#byBytes.get(key)
    if (known !== undefined) return known
    let name = `f:${this.#next++}`
    while (this.#initializers.has(name)) name = `f:${this.#next++}`
    this.#initializers.set(name, tensor)
    this.#remember(name, tensor)
    const origin = of === undefined ? undefined : this.#origins.get(of)
    if (origin !== undefined) this.#origins.set(name, origin)
    return name
  }
  #remember(name: string, tensor: Tensor): void {
    const key = bytesKey(tensor)
    if (key !== undefined) this.#byBytes.set(key, name)
  }

  /** Counts one more reader. */
  read(name: string): void {
    this.#reads.set(name, this.reads(name) + 1)
  }
  /** How often a value is read: by the walk so far, and by what the original graph has behind it. */
  reads(name: string): number {
    return this.#reads.get(name) ?? 0
  }

  /** Somebody reads the value `name` as it is: if it is a big constant, rearranged copies beside it would be dead weight. */
  keep(name: string): void {
    this.#kept.add(name)
  }
  /** True when `count` elements may be stored for rearrangements of the constant `name`: in place of its own, never beside them. */
  spend(name: string, count: number): boolean {
    if (count <= TINY) return true
    const left = this.#kept.has(name) ? 0 : (this.#budget.get(name) ?? numel(this.constant(name)?.sizes ?? [0]))
    if (count > left) return false
    this.#budget.set(name, left - count)
    return true
  }
}

function bytesKey(tensor: Tensor): string | undefined {
  return numel(tensor.sizes) <= TINY ? `${tensor.dtype}(${tensor.sizes.join()})${contiguousBytes(tensor).join()}` : undefined
}

/** Every node of a graph, subgraphs included, in order. */
export function* nodesOf(graph: OnnxGraph): Generator<OnnxNode, void> {
  const pending: OnnxNode[] = [...graph.nodes].reverse()
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    yield node
    for (const sub of subgraphs(node)) for (let i = sub.nodes.length - 1; i >= 0; i--) pending.push(sub.nodes[i]!)
  }
}

/** An int attribute. */
export function intAttribute(node: OnnxNode, name: string, otherwise: number): number {
  const value = node.attributes.get(name)
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : otherwise
}
/** An ints attribute. */
export function intsAttribute(node: OnnxNode, name: string): readonly number[] | undefined {
  const value = node.attributes.get(name)
  return Array.isArray(value) && value.every((item) => typeof item === 'number') ? (value as readonly number[]) : undefined
}
