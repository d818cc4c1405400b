// Real functions that ONNX or its wasm kernels lack, from those they have; x is a float tensor of any shape, and so is the result.
// Chosen to keep relative precision near zeros. erfc: a polynomial fit of ln(erfc(z)·e^(z²)/t) in t = 2/(2+z), fitted for this file.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'
import { like, select } from './compute.ts'

export type RealFunction = (b: OnnxBuilder, x: OnnxValue) => OnnxValue

export const op =
  (name: string): RealFunction =>
  (b, x) =>
    b.op(name, [x])

export const times = (b: OnnxBuilder, x: OnnxValue, k: number): OnnxValue => b.op('Mul', [x, like(b, x, k)])
export const plus = (b: OnnxBuilder, x: OnnxValue, k: number): OnnxValue => b.op('Add', [x, like(b, x, k)])
export const minus = (b: OnnxBuilder, k: number, x: OnnxValue): OnnxValue => b.op('Sub', [like(b, x, k), x])
/** Horner's scheme; the highest coefficient comes last. */
export function polynomial(b: OnnxBuilder, x: OnnxValue, coefficients: readonly number[]): OnnxValue {
  let sum = like(b, x, coefficients.at(-1)!)
  for (const c of coefficients.slice(0, -1).reverse()) sum = plus(b, b.op('Mul', [sum, x]), c)
  return sum
}

/** Kernels of some functions exist for float32 and float16 only: `wide` computes float64 from others. */
const forFloat64 =
  (name: string, wide: RealFunction): RealFunction =>
  (b, x) =>
    x.dtype === 'float64' ? wide(b, x) : b.op(name, [x])

