// Functions of one complex variable, and powers. Formulas that neither overflow nor cancel where torch's do not.
// Answers to c10/util/complex_math.h and aten/src/ATen/native/cpu/zmath.h.

import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import {
  type FullPair,
  type Pair,
  abs,
  add,
  angle,
  conj,
  div,
  exp,
  full,
  log,
  mul,
  neg,
  pair,
  polar,
  reciprocal,
  scaled,
  sub,
  timesI,
} from './pair.ts'
import { isNumber, type RealOps } from './real-ops.ts'
import { complexRow, loweredRow, type ComplexRow } from './row.ts'

/** The principal root: √((|z| + |x|)/2) is its larger part, |y| over twice that the other. */
export function sqrt(e: RealOps, x: Pair): Pair {
  const { re, im } = full(e, x)
  if (isNumber(re)) {
    const half = e.scale(angle(e, x), 0.5)
    return polar(e, e.unary('sqrt', abs(e, x)), half)
  }
  const size = abs(e, { kind: 'pair', re, im })
  const large = e.unary('sqrt', e.add(e.scale(size, 0.5), e.scale(e.unary('abs', re), 0.5)))
  const zero = e.compare('eq', large, 0)
  const small = e.where(zero, e.zerosLike(im), e.div(e.unary('abs', im), e.scale(large, 2)))
  const isRight = e.compare('ge', re, 0)
  // Of an infinite imaginary part both are infinite, whatever the real one is.
  const tall = e.op('aten::isinf', [im])
  const part = (value: Value): Value => e.where(tall, e.scalar(e.dtypeOf(im) ?? 'float32', Infinity), value)
  return pair(part(e.where(isRight, large, small)), e.op('aten::copysign', [part(e.where(isRight, small, large)), im]))
}

/** x·y where 0·∞ and 0·NaN are 0 for a zero of `x`. */
function vanishing(e: RealOps, x: Value, y: Value): Value {
  const product = e.mul(x, y)
  return isNumber(product) ? product : e.where(e.compare('eq', x, 0), x, product)
}
/** cos of an angle that turns an infinite length: `open` where the angle itself is infinite, as C leaves the sign open. */
function turnOfInfinite(e: RealOps, length: Value, cos: Value, open: Value = one(e, cos)): Value {
  if (isNumber(length)) return cos
  return e.where(e.op('aten::logical_and', [e.op('aten::isinf', [length]), e.op('aten::isnan', [cos])]), open, cos)
}

/** sinh x·cos y + i·cosh x·sin y */
function sinh(e: RealOps, x: Pair, isTurned = false): Pair {
  const { re, im } = full(e, x)
  const sign = isNumber(re) ? re : e.unary('sign', re)
  const cos = turnOfInfinite(e, re, e.unary('cos', im), isTurned ? e.neg(sign) : sign)
  return pair(vanishing(e, e.unary('sinh', re), cos), vanishing(e, e.unary('sin', im), e.unary('cosh', re)))
}
function cosh(e: RealOps, x: Pair): Pair {
  const { re, im } = full(e, x)
  const cos = turnOfInfinite(e, re, e.unary('cos', im))
  const zero = e.compare('eq', re, 0)
  const turned = e.mul(e.unary('sinh', re), e.unary('sin', im))
  const imaginary = isNumber(turned) ? turned : e.where(zero, re, vanishing(e, e.unary('sin', im), e.unary('sinh', re)))
  return pair(e.mul(e.unary('cosh', re), cos), imaginary)
}
/** With t = tanh x, u = tan y: (t·(1 + u²) + i·u·sech²x) / (1 + t²u²). */
function tanh(e: RealOps, x: Pair): Pair {
  const { re, im } = full(e, x)
  const [t, u, c] = [e.unary('tanh', re), e.unary('tan', im), e.unary('cosh', re)]
  const below = e.add(e.mul(e.mul(t, t), e.mul(u, u)), one(e, t))
  const sech = e.div(one(e, c), c)
  const real = e.div(e.mul(t, e.add(e.mul(u, u), one(e, u))), below)
  const imaginary = e.div(e.mul(u, e.mul(sech, sech)), below)
  if (isNumber(real)) return pair(real, imaginary)
  // Far out tanh is ±1, wherever the angle points.
  const isFar = e.op('aten::isinf', [re])
  const isAxis = e.compare('eq', re, 0)
  const isFlat = e.op('aten::logical_or', [isFar, e.compare('eq', im, 0)])
  return pair(e.where(e.op('aten::logical_or', [isFar, isAxis]), t, real), e.where(isFlat, e.zerosLike(im), imaginary))
}
/** A 1 to add: a 0-d tensor, or a number beside numbers. */
function one(e: RealOps, like: Value): Value {
  return isNumber(like) ? e.float(1) : e.scalar(e.dtypeOf(like) ?? 'float32', 1)
}
const unit = (e: RealOps, x: Pair): Pair => pair(one(e, (x.re ?? x.im)!), undefined)

