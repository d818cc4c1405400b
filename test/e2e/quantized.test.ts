// Models of torch.ao.quantization as torch saves them, through the whole compiler on onnxruntime-web, against torch's numbers.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { InputOption } from '../../src/compiler/types.ts'
import { decodeLeaf, type Leaf } from '../support/leaf.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { instantiate } from '../support/model.ts'

interface Recorded {
  readonly sets: readonly { readonly inputs: readonly Leaf[]; readonly outputs: readonly Leaf[] }[]
}

const folder = resolve(import.meta.dirname, '../fixtures/quantized')

/** Nothing in the code tells that these hold integers. */
const declared: ReadonlyMap<string, Readonly<Record<string, InputOption>>> = new Map([
  ['embeddings.scripted.pt', { offsets: { dtype: 'int64' } }],
])

describe('quantized models', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.pt')))
    it(file, async () => {
      const { sets } = JSON.parse(readFileSync(join(folder, file.replace(/\.pt$/, '.json')), 'utf8')) as Recorded
      const inputs = declared.get(file)
      const result = await compile(readFileSync(join(folder, file)), {
        file,
        verifyGraphs: true,
        methods: ['forward'],
        ...(inputs === undefined ? {} : { inputs }),
      })
      for (const { inputs: given, outputs } of sets) {
        const [net] = instantiate(result)
        const actual = await net!(...given.map((leaf) => toJs(decodeLeaf(leaf))))
        const expected = outputs.length === 1 ? decodeLeaf(outputs[0]!) : ({ kind: 'tuple', items: outputs.map(decodeLeaf) } as const)
        expect(compareJs(actual, expected, { network: 1e-3 })).toBeUndefined()
      }
    })
})
