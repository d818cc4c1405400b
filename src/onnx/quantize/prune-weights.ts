// Magnitude pruning, as torch.nn.utils.prune.l1_unstructured: the weights nearest to zero become zero. The model computes with them as before;
// what is gained is that zeros compress. Weights of layers only: vectors and tables of embeddings stay.

import type { OnnxModel } from '../model.ts'
import { ByPath } from './by-path.ts'
import { floatsOf, floatTensor } from './stored-weight.ts'
import type { Weight } from './weights.ts'

export interface PruneOption {
  /** Part of the weights that becomes zero, 0…1. */
  readonly sparsity: number
  /** Whether that part is of each weight by itself, or of all of them together. Default 'tensor'. */
  readonly scope?: 'tensor' | 'global'
  /** Other parts, by module path (`encoder.layer.0`) or of a weight of its own (`fc.weight`): `{ head: 0 }`. These are of each weight by itself. */
  readonly modules?: Readonly<Record<string, number>>
}

/** What is zero of a weight. */
export interface Sparsity {
  readonly path: string
  readonly elements: number
  readonly zeros: number
}

/** In place. Throws PT4010 for a path that is none. */
export function pruneWeights(model: OnnxModel, weights: readonly Weight[], option: PruneOption): Sparsity[] {
  const { sparsity, scope = 'tensor', modules = {} } = option
  const layers = weights.filter(
    ({ view, tensor, uses }) => view !== undefined && tensor.sizes.length >= 2 && !uses.every(({ node }) => node.opType === 'Gather'),
  )
  const paths = new ByPath('prune.modules', sparsity, modules)
  paths.check(layers.map(({ path }) => path))
  const values = layers.map(({ tensor }) => floatsOf(tensor))
  const together = values.filter((_, i) => scope === 'global' && paths.own(layers[i]!.path) === undefined)
  zeroSmallest(together, sparsity)
  for (const [i, one] of values.entries()) if (!together.includes(one)) zeroSmallest([one], paths.of(layers[i]!.path))
  return layers.map(({ name, path, tensor }, i) => {
    const kept = values[i]!
    model.graph.initializers.set(name, floatTensor(tensor.sizes, kept))
    return { path, elements: kept.length, zeros: kept.reduce((n, value) => (value === 0 ? n + 1 : n), 0) }
  })
}

/** The first of equals go. */
function zeroSmallest(arrays: readonly Float32Array[], sparsity: number): void {
  const total = arrays.reduce((n, { length }) => n + length, 0)
  const count = Math.round(total * sparsity)
  if (count === 0) return
  const magnitudes = new Float32Array(total)
  let at = 0
  for (const values of arrays) for (const value of values) magnitudes[at++] = Math.abs(value)
  magnitudes.sort()
  const border = magnitudes[count - 1]!
  let below = 0
  while (below < count && magnitudes[below]! < border) below++
  let ties = count - below
  for (const values of arrays)
    for (let i = 0; i < values.length; i++) {
      const magnitude = Math.abs(values[i]!)
      if (magnitude < border || (magnitude === border && ties-- > 0)) values[i] = 0
    }
}
