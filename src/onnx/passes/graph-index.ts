// What fusions of the emitted model look at: who makes a value, who reads it, what is known of it. And their one walk: each node is
// replaced by the nodes that a rule gives for it. Nodes that nothing reads any more are left to eliminate-dead.ts.

import type { Dims } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import { numel, type Tensor } from '../../ir/tensor.ts'
import { hasElements, readElements } from '../../ir/tensor-elements.ts'
import { emittedType } from '../data-type.ts'
import {
  subgraphs,
  type FloatAttribute,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type ValueType,
} from '../model.ts'
import { TINY } from './values.ts'

export class GraphIndex {
  readonly #model: OnnxModel
  readonly #producers = new Map<string, OnnxNode>()
  readonly #readers = new Map<string, OnnxNode[]>()
  readonly #results = new Set<string>()
  /** As the model had it before the walk. */
  readonly #reads = new Map<string, number>()
  readonly #graphs = new Map<OnnxNode, OnnxGraph>()
  readonly #inputs: ReadonlyMap<string, ValueType>
  readonly #dropped = new Set<OnnxNode>()
  readonly #prefix: string
  #next = 0

  /** `prefix`: of the names of new values. */
  constructor(model: OnnxModel, prefix: string) {
    this.#model = model
    this.#prefix = prefix
    this.#inputs = new Map(model.graph.inputs.map(({ name, dtype, dims }) => [name, { dtype, dims }]))
    const pending: OnnxGraph[] = [model.graph]
    for (let graph = pending.pop(); graph !== undefined; graph = pending.pop()) {
      for (const { name } of graph.outputs) {
        this.#results.add(name)
        this.#read(name)
      }
      for (const node of graph.nodes) {
        this.#add(node, graph)
        for (const name of node.inputs) this.#read(name)
        for (const sub of subgraphs(node)) pending.push(sub)
      }
    }
  }
  #read(name: string): void {
    this.#reads.set(name, this.reads(name) + 1)
  }

  #add(node: OnnxNode, graph: OnnxGraph): void {
    this.#graphs.set(node, graph)
    for (const name of node.outputs) if (name !== '') this.#producers.set(name, node)
    for (const name of node.inputs) {
      const known = this.#readers.get(name)
      if (known === undefined) this.#readers.set(name, [node])
      else known.push(node)
    }
  }
  /** Takes new nodes in; those they stand for may still be there. */
  added(nodes: readonly OnnxNode[], graph: OnnxGraph): void {
    for (const node of nodes) this.#add(node, graph)
  }
  /** The node goes, though it is not the one that is replaced: another gives its results. */
  drop(node: OnnxNode): void {
    this.#dropped.add(node)
  }
  isDropped(node: OnnxNode): boolean {
    return this.#dropped.has(node)
  }

  /** The node that makes a value, when it is of this operator (`com.microsoft.Gelu` with its domain). */
  made(name: string | undefined, ...opTypes: readonly string[]): OnnxNode | undefined {
    const node = name === undefined ? undefined : this.#producers.get(name)
    return node !== undefined && opTypes.includes(operatorOf(node)) ? node : undefined
  }
  /** The same, when nobody else reads the value: it goes with its reader. */
  own(name: string | undefined, ...opTypes: readonly string[]): OnnxNode | undefined {
    const node = this.made(name, ...opTypes)
    return node !== undefined && this.isReadOnce(name!) ? node : undefined
  }
  /** The node that makes a value, of an operator of ai.onnx when `opType` is given. */
  producer(name: string | undefined, opType?: string): OnnxNode | undefined {
    const node = name === undefined ? undefined : this.#producers.get(name)
    return opType === undefined || (node?.opType === opType && node.domain === '') ? node : undefined
  }
  /** True when both run in the same graph, as often as each other. */
  together(a: OnnxNode, b: OnnxNode): boolean {
    return this.#graphs.get(a) === this.#graphs.get(b)
  }
  /** How often the model read a value before the walk, as an input or as the output of a graph: x·x reads x twice. */
  reads(name: string): number {
    return this.#reads.get(name) ?? 0
  }
  readers(name: string): readonly OnnxNode[] {
    return this.#readers.get(name) ?? []
  }
  /** A result of the graph, or of a subgraph. */
  isResult(name: string): boolean {
    return this.#results.has(name)
  }
  isReadOnce(name: string): boolean {
    return !this.isResult(name) && new Set(this.readers(name)).size === 1
  }

  constant(name: string | undefined): Tensor | undefined {
    return name === undefined ? undefined : this.#model.graph.initializers.get(name)
  }
  /** The one element of a constant of floats or ints. */
  scalar(name: string | undefined): number | undefined {
    const tensor = this.constant(name)
    return tensor !== undefined && tensor.sizes.length === 0 ? Number(readElements(tensor)[0]) : undefined
  }
  /** The only element of a constant, of however many axes. */
  element(name: string | undefined): number | undefined {
    const tensor = this.constant(name)
    return tensor !== undefined && numel(tensor.sizes) === 1 && hasElements(tensor.dtype) ? Number(readElements(tensor)[0]) : undefined
  }
  ints(name: string | undefined): number[] | undefined {
    const tensor = this.constant(name)
    return tensor?.dtype === 'int64' && numel(tensor.sizes) <= TINY ? readElements(tensor).map(Number) : undefined
  }
  type(name: string | undefined): ValueType | undefined {
    if (name === undefined) return undefined
    const tensor = this.constant(name)
    return tensor === undefined
      ? (this.#model.types.get(name) ?? this.#inputs.get(name))
      : { dtype: emittedType(tensor.dtype), dims: tensor.sizes }
  }
  dims(name: string | undefined): Dims {
    return this.type(name)?.dims
  }
  dtype(name: string | undefined): ScalarType | undefined {
    return this.type(name)?.dtype
  }
  /** True when both have the same, known shape. */
  isSameShape(a: string, b: string): boolean {
    const [one, other] = [this.dims(a), this.dims(b)]
    return one !== undefined && one.length === other?.length && one.every((dim, i) => dim !== null && dim === other[i])
  }
  /** A constant vector of as many elements as the last axis of `like` has. */
  isVectorOf(name: string | undefined, like: string): boolean {
    const sizes = this.constant(name)?.sizes
    return sizes?.length === 1 && sizes[0] === this.dims(like)?.at(-1)
  }

  /** A name for a new value. */
  name(type: ValueType): string {
    let name: string
    do name = `${this.#prefix}:${this.#next++}`
    while (this.#producers.has(name) || this.#model.types.has(name))
    this.#model.types.set(name, type)
    return name
  }
  /** A name for a new constant. */
  addConstant(tensor: Tensor, origin?: string): string {
    let name: string
    do name = `${this.#prefix}.c:${this.#next++}`
    while (this.#model.graph.initializers.has(name))
    this.#model.graph.initializers.set(name, tensor)
    if (origin !== undefined) this.#model.origins.set(name, origin)
    return name
  }
  origin(name: string): string | undefined {
    return this.#model.origins.get(name)
  }
}

/** `Add`; with its domain where that is not ONNX's own. */
export const operatorOf = ({ opType, domain }: OnnxNode): string => (domain === '' ? opType : `${domain}.${opType}`)

/** The nodes that stand for a node from now on; undefined: it stays. Its results must be theirs. */
export type NodeRule = (node: OnnxNode, index: GraphIndex, graph: OnnxGraph) => readonly OnnxNode[] | OnnxNode | undefined

/** Every node of the model, subgraphs included, in order, through a rule. True when something changed. */
export function replaceNodes(model: OnnxModel, prefix: string, rule: NodeRule): boolean {
  const index = new GraphIndex(model, prefix)
  let changed = false
  /** Subgraphs nest as deep as the model's own control flow. */
  const visit = (graph: OnnxGraph): void => {
    const kept: OnnxNode[] = []
    for (const node of graph.nodes) {
      for (const sub of subgraphs(node)) visit(sub)
      const found = index.isDropped(node) ? undefined : rule(node, index, graph)
      if (found === undefined) {
        kept.push(node)
        continue
      }
      const made = 'opType' in found ? [found] : found
      index.added(made, graph)
      for (const one of made) kept.push(one)
      changed = true
    }
    graph.nodes = kept.filter((node) => !index.isDropped(node))
  }
  visit(model.graph)
  return changed
}

export function onnxNode(
  operator: string,
  inputs: readonly (string | undefined)[],
  outputs: readonly (string | undefined)[],
  attributes: Readonly<Record<string, OnnxAttribute | undefined>> = {},
): OnnxNode {
  const names = inputs.map((name) => name ?? '')
  while (names.at(-1) === '') names.pop()
  const at = operator.lastIndexOf('.')
  return {
    opType: operator.slice(at + 1),
    domain: operator.slice(0, Math.max(0, at)),
    inputs: names,
    outputs: outputs.map((name) => name ?? ''),
    attributes: new Map(Object.entries(attributes).filter((entry): entry is [string, OnnxAttribute] => entry[1] !== undefined)),
  }
}

/** A float attribute. */
export function floatAttribute(node: OnnxNode, name: string): number | undefined {
  const value = node.attributes.get(name)
  return typeof value === 'object' && 'kind' in value && value.kind === 'float' ? (value as FloatAttribute).value : undefined
}

/** True when a constant of float32 is what was written as `expected`. */
export function isAbout(value: number | undefined, expected: number): boolean {
  return value !== undefined && Math.abs(value - expected) <= 1e-6 * Math.abs(expected)
}

/** The operands of a node whose order means nothing, constant last; undefined when neither is a constant of one element. */
export function withScalar(node: OnnxNode, index: GraphIndex): readonly [value: string, scalar: number] | undefined {
  const [a, b] = node.inputs as [string, string]
  const [left, right] = [index.scalar(a), index.scalar(b)]
  return right !== undefined ? [a, right] : left !== undefined ? [b, left] : undefined
}

/** The operand of a node of two that is not `name`. */
export const otherInput = ({ inputs: [a, b] }: OnnxNode, name: string): string => (a === name ? b! : a!)
