// The same app built by each bundler and run in Chromium: page, lazy chunk, the app's worker, the model's own worker; at `/` with two threads, and under `/sub/`.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, serve, visit } from './browser.ts'
import { app, build, BUNDLERS, type PageValues } from './builders.ts'
import { built } from './built.ts'
import { project, REPOSITORY, type Project } from './project.ts'

const model = readFileSync(`${REPOSITORY}/test/fixtures/decision-gate/scripted.pt`)

// MyDecisionGate: x where its sum is positive, else -x.
const x = [1, -2, 3, 4]
const expected = { positive: x, negative: x, byQuery: x, lazy: x, inUserWorker: x, inOwnWorker: x } satisfies Partial<PageValues>

const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; img-src data:"

let browser: Browser
const graphs = new Map<string, string>()

beforeAll(async () => {
  await built()
  browser = await launch()
}, 120_000)
afterAll(() => browser?.close())

describe.each(BUNDLERS)('%s', (bundler) => {
  let files: Project
  beforeAll(() => {
    files = project(app(model, bundler))
  })
  afterAll(() => files?.remove())

  test('runs at / with two threads', async () => {
    build(files, bundler)
    const output = files.list('dist')
    const server = await serve(files.path('dist'), { isolated: true })
    try {
      const { result, errors, requests } = await visit(browser, `${server.origin}/`)
      expect(errors).toEqual([])
      expect(result).toEqual({ ...expected, threads: 2, isolated: true })
      expect(requests.filter((request) => !request.startsWith('200'))).toEqual([])
    } finally {
      await server.close()
    }
    expect(output.filter((file) => /jsep|asyncify|jspi/.test(file))).toEqual([])
    const graph = output.filter((file) => file.endsWith('.onnx'))
    // The options of the three imports give the same graph: bundlers keep one copy of it, or one an import.
    expect(graph.length).toBeGreaterThan(0)
    for (const file of graph)
      graphs.set(
        `${bundler} ${file}`,
        createHash('sha256')
          .update(readFileSync(files.path('dist', file)))
          .digest('hex'),
      )
  }, 120_000)

  test('runs under /sub/ from a warm cache, with a strict Content-Security-Policy', async () => {
    build(files, bundler, { base: '/sub/' })
    const server = await serve(files.path('dist'), { base: '/sub/', csp: CSP })
    try {
      const { result, errors } = await visit(browser, `${server.origin}/sub/`)
      expect(errors).toEqual([])
      expect(result).toMatchObject({ ...expected, isolated: false })
    } finally {
      await server.close()
    }
  }, 120_000)
})

test('all bundlers emit the same graph', () => {
  expect(graphs.size).toBeGreaterThanOrEqual(BUNDLERS.length)
  expect(new Set(graphs.values()).size).toBe(1)
})