/** f(z) = −i·g(iz), which takes sinh to sin, tanh to tan, and asin to asinh. */
const turned =
  (g: (e: RealOps, x: Pair) => Pair) =>
  (e: RealOps, x: Pair): Pair => {
    const { re, im } = full(e, g(e, timesI(e, x)))
    return pair(im, e.neg(re))
  }

export function log1p(e: RealOps, x: Pair): Pair {
  const { re, im } = full(e, x)
  // |1 + z|² − 1 = 2x + x² + y²
  const excess = e.add(e.mul(re, e.add(re, e.scalar(e.dtypeOf(re) ?? 'float32', 2))), e.mul(im, im))
  const more = e.add(re, one(e, re))
  const near = e.scale(e.unary('log1p', excess), 0.5)
  const angle = e.atan2(im, more)
  if (isNumber(near)) return pair(near, angle)
  // Squares of what is far from 1 may overflow, or leave nothing.
  const isFar = e.compare('ge', e.unary('abs', excess), 0.5)
  return pair(e.where(isFar, e.unary('log', e.hypot(more, im)), near), angle)
}
function expm1(e: RealOps, x: Pair): Pair {
  const { re, im } = full(e, x)
  const half = e.unary('sin', e.scale(im, 0.5))
  const real = e.sub(e.mul(e.unary('expm1', re), e.unary('cos', im)), e.scale(e.mul(half, half), 2))
  return pair(real, e.mul(e.unary('exp', re), e.unary('sin', im)))
}

/** √(1 − z) and √(1 + z): Kahan's inverse functions are made of their parts, with no cancellation anywhere. */
const roots = (e: RealOps, x: Pair): readonly [FullPair, FullPair] => [
  full(e, sqrt(e, sub(e, unit(e, x), x))),
  full(e, sqrt(e, add(e, unit(e, x), x))),
]
/** Re(a·b) and Im(conj(a)·b) */
const realOf = (e: RealOps, a: FullPair, b: FullPair): Value => e.sub(e.mul(a.re, b.re), e.mul(a.im, b.im))
const turnOf = (e: RealOps, a: FullPair, b: FullPair): Value => e.sub(e.mul(a.re, b.im), e.mul(a.im, b.re))

const and = (e: RealOps, a: Value, b: Value): Value => e.op('aten::logical_and', [a, b])
const constant = (e: RealOps, like: Value, value: number): Value => e.scalar(e.dtypeOf(like) ?? 'float32', value)

/** Infinite real parts turn by a quarter at most; beside a real part of 0 a NaN changes nothing. */
function asin(e: RealOps, x: Pair): Pair {
  const [below, above] = roots(e, x)
  const [re, turn] = [full(e, x).re, realOf(e, below, above)]
  const { im } = full(e, x)
  const height = e.unary('asinh', turnOf(e, below, above))
  if (isNumber(re)) return pair(e.atan2(re, turn), height)
  const isWide = e.unary('isinf', re)
  const angle = e.atan2(re, e.where(and(e, isWide, e.unary('isfinite', im)), e.zerosLike(turn), turn))
  const isOpen = and(e, isWide, e.unary('isnan', im))
  return pair(e.where(e.compare('eq', re, 0), re, angle), e.where(isOpen, constant(e, height, Infinity), height))
}
/** A quarter where that is certain, NaN beside a real part that is. */
const middle = (e: RealOps, re: Value, isMiddle: Value, angle: Value): Value =>
  e.where(isMiddle, constant(e, angle, Math.PI / 2), e.where(e.unary('isnan', re), re, angle))
