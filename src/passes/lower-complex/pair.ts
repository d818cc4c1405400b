// Pair: a complex value as its two parts, and arithmetic on such values. A part that is absent is exactly zero: real operands and
// constants such as 1j then cost nothing. Formulas answer to c10/util/complex.h and complex_math.h.

import { dimsEqual } from '../../ir/dim.ts'
import type { Value } from '../../ir/value.ts'
import { isNumber, type RealOps } from './real-ops.ts'

/** At least one part is there. */
export interface Pair {
  readonly kind: 'pair'
  readonly re?: Value
  readonly im?: Value
}
export interface FullPair extends Pair {
  readonly re: Value
  readonly im: Value
}

export function pair(re: Value | undefined, im: Value | undefined): Pair {
  return { kind: 'pair', ...(re === undefined ? {} : { re }), ...(im === undefined ? {} : { im }) }
}
/** Whichever part is there: it tells dtype and, after `conform`, shape. */
export const someOf = ({ re, im }: Pair): Value => (re ?? im)!

export function full(e: RealOps, { re, im }: Pair): FullPair {
  return { kind: 'pair', re: re ?? e.zerosLike(im!), im: im ?? e.zerosLike(re!) }
}

type Part = Value | undefined

const addParts = (e: RealOps, x: Part, y: Part): Part => (x === undefined ? y : y === undefined ? x : e.add(x, y))
const subParts = (e: RealOps, x: Part, y: Part): Part => (y === undefined ? x : x === undefined ? e.neg(y) : e.sub(x, y))
const mulParts = (e: RealOps, x: Part, y: Part): Part => (x === undefined || y === undefined ? undefined : e.mul(x, y))

/** True when `part` certainly has the shape that broadcasting it with `other` has. */
function covers(e: RealOps, part: Value, other: Value): boolean {
  if (isNumber(part) || isNumber(other)) return !isNumber(part) || isNumber(other)
  const [a, b] = [e.of(part).dims, e.of(other).dims]
  if (b?.length === 0) return a !== undefined
  if (a === undefined || b === undefined || a.length < b.length) return false
  return b.every((dim, i) => dim === 1 || dimsEqual(a[a.length - b.length + i]!, dim) === true)
}
/** A part that was made of one operand only, in the shape of all. */
// x − 0 is x, also of −0.
function conform(e: RealOps, part: Part, ...operands: readonly Pair[]): Part {
  if (part === undefined) return undefined
  return operands.map(someOf).reduce((value, other) => (covers(e, value, other) ? value : e.sub(value, e.zerosLike(other))), part)
}

export const add = (e: RealOps, x: Pair, y: Pair): Pair =>
  pair(conform(e, addParts(e, x.re, y.re), x, y), conform(e, addParts(e, x.im, y.im), x, y))
export const sub = (e: RealOps, x: Pair, y: Pair): Pair =>
  pair(conform(e, subParts(e, x.re, y.re), x, y), conform(e, subParts(e, x.im, y.im), x, y))
export const neg = (e: RealOps, { re, im }: Pair): Pair => pair(re && e.neg(re), im && e.neg(im))
export const conj = (e: RealOps, { re, im }: Pair): Pair => pair(re, im && e.neg(im))
/** i·z */
export const timesI = (e: RealOps, { re, im }: Pair): Pair => pair(im && e.neg(im), re)
/** z·r for a real r. */
export const scaled = (e: RealOps, { re, im }: Pair, factor: Value): Pair => pair(re && e.mul(re, factor), im && e.mul(im, factor))

/** (a + bi)(c + di) by any product that is linear in both. */
export function product(e: RealOps, x: Pair, y: Pair, times: (a: Value, b: Value) => Value): Pair {
  const each = (a: Part, b: Part): Part => (a === undefined || b === undefined ? undefined : times(a, b))
  return pair(subParts(e, each(x.re, y.re), each(x.im, y.im)), addParts(e, each(x.re, y.im), each(x.im, y.re)))
}
export const mul = (e: RealOps, x: Pair, y: Pair): Pair => product(e, x, y, (a, b) => e.mul(a, b))

