import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Preprocess, Tensor } from '../../src/runtime/index.ts'
import { openModel, rejection } from './open-model.ts'

interface Case {
  readonly width: number
  readonly height: number
  readonly rgba: readonly number[]
  readonly options: Preprocess
  readonly dims: readonly number[]
  readonly values: readonly number[]
}
const cases = JSON.parse(readFileSync(new URL('./models/images.json', import.meta.url), 'utf8')) as readonly Case[]

describe("preprocess equals torch's F.interpolate, mean and std", () => {
  it.each(cases)('$options', async ({ width, height, rgba, options, dims, values }) => {
    const model = openModel('image', { preprocess: options })
    const y = (await model({ data: Uint8ClampedArray.from(rgba), width, height })) as Tensor
    expect(y.dims).toEqual(dims)
    const worst = Math.max(...values.map((value, i) => Math.abs(value - (y.data as Float32Array)[i]!)))
    expect(worst).toBeLessThan(2e-6)
  })

  it('a golden of another image does not match', async () => {
    const [first, second] = cases
    const model = openModel('image', { preprocess: first!.options })
    const y = (await model({ data: Uint8Array.from(second!.rgba), width: second!.width, height: second!.height })) as Tensor
    expect(Math.max(...first!.values.map((value, i) => Math.abs(value - (y.data as Float32Array)[i]!)))).toBeGreaterThan(1e-2)
  })
})

describe('images', () => {
  const image = (width: number, height: number, byte: number): object => ({
    data: new Uint8Array(width * height * 4).fill(byte),
    width,
    height,
  })
  it('keep their size where none is asked for', async () => {
    const y = (await openModel('image', { preprocess: {} })(image(3, 2, 255))) as Tensor
    expect(y.dims).toEqual([1, 3, 2, 3])
    expect(Array.from(y.data as Float32Array)).toEqual(Array.from({ length: 18 }, () => 1))
  })
  it('are resized to the declared dims', async () => {
    const signature = {
      name: 'forward',
      params: [{ name: 'image', spec: { kind: 'tensor' as const, id: 'x', dtype: 'float32', dims: [1, 3, 4, 6] } }],
      result: { kind: 'tensor' as const, id: 'y', dtype: 'float32' },
    }
    const y = (await openModel('image', { preprocess: {}, signatures: [signature] })({ image: image(3, 2, 51) })) as Tensor
    expect(y.dims).toEqual([1, 3, 4, 6])
    expect((y.data as Float32Array)[7]).toBeCloseTo(0.2, 6)
  })
  it('make a batch', async () => {
    const y = (await openModel('image', { preprocess: { resize: [1, 1] } })([image(3, 2, 0), image(2, 5, 255)])) as Tensor
    expect(y.dims).toEqual([2, 3, 1, 1])
    expect(Array.from(y.data as Float32Array)).toEqual([0, 0, 0, 1, 1, 1])
  })
  it('are refused when they are not whole', async () => {
    const model = openModel('image', { preprocess: {} })
    for (const value of [
      { data: new Uint8Array(5), width: 1, height: 1 },
      { data: new Uint8Array(0), width: 0, height: 0 },
    ]) {
      expect((await rejection(model(value))).code).toBe('PT5109')
    }
  })
})
