// Vite beyond the matrix: the dev server in a browser, edits and broken models, SSR built and served, preview, and the user's own Vitest.

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { build, createServer, preview, type Plugin, type ViteDevServer } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PluginOptions } from '../../src/plugin/plugin-options.ts'
import { launch, visit } from './browser.ts'
import { app } from './builders.ts'
import { built } from './built.ts'
import { project, REPOSITORY, type Project } from './project.ts'

const model = readFileSync(`${REPOSITORY}/test/fixtures/decision-gate/scripted.pt`)
const traced = readFileSync(`${REPOSITORY}/test/fixtures/decision-gate/traced.pt`)
const x = [1, -2, 3, 4]
const expected = { positive: x, negative: x, byQuery: x, lazy: x, inUserWorker: x, inOwnWorker: x }

let browser: Browser
let files: Project
let servers: { close(): Promise<void> }[]

/** The plugin of the package as the project has it installed. */
const plugin = async (options?: PluginOptions): Promise<Plugin> => {
  const entry = (await import(pathToFileURL(files.path('node_modules/unplugin-torch/dist/vite.js')).href)) as {
    default: (options?: PluginOptions) => Plugin
  }
  return entry.default(options)
}
const dev = async (
  options: { base?: string; plugin?: PluginOptions; root?: string } = {},
): Promise<{ server: ViteDevServer; url: string }> => {
  const server = await createServer({
    root: options.root ?? files.root,
    base: options.base ?? '/',
    configFile: false,
    logLevel: 'silent',
    plugins: [await plugin(options.plugin)],
    server: { port: 0, fs: { allow: [files.root, REPOSITORY] } },
  })
  servers.push(server)
  await server.listen()
  return { server, url: server.resolvedUrls!.local[0]! }
}

beforeAll(async () => {
  await built()
  browser = await launch()
}, 120_000)
afterAll(() => browser?.close())
beforeEach(() => {
  servers = []
  files = project(app(model, 'vite'))
})
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()))
  files.remove()
})

describe('dev', () => {
  test.each([
    ['at / with threads', '/', { isolate: true }, 2],
    ['under /sub/', '/sub/', {}, 1],
  ] as const)(
    '%s',
    async (_, base, options, threads) => {
      const { url } = await dev({ base, plugin: options })
      expect(url.endsWith(base)).toBe(true)
      const { result, errors } = await visit(browser, url)
      expect(errors).toEqual([])
      expect(result).toEqual({ ...expected, threads, isolated: threads === 2 })
      // No reload in the middle: the page was asked for once.
    },
    90_000,
  )

  test('an edit reloads the page; a broken model is an overlay, a mended one removes it', async () => {
    files.write(
      'src/main.js',
      `import net from './net.pt'\nnet({ type: 'float32', data: Float32Array.of(-1), dims: [1, 1] }).then((y) => { document.body.textContent = String(y.data[0]) }, (e) => { document.body.textContent = String(e) })`,
    )
    files.write(
      'index.html',
      '<!doctype html><link rel="icon" href="data:,"><body></body><script type="module" src="/src/main.js"></script>',
    )
    const { url } = await dev()
    const page = await browser.newPage()
    await page.goto(url)
    await page.waitForFunction('document.body.textContent === "1"')
    // The trace took the branch that gives x.
    files.write('src/net.pt', traced)
    await page.waitForFunction('document.body.textContent === "-1"')
    files.write('src/net.pt', model.subarray(0, 700))
    await page.waitForFunction('document.querySelector("vite-error-overlay") !== null')
    const overlay = await page.evaluate('document.querySelector("vite-error-overlay").shadowRoot.textContent')
    expect(overlay).toMatch(/PT1\d{3} src\/net\.pt/)
    expect(overlay).toContain('Fix:')
    expect(overlay).not.toContain('at convert')
    files.write('src/net.pt', model)
    await page.waitForFunction('document.querySelector("vite-error-overlay") === null && document.body.textContent === "1"')
    await page.close()
  }, 90_000)

  test('modules evaluated in Node', async () => {
    files.write(
      'src/server.js',
      `import net from './net.pt'\nexport const run = async (...values) => [...(await net({ type: 'float32', data: Float32Array.from(values), dims: [values.length] })).data]\n`,
    )
    const { server } = await dev()
    const { run } = (await server.ssrLoadModule('/src/server.js')) as { run: (...values: number[]) => Promise<number[]> }
    expect(await run(-1, -2)).toEqual([1, 2])
  }, 60_000)

  test('a query that does not exist is said to the importer', async () => {
    files.write('src/main.js', `import net from './net.pt?mdoe=script'\n`)
    const { server } = await dev()
    await server.transformRequest('/src/main.js')
    await expect(server.transformRequest('/src/net.pt?mdoe=script')).rejects.toThrow('did you mean "mode"?')
  }, 60_000)
})

