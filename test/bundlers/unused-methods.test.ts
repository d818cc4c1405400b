// Methods that no module imports are not shipped, in the bundlers that tell which exports are used; what is left runs, here in Node.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { rolldown, watch as watchRolldown } from 'rolldown'
import { rollup, watch as watchRollup } from 'rollup'
import { build as viteBuild, createLogger } from 'vite'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { compileModel } from '../../src/plugin/compile-model.ts'
import type { PluginOptions } from '../../src/plugin/plugin-options.ts'
import { unplugin } from '../../src/plugin/unplugin.ts'
import { built } from './built.ts'
import { project, REPOSITORY, type Project } from './project.ts'

// Of two methods, forward and encode, each with weights of its own.
const model = readFileSync(join(REPOSITORY, 'test/compiler/outputs/methods.pt'))

let files: Project
let cwd: string
const bytes = new Map<string, number>()
beforeAll(async () => {
  await built()
  for (const methods of [['forward'], ['encode'], ['forward', 'encode']])
    bytes.set(methods.join(), (await compileModel(model, { methods }, 'src/net.pt')).graph.length)
}, 120_000)
beforeEach(() => {
  cwd = process.cwd()
})
afterEach(() => {
  process.chdir(cwd)
  vi.restoreAllMocks()
  files.remove()
})

const X = `{ type: 'float32', data: Float32Array.of(1, 1, 1, 1), dims: [1, 4] }`
const PRINT = `const print = (values) => console.log(JSON.stringify(values.map((y) => (y.data ? y.dims : y))))\n`
const RUN = `run().then(print, (error) => print([String(error)]))\n`
const SOURCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a named import': { 'main.js': `import { encode } from './net.pt'\n${PRINT}const run = () => encode(${X})\n${RUN}` },
  'an import that nobody uses, beside one': {
    'main.js': `import { encode } from './net.pt'\nimport net from './net.pt'\nexport const unused = 1\n${PRINT}const run = () => encode.named({ x: ${X} })\n${RUN}`,
  },
  'a namespace': { 'main.js': `import * as all from './net.pt'\n${PRINT}const run = () => all.encode(${X})\n${RUN}` },
  'the default alone': { 'main.js': `import net from './net.pt'\n${PRINT}const run = () => net(${X})\n${RUN}` },
  'both, in two modules': {
    'main.js': `import net from './net.pt'\nimport { more } from './more.js'\n${PRINT}const run = async () => [...(await net(${X})), ...(await more())]\n${RUN}`,
    'more.js': `import { encode } from './net.pt'\nexport const more = () => encode(${X})\n`,
  },
  'a re-export that is used': {
    'main.js': `import { other } from './again.js'\n${PRINT}const run = () => other(${X})\n${RUN}`,
    'again.js': `export { encode as other, default } from './net.pt'\n`,
  },
  'the property methods': { 'main.js': `import net from './net.pt'\n${PRINT}const run = () => net.methods.encode(${X})\n${RUN}` },
  'the property methods, taken apart': {
    'main.js': `import net from './net.pt'\nconst { methods } = net\n${PRINT}const run = () => methods.encode(${X})\n${RUN}`,
  },
  'a property that nothing tells': {
    'main.js': `import net from './net.pt'\n${PRINT}const run = () => net[['met', 'hods'].join('')].encode(${X})\n${RUN}`,
  },
}

const FORWARD = '[[1,64],[1,65]]'
const ENCODE = '[[1,66],[1,4]]'
const CASES: readonly (readonly [name: string, kept: string, printed: string | RegExp])[] = [
  ['a named import', 'encode', ENCODE],
  ['an import that nobody uses, beside one', 'encode', ENCODE],
  ['a namespace', 'encode', ENCODE],
  ['the default alone', 'forward', FORWARD],
  ['both, in two modules', 'forward,encode', '[[1,64],[1,65],[1,66],[1,4]]'],
  ['a re-export that is used', 'encode', ENCODE],
  ['the property methods', 'forward,encode', ENCODE],
  ['the property methods, taken apart', 'forward,encode', ENCODE],
  ['a property that nothing tells', 'forward', /the method 'encode' is not part of this build/],
]

/** Builds `src/main.js` into `dist`; what was printed. */
async function build(bundler: string, options: PluginOptions, minify = false): Promise<string> {
  const said: string[] = []
  if (bundler === 'vite') {
    const silent = (): void => undefined
    const customLogger = { ...createLogger('info'), info: (text: string) => void said.push(text), error: silent, warn: silent }
    await viteBuild({
      root: files.root,
      configFile: false,
      base: './',
      customLogger: customLogger as never,
      plugins: [unplugin.vite(options)],
      build: { minify, modulePreload: false, target: 'esnext', rollupOptions: { input: files.path('src/main.js') } },
    })
    return said.join('\n')
  }
  vi.spyOn(console, 'info').mockImplementation((text: unknown) => void said.push(String(text)))
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  process.chdir(files.root)
  const input = { input: 'src/main.js', onwarn: () => undefined }
  const bundle =
    bundler === 'rollup'
      ? await rollup({ ...input, plugins: [unplugin.rollup(options), nodeResolve({ browser: true })] })
      : await rolldown({ input: 'src/main.js', plugins: [unplugin.rolldown(options)], logLevel: 'silent' })
  await bundle.write({ dir: 'dist', format: 'es' })
  await bundle.close()
  return said.join('\n')
}

