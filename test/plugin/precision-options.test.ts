// Options precision, prune and calibration in the configuration, the query and the command line's flags; files of calibration data.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { modelOptions } from '../../src/cli/model-options.ts'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { readCalibration } from '../../src/plugin/calibration-files.ts'
import { exampleFiles } from '../../src/plugin/example-inputs.ts'
import type { CalibrationOption } from '../../src/compiler/types.ts'
import type { PluginModelOptions } from '../../src/plugin/plugin-options.ts'
import { parseModelId } from '../../src/plugin/ids.ts'
import { checkModelOptions } from '../../src/plugin/options.ts'

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof CompileError ? error.code : String(error)
  }
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-calibration-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the configuration', () => {
  test.each([
    { precision: 'int8' },
    { precision: { default: 'int8', 'encoder.layer.0': 'fp32' } },
    { precision: 'int8-static', calibration: { data: [{ x: 'x.npy' }, { x: 'x.json' }, { x: [[1, 2]] }] } },
    { calibration: { data: 'images', method: 'Entropy', correctBiases: false } },
    { calibration: { data: ['images/*.png', 'stack.npy', { x: 'cat.jpg', y: [1] }], method: 'Percentile', percentile: 99.9 } },
    { calibration: { data: [{ x: { data: new Uint8Array(4), width: 1, height: 1 } }] } },
    { prune: { sparsity: 0.5 } },
    { prune: { sparsity: 1, scope: 'global' } },
  ])('%j is right', (options) => {
    expect(codeOf(() => checkModelOptions(options))).toBeUndefined()
  })

  test.each([
    [{ precision: 'int2' }, 'PT6002'],
    [{ precision: { fc: 'int2' } }, 'PT6002'],
    [{ precision: ['int8'] }, 'PT6002'],
    [{ prune: { sparsity: 2 } }, 'PT6002'],
    [{ prune: { sparsety: 0.5 } }, 'PT6001'],
    [{ prune: 0.5 }, 'PT6002'],
    [{ calibration: [{ x: 'x.npy' }] }, 'PT6002'],
    [{ calibration: { data: [{ x: 'x.txt' }] } }, 'PT6002'],
    [{ calibration: { data: '' } }, 'PT6002'],
    [{ calibration: { data: 'images', method: 'minmax' } }, 'PT6002'],
    [{ calibration: { data: 'images', percentile: 0 } }, 'PT6002'],
    [{ calibration: { data: [{ x: { data: new Uint8Array(4), width: 1, higth: 1 } }] } }, 'PT6001'],
  ])('%j is wrong', (options, code) => {
    expect(codeOf(() => checkModelOptions(options))).toBe(code)
  })
})

test('the query', () => {
  expect(parseModelId('/net.pt?precision=int8')?.options).toEqual({ precision: 'int8' })
  expect(codeOf(() => parseModelId('/net.pt?precision=int9'))).toBe('PT6004')
})

describe('flags', () => {
  test('precision, for all or by path', async () => {
    expect(await modelOptions({ precision: ['int8'] })).toEqual({ precision: 'int8' })
    expect(await modelOptions({ precision: ['int8', 'fc=fp32'], device: 'webgpu' })).toEqual({
      precision: { default: 'int8', fc: 'fp32' },
      device: 'webgpu',
    })
    await expect(modelOptions({ precision: ['int9'] })).rejects.toMatchObject({ code: 'PT6002' })
  })

  test('prune, all or by path', async () => {
    expect(await modelOptions({ prune: ['0.5'] })).toEqual({ prune: { sparsity: 0.5 } })
    expect(await modelOptions({ prune: ['0.5', 'head=0', 'encoder.0=0.9'] })).toEqual({
      prune: { sparsity: 0.5, modules: { head: 0, 'encoder.0': 0.9 } },
    })
    expect(await modelOptions({ prune: ['head=0.5'] })).toEqual({ prune: { sparsity: 0, modules: { head: 0.5 } } })
    for (const wrong of ['half', '', 'head=', 'head=2'])
      await expect(modelOptions({ prune: [wrong] })).rejects.toMatchObject({ code: 'PT6002' })
    await expect(modelOptions({ prune: ['0.5', '0.6'] })).rejects.toMatchObject({ code: 'PT6050' })
  })
})

