// Distributions that no ONNX operator draws: Poisson, binomial and gamma by inversion and rejection, whole tensors at a time, in Loops
// that end when every element is accepted. Float64. Answers to aten/src/ATen/native/Distributions.{h,cpp}; W. Hörmann, "The transformed
// rejection method for generating Poisson random variables" and "The generation of binomial random variates"; G. Marsaglia, W. W. Tsang.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'
import { like } from './compute.ts'
import { anyOf, iterate } from './iterate.ts'
import { exponential, gaussian, uniform } from './random-draws.ts'
import { lgamma, log1p, minus, plus, times } from './real-functions.ts'

const where = (b: OnnxBuilder, condition: OnnxValue, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Where', [condition, x, y])
const mul = (b: OnnxBuilder, ...factors: OnnxValue[]): OnnxValue => factors.reduce((x, y) => b.op('Mul', [x, y]))
const add = (b: OnnxBuilder, ...terms: OnnxValue[]): OnnxValue => terms.reduce((x, y) => b.op('Add', [x, y]))
const sub = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Sub', [x, y])
const div = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Div', [x, y])
const log = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Log', [x])
const and = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('And', [x, y])
const or = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Or', [x, y])
const not = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Not', [x])
const less = (b: OnnxBuilder, x: OnnxValue, k: number): OnnxValue => b.op('Less', [x, like(b, x, k)])

// A mean from which rejection is taken, as torch does; and turns after which a loop ends in any case.
const LARGE = 10
const MAX_TURNS = 1000

/** Turns until every element is done; `draw` gives a candidate and whether it is accepted. */
function rejection(
  b: OnnxBuilder,
  start: OnnxValue,
  done: OnnxValue,
  draw: (s: OnnxBuilder) => { readonly value: OnnxValue; readonly accepted: OnnxValue },
): OnnxValue {
  const [result] = iterate(
    b,
    [start, done],
    anyOf(b, not(b, done)),
    (s, [kept, finished]) => {
      const { value, accepted } = draw(s)
      const now = or(s, finished!, accepted)
      return { next: [where(s, and(s, accepted, not(s, finished!)), value, kept!), now], goes: anyOf(s, not(s, now)) }
    },
    MAX_TURNS,
  )
  return result!
}

interface Hat {
  readonly a: OnnxValue
  readonly b: OnnxValue
  readonly centre: OnnxValue
  /** Below this, points in the middle are accepted outright. */
  readonly squeeze: OnnxValue
  readonly alpha: OnnxValue
}
/** One candidate of transformed rejection: k = ⌊(2a/us + b)·u + centre⌋, and ln of the ratio that the density is compared with. */
function candidate(
  s: OnnxBuilder,
  shape: OnnxValue,
  hat: Hat,
): { k: OnnxValue; outright: OnnxValue; outside: OnnxValue; ratio: OnnxValue } {
  const u = plus(s, uniform(s, shape, 'float64'), -0.5)
  const v = uniform(s, shape, 'float64')
  const us = minus(s, 0.5, s.op('Abs', [u]))
  const k = s.op('Floor', [add(s, mul(s, add(s, div(s, times(s, hat.a, 2), us), hat.b), u), hat.centre)])
  const outright = and(s, not(s, less(s, us, 0.07)), s.op('LessOrEqual', [v, hat.squeeze]))
  const outside = or(s, less(s, k, 0), and(s, less(s, us, 0.013), s.op('Greater', [v, us])))
  const ratio = log(s, div(s, mul(s, v, hat.alpha), add(s, div(s, hat.a, mul(s, us, us)), hat.b)))
  return { k, outright, outside, ratio }
}
/** Accepted: outright, or not outside and the density is above. */
const accepts = (s: OnnxBuilder, { outright, outside, ratio }: ReturnType<typeof candidate>, density: OnnxValue): OnnxValue =>
  or(s, outright, and(s, not(s, outside), s.op('LessOrEqual', [ratio, density])))

/** Poisson counts of the rates `rate`, float64. */
export function poisson(b: OnnxBuilder, rate: OnnxValue): OnnxValue {
  const large = b.op('GreaterOrEqual', [rate, like(b, rate, LARGE)])
  // Inversion: the first k at which the distribution function passes u. NaN stays.
  const low = where(b, large, like(b, rate, 0), rate)
  const u = uniform(b, low, 'float64')
  const first = b.op('Exp', [b.op('Neg', [low])])
  const behind = (s: OnnxBuilder, sum: OnnxValue): OnnxValue => s.op('Greater', [u, sum])
  const [count] = iterate(
    b,
    [times(b, low, 0), first, first],
    anyOf(b, behind(b, first)),
    (s, [k, p, sum]) => {
      const moves = behind(s, sum!)
      const next = where(s, moves, plus(s, k!, 1), k!)
      const term = where(s, moves, mul(s, p!, div(s, low, s.op('Max', [next, like(s, next, 1)]))), p!)
      const total = where(s, moves, add(s, sum!, term), sum!)
      return { next: [next, term, total], goes: anyOf(s, behind(s, total)) }
    },
    MAX_TURNS,
  )
  const mean = where(b, large, rate, like(b, rate, LARGE))
  const slope = plus(b, times(b, b.op('Sqrt', [mean]), 2.53), 0.931)
  const hat: Hat = {
    a: plus(b, times(b, slope, 0.02483), -0.059),
    b: slope,
    centre: plus(b, mean, 0.43),
    squeeze: minus(b, 0.9277, div(b, like(b, mean, 3.6224), plus(b, slope, -2))),
    alpha: plus(b, div(b, like(b, mean, 1.1328), plus(b, slope, -3.4)), 1.1239),
  }
  const logarithm = log(b, mean)
  const high = rejection(b, times(b, mean, 0), not(b, large), (s) => {
    const drawn = candidate(s, mean, hat)
    const density = sub(s, sub(s, mul(s, drawn.k, logarithm), mean), lgamma(s, plus(s, drawn.k, 1)))
    return { value: drawn.k, accepted: accepts(s, drawn, density) }
  })
  return where(b, large, high, count!)
}

/** Successes of `count` trials of probability `chance`, float64 both. */
export function binomial(b: OnnxBuilder, count: OnnxValue, chance: OnnxValue): OnnxValue {
  const half = b.op('Greater', [chance, like(b, chance, 0.5)])
  const p = where(b, half, minus(b, 1, chance), chance)
  const possible = and(b, b.op('Greater', [count, like(b, count, 0)]), b.op('Greater', [p, like(b, p, 0)]))
  const expected = mul(b, count, p)
  const large = and(b, possible, b.op('GreaterOrEqual', [expected, like(b, p, LARGE)]))
  const small = and(b, possible, not(b, large))
  // Few successes: distances between them are geometric. Counts until their sum passes the trials.
  const chanceOf = where(b, small, p, like(b, p, 0.5))
  const trials = where(b, small, count, like(b, count, 0))
  const rate = log1p(b, b.op('Neg', [chanceOf]))
  const none = times(b, rate, 0)
  const [successes] = iterate(
    b,
    [none, none, small],
    anyOf(b, small),
    (s, [found, sum, open]) => {
      const step = s.op('Ceil', [div(s, s.op('Neg', [exponential(s, none, 'float64')]), rate)])
      const total = add(s, sum!, step)
      const now = and(s, open!, s.op('LessOrEqual', [total, trials]))
      return { next: [where(s, now, plus(s, found!, 1), found!), total, now], goes: anyOf(s, now) }
    },
    MAX_TURNS,
  )
  const [n, q] = [where(b, large, count, like(b, count, 100)), where(b, large, p, like(b, p, 0.25))]
  const deviation = b.op('Sqrt', [mul(b, n, q, minus(b, 1, q))])
  const slope = plus(b, times(b, deviation, 2.53), 1.15)
  const hat: Hat = {
    a: plus(b, add(b, times(b, slope, 0.0248), times(b, q, 0.01)), -0.0873),
    b: slope,
    centre: plus(b, mul(b, n, q), 0.5),
    squeeze: minus(b, 0.92, div(b, like(b, n, 4.2), slope)),
    alpha: mul(b, plus(b, div(b, like(b, n, 5.1), slope), 2.83), deviation),
  }
  const odds = log(b, div(b, q, minus(b, 1, q)))
  const mode = b.op('Floor', [mul(b, plus(b, n, 1), q)])
  const ways = (s: OnnxBuilder, k: OnnxValue): OnnxValue =>
    add(s, lgamma(s, plus(s, k, 1)), lgamma(s, plus(s, s.op('Max', [sub(s, n, k), like(s, n, 0)]), 1)))
  const top = ways(b, mode)
  const many = rejection(b, times(b, n, 0), not(b, large), (s) => {
    const drawn = candidate(s, n, hat)
    const density = add(s, sub(s, top, ways(s, drawn.k)), mul(s, sub(s, drawn.k, mode), odds))
    const inside = s.op('LessOrEqual', [drawn.k, n])
    return { value: drawn.k, accepted: and(s, inside, accepts(s, drawn, density)) }
  })
  const low = where(b, large, many, successes!)
  const value = where(b, half, sub(b, count, low), low)
  return where(b, b.op('IsNaN', [chance]), like(b, chance, NaN), b.op('Max', [value, like(b, value, 0)]))
}

/** Gamma of shape `alpha` and scale 1, float64: d·v, v = (1 + c·z)³, d = α − ⅓; shapes below 1 from α + 1, times u^(1/α). */
export function standardGamma(b: OnnxBuilder, alpha: OnnxValue): OnnxValue {
  const low = less(b, alpha, 1)
  const raised = where(b, low, plus(b, alpha, 1), alpha)
  const d = plus(b, raised, -1 / 3)
  const c = div(b, like(b, d, 1 / 3), b.op('Sqrt', [d]))
  const none = b.op('IsNaN', [d])
  const body = rejection(b, times(b, d, 0), none, (s) => {
    const z = gaussian(s, d, 'float64')
    const y = plus(s, mul(s, c, z), 1)
    const v = mul(s, y, y, y)
    const positive = s.op('Greater', [y, like(s, y, 0)])
    const u = minus(s, 1, uniform(s, d, 'float64'))
    const bound = add(s, times(s, mul(s, z, z), 0.5), mul(s, d, add(s, minus(s, 1, v), log(s, where(s, positive, v, like(s, v, 1))))))
    return { value: mul(s, d, v), accepted: and(s, positive, s.op('Less', [log(s, u), bound])) }
  })
  const u = minus(b, 1, uniform(b, d, 'float64'))
  const scale = b.op('Pow', [u, div(b, like(b, alpha, 1), where(b, low, alpha, like(b, alpha, 1)))])
  const value = where(b, low, mul(b, body, scale), body)
  const zero = b.op('Equal', [alpha, like(b, alpha, 0)])
  return where(b, zero, like(b, alpha, 0), value)
}
