// Options: the right key is named for a wrong one, and every wrong value is refused before anything is read.

import { describe, expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { checkModelOptions, DEFAULTS, resolveOptions } from '../../src/plugin/options.ts'
import type { PluginOptions } from '../../src/plugin/plugin-options.ts'

const errorOf = (run: () => unknown): CompileError => {
  try {
    run()
  } catch (error) {
    if (error instanceof CompileError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('defaults', () => {
  expect(resolveOptions()).toEqual({ models: {}, defaults: {}, ...DEFAULTS })
  expect(resolveOptions({ dts: false, cache: 'x' })).toMatchObject({ dts: false, cache: 'x', report: true })
})

describe('unknown keys name the nearest one', () => {
  test.each([
    [{ model: {} }, 'model', 'models'],
    [{ caches: false }, 'caches', 'cache'],
    [{ models: { 'a.pt': { mdoe: 'script' } } }, 'models["a.pt"].mdoe', 'mode'],
    [{ defaults: { preprocess: { men: [0] } } }, 'defaults.preprocess.men', 'mean'],
    [{ defaults: { inputs: { x: { shap: [1] } } } }, 'defaults.inputs["x"].shap', 'shape'],
  ])('%j', (options, name, near) => {
    const error = errorOf(() => resolveOptions(options as PluginOptions))
    expect(error.code).toBe('PT6001')
    expect(error.message).toContain(`There is no option ${name}.`)
    expect(error.message).toContain(`did you mean "${near}"?`)
  })

  test('one that is near to none lists them', () => {
    expect(errorOf(() => resolveOptions({ zzzzzz: 1 } as PluginOptions)).message).toContain('the options are models, defaults, dts')
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is no option', (key) => {
    expect(errorOf(() => resolveOptions(JSON.parse(`{"${key}":{}}`) as PluginOptions)).code).toBe('PT6001')
    expect(errorOf(() => checkModelOptions(JSON.parse(`{"${key}":{}}`))).code).toBe('PT6001')
  })
})

describe('values', () => {
  const good: readonly object[] = [
    { inputs: { x: { dtype: 'float32', shape: ['n', 3, 64, 64] } } },
    { inputs: { x: {} } },
    { mode: 'auto' },
    { training: 'preserve' },
    { controlFlow: 'host' },
    { mode: 'trace', checkTrace: 'error' },
    { seed: 0 },
    { seed: 2 ** 32 - 1 },
    { methods: ['forward'] },
    { labels: ['cat', 'dog'] },
    { worker: true, opset: 20, device: 'webgpu' },
    { preprocess: { resize: [224, 224], mean: [0.5], std: [0.5], layout: 'nhwc', channels: 'bgr' } },
    {
      exampleInputs: [
        { x: 'x.npy' },
        {
          x: [
            [1, 2],
            [3, 4],
          ],
        },
        { x: { data: Float32Array.of(1), dims: [1] } },
      ],
    },
    { mode: undefined },
  ]
  test.each(good)('%j is right', (options) => {
    expect(() => checkModelOptions(options)).not.toThrow()
    expect(() => resolveOptions({ defaults: options, models: { 'x.pt': options } })).not.toThrow()
  })

  const bad: readonly object[] = [
    { mode: 'fast' },
    { mode: 1 },
    { worker: 'yes' },
    { opset: 17 },
    { seed: -1 },
    { seed: 1.5 },
    { seed: '7' },
    { seed: 2 ** 32 },
    { device: 'gpu' },
    { methods: 'forward' },
    { labels: [1] },
    { inputs: [] },
    { inputs: { x: { dtype: 'float' } } },
    { inputs: { x: { shape: [-1] } } },
    { inputs: { x: { shape: [1.5] } } },
    { inputs: { x: { shape: ['n*2'] } } },
    { inputs: { x: { shape: Array(65).fill(1) } } },
    { preprocess: { resize: [0, 1] } },
    { preprocess: { std: [0] } },
    { preprocess: { mean: ['a'] } },
    { exampleInputs: [{ x: 'x.png' }] },
    { exampleInputs: [{ x: [['a']] }] },
    { exampleInputs: [{ x: { data: 'abc', dims: [3] } }] },
    { exampleInputs: {} },
  ]
  test.each(bad)('%j is wrong', (options) => {
    const error = errorOf(() => checkModelOptions(options))
    expect(error.code).toBe('PT6002')
    expect(error.problems[0].fix).toMatch(/^(set|the options|did you mean|name) ?/)
  })

  test.each([{ cache: 1 }, { cache: '' }, { dts: 'sidecar' }, { cacheLimit: -1 }, { models: [] }, { isolate: 1 }, { report: 'no' }])(
    '%j is wrong',
    (options) => {
      expect(errorOf(() => resolveOptions(options as unknown as PluginOptions)).code).toBe('PT6002')
    },
  )

  test('an example input that holds itself ends', () => {
    const endless: unknown[] = []
    endless.push(endless)
    expect(errorOf(() => checkModelOptions({ exampleInputs: [{ x: endless }] })).code).toBe('PT6002')
  })
})
