// Bessel functions, their modified forms and Airy's Ai: rational approximations near 0 and amplitude times phase far out, in x's own dtype.
// Answers to the functions of aten/src/ATen/native/Math.h, whose coefficients, after Cephes, are in special-coefficients.ts.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'
import { like } from './compute.ts'
import { plus, polynomial, times, type RealFunction } from './real-functions.ts'
import { AIRY, BESSEL_0, BESSEL_1, BESSEL_I0, BESSEL_I1, BESSEL_K0, BESSEL_K1 } from './special-coefficients.ts'

interface Ratio {
  readonly over: readonly number[]
  readonly under: readonly number[]
}
export const rational = (b: OnnxBuilder, x: OnnxValue, { over, under }: Ratio): OnnxValue =>
  b.op('Div', [polynomial(b, x, over), polynomial(b, x, under)])

/**
 * Σ' cₖ·Tₖ(t), the first coefficient halved, by Clenshaw's recurrence bₖ = 2t·bₖ₊₁ − bₖ₊₂ + cₖ: (b₀ − b₂)/2. Powers of t would lose digits.
 * Coefficients that the dtype does not feel are left out.
 */
function chebyshev(b: OnnxBuilder, t: OnnxValue, series: readonly number[]): OnnxValue {
  const felt = Math.max(...series.map(Math.abs)) * (t.dtype === 'float64' ? 1e-17 : 1e-9)
  const kept = series.slice(0, series.findLastIndex((c) => Math.abs(c) > felt) + 1)
  const twice = b.op('Add', [t, t])
  let [first, second]: [OnnxValue, OnnxValue] = [like(b, t, kept.at(-1)!), like(b, t, 0)]
  for (const c of kept.slice(1, -1).reverse()) [first, second] = [plus(b, b.op('Sub', [b.op('Mul', [twice, first]), second]), c), first]
  return plus(b, b.op('Sub', [b.op('Mul', [t, first]), second]), kept[0]! / 2)
}

