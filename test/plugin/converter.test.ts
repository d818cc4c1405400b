// The converter: what it reads, when it reads again, which options hold, and how file names appear.

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { definePass } from '../../src/custom-passes.ts'
import type { Problem } from '../../src/diagnostics/compile-error.ts'
import { createConverter, type Conversion, type Converter } from '../../src/plugin/converter.ts'
import { parseModelId, type ModelRequest } from '../../src/plugin/ids.ts'
import { resolveOptions } from '../../src/plugin/options.ts'
import type { PluginOptions } from '../../src/plugin/plugin-options.ts'
import { formatBytes, formatTime, reportLine } from '../../src/plugin/report-line.ts'
import { REPOSITORY } from '../bundlers/project.ts'

const scripted = readFileSync(`${REPOSITORY}/test/fixtures/decision-gate/scripted.pt`)
const traced = readFileSync(`${REPOSITORY}/test/fixtures/decision-gate/traced.pt`)

let root: string
let conversions: Conversion[]
let warnings: Problem[]
let converter: Converter

const open = (options: PluginOptions = {}, serve = false): Converter =>
  (converter = createConverter({
    root,
    options: resolveOptions(options),
    cacheFolder: join(root, 'cache'),
    serve,
    warn: (problem) => warnings.push(problem),
    onConverted: (conversion) => conversions.push(conversion),
  }))
const request = (id: string): ModelRequest => parseModelId(join(root, id))!

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'torch-converter-')))
  conversions = []
  warnings = []
  mkdirSync(join(root, 'src'))
  writeFileSync(join(root, 'src/net.pt'), scripted)
})
afterEach(async () => {
  await converter?.close()
  rmSync(root, { recursive: true, force: true })
})

test('requests at once are one conversion; later ones are none', async () => {
  open()
  const all = await Promise.all(Array.from({ length: 50 }, () => converter.convert(request('src/net.pt'))))
  expect(new Set(all.map(({ model }) => model.sha256)).size).toBe(1)
  await converter.convert(request('src/net.pt'))
  expect(conversions).toHaveLength(1)
  expect(conversions[0]).toMatchObject({ name: 'src/net.pt', cached: false, bytesIn: scripted.length })
})

test('with passes of a user’s own: kept when each has a version, converted on the main thread', async () => {
  const runs: string[] = []
  const pass = (version?: string) =>
    definePass({
      name: 'watched',
      doc: 'Counts.',
      ...(version === undefined ? {} : { version }),
      run: () => {
        runs.push(version ?? 'none')
        return false
      },
    })
  const convert = async (version?: string): Promise<boolean> => {
    const { cached } = await open({ models: { 'src/net.pt': { passes: [pass(version)] } } }, true).convert(request('src/net.pt'))
    return cached
  }
  expect([await convert(), await convert(), await convert('1'), await convert('1'), await convert('2')]).toEqual([
    false,
    false,
    false,
    true,
    false,
  ])
  expect(new Set(runs)).toEqual(new Set(['none', '1', '2']))
})

test('on the main thread, in a thread and from the cache: the same', async () => {
  const main = await open({ cache: false }).convert(request('src/net.pt'))
  rmSync(join(root, 'cache'), { recursive: true })
  const thread = await open({}, true).convert(request('src/net.pt'))
  const cached = await open().convert(request('src/net.pt'))
  expect([main.cached, thread.cached, cached.cached]).toEqual([false, false, true])
  const timeless = ({ model }: Conversion): object => ({
    ...model,
    graph: Buffer.from(model.graph).toString('hex'),
    report: { ...model.report, stages: [] },
  })
  expect(timeless(thread)).toEqual(timeless(main))
  expect(timeless(cached)).toEqual(timeless(main))
})

describe('a changed file is converted again', () => {
  test('at once, with the same size and times', async () => {
    open()
    const { model: first } = await converter.convert(request('src/net.pt'))
    const { atime, mtime } = statSync(join(root, 'src/net.pt'))
    writeFileSync(join(root, 'src/net.pt'), traced)
    utimesSync(join(root, 'src/net.pt'), atime, mtime)
    const { model: second } = await converter.convert(request('src/net.pt'))
    expect(second.sha256).not.toBe(first.sha256)
    writeFileSync(join(root, 'src/net.pt'), scripted)
    expect((await converter.convert(request('src/net.pt'))).model.sha256).toBe(first.sha256)
  })
  test('by an older one', async () => {
    open()
    await converter.convert(request('src/net.pt'))
    writeFileSync(join(root, 'src/net.pt'), traced)
    utimesSync(join(root, 'src/net.pt'), new Date(0), new Date(0))
    await converter.convert(request('src/net.pt'))
    expect(conversions).toHaveLength(2)
  })
})

test('the query wins over the model, the model over the defaults; inputs are put together', () => {
  open({
    defaults: { mode: 'trace', labels: ['a'], inputs: { x: { dtype: 'float32' } } },
    models: { 'src/net.pt': { mode: 'script', worker: true, inputs: { y: { dtype: 'int64' } } } },
  })
  expect(converter.optionsFor(request('src/net.pt?worker=false&input=x=float64[2]'))).toEqual({
    mode: 'script',
    labels: ['a'],
    worker: false,
    inputs: { x: { dtype: 'float64', shape: [2] }, y: { dtype: 'int64' } },
  })
  expect(converter.optionsFor(request('src/other.pt'))).toMatchObject({ mode: 'trace' })
})

