// Farm, as far as it goes: a model in the page. Its workers are copied as they are, so none is tried.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, serve, visit } from './browser.ts'
import { built } from './built.ts'
import { project, REPOSITORY, type Project } from './project.ts'

let browser: Browser
let files: Project
beforeAll(async () => {
  await built()
  browser = await launch()
  files = project({
    'src/net.pt': readFileSync(`${REPOSITORY}/test/fixtures/decision-gate/scripted.pt`),
    'src/main.js': `import net from './net.pt'\nnet({ type: 'float32', data: Float32Array.of(-1, -2), dims: [2] }).then((y) => { globalThis.done = [...y.data] }, (error) => { globalThis.done = String(error) })\n`,
    'index.html': `<!doctype html><html><head><link rel="icon" href="data:,"></head><body><script type="module" src="./src/main.js"></script></body></html>`,
    'build.js': `import { build } from '@farmfe/core'
import Torch from 'unplugin-torch/farm'
const output = { path: 'dist', publicPath: '/sub/', targetEnv: 'browser-esnext' }
await build({ root: process.cwd(), plugins: [Torch()], compilation: { persistentCache: false, presetEnv: false, input: { index: './index.html' }, output } })
process.exit(0)
`,
  })
  mkdirSync(files.path('node_modules/@farmfe'))
  symlinkSync(`${REPOSITORY}/node_modules/@farmfe/core`, files.path('node_modules/@farmfe/core'), 'dir')
}, 120_000)
afterAll(async () => {
  await browser?.close()
  files?.remove()
})

test('a page under /sub/', async () => {
  execFileSync(process.execPath, ['build.js'], { cwd: files.root, stdio: 'pipe' })
  const server = await serve(files.path('dist'), { base: '/sub/' })
  try {
    expect(await visit(browser, `${server.origin}/sub/`)).toMatchObject({ result: [1, 2], errors: [] })
  } finally {
    await server.close()
  }
}, 90_000)
