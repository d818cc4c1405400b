// The facts of every Value of a Graph: dtype, shape, known values, known items. An abstract interpretation that runs each operator's rule
// once, both branches of an If whose condition is not known, and a Loop until nothing changes. It rewrites nothing.
// Answers to torch/csrc/jit/passes/shape_analysis.cpp, symbolic_shape_analysis.cpp and constant_propagation.cpp, in one.

import type { Block } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { tensorTypeOf, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { unknown, type Fact } from '../ops/fact.ts'
import { ruleOf } from '../ops/rules/index.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { withContent } from './facts-content.ts'
import { completed, factsEqual, join, uninitialized } from './facts-lattice.ts'
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

class Inference {
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
    const results = structuralFacts(node, this.facts) ?? this.#operator(node)
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
