// Activations. Formulas: torch.nn.functional's documentation and aten/src/ATen/native/Activation.cpp, SoftMax.cpp.
// hardsigmoid's slope is 1/6 (ONNX's default is not); exact GELU is written so that onnxruntime fuses it.

import { isFloatingPoint } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import { f } from '../model.ts'
import { constantNumber, rankOf, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { ARITHMETIC, compute, computeWide, FLOATS, kernelType, like, select } from './compute.ts'
import { uniformLike } from './dropout.ts'
import { erf, expm1 } from './real-functions.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'

const HARD_SIGMOID = { alpha: f(1 / 6), beta: f(0.5) }

/** One kernel with float attributes. */
const single = (b: OnnxBuilder, x: OnnxValue, opType: string, attributes = {}): OnnxValue =>
  compute(b, x.dtype, FLOATS, [x], (v) => b.op(opType, [v], attributes))

const scale = (b: OnnxBuilder, x: OnnxValue, factor: ScalarOperand): OnnxValue =>
  constantNumber(factor) === 1 ? x : b.op('Mul', [x, b.number(factor, x.dtype)])

/** x·½·(1 + erf(x/√2)), or with tanh(√(2/π)·(x + 0.044715x³)). */
function gelu(b: OnnxBuilder, x: OnnxValue, approximate: string): OnnxValue {
  const inner =
    approximate === 'tanh'
      ? b.op('Tanh', [
          b.op('Mul', [
            b.op('Add', [x, b.op('Mul', [b.op('Mul', [b.op('Mul', [x, x]), x]), like(b, x, 0.044715)])]),
            like(b, x, Math.sqrt(2 / Math.PI)),
          ]),
        ])
      : erf(b, b.op('Div', [x, like(b, x, Math.SQRT2)]))
  return b.op('Mul', [b.op('Mul', [x, b.op('Add', [inner, like(b, x, 1)])]), like(b, x, 0.5)])
}

/** scale·(max(0, x) + α·(e^(k·x) − 1 where x ≤ 0)). */
function elu(b: OnnxBuilder, x: OnnxValue, alpha: ScalarOperand, factor: ScalarOperand, inputScale: ScalarOperand): OnnxValue {
  const [a, s, k] = [alpha, factor, inputScale].map(constantNumber)
  if (a !== undefined && s === 1 && k === 1) return b.op('Elu', [x], { alpha: f(a) })
  const zero = like(b, x, 0)
  const below = scale(b, expm1(b, scale(b, b.op('Min', [x, zero]), inputScale)), alpha)
  return scale(b, b.op('Where', [b.op('Greater', [x, zero]), x, below]), factor)
}

/** Outside [−λ, λ]: x drawn towards 0 by `bias`; 0 inside; NaN stays. */
function shrink(b: OnnxBuilder, x: OnnxValue, lambd: ScalarOperand, soft: boolean): OnnxValue {
  const limit = b.number(lambd, x.dtype)
  const negative = b.op('Neg', [limit])
  const zero = like(b, x, 0)
  // x·0 is 0, and NaN for NaN.
  const inside = b.op('Where', [b.op('IsNaN', [x]), x, zero])
  const above = b.op('Greater', [x, limit])
  const below = b.op('Less', [x, negative])
  if (!soft) return b.op('Where', [b.op('Or', [above, below]), x, inside])
  return b.op('Where', [above, b.op('Sub', [x, limit]), b.op('Where', [below, b.op('Add', [x, limit]), inside])])
}

/** ln(1 + e^(βx))/β, and x itself above the threshold. */
function softplus(b: OnnxBuilder, x: OnnxValue, beta: ScalarOperand, threshold: ScalarOperand): OnnxValue {
  const scaled = scale(b, x, beta)
  const soft = b.op('Softplus', [scaled])
  const smooth = constantNumber(beta) === 1 ? soft : b.op('Div', [soft, b.number(beta, x.dtype)])
  // Far out both are the same to the last digit.
  const limit = constantNumber(threshold)
  if (limit !== undefined && limit >= 20 && x.dtype === 'float32') return smooth
  return b.op('Where', [b.op('Greater', [scaled, b.number(threshold, x.dtype)]), x, smooth])
}

/** The weight broadcasts along axis 1, where the input has one. */
function prelu(b: OnnxBuilder, x: OnnxValue, weight: OnnxValue): OnnxValue {
  const rank = rankOf(x)!
  const trailing = Array.from({ length: Math.max(0, rank - 2) }, () => 1)
  const slope =
    rank === 0 ? b.reshapeTo(weight, []) : weight.dims?.length === 1 && rank > 2 ? b.reshapeTo(weight, [-1, ...trailing]) : weight
  return b.op('Where', [b.op('GreaterOrEqual', [x, like(b, x, 0)]), x, b.op('Mul', [x, slope])], {}, { dims: x.dims })
}

/** x·sigmoid(x); as a quotient in float64, where onnxruntime would fuse the product into an operator without a kernel. */
function silu(b: OnnxBuilder, x: OnnxValue): OnnxValue {
  if (x.dtype !== 'float64') return b.op('Mul', [x, b.op('Sigmoid', [x])])
  return b.op('Div', [x, b.op('Add', [b.op('Exp', [b.op('Neg', [x])]), like(b, x, 1)])])
}

/** softmax along an axis in the result's dtype: the input is cast first. A 0-d input is one element. */
function normalized(b: OnnxBuilder, opType: 'Softmax' | 'LogSoftmax', self: OnnxValue, dim: number, out: readonly ResultInfo[]): OnnxValue {
  const dtype = out[0]?.dtype ?? (isFloatingPoint(self.dtype) ? self.dtype : 'float32')
  const scalar = rankOf(self) === 0
  return compute(b, dtype, FLOATS, [self], (x) => {
    const y = b.op(opType, [scalar ? b.reshapeTo(x, [1]) : x], { axis: dim })
    return scalar ? b.reshapeTo(y, []) : y
  })
}

export const activationLowerings: readonly LoweringRow[] = [
  lower('aten::relu(Tensor self) -> Tensor', ({ self }, b) =>
    compute(b, self.dtype, [...FLOATS, 'int64', 'int32', 'int8'], [self], (x) => b.op('Relu', [x])),
  ),
  lower('aten::relu6(Tensor self) -> Tensor', ({ self }, b) =>
    compute(b, self.dtype, ARITHMETIC, [self], (x) => b.op('Clip', [x, like(b, x, 0), like(b, x, 6)])),
  ),
  lower('aten::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor', ({ self, min_val, max_val }, b) =>
    compute(b, self.dtype, ARITHMETIC, [self, min_val, max_val], (x, low, high) => b.op('Clip', [x, low, high])),
  ),
  lower('aten::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor', ({ self, negative_slope }, b) => {
    const alpha = constantNumber(negative_slope)
    if (alpha !== undefined) return single(b, self, 'LeakyRelu', { alpha: f(alpha) })
    return b.op('Where', [b.op('Greater', [self, like(b, self, 0)]), self, scale(b, self, negative_slope)])
  }),
  lower(
    'aten::rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor',
    { constant: ['lower', 'upper'] },
    ({ self, lower: low, upper, training }, b) => {
      if (!training) return single(b, self, 'LeakyRelu', { alpha: f((low + upper) / 2) })
      return computeWide(b, self.dtype, [self], (x) => {
        const slope = low === upper ? b.scalar(x.dtype, low) : uniformLike(x, low, upper, b)
        return b.op('Where', [b.op('LessOrEqual', [x, b.scalar(x.dtype, 0)]), b.op('Mul', [x, slope]), x], {}, { dims: x.dims })
      })
    },
  ),
  lower(
    'aten::elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor',
    ({ self, alpha, scale: factor, input_scale }, b) => computeWide(b, self.dtype, [self], (x) => elu(b, x, alpha, factor, input_scale)),
  ),
  lower('aten::selu(Tensor self) -> Tensor', ({ self }, b) =>
    single(b, self, 'Selu', { alpha: f(1.6732632423543772), gamma: f(1.0507009873554805) }),
  ),
  // α·(e^(x/α) − 1) below 0.
  lower('aten::celu(Tensor self, Scalar alpha=1.) -> Tensor', ({ self, alpha }, b) =>
    computeWide(b, self.dtype, [self], (x) => {
      const k = constantNumber(alpha)
      const inverse: ScalarOperand = k === undefined ? b.op('Reciprocal', [b.number(alpha, x.dtype)]) : { kind: 'constant', value: 1 / k }
      return elu(b, x, alpha, { kind: 'constant', value: 1 }, inverse)
    }),
  ),
  lower('aten::gelu(Tensor self, *, str approximate="none") -> Tensor', ({ self, approximate }, b) =>
    computeWide(b, self.dtype, [self], (x) => gelu(b, x, approximate)),
  ),
  lower('aten::silu(Tensor self) -> Tensor', ({ self }, b) => computeWide(b, self.dtype, [self], (x) => silu(b, x))),
  lower('aten::mish(Tensor self) -> Tensor', ({ self }, b) =>
    computeWide(b, self.dtype, [self], (x) => b.op('Mul', [x, b.op('Tanh', [b.op('Softplus', [x])])])),
  ),
  lower('aten::hardsigmoid(Tensor self) -> Tensor', ({ self }, b) =>
    computeWide(b, self.dtype, [self], (x) => b.op('HardSigmoid', [x], HARD_SIGMOID)),
  ),
  lower('aten::hardswish(Tensor self) -> Tensor', ({ self }, b) =>
    computeWide(b, self.dtype, [self], (x) => b.op('Mul', [x, b.op('HardSigmoid', [x], HARD_SIGMOID)])),
  ),
  lower('aten::softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor', ({ self, beta, threshold }, b) =>
    computeWide(b, self.dtype, [self], (x) => softplus(b, x, beta, threshold)),
  ),
  lower('aten::softshrink(Tensor self, Scalar lambd=0.5) -> Tensor', ({ self, lambd }, b) => shrink(b, self, lambd, true)),
  lower('aten::hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor', ({ self, lambd }, b) => shrink(b, self, lambd, false)),
  lower('aten::threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor', ({ self, threshold, value }, b) => {
    const work = kernelType(self.dtype, ARITHMETIC)
    // NaN is not at most the threshold: it stays.
    const low = b.op('LessOrEqual', [b.cast(self, work), b.cast(b.number(threshold, self.dtype), work)])
    return select(b, low, b.number(value, self.dtype), self)
  }),
  ...lowers(
    ['aten::prelu(Tensor self, Tensor weight) -> Tensor', 'aten::_prelu_kernel(Tensor self, Tensor weight) -> Tensor'],
    { rank: ['self'] },
    ({ self, weight }, b) => prelu(b, self, weight),
  ),
  lower('aten::log_sigmoid(Tensor self) -> Tensor', ({ self }, b) => logSigmoid(b, self)),
  lower('aten::log_sigmoid_forward(Tensor self) -> (Tensor output, Tensor buffer)', ({ self }, b) => [
    logSigmoid(b, self),
    // The buffer serves the gradient alone; on the CPU it is e^−|x|.
    b.op('Exp', [b.op('Neg', [b.op('Abs', [self])])]),
  ]),
  ...lowers(
    [
      'aten::softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor',
      'aten::special_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor',
    ],
    { constant: ['dim'] },
    ({ self, dim }, b, out) => normalized(b, 'Softmax', self, dim, out),
  ),
  ...lowers(
    [
      'aten::log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor',
      'aten::special_log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor',
    ],
    { constant: ['dim'] },
    ({ self, dim }, b, out) => normalized(b, 'LogSoftmax', self, dim, out),
  ),
  lower('aten::_softmax(Tensor self, int dim, bool half_to_float) -> Tensor', { constant: ['dim'] }, ({ self, dim }, b, out) =>
    normalized(b, 'Softmax', self, dim, out),
  ),
  lower('aten::_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor', { constant: ['dim'] }, ({ self, dim }, b, out) =>
    normalized(b, 'LogSoftmax', self, dim, out),
  ),
  lower('aten::glu(Tensor self, int dim=-1) -> Tensor', { constant: ['dim'] }, ({ self, dim }, b, out) => {
    const halves = b.ops('Split', [self], { axis: dim, num_outputs: 2 }, [{ dims: out[0]?.dims }, { dims: out[0]?.dims }])
    return computeWide(b, self.dtype, halves, (x, gate) => b.op('Mul', [x, b.op('Sigmoid', [gate])]))
  }),
]

/** −softplus(−x). */
function logSigmoid(b: OnnxBuilder, self: OnnxValue): OnnxValue {
  return computeWide(b, self.dtype, [self], (x) => b.op('Neg', [b.op('Softplus', [b.op('Neg', [x])])]))
}
