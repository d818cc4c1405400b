// Every hostile file through the whole converter: refused with a code or converted rightly, within 5 s and 1 GiB, nothing executed,
// nothing written elsewhere, and nothing at all when it is refused.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '../../src/diagnostics/catalogue.ts'
import { built } from '../bundlers/built.ts'
import { REPOSITORY } from '../bundlers/project.ts'
import { scriptCases, type ScriptCase } from './cases-script.ts'
import { minimal } from './control.ts'
import { convertCases, writeCase, type Outcome } from './convert-cases.ts'
import { hostileCases } from './make.ts'

const TIME_LIMIT = 5000
const MEMORY_LIMIT = 2 ** 30
/** Deep, huge, endless or inflating: a process for each. The rest share processes. */
const DANGEROUS = /^(S[1-6]|S8|S11|S12|S14|S15|S17|P17|P18|P2[0-3]|Z1|Z10|T5|T8|F5 HTML page of|F5 JSON nested|S13 source of) /

interface Case {
  readonly name: string
  readonly folder: string
  readonly hostile: ScriptCase
}
const cases: readonly Case[] = [...hostileCases(), ...scriptCases()].map((hostile, i) => ({
  name: hostile.name,
  folder: String(i).padStart(4, '0'),
  hostile,
}))

let home: string
let outcomes: ReadonlyMap<string, Outcome>
/** What modules that were written give, by case. */
let results: Readonly<Record<string, unknown>>
/** Folders of the controls. */
const controls = new Map<() => Uint8Array, string>()

beforeAll(async () => {
  await built()
  home = mkdtempSync(join(tmpdir(), 'torch-hostile-'))
  for (const { folder, hostile } of cases) {
    writeCase(home, folder, hostile.bytes())
    const control = hostile.control ?? minimal
    if (hostile.holds === 'same' && !controls.has(control)) {
      controls.set(control, `control-${controls.size}`)
      writeCase(home, controls.get(control)!, control())
    }
  }
  // Where the package finds its dependencies. A copy: other test files may build anew meanwhile.
  const dist = join(home, 'node_modules/unplugin-torch/dist')
  cpSync(join(REPOSITORY, 'dist'), dist, { recursive: true })
  cpSync(join(REPOSITORY, 'package.json'), join(home, 'node_modules/unplugin-torch/package.json'))
  for (const name of ['onnxruntime-web', 'onnxruntime-common'])
    symlinkSync(join(REPOSITORY, 'node_modules', name), join(home, 'node_modules', name), 'dir')
  const isAlone = ({ name }: Case): boolean => DANGEROUS.test(name)
  const folders = (list: readonly Case[]): string[] => list.map(({ folder }) => folder)
  outcomes = await convertCases({ home, dist }, folders(cases.filter(isAlone)), [
    ...controls.values(),
    ...folders(cases.filter((one) => !isAlone(one))),
  ])
  const accepted = cases.filter(
    ({ folder, name, hostile }) => (hostile.sum === true || name.startsWith('S16')) && written(folder) !== undefined,
  )
  results = JSON.parse(
    execFileSync(process.execPath, [join(import.meta.dirname, 'run-accepted.ts'), ...folders(accepted)], { cwd: home, encoding: 'utf8' }),
  ) as typeof results
}, 600_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Hash of what was written for a case; undefined when there is nothing. */
function written(folder: string): string | undefined {
  const out = join(home, folder, 'out')
  if (!existsSync(out)) return undefined
  const hash = createHash('sha256')
  for (const file of readdirSync(out).sort()) hash.update(file).update(readFileSync(join(out, file)))
  return hash.digest('hex')
}

test('the controls are converted', () => {
  for (const folder of controls.values()) expect(outcomes.get(folder)!.error).toBeUndefined()
})

test.each(cases)('$name', ({ folder, hostile }) => {
  const { error, status, milliseconds, peakBytes, polluted } = outcomes.get(folder)!
  if (error !== undefined) {
    const code = /^PT\d{4}\b/.exec(error)?.[0] ?? 'no code'
    expect(Object.keys(catalogue), error).toContain(code)
    expect(code, error).not.toBe('PT9001')
    expect(hostile.expect, error).not.toBe('accept')
    if (hostile.codes !== undefined && hostile.codes.length > 0) expect(hostile.codes, error).toContain(code)
    expect(written(folder)).toBeUndefined()
  } else {
    expect(hostile.expect).not.toBe('reject')
    const out = join(home, folder, 'out')
    // What runs as JavaScript has a source map.
    const files = readdirSync(out).filter((file) => file !== 'net.js.map')
    expect(files.sort()).toEqual(['net.d.ts', 'net.js', 'net.onnx'])
    if (hostile.holds === 'same') expect(written(folder)).toBe(written(controls.get(hostile.control ?? minimal)!))
    if (hostile.sum === true) expect(results[folder]).toEqual([sum, sum])
  }
  if (status !== undefined) expect(status).toBe(error === undefined ? 0 : 1)
  expect(milliseconds).toBeLessThan(TIME_LIMIT)
  expect(peakBytes).toBeLessThan(MEMORY_LIMIT)
  expect(polluted).toEqual([])
  expect(readdirSync(join(home, folder)).sort()).toEqual(
    ['measured.json', 'net.pt', 'out'].filter((name) => existsSync(join(home, folder, name))),
  )
})
const sum = [11, 22, 33, 44]

describe('afterwards', () => {
  test('no canary, and nothing beside the cases', () => {
    expect(existsSync('hostile-canary')).toBe(false)
    expect(readdirSync(home).filter((name) => !/^(\d{4}|control-\d|node_modules)$/.test(name))).toEqual([])
    expect(readdirSync(tmpdir()).filter((name) => name.includes('hostile-canary'))).toEqual([])
  })
})
