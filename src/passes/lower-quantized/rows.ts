// The table of quantized operators, joined.

import { activationRows } from './activation-rows.ts'
import { arithmeticRows } from './arithmetic-rows.ts'
import { convolutionRows } from './convolution-rows.ts'
import { embeddingRows } from './embedding-rows.ts'
import { fakeQuantizeRows } from './fake-quantize-rows.ts'
import { linearRows } from './linear-rows.ts'
import { normalizationRows } from './normalization-rows.ts'
import { packedRows } from './packed.ts'
import { poolingRows } from './pooling-rows.ts'
import { prepackedRows } from './prepacked-rows.ts'
import { quantizerRows } from './quantizer-rows.ts'
import { recurrentRows } from './recurrent-rows.ts'
import type { QuantizedRow } from './row.ts'

const table: ReadonlyMap<string, QuantizedRow> = new Map(
  [
    quantizerRows,
    fakeQuantizeRows,
    packedRows,
    prepackedRows,
    linearRows,
    convolutionRows,
    arithmeticRows,
    activationRows,
    normalizationRows,
    poolingRows,
    embeddingRows,
    recurrentRows,
  ].flatMap((rows) => rows.map((row) => [row.schema, row] as const)),
)

export const quantizedRowOf = (schema: string): QuantizedRow | undefined => table.get(schema)

/** Every schema with a row, for the generated list and the tests of the tables. */
export const quantizedRowSchemas = (): readonly string[] => [...table.keys()]
