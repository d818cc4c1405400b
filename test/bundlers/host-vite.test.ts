// Host programs in Vite beyond the matrix: the dev server in a browser and in Node, what it says of sources, SSR built and run elsewhere.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { build, createServer, type Plugin, type ViteDevServer } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FixtureRun } from '../e2e/wire.ts'
import { places, type SourceMapText } from '../support/source-map.ts'
import { launch, visit } from './browser.ts'
import { built } from './built.ts'
import { expectGolden, expectGoldens, hostApp, programs } from './host-app.ts'
import { project, REPOSITORY, type Project } from './project.ts'

let browser: Browser
let files: Project
let server: ViteDevServer | undefined

const plugin = async (): Promise<Plugin> => {
  const entry = (await import(pathToFileURL(files.path('node_modules/unplugin-torch/dist/vite.js')).href)) as { default: () => Plugin }
  return entry.default()
}

beforeAll(async () => {
  await built()
  browser = await launch()
}, 120_000)
afterAll(() => browser?.close())
beforeEach(() => {
  files = project(hostApp('vite'))
})
afterEach(async () => {
  await server?.close()
  server = undefined
  files.remove()
})

const RENDER = `import * as cache from './cache.pt'\nimport { runGolden } from './wire.js'\nexport const render = (golden) => runGolden(cache, golden)\n`

describe('dev', () => {
  const dev = async (): Promise<ViteDevServer> => {
    server = await createServer({
      root: files.root,
      configFile: false,
      logLevel: 'silent',
      plugins: [await plugin()],
      server: { port: 0, fs: { allow: [files.root, REPOSITORY] } },
    })
    await server.listen()
    return server
  }

  test('in the page and in workers; the library is pre-bundled, and nothing is loaded anew for it', async () => {
    const { resolvedUrls } = await dev()
    const { result, errors, requests } = await visit(browser, resolvedUrls!.local[0]!)
    expect(errors).toEqual([])
    expectGoldens(result)
    expect(requests).toContain('200 /node_modules/.vite/deps/unplugin-torch_runtime_host.js')
    expect(requests.filter((request) => request === '200 /')).toHaveLength(1)
  }, 120_000)

  test("its source map leads to the model's own lines, and to no file of this machine", async () => {
    const started = await dev()
    await started.transformRequest('/src/main.js')
    const { code, map } = (await started.transformRequest('/src/checked.pt'))!
    const lines = code.split('\n')
    const models = readFileSync(join(programs, 'models.py'), 'utf8').split('\n')
    const text = map as unknown as SourceMapText
    expect(text.sources).toEqual(['checked.pt/models.py'])
    const found = places(text).filter((place) => place.text.startsWith('raise ValueError'))
    expect(found.length).toBeGreaterThan(0)
    for (const { generated, line } of found) {
      expect(models[line - 1]).toContain('raise ValueError')
      expect(lines[generated.line - 1]!.slice(generated.column)).toMatch(/^throw raised\(/)
    }
    expect(JSON.stringify(map)).not.toContain(files.root)
  }, 60_000)

  test('modules evaluated in Node', async () => {
    files.write('src/render.js', RENDER)
    const { ssrLoadModule } = await dev()
    const { render } = (await ssrLoadModule('/src/render.js')) as { render: (golden: unknown) => Promise<FixtureRun> }
    expectGolden(await render(JSON.parse(readFileSync(join(programs, 'cache.json'), 'utf8'))), 'cache', 'ssrLoadModule')
  }, 60_000)
})

test('SSR: the output runs without node_modules', async () => {
  files.write('src/render.js', RENDER)
  await build({
    root: files.root,
    configFile: false,
    logLevel: 'silent',
    plugins: [await plugin()],
    build: { ssr: 'src/render.js', outDir: 'server' },
  })
  const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'torch-deployed-')))
  try {
    cpSync(files.path('server'), join(elsewhere, 'server'), { recursive: true })
    cpSync(files.path('package.json'), join(elsewhere, 'package.json'))
    const code = `import { render } from './server/render.js'
import { readFileSync } from 'node:fs'
console.log(JSON.stringify(await render(JSON.parse(readFileSync(process.argv[1], 'utf8')))))`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', code, join(programs, 'cache.json')], {
      cwd: elsewhere,
      encoding: 'utf8',
    })
    expectGolden(JSON.parse(output) as FixtureRun, 'cache', 'SSR')
  } finally {
    rmSync(elsewhere, { recursive: true, force: true })
  }
}, 90_000)
