// What builds live through besides the matrix: watching with a cleaned output, edits, errors as each bundler shows them, bundles run in Node, many builds on one cache.

import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { app, build, BUNDLERS } from './builders.ts'
import { built } from './built.ts'
import { project, REPOSITORY, type Project } from './project.ts'

const model = readFileSync(`${REPOSITORY}/test/fixtures/decision-gate/scripted.pt`)
const traced = readFileSync(`${REPOSITORY}/test/fixtures/decision-gate/traced.pt`)

let files: Project
beforeAll(() => built(), 120_000)
afterEach(() => files?.remove())

const NODE_ENTRY = `import net from './net.pt'\nexport const run = async (...values) => [...(await net({ type: 'float32', data: Float32Array.from(values), dims: [values.length] })).data]\n`
const hashes = (): string[] =>
  files
    .list('dist')
    .filter((file) => file.endsWith('.onnx'))
    .map((file) =>
      createHash('sha256')
        .update(readFileSync(files.path('dist', file)))
        .digest('hex'),
    )

describe('bundles run in Node', () => {
  const scripts = {
    rollup: `import { rollup } from 'rollup'
import Torch from 'unplugin-torch/rollup'
const bundle = await rollup({ input: 'src/entry.js', plugins: [Torch()] })
await bundle.write({ dir: 'dist', format: 'es', entryFileNames: 'entry.mjs' })`,
    rolldown: `import { rolldown } from 'rolldown'
import Torch from 'unplugin-torch/rolldown'
const bundle = await rolldown({ input: 'src/entry.js', plugins: [Torch()] })
await bundle.write({ dir: 'dist', format: 'es', entryFileNames: 'entry.mjs' })`,
    esbuild: `import { build } from 'esbuild'
import Torch from 'unplugin-torch/esbuild'
await build({ entryPoints: ['src/entry.js'], outdir: 'dist', outExtension: { '.js': '.mjs' }, bundle: true, format: 'esm', plugins: [Torch()] })`,
    webpack: `import webpack from 'webpack'
import Torch from 'unplugin-torch/webpack'
${nodeCompiler('webpack')}`,
    rspack: `import { rspack } from '@rspack/core'
import Torch from 'unplugin-torch/rspack'
${nodeCompiler('rspack')}`,
  }
  function nodeCompiler(create: string): string {
    return `${create}({ mode: 'production', target: 'node20', context: process.cwd(), entry: './src/entry.js', experiments: { outputModule: true },
  output: { path: process.cwd() + '/dist', filename: 'entry.mjs', module: true, library: { type: 'module' } }, plugins: [Torch()] },
  (error, stats) => { if (error || stats.hasErrors()) { console.error(error ?? stats.toString('errors-only')); process.exitCode = 1 } })`
  }
  test.each(Object.entries(scripts))(
    '%s',
    (_, script) => {
      files = project({ 'src/net.pt': model, 'src/entry.js': NODE_ENTRY, 'build.js': script })
      execFileSync(process.execPath, ['build.js'], { cwd: files.root, stdio: 'pipe' })
      const code = `import { run } from './dist/entry.mjs'\nconsole.log((await run(-1, -2)).join())`
      expect(execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: files.root, encoding: 'utf8' }).trim()).toBe('1,2')
    },
    60_000,
  )
})

describe('watching with a cleaned output', () => {
  let watcher: ChildProcess | undefined
  afterEach(() => void watcher?.kill())

  test.each(['webpack', 'rspack'] as const)(
    '%s keeps the graph when another file changes, and makes a new one when the model does',
    async (bundler) => {
      files = project({
        'src/net.pt': model,
        'src/main.js': `import net from './net.pt'\nconsole.log(net)\n`,
        'watch.js': `import * as bundler from '${bundler === 'webpack' ? 'webpack' : '@rspack/core'}'
import Torch from 'unplugin-torch/${bundler}'
const create = bundler.rspack ?? bundler.default
create({ mode: 'development', context: process.cwd(), entry: './src/main.js', output: { path: process.cwd() + '/dist', filename: 'main.js', clean: true }, plugins: [Torch()] })
  .watch({ aggregateTimeout: 20 }, (error, stats) => console.log('built', String(error ?? stats.hasErrors())))
`,
      })
      let builds = 0
      const waiters: (() => void)[] = []
      watcher = spawn(process.execPath, ['watch.js'], { cwd: files.root, stdio: ['ignore', 'pipe', 'ignore'] })
      watcher.stdout!.on('data', (chunk: Buffer) => {
        builds += chunk.toString().split('built false').length - 1
        for (const waiter of waiters) waiter()
      })
      const until = (done: () => boolean): Promise<void> =>
        new Promise((resolve) => {
          const check = (): void => {
            if (!done()) return
            clearInterval(timer)
            resolve()
          }
          const timer = setInterval(check, 50)
          waiters.push(check)
        })
      await until(() => builds >= 1)
      const [first] = hashes()
      expect(first).toMatch(/^[\w-]+$/)
      await new Promise((resolve) => setTimeout(resolve, 300))
      const before = builds
      files.write('src/main.js', `import net from './net.pt'\nconsole.log('edited', net)\n`)
      await until(() => builds > before && readFileSync(files.path('dist/main.js'), 'utf8').includes('edited'))
      expect(hashes()).toEqual([first])
      files.write('src/net.pt', traced)
      await until(() => hashes().length === 1 && hashes()[0] !== first)
      expect(hashes()).toHaveLength(1)
    },
    60_000,
  )
})

