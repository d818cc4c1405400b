// Every committed model through the built command line, a fresh process each, and what it wrote run in plain Node on onnxruntime-web against torch's numbers.

import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync, readFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { built } from '../bundlers/built.ts'
import { REPOSITORY } from '../bundlers/project.ts'
import { fixtures } from './fixtures.ts'
import { judge } from './judge.ts'
import type { FixtureRun } from './wire.ts'

const run = promisify(execFile)
const all = fixtures()
/** So many models share a process that runs what was written. */
const SHARE = 8

interface Converted {
  /** What `convert` said when it failed. */
  readonly problem?: string
  readonly report: string
}

let home: string
const converted = new Map<string, Converted>()
const runs = new Map<string, FixtureRun | { readonly failed: string }>()

beforeAll(async () => {
  await built()
  home = mkdtempSync(join(tmpdir(), 'torch-convert-'))
  mkdirSync(join(home, 'node_modules'))
  for (const name of ['onnxruntime-web', 'onnxruntime-common'])
    symlinkSync(join(REPOSITORY, 'node_modules', name), join(home, 'node_modules', name), 'dir')
  // A copy: other test files may build the package anew meanwhile.
  cpSync(join(REPOSITORY, 'dist'), join(home, 'dist'), { recursive: true })
  cpSync(join(REPOSITORY, 'package.json'), join(home, 'package.json'))
  for (const file of ['wire.ts', 'run-emitted.ts']) cpSync(join(import.meta.dirname, file), join(home, file))
  await shared(all, async ({ name, file, golden }) => {
    const args = [join(home, 'dist/cli.js'), 'convert', file, '-o', join(home, 'out', dirname(name)), '--json']
    const { stdout, problem } = await run(process.execPath, args, { cwd: home, maxBuffer: 2 ** 26 }).then(
      (ended) => ({ stdout: ended.stdout, problem: undefined }),
      (error: { stdout: string; stderr: string }) => ({ stdout: '', problem: error.stderr }),
    )
    converted.set(name, { report: stdout, ...(problem === undefined ? {} : { problem }) })
    if (problem === undefined) writeFileSync(join(home, 'out', `${name}.json`), JSON.stringify(golden))
  })
  const names = all.map(({ name }) => name).filter((name) => converted.get(name)!.problem === undefined)
  const groups = Array.from({ length: Math.ceil(names.length / SHARE) }, (_, i) => names.slice(i * SHARE, (i + 1) * SHARE))
  await shared(groups, async (group) => {
    const { stdout } = await run(process.execPath, [join(home, 'run-emitted.ts'), join(home, 'out'), ...group], { maxBuffer: 2 ** 28 })
    for (const [name, result] of Object.entries(JSON.parse(stdout) as Record<string, FixtureRun>)) runs.set(name, result)
  })
}, 300_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Each task once, as many at a time as there are processors. */
async function shared<T>(tasks: readonly T[], perform: (task: T) => Promise<void>): Promise<void> {
  const waiting = [...tasks]
  const work = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await perform(task)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
}

function runOf(name: string): FixtureRun {
  const problem = converted.get(name)!.problem
  if (problem !== undefined) throw new Error(problem)
  const result = runs.get(name)!
  if ('failed' in result) throw new Error(result.failed)
  return result
}

describe.each(all)('$name', (fixture) => {
  judge(fixture, () => runOf(fixture.name))

  test('three files, and a report', () => {
    const { problem, report } = converted.get(fixture.name)!
    expect(problem).toBeUndefined()
    const stem = basename(fixture.name)
    const written = readdirSync(join(home, 'out', dirname(fixture.name))).filter((file) => file.startsWith(`${stem}.`))
    // A host program has its source map beside it.
    const isProgram = readFileSync(join(home, 'out', `${fixture.name}.js`), 'utf8').includes('hostMethod(')
    const map = isProgram ? [`${stem}.js.map`] : []
    expect(written.sort()).toEqual([`${stem}.d.ts`, `${stem}.js`, ...map, `${stem}.json`, `${stem}.onnx`])
    expect(JSON.parse(report)).toMatchObject({ inputs: expect.any(Array), outputs: expect.any(Array), bytesOut: expect.any(Number) })
  })
})
