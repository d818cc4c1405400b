// Models for device webgpu in one app, built by Vite as a user would, run in Chromium on SwiftShader against PyTorch's goldens: layers, recurrence,
// attention, control flow, state, exceptions, host programs.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, serve, visit } from '../bundlers/browser.ts'
import { built } from '../bundlers/built.ts'
import { project, type Project } from '../bundlers/project.ts'
import { fixtureFolder, fixtures } from './fixtures.ts'
import { judge } from './judge.ts'
import type { FixtureRun } from './wire.ts'

const FOLDERS =
  'audio-conv beam-search buffer-counter control-flow-net2 decision-gate dict-output digits lstm-classifier multi-method my-cell raiser resnet18-narrow transformer-encoder'
const chosen = fixtures().filter(({ name }) => FOLDERS.split(' ').includes(name.split('/')[0]!))

interface Run {
  readonly device: string
  readonly run: FixtureRun | { readonly failed: string }
}
let app: Project
let runs: Readonly<Record<string, Run>> = {}
let errors: readonly string[] = []

beforeAll(async () => {
  await built()
  const names = chosen.map(({ name }) => name)
  app = project({
    'index.html': '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/src/main.js"></script>',
    'src/wire.ts': readFileSync(join(import.meta.dirname, 'wire.ts')),
    'src/main.js': `${names.map((name, i) => `import * as m${i} from './models/${name}.pt'`).join('\n')}
import { runGolden } from './wire.ts'
const models = { ${names.map((name, i) => `${JSON.stringify(name)}: m${i}`).join(', ')} }
async function run() {
  const runs = {}
  for (const [name, module] of Object.entries(models)) {
    const golden = await (await fetch('/goldens/' + name + '.json')).json()
    const late = new Promise((resolve) => setTimeout(() => resolve({ failed: 'takes too long' }), 30_000))
    const run = await Promise.race([late, runGolden(module, golden).catch((error) => ({ failed: String(error.stack ?? error) }))])
    await module.default.load()
    runs[name] = { run, device: module.default.device }
    await module.default.dispose()
  }
  return runs
}
run().then((result) => { globalThis.done = result }, (error) => { globalThis.done = String(error.stack ?? error) })
`,
    'build.js': `import Torch from 'unplugin-torch/vite'\nimport { build } from 'vite'\nawait build({ configFile: false, logLevel: 'error', plugins: [Torch({ defaults: { device: 'webgpu' }, report: false, dts: false })] })\n`,
  })
  for (const { name, file } of chosen) {
    app.write(`src/models/${name}.pt`, readFileSync(file))
    app.write(`public/goldens/${name}.json`, readFileSync(join(fixtureFolder, `${name}.json`)))
  }
  const { status, stderr } = spawnSync(process.execPath, ['build.js'], { cwd: app.root, encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  const [browser, server] = await Promise.all([launch({ gpu: true }), serve(app.path('dist'))])
  try {
    const visited = await visit(browser, `${server.origin}/`, 200_000)
    errors = visited.errors
    if (typeof visited.result !== 'object') throw new Error(`the page: ${String(visited.result)}\n${errors.join('\n')}`)
    runs = visited.result as typeof runs
  } finally {
    await browser.close()
    await server.close()
  }
}, 300_000)
afterAll(() => app?.remove())

// They compute in float64, which the report says (PT4016).
const ON_WASM = ['buffer-counter/attributes', 'control-flow-net2/model', 'multi-method/model', 'raiser/rows']

test('all run on the GPU that may, and the page has nothing to complain of', () => {
  expect(errors.join('\n')).toBe('')
  expect(Object.fromEntries(chosen.map(({ name }) => [name, runs[name]?.device ?? undefined]))).toEqual(
    Object.fromEntries(chosen.map(({ name }) => [name, ON_WASM.includes(name) ? 'wasm' : 'webgpu'])),
  )
})

describe.each(chosen)('$name', (fixture) =>
  judge(fixture, () => {
    const { run } = runs[fixture.name]!
    if ('failed' in run) throw new Error(run.failed)
    return run
  }),
)
