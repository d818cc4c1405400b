// Options precision, prune and calibration in the configuration, the query and the command line's flags; files of calibration data.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { modelOptions } from '../../src/cli/model-options.ts'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { exampleFiles, loadExampleInputs } from '../../src/plugin/example-inputs.ts'
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

  test('prune', async () => {
    expect(await modelOptions({ prune: '0.5' })).toEqual({ prune: { sparsity: 0.5 } })
    await expect(modelOptions({ prune: 'half' })).rejects.toMatchObject({ code: 'PT6002' })
    await expect(modelOptions({ prune: '' })).rejects.toMatchObject({ code: 'PT6002' })
  })
})

describe('calibration data', () => {
  test('of files is read, and the build depends on them', async () => {
    writeFileSync(join(folder, 'x.json'), '[[1, 2], [3, 4.5]]')
    const options = { calibration: { data: [{ x: 'x.json' }, { x: [[5, 6]] }] } }
    expect(await loadExampleInputs(options, folder)).toEqual({
      calibration: { data: [{ x: { data: [1, 2, 3, 4.5], dims: [2, 2] } }, { x: { data: [5, 6], dims: [1, 2] } }] },
    })
    expect(exampleFiles(options, folder)).toEqual([join(folder, 'x.json')])
  })

  test.each(['{', '{"a": 1}', '["a"]', '[null]', '3'])('%s is no array of numbers', async (text) => {
    writeFileSync(join(folder, 'x.json'), text)
    await expect(loadExampleInputs({ calibration: { data: [{ x: 'x.json' }] } }, folder)).rejects.toMatchObject({ code: 'PT6015' })
  })

  test('that is not there', async () => {
    await expect(loadExampleInputs({ calibration: { data: [{ x: 'no.json' }] } }, folder)).rejects.toMatchObject({ code: 'PT6010' })
  })
})
