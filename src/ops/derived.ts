// Operators whose rows are made of those of others: synonyms, _foreach forms, compositions. Making all of them reads hundreds of schemas, which most
// models never need: a name tells whether an operator can be one.

import { compositions } from './compositions/index.ts'
import { foreachNames } from './foreach.ts'
import { synonymNames } from './synonyms.ts'

/** `aten::add.Tensor` of a schema's text. */
const nameOf = (schema: string): string => schema.slice(0, schema.indexOf('('))

let names: ReadonlySet<string> | undefined

/** False for a schema that is no synonym, no _foreach form and no composition. */
export function isDerived(schema: string): boolean {
  names ??= new Set([...synonymNames(), ...foreachNames(), ...compositions().map((row) => nameOf(row.schema))])
  return names.has(nameOf(schema))
}

/** The rows by schema; those of `derive` are made when one is asked for. `families` go before. */
export class Rows<R extends { readonly schema: string }> {
  readonly #families: readonly (readonly R[])[]
  readonly #derive: (own: readonly R[]) => readonly R[]
  #own: ReadonlyMap<string, R> | undefined
  #derived: ReadonlyMap<string, R> | undefined

  constructor(families: readonly (readonly R[])[], derive: (own: readonly R[]) => readonly R[]) {
    this.#families = families
    this.#derive = derive
  }

  get(schema: string): R | undefined {
    this.#own ??= bySchema(this.#families.flat())
    return this.#own.get(schema) ?? (isDerived(schema) ? this.#all().get(schema) : undefined)
  }

  /** Every schema that has a row. */
  schemas(): readonly string[] {
    return [...this.#families.flat(), ...this.#all().values()].map((row) => row.schema)
  }

  #all(): ReadonlyMap<string, R> {
    this.#derived ??= bySchema(this.#derive(this.#families.flat()))
    return this.#derived
  }
}

const bySchema = <R extends { readonly schema: string }>(rows: readonly R[]): ReadonlyMap<string, R> =>
  new Map(rows.map((row) => [row.schema, row]))