/** Scaled by max(|c|, |d|), so that no square overflows. */
export function div(e: RealOps, x: Pair, y: Pair): Pair {
  if (y.im === undefined) return pair(x.re && e.div(x.re, y.re!), x.im && e.div(x.im, y.re!))
  // (a + bi)/(di) = (b − ai)/d
  if (y.re === undefined) return pair(x.im && e.div(x.im, y.im), x.re && e.neg(e.div(x.re, y.im)))
  const scale = isNumber(y.re) ? e.hypot(y.re, y.im) : e.op('aten::maximum', [e.unary('abs', y.re), e.unary('abs', y.im)])
  const [c, d] = [e.div(y.re, scale), e.div(y.im, scale)]
  const [a, b] = [x.re && e.div(x.re, scale), x.im && e.div(x.im, scale)]
  const size = e.add(e.mul(c, c), e.mul(d, d))
  const over = (part: Part): Part => part && e.div(part, size)
  return pair(over(addParts(e, mulParts(e, a, c), mulParts(e, b, d))), over(subParts(e, mulParts(e, b, c), mulParts(e, a, d))))
}

export function abs(e: RealOps, { re, im }: Pair): Value {
  if (im === undefined) return e.unary('abs', re!)
  return re === undefined ? e.unary('abs', im) : e.hypot(re, im)
}
export function angle(e: RealOps, x: Pair): Value {
  const { re, im } = full(e, x)
  return e.atan2(im, re)
}
/** r·(cos φ + i sin φ) */
export const polar = (e: RealOps, r: Value, phi: Value): Pair => pair(e.mul(r, e.unary('cos', phi)), e.mul(r, e.unary('sin', phi)))

export function exp(e: RealOps, { re, im }: Pair): Pair {
  if (im === undefined) return pair(e.unary('exp', re!), undefined)
  if (re === undefined) return pair(e.unary('cos', im), e.unary('sin', im))
  const size = e.unary('exp', re)
  const turned = polar(e, size, im)
  if (isNumber(re) || isNumber(im)) return turned
  // e^−∞ is 0 and e^∞ is ∞ wherever the angle points; an angle of 0 leaves any length real.
  const isZero = e.compare('eq', re, -Infinity)
  const open = e.op('aten::logical_and', [e.unary('isinf', re), e.op('aten::logical_not', [e.unary('isfinite', im)])])
  const flat = e.compare('eq', im, 0)
  return pair(
    e.where(e.op('aten::logical_or', [isZero, open]), size, turned.re!),
    e.where(isZero, size, e.where(flat, e.zerosLike(turned.im!), turned.im!)),
  )
}
/** 1/z: 0 where one part is infinite and the other finite; of 0 infinite and without an angle. */
export function reciprocal(e: RealOps, x: Pair, one: Pair): Pair {
  const { re, im } = full(e, div(e, one, x))
  if (x.re === undefined || x.im === undefined || isNumber(re)) return pair(re, im)
  const finite = [x.re, x.im].map((value) => e.unary('isfinite', value))
  const beside = e.op('aten::logical_or', [e.unary('isinf', x.re), e.unary('isinf', x.im)])
  const isEndless = e.op('aten::logical_and', [beside, e.op('aten::logical_xor', finite)])
  const isZero = e.op('aten::logical_and', [e.compare('eq', x.re, 0), e.compare('eq', x.im, 0)])
  const dtype = e.dtypeOf(re) ?? 'float32'
  const part = (value: Value, ofZero: number): Value =>
    e.where(isEndless, e.zerosLike(value), e.where(isZero, e.scalar(dtype, ofZero), value))
  return pair(part(re, Infinity), part(im, Number.NaN))
}
export const log = (e: RealOps, x: Pair): Pair => pair(e.unary('log', abs(e, x)), angle(e, x))
