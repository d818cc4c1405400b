// All lowering rows, by schema text.

import { activationLowerings } from './activation.ts'
import { pointwiseLowerings } from './pointwise.ts'
import { pointwiseMathLowerings } from './pointwise-math.ts'
import { bitwiseLowerings } from './bitwise.ts'
import { selectionLowerings } from './selection.ts'
import { comparisonLowerings } from './comparison.ts'
import { conversionLowerings } from './conversion.ts'
import { scalarLowerings } from './scalar.ts'
import { inspectionLowerings } from './inspection.ts'
import { reductionLowerings } from './reduction.ts'
import { runningLowerings } from './running.ts'
import { matmulLowerings } from './matmul.ts'
import { creationLowerings } from './creation.ts'
import { windowLowerings } from './windows.ts'
import { randomLowerings } from './random.ts'
import { bucketizeLowerings } from './bucketize.ts'
import type { LoweringRow } from './row.ts'
import { movementLowerings } from './movement.ts'
import { pixelShuffleLowerings } from './pixel-shuffle.ts'
import { joiningLowerings } from './joining.ts'
import { splittingLowerings } from './splitting.ts'
import { slicingLowerings } from './slicing.ts'
import { diagonalLowerings } from './diagonal.ts'
import { indexingLowerings } from './indexing.ts'
import { scatteringLowerings } from './scattering.ts'
import { maskingLowerings } from './masking.ts'
import { sortingLowerings } from './sorting.ts'
import { uniqueLowerings } from './unique.ts'
import { listLowerings } from './list.ts'
import { listUpdateLowerings } from './list-update.ts'
import { convolutionLowerings } from './convolution.ts'
import { poolingLowerings } from './pooling.ts'
import { adaptivePoolingLowerings } from './pooling-adaptive.ts'
import { normalizationLowerings } from './normalization.ts'
import { dropoutLowerings } from './dropout.ts'
import { paddingLowerings } from './padding.ts'
import { embeddingLowerings } from './embedding.ts'
import { recurrentLowerings } from './recurrent.ts'
import { packedSequenceLowerings } from './packed-sequence.ts'
import { attentionLowerings } from './attention.ts'
import { transformerLowerings } from './transformer.ts'
import { resizeLowerings } from './resize.ts'
import { linalgLowerings } from './linalg.ts'
import { linalgComplexLowerings } from './linalg-complex.ts'
import { linalgEigLowerings } from './linalg-eig.ts'
import { linalgFunctionLowerings } from './linalg-functions.ts'
import { linalgLdlLowerings } from './linalg-ldl.ts'
import { linalgQrLowerings } from './linalg-qr.ts'
import { linalgSvdLowerings } from './linalg-svd.ts'
import { linalgSolveLowerings } from './linalg-solve.ts'
import { lossLowerings } from './loss.ts'
import { fftLowerings } from './fft.ts'
import { specialLowerings } from './special.ts'
import { polynomialLowerings } from './polynomials.ts'
import { floatPartLowerings } from './float-parts.ts'
import { marginLossLowerings } from './loss-margin.ts'
import { ctcLowerings } from './ctc.ts'
import { differenceLowerings } from './differences.ts'
import { histogramLowerings } from './histogram.ts'
import { segmentLowerings } from './segment.ts'
import { fusedLowerings } from './fused.ts'
import { propertyLowerings } from './properties.ts'
import { builtinResizeLowerings } from './resize-builtin.ts'
import { tensorListLowerings } from './list-tensors.ts'
import { sparseLowerings } from './sparse.ts'
import { fractionalPoolingLowerings } from './pooling-fractional.ts'
import { nestedLowerings } from './nested.ts'
import { foreachLowerings } from './foreach.ts'
import { Rows } from '../../ops/derived.ts'
import { synonymLowerings } from './synonyms.ts'
import { compositionLowerings } from './compositions.ts'
import { quantizedLowerings } from './quantized.ts'
import { regionLowerings } from './regions.ts'
import { suppressionLowerings } from './suppression.ts'

const families: readonly (readonly LoweringRow[])[] = [
  activationLowerings,
  conversionLowerings,
  bucketizeLowerings,
  randomLowerings,
  creationLowerings,
  windowLowerings,
  matmulLowerings,
  runningLowerings,
  reductionLowerings,
  inspectionLowerings,
  scalarLowerings,
  comparisonLowerings,
  selectionLowerings,
  bitwiseLowerings,
  pointwiseMathLowerings,
  pointwiseLowerings,
  movementLowerings,
  pixelShuffleLowerings,
  joiningLowerings,
  splittingLowerings,
  slicingLowerings,
  diagonalLowerings,
  indexingLowerings,
  scatteringLowerings,
  maskingLowerings,
  sortingLowerings,
  uniqueLowerings,
  listLowerings,
  listUpdateLowerings,
  convolutionLowerings,
  poolingLowerings,
  adaptivePoolingLowerings,
  normalizationLowerings,
  dropoutLowerings,
  paddingLowerings,
  embeddingLowerings,
  recurrentLowerings,
  packedSequenceLowerings,
  attentionLowerings,
  transformerLowerings,
  resizeLowerings,
  linalgLowerings,
  linalgSolveLowerings,
  linalgComplexLowerings,
  linalgEigLowerings,
  linalgFunctionLowerings,
  linalgLdlLowerings,
  linalgQrLowerings,
  linalgSvdLowerings,
  lossLowerings,
  fftLowerings,
  specialLowerings,
  polynomialLowerings,
  floatPartLowerings,
  nestedLowerings,
  marginLossLowerings,
  ctcLowerings,
  quantizedLowerings,
  differenceLowerings,
  histogramLowerings,
  segmentLowerings,
  fusedLowerings,
  propertyLowerings,
  builtinResizeLowerings,
  tensorListLowerings,
  sparseLowerings,
  fractionalPoolingLowerings,
  regionLowerings,
  suppressionLowerings,
]

const rows = new Rows<LoweringRow>(families, (own) => [
  ...synonymLowerings(own),
  ...foreachLowerings(own),
  ...compositionLowerings(loweringOf),
])

/** The row of a schema, when there is one. */
export function loweringOf(schema: string): LoweringRow | undefined {
  return rows.get(schema)
}

/** Every schema that has a row. */
export function loweringSchemas(): readonly string[] {
  return rows.schemas()
}