describe('calibration data', () => {
  const decoded = async (data: NonNullable<PluginModelOptions['calibration']>['data']): Promise<CalibrationOption> =>
    (await readCalibration({ data }, folder)).decode()
  const identity = async (data: NonNullable<PluginModelOptions['calibration']>['data']): Promise<unknown> =>
    (await readCalibration({ data, method: 'Entropy' }, folder)).identity

  test('of files is read, and the build depends on them', async () => {
    writeFileSync(join(folder, 'x.json'), '[[1, 2], [3, 4.5]]')
    const data = [{ x: 'x.json' }, { x: [[5, 6]] }]
    expect(await decoded(data)).toEqual({
      data: [{ x: { data: [1, 2, 3, 4.5], dims: [2, 2] } }, { x: { data: [5, 6], dims: [1, 2] } }],
    })
    expect(exampleFiles({ calibration: { data } }, folder)).toEqual([join(folder, 'x.json')])
  })

  test.each(['{', '{"a": 1}', '["a"]', '[null]', '3'])('%s is no array of numbers', async (text) => {
    writeFileSync(join(folder, 'x.json'), text)
    await expect(decoded([{ x: 'x.json' }])).rejects.toMatchObject({ code: 'PT6015' })
    await expect(decoded('x.json')).rejects.toMatchObject({ code: 'PT6015' })
  })

  test('that is not there', async () => {
    await expect(decoded([{ x: 'no.json' }])).rejects.toMatchObject({ code: 'PT6010' })
    await expect(decoded('no.png')).rejects.toMatchObject({ code: 'PT6010' })
    await expect(decoded('none/*.png')).rejects.toMatchObject({ code: 'PT6010', message: expect.stringContaining('names no image') })
  })

  const [{ png, width, height, rgba }] = JSON.parse(readFileSync(join(import.meta.dirname, 'images/cases.json'), 'utf8')) as [
    { png: string; width: number; height: number; rgba: string },
  ]

  test('folders and patterns, in the order of names', async () => {
    mkdirSync(join(folder, 'images/more'), { recursive: true })
    for (const name of ['b.png', 'a.png', 'more/c.png']) writeFileSync(join(folder, 'images', name), Buffer.from(png, 'base64'))
    writeFileSync(join(folder, 'images/labels.txt'), 'cat')
    const files = (data: string): string[] =>
      exampleFiles({ calibration: { data } }, folder).map((file) => relative(folder, file).replaceAll(sep, '/'))
    expect(files('images')).toEqual(['images/a.png', 'images/b.png'])
    expect(files('images/*.png')).toEqual(['images/a.png', 'images/b.png'])
    expect(files('images/a?png')).toEqual(['images/a.png'])
    expect(files('./images/**/*.png')).toEqual(['images/a.png', 'images/b.png', 'images/more/c.png'])
    expect(files('*/more/*')).toEqual(['images/more/c.png'])
    expect(files(join(folder, 'images/*.png'))).toEqual(['images/a.png', 'images/b.png'])
    expect(files('images/../images/b.*')).toEqual(['images/b.png'])
    expect(codeOf(() => files('images/*.jpg'))).toBe('PT6010')
    const { data } = await decoded('images')
    const pixels = { data: new Uint8Array(Buffer.from(rgba, 'base64')), width, height }
    expect(data).toEqual([{ '0': pixels }, { '0': pixels }])
    expect((await decoded([{ x: 'images/a.png' }])).data).toEqual([{ x: pixels }])
  })

  test('named arrays: JSON objects, and the archives of numpy.savez', async () => {
    writeFileSync(join(folder, 'one.json'), '{"x": [1, 2], "y": [[3]]}')
    writeFileSync(join(folder, 'two.json'), '[{"x": [1]}, {"x": [2]}]')
    const x = (data: number[]): object => ({ x: { data, dims: [data.length] } })
    expect((await decoded(['one.json', 'two.json'])).data).toEqual([{ ...x([1, 2]), y: { data: [3], dims: [1, 1] } }, x([1]), x([2])])
    // numpy.savez('a.npz', x=numpy.float32([1, 2]), ids=numpy.int64([[7]]))
    writeFileSync(join(folder, 'a.npz'), Buffer.from(NPZ, 'base64'))
    expect((await decoded('a.npz')).data).toEqual([
      {
        x: { data: Float32Array.of(1, 2), dims: [2], dtype: 'float32' },
        ids: { data: BigInt64Array.of(7n), dims: [1, 1], dtype: 'int64' },
      },
    ])
  })

  test('what is in the files decides the key of the cache, not where they lie', async () => {
    for (const [name, text] of [
      ['a.json', '[1]'],
      ['b.json', '[1]'],
      ['c.json', '[2]'],
    ] as const)
      writeFileSync(join(folder, name), text)
    expect(await identity('a.json')).toEqual(await identity(['b.json']))
    expect(await identity('a.json')).not.toEqual(await identity('c.json'))
    expect(await identity([{ x: 'a.json' }])).not.toEqual(await identity([{ y: 'a.json' }]))
  })

  test('on the command line', async () => {
    writeFileSync(join(folder, 'x.json'), '[1, 2]')
    const file = join(folder, 'x.json')
    const x = { data: [1, 2], dims: [2] }
    expect(await modelOptions({ calibration: [file, folder], 'calibration-method': 'Percentile' })).toEqual({
      calibration: { method: 'Percentile', data: [{ '0': x }, { '0': x }] },
    })
    expect(await modelOptions({ calibration: [`a=${file},b=${file}`] })).toEqual({ calibration: { data: [{ a: x, b: x }] } })
    await expect(modelOptions({ calibration: [file], 'calibration-method': 'Median' })).rejects.toMatchObject({ code: 'PT6002' })
  })
})

const NPZ =
  'UEsDBC0AAAAAAAAAIQCayqvn//////////8FABQAeC5ucHkBABAAiAAAAAAAAACIAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAACAPwAAAEBQSwMELQAAAAAAAAAhAImja2P//////////wcAFABpZHMubnB5AQAQAIgAAAAAAAAAiAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwgMSksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgcAAAAAAAAAUEsBAi0DLQAAAAAAAAAhAJrKq+eIAAAAiAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAi0DLQAAAAAAAAAhAImja2OIAAAAiAAAAAcAAAAAAAAAAAAAAIABvwAAAGlkcy5ucHlQSwUGAAAAAAIAAgBoAAAAgAEAAAAA'
