// Mode script on the goldens: control flow kept, numbers as torch has them on every branch.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { compile } from '../../src/compiler/compile.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import type { Golden } from '../e2e/fixtures.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import { exampleOf } from './example-of.ts'

const folder = resolve(import.meta.dirname, '../truth')
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.pt'))
  .map((file) => file.slice(0, -3))

describe('scripted', () => {
  for (const name of names) {
    it(name, async () => {
      const bytes = readFileSync(join(folder, `${name}.pt`))
      const { cases } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Golden
      const script = importScript(readTorchScript(bytes))
      const params = script.method('forward').params.map((param) => param.name)
      // The examples tell dtypes, and the ranks that they agree on.
      const exampleInputs = cases.map((one) => exampleOf(one, params))
      const result = await compile(bytes, { file: name, mode: 'script', methods: ['forward'], verifyGraphs: true, exampleInputs })
      for (const one of cases) {
        const [net] = instantiate(result)
        const run = net!(...one.inputs.map((leaf) => toJs(decodeLeaf(leaf))))
        const isOtherText = one.inputs.some((leaf, i) => {
          const spec = result.signatures[0]!.params[i]?.spec
          return typeof leaf === 'string' && spec?.kind === 'constant' && spec.value !== leaf
        })
        const dtypes = ({ inputs }: (typeof cases)[number]) => inputs.map((leaf) => (leaf as { readonly dtype?: string } | null)?.dtype)
        // The first example tells the dtype; a call with another one is refused.
        const first = dtypes(cases[0]!)
        const isOtherDtype = dtypes(one).some((dtype, i) => dtype !== undefined && first[i] !== undefined && dtype !== first[i])
        if (isOtherDtype) await expect(run, one.name).rejects.toMatchObject({ code: 'PT5105' })
        else if (isOtherText) await expect(run, one.name).rejects.toMatchObject({ code: 'PT5104' })
        else if (one.raises !== undefined) await expect(run, one.name).rejects.toMatchObject({ name: one.raises.type })
        else expect(compareJs(await run, decodeLeaf(one.outputs), { network: 1e-3 }), one.name).toBeUndefined()
      }
    })
  }
})
