// Same input and options, same bytes: from other folders, locales and time zones, with little memory, twice, from a cold and from a warm cache.
// That all bundlers emit the same .onnx is a test of the bundler matrix.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { built } from '../bundlers/built.ts'
import { project, REPOSITORY, type Project } from '../bundlers/project.ts'
import { fixtures } from '../e2e/fixtures.ts'
import { hashTable, hostPrograms } from './table.ts'

let home: string
let cli: string
/** The package as it is installed, out of reach of test files that build it anew. */
beforeAll(async () => {
  await built()
  home = mkdtempSync(join(tmpdir(), 'torch-determinism-'))
  cpSync(join(REPOSITORY, 'dist'), join(home, 'a/dist'), { recursive: true })
  cpSync(join(REPOSITORY, 'package.json'), join(home, 'a/package.json'))
  symlinkSync(join(REPOSITORY, 'node_modules'), join(home, 'node_modules'), 'dir')
  cli = join(home, 'a/dist/cli.js')
}, 120_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('command line: other folders, locales, time zones, memory, place of the package', async () => {
  const here = await hashTable({ cli, env: { LC_ALL: 'C', TZ: 'UTC' } })
  expect(here.filter((row) => !/ [0-9a-f]{64}$/.test(row))).toEqual([])
  expect(new Set(here.map((row) => row.split(' ').at(-1))).size).toBeGreaterThan(fixtures().length)
  const elsewhere = join(home, 'ein Ördner')
  mkdirSync(elsewhere)
  cpSync(join(home, 'a'), join(elsewhere, 'b'), { recursive: true })
  const there = await hashTable({
    cli: join(elsewhere, 'b/dist/cli.js'),
    cwd: elsewhere,
    env: { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8', LANGUAGE: 'de', TZ: 'Asia/Kathmandu', NODE_OPTIONS: '--max-old-space-size=400' },
  })
  expect(there).toEqual(here)
}, 240_000)

/** What a Vite build emits of all models, by hash; the generated code included. */
function build(app: Project): Record<string, string> {
  rmSync(app.path('dist'), { recursive: true, force: true })
  execFileSync(process.execPath, ['build.js'], { cwd: app.root, stdio: 'pipe' })
  const files = app.list('dist').filter((file) => /\.\w+$/.test(file))
  return Object.fromEntries(
    files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(app.path('dist', file)))
        .digest('hex'),
    ]),
  )
}

function app(names: readonly string[]): Project {
  const made = project({
    'index.html': '<!doctype html><script type="module" src="/src/main.js"></script>',
    'src/main.js': `${names.map((name, i) => `import * as m${i} from './${name}.pt'`).join('\n')}\nglobalThis.models = [${names.map((_, i) => `m${i}`).join()}]\n`,
    'build.js': `import { build } from 'vite'
import Torch from 'unplugin-torch/vite'
await build({ configFile: false, logLevel: 'error', plugins: [Torch({ report: false })], build: { sourcemap: true } })
`,
  })
  for (const { name, file } of [...fixtures(), ...hostPrograms]) if (names.includes(name)) made.write(`src/${name}.pt`, readFileSync(file))
  return made
}

test('bundle: cold and warm cache, another folder, another order of imports', () => {
  const names = [
    'decision-gate/scripted',
    'control-flow-net/model',
    'raiser/model',
    'buffer-counter/attributes',
    'digits/model',
    'programs/cache',
    'programs/words',
  ]
  const first = app(names)
  const second = app(names.toReversed())
  try {
    const cold = build(first)
    expect(Object.keys(cold).filter((file) => file.endsWith('.onnx'))).toHaveLength(names.length)
    const cache = join('node_modules/.vite/unplugin-torch')
    expect(readdirSync(first.path(cache)).filter((file) => file.endsWith('.entry'))).toHaveLength(names.length)
    expect(build(first)).toEqual(cold)
    // A cache that CI restored: the models look newer than it.
    for (const name of names) utimesSync(first.path(`src/${name}.pt`), new Date(), new Date())
    expect(build(first)).toEqual(cold)
    rmSync(first.path('node_modules/.vite'), { recursive: true })
    expect(build(first)).toEqual(cold)
    const graphs = (files: Record<string, string>): string[] =>
      Object.entries(files)
        .flatMap(([file, hash]) => (file.endsWith('.onnx') ? [hash] : []))
        .sort()
    expect(graphs(build(second))).toEqual(graphs(cold))
  } finally {
    first.remove()
    second.remove()
  }
}, 120_000)