const graphs = (): readonly string[] => files.list('dist').filter((file) => file.endsWith('.onnx'))

function runMain(): string {
  const main = files.list('dist').find((file) => /(?:^|\/)main[^/]*\.js$/.test(file))!
  const { stdout, stderr } = spawnSync(process.execPath, [files.path('dist', main)], { cwd: files.root, encoding: 'utf8' })
  return stdout.trim() || stderr
}

const start = (name: string): void => {
  const sources = Object.entries(SOURCES[name]!).map(([file, text]) => [`src/${file}`, text] as const)
  files = project({ 'src/net.pt': model, ...Object.fromEntries(sources) })
}

describe.each(['vite', 'rollup', 'rolldown'])('%s', (bundler) => {
  test.each(CASES)(
    '%s',
    async (name, kept, printed) => {
      start(name)
      const said = await build(bundler, {})
      expect(graphs()).toHaveLength(1)
      expect(readFileSync(files.path('dist', graphs()[0]!)).length).toBe(bytes.get(kept))
      expect(said.match(/src\/net\.pt +graph/g)).toHaveLength(1)
      for (const file of files.list('dist').filter((one) => one.endsWith('.js')))
        expect(readFileSync(files.path('dist', file), 'utf8')).not.toContain('__UNPLUGIN_TORCH')
      if (typeof printed === 'string') expect(runMain()).toBe(printed)
      else expect(runMain()).toMatch(printed)
    },
    60_000,
  )

  test('methods that are configured are kept, and budgets are about what is shipped', async () => {
    start('a named import')
    await build(bundler, { defaults: { methods: ['forward', 'encode'] } })
    expect(readFileSync(files.path('dist', graphs()[0]!)).length).toBe(bytes.get('forward,encode'))
    const budget = bytes.get('encode')!
    await expect(build(bundler, { defaults: { budget } })).resolves.toContain('src/net.pt')
    await expect(build(bundler, { defaults: { budget: budget - 1 } })).rejects.toThrow(/PT6060 src\/net\.pt/)
  }, 60_000)

  test('outputs of a method that is left out', async () => {
    start('a named import')
    await build(bundler, { defaults: { outputs: ['1'] } })
    expect(readFileSync(files.path('dist', graphs()[0]!)).length).toBe(bytes.get('encode'))
    expect(runMain()).toBe(ENCODE)
    await build(bundler, { defaults: { outputs: { forward: ['1'], encode: ['1'] } } })
    expect(runMain()).toBe('[[1,4]]')
  }, 60_000)
})

test.each(['vite', 'rollup', 'rolldown'])(
  '%s: a model in a worker of its own',
  async (bundler) => {
    start('a named import')
    await build(bundler, { defaults: { worker: true } })
    expect(graphs()).toHaveLength(1)
    const graph = readFileSync(files.path('dist', graphs()[0]!))
    expect(graph.length).toBe(bytes.get('encode'))
    const texts = files
      .list('dist')
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFileSync(files.path('dist', file), 'utf8'))
    expect(texts.join('\n')).not.toContain('__UNPLUGIN_TORCH')
    // The page's module and the worker's both know which bytes to expect.
    const hash = createHash('sha256').update(graph).digest('hex')
    expect(texts.filter((text) => text.includes(hash) && text.includes(graphs()[0]!.split('/').at(-1)!))).toHaveLength(2)
  },
  60_000,
)

test('the names of chunks tell which graph they load', async () => {
  const mains = new Set<string>()
  for (const opset of [18, 20] as const) {
    start('a named import')
    await build('vite', { defaults: { opset } })
    mains.add(files.list('dist').find((file) => /main[^/]*\.js$/.test(file))!)
    if (opset === 18) files.remove()
  }
  expect(mains.size).toBe(2)
}, 60_000)

test.each(['rollup', 'rolldown'])(
  '%s: a watching build, before and after an edit',
  async (bundler) => {
    start('a named import')
    process.chdir(files.root)
    vi.spyOn(console, 'info').mockImplementation(() => undefined)
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const output = { dir: 'dist', format: 'es' } as const
    const watcher =
      bundler === 'rollup'
        ? watchRollup({
            input: 'src/main.js',
            plugins: [unplugin.rollup({}), nodeResolve({ browser: true })],
            output,
            onwarn: () => undefined,
          })
        : watchRolldown({ input: 'src/main.js', plugins: [unplugin.rolldown({})], output, logLevel: 'silent' })
    const ended = async (): Promise<void> =>
      new Promise((resolve, reject) => {
        watcher.on('event', (event: { readonly code: string; readonly error?: unknown }) => {
          if (event.code === 'END') resolve()
          if (event.code === 'ERROR') reject(event.error as Error)
        })
      })
    try {
      await ended()
      expect(runMain()).toBe(ENCODE)
      const again = ended()
      files.write('src/main.js', `${SOURCES['a named import']!['main.js']!}console.error('edited')\n`)
      await again
      expect(runMain()).toBe(ENCODE)
      files.write('src/main.js', SOURCES['both, in two modules']!['main.js']!)
      const third = ended()
      files.write('src/more.js', SOURCES['both, in two modules']!['more.js']!)
      await third
      expect(runMain()).toBe('[[1,64],[1,65],[1,66],[1,4]]')
    } finally {
      await watcher.close()
    }
  },
  60_000,
)

test('minified', async () => {
  start('a named import')
  await build('vite', {}, true)
  expect(runMain()).toBe(ENCODE)
}, 60_000)
