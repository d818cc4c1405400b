// Random operators draw from torch's distributions: mean, variance, support and distribution function of large samples, against the
// formulas. The bounds are five standard errors, so that a wrong distribution fails and chance all but never does.

import { describe, expect, it } from 'vitest'
import type { IValue } from '../../src/ir/ivalue.ts'
import type { Tensor } from '../../src/ir/tensor.ts'
import { readElements, tensorFromElements } from '../../src/ir/tensor-elements.ts'
import type { ScalarType } from '../../src/ir/scalar-type.ts'
import { runCase } from './run-case.ts'

const N = 20000
const ERRORS = 5

const filled = (value: number, dtype: ScalarType = 'float32', sizes: readonly number[] = [N]): Tensor =>
  tensorFromElements(
    dtype,
    sizes,
    Array.from({ length: sizes.reduce((n, s) => n * s, 1) }, () => (/int/.test(dtype) ? BigInt(value) : value)),
  )

const HEAD = `  %n : NoneType = prim::Constant()
  %size : int = prim::Constant[value=${N}]()
  %s : int[] = prim::ListConstruct(%size)
  %i0 : int = prim::Constant[value=0]()
  %i3 : int = prim::Constant[value=3]()
  %i4 : int = prim::Constant[value=4]()
  %i9 : int = prim::Constant[value=9]()
  %big : int = prim::Constant[value=1000000]()
  %f : bool = prim::Constant[value=0]()
  %t : bool = prim::Constant[value=1]()
  %half : float = prim::Constant[value=0.5]()
  %third : float = prim::Constant[value=0.3]()
  %two : float = prim::Constant[value=2.]()
`
/** The values that a call of an operator draws. */
async function draws(call: string, ...inputs: Tensor[]): Promise<number[]> {
  const params = inputs.map((_, i) => `%x${i} : Tensor`).join(', ')
  const text = `graph(${params}):\n${HEAD}  %y : Tensor = ${call}\n  return (%y)\n`
  const [result] = await runCase(text, inputs, [filled(0)], 'static')
  return readElements(result as Extract<IValue, { kind: 'tensor' }>).map(Number)
}

interface Moments {
  readonly mean: number
  readonly variance: number
  /** E(x − μ)⁴/σ⁴; 3 of a normal distribution. */
  readonly kurtosis?: number
}
function expectMoments(values: readonly number[], { mean, variance, kurtosis = 3 }: Moments): void {
  const n = values.length
  const found = values.reduce((sum, x) => sum + x, 0) / n
  const spread = values.reduce((sum, x) => sum + (x - found) ** 2, 0) / n
  expect(Math.abs(found - mean), `mean ${found} of ${mean}`).toBeLessThan(ERRORS * Math.sqrt(variance / n))
  expect(Math.abs(spread - variance), `variance ${spread} of ${variance}`).toBeLessThan(ERRORS * variance * Math.sqrt((kurtosis - 1) / n))
}
/** Kolmogorov's distance from a distribution function: beyond 2.3/√n once in 50,000 times. */
function expectDistribution(values: readonly number[], cdf: (x: number) => number): void {
  const sorted = [...values].sort((a, b) => a - b)
  const distance = Math.max(
    ...sorted.map((x, i) => Math.max(Math.abs(cdf(x) - i / sorted.length), Math.abs(cdf(x) - (i + 1) / sorted.length))),
  )
  expect(distance).toBeLessThan(2.3 / Math.sqrt(sorted.length))
}
/** Each of the outcomes as often as it should be. */
function expectFrequencies(values: readonly number[], probabilities: ReadonlyMap<number, number>): void {
  for (const value of new Set(values)) expect(probabilities.has(value), `${value} is possible`).toBe(true)
  for (const [value, p] of probabilities) {
    const share = values.filter((x) => x === value).length / values.length
    expect(Math.abs(share - p), `share ${share} of ${value}`).toBeLessThan(ERRORS * Math.sqrt((p * (1 - p)) / values.length) + 1e-9)
  }
}
const even = (from: number, to: number): Map<number, number> =>
  new Map(Array.from({ length: to - from }, (_, i) => [from + i, 1 / (to - from)]))

/** Abramowitz and Stegun 7.1.26, good to 1.5e-7. */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * z)
  const erf = 1 - t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-z * z)
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2
}