describe('build', () => {
  test('preview with threads, relative base', async () => {
    await build({ root: files.root, configFile: false, logLevel: 'silent', base: './', plugins: [await plugin({ isolate: true })] })
    const server = await preview({
      root: files.root,
      configFile: false,
      logLevel: 'silent',
      plugins: [await plugin({ isolate: true })],
      preview: { port: 0 },
    })
    servers.push(server)
    const { result, errors } = await visit(browser, server.resolvedUrls!.local[0]!)
    expect(errors).toEqual([])
    expect(result).toEqual({ ...expected, threads: 2, isolated: true })
  }, 90_000)

  // Vite takes the first entry of a worker's bundle for the worker itself: a second one must not be there.
  test.each([undefined, 'es'] as const)(
    'a model with a worker of its own, imported by the worker of the app (format %s)',
    async (format) => {
      files.write(
        'src/worker.js',
        `import a from './net.pt?worker=true'\nself.onmessage = async ({ data }) => self.postMessage(await a(data).then((y) => [...y.data], String))\n`,
      )
      await build({
        root: files.root,
        configFile: false,
        logLevel: 'silent',
        plugins: [await plugin()],
        ...(format === undefined ? {} : { worker: { format } }),
      })
      const server = await preview({ root: files.root, configFile: false, logLevel: 'silent', preview: { port: 0 } })
      servers.push(server)
      const { result, errors } = await visit(browser, server.resolvedUrls!.local[0]!)
      expect(errors).toEqual([])
      expect(result).toMatchObject(expected)
    },
    90_000,
  )

  test('the bundle for pages also runs in Node', async () => {
    files.write(
      'src/entry.js',
      `import net from './net.pt'\nexport const run = async (...values) => [...(await net({ type: 'float32', data: Float32Array.from(values), dims: [values.length] })).data]\n`,
    )
    await build({
      root: files.root,
      configFile: false,
      logLevel: 'silent',
      base: './',
      plugins: [await plugin()],
      build: { lib: { entry: 'src/entry.js', formats: ['es'], fileName: 'entry' } },
    })
    const { run } = (await import(pathToFileURL(files.path('dist/entry.js')).href)) as { run: (...values: number[]) => Promise<number[]> }
    expect(await run(-1, -2)).toEqual([1, 2])
  }, 90_000)

  test('SSR: the output runs without node_modules', async () => {
    files.write(
      'src/deep/render.js',
      `import net from '../net.pt'\nexport const render = async (...values) => [...(await net({ type: 'float32', data: Float32Array.from(values), dims: [values.length] })).data].join()\n`,
    )
    files.write('src/server.js', `export const render = async (...values) => (await import('./deep/render.js')).render(...values)\n`)
    await build({
      root: files.root,
      configFile: false,
      logLevel: 'silent',
      base: '/sub/',
      plugins: [await plugin()],
      build: { ssr: 'src/server.js', outDir: 'server' },
    })
    expect(files.list('server').filter((file) => /jsep|asyncify|jspi/.test(file))).toEqual([])
    const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'torch-deployed-')))
    try {
      cpSync(files.path('server'), join(elsewhere, 'server'), { recursive: true })
      cpSync(files.path('package.json'), join(elsewhere, 'package.json'))
      const code = `import { render } from './server/server.js'\nconsole.log(await render(-1, -2))`
      expect(execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: elsewhere, encoding: 'utf8' }).trim()).toBe('1,2')
    } finally {
      rmSync(elsewhere, { recursive: true, force: true })
    }
  }, 90_000)

  test('a model outside of the app finds the packages of the app', async () => {
    const outside = realpathSync(mkdtempSync(join(tmpdir(), 'torch-outside-')))
    try {
      mkdirSync(join(outside, 'models'))
      cpSync(files.path('src/net.pt'), join(outside, 'models/net.pt'))
      files.write(
        'src/main.js',
        `import net from ${JSON.stringify(join(outside, 'models/net.pt'))}\nnet({ type: 'float32', data: Float32Array.of(-1), dims: [1] }).then((y) => { globalThis.done = y.data[0] })`,
      )
      await build({ root: files.root, configFile: false, logLevel: 'silent', plugins: [await plugin()] })
      const server = await preview({ root: files.root, configFile: false, logLevel: 'silent', preview: { port: 0 } })
      servers.push(server)
      expect(await visit(browser, server.resolvedUrls!.local[0]!)).toMatchObject({ result: 1, errors: [] })
      expect(existsSync(join(outside, 'models/net.pt.d.ts'))).toBe(false)
    } finally {
      rmSync(outside, { recursive: true, force: true })
    }
  }, 90_000)

  test('the cache makes the second build say so; types are written once', async () => {
    const lines: string[] = []
    const again = async (): Promise<void> => {
      lines.length = 0
      const quiet = (line: string): void => void lines.push(line)
      const logger = {
        info: quiet,
        warn: quiet,
        warnOnce: quiet,
        error: quiet,
        clearScreen() {},
        hasErrorLogged: () => false,
        hasWarned: false,
      }
      await build({ root: files.root, configFile: false, customLogger: logger, plugins: [await plugin()] })
    }
    await again()
    const report = (): string[] =>
      lines.flatMap((line) => line.split('\n')).filter((line) => line.includes('src/net.pt') && line.includes(' graph '))
    expect(report()[0]).toMatch(/src\/net\.pt +graph +\d+ +[\d,]+ +[\d.]+ m?s +graph +[\d.]+ k?B/)
    const types = readFileSync(files.path('src/net.pt.d.ts'), 'utf8')
    expect(types).toContain('export default')
    // Once by Vite's `warnOnce`; each of the three imports is a conversion.
    expect(new Set(lines.filter((line) => line.startsWith('PT3501 src/net.pt'))).size).toBe(1)
    await again()
    expect(lines.filter((line) => line.startsWith('PT3501'))).toEqual([])
    expect(report().every((line) => line.includes(' cached '))).toBe(true)
    expect(readFileSync(files.path('src/net.pt.d.ts'), 'utf8')).toBe(types)
  }, 90_000)
})

// `page.js` stands for jsdom and happy-dom: an environment that asks for the modules of pages, and evaluates them in Node.
test.each(['node', './page.js'])(
  "the user's own Vitest imports a model in the environment %s",
  (environment) => {
    files.write('page.js', `export default { name: 'page', viteEnvironment: 'client', setup: () => ({ teardown() {} }) }\n`)
    files.write(
      'vitest.config.js',
      `import Torch from 'unplugin-torch/vite'\nexport default { plugins: [Torch()], test: { environment: ${JSON.stringify(environment)} } }\n`,
    )
    files.write(
      'net.test.js',
      `import { expect, test } from 'vitest'
import net from './src/net.pt'
test('the gate', async () => {
  expect([...(await net({ type: 'float32', data: Float32Array.of(-1, -2), dims: [2] })).data]).toEqual([1, 2])
})
`,
    )
    const output = execFileSync(process.execPath, [files.path('node_modules/vitest/vitest.mjs'), 'run'], {
      cwd: files.root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', VITEST: undefined },
    })
    expect(output).toContain('1 passed')
  },
  90_000,
)
