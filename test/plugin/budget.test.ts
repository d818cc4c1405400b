// Option budget: how sizes are written, and what a graph beyond its budget is told with.

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkBudget, overBudget, parseBytes } from '../../src/plugin/budget.ts'
import { compileModel } from '../../src/plugin/compile-model.ts'
import type { CompiledModel } from '../../src/plugin/compiled-model.ts'
import { compressedSizes } from '../../src/plugin/compressed-sizes.ts'
import { resolveOptions } from '../../src/plugin/options.ts'

const archive = readFileSync(new URL('../fixtures/resnet18-narrow/model.pt', import.meta.url))

let model: CompiledModel
beforeAll(async () => {
  model = await compileModel(archive, {}, 'net.pt')
})

test.each([
  [1000, 1000],
  ['0', 0],
  ['2 MB', 2e6],
  ['500kB', 500_000],
  ['1.5 MiB', 1.5 * 2 ** 20],
  ['1 gb', 1e9],
  ['12 B', 12],
  ['2 m', undefined],
  ['MB', undefined],
  ['-1 MB', undefined],
  ['1e3', undefined],
  [-1, undefined],
  [Number.NaN, undefined],
  [null, undefined],
])('%j is %j bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes))

describe('the option', () => {
  test.each(['1 MB', 0, { raw: '1 MB' }, { gzip: '500 kB', brotli: 400_000 }, {}])('%j', (budget) => {
    expect(resolveOptions({ models: { 'net.pt': { budget } } }).models['net.pt']).toEqual({ budget })
  })
  test.each([
    ['1 megabyte', 'PT6002'],
    [true, 'PT6002'],
    [{ zip: '1 MB' }, 'PT6001'],
    [{ gzip: 'small' }, 'PT6002'],
  ])('%j is refused', (budget, code) => {
    expect(() => resolveOptions({ defaults: { budget: budget as never } })).toThrow(code)
  })
})

describe('a graph', () => {
  test('within its budget', async () => {
    const { gzip, brotli } = await compressedSizes(model.graph)
    expect(gzip).toBeLessThan(model.graph.length)
    for (const budget of [model.graph.length, '1 GB', {}, { raw: model.graph.length, gzip, brotli }])
      expect(await overBudget(budget, model, 'net.pt')).toBeUndefined()
  })

  test('beyond it: by how much, the largest weights by module path, and what to do', async () => {
    const problem = (await overBudget('100 kB', model, 'src/net.pt'))!
    expect(problem).toMatchObject({ code: 'PT6060', file: 'src/net.pt', fix: expect.stringContaining('precision') })
    const lines = problem.message.split('\n')
    expect(lines[0]).toMatch(/^The graph has .+B, .+ beyond its budget of 100 kB\. Its largest weights:$/)
    expect(lines).toHaveLength(10)
    expect(lines[1]).toMatch(/^ +[\d.]+ kB  blocks\.\d\.\w+\.\d\.weight  float32\[\d+, \d+, 3, 3\]$/)
    expect(lines[9]).toMatch(/^ +[\d.]+ kB  everything else$/)
    expect(model.report.weights.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(model.graph.length * 0.9)
  })

  test('beyond it once compressed', async () => {
    const { gzip } = await compressedSizes(model.graph)
    expect((await overBudget({ raw: '1 GB', gzip: gzip - 1 }, model, 'net.pt'))!.message).toContain('with gzip, 1 B beyond')
    expect((await overBudget({ raw: 1, brotli: 1 }, model, 'net.pt'))!.message).toMatch(/of 1 B, and .+ with brotli/)
  })

  test('a build fails, a dev server is warned', async () => {
    await expect(checkBudget(1, model, 'net.pt')).rejects.toMatchObject({ problems: [{ code: 'PT6060', file: 'net.pt' }] })
    const told: string[] = []
    await checkBudget(1, model, 'net.pt', ({ code }) => told.push(code))
    expect(told).toEqual(['PT6060'])
    await checkBudget(undefined, model, 'net.pt')
  })
})