/** x < 0, −0 included. */
export function signbit(b: OnnxBuilder, x: OnnxValue): OnnxValue {
  const zero = like(b, x, 0)
  const reciprocal = b.op('Div', [like(b, x, 1), x])
  return b.op('Less', [b.op('Where', [b.op('Equal', [x, zero]), reciprocal, x]), zero])
}
/** |x| with the sign of y. */
export function copysign(b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue {
  const size = b.op('Abs', [x])
  return b.op('Where', [signbit(b, y), b.op('Neg', [size]), size])
}

export const trunc: RealFunction = (b, x) => b.op('Where', [b.op('Less', [x, like(b, x, 0)]), b.op('Ceil', [x]), b.op('Floor', [x])])

/** tanh(x/2)·(e^x + 1). */
export const expm1: RealFunction = (b, x) => b.op('Mul', [b.op('Tanh', [times(b, x, 0.5)]), plus(b, b.op('Exp', [x]), 1)])

/** ln u with u = 1 + x, and near 0 the rounding of u put right: + (x − (u − 1))/u. */
export const log1p: RealFunction = (b, x) => {
  const u = plus(b, x, 1)
  const log = b.op('Log', [u])
  const lost = b.op('Div', [b.op('Sub', [x, plus(b, u, -1)]), u])
  return b.op('Where', [b.op('Less', [b.op('Abs', [x]), like(b, x, 0.5)]), b.op('Add', [log, lost]), log])
}

/** The angle of (c, s), |(c, s)| = 1, in float64: the float32 angle θ0 of `guess`, plus sin(θ − θ0) = s·cos θ0 − c·sin θ0. */
function refineAngle(b: OnnxBuilder, guess: OnnxValue, s: OnnxValue, c: OnnxValue): OnnxValue {
  const theta = b.cast(guess, 'float64')
  const step = b.op('Sub', [b.op('Mul', [s, b.op('Cos', [theta])]), b.op('Mul', [c, b.op('Sin', [theta])])])
  return b.op('Add', [theta, step])
}
/** √((1 − x)(1 + x)). */
const cathetus = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Sqrt', [b.op('Mul', [minus(b, 1, x), plus(b, x, 1)])])

export const atan = forFloat64('Atan', (b, x) => {
  const t = b.op('Clip', [x, like(b, x, -1e17), like(b, x, 1e17)])
  const r = b.op('Sqrt', [plus(b, b.op('Mul', [t, t]), 1)])
  return refineAngle(b, b.op('Atan', [b.cast(t, 'float32')]), b.op('Div', [t, r]), b.op('Div', [like(b, x, 1), r]))
})
export const asin = forFloat64('Asin', (b, x) => refineAngle(b, b.op('Asin', [b.cast(x, 'float32')]), x, cathetus(b, x)))
export const acos = forFloat64('Acos', (b, x) => refineAngle(b, b.op('Acos', [b.cast(x, 'float32')]), cathetus(b, x), x))
export const tan = forFloat64('Tan', (b, x) => b.op('Div', [b.op('Sin', [x]), b.op('Cos', [x])]))

const halfExp =
  (name: 'Add' | 'Sub'): RealFunction =>
  (b, x) =>
    times(b, b.op(name, [b.op('Exp', [x]), b.op('Exp', [b.op('Neg', [x])])]), 0.5)
export const sinh = forFloat64('Sinh', halfExp('Sub'))
export const cosh = forFloat64('Cosh', halfExp('Add'))
/** ln(1 + |x| + x²/(1 + √(1 + x²))) with the sign of x; the bound keeps ∞/∞ out. */
export const asinh = forFloat64('Asinh', (b, x) => {
  const square = b.op('Min', [b.op('Mul', [x, x]), like(b, x, 1e300)])
  const root = plus(b, b.op('Sqrt', [plus(b, square, 1)]), 1)
  return copysign(b, log1p(b, b.op('Add', [b.op('Abs', [x]), b.op('Div', [square, root])])), x)
})
/** With t = x − 1: ln(1 + t + √t·√(t + 2)). Two roots: the square of a large x is out of range. */
export const acosh: RealFunction = (b, x) => {
  const t = plus(b, x, -1)
  return log1p(b, b.op('Add', [t, b.op('Mul', [b.op('Sqrt', [t]), b.op('Sqrt', [plus(b, t, 2)])])]))
}
/** ½·ln(1 + 2x/(1 − x)) of |x|, where nothing cancels. */
export const atanh: RealFunction = (b, x) => {
  const size = b.op('Abs', [x])
  return copysign(b, times(b, log1p(b, b.op('Div', [times(b, size, 2), minus(b, 1, size)])), 0.5), x)
}

/** The quadrant rule: the angle of (x, y), signed zeros and infinities as in C. */
export function atan2(b: OnnxBuilder, y: OnnxValue, x: OnnxValue): OnnxValue {
  const [rise, run] = [b.op('Abs', [y]), b.op('Abs', [x])]
  const [high, low] = [b.op('Max', [rise, run]), b.op('Min', [rise, run])]
  // Equal sides: 1, and 0 for the origin; so that neither 0/0 nor ∞/∞ is taken.
  const level = b.op('Where', [b.op('Equal', [high, like(b, x, 0)]), like(b, x, 0), like(b, x, 1)])
  const ratio = b.op('Where', [b.op('Equal', [high, low]), level, b.op('Div', [low, high])])
  const angle = atan(b, ratio)
  const steep = b.op('Where', [b.op('Greater', [rise, run]), minus(b, Math.PI / 2, angle), angle])
  return copysign(b, b.op('Where', [signbit(b, x), minus(b, Math.PI, steep), steep]), y)
}

// Powers of 2t − 1, lowest first; |error| < 2e-13.
const ERFC = [
  -0.6717940840566913, 0.6726432239801855, 0.047343306841380745, -0.046895610419198826, -0.009872689340373813, 0.008824942683674867,
  0.0017589330676544875, -0.002345854172484882, -0.00014624210732059142, 0.0006739112284066301, -9.376235952119092e-5,
  -0.00017508766095529366, 7.150124705586087e-5, 3.3422922569890924e-5, -3.043234681990642e-5, -2.164436559818759e-6, 8.966343309583619e-6,
  -9.568554800759481e-7, -1.7231462915744562e-6, 2.3447226964859825e-7, 1.6411529474986195e-7,
]
/** erfc of z ≥ 0 as t·exp(p): `p` is p(2t − 1) − z², or without the square for e^(z²)·erfc(z). */
function erfcOf(b: OnnxBuilder, z: OnnxValue, scaled: boolean): OnnxValue {
  const t = b.op('Div', [like(b, z, 2), plus(b, z, 2)])
  const p = polynomial(b, plus(b, times(b, t, 2), -1), ERFC)
  return b.op('Mul', [t, b.op('Exp', [scaled ? p : b.op('Sub', [p, b.op('Mul', [z, z])])])])
}
/** erfc of |x|. Float64 inside. */
const erfcOfSize = (b: OnnxBuilder, x: OnnxValue): OnnxValue => erfcOf(b, b.op('Abs', [b.cast(x, 'float64')]), false)
/** e^(x²)·erfc(x); below 0: 2·e^(x²) − that of −x. Float64 inside. */
export const erfcx: RealFunction = (b, x) => {
  const wide = b.cast(x, 'float64')
  const tail = erfcOf(b, b.op('Abs', [wide]), true)
  const negative = b.op('Sub', [times(b, b.op('Exp', [b.op('Mul', [wide, wide])]), 2), tail])
  return b.cast(b.op('Where', [b.op('Less', [wide, like(b, wide, 0)]), negative, tail]), x.dtype)
}
export const erfc: RealFunction = (b, x) => {
  const tail = erfcOfSize(b, x)
  return b.cast(b.op('Where', [b.op('Less', [x, like(b, x, 0)]), minus(b, 2, tail), tail]), x.dtype)
}
export const erf = forFloat64('Erf', (b, x) => copysign(b, minus(b, 1, erfcOfSize(b, x)), x))

// M. Giles, "Approximating the erfinv function": starting values for one Newton step, highest power first there, lowest first here.
const ERFINV_CENTRE = [
  1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-6, -3.5233877e-6, 3.43273939e-7, 2.81022636e-8,
]
const ERFINV_TAIL = [
  2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322, 0.000100950558, -0.000200214257,
]
export const erfinv: RealFunction = (b, x) => {
  const wide = b.cast(x, 'float64')
  const size = b.op('Abs', [wide])
  const w = b.op('Neg', [b.op('Log', [b.op('Mul', [minus(b, 1, wide), plus(b, wide, 1)])])])
  const centre = polynomial(b, plus(b, w, -2.5), ERFINV_CENTRE)
  const tail = polynomial(b, plus(b, b.op('Sqrt', [w]), -3), ERFINV_TAIL)
  const start = b.op('Mul', [size, b.op('Where', [b.op('Less', [w, like(b, w, 5)]), centre, tail])])
  // erfc keeps its digits where erf is nearly 1.
  const residue = b.op('Sub', [erfcOfSize(b, start), minus(b, 1, size)])
  const slope = times(b, b.op('Exp', [b.op('Neg', [b.op('Mul', [start, start])])]), 2 / Math.sqrt(Math.PI))
  const y = b.op('Add', [start, b.op('Div', [residue, slope])])
  const end = b.op('Where', [b.op('Equal', [size, like(b, size, 1)]), like(b, size, Infinity), y])
  return b.cast(copysign(b, end, wide), x.dtype)
}

/** sin(πx)/(πx), 1 at 0. */
export const sinc: RealFunction = (b, x) => {
  const p = times(b, x, Math.PI)
  return select(b, b.op('Equal', [x, like(b, x, 0)]), like(b, x, 1), b.op('Div', [b.op('Sin', [p]), p]))
}

/** Lanczos (g = 7, n = 9): ln Γ(x) for x ≥ ½, reflected below: ln(π/|sin πx|) − ln Γ(1 − x). Float64 inside. */
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905, -0.13857109526572012,
  9.984369578019572e-6, 1.5056327351493116e-7,
]
export const lgamma: RealFunction = (b, x) => {
  const wide = b.cast(x, 'float64')
  const low = b.op('Less', [wide, like(b, wide, 0.5)])
  const z = plus(b, b.op('Where', [low, minus(b, 1, wide), wide]), -1)
  let sum = like(b, z, 0.9999999999998099)
  for (const [i, c] of LANCZOS.entries()) sum = b.op('Add', [sum, b.op('Div', [like(b, z, c), plus(b, z, i + 1)])])
  const t = plus(b, z, 7.5)
  const power = b.op('Sub', [b.op('Mul', [plus(b, z, 0.5), b.op('Log', [t])]), t])
  const positive = plus(b, b.op('Add', [power, b.op('Log', [sum])]), Math.log(2 * Math.PI) / 2)
  const fraction = b.op('Sub', [wide, b.op('Round', [wide])])
  const sine = b.op('Abs', [b.op('Sin', [times(b, fraction, Math.PI)])])
  const reflected = b.op('Sub', [minus(b, Math.log(Math.PI), b.op('Log', [sine])), positive])
  // (z + ½)·ln t − t is ∞ − ∞ at infinity.
  const infinite = b.op('IsInf', [wide])
  return b.cast(b.op('Where', [infinite, b.op('Abs', [wide]), b.op('Where', [low, reflected, positive])]), x.dtype)
}