function acos(e: RealOps, x: Pair): Pair {
  const [below, above] = roots(e, x)
  const { re, im } = full(e, x)
  const angle = e.scale(e.atan2(below.re, above.re), 2)
  const height = e.unary('asinh', turnOf(e, above, below))
  if (isNumber(re)) return pair(angle, height)
  const isWide = e.unary('isinf', re)
  const corner = and(e, isWide, e.unary('isinf', im))
  const isOpen = and(e, isWide, e.unary('isnan', im))
  const isMiddle = and(e, e.compare('eq', re, 0), e.unary('isnan', im))
  const turned = e.where(corner, e.atan2(e.unary('abs', im), re), middle(e, re, isMiddle, angle))
  return pair(turned, e.where(isOpen, constant(e, height, -Infinity), height))
}
function acosh(e: RealOps, x: Pair): Pair {
  const less = full(e, sqrt(e, sub(e, x, unit(e, x))))
  const more = full(e, sqrt(e, add(e, x, unit(e, x))))
  const length = e.unary('asinh', e.add(e.mul(less.re, more.re), e.mul(less.im, more.im)))
  const angle = e.scale(e.atan2(less.im, more.re), 2)
  const { re, im } = full(e, x)
  if (isNumber(re)) return pair(length, angle)
  const isWide = e.unary('isinf', re)
  const corner = and(e, isWide, e.unary('isinf', im))
  const isOpen = and(e, isWide, e.unary('isnan', im))
  const isMiddle = and(e, e.compare('eq', re, 0), e.unary('isnan', im))
  const turned = e.where(corner, e.atan2(im, re), middle(e, re, isMiddle, angle))
  return pair(e.where(isOpen, constant(e, length, Infinity), length), turned)
}
/** ¼·ln(1 + 4|x|/((1 − |x|)² + y²)) with x's sign, and ½·arg((1 − x)(1 + x) − y² + 2yi); of infinite parts 0 and a quarter. */
function atanh(e: RealOps, x: Pair): Pair {
  const { re, im } = full(e, x)
  const [less, more] = [e.sub(one(e, re), re), e.add(one(e, re), re)]
  const square = e.mul(im, im)
  const angle = e.scale(e.atan2(e.scale(im, 2), e.sub(e.mul(less, more), square)), 0.5)
  if (isNumber(re)) {
    return pair(e.scale(e.unary('log1p', e.div(e.scale(re, 4), e.add(e.mul(less, less), square))), 0.25), angle)
  }
  const size = e.unary('abs', re)
  const apart = e.sub(one(e, re), size)
  const length = e.scale(e.unary('log1p', e.div(e.scale(size, 4), e.add(e.mul(apart, apart), square))), 0.25)
  const isFar = e.op('aten::logical_or', [e.unary('isinf', re), e.unary('isinf', im)])
  const real = e.where(e.compare('eq', re, 0), re, e.where(isFar, e.zerosLike(re), e.op('aten::copysign', [length, re])))
  const quarter = e.where(e.unary('isnan', im), im, e.op('aten::copysign', [constant(e, im, Math.PI / 2), im]))
  return pair(real, e.where(isFar, quarter, angle))
}

/** z/|z|, 0 for 0. */
function sgn(e: RealOps, x: Pair): Pair {
  const size = abs(e, x)
  const isZero = e.compare('eq', size, 0)
  const part = (value: Value | undefined): Value | undefined => value && e.where(isZero, e.zerosLike(value), e.div(value, size))
  return pair(part(x.re), part(x.im))
}

const MAX_PRODUCT = 8

/** Small whole exponents multiply; real ones turn the angle; others go through the logarithm. */
export function pow(c: Call, base: Pair, exponent: Pair, known: number | undefined): Pair {
  const { e } = c
  if (known === 0.5) return sqrt(e, base)
  if (known === -0.5) return reciprocal(e, sqrt(e, base), unit(e, base))
  if (known !== undefined && Number.isInteger(known) && known !== 0 && Math.abs(known) <= MAX_PRODUCT) {
    let result: Pair | undefined
    let square = base
    for (let k = Math.abs(known); k > 0; k = Math.floor(k / 2)) {
      if (k % 2 === 1) result = result === undefined ? square : mul(e, result, square)
      if (k > 1) square = mul(e, square, square)
    }
    return known > 0 ? result! : reciprocal(e, result!, unit(e, result!))
  }
  if (exponent.im === undefined) {
    const size =
      isNumber(exponent.re!) && isNumber(abs(e, base))
        ? e.op('aten::pow', [abs(e, base), exponent.re!], { kind: 'float' })
        : e.op('aten::pow', [abs(e, base), exponent.re!])
    const power = full(e, polar(e, size, e.mul(exponent.re!, angle(e, base))))
    if (isNumber(size)) return power
    // e^(∞ + iNaN): the logarithm of an infinite base times 0·i.
    const { re, im } = full(e, base)
    const isEndless = e.op('aten::logical_or', [e.unary('isinf', re), e.unary('isinf', im)])
    const open = and(e, isEndless, e.unary('isinf', size))
    return pair(e.where(open, size, power.re), e.where(open, constant(e, power.im, Number.NaN), power.im))
  }
  const power = exp(e, mul(e, exponent, log(e, base)))
  if (isNumber((power.re ?? power.im)!)) return power
  // ln 0 has no angle: 0 to a power is 0.
  const isZero = e.compare('eq', abs(e, base), 0)
  const part = (value: Value): Value => e.where(isZero, e.zerosLike(value), value)
  const { re, im } = full(e, power)
  return pair(part(re), part(im))
}

