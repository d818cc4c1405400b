// What a mutable value refers to: a cell of memory, seen through views. The heart of functionalisation: reads go from the cell's current
// value through the views, writes go back. Same idea as at::functionalization (FunctionalStorageImpl, ViewMeta), for whole programs.

import type { FunctionSchema } from '../../ir/function-schema.ts'
import type { Attribute, Node } from '../../ir/node.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Location } from '../../analysis/alias-analysis.ts'

/** One piece of memory whose value is carried through the program: a tensor's storage as its first name saw it, a list, a dict. */
export interface Cell {
  readonly type: Type
  /** What may be reached through it, for telling which loops write it. */
  readonly locations: ReadonlySet<Location>
  readonly debugName: string | undefined
}

/** An operator that makes a view of its first input; also taking an element out of a container. */
export interface Step {
  readonly kind: string
  readonly schema: FunctionSchema | undefined
  readonly attributes: ReadonlyMap<string, Attribute>
  /** Inputs behind the first. */
  readonly operands: readonly Value[]
  readonly type: Type
  /** Of a list of views (`unbind`, `split`, `chunk`): which one. */
  readonly element?: Value | number
  readonly listType?: Type
  readonly node: Node
}

export type Reference = CellReference | StepReference | ItemsReference | ChoiceReference

interface Common {
  readonly type: Type
  /** Cells whose values it is computed from: as long as they stay, so does its value. */
  readonly roots: readonly Cell[]
  /** Number of steps behind it. */
  readonly depth: number
}
export interface CellReference extends Common {
  readonly kind: 'cell'
  readonly cell: Cell
}
export interface StepReference extends Common {
  readonly kind: 'step'
  readonly parent: Reference
  readonly step: Step
  /** Of an element of a container: the structure that the container had when it was taken. */
  readonly structure: object | undefined
}
/** A container whose items are known one by one, and which is never changed itself. */
export interface ItemsReference extends Common {
  readonly kind: 'items'
  readonly constructor_: string
  readonly items: readonly (Handle | Value)[]
  readonly node: Node
}
/** One of two, by a condition. */
export interface ChoiceReference extends Common {
  readonly kind: 'choice'
  readonly condition: Value
  readonly of: readonly [Reference, Reference]
  readonly node: Node
}

/** A tensor object: several names may share it. Its reference moves when it is reshaped in place (`unsqueeze_`). */
export interface Handle {
  readonly reference: Reference
}

export const isHandle = (item: Handle | Value): item is Handle => 'reference' in item

export function cellReference(cell: Cell): CellReference {
  return { kind: 'cell', cell, type: cell.type, roots: [cell], depth: 0 }
}
