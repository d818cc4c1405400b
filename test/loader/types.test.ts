// Emitted declarations under TypeScript 5.9, 6 and 7, strict, with both ways of finding them: `net.pt.d.ts` (bundler) and `net.d.pt.ts` (nodenext).

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emitDts } from '../../src/loader/emit-dts.ts'
import { samples } from './dts/samples.ts'
import { built } from '../bundlers/built.ts'

const root = path.resolve(import.meta.dirname, '../..')
let folder = ''

const settings = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  target: 'ES2022',
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  types: [],
  noEmit: true,
  allowImportingTsExtensions: true,
  paths: { 'unplugin-torch/runtime': [path.join(root, 'src/runtime/index.ts')] },
}

// What the compiler writes, the runtime reads.
const same = `
import type { Signature } from ${JSON.stringify(path.join(root, 'src/ir/signature.ts'))}
import type * as runtime from 'unplugin-torch/runtime'
import type { PreprocessOption } from ${JSON.stringify(path.join(root, 'src/compiler/types.ts'))}
export const read = (signature: Signature): runtime.Signature => signature
export const preprocess = (option: PreprocessOption): runtime.Preprocess => option
`

// A model without a declaration of its own, by client.d.ts.
const fallback = `
/// <reference path=${JSON.stringify(path.join(root, 'client.d.ts'))} />
import net from './unknown.pth'
export const result: Promise<unknown> = net(new Float32Array(3))
// @ts-expect-error not a number
export const wrong: number = net
`

beforeAll(async () => {
  // client.d.ts names the built types.
  await built({ types: true })
  folder = mkdtempSync(path.join(tmpdir(), 'torch-types-'))
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  for (const kind of ['bundler', 'nodenext'] as const) {
    const project = path.join(folder, kind)
    mkdirSync(project)
    writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }')
    writeFileSync(path.join(project, 'same.ts'), same)
    writeFileSync(path.join(project, 'fallback.ts'), fallback)
    writeFileSync(path.join(project, 'use.ts'), readFileSync(path.join(import.meta.dirname, 'dts/use.ts')))
    for (const [name, { signatures, options }] of Object.entries(samples)) {
      writeFileSync(path.join(project, kind === 'bundler' ? `${name}.pt.d.ts` : `${name}.d.pt.ts`), emitDts(signatures, options))
    }
    const compilerOptions = {
      ...settings,
      ...(kind === 'bundler'
        ? { module: 'ESNext', moduleResolution: 'bundler' }
        : { module: 'NodeNext', moduleResolution: 'nodenext', allowArbitraryExtensions: true }),
    }
    writeFileSync(path.join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function check(compiler: string, kind: string): Promise<string> {
  const { bin } = JSON.parse(readFileSync(path.join(root, 'node_modules', compiler, 'package.json'), 'utf8')) as {
    bin: Record<string, string>
  }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(root, 'node_modules', compiler, bin['tsc']!), '-p', path.join(folder, kind)],
      (error, stdout, stderr) => resolve(error === null ? '' : `${stdout}${stderr}` || String(error)),
    )
  })
}

describe.each(['typescript-5.9', 'typescript', 'typescript-7'])('%s', (compiler) => {
  it.each(['bundler', 'nodenext'])('%s', async (kind) => {
    expect(await check(compiler, kind)).toBe('')
  })

  it('sees a wrong use', async () => {
    const project = path.join(folder, 'bundler')
    writeFileSync(path.join(project, 'wrong.ts'), "import net from './counter.pt'\nvoid net(new Float64Array(3))\n")
    const output = await check(compiler, 'bundler')
    rmSync(path.join(project, 'wrong.ts'))
    expect(output).toMatch(/wrong\.ts\(2,10\): error TS2769/)
  })
})
