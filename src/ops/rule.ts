// A rule row: schema string → facts of the results from facts of the arguments. dtype and shape rules and scalar evaluation are one table.
// The driver that runs rules over a Graph is analysis/facts.ts.

import type { Fact } from './fact.ts'
import type { ArgNames } from './schema-args.ts'

/** Facts by argument name; an absent argument has its default's fact. `None` has `value: null`. */
export type FactArgs<S extends string> = { readonly [K in ArgNames<S>]: Fact }

export interface Rule {
  /** The schema exactly as torch prints it. */
  readonly schema: string
  /** One Fact per result; fewer facts than results leave the rest unknown. */
  readonly infer: (args: never) => Fact | readonly Fact[]
}

/** One row. `infer` must be right for unknown dims: what it does not know it leaves out. */
export function rule<const S extends string>(schema: S, infer: (args: FactArgs<S>) => Fact | readonly Fact[]): Rule {
  return { schema, infer: infer as Rule['infer'] }
}

/** The same rule for several schemas that share the arguments it reads. */
export function rules<const S extends string>(schemas: readonly S[], infer: (args: FactArgs<S>) => Fact | readonly Fact[]): Rule[] {
  return schemas.map((schema) => ({ schema, infer: infer as Rule['infer'] }))
}