/** z·σ(z) */
function silu(e: RealOps, x: Pair): Pair {
  return div(e, x, add(e, unit(e, x), exp(e, neg(e, x))))
}
/** sin πz / πz, 1 at 0. */
function sinc(e: RealOps, x: Pair): Pair {
  const angle = full(e, scaled(e, x, e.float(Math.PI)))
  const { re, im } = full(e, div(e, turned(sinh)(e, angle), angle))
  const isZero = e.op('aten::logical_and', [e.compare('eq', angle.re, 0), e.compare('eq', angle.im, 0)])
  return pair(e.where(isZero, one(e, re), re), e.where(isZero, e.zerosLike(im), im))
}

const unary =
  (f: (e: RealOps, x: Pair) => Pair) =>
  (c: Call): Pair =>
    f(c.e, c.pairAt(0))

/** The number of an exponent that is known and real. */
export function knownExponent(c: Call, index: number): number | undefined {
  const { value } = c.fact(c.node.input(index))
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean' ? Number(value) : undefined
}

/** 0 or π for real numbers, NaN for NaN. */
function angleOf(c: Call): Value {
  const { e } = c
  if (c.isComplex('self')) return angle(e, c.pair('self'))
  const x = e.cast(c.value('self'), c.out ?? 'float32')
  const dtype = e.dtypeOf(x) ?? 'float32'
  const turn = e.where(e.compare('lt', x, 0), e.scalar(dtype, Math.PI), e.scalar(dtype, 0))
  return e.where(e.op('aten::isnan', [x]), x, turn)
}
function isReal(c: Call): Value {
  const { e } = c
  if (c.isComplex('self')) return e.compare('eq', full(e, c.pair('self')).im, 0)
  return e.call('aten::ones_like', { self: c.value('self'), dtype: e.dtype('bool') }).output()
}
const either =
  (name: string, join: string) =>
  (c: Call): Value => {
    const { re, im } = full(c.e, c.pair('self'))
    return c.e.op(join, [c.e.unary(name, re), c.e.unary(name, im)])
  }

export const elementaryRows: readonly ComplexRow[] = [
  complexRow('abs absolute', (c) => abs(c.e, c.pair('self'))),
  loweredRow('angle', angleOf),
  loweredRow('isreal', isReal),
  complexRow('isnan', either('isnan', 'aten::logical_or')),
  complexRow('isinf', either('isinf', 'aten::logical_or')),
  complexRow('isfinite', either('isfinite', 'aten::logical_and')),
  complexRow('conj _conj conj_physical _conj_physical _conj_copy', unary(conj)),
  complexRow(
    'resolve_conj',
    unary((_e, x) => x),
  ),
  complexRow('sgn', unary(sgn)),
  complexRow('exp', unary(exp)),
  complexRow('log', unary(log)),
  complexRow(
    'log2',
    unary((e, x) => scaled(e, log(e, x), e.float(1 / Math.LN2))),
  ),
  complexRow(
    'log10',
    unary((e, x) => scaled(e, log(e, x), e.float(1 / Math.LN10))),
  ),
  complexRow('asin arcsin', unary(asin)),
  complexRow('acos arccos', unary(acos)),
  complexRow('acosh arccosh', unary(acosh)),
  complexRow('atanh arctanh', unary(atanh)),
  complexRow('asinh arcsinh', unary(turned(asin))),
  complexRow('atan arctan', unary(turned(atanh))),
  complexRow('log1p special_log1p', unary(log1p)),
  complexRow('expm1 special_expm1', unary(expm1)),
  complexRow(
    'exp2 special_exp2',
    unary((e, x) => exp(e, scaled(e, x, e.float(Math.LN2)))),
  ),
  complexRow('sqrt', unary(sqrt)),
  complexRow(
    'rsqrt',
    unary((e, x) => reciprocal(e, sqrt(e, x), unit(e, x))),
  ),
  complexRow('sinh', unary(sinh)),
  complexRow('cosh', unary(cosh)),
  complexRow('tanh', unary(tanh)),
  complexRow('sin', unary(turned((e, x) => sinh(e, x, true)))),
  complexRow(
    'cos',
    unary((e, x) => cosh(e, timesI(e, x))),
  ),
  complexRow('tan', unary(turned(tanh))),
  complexRow(
    'sigmoid special_expit',
    unary((e, x) => reciprocal(e, add(e, unit(e, x), exp(e, neg(e, x))), unit(e, x))),
  ),
  complexRow('silu', unary(silu)),
  complexRow('sinc special_sinc', unary(sinc)),
  complexRow('pow', (c) => pow(c, c.pairAt(0), c.pairAt(1), knownExponent(c, 1))),
  complexRow('float_power', (c) => pow(c, c.pairAt(0, 'float64'), c.pairAt(1, 'float64'), knownExponent(c, 1))),
]
