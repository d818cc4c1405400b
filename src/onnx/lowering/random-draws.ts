// Draws from onnxruntime's generators, and what is made of them. Other numbers than torch's, of the same distributions.
// ONNX RandomUniform/RandomNormal(Like)-1. Each node has a generator of its own that goes on from run to run; without seeds those of
// neighbouring nodes start next to each other (a linear congruential generator), so uniform draws are turned by an angle of their own.

import type { ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import { emittedType, onnxDataType } from '../data-type.ts'
import { f } from '../model.ts'
import { constantNumber, type OnnxValue, type ScalarListOperand, type ScalarOperand } from '../operand.ts'
import { like } from './compute.ts'

/** float32 or float64 with the dtype's own grid: the kernels know no other. */
const drawn = (dtype: ScalarType): ScalarType => (emittedType(dtype) === 'float64' ? 'float64' : 'float32')

const GOLDEN = (Math.sqrt(5) - 1) / 2
// Digits of a float16 in [0, 1): rounding must not reach 1.
const FLOAT16_STEPS = 2 ** 11

/** Uniform on [0, 1), shaped like `x`. The kernel's own numbers may round to 1. */
export function uniform(b: OnnxBuilder, x: OnnxValue, dtype: ScalarType): OnnxValue {
  const work = drawn(dtype)
  const draw = b.op('RandomUniformLike', [x], { dtype: onnxDataType(work)!, low: f(0), high: f(1) }, { dtype: work, dims: x.dims })
  const turn = (b.serial() * GOLDEN) % 1
  const turned = turn === 0 ? draw : b.op('Add', [draw, like(b, draw, turn)])
  const u = b.op('Mod', [turned, like(b, draw, 1)], { fmod: 1 })
  if (emittedType(dtype) !== 'float16') return b.cast(u, dtype)
  const steps = like(b, u, FLOAT16_STEPS)
  return b.cast(b.op('Div', [b.op('Floor', [b.op('Mul', [u, steps])]), steps]), dtype)
}
/** Of the standard normal distribution, shaped like `x`. */
export function gaussian(b: OnnxBuilder, x: OnnxValue, dtype: ScalarType): OnnxValue {
  const work = drawn(dtype)
  const draw = b.op('RandomNormalLike', [x], { dtype: onnxDataType(work)!, mean: f(0), scale: f(1) }, { dtype: work, dims: x.dims })
  return b.cast(draw, dtype)
}
/** −ln(1 − u): exponential of rate 1, never 0, as torch sees to. Float32 or float64. */
export function exponential(b: OnnxBuilder, x: OnnxValue, dtype: ScalarType): OnnxValue {
  const u = uniform(b, x, dtype)
  const draw = b.op('Neg', [b.op('Log', [b.op('Sub', [like(b, u, 1), u])])])
  return b.op('Max', [draw, like(b, u, dtype === 'float64' ? 2 ** -53 : 2 ** -24)])
}

/** Zeros of a shape for the …Like operators. */
export const shaped = (b: OnnxBuilder, size: ScalarListOperand, dims: OnnxValue['dims']): OnnxValue =>
  b.op('Expand', [b.scalar('float32', 0), b.vector(size)], {}, { dims })
// Ranges up to here are even to one part in 4096 on the grid of float32 draws.
const SMALL = 2 ** 12

/** ⌊low + u·(high − low)⌋ with high excluded; in float64 unless the range is known to be small. Bounds may be tensors. */
export function integersBetween(b: OnnxBuilder, x: OnnxValue, low: ScalarOperand, high: ScalarOperand, dtype: ScalarType): OnnxValue {
  const small = [low, high].every((bound) => Math.abs(constantNumber(bound) ?? Infinity) <= SMALL / 2)
  const work: ScalarType = small ? 'float32' : 'float64'
  const [from, to] = [b.number(low, work), b.number(high, work)]
  const draw = b.op('Floor', [b.op('Mul', [uniform(b, x, work), b.op('Sub', [to, from])])])
  // Rounding may reach the end, which is excluded.
  return b.cast(b.op('Min', [b.op('Add', [from, draw]), b.op('Sub', [to, b.scalar(work, 1)])]), dtype)
}

/** Whole numbers of 63 bits, int64: two draws. */
export function anyInt64(b: OnnxBuilder, x: OnnxValue): OnnxValue {
  const part = (bits: number): OnnxValue =>
    b.cast(b.op('Floor', [b.op('Mul', [uniform(b, x, 'float64'), b.scalar('float64', 2 ** bits)])]), 'int64')
  return b.op('Add', [b.op('Mul', [part(31), b.scalar('int64', 2n ** 32n)]), part(32)])
}
