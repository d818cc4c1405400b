// The facts of every Value of a Graph: dtype, shape, known values, known items. An abstract interpretation that runs each operator's rule
// once, both branches of an If whose condition is not known, and a Loop until nothing changes. It rewrites nothing.
// Answers to torch/csrc/jit/passes/shape_analysis.cpp, symbolic_shape_analysis.cpp and constant_propagation.cpp, in one.

import type { Block } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { tensorTypeOf, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { constantFact, tupleFact, unknown, type Fact } from '../ops/fact.ts'
import { joinFacts } from '../ops/facts.ts'
import { ruleOf } from '../ops/rules/index.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { withContent } from './facts-content.ts'
import { structuralFacts } from './facts-structure.ts'

export interface FactOptions {
  /** What is known of graph inputs. */
  readonly inputs?: ReadonlyMap<Value, Fact>
  /**
   * The graph still writes to lists, dicts and tensors in place: what such values hold is then not known, save for constants.
   * Default false: the graph is functional.
   */
  readonly mutable?: boolean
}

/** A value that is dead wherever it is read: joining it with anything gives the other. */
export const uninitialized: Fact = Object.freeze({})

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
  const inference = new Inference(options)
  for (const input of graph.inputs) inference.set(input, options.inputs?.get(input) ?? unknown)
  inference.block(graph.block)
  return inference.facts
}

/** Where either may have come from. */
export function join(a: Fact, b: Fact): Fact {
  return a === uninitialized ? b : b === uninitialized ? a : joinFacts(a, b)
}

/** What a static type alone tells. */
export function factOfType(type: Type): Fact {
  switch (type.kind) {
    case 'None':
      return constantFact(null)
    case 'Tensor':
      return type.dtype === undefined && type.dims === undefined
        ? unknown
        : { ...(type.dtype === undefined ? {} : { dtype: type.dtype }), ...(type.dims === undefined ? {} : { dims: type.dims }) }
    case 'int':
    case 'float':
    case 'bool':
    case 'complex':
      return { number: type.kind }
    case 'Tuple':
      return tupleFact(type.of.map(factOfType))
    case 'List': {
      const element = factOfType(type.of)
      return Object.keys(element).length === 0 ? unknown : { element }
    }
    default:
      return unknown
  }
}

export class Inference {
  readonly facts = new Facts()
  readonly mutable: boolean
  #loopDepth = 0

  constructor({ mutable = false }: FactOptions) {
    this.mutable = mutable
  }

  of(value: Value): Fact {
    return this.facts.of(value)
  }

  /** Records a fact, completed by what the static type tells. */
  set(value: Value, fact: Fact): void {
    this.facts.set(value, fact === uninitialized ? fact : completed(this.mutable ? withoutContents(fact, value) : fact, value.type))
  }

  block(block: Block): void {
    for (const node of block.nodes()) this.node(node)
  }

  node(node: Node): void {
    if (node.kind === 'prim::If') return this.#if(node)
    if (node.kind === 'prim::Loop') return this.#loop(node)
    const results = structuralFacts(node, this) ?? this.#operator(node)
    for (const [i, output] of node.outputs.entries()) this.set(output, results[i] ?? unknown)
  }

  #operator(node: Node): readonly Fact[] {
    const schema = schemaOf(node)
    const rule = schema === undefined ? undefined : ruleOf(schema.text)
    if (schema === undefined) return []
    const args: Record<string, Fact> = Object.create(null) as Record<string, Fact>
    for (const [i, { name }] of schema.args.entries()) args[name] = this.of(node.input(i))
    if (schema.isVararg) args['...'] = { items: node.inputs.slice(schema.args.length).map((value) => this.of(value)) }
    const result = rule === undefined ? [] : rule.infer(args as never)
    const facts = Array.isArray(result) ? (result as readonly Fact[]) : [result as Fact]
    return withContent(schema, args, facts)
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

const isZero = (trips: Fact): boolean => typeof trips.value === 'bigint' && trips.value <= 0n

/** Type and fact together; a fact's own words win. */
function completed(fact: Fact, type: Type): Fact {
  if (fact.value !== undefined) return fact
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'bool':
    case 'complex':
      return fact.number === undefined ? { ...fact, number: type.kind } : fact
    case 'None':
      return constantFact(null)
    case 'Tuple':
      return fact.items === undefined ? { ...factOfType(type), ...fact } : fact
    case 'List':
    case 'Tensor': {
      if (fact.items !== undefined || (type.kind === 'Tensor' && type.dtype === undefined && type.dims === undefined)) return fact
      const known = factOfType(type)
      return known === unknown ? fact : { ...known, ...fact }
    }
    default:
      return fact
  }
}

/** In a graph with in-place operators, what a list, dict or tensor holds is known of constants only. */
function withoutContents(fact: Fact, { type, node }: Value): Fact {
  if (node.kind === 'prim::Constant') return fact
  const of = type.kind === 'Optional' ? type.of : type
  if (of.kind === 'int' || of.kind === 'float' || of.kind === 'bool' || of.kind === 'str' || of.kind === 'Device') return fact
  if (fact.value === null) return fact
  if (of.kind === 'Tuple') return { items: fact.items?.map((item, i) => withoutContents(item, { type: of.of[i], node } as Value)) ?? [] }
  // Rank and dtype survive writes; resize_ is not among what torch.jit saves from modules, but out= variants are: sizes are dropped.
  return {
    ...(fact.dtype === undefined ? {} : { dtype: fact.dtype }),
    ...(fact.present === undefined ? {} : { present: fact.present }),
  }
}

/** Deep equality of facts. */
export function factsEqual(a: Fact, b: Fact): boolean {
  if (a === b) return true
  const listEqual = (x: readonly Fact[] | undefined, y: readonly Fact[] | undefined): boolean =>
    x === y || (x !== undefined && y !== undefined && x.length === y.length && x.every((item, i) => factsEqual(item, y[i]!)))
  const dimsEqual = (x: readonly unknown[] | undefined, y: readonly unknown[] | undefined): boolean =>
    x === y || (x !== undefined && y !== undefined && x.length === y.length && x.every((dim, i) => dim === y[i]))
  return (
    a !== uninitialized &&
    b !== uninitialized &&
    (Object.is(a.value, b.value) || (a.value !== undefined && b.value !== undefined && joinFacts(a, b).value !== undefined)) &&
    a.sym === b.sym &&
    a.number === b.number &&
    a.dtype === b.dtype &&
    a.present === b.present &&
    dimsEqual(a.dims, b.dims) &&
    dimsEqual(a.content, b.content) &&
    listEqual(a.items, b.items) &&
    (a.element === b.element || (a.element !== undefined && b.element !== undefined && factsEqual(a.element, b.element))) &&
    listEqual(
      a.entries?.map(([, fact]) => fact),
      b.entries?.map(([, fact]) => fact),
    )
  )
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