describe('errors', () => {
  beforeEach(() => {
    files = project({ ...app(model, 'vite'), 'src/net.pt': model.subarray(0, 700) })
  })
  test.each(BUNDLERS)(
    '%s shows code, file and fix, and no stack of ours',
    (bundler) => {
      for (const [file, text] of Object.entries(app(model, bundler))) if (file !== 'src/net.pt') files.write(file, text)
      let output = ''
      try {
        build(files, bundler)
      } catch (error) {
        output = String((error as { stderr?: string }).stderr)
      }
      expect(output).toMatch(/PT1\d{3} src\/net\.pt/)
      expect(output).toContain('Fix:')
      expect(output).not.toMatch(/at .*(?:converter|readTorchScript|compileModel)/)
      expect(files.list('dist').filter((file) => file.endsWith('.onnx'))).toEqual([])
    },
    60_000,
  )
})

test("esbuild's other formats are refused with what to do", () => {
  files = project({
    'src/net.pt': model,
    'src/entry.js': NODE_ENTRY,
    'build.js': `import { build } from 'esbuild'
import Torch from 'unplugin-torch/esbuild'
await build({ entryPoints: ['src/entry.js'], outdir: 'dist', bundle: true, plugins: [Torch()] })`,
  })
  expect(() => execFileSync(process.execPath, ['build.js'], { cwd: files.root, stdio: 'pipe' })).toThrow("set format: 'esm'")
}, 60_000)

describe('one cache', () => {
  test('eight builds at once, cold, give the same and work each; then with every entry damaged', async () => {
    files = project({ 'src/net.pt': model, 'src/entry.js': NODE_ENTRY })
    files.write(
      'build.js',
      `import { rollup } from 'rollup'
import Torch from 'unplugin-torch/rollup'
const bundle = await rollup({ input: 'src/entry.js', plugins: [Torch()] })
await bundle.write({ dir: process.argv[2], format: 'es' })`,
    )
    const run = promisify(execFile)
    const outputs = Array.from({ length: 8 }, (_, i) => `dist/${i}`)
    await Promise.all(outputs.map((output) => run(process.execPath, ['build.js', output], { cwd: files.root })))
    expect(new Set(hashes()).size).toBe(1)
    expect(hashes()).toHaveLength(8)
    const [right] = hashes()
    const cache = files.list('node_modules/.cache/unplugin-torch')
    expect(cache.filter((file) => file.endsWith('.entry')).length).toBe(1)
    expect(cache.filter((file) => file.endsWith('.tmp'))).toEqual([])
    rmSync(files.path('dist'), { recursive: true })
    for (const file of cache) writeFileSync(files.path('node_modules/.cache/unplugin-torch', file), 'damaged')
    const { stderr } = await run(process.execPath, ['build.js', 'dist/again'], { cwd: files.root })
    expect(stderr.split('PT6031')).toHaveLength(2)
    expect(hashes()).toEqual([right])
  }, 90_000)

  test('a warm build does not need it', () => {
    files = project(app(model, 'vite'))
    build(files, 'vite')
    const cold = hashes()
    rmSync(files.path('node_modules/.vite'), { recursive: true, force: true })
    rmSync(files.path('node_modules/.cache'), { recursive: true, force: true })
    build(files, 'vite', { options: { cache: false } })
    expect(hashes()).toEqual(cold)
    expect(existsSync(files.path('node_modules/.vite/unplugin-torch'))).toBe(false)
  }, 60_000)
})
