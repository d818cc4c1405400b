// Dropout: the identity in evaluation. In training, which a model comes to only with `training: 'preserve'`, what is dropped is drawn anew
// by each run. Answers to aten/src/ATen/native/Dropout.cpp.

import type { OnnxBuilder } from '../builder.ts'
import { onnxDataType } from '../data-type.ts'
import { f } from '../model.ts'
import type { OnnxValue } from '../operand.ts'
import { opmath } from './compute.ts'
import { lower, type LoweringRow } from './row.ts'

/** Uniform on [low, high), shaped like `x`, which is float32 or float64. */
export const uniformLike = (x: OnnxValue, low: number, high: number, b: OnnxBuilder): OnnxValue =>
  b.op('RandomUniformLike', [x], { dtype: onnxDataType(x.dtype)!, low: f(low), high: f(high) }, { dims: x.dims })

/** True with probability 1 − p, shaped like `x`. */
const survives = (x: OnnxValue, p: number, b: OnnxBuilder): OnnxValue =>
  b.op('GreaterOrEqual', [uniformLike(x, 0, 1, b), b.scalar(x.dtype, p)], {}, { dims: x.dims })

/** 0 with probability p, else 1/(1 − p), shaped like `x`. */
function noise(x: OnnxValue, p: number, b: OnnxBuilder): OnnxValue {
  const kept = b.cast(survives(x, p, b), x.dtype)
  return b.op('Mul', [kept, b.scalar(x.dtype, p < 1 ? 1 / (1 - p) : 0)], {}, { dims: x.dims })
}

export const dropped = (x: OnnxValue, p: number, b: OnnxBuilder): OnnxValue =>
  p === 0 ? x : b.op('Mul', [x, noise(x, p, b)], {}, { dims: x.dims })

/** Hands in x as [N, C, rest] and zeros shaped [N, C, 1], and gives the result the shape of x. */
function byChannel(x: OnnxValue, b: OnnxBuilder, drop: (x: OnnxValue, channels: OnnxValue) => OnnxValue): OnnxValue {
  const flat = b.op('Reshape', [x, b.ints([0, 0, -1])], { allowzero: 0 }, { dims: [null, null, null] })
  const shape = b.op('Concat', [b.op('Shape', [x], { start: 0, end: 2 }, { dtype: 'int64', dims: [2] }), b.ints([1])], { axis: 0 })
  const channels = b.op('Expand', [b.scalar(x.dtype, 0), shape], {}, { dims: [null, null, 1] })
  return b.op('Reshape', [drop(flat, channels), b.shape(x)], { allowzero: 1 }, { dims: x.dims })
}

// −selu(−∞): what is dropped takes this value, and an affine map restores mean and variance.
const ALPHA = 1.7580993408473766
function alphaDropped(x: OnnxValue, like: OnnxValue, p: number, b: OnnxBuilder): OnnxValue {
  const kept = b.cast(survives(like, p, b), x.dtype)
  if (p === 1) return b.op('Mul', [x, kept])
  const a = 1 / Math.sqrt((ALPHA ** 2 * p + 1) * (1 - p))
  const shift = b.op('Add', [
    b.op('Mul', [b.op('Sub', [kept, b.scalar(x.dtype, 1)]), b.scalar(x.dtype, ALPHA * a)]),
    b.scalar(x.dtype, ALPHA * a * p),
  ])
  return b.op('Add', [b.op('Mul', [x, b.op('Mul', [kept, b.scalar(x.dtype, a)])]), shift], {}, { dims: x.dims })
}

/** In evaluation nothing; in training, in the dtype that is computed in. */
function inTraining(input: OnnxValue, p: number, train: boolean, b: OnnxBuilder, drop: (x: OnnxValue) => OnnxValue): OnnxValue {
  return train && p > 0 ? b.cast(drop(b.cast(input, opmath(input.dtype))), input.dtype) : input
}

const ones = (x: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Expand', [b.scalar('bool', true), b.shape(x)], {}, { dims: x.dims })

export const dropoutLowerings: readonly LoweringRow[] = [
  lower('aten::dropout(Tensor input, float p, bool train) -> Tensor', { constant: ['p'] }, ({ input, p, train }, b) =>
    inTraining(input, p, train, b, (x) => dropped(x, p, b)),
  ),
  lower('aten::feature_dropout(Tensor input, float p, bool train) -> Tensor', { constant: ['p'] }, ({ input, p, train }, b) =>
    inTraining(input, p, train, b, (x) => byChannel(x, b, (flat, channels) => b.op('Mul', [flat, noise(channels, p, b)]))),
  ),
  lower('aten::alpha_dropout(Tensor input, float p, bool train) -> Tensor', { constant: ['p'] }, ({ input, p, train }, b) =>
    inTraining(input, p, train, b, (x) => alphaDropped(x, x, p, b)),
  ),
  lower('aten::feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor', { constant: ['p'] }, ({ input, p, train }, b) =>
    inTraining(input, p, train, b, (x) => byChannel(x, b, (flat, channels) => alphaDropped(flat, channels, p, b))),
  ),
  lower('aten::native_dropout(Tensor input, float p, bool? train) -> (Tensor, Tensor)', { constant: ['p'] }, ({ input, p, train }, b) => {
    if (train === false || p === 0) return [input, ones(input, b)]
    const x = b.cast(input, opmath(input.dtype))
    const kept = survives(x, p, b)
    const scaled = b.op('Mul', [b.op('Mul', [x, b.cast(kept, x.dtype)]), b.scalar(x.dtype, p < 1 ? 1 / (1 - p) : 0)], {}, { dims: x.dims })
    return [b.cast(scaled, input.dtype), kept]
  }),
]
