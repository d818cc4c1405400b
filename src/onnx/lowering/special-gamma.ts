// Gamma's relatives: Hurwitz zeta, polygamma, the regularised incomplete gamma functions, Γ itself. Float64 inside, save trigamma.
// Answers to zeta, trigamma, calc_igamma and calc_igammac of aten/src/ATen/native/Math.h; DLMF 8.7, 8.9, 8.12, 25.11.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'
import { like } from './compute.ts'
import { anyOf, iterate } from './iterate.ts'
import { digamma, erfc, lgamma, log1p, minus, plus, polynomial, times, type RealFunction } from './real-functions.ts'
import { GAMMA_UNIFORM } from './special-coefficients.ts'

const less = (b: OnnxBuilder, x: OnnxValue, k: number): OnnxValue => b.op('Less', [x, like(b, x, k)])
const greater = (b: OnnxBuilder, x: OnnxValue, k: number): OnnxValue => b.op('Greater', [x, like(b, x, k)])
const equal = (b: OnnxBuilder, x: OnnxValue, k: number): OnnxValue => b.op('Equal', [x, like(b, x, k)])
const where = (b: OnnxBuilder, condition: OnnxValue, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Where', [condition, x, y])
const and = (b: OnnxBuilder, ...terms: OnnxValue[]): OnnxValue => terms.reduce((x, y) => b.op('And', [x, y]))
const or = (b: OnnxBuilder, ...terms: OnnxValue[]): OnnxValue => terms.reduce((x, y) => b.op('Or', [x, y]))
const not = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Not', [x])
const whole = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Equal', [x, b.op('Floor', [x])])
const power = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Pow', [x, y])

// Terms summed before the Euler–Maclaurin formula, and its B₂ₖ/(2k)!.
const DIRECT = 9
const BERNOULLI = [12, -720, 30240, -1209600, 47900160, -(1307674368000 / 691), 74724249600, -(1067062284288e4 / 3617)].map((c) => 1 / c)

/** Σ (q + k)^−x, k ≥ 0, of float64 x and q. */
export function zeta(b: OnnxBuilder, x: OnnxValue, q: OnnxValue): OnnxValue {
  const low = b.op('LessOrEqual', [q, like(b, q, 0)])
  const pole = and(b, low, whole(b, q))
  const complex = and(b, low, not(b, whole(b, x)))
  const known = or(b, pole, complex, b.op('LessOrEqual', [x, like(b, x, 1)]))
  const exponent = b.op('Neg', [x])
  // Up to positive q first: one term a turn. Both operands are broadcast by the condition.
  const start = where(b, known, like(b, q, 1), q)
  const none = b.op('Mul', [b.cast(known, 'float64'), like(b, q, 0)])
  const behind = (s: OnnxBuilder, a: OnnxValue): OnnxValue => s.op('LessOrEqual', [a, like(s, a, 0)])
  const [above, below] = iterate(b, [start, none], anyOf(b, behind(b, start)), (s, [a, sum]) => {
    const moves = behind(s, a!)
    const next = where(s, moves, plus(s, a!, 1), a!)
    const more = where(s, moves, s.op('Add', [sum!, power(s, a!, exponent)]), sum!)
    return { next: [next, more], goes: anyOf(s, behind(s, next)) }
  }) as [OnnxValue, OnnxValue]
  let sum = below
  for (let k = 0; k <= DIRECT; k++) sum = b.op('Add', [sum, power(b, plus(b, above, k), exponent)])
  // ∫ from w on, half the last term back, and the corrections; nothing where the last term is lost in the sum.
  const w = plus(b, above, DIRECT)
  const last = power(b, w, exponent)
  const integral = b.op('Sub', [b.op('Div', [w, plus(b, x, -1)]), like(b, x, 0.5)])
  const step = (k: number): OnnxValue => b.op('Div', [b.op('Mul', [plus(b, x, 2 * k - 1), plus(b, x, 2 * k)]), b.op('Mul', [w, w])])
  let series = like(b, x, BERNOULLI.at(-1)!)
  for (let k = BERNOULLI.length - 1; k >= 1; k--) series = plus(b, b.op('Mul', [series, step(k)]), BERNOULLI[k - 1]!)
  const tail = b.op('Mul', [last, b.op('Add', [integral, b.op('Mul', [b.op('Div', [x, w]), series])])])
  const lost = b.op('LessOrEqual', [last, times(b, b.op('Abs', [sum]), 1e-17)])
  // Where all is lost at infinity, torch has 0·∞.
  const nothing = and(b, equal(b, sum, 0), or(b, equal(b, x, Infinity), equal(b, q, Infinity)))
  const value = where(b, nothing, like(b, x, NaN), where(b, lost, sum, b.op('Add', [sum, tail])))
  const outside = where(b, pole, like(b, x, Infinity), where(b, complex, like(b, x, NaN), value))
  return where(b, equal(b, x, 1), like(b, x, Infinity), where(b, less(b, x, 1), like(b, x, NaN), outside))
}

/** ψ′: six steps up and the asymptotic series; reflected below ½. In x's own dtype, as torch does: π·x is rounded there. */
const trigamma: RealFunction = (b, x) => {
  const low = less(b, x, 0.5)
  let y = where(b, low, minus(b, 1, x), x)
  let sum: OnnxValue | undefined
  const inverseSquare = (v: OnnxValue): OnnxValue => b.op('Div', [like(b, v, 1), b.op('Mul', [v, v])])
  for (let i = 0; i < 6; i++) {
    sum = sum === undefined ? inverseSquare(y) : b.op('Add', [sum, inverseSquare(y)])
    y = plus(b, y, 1)
  }
  const z = inverseSquare(y)
  const half = plus(b, b.op('Div', [like(b, y, 0.5), y]), 1)
  const series = b.op('Add', [half, b.op('Mul', [z, polynomial(b, z, [1 / 6, -1 / 30, 1 / 42])])])
  const up = b.op('Add', [sum!, b.op('Div', [series, y])])
  const sine = b.op('Sin', [times(b, x, Math.PI)])
  const reflected = b.op('Sub', [b.op('Div', [like(b, x, Math.PI ** 2), b.op('Mul', [sine, sine])]), up])
  return where(b, low, reflected, up)
}

/** ψ⁽ⁿ⁾: (−1)ⁿ⁺¹·n!·ζ(n + 1, x). */
export const polygamma =
  (n: number): RealFunction =>
  (b, x) => {
    if (n === 0) return digamma(b, x)
    if (n === 1) return trigamma(b, x)
    const wide = b.cast(x, 'float64')
    let factorial = 1
    for (let i = 2; i <= n; i++) factorial *= i
    return b.cast(times(b, zeta(b, like(b, wide, n + 1), wide), n % 2 === 0 ? -factorial : factorial), x.dtype)
  }

/** ln Γₚ(x) = ln π·p(p − 1)/4 + Σ ln Γ(x − j/2). */
export const multigammaln =
  (p: number): RealFunction =>
  (b, x) => {
    let sum = like(b, x, (Math.log(Math.PI) * p * (p - 1)) / 4)
    for (let j = 0; j < p; j++) sum = b.op('Add', [sum, lgamma(b, plus(b, x, -j / 2))])
    return sum
  }

/** Γ(x), NaN at negative integers. Float64. */
export const gamma: RealFunction = (b, x) => {
  const odd = b.op('Mod', [b.op('Floor', [x]), like(b, x, 2)], { fmod: 1 })
  const size = b.op('Exp', [lgamma(b, x)])
  const negative = less(b, x, 0)
  const value = where(b, and(b, negative, not(b, equal(b, odd, 0))), b.op('Neg', [size]), size)
  // Γ(−0) is −∞.
  const zero = b.op('Div', [like(b, x, 1), x])
  const near = where(b, equal(b, x, 0), zero, value)
  return where(b, and(b, negative, whole(b, x)), like(b, x, NaN), near)
}

// What torch, after SciPy, calls near enough for the uniform expansion.
const UNIFORM_FROM = 20
const UNIFORM_WIDE = 200
const MAX_TURNS = 2000
const EPSILON = 2 ** -53

/** xᵃ·e^−x/Γ(a). */
function incompleteFactor(b: OnnxBuilder, a: OnnxValue, x: OnnxValue): OnnxValue {
  const log = b.op('Mul', [a, b.op('Log', [x])])
  return b.op('Exp', [b.op('Sub', [b.op('Sub', [log, x]), lgamma(b, a)])])
}

/** P by its power series: the factor times Σ xⁿ/(a(a + 1)…(a + n)). */
function lowerSeries(b: OnnxBuilder, a: OnnxValue, x: OnnxValue): OnnxValue {
  const first = b.op('Div', [like(b, a, 1), a])
  const relevant = (s: OnnxBuilder, term: OnnxValue, sum: OnnxValue): OnnxValue => anyOf(s, s.op('Greater', [term, times(s, sum, EPSILON)]))
  const [, , sum] = iterate(
    b,
    [a, first, first],
    relevant(b, first, first),
    (s, [r, term, sum]) => {
      const next = plus(s, r!, 1)
      const more = s.op('Mul', [term!, s.op('Div', [x, next])])
      const total = s.op('Add', [sum!, more])
      return { next: [next, more, total], goes: relevant(s, more, total) }
    },
    MAX_TURNS,
  )
  return b.op('Mul', [incompleteFactor(b, a, x), sum!])
}

/** Q by Lentz's algorithm on its continued fraction 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − 2(2 − a)/(x + 5 − a − …))). For x > a. */
function upperFraction(b: OnnxBuilder, a: OnnxValue, x: OnnxValue): OnnxValue {
  const base = plus(b, b.op('Sub', [x, a]), 1)
  const inverse = b.op('Div', [like(b, base, 1), base])
  const far = plus(b, times(b, base, 0), 1e300)
  const [, , , value] = iterate(
    b,
    [base, far, inverse, inverse],
    b.scalar('bool', true),
    (s, [bottom, c, d, h], turn) => {
      const i = plus(s, s.cast(turn, 'float64'), 1)
      const top = s.op('Mul', [s.op('Neg', [i]), s.op('Sub', [i, a])])
      const next = plus(s, bottom!, 2)
      const d1 = s.op('Div', [like(s, i, 1), s.op('Add', [s.op('Mul', [top, d!]), next])])
      const c1 = s.op('Add', [next, s.op('Div', [top, c!])])
      const change = s.op('Mul', [c1, d1])
      const goes = anyOf(s, greater(s, s.op('Abs', [plus(s, change, -1)]), EPSILON * 4))
      return { next: [next, c1, d1, s.op('Mul', [h!, change])], goes }
    },
    MAX_TURNS,
  )
  return b.op('Mul', [incompleteFactor(b, a, x), value!])
}

/** η/σ where η² = 2(σ − ln(1 + σ)): near 0 by its series 1 − 2σ/3 + 2σ²/4 − …, as a square. */
function uniformAngle(b: OnnxBuilder, sigma: OnnxValue): OnnxValue {
  const near = polynomial(
    b,
    sigma,
    Array.from({ length: 14 }, (_, k) => (k % 2 === 0 ? 2 : -2) / (k + 2)),
  )
  const close = less(b, b.op('Abs', [sigma]), 0.1)
  const safe = where(b, close, like(b, sigma, 1), sigma)
  const far = times(b, b.op('Div', [b.op('Sub', [safe, log1p(b, safe)]), b.op('Mul', [safe, safe])]), 2)
  return b.op('Mul', [sigma, b.op('Sqrt', [where(b, close, near, far)])])
}
/** ½·erfc(∓η·√(a/2)) ∓ e^(−aη²/2)/√(2πa)·Σ Cₖ(η)/aᵏ: P above, Q below. */
function uniform(b: OnnxBuilder, a: OnnxValue, x: OnnxValue, upper: boolean): OnnxValue {
  const eta = uniformAngle(b, b.op('Div', [b.op('Sub', [x, a]), a]))
  const signed = upper ? eta : b.op('Neg', [eta])
  const main = times(b, erfc(b, b.op('Mul', [signed, b.op('Sqrt', [times(b, a, 0.5)])])), 0.5)
  const inverse = b.op('Div', [like(b, a, 1), a])
  let sum = polynomial(b, eta, GAMMA_UNIFORM.at(-1)!)
  for (const row of GAMMA_UNIFORM.slice(0, -1).reverse()) sum = b.op('Add', [b.op('Mul', [sum, inverse]), polynomial(b, eta, row)])
  const weight = b.op('Exp', [times(b, b.op('Mul', [a, b.op('Mul', [eta, eta])]), -0.5)])
  const rest = b.op('Div', [b.op('Mul', [weight, sum]), b.op('Sqrt', [times(b, a, 2 * Math.PI)])])
  return b.op(upper ? 'Add' : 'Sub', [main, rest])
}

/** P(a, x), or Q(a, x) = 1 − P, of float64 a and x. */
export function incompleteGamma(b: OnnxBuilder, a: OnnxValue, x: OnnxValue, upper: boolean): OnnxValue {
  const infinite = (v: OnnxValue): OnnxValue => equal(b, v, Infinity)
  const inside = and(b, greater(b, a, 0), greater(b, x, 0), not(b, infinite(a)), not(b, infinite(x)))
  const [p, q] = [where(b, inside, a, like(b, a, 1)), where(b, inside, x, like(b, x, 1))]
  const distance = b.op('Div', [b.op('Abs', [b.op('Sub', [q, p])]), p])
  const narrow = b.op('Less', [distance, b.op('Div', [like(b, p, 4.5), b.op('Sqrt', [p])])])
  const wide = and(b, less(b, p, UNIFORM_WIDE), less(b, distance, 0.3))
  const large = and(b, greater(b, p, UNIFORM_FROM), or(b, wide, and(b, b.op('GreaterOrEqual', [p, like(b, p, UNIFORM_WIDE)]), narrow)))
  const beyond = and(b, greater(b, q, 1.1), b.op('Greater', [q, p]))
  const byFraction = and(b, not(b, large), beyond)
  const bySeries = and(b, not(b, large), not(b, beyond))
  // Elements that go another way are put where a loop ends at once.
  const lower = lowerSeries(b, where(b, bySeries, p, like(b, p, 1)), where(b, bySeries, q, like(b, q, 2 ** -60)))
  const higher = upperFraction(b, where(b, byFraction, p, like(b, p, 1)), where(b, byFraction, q, like(b, q, 2)))
  const [u, v] = [where(b, large, p, like(b, p, 100)), where(b, large, q, like(b, q, 100))]
  const other = upper ? where(b, byFraction, higher, minus(b, 1, lower)) : where(b, byFraction, minus(b, 1, higher), lower)
  const value = where(b, large, uniform(b, u, v, upper), other)
  // The borders: P is 0 at x = 0 and a = ∞, 1 at a = 0 and x = ∞, NaN where both say something.
  const [zero, one] = upper ? [1, 0] : [0, 1]
  const none = or(b, b.op('IsNaN', [a]), b.op('IsNaN', [x]), less(b, a, 0), less(b, x, 0), and(b, infinite(a), infinite(x)))
  const origin = and(b, equal(b, a, 0), equal(b, x, 0))
  const empty = or(b, equal(b, x, 0), infinite(a))
  const full = or(b, equal(b, a, 0), infinite(x))
  const border = where(b, full, like(b, a, one), where(b, empty, like(b, a, zero), value))
  return where(b, or(b, none, origin), like(b, a, NaN), border)
}
