// Constant folding by facts: known values become prim::Constant, an If whose condition is known becomes its live branch, a Loop that makes
// no turn becomes its initial values. This is how configuration, declared shapes and traced shape arithmetic specialise a model.
// Mirrors torch/csrc/jit/passes/constant_propagation.cpp.

import type { Facts } from '../analysis/facts.ts'
import type { Block } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Graph } from '../ir/graph.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import { numel } from '../ir/tensor.ts'
import { noneType, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { factsOf } from './graph-facts.ts'
import { asWritten, definePass, type PassContext } from './pass.ts'
import { hasOwnEffect } from './side-effects.ts'

export const foldConstants = definePass({
  name: 'fold-constants',
  doc: 'Replaces values that are known by constants and control flow that is decided by what it decides for.',
  run: (graph, context) => foldKnown(graph, context, factsOf(graph, context)),
})

/** The same by facts of the caller's. True when something was folded. */
export function foldKnown(graph: Graph, context: PassContext, facts: Facts): boolean {
  return new Folder(graph, context, facts).run()
}

// Folding must not blow a model up: bigger tensors stay computed where they are cheap to compute.
const MAX_ELEMENTS = 64

/** Nodes that are constants or build them: nothing is gained by folding. */
const CONSTRUCTORS = new Set([
  'prim::Constant',
  'prim::ListConstruct',
  'prim::TupleConstruct',
  'prim::DictConstruct',
  'prim::Uninitialized',
])

class Folder {
  readonly #graph: Graph
  readonly #context: PassContext
  readonly #facts: Facts
  #changed = false

  constructor(graph: Graph, context: PassContext, facts: Facts) {
    this.#graph = graph
    this.#context = context
    this.#facts = facts
  }

  run(): boolean {
    this.#block(this.#graph.block)
    return this.#changed
  }

  #block(block: Block): void {
    for (const node of block.nodes()) this.#node(node)
  }

  #node(node: Node): void {
    const kept = this.#context.controlFlow === 'kept'
    if (node.kind === 'prim::If' && !kept) {
      const condition = this.#facts.of(node.input()).value
      if (typeof condition === 'boolean') return this.#takeBranch(node, node.blocks[condition ? 0 : 1]!, condition)
    } else if (node.kind === 'prim::Loop' && !kept) {
      const trips = this.#facts.of(node.input(0)).value
      if (this.#facts.of(node.input(1)).value === false || (typeof trips === 'bigint' && trips <= 0n)) return this.#dropLoop(node)
    }
    for (const nested of node.blocks) this.#block(nested)
    if (CONSTRUCTORS.has(node.kind) || hasOwnEffect(node)) return
    for (const output of node.outputs) this.#value(output, node)
  }

  /** A value that is known, and used, becomes a constant in front of its producer. */
  #value(output: Value, node: Node): void {
    if (!output.hasUses) return
    if (this.#context.controlFlow === 'kept' && [...output.uses].some(({ user }) => user.kind === 'prim::If')) return
    const { value } = this.#facts.of(output)
    if (value === undefined || !isFoldable(value)) return
    const constant = Builder.replacing(node).constant(value, value === null ? noneType : constantType(output.type))
    constant.setDebugName(output.debugName)
    this.#facts.set(constant, this.#facts.of(output))
    output.replaceAllUsesWith(constant)
    this.#changed = true
  }

  #takeBranch(node: Node, live: Block, condition: boolean): void {
    if (node.range !== undefined)
      this.#context.decisions.push({ kind: 'specialised', range: node.range, taken: asWritten(node, condition) })
    node.outputs.forEach((output, i) => output.replaceAllUsesWith(live.returns[i]!))
    live.returnNode.removeAllInputs()
    const inner = [...live.nodes()]
    for (const moved of inner) moved.moveBefore(node)
    node.destroy()
    this.#changed = true
    for (const moved of inner) this.#node(moved)
  }

  #dropLoop(node: Node): void {
    node.outputs.forEach((output, i) => output.replaceAllUsesWith(node.input(i + 2)))
    node.destroy()
    this.#changed = true
  }
}

/** The type that the constant is given; a value of static type Any or Optional tells its own. */
function constantType(type: Type): Type | undefined {
  switch (type.kind) {
    case 'Any':
    case 'Union':
    case 'number':
    case 'Optional':
      return undefined
    case 'Tensor':
      return undefined
    default:
      return type
  }
}

function isFoldable(value: IValue): boolean {
  if (value === null || typeof value !== 'object') return true
  switch (value.kind) {
    case 'tensor':
      return numel(value.sizes) <= MAX_ELEMENTS
    case 'list':
    case 'tuple':
      return value.items.length <= MAX_ELEMENTS && value.items.every((item) => isFoldable(item))
    case 'device':
    case 'enum':
      return true
    default:
      return false
  }
}
