// Every hostile file: rejected with a code of the catalogue, or read as what it honestly holds; in time, and without a trace.

import { existsSync, readdirSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import type { ScriptArchive } from '../../src/archive/archive.ts'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { catalogue } from '../../src/diagnostics/catalogue.ts'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { minimal } from './control.ts'
import { hostileCases, type HostileCase } from './make.ts'

const TIME_LIMIT = 5000
const cases = [...hostileCases()]
const before = { files: listing(), globals: Object.getOwnPropertyNames(globalThis).length }

function listing(): string[] {
  return [...readdirSync('.'), ...readdirSync(new URL('.', import.meta.url))].sort()
}

/** What an archive says, without the file it lies in. */
function content(archive: ScriptArchive): unknown {
  const { version, root, constants, sources, tracedInputs } = archive
  return { version, root, constants, tracedInputs, sources: [...sources].map(([name, { text }]) => [name, text]) }
}

function read(bytes: Uint8Array): { readonly archive: ScriptArchive } | { readonly error: CompileError } {
  try {
    const archive = readTorchScript(bytes)
    for (const source of archive.sources.values()) for (let at = 0; at < source.text.length; at += 50) source.generatedFrom(at)
    return { archive }
  } catch (error) {
    if (error instanceof CompileError) return { error }
    throw error
  }
}

function judge(hostile: HostileCase): void {
  const bytes = hostile.bytes()
  const started = performance.now()
  const result = read(bytes)
  expect(performance.now() - started).toBeLessThan(TIME_LIMIT)
  if ('error' in result) {
    expect(hostile.expect, result.error.message).not.toBe('accept')
    const [problem] = result.error.problems
    expect(Object.hasOwn(catalogue, problem.code)).toBe(true)
    expect(problem.code).not.toBe('PT9001')
    if (hostile.codes !== undefined) expect(hostile.codes, result.error.message).toContain(problem.code)
    expect(problem.fix).toBeTruthy()
    expect(result.error.message.length).toBeLessThan(1500)
    return
  }
  expect(hostile.expect).not.toBe('reject')
  if (hostile.holds !== 'same') return
  const control = readTorchScript((hostile.control ?? minimal)())
  expect(isDeepStrictEqual(content(result.archive), content(control))).toBe(true)
}

describe('hostile files', () => {
  it('are many, and each has its own name', () => {
    expect(cases.length).toBeGreaterThanOrEqual(220)
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  })

  it.each(cases.map((hostile) => [hostile.name, hostile] as const))('%s', (_, hostile) => judge(hostile), 2 * TIME_LIMIT)
})

afterAll(() => {
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(Object.hasOwn(globalThis, 'polluted')).toBe(false)
  expect(Object.getOwnPropertyNames(globalThis)).toHaveLength(before.globals)
  expect(existsSync('hostile-canary')).toBe(false)
  expect(listing()).toEqual(before.files)
})
