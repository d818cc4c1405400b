// Complex: stacks of complex matrices [B, m, n] by their parts, and arithmetic on them in the vocabulary of linalg-matrices.ts.

import type { OnnxValue } from '../operand.ts'
import type { Int } from './int-math.ts'
import type { Matrices } from './linalg-matrices.ts'

export interface Complex {
  readonly re: OnnxValue
  readonly im: OnnxValue
}

/** The same done to both parts. */
export const each = ({ re, im }: Complex, f: (part: OnnxValue) => OnnxValue): Complex => ({ re: f(re), im: f(im) })

export const plus = (m: Matrices, x: Complex, y: Complex): Complex => ({ re: m.add(x.re, y.re), im: m.add(x.im, y.im) })
export const minus = (m: Matrices, x: Complex, y: Complex): Complex => ({ re: m.sub(x.re, y.re), im: m.sub(x.im, y.im) })
export const times = (m: Matrices, x: Complex, y: Complex): Complex => ({
  re: m.sub(m.mul(x.re, y.re), m.mul(x.im, y.im)),
  im: m.add(m.mul(x.re, y.im), m.mul(x.im, y.re)),
})
export const product = (m: Matrices, x: Complex, y: Complex): Complex => ({
  re: m.sub(m.matmul(x.re, y.re), m.matmul(x.im, y.im)),
  im: m.add(m.matmul(x.re, y.im), m.matmul(x.im, y.re)),
})
/** |z|² */
export const squareOf = (m: Matrices, { re, im }: Complex): OnnxValue => m.add(m.square(re), m.square(im))
/** |Re z| + |Im z|: what LAPACK looks for pivots by. */
export const sizeOf = (m: Matrices, { re, im }: Complex): OnnxValue => m.add(m.abs(re), m.abs(im))
/** x/y, scaled by the larger part of y. */
export function quotient(m: Matrices, x: Complex, y: Complex): Complex {
  const scale = m.largest(m.abs(y.re), m.abs(y.im))
  const by = each(y, (part) => m.div(part, scale))
  const square = squareOf(m, by)
  return each(times(m, x, { re: by.re, im: m.neg(by.im) }), (part) => m.div(m.div(part, square), scale))
}

export const conjugate = (m: Matrices, { re, im }: Complex): Complex => ({ re, im: m.neg(im) })
export const transpose = (m: Matrices, z: Complex): Complex => each(z, m.transpose)
export const adjoint = (m: Matrices, z: Complex): Complex => transpose(m, conjugate(m, z))
export const pick = (m: Matrices, z: Complex, k: OnnxValue, axis: number): Complex => each(z, (part) => m.pick(part, k, axis))
export const slice = (m: Matrices, z: Complex, start: Int, end: Int | undefined, axis: number): Complex =>
  each(z, (part) => m.slice(part, start, end, axis))
export const take = (m: Matrices, z: Complex, where: OnnxValue, axis: 1 | 2): Complex => each(z, (part) => m.take(part, where, axis))
/** `x` where the condition holds, elsewhere `y`; a number has no imaginary part. */
export function choose(m: Matrices, condition: OnnxValue, x: Complex | number, y: Complex | number): Complex {
  const part = (which: 're' | 'im') => {
    const of = (z: Complex | number) => (typeof z === 'number' ? (which === 're' ? z : 0) : z[which])
    return m.where(condition, of(x), of(y))
  }
  return { re: part('re'), im: part('im') }
}