/** ψ(x): six steps of ψ(x) = ψ(x+1) − 1/x, then the asymptotic series; reflected below ½: ψ(1 − x) − π/tan(πx). Float64 inside. */
export const digamma: RealFunction = (b, x) => {
  const wide = b.cast(x, 'float64')
  const low = b.op('Less', [wide, like(b, wide, 0.5)])
  const z = b.op('Where', [low, minus(b, 1, wide), wide])
  const y = plus(b, z, 6)
  const inverse = b.op('Div', [like(b, y, 1), y])
  const square = b.op('Mul', [inverse, inverse])
  const series = polynomial(b, square, [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12])
  let sum = b.op('Sub', [b.op('Log', [y]), b.op('Add', [times(b, inverse, 0.5), b.op('Mul', [square, series])])])
  for (let i = 0; i < 6; i++) sum = b.op('Sub', [sum, b.op('Div', [like(b, z, 1), plus(b, z, i)])])
  const fraction = b.op('Sub', [wide, b.op('Round', [wide])])
  const cotangent = b.op('Div', [like(b, wide, Math.PI), tan(b, times(b, fraction, Math.PI))])
  const reflected = b.op('Sub', [sum, cotangent])
  // Poles: −∞ at 0 (+∞ at −0), NaN at negative integers.
  const pole = b.op('And', [b.op('Equal', [fraction, like(b, wide, 0)]), low])
  const atPole = b.op('Where', [b.op('Equal', [wide, like(b, wide, 0)]), b.op('Div', [like(b, wide, -1), wide]), like(b, wide, NaN)])
  return b.cast(b.op('Where', [pole, atPole, b.op('Where', [low, reflected, sum])]), x.dtype)
}
