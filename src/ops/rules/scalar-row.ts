// Rows over Python values: what the scalar, list, dict and string tables share. Evaluation is torch's, in
// torch/csrc/jit/runtime/register_prim_ops.cpp; where torch would raise, a row knows nothing and the operator stays.

import type { IValue } from '../../ir/ivalue.ts'
import { constantFact, unknown, type Fact } from '../fact.ts'
import type { Rule } from '../rule.ts'

export type NamedFacts = Readonly<Record<string, Fact>>

/** A Python number; a bool counts as one. */
export type Num = bigint | number | boolean

/** A row whose schema text is put together; the table's test holds every text against torch's own. */
export function row(schema: string, infer: (args: NamedFacts) => Fact | readonly Fact[]): Rule {
  return { schema, infer: infer as Rule['infer'] }
}

/** A row that is evaluated once all arguments are known. `undefined`: torch would raise. */
export function evaluated(schema: string, evaluate: (...values: never[]) => IValue | undefined): Rule {
  return row(schema, (args) => {
    const values = Object.values(args).map((fact) => fact.value)
    if (values.includes(undefined)) return unknown
    const value = (evaluate as (...v: IValue[]) => IValue | undefined)(...(values as IValue[]))
    return value === undefined ? unknown : constantFact(value)
  })
}

export function knownNumber(fact: Fact | undefined): Num | undefined {
  const value = fact?.value
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}

/** int64 arithmetic wraps. */
export const wrap64 = (value: bigint): bigint => BigInt.asIntN(64, value)
export const toInt = (value: Num): bigint =>
  typeof value === 'bigint' ? value : typeof value === 'boolean' ? BigInt(value) : BigInt(Math.trunc(value))
export const isInt = (value: Num): value is bigint | boolean => typeof value !== 'number'
/** A bool that is known, or one that is not. */
export const boolFact = (value: boolean | undefined): Fact => (value === undefined ? unknown : { value })