const square = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Mul', [x, x])
const mul = (b: OnnxBuilder, ...factors: OnnxValue[]): OnnxValue => factors.reduce((x, y) => b.op('Mul', [x, y]))
const less = (b: OnnxBuilder, x: OnnxValue, k: number): OnnxValue => b.op('Less', [x, like(b, x, k)])
const greater = (b: OnnxBuilder, x: OnnxValue, k: number): OnnxValue => b.op('Greater', [x, like(b, x, k)])
const equal = (b: OnnxBuilder, x: OnnxValue, k: number): OnnxValue => b.op('Equal', [x, like(b, x, k)])
const where = (b: OnnxBuilder, condition: OnnxValue, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Where', [condition, x, y])
const over = (b: OnnxBuilder, k: number, x: OnnxValue): OnnxValue => b.op('Div', [like(b, x, k), x])

type Order = typeof BESSEL_0 | typeof BESSEL_1

/** √(2/πx)·(p·cos φ − 5/x·q·sin φ) for J, (p·sin φ + 5/x·q·cos φ) for Y, with φ = x − phase. */
function farBessel(b: OnnxBuilder, x: OnnxValue, { p, q }: Order, phase: number, second: boolean): OnnxValue {
  const w = b.op('Div', [like(b, x, 25), square(b, x)])
  const angle = plus(b, x, -phase)
  const [sine, cosine] = [b.op('Sin', [angle]), b.op('Cos', [angle])]
  const modulus = rational(b, w, p)
  const shift = mul(b, over(b, 5, x), rational(b, w, q))
  const wave = second
    ? b.op('Add', [mul(b, modulus, sine), mul(b, shift, cosine)])
    : b.op('Sub', [mul(b, modulus, cosine), mul(b, shift, sine)])
  return b.op('Div', [times(b, wave, Math.sqrt(2 / Math.PI)), b.op('Sqrt', [x])])
}
/** Near 0 the first two zeros are divided out: (z − a)(z − b)·ratio(z), z = x². */
function nearBessel(b: OnnxBuilder, x: OnnxValue, { j }: Order, zeros: readonly [number, number]): OnnxValue {
  const z = square(b, x)
  return mul(b, plus(b, z, -zeros[0]), plus(b, z, -zeros[1]), rational(b, z, j))
}
const nearJ0: RealFunction = (b, x) => nearBessel(b, x, BESSEL_0, [5.783185962946785, 30.471262343662087])
const nearJ1: RealFunction = (b, x) => mul(b, x, nearBessel(b, x, BESSEL_1, [14.681970642123893, 49.21845632169461]))

const J0_PHASE = Math.PI / 4
const J1_PHASE = (3 * Math.PI) / 4

export const besselJ0: RealFunction = (b, x) => {
  const size = b.op('Abs', [x])
  return where(b, greater(b, size, 5), farBessel(b, size, BESSEL_0, J0_PHASE, false), nearJ0(b, x))
}
export const besselJ1: RealFunction = (b, x) => {
  const size = b.op('Abs', [x])
  const far = farBessel(b, size, BESSEL_1, J1_PHASE, false)
  return where(b, greater(b, size, 5), where(b, less(b, x, 0), b.op('Neg', [far]), far), nearJ1(b, x))
}
/** Near 0: ratio(x²) + 2/π·ln x·J0. The logarithm makes −∞ of 0 and NaN of what is below. */
export const besselY0: RealFunction = (b, x) => {
  const near = b.op('Add', [rational(b, square(b, x), BESSEL_0.y), times(b, mul(b, b.op('Log', [x]), nearJ0(b, x)), 2 / Math.PI)])
  return where(b, greater(b, x, 5), farBessel(b, x, BESSEL_0, J0_PHASE, true), near)
}
/** Near 0: x·ratio(x²) + 2/π·(ln x·J1 − 1/x). */
export const besselY1: RealFunction = (b, x) => {
  const singular = b.op('Sub', [mul(b, b.op('Log', [x]), nearJ1(b, x)), over(b, 1, x)])
  const near = b.op('Add', [mul(b, x, rational(b, square(b, x), BESSEL_1.y)), times(b, singular, 2 / Math.PI)])
  const value = where(b, greater(b, x, 5), farBessel(b, x, BESSEL_1, J1_PHASE, true), near)
  return where(b, equal(b, x, 0), like(b, x, -Infinity), value)
}

/** e^−x·I of x ≥ 0. */
function scaledI(b: OnnxBuilder, x: OnnxValue, series: typeof BESSEL_I0 | typeof BESSEL_I1): OnnxValue {
  const near = chebyshev(b, plus(b, times(b, x, 0.25), -1), series.near)
  const far = b.op('Div', [chebyshev(b, plus(b, over(b, 16, x), -1), series.far), b.op('Sqrt', [x])])
  return where(b, greater(b, x, 8), far, series === BESSEL_I1 ? mul(b, x, near) : near)
}
/** Times e^x; torch has ∞/∞ at infinity. */
const unscaled = (b: OnnxBuilder, size: OnnxValue, scaled: OnnxValue): OnnxValue =>
  where(b, equal(b, size, Infinity), like(b, size, NaN), mul(b, b.op('Exp', [size]), scaled))
const modifiedI =
  (series: typeof BESSEL_I0 | typeof BESSEL_I1, scaled: boolean): RealFunction =>
  (b, x) => {
    const size = b.op('Abs', [x])
    const value = scaledI(b, size, series)
    const positive = scaled ? value : unscaled(b, size, value)
    return series === BESSEL_I1 ? where(b, less(b, x, 0), b.op('Neg', [positive]), positive) : positive
  }
export const besselI0 = modifiedI(BESSEL_I0, false)
export const besselI0e = modifiedI(BESSEL_I0, true)
export const besselI1 = modifiedI(BESSEL_I1, false)
export const besselI1e = modifiedI(BESSEL_I1, true)

/** I of 0 ≤ x ≤ 8. */
const nearI = (b: OnnxBuilder, x: OnnxValue, series: typeof BESSEL_I0 | typeof BESSEL_I1): OnnxValue =>
  mul(b, b.op('Exp', [x]), chebyshev(b, plus(b, times(b, x, 0.25), -1), series.near))

/** Up to 2 a series and the logarithm, which makes NaN of negative x; e^−x·series/√x beyond. */
function modifiedK(b: OnnxBuilder, x: OnnxValue, second: boolean, scaled: boolean): OnnxValue {
  const series = second ? BESSEL_K1 : BESSEL_K0
  const log = b.op('Log', [times(b, x, 0.5)])
  const smooth = chebyshev(b, plus(b, times(b, square(b, x), 0.5), -1), series.near)
  const near = second
    ? b.op('Add', [mul(b, log, x, nearI(b, x, BESSEL_I1)), b.op('Div', [smooth, x])])
    : b.op('Sub', [smooth, mul(b, log, nearI(b, x, BESSEL_I0))])
  const far = b.op('Div', [chebyshev(b, plus(b, over(b, 4, x), -1), series.far), b.op('Sqrt', [x])])
  const exp = b.op('Exp', [scaled ? x : b.op('Neg', [x])])
  const value = where(b, greater(b, x, 2), scaled ? far : mul(b, exp, far), scaled ? mul(b, exp, near) : near)
  return where(b, equal(b, x, 0), like(b, x, Infinity), value)
}
export const besselK0: RealFunction = (b, x) => modifiedK(b, x, false, false)
export const besselK1: RealFunction = (b, x) => modifiedK(b, x, true, false)
export const scaledBesselK0: RealFunction = (b, x) => modifiedK(b, x, false, true)
export const scaledBesselK1: RealFunction = (b, x) => modifiedK(b, x, true, true)

/** sin x / x; its series near 0. */
export const sphericalJ0: RealFunction = (b, x) => {
  const series = polynomial(b, square(b, x), [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800])
  const ratio = where(b, less(b, b.op('Abs', [x]), 0.5), series, b.op('Div', [b.op('Sin', [x]), x]))
  return where(b, b.op('IsInf', [x], { detect_negative: 1, detect_positive: 1 }), like(b, x, 0), ratio)
}

// Beyond this size the two power series of Ai lose digits.
const AIRY_NEAR = 2.09
// Enough terms for that size: the next is below 1e-17.
const AIRY_TERMS = 16
/** Powers of x³ of 1 + x³/(2·3) + x⁶/(2·3·5·6) + …, and of 1 + x³/(3·4) + x⁶/(3·4·6·7) + …. */
function airySeries(first: 2 | 3): number[] {
  const terms = [1]
  for (let k = 0; k < AIRY_TERMS; k++) terms.push(terms[k]! / ((first + 3 * k) * (first + 3 * k + 1)))
  return terms
}
/** Ai(0) and −Ai′(0). */
const [AIRY_0, AIRY_SLOPE] = [0.3550280538878172, 0.2588194037928068]

export const airyAi: RealFunction = (b, x) => {
  const size = b.op('Abs', [x])
  const root = b.op('Sqrt', [size])
  const zeta = times(b, mul(b, size, root), 2 / 3)
  const inverse = over(b, 1, zeta)
  const amplitude = b.op('Div', [like(b, x, 1 / Math.sqrt(Math.PI)), b.op('Sqrt', [root])])
  const z = square(b, inverse)
  const angle = plus(b, zeta, Math.PI / 4)
  const sine = mul(b, b.op('Sin', [angle]), plus(b, mul(b, z, rational(b, z, AIRY.sine)), 1))
  const cosine = mul(b, b.op('Cos', [angle]), mul(b, inverse, rational(b, z, AIRY.cosine)))
  const wave = mul(b, amplitude, b.op('Sub', [sine, cosine]))
  const tail = mul(b, times(b, amplitude, 0.5), rational(b, inverse, AIRY.tail), b.op('Exp', [b.op('Neg', [zeta])]))
  const cube = mul(b, x, x, x)
  const near = b.op('Sub', [
    times(b, polynomial(b, cube, airySeries(2)), AIRY_0),
    times(b, mul(b, x, polynomial(b, cube, airySeries(3))), AIRY_SLOPE),
  ])
  const value = where(b, less(b, x, -AIRY_NEAR), wave, where(b, less(b, x, AIRY_NEAR), near, tail))
  const decayed = where(b, greater(b, x, 103.892), like(b, x, 0), value)
  return where(b, b.op('IsInf', [x], { detect_negative: 1, detect_positive: 1 }), like(b, x, NaN), decayed)
}
