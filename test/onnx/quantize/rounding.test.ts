// Scales and rounding, to the bit: half to even, symmetric, blocks along the axis that is summed.

import { describe, expect, it } from 'vitest'
import { byteScale } from '../../../src/onnx/quantize/byte-range.ts'
import { fromRounded, int4Block, roundHalfEven, toInt4, toInt8 } from '../../../src/onnx/quantize/rounding.ts'
import { packPairs } from '../../../src/onnx/quantize/stored-weight.ts'

const same = (x: number): number => x

describe('rounding', () => {
  it('goes to the nearest, ties to even', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 1.2, -1.7].map(roundHalfEven).map((x) => x + 0)).toEqual([0, 2, 2, 0, -2, -2, 1, -2])
  })

  it('int8: the largest magnitude of a channel is 127, and zero is zero', () => {
    // [2, 3], summed over the last axis: a scale a row.
    const weights = Float32Array.of(1.27, -0.005, 0.015, 0, 0, 0)
    const { values, scales, block } = toInt8(weights, { outer: 2, length: 3, inner: 1 })
    expect(block).toBe(3)
    expect([...scales]).toEqual([Math.fround(Math.fround(1.27) / 127), 0])
    expect([...values]).toEqual([127, 0, 2, 0, 0, 0])
  })

  it('int8: the scales of a matrix product lie along its columns', () => {
    const weights = Float32Array.of(1, 100, -2, 50)
    const view = { outer: 1, length: 2, inner: 2 }
    const rounded = toInt8(weights, view)
    expect([...rounded.values]).toEqual([64, 127, -127, 64])
    expect([...fromRounded(rounded, view)].map((x) => Math.round(x * 100) / 100)).toEqual([1.01, 100, -2, 50.39])
  })

  it('int4: the extreme of a block is −8 where that leaves less error', () => {
    const weights = Float32Array.from({ length: 16 }, (_, i) => (i - 8) / 4)
    const view = { outer: 1, length: 16, inner: 1 }
    const rounded = toInt4(weights, view, 16, same)
    expect([...rounded.scales]).toEqual([0.25])
    expect([...rounded.values]).toEqual(Array.from({ length: 16 }, (_, i) => i - 8))
    expect([...fromRounded(rounded, view)]).toEqual([...weights])
    // The other sign: the scale is negative.
    const turned = toInt4(
      weights.map((x) => -x),
      view,
      16,
      same,
    )
    expect([...turned.scales]).toEqual([-0.25])
  })

  it('int4: each block has its own scale', () => {
    const weights = Float32Array.from({ length: 64 }, (_, i) => (i < 32 ? 0.01 : 10) * Math.sin(i))
    const view = { outer: 1, length: 64, inner: 1 }
    const back = fromRounded(toInt4(weights, view, 32, same), view)
    for (const [i, x] of weights.entries()) expect(Math.abs(x - back[i]!)).toBeLessThan(i < 32 ? 0.0015 : 1.5)
  })

  it('blocks of int4 divide the axis', () => {
    expect([32, 64, 768, 147, 48, 9, 25, 49, 7, 127].map(int4Block)).toEqual([32, 32, 32, 21, 24, 9, 25, 49, undefined, undefined])
  })

  it('packs the first of two into the low half', () => {
    expect([...packPairs(Int8Array.of(-8, 7, 0, -1))]).toEqual([0xf0, 0x78])
  })

  it('bytes of activations keep zero exact', () => {
    expect(byteScale([-1, 3])).toEqual({ scale: Math.fround(4 / 255), zeroPoint: 64 })
    expect(byteScale([2, 4])).toEqual({ scale: Math.fround(4 / 255), zeroPoint: 0 })
    expect(byteScale([-4, -2])).toEqual({ scale: Math.fround(4 / 255), zeroPoint: 255 })
    expect(byteScale([0, 0])).toEqual({ scale: 1, zeroPoint: 0 })
  })
})
