// The truth modules through the whole compiler: every language feature and everyday layer that test/truth/make.py holds, on onnxruntime-web
// in Node against torch's numbers. What a page cannot take or get, or ONNX cannot hold, is refused with the code named here.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile, type CompileOptions } from '../../src/compiler/compile.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import type { Golden } from './fixtures.ts'
import { declared, refused } from './truth-options.ts'

const folder = resolve(import.meta.dirname, '../truth')
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.pt'))
  .map((name) => name.slice(0, -3))

const compiled = (name: string): ReturnType<typeof compile> => {
  const inputs = declared.get(name)
  const options: CompileOptions = { file: name, verify: true, methods: ['forward'], ...(inputs === undefined ? {} : { inputs }) }
  return compile(readFileSync(join(folder, `${name}.pt`)), options)
}

describe('truth modules on onnxruntime-web', () => {
  for (const name of names) {
    const code = refused.get(name)
    if (code !== undefined) {
      it(`${name} is refused with ${code}`, async () => expect(compiled(name)).rejects.toMatchObject({ code }))
      continue
    }
    it(name, async () => {
      const result = await compiled(name)
      const golden = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Golden
      for (const one of golden.cases) {
        // Each case was recorded on a freshly loaded module.
        const [net] = instantiate(result)
        const run = net!(...one.inputs.map((leaf) => toJs(decodeLeaf(leaf))))
        if (one.raises === undefined) expect(compareJs(await run, decodeLeaf(one.outputs), { network: 1e-3 }), one.name).toBeUndefined()
        else await expect(run, one.name).rejects.toMatchObject({ name: one.raises.type })
      }
    })
  }
})
