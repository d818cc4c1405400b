// Calibration data as the compiler takes it: images, stacks of inputs, methods. Each is compared with the same inputs given one by one as arrays.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile, type CompileOptions } from '../../src/compiler/compile.ts'
import type { CompileResult } from '../../src/compiler/types.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { imageTensor } from '../../src/runtime/image.ts'
import { fixtureFolder } from '../e2e/fixtures.ts'

const archive = readFileSync(join(fixtureFolder, 'digits/model.pt'))
const convert = (options: Partial<CompileOptions>): Promise<CompileResult> =>
  compile(archive, { file: 'net.pt', precision: 'int8-static', ...options }, nodeHost())

const split = JSON.parse(readFileSync(join(fixtureFolder, 'digits/test-split.json'), 'utf8')) as {
  readonly images: { readonly data: string }
}
/** 450 images of 8 × 8. */
const stack = Float32Array.from(Buffer.from(split.images.data, 'base64'), (value) => value / 16)

/** RGBA, any numbers. */
const image = (seed: number, width = 16, height = 12): { data: Uint8ClampedArray; width: number; height: number } => ({
  data: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => ((i + 3) * (seed + 7) * 13) % 251),
  width,
  height,
})
const preprocess = { resize: [8, 8], channels: 'gray', mean: [0.5], std: [0.25] } as const
const images = [image(1), image(2), image(3)]
const spec = { kind: 'tensor', id: 'x', dtype: 'float32', dims: [null, null, null, null] } as const
const arrays = await Promise.all(
  images.map(async (one) => {
    const { data, dims } = await imageTensor(one, spec, preprocess, 'x')
    return { data: data as Float32Array, dims }
  }),
)

describe('calibration data', () => {
  it('images are prepared as the page prepares them', async () => {
    const [byImage, byArray] = [
      await convert({ preprocess, calibration: { data: images.map((one) => ({ '0': one })) } }),
      await convert({ calibration: { data: arrays.map((one) => ({ '0': one })) } }),
    ]
    expect(byImage.sha256).toBe(byArray.sha256)
    expect(byImage.report.precision!.error).toMatchObject({ on: 'calibration data', inputs: 3 })
    expect((await convert({ calibration: { data: [{ '0': arrays[0]! }] } })).sha256).not.toBe(byArray.sha256)
  })

  it('stacks are taken apart: one more axis, or a multiple of the batch that is declared', async () => {
    const inputs = { ink: { shape: [1, 1, 8, 8] } }
    const { sha256 } = await convert({ inputs, calibration: { data: arrays.map((one) => ({ '0': one })) } })
    const all = Float32Array.from(arrays.flatMap(({ data }) => [...data]))
    for (const dims of [
      [3, 1, 8, 8],
      [3, 1, 1, 8, 8],
    ])
      expect((await convert({ inputs, calibration: { data: [{ ink: { data: all, dims } }] } })).sha256).toBe(sha256)
  })

  it('an image for an input that is none', async () => {
    await expect(convert({ calibration: { data: [{ '0': { ...image(1), width: 5 } }] } })).rejects.toMatchObject({
      problems: [{ code: 'PT4012', message: expect.stringContaining('Item 0') }],
    })
  })

  it('of inputs that the model does not have', async () => {
    await expect(convert({ calibration: { data: [{ image: arrays[0]! }] } })).rejects.toMatchObject({
      problems: [{ code: 'PT4012', message: expect.stringContaining('"image"'), fix: expect.stringContaining('ink') }],
    })
  })

  it('corrects biases in every precision, and of what is pruned', async () => {
    const digits = [{ '0': { data: stack.slice(0, 64 * 64), dims: [64, 1, 8, 8] } }]
    const exampleInputs = [{ '0': { data: stack.slice(64 * 64), dims: [386, 1, 8, 8] } }]
    for (const options of [{ precision: 'int4' }, { precision: 'int8' }, { precision: 'fp32', prune: { sparsity: 0.4 } }] as const) {
      const errorOf = async (correctBiases: boolean): Promise<readonly [error: number, biases: number | undefined]> => {
        const { report } = await convert({ ...options, exampleInputs, calibration: { data: digits, correctBiases } })
        const { error, correctedBiases } = report.precision!
        return ['outputs' in error ? error.outputs[0]!.mean : Number.NaN, correctedBiases]
      }
      const [[plain, none], [corrected, some]] = [await errorOf(false), await errorOf(true)]
      expect(none).toBeUndefined()
      expect(some).toBeGreaterThan(2)
      expect(corrected).toBeLessThan(0.9 * plain)
    }
  })

  it('methods choose other ranges', async () => {
    const of = async (calibration: Omit<NonNullable<CompileOptions['calibration']>, 'data'>): Promise<string> =>
      (await convert({ calibration: { ...calibration, data: arrays.map((one) => ({ '0': one })) } })).sha256
    const all = await Promise.all([
      of({}),
      of({ method: 'MinMax' }),
      of({ method: 'Percentile', percentile: 99 }),
      of({ method: 'Entropy' }),
    ])
    expect(all[0]).toBe(all[1])
    expect(new Set(all).size).toBe(3)
  })
})
