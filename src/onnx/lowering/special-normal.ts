// The normal distribution: its quantile and the logarithm of its distribution function, relative precision kept in the tails.
// Answers to calc_ndtri and calc_log_ndtr of aten/src/ATen/native/Math.h.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'
import { like } from './compute.ts'
import { erfc, erfcx, log1p, minus, plus, times, type RealFunction } from './real-functions.ts'
import { rational } from './special-bessel.ts'
import { NORMAL_QUANTILE } from './special-coefficients.ts'

const where = (b: OnnxBuilder, condition: OnnxValue, x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Where', [condition, x, y])

// e^−2: closer to 0 and 1 the quantile is a function of √(−2 ln y).
const TAIL = 0.1353352832366127

export const ndtri: RealFunction = (b, y) => {
  const upper = b.op('Greater', [y, like(b, y, 1 - TAIL)])
  const small = where(b, upper, minus(b, 1, y), y)
  const d = plus(b, y, -0.5)
  const square = b.op('Mul', [d, d])
  const bulge = b.op('Mul', [d, b.op('Mul', [square, rational(b, square, NORMAL_QUANTILE.centre)])])
  const centre = times(b, b.op('Add', [d, bulge]), Math.sqrt(2 * Math.PI))
  const r = b.op('Sqrt', [times(b, b.op('Log', [small]), -2)])
  const z = b.op('Div', [like(b, r, 1), r])
  const near = b.op('Less', [r, like(b, r, 8)])
  const correction = where(b, near, rational(b, z, NORMAL_QUANTILE.tail), rational(b, z, NORMAL_QUANTILE.end))
  const size = b.op('Sub', [b.op('Sub', [r, b.op('Mul', [b.op('Log', [r]), z])]), b.op('Mul', [z, correction])])
  const tail = where(b, upper, size, b.op('Neg', [size]))
  const inside = where(b, b.op('Greater', [small, like(b, small, TAIL)]), centre, tail)
  // At 0 and 1 the tails are infinite; the logarithm makes NaN of what is outside.
  const low = where(b, b.op('Equal', [y, like(b, y, 0)]), like(b, y, -Infinity), inside)
  return where(b, b.op('Equal', [y, like(b, y, 1)]), like(b, y, Infinity), low)
}

/** ln Φ: below −1 as ln(½·erfcx) − t², so that nothing underflows. Float64 inside. */
export const logNdtr: RealFunction = (b, given) => {
  const x = b.cast(given, 'float64')
  const t = times(b, x, Math.SQRT1_2)
  const low = b.op('Less', [x, like(b, x, -1)])
  const left = where(b, low, t, like(b, t, -1))
  const tail = b.op('Sub', [b.op('Log', [times(b, erfcx(b, b.op('Neg', [left])), 0.5)]), b.op('Mul', [left, left])])
  return b.cast(where(b, low, tail, log1p(b, times(b, erfc(b, t), -0.5))), given.dtype)
}
