// The app of the tests of host programs: models of test/programs through every door, their goldens run by the page itself.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { expect } from 'vitest'
import type { Golden } from '../e2e/fixtures.ts'
import { difference } from '../e2e/judge.ts'
import type { FixtureRun } from '../e2e/wire.ts'
import { frame, workerUrl, type BundlerName } from './builders.ts'
import { REPOSITORY } from './project.ts'

export const programs = join(REPOSITORY, 'test/programs')
const NAMES = ['beams', 'cache', 'checked', 'words'] as const
export const goldens = Object.fromEntries(
  NAMES.map((name) => [name, JSON.parse(readFileSync(join(programs, `${name}.json`), 'utf8')) as Golden]),
)

export function hostApp(bundler: BundlerName): Record<string, string | Uint8Array> {
  const wire = transformSync(readFileSync(join(REPOSITORY, 'test/e2e/wire.ts'), 'utf8'), { loader: 'ts', format: 'esm' }).code
  return {
    ...frame(bundler),
    ...Object.fromEntries(NAMES.map((name) => [`src/${name}.pt`, readFileSync(join(programs, `${name}.pt`))])),
    'src/wire.js': wire,
    'src/goldens.js': `export default ${JSON.stringify(goldens)}\n`,
    'src/lazy.js': `import * as beams from './beams.pt'\nimport { runGolden } from './wire.js'\nimport goldens from './goldens.js'\nexport const run = () => runGolden(beams, goldens.beams)\n`,
    'src/worker.js': `import * as words from './words.pt'
import { runGolden } from './wire.js'
self.onmessage = async ({ data }) => self.postMessage(await runGolden(words, data).catch(String))
`,
    'src/main.js': `
import * as cache from './cache.pt'
import * as inOwnWorker from './cache.pt?worker=true'
import * as checked from './checked.pt'
import { runGolden } from './wire.js'
import goldens from './goldens.js'
async function main() {
  const worker = new Worker(${workerUrl(bundler)}, { type: 'module' })
  const answer = new Promise((resolve, reject) => { worker.onmessage = (event) => resolve(event.data); worker.onerror = (event) => reject(new Error(event.message)) })
  worker.postMessage(goldens.words)
  return {
    page: await runGolden(cache, goldens.cache),
    checked: await runGolden(checked, goldens.checked),
    lazy: await (await import('./lazy.js')).run(),
    inUserWorker: await answer,
    inOwnWorker: await runGolden(inOwnWorker, goldens.cache),
  }
}
main().then((result) => { globalThis.done = result }, (error) => { globalThis.done = { error: String(error.stack ?? error) } })
`,
  }
}

/** Door of the page → the model behind it. */
const DOORS = { page: 'cache', checked: 'checked', lazy: 'beams', inUserWorker: 'words', inOwnWorker: 'cache' } as const

/** What the page left, against torch's results. */
export function expectGoldens(result: unknown): void {
  expect(result).not.toHaveProperty('error')
  for (const [door, name] of Object.entries(DOORS)) expectGolden((result as Record<string, FixtureRun | string>)[door]!, name, door)
}

export function expectGolden(run: FixtureRun | string, name: (typeof NAMES)[number], door: string): void {
  expect(typeof run, `${door}: ${typeof run === 'string' ? run : ''}`).toBe('object')
  const { rounds } = run as FixtureRun
  expect(rounds.length).toBeGreaterThan(0)
  for (const outcomes of rounds) {
    expect(outcomes.length).toBe(goldens[name]!.cases.length)
    expect(outcomes.map((outcome, i) => difference(outcome, goldens[name]!.cases[i]!)).filter(Boolean), door).toEqual([])
  }
}
