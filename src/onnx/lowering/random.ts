// Random numbers from ONNX's generators: other numbers than torch's, of the same distributions, and new ones on every run. Generators
// that the model makes are not followed: passes/notice-random.ts says so. Answers to aten/src/ATen/native/Distributions.cpp.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import { likeSchemas, randomSchemas, seeded, sizedSchemas } from '../../ops/creation-schemas.ts'
import type { OnnxBuilder } from '../builder.ts'
import { emittedType } from '../data-type.ts'
import { rankOf, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { like } from './compute.ts'
import { binomial, poisson, standardGamma } from './random-distributions.ts'
import { anyInt64, exponential, gaussian, integersBetween, shaped, uniform } from './random-draws.ts'
import { log1p, tan, times } from './real-functions.ts'
import { reduce } from './reduce.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'

type Out = readonly ResultInfo[]
const ZERO: ScalarOperand = { kind: 'constant', value: 0n }
const NORMAL = { constant: ['dtype'] } as const

/** mean + std·z. */
function normal(b: OnnxBuilder, shape: OnnxValue, mean: ScalarOperand, std: ScalarOperand, dtype: ScalarType): OnnxValue {
  return b.op('Add', [b.number(mean, dtype), b.op('Mul', [b.number(std, dtype), gaussian(b, shape, dtype)])])
}
/** 1 with probability p. */
const bernoulli = (b: OnnxBuilder, self: OnnxValue, p: ScalarOperand): OnnxValue =>
  b.cast(b.op('Less', [uniform(b, self, 'float32'), b.number(p, 'float32')]), self.dtype)

/** The largest of ln p − ln E, E exponential, is a draw from p; the largest k are k draws without replacement. */
function multinomial(b: OnnxBuilder, self: OnnxValue, samples: ScalarOperand, replacement: boolean, out: Out): OnnxValue {
  const weights = b.op('Log', [b.cast(self, 'float64')])
  const noise = (shape: OnnxValue): OnnxValue => b.op('Log', [exponential(b, shape, 'float64')])
  if (!replacement) {
    const count = b.reshapeTo(b.number(samples, 'int64'), [1])
    const scores = b.op('Sub', [weights, noise(weights)])
    return b.ops('TopK', [scores, count], { axis: -1, largest: 1, sorted: 1 }, [{}, { dims: out[0]?.dims }])[1]!
  }
  // A row of scores per sample.
  const rows = b.op('Unsqueeze', [weights, b.ints([-2])])
  const shape = b.concatScalars(rankOf(self) === 1 ? [samples, b.size(self, 0)] : [b.size(self, 0), samples, b.size(self, 1)])
  const scores = b.op('Sub', [rows, noise(b.op('Expand', [b.scalar('float32', 0), shape]))])
  return b.op('ArgMax', [scores], { axis: -1, keepdims: 0, select_last_index: 0 }, { dims: out[0]?.dims })
}

/** Draws in the result's dtype where it is a float, else in float64. */
function drawnAs(b: OnnxBuilder, self: OnnxValue, draw: (dtype: ScalarType) => OnnxValue): OnnxValue {
  const wide = !isFloatingPoint(self.dtype) || emittedType(self.dtype) === 'float64'
  return b.cast(draw(wide ? 'float64' : 'float32'), self.dtype)
}
const inFloat64 = (b: OnnxBuilder, x: OnnxValue, build: (x: OnnxValue) => OnnxValue): OnnxValue =>
  b.cast(build(b.cast(x, 'float64')), x.dtype)

// random_() gives every number that a dtype holds exactly, from 0 on: this many.
const HELD = new Map<ScalarType, number>([
  ['bool', 2],
  ['uint8', 2 ** 8],
  ['int8', 2 ** 7],
  ['int16', 2 ** 15],
  ['int32', 2 ** 31],
  // The last float64 below 2⁶³.
  ['int64', 2 ** 63 - 2 ** 10],
  ['float16', 2 ** 11 + 1],
  ['bfloat16', 2 ** 8 + 1],
  ['float32', 2 ** 24 + 1],
  ['float64', 2 ** 53],
])
const held = (dtype: ScalarType): ScalarOperand => ({ kind: 'constant', value: HELD.get(dtype) ?? 2 ** 24 + 1 })

/** Rows of factories: also of the overloads that take a generator. */
const both = <S extends string>(schema: S, overload?: string): S[] => [schema, seeded(schema, overload)]

export const randomLowerings: readonly LoweringRow[] = [
  ...lowers(
    sizedSchemas('rand').flatMap((schema) => both(schema)),
    NORMAL,
    ({ size }, b, out) => uniform(b, shaped(b, size, out[0]?.dims), out[0]?.dtype ?? 'float32'),
  ),
  ...lowers(
    sizedSchemas('randn').flatMap((schema) => both(schema)),
    NORMAL,
    ({ size }, b, out) => gaussian(b, shaped(b, size, out[0]?.dims), out[0]?.dtype ?? 'float32'),
  ),
  ...lowers(
    likeSchemas('rand_like').flatMap((schema) => both(schema)),
    NORMAL,
    ({ self }, b, out) => uniform(b, self, out[0]?.dtype ?? self.dtype),
  ),
  ...lowers(
    likeSchemas('randn_like').flatMap((schema) => both(schema)),
    NORMAL,
    ({ self }, b, out) => gaussian(b, self, out[0]?.dtype ?? self.dtype),
  ),
  ...lowers(both(randomSchemas.randint), NORMAL, ({ high, size }, b, out) =>
    integersBetween(b, shaped(b, size, out[0]?.dims), ZERO, high, out[0]?.dtype ?? 'int64'),
  ),
  ...lowers(both(randomSchemas.randintLow, 'low_generator'), NORMAL, ({ low, high, size }, b, out) =>
    integersBetween(b, shaped(b, size, out[0]?.dims), low, high, out[0]?.dtype ?? 'int64'),
  ),
  ...lowers(both(randomSchemas.randintLike), NORMAL, ({ self, high }, b, out) =>
    integersBetween(b, self, ZERO, high, out[0]?.dtype ?? self.dtype),
  ),
  ...lowers(both(randomSchemas.randintLikeTensor, 'Tensor_generator'), NORMAL, ({ self, high }, b, out) =>
    integersBetween(b, self, ZERO, high, out[0]?.dtype ?? self.dtype),
  ),
  ...lowers(both(randomSchemas.randintLikeLow, 'low_generator_dtype'), NORMAL, ({ self, low, high }, b, out) =>
    integersBetween(b, self, low, high, out[0]?.dtype ?? self.dtype),
  ),
  // The order of random numbers is a random order.
  ...lowers(both(randomSchemas.randperm), NORMAL, ({ n }, b, out) => {
    const count = b.reshapeTo(b.number(n, 'int64'), [1])
    const draws = uniform(b, b.op('Expand', [b.scalar('float32', 0), count], {}, { dims: [null] }), 'float64')
    const order = b.ops('TopK', [draws, count], { axis: 0, largest: 0, sorted: 1 }, [{}, { dims: out[0]?.dims }])[1]!
    return b.cast(order, out[0]?.dtype ?? 'int64')
  }),
  lower(randomSchemas.normal, { constant: ['dtype'] }, ({ mean, std, size }, b, out) => {
    const dtype = out[0]?.dtype ?? 'float32'
    return normal(b, shaped(b, size, out[0]?.dims), mean, std, dtype)
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
  lower('aten::exponential(Tensor self, float lambd=1., *, Generator? generator=None) -> Tensor', ({ self, lambd }, b) =>
    drawnAs(b, self, (dtype) => b.op('Div', [exponential(b, self, dtype), b.number(lambd, dtype)])),
  ),
  // ⌈E/−ln(1 − p)⌉: trials up to the first success.
  lower('aten::geometric(Tensor self, float p, *, Generator? generator=None) -> Tensor', ({ self, p }, b) =>
    drawnAs(b, self, (dtype) => {
      const rate = b.op('Neg', [log1p(b, b.op('Neg', [b.number(p, dtype)]))])
      const draw = b.op('Ceil', [b.op('Div', [exponential(b, self, dtype), rate])])
      return b.op('Max', [draw, like(b, draw, 1)])
    }),
  ),
  lower(
    'aten::cauchy(Tensor self, float median=0., float sigma=1., *, Generator? generator=None) -> Tensor',
    ({ self, median, sigma }, b) =>
      drawnAs(b, self, (dtype) => {
        const u = uniform(b, self, dtype)
        const angle = times(b, b.op('Sub', [u, like(b, u, 0.5)]), Math.PI)
        return b.op('Add', [b.number(median, dtype), b.op('Mul', [b.number(sigma, dtype), tan(b, angle)])])
      }),
  ),
  lower('aten::log_normal(Tensor self, float mean=1., float std=2., *, Generator? generator=None) -> Tensor', ({ self, mean, std }, b) =>
    drawnAs(b, self, (dtype) => b.op('Exp', [normal(b, self, mean, std, dtype)])),
  ),
  lower('aten::random(Tensor self, *, Generator? generator=None) -> Tensor', ({ self }, b) =>
    self.dtype === 'int64' ? anyInt64(b, self) : integersBetween(b, self, ZERO, held(self.dtype), self.dtype),
  ),
  lower('aten::random.from(Tensor self, int from, int? to, *, Generator? generator=None) -> Tensor', ({ self, from, to }, b) =>
    integersBetween(b, self, from, to ?? held(self.dtype), self.dtype),
  ),
  lower('aten::random.to(Tensor self, int to, *, Generator? generator=None) -> Tensor', ({ self, to }, b) =>
    integersBetween(b, self, ZERO, to, self.dtype),
  ),
  lower('aten::poisson(Tensor self, Generator? generator=None) -> Tensor', ({ self }, b) => inFloat64(b, self, (rate) => poisson(b, rate))),
  lower('aten::binomial(Tensor count, Tensor prob, Generator? generator=None) -> Tensor', ({ count, prob }, b) =>
    inFloat64(b, count, (n) => binomial(b, n, b.cast(prob, 'float64'))),
  ),
  lower('aten::_standard_gamma(Tensor self, Generator? generator=None) -> Tensor', ({ self }, b) =>
    inFloat64(b, self, (alpha) => standardGamma(b, alpha)),
  ),
  // Gammas over their sum, kept inside (0, 1).
  lower('aten::_sample_dirichlet(Tensor self, Generator? generator=None) -> Tensor', ({ self }, b) => {
    const shares = inFloat64(b, self, (alpha) => {
      const parts = b.op('Max', [standardGamma(b, alpha), like(b, alpha, 1e-300)])
      return b.op('Div', [parts, reduce(b, 'ReduceSum', parts, [-1], true)])
    })
    const [least, most] = shares.dtype === 'float64' ? [2 ** -1022, 1 - 2 ** -53] : [2 ** -126, 1 - 2 ** -24]
    return b.op('Clip', [shares, like(b, shares, least), like(b, shares, most)])
  }),
  lower('aten::bernoulli(Tensor self, *, Generator? generator=None) -> Tensor', ({ self }, b) => bernoulli(b, self, self)),
  lower('aten::bernoulli.p(Tensor self, float p, *, Generator? generator=None) -> Tensor', ({ self, p }, b) => bernoulli(b, self, p)),
  lower('aten::bernoulli.Tensor(Tensor self, Tensor p, *, Generator? generator=None) -> Tensor', ({ self, p }, b) => bernoulli(b, self, p)),
  lower(
    'aten::multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor',
    { rank: ['self'] },
    ({ self, num_samples, replacement }, b, out) => multinomial(b, self, num_samples, replacement, out),
  ),
  // The slopes of this run below 0, 1 elsewhere; in evaluation the mean slope, and the noise as it was.
  lower(
    'aten::rrelu_with_noise_functional(Tensor self, Tensor noise, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> (Tensor, Tensor noise_out)',
    { constant: ['lower', 'upper'] },
    ({ self, noise, lower: low, upper, training }, b) => {
      const slope = training
        ? b.op('Add', [b.op('Mul', [uniform(b, self, self.dtype), like(b, self, upper - low)]), like(b, self, low)])
        : like(b, self, (low + upper) / 2)
      const factor = b.op('Where', [b.op('LessOrEqual', [self, like(b, self, 0)]), slope, like(b, self, 1)])
      return [b.op('Mul', [self, factor]), training ? b.cast(factor, noise.dtype) : noise]
    },
  ),
  // Its seed is not followed.
  lower('aten::Generator(*, Device? device=None, int? seed=None) -> Generator', () => ({ kind: 'constant', value: null })),
]
