// The truth modules as models to compile: test/truth/make.py's archives with their goldens, and what each needs declared.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { compile, type CompileOptions } from '../../src/compiler/compile.ts'
import type { CompileHost, InputOption } from '../../src/compiler/types.ts'
import { importScript } from '../../src/frontend/import-script.ts'
import { decodeLeaf } from '../support/leaf.ts'
import type { Golden } from './fixtures.ts'
import { needsDeclaration } from './truth-options.ts'

const folder = resolve(import.meta.dirname, '../truth')
export const truthNames = readdirSync(folder)
  .filter((name) => name.endsWith('.pt'))
  .map((name) => name.slice(0, -3))

export const truthGolden = (name: string): Golden => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Golden

/** dtype and rank of each tensor of the first case, under the parameters' names. */
function declarationsOf(name: string, bytes: Uint8Array): Record<string, InputOption> {
  const { params } = importScript(readTorchScript(bytes)).method('forward')
  const [first] = truthGolden(name).cases
  return Object.fromEntries(
    first!.inputs.flatMap((leaf, i): [string, InputOption][] => {
      const value = decodeLeaf(leaf)
      if (value === null || typeof value !== 'object' || value.kind !== 'tensor') return []
      const { name: param } = params[i]!
      return [[param, { dtype: value.dtype, shape: value.sizes.map((_, axis) => `${param}${axis}`) }]]
    }),
  )
}

/** `forward` of a truth module, compiled with the verifier after every pass. */
export function compileTruth(name: string, options: Partial<CompileOptions> = {}, host: CompileHost = {}): ReturnType<typeof compile> {
  const bytes = readFileSync(join(folder, `${name}.pt`))
  const inputs = needsDeclaration.has(name) ? { inputs: declarationsOf(name, bytes) } : {}
  return compile(bytes, { file: name, verifyGraphs: true, methods: ['forward'], ...inputs, ...options }, host)
}
