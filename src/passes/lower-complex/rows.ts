// All rows, by operator name.

import { isMutating, qualifiedName, type FunctionSchema } from '../../ir/function-schema.ts'
import { schemasOf } from '../../ops/schema-of.ts'
import { arithmeticRows } from './arithmetic-rows.ts'
import { componentwiseRows } from './componentwise-rows.ts'
import { conversionRows } from './conversion-rows.ts'
import { decompositionRows } from './decomposition-rows.ts'
import { elementaryRows } from './elementary-rows.ts'
import { factorRows } from './factor-rows.ts'
import { fftRows } from './fft-rows.ts'
import { functionRows } from './function-rows.ts'
import { linalgRows } from './linalg-rows.ts'
import { normRows } from './norm-rows.ts'
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
  functionRows,
  normRows,
  decompositionRows,
  factorRows,
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

/** Every operator, or overload, that has a row: by the name it stands under. */
export function complexRowNames(): readonly string[] {
  return families.flatMap((rows) => rows.flatMap(({ names }) => names))
}
/** The schemas that rows serve; `always`: those alone that have no other lowering. */
export function complexRowSchemas(always = false): readonly string[] {
  const served = families.flat().filter((row) => !always || row.always === true)
  const texts = served.flatMap(({ names }) => names.flatMap(schemasNamed))
  return [...new Set(texts)]
}

/** Of `aten::mul` all overloads, of `aten::view.dtype` that one; what writes its arguments is none of them. */
export function schemasNamed(name: string): string[] {
  const [base = name, overload] = name.split('.')
  return schemasOf(base)
    .filter((schema) => !isMutating(schema) && (overload === undefined || schema.overload === overload))
    .map(({ text }) => text)
}
