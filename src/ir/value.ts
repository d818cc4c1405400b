// Value: one SSA value. One producer (a Node, or a Block's parameter node), any number of uses. Mirrors torch/csrc/jit/ir/ir.h.

import type { Node } from './node.ts'
import type { Type } from './type.ts'

/** One place where a Value is an input: of a Node, or of a Block's return node. */
export interface Use {
  readonly user: Node
  /** Position among the user's inputs; kept true by Node. */
  index: number
}

export class Value {
  readonly node: Node
  /** Position among the producer's outputs; kept true by Node. */
  index: number
  type: Type
  /** What printing calls it, without `%`; unique names are made by the printer. */
  debugName: string | undefined
  readonly uses: Set<Use> = new Set()

  constructor(node: Node, index: number, type: Type) {
    this.node = node
    this.index = index
    this.type = type
    this.debugName = undefined
  }

  get hasUses(): boolean {
    return this.uses.size > 0
  }

  /** Every use of this value becomes a use of `other`. */
  replaceAllUsesWith(other: Value): void {
    if (other === this) return
    for (const use of this.uses) use.user.setInput(use.index, other)
  }

  setType(type: Type): this {
    this.type = type
    return this
  }

  setDebugName(name: string | undefined): this {
    this.debugName = name
    return this
  }
}
