// What rows of all kinds of containers share.

import type { Facts } from '../../analysis/facts.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import type { PassContext } from '../pass.ts'

/** What the rows look at. */
export interface Dissolving {
  readonly facts: Facts
  readonly context: PassContext
}

/** The values that a node's outputs are, in order; undefined entries stay. Nothing: the row does not apply. */
export type ContainerRow = (node: Node, at: Dissolving) => readonly (Value | undefined)[] | undefined

/** Longer lists stay lists. */
export const MAX_PARTS = 256
