// Ranges of activations from their values, by each method: against the definition, on distributions whose best range is known.

import { describe, expect, it } from 'vitest'
import { byteScale } from '../../../src/onnx/quantize/byte-range.ts'
import { RangeObserver, type RangeOptions } from '../../../src/onnx/quantize/range-observer.ts'

/** Near a standard normal, the same each time. */
function normal(count: number, seed = 1): number[] {
  let state = seed
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  return Array.from({ length: count }, () => Array.from({ length: 12 }, next).reduce((a, b) => a + b) - 6)
}
function rangeOf(batches: readonly (readonly number[])[], options: RangeOptions): readonly [number, number] {
  const observer = new RangeObserver(options)
  for (const batch of batches) observer.observe(batch)
  return observer.range
}
/** Mean squared error of the values as bytes of a range. */
function errorIn(range: readonly [number, number], values: readonly number[]): number {
  const { scale, zeroPoint } = byteScale(range)
  const back = (x: number): number => (Math.min(255, Math.max(0, Math.round(x / scale) + zeroPoint)) - zeroPoint) * scale
  return values.reduce((sum, x) => sum + (x - back(x)) ** 2, 0) / values.length
}

describe('MinMax', () => {
  it('has all values, and zero; what is not finite tells nothing', () => {
    expect(rangeOf([[1, 3], [2]], {})).toEqual([0, 3])
    expect(
      rangeOf(
        [
          [-1, 3],
          [-2, Infinity, Number.NaN],
        ],
        { method: 'MinMax' },
      ),
    ).toEqual([-2, 3])
  })
})

describe('Percentile', () => {
  it('leaves the same part out at both ends', () => {
    const values = Array.from({ length: 10_001 }, (_, i) => i / 10_000 - 0.25)
    const [low, high] = rangeOf([values], { method: 'Percentile', percentile: 98 })
    // A bin is 0.75 / 2048 wide at most.
    expect(low).toBeCloseTo(-0.24, 2)
    expect(high).toBeCloseTo(0.74, 2)
    expect(rangeOf([values], { method: 'Percentile', percentile: 100 })).toEqual([-0.25, 0.75])
  })

  it('lone outliers are beyond the range', () => {
    const values = [...normal(200_000), 1000]
    const [low, high] = rangeOf([values], { method: 'Percentile' })
    expect(high).toBeLessThan(8)
    expect(low).toBeGreaterThan(-8)
  })
})

describe('Entropy', () => {
  it('gives up a few outliers for finer steps', () => {
    const values = [...normal(50_000), 40, -40]
    const range = rangeOf([values], { method: 'Entropy' })
    expect(range[1]).toBeLessThan(12)
    expect(range[1]).toBeGreaterThan(2)
    expect(errorIn(range, normal(50_000, 7))).toBeLessThan(errorIn([-40, 40], normal(50_000, 7)) / 10)
  })

  it('one side stays one side', () => {
    const [low, high] = rangeOf([normal(20_000).map((x) => Math.max(0, x))], { method: 'Entropy' })
    expect(low).toBe(0)
    expect(high).toBeGreaterThan(2)
  })
})

describe.each(['Percentile', 'Entropy'] as const)('%s', (method) => {
  it('does not hang on the order of the batches', () => {
    const batches = [normal(3000, 1), normal(3000, 2).map((x) => 40 * x), normal(3000, 3).map((x) => x / 50)]
    expect(rangeOf(batches, { method })).toEqual(rangeOf([...batches].reverse(), { method }))
  })
  it.each([[[0, 0]], [[5]], [[-3]], [[1e-30, 2e-30]], [[1e30]], [[]]])('of %j holds it, and zero', (values) => {
    const [low, high] = rangeOf([values], { method })
    expect(low).toBeLessThanOrEqual(0)
    expect(high).toBeGreaterThanOrEqual(0)
    expect(low).toBeGreaterThanOrEqual(Math.min(0, ...values))
    expect(high).toBeLessThanOrEqual(Math.max(0, ...values))
    if (values.some((x) => x !== 0)) expect(high - low).toBeGreaterThan(0.9 * Math.max(...values.map(Math.abs)))
    else expect(high).toBe(0)
  })
})
