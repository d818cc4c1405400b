// Layer normalisations by hand and attention in the layouts of torch's own module and of people: what they end as, and torch's numbers, with
// extents that are declared by name, that are numbers, and that nobody tells.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile, type CompileOptions } from '../../../src/compiler/compile.ts'
import { nodeHost } from '../../../src/plugin/host.ts'
import type { Golden } from '../../e2e/fixtures.ts'
import { compareJs, toJs } from '../../support/js-value.ts'
import { decodeLeaf } from '../../support/leaf.ts'
import { instantiate } from '../../support/model.ts'

type Shape = readonly (number | string)[]
type Inputs = Readonly<Record<string, { readonly shape: Shape }>>

const folder = new URL('../../fixtures/fusions/', import.meta.url)

/** The operators of the model; every case has torch's results, or the cases in `only`. */
async function operators(name: string, inputs: Inputs | undefined, only?: number, options: Partial<CompileOptions> = {}) {
  const compiled = await compile(
    readFileSync(new URL(`${name}.pt`, folder)),
    { file: `${name}.pt`, ...(inputs === undefined ? {} : { inputs }), ...options },
    nodeHost(),
  )
  const [net] = instantiate(compiled)
  const { cases } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Golden
  for (const [i, { inputs: given, outputs, name: at }] of cases.entries()) {
    if (only !== undefined && i !== only) continue
    expect(
      compareJs(await net!.clone()(...given.map((leaf) => toJs(decodeLeaf(leaf)))), decodeLeaf(outputs), { network: 1e-3 }),
      at,
    ).toBeUndefined()
  }
  return compiled.report.operators
}

const models: readonly (readonly [name: string, named: Inputs, fixed: Inputs, expected: Readonly<Record<string, number | undefined>>])[] = [
  [
    'hand-norm',
    { x: { shape: ['b', 'n', 16] } },
    { x: { shape: [2, 3, 16] } },
    { LayerNormalization: 4, ReduceMean: undefined, Sqrt: undefined },
  ],
  [
    'sequence-first',
    { x: { shape: ['n', 'b', 16] }, other: { shape: ['m', 'b', 16] } },
    { x: { shape: [5, 2, 16] }, other: { shape: [3, 2, 16] } },
    { 'com.microsoft.Attention': 1, 'com.microsoft.MultiHeadAttention': 2, Softmax: undefined },
  ],
  [
    'batch-first',
    { x: { shape: ['b', 6, 16] }, padded: { shape: ['b', 6] } },
    { x: { shape: [2, 6, 16] }, padded: { shape: [2, 6] } },
    { 'com.microsoft.Attention': 2, Softmax: undefined },
  ],
  ['by-hand', { x: { shape: ['b', 'n', 16] } }, { x: { shape: [2, 6, 16] } }, { 'com.microsoft.Attention': 2, Softmax: undefined }],
]

describe('what torch and people write', () => {
  it.each(models)('%s', async (name, named, fixed, expected) => {
    const pick = (found: Readonly<Record<string, number>>) => Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]]))
    expect(pick(await operators(name, named))).toEqual(expected)
    expect(pick(await operators(name, fixed, 0))).toEqual(expected)
    await operators(name, undefined)
  })

  it('stays without the passes', async () => {
    const inputs = { x: { shape: ['b', 'n', 16] } }
    expect(
      (await operators('hand-norm', inputs, undefined, { blocklist: ['recompose-layer-norm', 'recompose-rms-norm'] }))[
        'LayerNormalization'
      ],
    ).toBeUndefined()
    expect((await operators('by-hand', inputs, undefined, { blocklist: ['fuse-attention'] }))['Softmax']).toBe(2)
  })

  it('heads that share keys and values, and are turned by their positions, are no projections', async () => {
    const inputs = { x: { shape: ['b', 6, 16] } }
    expect((await operators('grouped', inputs))['Softmax']).toBe(1)
    await operators('grouped', undefined)
  })
})
