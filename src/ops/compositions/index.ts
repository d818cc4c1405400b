// All compositions, by family.

import type { Composition } from '../composition.ts'
import { normalizationCompositions } from './normalization.ts'

export const compositions: readonly Composition[] = [normalizationCompositions].flat()
