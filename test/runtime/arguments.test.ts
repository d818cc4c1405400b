import * as ort from 'onnxruntime-web'
import { describe, expect, it } from 'vitest'
import { tensor, TorchInputError, type Tensor } from '../../src/runtime/index.ts'
import { openModel, rejection } from './open-model.ts'

const affine = openModel('affine')
const x = [
  [1, 2, 3],
  [4, 5, 6],
]
const bias = new Float32Array(6).fill(0.5)
const expected = [2.5, 4.5, 6.5, 8.5, 10.5, 12.5]

describe('what a tensor parameter takes', () => {
  const same: [string, unknown][] = [
    ['nested arrays', x],
    ['rows of typed arrays', [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)]],
    ['a typed array, shape from the signature', Float32Array.of(1, 2, 3, 4, 5, 6)],
    ['a plain object', { data: Float32Array.of(1, 2, 3, 4, 5, 6), dims: [2, 3] }],
    ['our tensor', tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
    ["onnxruntime's Tensor", new ort.Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
  ]
  it.each(same)('%s', async (_, value) => {
    const y = (await affine(value, bias)) as Tensor
    expect(y.type).toBe('float32')
    expect(y.dims).toEqual([2, 3])
    expect(Array.from(y.data as Float32Array)).toEqual(expected)
  })

  it('names, in any order, with defaults', async () => {
    for (const y of [await affine({ bias, x }), await affine.named({ x, bias, scale: 2 }), await affine({ x, bias, scale: undefined })]) {
      expect(Array.from((y as Tensor).data as Float32Array)).toEqual(expected)
    }
    const scaled = (await affine({ x, bias, scale: 0, training: true })) as Tensor
    expect(Array.from(scaled.data as Float32Array)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
  })

  it('reads arguments when called, and never writes them', async () => {
    const fresh = openModel('affine')
    const input = Float32Array.of(1, 2, 3, 4, 5, 6)
    const promise = fresh(input, bias)
    input.fill(0)
    expect(Array.from(((await promise) as Tensor).data as Float32Array)).toEqual(expected)
    expect(bias).toEqual(new Float32Array(6).fill(0.5))
  })

  it.each([
    ['bool', [[true, false]], Uint8Array.of(1, 0)],
    ['uint8', [[0, 255]], Uint8Array.of(0, 255)],
    ['int32', [[-1, 7]], Int32Array.of(-1, 7)],
    ['int64', [[1, 2n ** 60n]], BigInt64Array.of(1n, 2n ** 60n)],
    ['float64', [[0.1, 1e300]], Float64Array.of(0.1, 1e300)],
  ])('%s elements', async (type, nested, flat) => {
    const echo = openModel(`echo-${type}`)
    for (const value of [nested, flat, { data: flat, dims: [1, 2] }]) {
      const y = (await echo(value)) as Tensor
      expect(y.type).toBe(type)
      expect(Array.from(y.data as ArrayLike<unknown>)).toEqual(Array.from(flat as ArrayLike<unknown>))
    }
  })

  it('float16 as raw bits, and as numbers where Float16Array is', async () => {
    const echo = openModel('echo-float16')
    const bits = (y: unknown): number[] => {
      const { buffer, byteOffset, length } = (y as Tensor<'float16'>).data as Uint16Array
      return Array.from(new Uint16Array(buffer, byteOffset, length))
    }
    expect(bits(await echo(Uint16Array.of(0x3c00, 0xc000)))).toEqual([0x3c00, 0xc000])
    if ('Float16Array' in globalThis) expect(bits(await echo([[1, -2]]))).toEqual([0x3c00, 0xc000])
    else expect((await rejection(echo([[1, -2]]))).message).toContain('float16')
  })

  it('an empty batch', async () => {
    const y = (await affine(new Float32Array(0), new Float32Array(0))) as Tensor
    expect(y.dims).toEqual([0, 3])
  })
})

describe('what other parameters take', () => {
  const takes = openModel('takes')
  const pair = { left: 1, right: 2 }
  const tensors = [[1, 2], [[3], [4]], { data: new Float32Array(0), dims: [0, 2] }]
  type Result = [number, Tensor[], number, string, Tensor, number]

  it('lists of tensors, lists of ints, choices, Optionals, records, constants', async () => {
    const [total, same, sum, mode, maybe, added] = (await takes(tensors, [5, 6n, -1], 'sum', [7, 8], pair, 4)) as Result
    expect(total).toBe(10)
    expect(same.map(({ dims }) => dims)).toEqual([[2], [2, 1], [0, 2]])
    expect(same.map(({ data }) => Array.from(data as Float32Array))).toEqual([[1, 2], [3, 4], []])
    expect(sum).toBe(10)
    expect(mode).toBe('sum')
    expect(Array.from(maybe.data as Float32Array)).toEqual([7, 8])
    expect(added).toBe(3)
  })

  it('defaults and None', async () => {
    for (const result of [
      await takes.named({ tensors, pair }),
      await takes({ tensors, pair, maybe: null }),
      await takes(tensors, undefined, undefined, null, pair),
    ]) {
      const [, , sum, mode, maybe] = result as Result
      expect(sum).toBe(3)
      expect(mode).toBe('mean')
      expect(Array.from(maybe.data as Float32Array)).toEqual([-1])
    }
  })

  it.each([
    ['PT5104', [[], [1], 'max', null, pair], 'one of "mean", "sum", found "max"'],
    ['PT5104', [[], [1], 'sum', null, pair, 5], '4 (fixed), found 5'],
    ['PT5102', [[], [1], 'sum', null, { ...pair, up: 1 }], 'object of "left", "right", found "up"'],
    ['PT5103', [[], [1], 'sum', null, { left: 1 }], '[right]'],
    ['PT5108', [[], [1.5], 'sum', null, pair], 'int64'],
    ['PT5104', [[], 3, 'sum', null, pair], 'array of int, found 3'],
    ['PT5104', [[], ['1'], 'sum', null, pair], 'found "1"'],
  ])('%s %j', async (code, values, words) => {
    const error = await rejection(takes(...values))
    expect(error).toBeInstanceOf(TorchInputError)
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
  })
})

describe('a first parameter that takes an object', () => {
  const record = {
    name: 'forward',
    params: [{ name: 'x', spec: { kind: 'record' as const, keys: ['x', 'bias'], items: [] as never[] } }],
    result: { kind: 'constant' as const, value: null },
  }
  it('is given it, not names', async () => {
    const [tensors, ...rest] = (await import('./open-model.ts')).signatures['affine']![0]!.params
    const spec = { kind: 'record' as const, keys: ['x', 'bias'], items: [tensors!.spec, rest[0]!.spec] }
    const model = openModel('affine', {
      signatures: [{ ...record, params: [{ name: 'x', spec }, rest[1]!], result: { kind: 'tensor', id: 'y', dtype: 'float32' } }],
    })
    expect(Array.from(((await model({ x, bias })) as Tensor).data as Float32Array)).toEqual(expected)
    expect(Array.from(((await model.named({ x: { x, bias } })) as Tensor).data as Float32Array)).toEqual(expected)
  })
})

describe('what does not fit is told before onnxruntime sees it', () => {
  const wrong: [string, unknown[], string][] = [
    ['PT5105', [Float64Array.of(1, 2, 3), bias], "forward(), argument 'x': expected float32[n, 3], found Float64Array of 3"],
    ['PT5105', [{ data: Int32Array.of(1), dims: [1] }, bias], 'expected float32[n, 3], found int32[1]'],
    ['PT5105', [new ort.Tensor('int32', Int32Array.of(1, 2, 3), [1, 3]), bias], 'found int32[1, 3]'],
    ['PT5106', [[[1, 2]], bias], 'expected float32[1, 3], found float32[1, 2]'],
    ['PT5106', [[1, 2, 3], bias], 'expected float32[n, 3], found float32[3]'],
    ['PT5106', [[[1, 2, 3], [4]], bias], '3 elements in dim 1, found [4]'],
    ['PT5106', [[[1, 2, 3]], bias], "argument 'bias': expected float32[n, 3], found Float32Array of 6"],
    [
      'PT5106',
      [
        [[1, 2, 3]],
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      "argument 'bias': expected float32[1, 3], found float32[2, 3]",
    ],
    ['PT5106', [Float32Array.of(1, 2, 3, 4), bias], 'found Float32Array of 4'],
    ['PT5106', [{ data: new Float32Array(4), dims: [1, 3] }, bias], '4 elements for float32[1, 3]'],
    ['PT5106', [{ data: new Float32Array(4), dims: [-1, -4] }, bias], 'float32[-1, -4]'],
    ['PT5104', ['x', bias], 'found "x"'],
    ['PT5104', [null, bias], 'found null'],
    ['PT5104', [[['1', 2, 3]], bias], 'found "1"'],
    ['PT5103', [x], "argument 'bias'"],
    ['PT5103', [], "argument 'x'"],
    ['PT5101', [x, bias, 1, true, 5], 'at most 4 arguments, found 5'],
    ['PT5102', [{ x, bias, y: 1 }], 'found "y"'],
    ['PT5104', [x, bias, true], "argument 'scale': expected float, found true"],
    ['PT5109', [{ data: new Uint8Array(4), width: 1, height: 1 }, bias], "argument 'x'"],
  ]
  it.each(wrong)('%s %j', async (code, values, words) => {
    const model = openModel('affine', { ort: () => Promise.reject(new Error('onnxruntime was asked for')) })
    const error = await rejection(model(...values))
    expect(error).toBeInstanceOf(TorchInputError)
    expect(error.name).toBe('TorchInputError')
    expect(error.code).toBe(code)
    expect(error.message).toContain(`${code} forward()`)
    expect(error.message).toContain(words)
  })

  it('elements that a dtype cannot hold', async () => {
    for (const [type, value] of [
      ['uint8', 256],
      ['uint8', -1],
      ['int32', 0.5],
      ['int32', 2 ** 31],
      ['int64', 2n ** 63n],
      ['int64', NaN],
      ['int64', Infinity],
    ] as const) {
      expect((await rejection(openModel(`echo-${type}`)([[0, value]]))).code).toBe('PT5108')
    }
    expect((await rejection(openModel('echo-bool')([[1, 0]]))).code).toBe('PT5104')
  })

  it('a bare array whose shape cannot be known', async () => {
    const image = openModel('image')
    expect((await rejection(image(new Float32Array(12)))).code).toBe('PT5107')
  })
})
