// report.lints are torch's own; option preservedMethods is torch's preserved_methods.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lintLines } from '../../src/cli/report.ts'
import { compile, type CompileOptions } from '../../src/compiler/compile.ts'
import type { Lint } from '../../src/compiler/lints.ts'
import { nodeHost } from '../../src/plugin/host.ts'

const fixture = (path: string): Uint8Array => readFileSync(new URL(`../fixtures/${path}`, import.meta.url))
const convert = (path: string, options: Partial<CompileOptions> = {}) => compile(fixture(path), { file: 'net.pt', ...options }, nodeHost())

const goldens = JSON.parse(new TextDecoder().decode(fixture('optimise/lints.json'))) as Readonly<Record<string, readonly Lint[]>>

describe('lints', () => {
  it.each(Object.keys(goldens))('of %s are those of torch', async (stem) => {
    expect((await convert(`optimise/${stem}.pt`)).report.lints).toEqual(goldens[stem])
  })
  it('are one line for each code where they are shown', () => {
    const lines = lintLines(goldens['recipe']!)
    expect(lines.map((line) => line.split(':')[0])).toEqual(
      ['BUNDLED_INPUT', 'REQUIRES_GRAD', 'BATCHNORM', 'DROPOUT'].map((name) => `  lint ${name}`),
    )
    expect(lines[1]).toMatch(/Param conv\.weight .*\(and 5 more\)$/)
  })
})

describe('preservedMethods', () => {
  const names = async (options: Partial<CompileOptions>) =>
    (await convert('multi-method/model.pt', options)).signatures.map(({ name }) => name)

  it('stay besides forward', async () => {
    const all = await names({})
    expect(all.length).toBeGreaterThan(2)
    expect(await names({ preservedMethods: [] })).toEqual(['forward'])
    expect(await names({ preservedMethods: [all[2]!] })).toEqual(['forward', all[2]!])
    expect(await names({ methods: [all[1]!], preservedMethods: [all[2]!] })).toEqual([all[1]!, all[2]!])
  })
  it('are named as torch names them when they are not there', async () => {
    await expect(convert('multi-method/model.pt', { preservedMethods: ['nowhere', 'forward', 'gone'] })).rejects.toMatchObject({
      problems: [{ code: 'PT3901', message: 'the following methods to preserve do not exist in the model: nowhere, gone.' }],
    })
  })
})