describe('continuous distributions', () => {
  it.each([
    ['rand', 'aten::rand(%s, %n, %n, %n, %n)', []],
    ['rand_like', 'aten::rand_like(%x0, %n, %n, %n, %n, %n)', [filled(0)]],
    ['rand_like float64', 'aten::rand_like(%x0, %n, %n, %n, %n, %n)', [filled(0, 'float64')]],
    ['rand_like float16', 'aten::rand_like(%x0, %n, %n, %n, %n, %n)', [filled(0, 'float16')]],
  ])('%s', async (_, call, inputs) => {
    const values = await draws(call, ...inputs)
    expect(values.every((x) => x >= 0 && x < 1)).toBe(true)
    expectMoments(values, { mean: 0.5, variance: 1 / 12, kurtosis: 1.8 })
    expectDistribution(values, (x) => x)
  })
  it.each([
    ['randn', 'aten::randn(%s, %n, %n, %n, %n)', [], 0, 1],
    ['randn_like', 'aten::randn_like(%x0, %n, %n, %n, %n, %n)', [filled(0, 'float64')], 0, 1],
    ['normal', 'aten::normal(%half, %two, %s, %n, %n, %n, %n, %n)', [], 0.5, 2],
    ['normal.Tensor_Tensor', 'aten::normal(%x0, %x1, %n)', [filled(-1), filled(3)], -1, 3],
    ['normal_functional', 'aten::normal_functional(%x0, %half, %two, %n)', [filled(0)], 0.5, 2],
  ] as const)('%s', async (_, call, inputs, mean, deviation) => {
    const values = await draws(call, ...inputs)
    expectMoments(values, { mean, variance: deviation ** 2 })
    expectDistribution(values, (x) => normalCdf((x - mean) / deviation))
  })
  it('uniform', async () => {
    const values = await draws('aten::uniform(%x0, %half, %two, %n)', filled(0))
    expect(values.every((x) => x >= 0.5 && x < 2)).toBe(true)
    expectDistribution(values, (x) => (x - 0.5) / 1.5)
  })
  it('exponential is never 0', async () => {
    const values = await draws('aten::exponential(%x0, %two, %n)', filled(0))
    expect(Math.min(...values)).toBeGreaterThan(0)
    expectMoments(values, { mean: 0.5, variance: 0.25, kurtosis: 9 })
    expectDistribution(values, (x) => 1 - Math.exp(-2 * x))
  })
  it('cauchy', async () => {
    expectDistribution(await draws('aten::cauchy(%x0, %half, %two, %n)', filled(0)), (x) => 0.5 + Math.atan((x - 0.5) / 2) / Math.PI)
  })
  it('log_normal', async () => {
    const values = await draws('aten::log_normal(%x0, %half, %third, %n)', filled(0))
    expectDistribution(values, (x) => normalCdf((Math.log(x) - 0.5) / 0.3))
  })
  it.each([0.3, 1, 4.5, 200])('_standard_gamma(%s)', async (alpha) => {
    const values = await draws('aten::_standard_gamma(%x0, %n)', filled(alpha))
    expectMoments(values, { mean: Math.fround(alpha), variance: alpha, kurtosis: 3 + 6 / alpha })
    if (alpha === 1) expectDistribution(values, (x) => 1 - Math.exp(-x))
  })
  it('_sample_dirichlet: parts of a whole, each with its beta', async () => {
    const alphas = tensorFromElements(
      'float64',
      [N, 3],
      Array.from({ length: N * 3 }, (_, i) => [0.5, 1.5, 3][i % 3]!),
    )
    const values = await draws('aten::_sample_dirichlet(%x0, %n)', alphas)
    for (let row = 0; row < N; row += 97) expect(values[3 * row]! + values[3 * row + 1]! + values[3 * row + 2]!).toBeCloseTo(1, 6)
    for (const [i, a] of [0.5, 1.5, 3].entries())
      expectMoments(
        values.filter((_, k) => k % 3 === i),
        { mean: a / 5, variance: (a * (5 - a)) / (25 * 6), kurtosis: 6 },
      )
  })
})

