// Random numbers from ONNX's generators: other numbers than torch's, of the same distributions, and new ones on every run.
// Answers to aten/src/ATen/native/Distributions.cpp.

import type { ScalarType } from '../../ir/scalar-type.ts'
import { likeSchemas, randomSchemas, sizedSchemas } from '../../ops/creation-schemas.ts'
import type { OnnxBuilder } from '../builder.ts'
import { onnxDataType } from '../data-type.ts'
import { f } from '../model.ts'
import { constantNumber, rankOf, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { like } from './compute.ts'
import { filled } from './creation.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'

type Out = readonly ResultInfo[]
const ZERO: ScalarOperand = { kind: 'constant', value: 0n }

/** Uniform on [0, 1), shaped like `x`. */
const uniform = (b: OnnxBuilder, x: OnnxValue, dtype: ScalarType): OnnxValue =>
  b.op('RandomUniformLike', [x], { dtype: onnxDataType(dtype)!, low: f(0), high: f(1) }, { dtype, dims: x.dims })
const gaussian = (b: OnnxBuilder, x: OnnxValue, dtype: ScalarType): OnnxValue =>
  b.op('RandomNormalLike', [x], { dtype: onnxDataType(dtype)!, mean: f(0), scale: f(1) }, { dtype, dims: x.dims })

// Integers up to here are exact in float32.
const FLOAT32_INTEGERS = 2 ** 24

/** ⌊low + u·(high − low)⌋, in float64 unless the bounds are known to be small. */
function integers(b: OnnxBuilder, shaped: OnnxValue, low: ScalarOperand, high: ScalarOperand, dtype: ScalarType): OnnxValue {
  const small = [low, high].every((bound) => Math.abs(constantNumber(bound) ?? Infinity) <= FLOAT32_INTEGERS)
  const work: ScalarType = small ? 'float32' : 'float64'
  const [from, to] = [b.number(low, work), b.number(high, work)]
  const draw = b.op('Floor', [b.op('Add', [from, b.op('Mul', [uniform(b, shaped, work), b.op('Sub', [to, from])])])])
  // Rounding may reach the end, which is excluded.
  return b.cast(b.op('Min', [draw, b.op('Sub', [to, b.scalar(work, 1)])]), dtype)
}
/** mean + std·z. */
function normal(b: OnnxBuilder, shaped: OnnxValue, mean: ScalarOperand, std: ScalarOperand, dtype: ScalarType): OnnxValue {
  return b.op('Add', [b.number(mean, dtype), b.op('Mul', [b.number(std, dtype), gaussian(b, shaped, dtype)])])
}
/** 1 with probability p. */
function bernoulli(b: OnnxBuilder, self: OnnxValue, p: ScalarOperand): OnnxValue {
  const draw = uniform(b, b.cast(self, 'float32'), 'float32')
  const hit = b.op('Less', [draw, b.number(p, 'float32')])
  return b.cast(hit, self.dtype)
}
/** −ln(−ln u): the largest of ln p + noise is a draw from p. */
function gumbel(b: OnnxBuilder, shaped: OnnxValue): OnnxValue {
  const u = b.op('Max', [uniform(b, shaped, 'float32'), b.scalar('float32', 1e-30)])
  return b.op('Neg', [b.op('Log', [b.op('Neg', [b.op('Log', [u])])])])
}
function multinomial(b: OnnxBuilder, self: OnnxValue, samples: ScalarOperand, replacement: boolean, out: Out): OnnxValue {
  const weights = b.op('Log', [b.cast(self, 'float32')])
  if (!replacement) {
    const scores = b.op('Add', [weights, gumbel(b, weights)])
    const count = b.reshapeTo(b.number(samples, 'int64'), [1])
    return b.ops('TopK', [scores, count], { axis: -1, largest: 1, sorted: 1 }, [{}, { dims: out[0]?.dims }])[1]!
  }
  // A row of scores per sample.
  const rows = b.op('Unsqueeze', [weights, b.ints([-2])])
  const shape = b.concatScalars(rankOf(self) === 1 ? [samples, b.size(self, 0)] : [b.size(self, 0), samples, b.size(self, 1)])
  const noise = gumbel(b, b.op('Expand', [b.scalar('float32', 0), shape]))
  return b.op('ArgMax', [b.op('Add', [rows, noise])], { axis: -1, keepdims: 0, select_last_index: 0 }, { dims: out[0]?.dims })
}

export const randomLowerings: readonly LoweringRow[] = [
  ...lowers(sizedSchemas('rand'), { constant: ['dtype'] }, ({ size }, b, out) =>
    uniform(b, filled(b, size, ZERO, 'float32', out), out[0]?.dtype ?? 'float32'),
  ),
  ...lowers(sizedSchemas('randn'), { constant: ['dtype'] }, ({ size }, b, out) =>
    gaussian(b, filled(b, size, ZERO, 'float32', out), out[0]?.dtype ?? 'float32'),
  ),
  ...lowers(likeSchemas('rand_like'), { constant: ['dtype'] }, ({ self }, b, out) =>
    uniform(b, b.cast(self, 'float32'), out[0]?.dtype ?? self.dtype),
  ),
  ...lowers(likeSchemas('randn_like'), { constant: ['dtype'] }, ({ self }, b, out) =>
    gaussian(b, b.cast(self, 'float32'), out[0]?.dtype ?? self.dtype),
  ),
  lower(randomSchemas.randint, { constant: ['dtype'] }, ({ high, size }, b, out) =>
    integers(b, filled(b, size, ZERO, 'float32', out), ZERO, high, out[0]?.dtype ?? 'int64'),
  ),
  lower(randomSchemas.randintLow, { constant: ['dtype'] }, ({ low, high, size }, b, out) =>
    integers(b, filled(b, size, ZERO, 'float32', out), low, high, out[0]?.dtype ?? 'int64'),
  ),
  lower(randomSchemas.randintLike, { constant: ['dtype'] }, ({ self, high }, b, out) =>
    integers(b, b.cast(self, 'float32'), ZERO, high, out[0]?.dtype ?? self.dtype),
  ),
  lower(randomSchemas.randintLikeLow, { constant: ['dtype'] }, ({ self, low, high }, b, out) =>
    integers(b, b.cast(self, 'float32'), low, high, out[0]?.dtype ?? self.dtype),
  ),
  // The order of random numbers is a random order.
  lower(randomSchemas.randperm, { constant: ['dtype'] }, ({ n }, b, out) => {
    const count = b.reshapeTo(b.number(n, 'int64'), [1])
    const draws = uniform(b, b.op('Expand', [b.scalar('float32', 0), count], {}, { dims: [null] }), 'float32')
    const order = b.ops('TopK', [draws, count], { axis: 0, largest: 0, sorted: 1 }, [{}, { dims: out[0]?.dims }])[1]!
    return b.cast(order, out[0]?.dtype ?? 'int64')
  }),
  lower(randomSchemas.normal, { constant: ['dtype'] }, ({ mean, std, size }, b, out) => {
    const dtype = out[0]?.dtype ?? 'float32'
    return normal(b, filled(b, size, ZERO, 'float32', out), mean, std, dtype)
  }),
  lower('aten::normal.Tensor_float(Tensor mean, float std=1., *, Generator? generator=None) -> Tensor', ({ mean, std }, b) =>
    normal(b, mean, mean, std, mean.dtype),
  ),
  lower('aten::normal.float_Tensor(float mean, Tensor std, *, Generator? generator=None) -> Tensor', ({ mean, std }, b) =>
    normal(b, std, mean, std, std.dtype),
  ),
  lower('aten::normal.Tensor_Tensor(Tensor mean, Tensor std, *, Generator? generator=None) -> Tensor', ({ mean, std }, b, out) => {
    const dtype = out[0]?.dtype ?? mean.dtype
    // Adding nothing of std's shape gives the common shape.
    const shaped = b.op('Add', [b.cast(mean, dtype), b.op('Sub', [b.cast(std, dtype), b.cast(std, dtype)])])
    return normal(b, shaped, mean, std, dtype)
  }),
  lower(
    'aten::normal_functional(Tensor self, float mean=0., float std=1., *, Generator? generator=None) -> Tensor',
    ({ self, mean, std }, b) => normal(b, self, mean, std, self.dtype),
  ),
  lower('aten::uniform(Tensor self, float from=0., float to=1., *, Generator? generator=None) -> Tensor', ({ self, from, to }, b) => {
    const [low, high] = [b.number(from, self.dtype), b.number(to, self.dtype)]
    return b.op('Add', [low, b.op('Mul', [uniform(b, self, self.dtype), b.op('Sub', [high, low])])])
  }),
  lower('aten::exponential(Tensor self, float lambd=1., *, Generator? generator=None) -> Tensor', ({ self, lambd }, b) => {
    const u = uniform(b, self, self.dtype)
    return b.op('Div', [b.op('Neg', [b.op('Log', [b.op('Sub', [like(b, u, 1), u])])]), b.number(lambd, self.dtype)])
  }),
  lower('aten::bernoulli(Tensor self, *, Generator? generator=None) -> Tensor', ({ self }, b) => bernoulli(b, self, self)),
  lower('aten::bernoulli.p(Tensor self, float p, *, Generator? generator=None) -> Tensor', ({ self, p }, b) => bernoulli(b, self, p)),
  lower('aten::bernoulli.Tensor(Tensor self, Tensor p, *, Generator? generator=None) -> Tensor', ({ self, p }, b) => bernoulli(b, self, p)),
  lower(
    'aten::multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor',
    { rank: ['self'] },
    ({ self, num_samples, replacement }, b, out) => multinomial(b, self, num_samples, replacement, out),
  ),
]
