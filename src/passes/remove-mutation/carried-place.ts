// A variable of a loop that is a view of one tensor throughout, at another place in every turn (`row = x[i]`): the loop carries the
// numbers that say where, and the view is taken anew from the tensor's present value.

import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import { cellReference, type Reference, type StepReference } from './reference.ts'

type Chain = readonly StepReference[]

export class CarriedPlace {
  /** The view inside of the body, at the place that the turn began with. */
  readonly inside: Reference
  readonly #node: Node
  readonly #chain: Chain

  /** Adds inputs and parameters for the place to the loop; undefined when the reference is no chain of plain views. */
  static of(node: Node, initial: Reference): CarriedPlace | undefined {
    const chain = chainOf(initial)
    return chain === undefined ? undefined : new CarriedPlace(node, chain, initial)
  }

  constructor(node: Node, chain: Chain, initial: Reference) {
    this.#node = node
    this.#chain = chain
    const body = node.blocks[0]!
    this.inside = rebuild(initial, chain, (value) => {
      node.addInput(value)
      return body.addParam(value.type)
    })
  }

  /** Returns the place that the next turn begins with; gives the view behind the loop, or undefined when it is one of another kind. */
  finish(next: Reference | undefined): Reference | undefined {
    const chain = next === undefined ? undefined : chainOf(next)
    if (chain === undefined || chain.length !== this.#chain.length || rootOf(chain) !== rootOf(this.#chain)) return undefined
    for (const [i, { step }] of chain.entries()) {
      const other = this.#chain[i]!.step
      if (step.kind !== other.kind || step.operands.length !== other.operands.length || typeof step.element !== typeof other.element)
        return undefined
      if (typeof step.element === 'number' && step.element !== other.element) return undefined
    }
    const values = chain.flatMap(operandsOf)
    const types = this.#chain.flatMap(operandsOf).map((value) => value.type.kind)
    if (values.some((value, i) => value.type.kind !== types[i])) return undefined
    for (const value of values) this.#node.blocks[0]!.addReturn(value)
    return rebuild(this.inside, this.#chain, (value) => this.#node.addOutput(value.type))
  }
}

const operandsOf = ({ step }: StepReference): Value[] => [...step.operands, ...(typeof step.element === 'object' ? [step.element] : [])]
const rootOf = (chain: Chain): object => chain[0]!.roots[0]!

/** The views from the cell outward; undefined unless there is one and nothing but views. */
function chainOf(reference: Reference): Chain | undefined {
  const chain: StepReference[] = []
  let at = reference
  for (; at.kind === 'step'; at = at.parent) {
    if (at.structure !== undefined) return undefined
    chain.push(at)
  }
  return at.kind === 'cell' && chain.length > 0 ? chain.reverse() : undefined
}

/** The same views with other operands, in order. */
function rebuild(like: Reference, chain: Chain, operand: (value: Value) => Value): Reference {
  let reference: Reference = cellReference(like.roots[0]!)
  for (const { step, type } of chain) {
    const operands = step.operands.map(operand)
    const element = typeof step.element === 'object' ? { element: operand(step.element) } : {}
    reference = {
      kind: 'step',
      parent: reference,
      step: { ...step, operands, ...element },
      structure: undefined,
      type,
      roots: reference.roots,
      depth: reference.depth + 1,
    }
  }
  return reference
}
