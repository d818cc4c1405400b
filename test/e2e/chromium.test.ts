// Every committed model in one app, built by Vite as a user would, run in Chromium on onnxruntime-web: all goldens, images, and the accuracy of the trained one.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, serve, visit } from '../bundlers/browser.ts'
import { built } from '../bundlers/built.ts'
import { project, type Project } from '../bundlers/project.ts'
import { decodeLeaf, tensorElements } from '../support/leaf.ts'
import type { Tensor } from '../../src/ir/tensor.ts'
import { fixtureFolder, fixtures } from './fixtures.ts'
import { imageModels } from './images.ts'
import { difference, judge } from './judge.ts'
import { fromWire, type FixtureRun, type Outcome } from './wire.ts'

interface PageRun {
  readonly fixtures: Readonly<Record<string, FixtureRun | { readonly failed: string }>>
  /** By model, image and kind of source. */
  readonly images: Readonly<Record<string, Readonly<Record<string, { readonly outcome: Outcome; readonly label: string }>>>>
  readonly digits: Outcome
}

const all = fixtures()
const SPLIT = 'digits/test-split.json'
let app: Project
/** Models that cannot be converted, with their problem: the page is built of the others. */
const unconverted = new Map<string, string>()
let page: PageRun
let errors: readonly string[] = []

const text = (path: string): string => readFileSync(join(fixtureFolder, path), 'utf8')

/** The app's entry: static imports, as in any app. */
function main(names: readonly string[]): string {
  const imports = names.map((name, i) => `import * as m${i} from './models/${name}.pt'`)
  const table = names.map((name, i) => `  ${JSON.stringify(name)}: m${i},`)
  return `${imports.join('\n')}
import { run } from './page.ts'
run({
${table.join('\n')}
}).then((result) => { globalThis.done = result }, (error) => { globalThis.done = String(error.stack ?? error) })
`
}

beforeAll(async () => {
  await built()
  app = project({
    'index.html': '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/src/main.js"></script>',
    'src/wire.ts': readFileSync(join(import.meta.dirname, 'wire.ts')),
    'src/page.ts': readFileSync(join(import.meta.dirname, 'page.ts')),
    [`public/goldens/${SPLIT}`]: text(SPLIT),
    'vite.config.js': `import Torch from 'unplugin-torch/vite'
export default { logLevel: 'warn', plugins: [Torch(${JSON.stringify({ models: Object.fromEntries(imageModels().map(({ name, golden }) => [`src/models/${name}.pt`, { preprocess: golden.preprocess, labels: golden.labels }])) })})] }
`,
    'build.js': `import { build } from 'vite'\nawait build()\n`,
  })
  for (const { name, file } of all) {
    app.write(`src/models/${name}.pt`, readFileSync(file))
    app.write(`public/goldens/${name}.json`, text(`${name}.json`))
  }
  for (const { name, golden } of imageModels()) {
    app.write(`public/goldens/${name}.images.json`, text(`${name}.images.json`))
    for (const { png } of golden.cases) app.write(`public/images/${png}`, readFileSync(join(fixtureFolder, 'image-preprocess', png)))
  }
  const types = node('node_modules/unplugin-torch/dist/cli.js', 'types', 'src/models', '--json')
  if (types.status !== 0) {
    const { problems } = JSON.parse(types.stdout) as { readonly problems: readonly { code: string; message: string; file?: string }[] }
    for (const { code, message, file } of problems) unconverted.set(file?.replace(/\.pt$/, '') ?? 'the command', `${code} ${message}`)
  }
  app.write('src/main.js', main(all.map(({ name }) => name).filter((name) => !unconverted.has(name))))
  const { status, stderr } = node('build.js')
  expect(status, stderr).toBe(0)
  const [browser, server] = await Promise.all([launch(), serve(app.path('dist'))])
  try {
    const visited = await visit(browser, `${server.origin}/`, 90_000)
    errors = visited.errors
    if (typeof visited.result !== 'object') throw new Error(`the page: ${String(visited.result)}\n${errors.join('\n')}`)
    page = visited.result as PageRun
  } finally {
    await browser.close()
    await server.close()
  }
}, 300_000)
afterAll(() => app?.remove())

function node(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, args, { cwd: app.root, encoding: 'utf8', maxBuffer: 2 ** 26 })
}

function runOf(name: string): FixtureRun {
  const problem = unconverted.get(name)
  if (problem !== undefined) throw new Error(problem)
  const result = page.fixtures[name]!
  if ('failed' in result) throw new Error(result.failed)
  return result
}

test('all models are converted, and the page has nothing to complain of', () => {
  expect(Object.fromEntries(unconverted)).toEqual({})
  expect(errors.join('\n')).toBe('')
})

describe.each(all)('$name', (fixture) => judge(fixture, () => runOf(fixture.name)))

describe.each(imageModels())('images: $name', ({ name, golden }) => {
  const sources = ['pixels', 'ImageData', 'ImageBitmap', 'HTMLImageElement', 'HTMLCanvasElement', 'OffscreenCanvas', 'Blob']
  test.each(golden.cases)('$name', (one) => {
    const runs = page.images[`${name}/${one.name}`]!
    expect(Object.keys(runs).sort()).toEqual(sources.toSorted())
    for (const [source, { outcome, label }] of Object.entries(runs)) {
      expect(difference(outcome, one), source).toBeUndefined()
      expect(label, source).toBe(one.label)
      for (const other of golden.cases) if (other !== one) expect(difference(outcome, other), source).toBeDefined()
    }
  })
})

test('digits: the accuracy of PyTorch', () => {
  const split = JSON.parse(text(SPLIT)) as Record<'labels' | 'predictions' | 'accuracy', Parameters<typeof decodeLeaf>[0]>
  const elements = (key: 'labels' | 'predictions'): number[] => tensorElements(decodeLeaf(split[key]) as Tensor).map(Number)
  if ('error' in page.digits) throw new Error(page.digits.error.message)
  const predictions = (fromWire(page.digits.value) as number[]).map(Number)
  expect(predictions).toEqual(elements('predictions'))
  const right = elements('labels').filter((label, i) => predictions[i] === label).length
  expect(right / predictions.length).toBe(decodeLeaf(split.accuracy))
  expect(right / predictions.length).toBeGreaterThanOrEqual(0.97)
})
