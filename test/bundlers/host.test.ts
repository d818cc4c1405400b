// Host programs in every bundler: their control flow is JavaScript of the app's own bundle, beside the graph. Page, lazy chunk, the app's worker and
// the model's own worker in Chromium against torch's goldens; and the source map that leads from the bundle to the model's Python.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { places, type SourceMapText } from '../support/source-map.ts'
import { launch, serve, visit } from './browser.ts'
import { build, BUNDLERS } from './builders.ts'
import { built } from './built.ts'
import { expectGoldens, hostApp, programs } from './host-app.ts'
import { project, type Project } from './project.ts'

let browser: Browser
beforeAll(async () => {
  await built()
  browser = await launch()
}, 120_000)
afterAll(() => browser?.close())

describe.each(BUNDLERS)('%s', (bundler) => {
  let files: Project
  beforeAll(() => {
    files = project(hostApp(bundler))
    build(files, bundler, { sourcemap: true })
  }, 120_000)
  afterAll(() => files?.remove())

  test('runs wherever a model can be imported', async () => {
    const server = await serve(files.path('dist'))
    try {
      const { result, errors } = await visit(browser, `${server.origin}/`)
      expect(errors).toEqual([])
      expectGoldens(result)
    } finally {
      await server.close()
    }
  }, 120_000)

  test("its source map leads to the model's own lines", () => {
    const maps = readdirSync(files.path('dist'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js.map'))
      .map((file) => ({
        map: JSON.parse(readFileSync(files.path('dist', file), 'utf8')) as SourceMapText,
        lines: readFileSync(files.path('dist', file.slice(0, -4)), 'utf8').split('\n'),
      }))
    const python = maps.flatMap(({ map, lines }) =>
      places(map)
        .filter(({ source }) => source.endsWith('.py'))
        .map((place) => ({ ...place, code: lines[place.generated.line - 1]!.slice(place.generated.column) })),
    )
    const models = readFileSync(join(programs, 'models.py'), 'utf8').split('\n')
    const lineOf = (text: string): number => models.findIndex((line) => line.includes(text)) + 1
    const raise = python.filter(({ text }) => text.startsWith('raise ValueError(f"maximum'))
    expect(raise.length).toBeGreaterThan(0)
    expect(
      raise.every(({ source, line }) => /(^|\/)checked\.pt\/models\.py(\?\w+)?$/.test(source) && line === lineOf('raise ValueError')),
    ).toBe(true)
    expect(raise.some(({ code }) => /^;?\s*throw\b/.test(code))).toBe(true)
    const write = python.filter(({ text }) => text === 'self.cache[name] = y')
    expect(write.some(({ code, line }) => line === lineOf('self.cache[name] = y') && /^[^;]{0,40}\.set\(/.test(code))).toBe(true)
    // No tool was led to a file of this machine.
    for (const { map } of maps)
      for (const [i, source] of map.sources.entries()) if (source.endsWith('.py')) expect(map.sourcesContent?.[i], source).toMatch(/\S/)
  })
})
