// All compositions, by family.

import type { Composition } from '../composition.ts'
import { attentionCompositions } from './attention.ts'
import { indexingCompositions } from './indexing.ts'
import { matmulCompositions } from './matmul.ts'
import { mkldnnCompositions } from './mkldnn.ts'
import { normalizationCompositions } from './normalization.ts'
import { pointwiseCompositions } from './pointwise.ts'
import { namedPrims, primsCompositions } from './prims.ts'
import { recurrentCompositions } from './recurrent.ts'
import { resizeCompositions } from './resize.ts'

let all: readonly Composition[] | undefined
export function compositions(): readonly Composition[] {
  all ??= [
    normalizationCompositions,
    matmulCompositions,
    attentionCompositions,
    recurrentCompositions,
    indexingCompositions,
    pointwiseCompositions,
    primsCompositions,
    namedPrims(),
    mkldnnCompositions,
    resizeCompositions,
  ].flat()
  return all
}
