// All rows, by operator name.

import { qualifiedName, type FunctionSchema } from '../../ir/function-schema.ts'
import { arithmeticRows } from './arithmetic-rows.ts'
import { componentwiseRows } from './componentwise-rows.ts'
import { conversionRows } from './conversion-rows.ts'
import { elementaryRows } from './elementary-rows.ts'
import { fftRows } from './fft-rows.ts'
import { linalgRows } from './linalg-rows.ts'
import { reductionRows } from './reduction-rows.ts'
import type { ComplexRow } from './row.ts'
import { scalarRows } from './scalar-rows.ts'
import { stftRows } from './stft-rows.ts'

const families: readonly (readonly ComplexRow[])[] = [
  componentwiseRows,
  arithmeticRows,
  elementaryRows,
  reductionRows,
  conversionRows,
  linalgRows,
  scalarRows,
  fftRows,
  stftRows,
]

let byName: Map<string, ComplexRow> | undefined

/** The row of an operator, its overload's own one first. */
export function complexRowOf(schema: FunctionSchema): ComplexRow | undefined {
  byName ??= new Map(families.flat().flatMap((row) => row.names.map((name) => [name, row] as const)))
  return byName.get(qualifiedName(schema)) ?? byName.get(schema.name)
}

/** Every operator, or overload, that has a row. */
export function complexOperators(): readonly string[] {
  return families.flatMap((rows) => rows.flatMap(({ names }) => names))
}
/** Those that have no other lowering than this. */
export function loweredHere(): readonly string[] {
  return families.flatMap((rows) => rows.flatMap(({ names, always }) => (always === true ? names : [])))
}