describe('files that cannot be read', () => {
  test.each([
    ['none.pt', () => undefined, 'does not exist'],
    ['folder.pt', () => mkdirSync(join(root, 'folder.pt')), 'a folder'],
  ])('%s', async (name, make, text) => {
    make()
    open()
    await expect(converter.convert(request(name))).rejects.toThrow(`PT6010 ${name}: `)
    await expect(converter.convert(request(name))).rejects.toThrow(text)
  })
  test('a broken one, then a good one', async () => {
    open({}, true)
    writeFileSync(join(root, 'src/net.pt'), scripted.subarray(0, 500))
    await expect(converter.convert(request('src/net.pt'))).rejects.toThrow(/^PT1\d{3} src\/net\.pt/)
    writeFileSync(join(root, 'src/net.pt'), scripted)
    expect((await converter.convert(request('src/net.pt'))).bytesIn).toBe(scripted.length)
  })
})

describe('example inputs', () => {
  const npy = (): void => {
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
    const padded = header.padEnd(64 - 11) + '\n'
    writeFileSync(
      join(root, 'x.npy'),
      Buffer.concat([
        Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
        Buffer.from([padded.length, 0]),
        Buffer.from(padded),
        Buffer.from(Float32Array.of(1, 2, 3, 4).buffer),
      ]),
    )
  }
  const examplesOf = async (x: unknown): Promise<unknown> =>
    (await open({ cache: false, defaults: { exampleInputs: [{ x }] } } as PluginOptions).convert(request('src/net.pt'))).options
      .exampleInputs

  test('.npy', async () => {
    npy()
    expect(await examplesOf('x.npy')).toEqual([{ x: { data: Float32Array.of(1, 2, 3, 4), dims: [2, 2], dtype: 'float32' } }])
    expect(conversions[0]?.dependencies).toEqual([join(root, 'x.npy')])
  })
  test('nested', async () => {
    expect(
      await examplesOf([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toEqual([{ x: { data: [1, 2, 3, 4, 5, 6], dims: [2, 3] } }])
    expect(await examplesOf([])).toEqual([{ x: { data: [], dims: [0] } }])
  })
  test.each([
    ['ragged', [[1], [1, 2]], 'PT6002'],
    ['missing', 'none.npy', 'PT6010'],
  ])('%s', async (_, x, code) => {
    await expect(examplesOf(x)).rejects.toThrow(code)
  })
  test.each([
    ['not an array', Buffer.from('hello, world, hello')],
    ['cut off', Buffer.from('\x93NUMPY\x01\x00\xff\xff{', 'latin1')],
    [
      'objects',
      Buffer.concat([
        Buffer.from('\x93NUMPY\x01\x00\x35\x00', 'latin1'),
        Buffer.from("{'descr': '|O', 'fortran_order': False, 'shape': ()}  "),
      ]),
    ],
    [
      'too short',
      Buffer.concat([
        Buffer.from('\x93NUMPY\x01\x00\x3f\x00', 'latin1'),
        Buffer.from("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999,), }".padEnd(63)),
      ]),
    ],
  ])('.npy that is %s', async (_, bytes) => {
    writeFileSync(join(root, 'x.npy'), bytes)
    await expect(examplesOf('x.npy')).rejects.toThrow('PT6015')
  })
})

test('one line a model', async () => {
  open()
  const conversion = await converter.convert(request('src/net.pt'))
  expect(reportLine({ ...conversion, bytesIn: 1_234_567, milliseconds: 934, cached: true })).toMatch(
    /^torch {2}src\/net\.pt → net\.onnx {2}1\.23 MB → \S+ k?B {2}\(\d+ ops, 934 ms, cached\)$/,
  )
  expect([0, 999, 1000, 46_800_000, 2.5e9].map(formatBytes)).toEqual(['0 B', '999 B', '1.00 kB', '46.80 MB', '2.50 GB'])
  expect([0.4, 999, 1900].map(formatTime)).toEqual(['0 ms', '999 ms', '1.9 s'])
})

test.each([false, true])(
  'calibration images: what is in them decides whether a model is converted again; in a thread: %s',
  async (serve) => {
    const [grey, clear] = JSON.parse(readFileSync(`${REPOSITORY}/test/plugin/images/cases.json`, 'utf8')) as { png: string }[]
    const write = (name: string, { png }: { png: string }): void => writeFileSync(join(root, 'images', name), Buffer.from(png, 'base64'))
    mkdirSync(join(root, 'images'))
    writeFileSync(join(root, 'src/net.pt'), readFileSync(`${REPOSITORY}/test/fixtures/digits/model.pt`))
    write('a.png', grey!)
    const options = { precision: 'int8-static', preprocess: { resize: [8, 8], channels: 'gray' }, calibration: { data: 'images' } } as const
    const convert = (): Promise<Conversion> => open({ models: { 'src/net.pt': options } }, serve).convert(request('src/net.pt'))
    const first = await convert()
    expect(first.dependencies).toEqual([join(root, 'images/a.png')])
    expect(first.model.report.precision!.error).toMatchObject({ on: 'calibration data', inputs: 1 })
    expect((await convert()).cached).toBe(true)
    // The same converter, as a dev server has it, looks at the files again.
    write('b.png', clear!)
    const second = await converter.convert(request('src/net.pt'))
    expect(second).toMatchObject({ cached: false, dependencies: [join(root, 'images/a.png'), join(root, 'images/b.png')] })
    expect(second.model.sha256).not.toBe(first.model.sha256)
    writeFileSync(join(root, 'images/b.png'), 'no image')
    await expect(converter.convert(request('src/net.pt'))).rejects.toMatchObject({ problems: [{ code: 'PT6016' }] })
  },
)
