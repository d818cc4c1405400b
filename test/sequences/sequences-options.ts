// What a scripted configuration needs declared, and why. A trace has recorded dtypes and ranks.

import type { InputOption, ModelOptions } from '../../src/compiler/types.ts'
import type { GoldenCase } from '../e2e/fixtures.ts'
import { decodeLeaf } from '../support/leaf.ts'

/** Layers take inputs with a batch axis or without: without is the rarer, and must be told. */
const unbatched = /^(?:layer|state|cell|mha)-(?!.*(?:batched|causal)).*$/
/** Library code takes masks of either kind, and bool is what is assumed. */
const floatMasks = /^(?:decoder|encoder|transformer)(?:-layer)?-(?=.*(?:float|causal|asks)).*$|^mha-.*float.*$/
/** And masks for all samples, [L, S], or one for each head of each: the former is assumed. */
const ownMasks = /^mha-.*bool3.*$/
/** Padding takes sequences of any rank. */
const anyRank = /^pad-sequence/
/** Nothing tells the dtype, and float32 is assumed. No rank is needed. */
const otherTypes = /^sdpa-(?:bool|dtype)/

export function declared(name: string, params: readonly string[], [one]: readonly GoldenCase[]): ModelOptions {
  const [stem, capture] = name.split('.scripted')
  if (capture === undefined) return {}
  const ranks = [unbatched, floatMasks, ownMasks, anyRank].some((kind) => kind.test(stem!))
  return ranks || otherTypes.test(stem!) ? { inputs: everyInput(params, one!, ranks) } : {}
}

/** dtype, and on demand rank, of each tensor of a case; a dim of its own name for each axis. */
function everyInput(names: readonly string[], { inputs }: GoldenCase, ranks: boolean): Record<string, InputOption> {
  return Object.fromEntries(
    inputs.flatMap((leaf, i): [string, InputOption][] => {
      const value = decodeLeaf(leaf)
      if (value === null || typeof value !== 'object' || value.kind !== 'tensor') return []
      const shape = value.sizes.map((_, axis) => `${names[i]!}${axis}`)
      return [[names[i]!, { dtype: value.dtype, ...(ranks ? { shape } : {}) }]]
    }),
  )
}
