// A row of the table: what an operator of complex values becomes. One row serves all overloads of a name.

import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import type { Pair } from './pair.ts'

export type Result = Pair | Value

export interface ComplexRow {
  /** Operator names, `aten::mul`, or one overload, `aten::view.dtype`. */
  readonly names: readonly string[]
  /** Results in order: pairs for complex ones, values for real ones. */
  readonly build: (call: Call) => Result | readonly Result[]
  /** The operator has no other lowering: real arguments come here too. */
  readonly always?: boolean
}

export function complexRow(names: string, build: ComplexRow['build']): ComplexRow {
  return { names: names.split(/\s+/).map(qualified), build }
}
/** For operators that are lowered here whatever they are given. */
export function loweredRow(names: string, build: ComplexRow['build']): ComplexRow {
  return { names: names.split(/\s+/).map(qualified), build, always: true }
}

const qualified = (name: string): string => (name.includes('::') ? name : `aten::${name}`)
