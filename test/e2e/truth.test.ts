// The truth modules through the whole compiler: every language feature and everyday layer that test/truth/make.py holds, on onnxruntime-web
// in Node against torch's numbers. What a page cannot take or get, or ONNX cannot hold, is refused with the code named here.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { InputOption } from '../../src/compiler/types.ts'
import type { Signature } from '../../src/ir/signature.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import type { Golden, GoldenCase } from './fixtures.ts'
import { needsDeclaration, refused } from './truth-options.ts'

const folder = resolve(import.meta.dirname, '../truth')
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.pt'))
  .map((name) => name.slice(0, -3))

const goldenOf = (name: string): Golden => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Golden

/** dtype and rank of each tensor of the first case, under the parameters' names. */
function declarationsOf(name: string, bytes: Uint8Array): Record<string, InputOption> {
  const { params } = importScript(readTorchScript(bytes)).method('forward')
  const [first] = goldenOf(name).cases
  return Object.fromEntries(
    first!.inputs.flatMap((leaf, i): [string, InputOption][] => {
      const value = decodeLeaf(leaf)
      if (value === null || typeof value !== 'object' || value.kind !== 'tensor') return []
      const { name: param } = params[i]!
      return [[param, { dtype: value.dtype, shape: value.sizes.map((_, axis) => `${param}${axis}`) }]]
    }),
  )
}

function compiled(name: string): ReturnType<typeof compile> {
  const bytes = readFileSync(join(folder, `${name}.pt`))
  const inputs = needsDeclaration.has(name) ? { inputs: declarationsOf(name, bytes) } : {}
  return compile(bytes, { file: name, verify: true, methods: ['forward'], ...inputs })
}

/** True for a case that hands in another text than the default of a parameter whose text the code works on: such texts are fixed at build time. */
function takesText({ params }: Signature, { inputs }: GoldenCase): boolean {
  return inputs.some((leaf, i) => typeof leaf === 'string' && params[i]?.spec.kind === 'constant' && params[i].spec.value !== leaf)
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
      for (const one of goldenOf(name).cases) {
        // Each case was recorded on a freshly loaded module.
        const [net] = instantiate(result)
        const run = net!(...one.inputs.map((leaf) => toJs(decodeLeaf(leaf))))
        if (takesText(result.signatures[0]!, one)) await expect(run, one.name).rejects.toMatchObject({ code: 'PT5104' })
        else if (one.raises === undefined)
          expect(compareJs(await run, decodeLeaf(one.outputs), { network: 1e-3 }), one.name).toBeUndefined()
        else await expect(run, one.name).rejects.toMatchObject({ name: one.raises.type })
      }
    })
  }
})
