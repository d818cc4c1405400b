// Python's complex numbers: as the graph has them, a tensor of two doubles, so that they cross into a region as they are.
// Answers to c10/util/complex_math.h.

import { tensor } from '../tensor.ts'
import type { Tensor } from '../tensor-types.ts'

type Parts = readonly [re: number, im: number]
type Numeric = Tensor | number | bigint | boolean

const parts = (value: Numeric): Parts => {
  if (typeof value !== 'object') return [Number(value), 0]
  const [re, im] = value.data as unknown as readonly [number, number]
  return [re, im]
}

/** `complex(re, im)` */
export function complex(re: number | bigint | boolean, im: number | bigint | boolean = 0): Tensor {
  return tensor('float64', Float64Array.of(Number(re), Number(im)), [2])
}
/** `complex(value)` */
export function toComplex(value: Numeric): Tensor {
  return typeof value === 'object' ? value : complex(value)
}

export function complexAdd(a: Numeric, b: Numeric): Tensor {
  const [[ar, ai], [br, bi]] = [parts(a), parts(b)]
  return complex(ar + br, ai + bi)
}
export function complexSub(a: Numeric, b: Numeric): Tensor {
  const [[ar, ai], [br, bi]] = [parts(a), parts(b)]
  return complex(ar - br, ai - bi)
}
export function complexMul(a: Numeric, b: Numeric): Tensor {
  const [[ar, ai], [br, bi]] = [parts(a), parts(b)]
  return complex(ar * br - ai * bi, ar * bi + ai * br)
}
/** Scaled, so that large divisors do not overflow. */
export function complexDiv(a: Numeric, b: Numeric): Tensor {
  const [[ar, ai], [br, bi]] = [parts(a), parts(b)]
  if (br === 0 && bi === 0) return complex(ar / 0, ai / 0)
  const wide = Math.abs(br) >= Math.abs(bi)
  const ratio = wide ? bi / br : br / bi
  const scale = 1 / (wide ? br + bi * ratio : br * ratio + bi)
  return wide
    ? complex((ar + ai * ratio) * scale, (ai - ar * ratio) * scale)
    : complex((ar * ratio + ai) * scale, (ai * ratio - ar) * scale)
}
export function complexNeg(a: Numeric): Tensor {
  const [re, im] = parts(a)
  return complex(-re, -im)
}
/** `a ** b` */
export function complexPow(a: Numeric, b: Numeric): Tensor {
  const [re, im] = parts(a)
  const [br, bi] = parts(b)
  if (re === 0 && im === 0) return br === 0 && bi === 0 ? complex(1) : complex(0)
  return complexExp(complexMul(b, complexLog(a)))
}
export function complexEqual(a: Numeric, b: Numeric): boolean {
  const [[ar, ai], [br, bi]] = [parts(a), parts(b)]
  return ar === br && ai === bi
}
export function complexAbs(a: Numeric): number {
  return Math.hypot(...parts(a))
}
export function complexAngle(a: Numeric): number {
  const [re, im] = parts(a)
  return Math.atan2(im, re)
}
export function complexIsFinite(a: Numeric): boolean {
  return parts(a).every(Number.isFinite)
}
export function complexIsInf(a: Numeric): boolean {
  return parts(a).some((part) => Math.abs(part) === Infinity)
}
export function complexIsNaN(a: Numeric): boolean {
  return parts(a).some(Number.isNaN)
}

export function polar(abs: number | bigint, angle: number | bigint): Tensor {
  const [r, phi] = [Number(abs), Number(angle)]
  return complex(r * Math.cos(phi), r * Math.sin(phi))
}
export function complexExp(a: Numeric): Tensor {
  const [re, im] = parts(a)
  return polar(Math.exp(re), im)
}
/** The natural logarithm, or that to a base. */
export function complexLog(a: Numeric, base?: Numeric): Tensor {
  const own = complex(Math.log(complexAbs(a)), complexAngle(a))
  return base === undefined ? own : complexDiv(own, complexLog(base))
}
export function complexLog10(a: Numeric): Tensor {
  const [re, im] = parts(complexLog(a))
  return complex(re / Math.LN10, im / Math.LN10)
}
export function complexSqrt(a: Numeric): Tensor {
  const [re, im] = parts(a)
  const abs = Math.hypot(re, im)
  const half = Math.sqrt((abs + Math.abs(re)) / 2)
  if (half === 0) return complex(0, im)
  const other = Math.abs(im) / (2 * half)
  const sign = im < 0 || Object.is(im, -0) ? -1 : 1
  return re >= 0 ? complex(half, sign * other) : complex(other, sign * half)
}
export function complexSinh(a: Numeric): Tensor {
  const [re, im] = parts(a)
  return complex(Math.sinh(re) * Math.cos(im), Math.cosh(re) * Math.sin(im))
}
export function complexCosh(a: Numeric): Tensor {
  const [re, im] = parts(a)
  return complex(Math.cosh(re) * Math.cos(im), Math.sinh(re) * Math.sin(im))
}
export function complexTanh(a: Numeric): Tensor {
  return complexDiv(complexSinh(a), complexCosh(a))
}

/** `i a`: the circular functions are the hyperbolic ones, turned by a quarter. */
const turned = (a: Numeric): Tensor => {
  const [re, im] = parts(a)
  return complex(-im, re)
}
const turnedBack = (a: Numeric): Tensor => {
  const [re, im] = parts(a)
  return complex(im, -re)
}
export function complexSin(a: Numeric): Tensor {
  return turnedBack(complexSinh(turned(a)))
}
export function complexCos(a: Numeric): Tensor {
  return complexCosh(turned(a))
}
export function complexTan(a: Numeric): Tensor {
  return turnedBack(complexTanh(turned(a)))
}
/** ln(a + √(a² + 1)) */
export function complexAsinh(a: Numeric): Tensor {
  return complexLog(complexAdd(a, complexSqrt(complexAdd(complexMul(a, a), 1))))
}
/** ln(a + √(a + 1) √(a − 1)) */
export function complexAcosh(a: Numeric): Tensor {
  return complexLog(complexAdd(a, complexMul(complexSqrt(complexAdd(a, 1)), complexSqrt(complexSub(a, 1)))))
}
/** ½ (ln(1 + a) − ln(1 − a)) */
export function complexAtanh(a: Numeric): Tensor {
  return complexMul(complexSub(complexLog(complexAdd(1, a)), complexLog(complexSub(1, a))), 0.5)
}
export function complexAsin(a: Numeric): Tensor {
  return turnedBack(complexAsinh(turned(a)))
}
/** π/2 − asin a */
export function complexAcos(a: Numeric): Tensor {
  return complexSub(Math.PI / 2, complexAsin(a))
}
export function complexAtan(a: Numeric): Tensor {
  return turnedBack(complexAtanh(turned(a)))
}
