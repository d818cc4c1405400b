// All rules, by schema text.

import type { Rule } from '../rule.ts'
import { activationRules } from './activation.ts'
import { compareRules } from './compare.ts'
import { convertRules } from './convert.ts'
import { dictRules } from './dict.ts'
import { listRules } from './list.ts'
import { listUpdateRules } from './list-update.ts'
import { scalarRules } from './scalar.ts'
import { stringRules } from './string.ts'
import { movementRules } from './movement.ts'
import { pointwiseRules } from './pointwise.ts'
import { randomRules } from './random.ts'
import { creationRules } from './creation.ts'
import { reductionRules } from './reduction.ts'
import { conversionRules } from './conversion.ts'
import { comparisonRules } from './comparison.ts'
import { joiningRules } from './joining.ts'
import { splittingRules } from './splitting.ts'
import { slicingRules } from './slicing.ts'
import { indexingRules } from './indexing.ts'
import { sortingRules } from './sorting.ts'
import { convolutionRules } from './convolution.ts'
import { poolingRules } from './pooling.ts'
import { normalizationRules } from './normalization.ts'
import { paddingRules } from './padding.ts'
import { embeddingRules } from './embedding.ts'
import { recurrentRules } from './recurrent.ts'
import { attentionRules } from './attention.ts'
import { resizeRules } from './resize.ts'
import { linalgRules } from './linalg.ts'
import { linalgComplexRules } from './linalg-complex.ts'
import { linalgFunctionRules } from './linalg-functions.ts'
import { linalgSpectralRules } from './linalg-spectral.ts'
import { linalgSolveRules } from './linalg-solve.ts'
import { lossRules } from './loss.ts'
import { specialRules } from './special.ts'
import { polynomialRules } from './polynomials.ts'
import { complexRules } from './complex.ts'
import { fftRules } from './fft.ts'
import { marginLossRules } from './loss-margin.ts'
import { differenceRules } from './differences.ts'
import { histogramRules } from './histogram.ts'
import { fusedRules } from './fused.ts'
import { propertyRules } from './properties.ts'
import { builtinResizeRules } from './resize-builtin.ts'
import { tensorListRules } from './list-tensors.ts'
import { sparseRules } from './sparse.ts'
import { fractionalPoolingRules } from './pooling-fractional.ts'
import { nestedRules } from './nested.ts'
import { foreachRules } from './foreach.ts'
import { Rows } from '../derived.ts'
import { synonymRules } from './synonyms.ts'
import { compositionRules } from './compositions.ts'
import { quantizedRules } from './quantized.ts'
import { torchvisionRules } from './torchvision.ts'

const families: readonly (readonly Rule[])[] = [
  activationRules,
  compareRules,
  convertRules,
  dictRules,
  listRules,
  listUpdateRules,
  scalarRules,
  stringRules,
  movementRules,
  pointwiseRules,
  randomRules,
  creationRules,
  reductionRules,
  conversionRules,
  comparisonRules,
  joiningRules,
  splittingRules,
  slicingRules,
  indexingRules,
  sortingRules,
  convolutionRules,
  poolingRules,
  normalizationRules,
  paddingRules,
  embeddingRules,
  recurrentRules,
  attentionRules,
  resizeRules,
  linalgRules,
  linalgSolveRules,
  linalgComplexRules,
  linalgFunctionRules,
  linalgSpectralRules,
  lossRules,
  specialRules,
  polynomialRules,
  complexRules,
  fftRules,
  nestedRules,
  marginLossRules,
  quantizedRules,
  torchvisionRules,
  differenceRules,
  histogramRules,
  fusedRules,
  propertyRules,
  builtinResizeRules,
  tensorListRules,
  sparseRules,
  fractionalPoolingRules,
]

const rows = new Rows<Rule>(families, (own) => [...synonymRules(own), ...foreachRules(own), ...compositionRules(ruleOf)])

/** The rule of a schema, when there is one. */
export function ruleOf(schema: string): Rule | undefined {
  return rows.get(schema)
}

/** Every schema that has a rule. */
export function ruleSchemas(): readonly string[] {
  return rows.schemas()
}
