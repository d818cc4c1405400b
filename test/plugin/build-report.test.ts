// The table that a build ends with.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ModelOptions } from '../../src/compiler/types.ts'
import { createBuildReport, MEASURED_BYTES, reportTable } from '../../src/plugin/build-report.ts'
import { compileModel } from '../../src/plugin/compile-model.ts'
import type { Conversion } from '../../src/plugin/converter.ts'
import { parseModelId } from '../../src/plugin/ids.ts'

const conversionOf = async (name: string, options: ModelOptions, cached: boolean): Promise<Conversion> => {
  const bytes = readFileSync(new URL(`../fixtures/${name}/model.pt`, import.meta.url))
  const model = await compileModel(bytes, options, 'net.pt')
  return { model, options, name: `src/${name}.pt`, dependencies: [], bytesIn: bytes.length, cached, milliseconds: 934 }
}
const print = async (report: ReturnType<typeof createBuildReport>): Promise<string[]> => {
  const lines: string[] = []
  await report.print((text) => lines.push(...text.split('\n')))
  return lines
}
const SIZE = String.raw`[\d.]+ k?B`

test('two rows a model, in the order of their names; columns stand below each other', async () => {
  const report = createBuildReport({ report: true })
  const small = await conversionOf('dict-output', {}, true)
  report.add(parseModelId('/src/resnet18-narrow.pt')!, await conversionOf('resnet18-narrow', {}, false), 'export {}')
  report.add(parseModelId('/src/dict-output.pt')!, small, 'export default 1')
  report.add(parseModelId('/src/dict-output.pt?controlFlow=host')!, await conversionOf('dict-output', { controlFlow: 'host' }, false), 'x')
  report.add(parseModelId('/src/dict-output.pt?torch-worker')!, small, 'a worker')
  const lines = await print(report)
  expect(lines[0]).toMatch(/^torch {2}model +form +ops +parameters +time +raw +gzip +brotli$/)
  expect(lines[1]).toMatch(new RegExp(`^ {7}src/dict-output\\.pt +graph +\\d+ +\\d+ +cached  graph +${SIZE} +${SIZE} +${SIZE}$`))
  expect(lines[2]).toMatch(new RegExp(`^ +loader +16 B +${SIZE} +${SIZE}$`))
  expect(lines[3]).toMatch(/^ {7}src\/dict-output\.pt\?controlFlow=host +host /)
  expect(lines[5]).toMatch(/^ {9}forward runs as JavaScript: \d regions/)
  expect(lines[6]).toMatch(/^ {7}src\/resnet18-narrow\.pt +graph .* [\d,]+ +934 ms  graph /)
  expect(lines).toHaveLength(8)
  expect(new Set(lines.filter((_, i) => i !== 5).map((line) => line.length)).size).toBe(1)
  // What was printed is printed once.
  expect(await print(report)).toEqual([])
})

test('precision and pruning have a line of their own; zeros compress', async () => {
  const sizeOf = (line: string): number => Number(/([\d.]+) kB +[\d.]+ kB$/.exec(line)![1])
  const row = async (options: ModelOptions) => ({ conversion: await conversionOf('resnet18-narrow', options, false), query: '', code: '' })
  const [plain, pruned] = await Promise.all(
    [await row({ precision: 'int8' }), await row({ precision: 'int8', prune: { sparsity: 0.8 } })].map(async (one) =>
      (await reportTable([one], true)).split('\n'),
    ),
  )
  expect(plain![3]).toMatch(/^ {9}stored in int8 and float32, cosine to fp32 0\.99\d+$/)
  expect(pruned![3]).toMatch(/^ {9}stored in .*, cosine to fp32 0\.\d+; 80 % of [\d,]+ weights pruned$/)
  expect(sizeOf(pruned![1]!)).toBeLessThan(0.7 * sizeOf(plain![1]!))
})

test('graphs that take long to compress are measured on demand', async () => {
  const conversion = await conversionOf('dict-output', {}, false)
  const graph = new Uint8Array(MEASURED_BYTES + 1)
  const row = { conversion: { ...conversion, model: { ...conversion.model, graph, sha256: 'big' } }, query: '', code: '' }
  expect((await reportTable([row], false)).split('\n')[1]).toMatch(/20\.00 MB +– +–$/)
  expect((await reportTable([row], true)).split('\n')[1]).toMatch(/20\.00 MB +[\d.]+ kB +\d+ B$/)
})

test('nothing is printed when nothing is wanted', async () => {
  const report = createBuildReport({ report: false })
  report.add(parseModelId('/src/dict-output.pt')!, await conversionOf('dict-output', {}, false), '')
  expect(await print(report)).toEqual([])
})
