// All lowering rows, by schema text.

import { activationLowerings } from './activation.ts'
import type { LoweringRow } from './row.ts'
import { movementLowerings } from './movement.ts'

const families: readonly (readonly LoweringRow[])[] = [activationLowerings, movementLowerings]

let bySchema: Map<string, LoweringRow> | undefined

/** The row of a schema, when there is one. */
export function loweringOf(schema: string): LoweringRow | undefined {
  bySchema ??= new Map(families.flat().map((row) => [row.schema, row]))
  return bySchema.get(schema)
}

/** Every schema that has a row. */
export function loweringSchemas(): readonly string[] {
  return families.flat().map((row) => row.schema)
}
