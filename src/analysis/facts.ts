// The facts of every Value of a Graph: dtype, shape, known values, known items. An abstract interpretation that runs each operator's rule
// once, both branches of an If whose condition is not known, and a Loop until nothing changes. It rewrites nothing.
// Answers to torch/csrc/jit/passes/shape_analysis.cpp, symbolic_shape_analysis.cpp and constant_propagation.cpp, in one.

import { allNodes, type Block } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { tensorTypeOf, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { unknown, type Fact } from '../ops/fact.ts'
import { ruleOf } from '../ops/rules/index.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { withContent } from './facts-content.ts'
import { completed, factOfType, factsEqual, join, uninitialized } from './facts-lattice.ts'
import { structuralFacts } from './facts-structure.ts'

export interface FactOptions {
  /** What is known of graph inputs. */
  readonly inputs?: ReadonlyMap<Value, Fact>
  /**
   * The graph still writes to lists, dicts and tensors in place: what such values hold is then not known, save for constants.
   * Default false: the graph is functional. A function tells which values are written.
   */
  readonly mutable?: boolean | ((value: Value) => boolean)
  /** Written lists that stay as long as they are: only their elements are assigned. */
  readonly keepsLength?: (value: Value) => boolean
  /** Lists of tensors that are not written themselves, though their tensors are. */
  readonly keepsItems?: (value: Value) => boolean
  /** May add to what the rules found out about a value. */
  readonly refine?: (value: Value, fact: Fact) => Fact
}

// Loop bodies nested deeper than this are not run again and again: what they carry is taken as unknown at once.
const MAX_LOOP_DEPTH = 4
const MAX_ROUNDS = 8

export class Facts {
  readonly #facts = new Map<Value, Fact>()

  of(value: Value): Fact {
    return this.#facts.get(value) ?? unknown
  }
  set(value: Value, fact: Fact): void {
    this.#facts.set(value, fact)
  }
  /** True when the value was reached: nodes of branches that are never taken have no facts. */
  has(value: Value): boolean {
    return this.#facts.has(value)
  }
}

export function inferFacts(graph: Graph, options: FactOptions = {}): Facts {
  const inference = new Inference(graph, options)
  for (const input of graph.inputs) inference.set(input, options.inputs?.get(input) ?? unknown)
  inference.block(graph.block)
  return inference.facts
}

class Inference {
  readonly facts = new Facts()
  readonly #isWritten: (value: Value) => boolean
  readonly #keepsLength: (value: Value) => boolean
  readonly #keepsItems: (value: Value) => boolean
  readonly #refine: FactOptions['refine']
  /** No operator changes the shape of a tensor in place. */
  readonly #fixedShapes: boolean
  #loopDepth = 0

  constructor(graph: Graph, { mutable = false, keepsLength = () => false, keepsItems = () => false, refine }: FactOptions) {
    this.#isWritten = typeof mutable === 'function' ? mutable : () => mutable
    this.#keepsLength = keepsLength
    this.#keepsItems = keepsItems
    this.#refine = refine
    this.#fixedShapes = mutable === false || ![...allNodes(graph.block)].some(changesShape)
  }

  of(value: Value): Fact {
    return this.facts.of(value)
  }

  /** Records a fact, completed by what the static type tells. */
  set(value: Value, fact: Fact): void {
    if (fact === uninitialized) return this.facts.set(value, fact)
    const found = completed(this.#isWritten(value) ? this.#withoutContents(fact, value) : fact, value.type)
    this.facts.set(value, this.#refine === undefined ? found : this.#refine(value, found))
  }

  #withoutContents(fact: Fact, value: Value): Fact {
    const rest = withoutContents(fact, value, this.#fixedShapes)
    const { type } = value
    if (type.kind === 'List' && type.of.kind === 'Tensor' && value.node.kind !== 'prim::Constant' && this.#keepsItems(value)) {
      const ofItem = (item: Fact): Fact => withoutContents(item, { type: type.of, node: value.node }, this.#fixedShapes)
      return {
        ...rest,
        ...(fact.items === undefined ? {} : { items: fact.items.map(ofItem) }),
        ...(fact.element === undefined ? {} : { element: ofItem(fact.element) }),
      }
    }
    if (type.kind !== 'List' || fact.items === undefined || value.node.kind === 'prim::Constant' || !this.#keepsLength(value)) return rest
    return { ...rest, items: fact.items.map(() => factOfType(type.of)) }
  }

  block(block: Block): void {
    for (const node of block.nodes()) this.node(node)
  }

  node(node: Node): void {
    if (node.kind === 'prim::If') return this.#if(node)
    if (node.kind === 'prim::Loop') return this.#loop(node)
    const results = structuralFacts(node, this.facts) ?? operatorFacts(node, this.facts)
    for (const [i, output] of node.outputs.entries()) this.set(output, results[i] ?? unknown)
  }

  #if(node: Node): void {
    const condition = this.of(node.input()).value
    const [then, otherwise] = node.blocks as [Block, Block]
    if (condition !== false) this.block(then)
    if (condition !== true) this.block(otherwise)
    for (const [i, output] of node.outputs.entries()) {
      const a = this.of(then.returns[i]!)
      const b = this.of(otherwise.returns[i]!)
      this.set(output, condition === true ? a : condition === false ? b : join(a, b))
    }
  }

  #loop(node: Node): void {
    const body = node.blocks[0]!
    const [trips, condition, ...initial] = node.inputs
    const start = initial.map((value) => this.of(value))
    const never = this.of(condition!).value === false || isZero(this.of(trips!))
    this.set(body.params[0]!, { number: 'int' })
    this.#loopDepth++
    let carried = this.#loopDepth > MAX_LOOP_DEPTH ? start.map(() => unknown) : start
    for (let round = 0; ; round++) {
      for (const [i, fact] of carried.entries()) this.set(body.params[i + 1]!, fact)
      this.block(body)
      const next = carried.map((fact, i) => {
        const joined = join(fact, this.of(body.returns[i + 1]!))
        return factsEqual(joined, fact) ? fact : round < MAX_ROUNDS ? joined : unknown
      })
      if (next.every((fact, i) => fact === carried[i])) break
      carried = next
    }
    this.#loopDepth--
    for (const [i, output] of node.outputs.entries()) this.set(output, never ? start[i]! : carried[i]!)
  }
}

/** Facts of the results of one operator, from its rule. */
function operatorFacts(node: Node, known: Facts): readonly Fact[] {
  const schema = schemaOf(node)
  const rule = schema === undefined ? undefined : ruleOf(schema.text)
  if (schema === undefined) return []
  // Names are those of torch's own schemas.
  const args: Record<string, Fact> = {}
  for (let i = 0; i < schema.args.length; i++) args[schema.args[i]!.name] = known.of(node.input(i))
  if (schema.isVararg) args['...'] = { items: node.inputs.slice(schema.args.length).map((value) => known.of(value)) }
  const result = rule === undefined ? [] : rule.infer(args as never)
  const facts = Array.isArray(result) ? (result as readonly Fact[]) : [result as Fact]
  return withContent(schema, args, facts)
}

/** Adds the facts of a node without blocks that was put into a functional graph after its facts were inferred. */
export function inferNode(node: Node, facts: Facts): void {
  const results = structuralFacts(node, facts) ?? operatorFacts(node, facts)
  for (const [i, output] of node.outputs.entries()) facts.set(output, completed(results[i] ?? unknown, output.type))
}

const isZero = (trips: Fact): boolean => typeof trips.value === 'bigint' && trips.value <= 0n

const RESHAPING = new Set(
  ['resize_', 'resize_as_', 'set_', 't_', 'transpose_', 'squeeze_', 'unsqueeze_', 'swapaxes_', 'swapdims_'].map((name) => `aten::${name}`),
)

function changesShape(node: Node): boolean {
  return RESHAPING.has(node.kind) || schemaOf(node)?.args.some((arg) => arg.kwargOnly && arg.alias?.isWrite === true) === true
}

/** In a graph with in-place operators, what a list, dict or tensor holds is known of constants only. */
function withoutContents(fact: Fact, { type, node }: Pick<Value, 'type' | 'node'>, fixedShapes: boolean): Fact {
  if (node.kind === 'prim::Constant' || fact.value === null) return fact
  const of = type.kind === 'Optional' ? type.of : type
  switch (of.kind) {
    case 'Tuple':
      if (fact.items?.length !== of.of.length) return unknown
      return { items: fact.items.map((item, i) => withoutContents(item, { type: of.of[i]!, node }, fixedShapes)) }
    case 'Tensor':
      return {
        ...(fact.dtype === undefined ? {} : { dtype: fact.dtype }),
        ...(fact.dims === undefined || !fixedShapes ? {} : { dims: fact.dims }),
        ...(fact.present === undefined ? {} : { present: fact.present }),
      }
    case 'List':
    case 'Dict':
    case 'Class':
    case 'Any':
    case 'Union':
      return fact.present === undefined ? unknown : { present: fact.present }
    default:
      return fact
  }
}

/** Writes dtype and dims into the Tensor types of the graph's Values, those inside lists and Optionals too. */
export function annotate(graph: Graph, facts: Facts): void {
  const visit = (block: Block): void => {
    for (const param of block.params) param.type = typeWith(param.type, facts.of(param))
    for (const node of block.nodes()) {
      for (const output of node.outputs) output.type = typeWith(output.type, facts.of(output))
      for (const nested of node.blocks) visit(nested)
    }
  }
  visit(graph.block)
}

function typeWith(type: Type, fact: Fact): Type {
  switch (type.kind) {
    case 'Tensor': {
      const dims = fact.dims ?? type.dims
      const dtype = fact.dtype ?? type.dtype
      return dims === type.dims && dtype === type.dtype ? type : tensorTypeOf(dtype, dims)
    }
    case 'Optional':
      return { kind: 'Optional', of: typeWith(type.of, fact) }
    case 'List': {
      const element = fact.element ?? (fact.items === undefined || fact.items.length === 0 ? undefined : fact.items.reduce(join))
      return element === undefined ? type : { kind: 'List', of: typeWith(type.of, element) }
    }
    case 'Tuple':
      return fact.items?.length === type.of.length ? { ...type, of: type.of.map((t, i) => typeWith(t, fact.items![i]!)) } : type
    default:
      return type
  }
}