describe('discrete distributions', () => {
  it.each([
    ['randint', 'aten::randint(%i9, %s, %i4, %n, %n, %n)', [], 0, 9],
    ['randint.low', 'aten::randint(%i3, %i9, %s, %i3, %n, %n, %n)', [], 3, 9],
    ['randint_like.Tensor', 'aten::randint_like(%x0, %x1, %n, %n, %n, %n, %n)', [filled(0), filled(4, 'int64', [])], 0, 4],
    ['random.from', 'aten::random(%x0, %i3, %i9, %n)', [filled(0, 'int64')], 3, 9],
    ['random of uint8', 'aten::random(%x0, %n)', [filled(0, 'uint8')], 0, 256],
  ])('%s', async (_, call, inputs, from, to) => {
    expectFrequencies(await draws(call, ...inputs), even(from, to))
  })
  it('randint of a large range leaves no gaps', async () => {
    const values = await draws('aten::randint(%big, %s, %i4, %n, %n, %n)')
    expectDistribution(values, (x) => (x + 0.5) / 1e6)
    // Last digits are even: a coarse grid would prefer some.
    expectFrequencies(
      values.map((x) => x % 10),
      even(0, 10),
    )
  })
  it('random of int64 fills 63 bits', async () => {
    const values = await draws('aten::random(%x0, %n)', filled(0, 'int64'))
    expectDistribution(values, (x) => x / 2 ** 63)
  })
  it('random of float32 gives whole numbers up to 2²⁴', async () => {
    const values = await draws('aten::random(%x0, %n)', filled(0))
    expect(values.every(Number.isInteger)).toBe(true)
    expectDistribution(values, (x) => (x + 0.5) / 2 ** 24)
  })
  it('bernoulli', async () => {
    expectFrequencies(await draws('aten::bernoulli(%x0, %third, %n)', filled(0)), new Map([[0, 0.7], [1, 0.3]])) // prettier-ignore
    expectFrequencies(await draws('aten::bernoulli(%x0, %n)', filled(0.9)), new Map([[0, 0.1], [1, 0.9]])) // prettier-ignore
  })
  it('geometric', async () => {
    const values = await draws('aten::geometric(%x0, %third, %n)', filled(0))
    expect(Math.min(...values)).toBe(1)
    expectMoments(values, { mean: 1 / 0.3, variance: 0.7 / 0.09, kurtosis: 9.2 })
  })
  it.each([0.2, 3, 9.5, 10.5, 80, 5000])('poisson(%s)', async (rate) => {
    const values = await draws('aten::poisson(%x0, %n)', filled(rate, 'float64'))
    expect(values.every((x) => Number.isInteger(x) && x >= 0)).toBe(true)
    expectMoments(values, { mean: rate, variance: rate, kurtosis: 3 + 1 / rate })
  })
  it.each([3, 12])('poisson(%s), count by count', async (rate) => {
    const values = await draws('aten::poisson(%x0, %n)', filled(rate, 'float64'))
    let p = Math.exp(-rate)
    for (let k = 0; k < 2 * rate; p *= rate / ++k) {
      const share = values.filter((x) => x === k).length / N
      expect(Math.abs(share - p), `share of ${k}`).toBeLessThan(ERRORS * Math.sqrt((p * (1 - p)) / N) + 1e-9)
    }
  })
  it.each([
    [6, 0.3],
    [6, 0.8],
    [200, 0.02],
    [40, 0.5],
    [1000, 0.35],
    [1000, 0.9],
  ])('binomial(%s, %s)', async (count, p) => {
    const values = await draws('aten::binomial(%x0, %x1, %n)', filled(count, 'float64'), filled(p, 'float64'))
    expect(values.every((x) => Number.isInteger(x) && x >= 0 && x <= count)).toBe(true)
    const variance = count * p * (1 - p)
    expectMoments(values, { mean: count * p, variance, kurtosis: 3 + (1 - 6 * p * (1 - p)) / variance })
  })
  it('multinomial with replacement', async () => {
    const weights = tensorFromElements('float32', [4], [1, 0, 3, 6])
    const values = await draws('aten::multinomial(%x0, %size, %t, %n)', weights)
    expectFrequencies(values, new Map([[0, 0.1], [2, 0.3], [3, 0.6]])) // prettier-ignore
  })
  it('multinomial without replacement: the first of each row as the weights say, and no row twice the same', async () => {
    const rows = 5000
    const weights = tensorFromElements(
      'float32',
      [rows, 3],
      Array.from({ length: rows * 3 }, (_, i) => [1, 2, 5][i % 3]!),
    )
    const values = await draws('aten::multinomial(%x0, %i3, %f, %n)', weights)
    expectFrequencies(
      values.filter((_, i) => i % 3 === 0),
      new Map([[0, 1 / 8], [1, 2 / 8], [2, 5 / 8]]), // prettier-ignore
    )
    for (let i = 0; i < rows; i++) expect(values.slice(3 * i, 3 * i + 3).sort()).toEqual([0, 1, 2])
  })
  it('randperm: a permutation, every place alike', async () => {
    const values = await draws('aten::randperm(%size, %i4, %n, %n, %n)')
    expect(new Set(values).size).toBe(N)
    const half = values.slice(0, N / 2)
    // A sample without replacement spreads less, by √½.
    const mean = half.reduce((a, b) => a + b, 0) / half.length
    expect(Math.abs(mean - (N - 1) / 2)).toBeLessThan(ERRORS * N * Math.sqrt(1 / 12 / N))
  })
})

describe('draws of one run', () => {
  it('differ from each other, first values included', async () => {
    const two = `graph():\n${HEAD}  %one : int[] = prim::ListConstruct()\n  %a : Tensor = aten::rand(%one, %n, %n, %n, %n)\n  %b : Tensor = aten::rand(%one, %n, %n, %n, %n)\n  return (%a, %b)\n`
    const [a, b] = await runCase(two, [], [filled(0, 'float32', []), filled(0, 'float32', [])], 'static')
    const [x, y] = [a, b].map((value) => Number(readElements(value as Tensor)[0])) as [number, number]
    expect(Math.abs(x - y)).toBeGreaterThan(1e-3)
  })
})
