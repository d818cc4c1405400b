// What bundlers do with what is known of a build: the table at its end, and a budget that is broken.
// The plugin of the sources runs here, save in webpack.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { build as esbuildBuild } from 'esbuild'
import { rolldown } from 'rolldown'
import { rollup } from 'rollup'
import { build as viteBuild, createLogger, createServer } from 'vite'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PluginOptions } from '../../src/plugin/plugin-options.ts'
import { unplugin } from '../../src/plugin/unplugin.ts'
import { built } from './built.ts'
import { project, REPOSITORY, type Project } from './project.ts'

const model = readFileSync(`${REPOSITORY}/test/fixtures/multi-method/model.pt`)

let files: Project
let cwd: string
beforeAll(() => built(), 120_000)
beforeEach(() => {
  files = project({ 'src/net.pt': model, 'src/main.js': `import net from './net.pt'\nglobalThis.net = net\n` })
  cwd = process.cwd()
})
afterEach(() => {
  process.chdir(cwd)
  vi.restoreAllMocks()
  files.remove()
})

const WEBPACK = `import webpack from 'webpack'
import Torch from 'unplugin-torch/webpack'
const compiler = webpack({
  mode: 'production', context: process.cwd(), entry: './src/main.js', output: { path: process.cwd() + '/dist' }, performance: false,
  plugins: [Torch(JSON.parse(process.argv[2]))],
})
compiler.run((error, stats) => {
  if (error || stats.hasErrors()) { console.error(error ?? stats.toString('errors-only')); process.exitCode = 1 }
  compiler.close(() => {})
})
`

/** What a build prints; rejects when it fails. */
const BUILDS: Readonly<Record<string, (options: PluginOptions) => Promise<string>>> = {
  async vite(options) {
    const said: string[] = []
    const customLogger = {
      ...createLogger('info'),
      info: (text: string) => void said.push(text),
      error: () => undefined,
      warn: () => undefined,
    }
    await viteBuild({
      root: files.root,
      configFile: false,
      customLogger: customLogger as never,
      plugins: [unplugin.vite(options)],
      build: { rollupOptions: { input: files.path('src/main.js') } },
    })
    return said.join('\n')
  },
  // In a process of its own: webpack loads the package's loader by itself.
  async webpack(options) {
    files.write('build.js', WEBPACK)
    const { status, stdout, stderr } = spawnSync(process.execPath, ['build.js', JSON.stringify(options)], {
      cwd: files.root,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    return stdout + stderr
  },
  rollup: (options) => inRollup(async () => rollup({ input: 'src/main.js', plugins: [unplugin.rollup(options)], onwarn: () => undefined })),
  rolldown: (options) =>
    inRollup(async () => rolldown({ input: 'src/main.js', plugins: [unplugin.rolldown(options)], logLevel: 'silent' })),
  async esbuild(options) {
    const said = listen()
    await esbuildBuild({
      absWorkingDir: files.root,
      entryPoints: ['src/main.js'],
      outdir: 'dist',
      bundle: true,
      format: 'esm',
      splitting: true,
      logLevel: 'silent',
      plugins: [unplugin.esbuild(options)],
    })
    return said.join('\n')
  },
}

function listen(): string[] {
  const said: string[] = []
  vi.spyOn(console, 'info').mockImplementation((text: unknown) => void said.push(String(text)))
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  return said
}

async function inRollup(
  start: () => Promise<{ write(output: { dir: string; format: 'es' }): Promise<unknown>; close(): Promise<void> }>,
): Promise<string> {
  const said = listen()
  process.chdir(files.root)
  const bundle = await start()
  await bundle.write({ dir: 'dist', format: 'es' })
  await bundle.close()
  return said.join('\n')
}

describe.each(['vite', 'webpack', 'rollup', 'rolldown'])('%s', (name) => {
  const build = BUILDS[name]!

  test('one table at the end', async () => {
    const said = await build({})
    expect(said.match(/model +form +ops +parameters +time +raw +gzip +brotli/g)).toHaveLength(1)
    expect(said).toMatch(/src\/net\.pt +graph +\d+ +[\d,]+ +[\d.]+ m?s +graph +[\d.]+ k?B +[\d.]+ k?B +[\d.]+ k?B/)
    expect(said).toMatch(/ loader +[\d.]+ kB/)
    // From the cache.
    expect(await build({})).toMatch(/src\/net\.pt +graph .* cached +graph/)
    expect(await build({ report: false })).not.toContain('brotli')
  }, 60_000)

  test('a budget that is broken fails the build', async () => {
    await expect(build({ models: { 'src/net.pt': { budget: '1 kB' } } })).rejects.toThrow(
      /PT6060 src\/net\.pt[^]*Its largest weights[^]*Fix: store weights/,
    )
    await expect(build({ models: { 'src/net.pt': { budget: { raw: '1 MB', gzip: '1 MB' } } } })).resolves.toContain('src/net.pt')
  }, 60_000)
})

test('esbuild prints nothing when it is silent, and keeps to budgets', async () => {
  expect(await BUILDS['esbuild']!({})).toBe('')
  await expect(BUILDS['esbuild']!({ defaults: { budget: 100 } })).rejects.toThrow('PT6060')
}, 60_000)

test("Vite's dev server warns of a budget that is broken", async () => {
  const said: string[] = []
  const customLogger = { ...createLogger('silent'), warnOnce: (text: string) => void said.push(text) }
  const server = await createServer({
    root: files.root,
    configFile: false,
    customLogger: customLogger as never,
    plugins: [unplugin.vite({ defaults: { budget: 100 } })],
    server: { middlewareMode: true, ws: false },
    optimizeDeps: { noDiscovery: true },
  })
  try {
    await server.transformRequest('/src/main.js')
    const { code } = (await server.transformRequest('/src/net.pt'))!
    expect(code).toContain('createModel')
    expect(said.join('\n')).toContain('PT6060 src/net.pt')
  } finally {
    await server.close()
  }
}, 60_000)
