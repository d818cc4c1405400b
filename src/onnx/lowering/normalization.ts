// Normalisations: BatchNormalization, LayerNormalization, InstanceNormalization, and the sums they stand for where a kernel lacks the form
// or the dtype. Answers to aten/src/ATen/native/{Normalization,layer_norm,group_norm}.cpp.

import { range } from '../axes.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import { f } from '../model.ts'
import { constantNumber, dimAt, type OnnxValue, type ScalarListOperand, type ScalarOperand } from '../operand.ts'
import { computeWide, opmath } from './compute.ts'
import { lower, UnmetNeed, type LoweringRow } from './row.ts'
import { rankOnly } from './spatial.ts'

const widest = (a: ScalarType, c: ScalarType | undefined): ScalarType =>
  a === 'float64' || c === 'float64' ? 'float64' : a === 'float32' || c === 'float32' ? 'float32' : a

/** Statistics over some axes, kept as 1: [mean, biased variance]. */
export function moments(x: OnnxValue, axes: readonly number[], b: OnnxBuilder): [mean: OnnxValue, variance: OnnxValue] {
  const gone = new Set(axes.map((axis) => (axis < 0 ? axis + (x.dims?.length ?? 0) : axis)))
  const dims = x.dims?.map((dim, i) => (gone.has(i) ? 1 : dim))
  const mean = b.op('ReduceMean', [x, b.ints(axes)], { keepdims: 1 }, { dims })
  const centred = b.op('Sub', [x, mean])
  return [mean, b.op('ReduceMean', [b.op('Mul', [centred, centred]), b.ints(axes)], { keepdims: 1 }, { dims })]
}

/** 1/√(variance + eps). */
const inverseDeviation = (variance: OnnxValue, eps: number, b: OnnxBuilder): OnnxValue =>
  b.op('Reciprocal', [b.op('Sqrt', [b.op('Add', [variance, b.scalar(variance.dtype, eps)])])])

/** [C] for axis 1 of a tensor of rank `rank`. */
const perChannel = (x: OnnxValue, rank: number, b: OnnxBuilder): OnnxValue =>
  b.reshapeTo(x, [-1, ...Array.from({ length: rank - 2 }, () => 1)])

/** y·weight + bias, either of which may be absent. */
function affine(y: OnnxValue, weight: OnnxValue | undefined, bias: OnnxValue | undefined, b: OnnxBuilder): OnnxValue {
  const scaled = weight === undefined ? y : b.op('Mul', [y, b.cast(weight, y.dtype)], {}, { dims: y.dims })
  return bias === undefined ? scaled : b.op('Add', [scaled, b.cast(bias, y.dtype)], {}, { dims: y.dims })
}

/** A vector of one value, as long as an axis of `x`. */
function filled(value: number, x: OnnxValue, axis: number, dtype: ScalarType, b: OnnxBuilder): OnnxValue {
  const size = dimAt(x, axis)
  if (typeof size === 'number' && size <= 4096)
    return b.elements(
      dtype,
      [size],
      Array.from({ length: size }, () => value),
    )
  return b.op('Expand', [b.scalar(dtype, value), b.concatScalars([b.size(x, axis)])], {}, { dims: [size] })
}

interface BatchNorm {
  readonly input: OnnxValue
  readonly weight?: OnnxValue | undefined
  readonly bias?: OnnxValue | undefined
  readonly running_mean?: OnnxValue | undefined
  readonly running_var?: OnnxValue | undefined
  readonly eps: number
}

/** With the running statistics. */
function evaluatedBatchNorm({ input, weight, bias, running_mean, running_var, eps }: BatchNorm, b: OnnxBuilder): OnnxValue {
  if (running_mean === undefined || running_var === undefined) throw new UnmetNeed('running_mean', 'running statistics, found None')
  const dtype = widest(input.dtype, running_mean.dtype)
  const vector = (x: OnnxValue | undefined, absent: number): OnnxValue =>
    x === undefined ? filled(absent, running_mean, 0, dtype, b) : b.cast(x, dtype)
  const inputs = [b.cast(input, dtype), vector(weight, 1), vector(bias, 0), b.cast(running_mean, dtype), b.cast(running_var, dtype)]
  const y = b.op('BatchNormalization', inputs, { epsilon: f(eps), momentum: f(0.9), training_mode: 0 }, { dims: input.dims })
  return b.cast(y, input.dtype)
}

/** [N, C, rest], which keeps the batch's statistics, of an input whose rank is not known. */
function channelsOf(x: OnnxValue, b: OnnxBuilder): OnnxValue {
  return x.dims === undefined ? b.op('Reshape', [x, b.ints([0, 0, -1])], { allowzero: 0 }, rankOnly(3)) : x
}

/** With the batch's own statistics: [y, mean, 1/σ]. */
function trainedBatchNorm({ input, weight, bias, eps }: BatchNorm, b: OnnxBuilder): OnnxValue[] {
  const x = channelsOf(b.cast(input, opmath(input.dtype)), b)
  const rank = x.dims!.length
  const axes = range(rank).filter((axis) => axis !== 1)
  const [mean, variance] = moments(x, axes, b)
  const inverse = inverseDeviation(variance, eps, b)
  const y = b.op('Mul', [b.op('Sub', [x, mean]), inverse], {}, { dims: x.dims })
  const channel = (v: OnnxValue | undefined): OnnxValue | undefined => (v === undefined ? undefined : perChannel(v, rank, b))
  const normal = b.cast(affine(y, channel(weight), channel(bias), b), input.dtype)
  const shaped = input.dims === undefined ? b.op('Reshape', [normal, b.shape(input)], { allowzero: 1 }, { dims: undefined }) : normal
  return [shaped, b.reshapeTo(mean, [-1]), b.reshapeTo(inverse, [-1])]
}

const nothing = (dtype: ScalarType, b: OnnxBuilder): OnnxValue => b.elements(dtype, [0], [])
function batchNorm(args: BatchNorm, training: boolean, b: OnnxBuilder): OnnxValue[] {
  if (training) return trainedBatchNorm(args, b)
  return [evaluatedBatchNorm(args, b), nothing(args.input.dtype, b), nothing(args.input.dtype, b)]
}

/** [running mean, running variance] after a batch: the variance is unbiased. */
function updatedStatistics(args: BatchNorm, momentum: ScalarOperand, b: OnnxBuilder): OnnxValue[] {
  const { input, running_mean, running_var } = args
  const x = channelsOf(b.cast(input, opmath(input.dtype)), b)
  const axes = range(x.dims!.length).filter((axis) => axis !== 1)
  const [mean, variance] = moments(x, axes, b)
  const count = b.cast(b.op('Div', [b.number(b.numel(x), 'int64'), b.number(b.size(x, 1), 'int64')]), x.dtype)
  const unbiased = b.op('Mul', [variance, b.op('Div', [count, b.op('Sub', [count, b.scalar(x.dtype, 1)])])])
  const blend = (old: OnnxValue, now: OnnxValue): OnnxValue => {
    const share = b.number(momentum, old.dtype)
    return b.op('Add', [
      b.op('Mul', [old, b.op('Sub', [b.scalar(old.dtype, 1), share])]),
      b.op('Mul', [b.cast(b.reshapeTo(now, [-1]), old.dtype), share]),
    ])
  }
  return [blend(running_mean!, mean), blend(running_var!, unbiased)]
}

/** Each channel of each sample with its own statistics. */
function instanceNorm(args: BatchNorm, b: OnnxBuilder): OnnxValue {
  const { input, weight, bias, eps } = args
  const rank = input.dims?.length
  if (input.dtype !== 'float64') {
    const x = b.cast(input, opmath(input.dtype))
    const vector = (v: OnnxValue | undefined, absent: number): OnnxValue =>
      v === undefined ? filled(absent, x, 1, x.dtype, b) : b.cast(v, x.dtype)
    return b.cast(
      b.op('InstanceNormalization', [x, vector(weight, 1), vector(bias, 0)], { epsilon: f(eps) }, { dims: x.dims }),
      input.dtype,
    )
  }
  if (rank === undefined) throw new UnmetNeed('input', 'its rank to be known')
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2)
  const [mean, variance] = moments(input, axes, b)
  const y = b.op('Mul', [b.op('Sub', [input, mean]), inverseDeviation(variance, eps, b)], {}, { dims: input.dims })
  const channel = (v: OnnxValue | undefined): OnnxValue | undefined => (v === undefined ? undefined : perChannel(v, rank, b))
  return affine(y, channel(weight), channel(bias), b)
}

/** [y, mean, 1/σ], the last two [N, G]. Channels are taken together in groups. */
function groupNorm(
  input: OnnxValue,
  groups: number,
  weight: OnnxValue | undefined,
  bias: OnnxValue | undefined,
  eps: number,
  b: OnnxBuilder,
): OnnxValue[] {
  const rank = input.dims!.length
  const x = b.cast(input, opmath(input.dtype))
  const grouped =
    dimAt(x, 0) === 0
      ? b.reshapeTo(x, [0, groups, 1])
      : b.op('Reshape', [x, b.ints([0, groups, -1])], { allowzero: 0 }, { dims: [dimAt(x, 0), groups, null] })
  const [mean, variance] = moments(grouped, [2], b)
  const y = instanceNorm({ input: grouped, eps }, b)
  const back = b.op('Reshape', [y, b.shape(x)], { allowzero: 1 }, { dims: x.dims })
  const channel = (v: OnnxValue | undefined): OnnxValue | undefined => (v === undefined ? undefined : perChannel(v, rank, b))
  const result = b.cast(affine(back, channel(weight), channel(bias), b), input.dtype)
  const count = dimAt(x, 0) === 0 ? 0 : -1
  return [result, b.reshapeTo(mean, [count, groups]), b.reshapeTo(inverseDeviation(variance, eps, b), [count, groups])]
}

/** Axes that a normalised shape stands for: the last ones. */
function normalizedAxes(shape: ScalarListOperand): number[] {
  const n = shape.kind === 'list' ? shape.items.length : shape.dims?.[0]
  if (typeof n !== 'number') throw new UnmetNeed('normalized_shape', 'to have a known length')
  return Array.from({ length: n }, (_, i) => i - n)
}

function layerNorm(
  input: OnnxValue,
  shape: ScalarListOperand,
  weight: OnnxValue | undefined,
  bias: OnnxValue | undefined,
  eps: number,
  b: OnnxBuilder,
): OnnxValue {
  const axes = normalizedAxes(shape)
  const dtype = widest(input.dtype, weight?.dtype)
  const scale =
    weight === undefined ? b.op('Expand', [b.scalar(dtype, 1), b.vector(shape)], {}, rankOnly(axes.length)) : b.cast(weight, dtype)
  const y = b.op(
    'LayerNormalization',
    [
      b.cast(input, dtype),
      weight === undefined ? (onesOf(shape, dtype, b) ?? scale) : scale,
      bias === undefined ? undefined : b.cast(bias, dtype),
    ],
    { axis: -axes.length, epsilon: f(eps), stash_type: 1 },
    { dims: input.dims },
  )
  return b.cast(y, input.dtype)
}
/** Ones of a small known shape. */
function onesOf(shape: ScalarListOperand, dtype: ScalarType, b: OnnxBuilder): OnnxValue | undefined {
  if (shape.kind !== 'list') return undefined
  const sizes = shape.items.map(constantNumber)
  const count = sizes.reduce<number>((n, size) => n * (size ?? Infinity), 1)
  if (count > 4096) return undefined
  return b.elements(
    dtype,
    sizes as number[],
    Array.from({ length: count }, () => 1),
  )
}

/** [y, 1/rms]. Without eps it is the machine epsilon of the dtype that is computed in. */
function rmsNorm(
  input: OnnxValue,
  shape: ScalarListOperand,
  weight: OnnxValue | undefined,
  eps: number | undefined,
  b: OnnxBuilder,
): OnnxValue[] {
  const axes = normalizedAxes(shape)
  const x = b.cast(input, opmath(input.dtype))
  const epsilon = eps ?? (x.dtype === 'float64' ? 2 ** -52 : 2 ** -23)
  const dims = x.dims?.map((dim, i) => (i >= x.dims!.length - axes.length ? 1 : dim))
  const power = b.op('ReduceMean', [b.op('Mul', [x, x]), b.ints(axes)], { keepdims: 1 }, { dims })
  const inverse = inverseDeviation(power, epsilon, b)
  const y = b.op('Mul', [x, inverse], {}, { dims: x.dims })
  return [b.cast(affine(y, weight, undefined, b), input.dtype), b.cast(inverse, input.dtype)]
}

/** p-norm over all axes but one, kept as 1; over all of them for −1. */
function normExcept(v: OnnxValue, p: number, dim: number, b: OnnxBuilder, keep: boolean): OnnxValue {
  const rank = v.dims!.length
  const axis = dim < 0 ? dim + rank : dim
  const all = dim === -1
  const axes = range(rank).filter((i) => all || i !== axis)
  const dims = all && !keep ? [] : v.dims!.map((extent, i) => (i === axis && !all ? extent : 1))
  const attributes = { keepdims: all && !keep ? 0 : 1 }
  const reduce = (op: string, x: OnnxValue): OnnxValue => (axes.length === 0 ? x : b.op(op, [x, b.ints(axes)], attributes, { dims }))
  if (p === Infinity) return reduce('ReduceMax', b.op('Abs', [v]))
  if (p === 1) return reduce('ReduceSum', b.op('Abs', [v]))
  if (p === 2) return b.op('Sqrt', [reduce('ReduceSum', b.op('Mul', [v, v]))])
  const power = (x: OnnxValue, e: number): OnnxValue => b.op('Pow', [x, b.scalar(v.dtype, e)])
  return power(reduce('ReduceSum', power(b.op('Abs', [v]), p)), 1 / p)
}

/** v·g/‖v‖. */
function weightNorm(v: OnnxValue, g: OnnxValue, dim: number, b: OnnxBuilder): OnnxValue {
  return computeWide(b, v.dtype, [v, g], (x, scale) =>
    b.op('Mul', [x, b.op('Div', [scale, normExcept(x, 2, dim, b, false)])], {}, { dims: v.dims }),
  )
}

/** Slices along `dim` whose norm is above the bound are scaled down to it. */
export function renorm(self: OnnxValue, p: number, dim: number, bound: ScalarOperand, b: OnnxBuilder): OnnxValue {
  return computeWide(b, self.dtype, [self, bound], (x, limit) => {
    // The axis counts from the front, so that −1 is not taken for all axes.
    const norm = normExcept(x, p, dim < 0 ? dim + x.dims!.length : dim, b, true)
    const shrunk = b.op('Div', [limit, b.op('Add', [norm, b.scalar(x.dtype, 1e-7)])])
    return b.op('Mul', [x, b.op('Where', [b.op('Greater', [norm, limit]), shrunk, b.scalar(x.dtype, 1)])], {}, { dims: x.dims })
  })
}

export const normalizationLowerings: readonly LoweringRow[] = [
  lower(
    'aten::batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor',
    { constant: ['eps'] },
    (args, b) => batchNorm(args, args.training, b)[0]!,
  ),
  lower(
    'aten::native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)',
    { constant: ['eps'] },
    (args, b) => batchNorm(args, args.training, b),
  ),
  lower(
    'aten::_native_batch_norm_legit_no_training(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor)',
    { constant: ['eps'] },
    (args, b) => batchNorm(args, false, b),
  ),
  lower(
    'aten::_native_batch_norm_legit.no_stats(Tensor input, Tensor? weight, Tensor? bias, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)',
    { constant: ['eps'] },
    (args, b) => batchNorm(args, true, b),
  ),
  lower(
    'aten::_native_batch_norm_legit_functional(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor running_mean_out, Tensor running_var_out)',
    { constant: ['eps'] },
    (args, b) => [
      ...batchNorm(args, args.training, b),
      ...(args.training ? updatedStatistics(args, args.momentum, b) : [args.running_mean, args.running_var]),
    ],
  ),
  lower(
    'aten::_batch_norm_with_update_functional(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor, Tensor running_mean_out, Tensor running_var_out)',
    { constant: ['eps'] },
    (args, b) => [...batchNorm(args, true, b), nothing('uint8', b), ...updatedStatistics(args, args.momentum, b)],
  ),
  lower(
    'aten::batch_norm_update_stats(Tensor input, Tensor? running_mean, Tensor? running_var, float momentum) -> (Tensor, Tensor)',
    ({ input }, b) => {
      const x = channelsOf(b.cast(input, opmath(input.dtype)), b)
      const axes = range(x.dims!.length).filter((axis) => axis !== 1)
      return moments(x, axes, b).map((value) => b.cast(b.reshapeTo(value, [-1]), input.dtype))
    },
  ),
  lower(
    'aten::instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> Tensor',
    { constant: ['eps'] },
    (args, b) => (args.use_input_stats ? instanceNorm(args, b) : evaluatedBatchNorm(args, b)),
  ),
  lower(
    'aten::layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool cudnn_enable=True) -> Tensor',
    { constant: ['eps'] },
    ({ input, normalized_shape, weight, bias, eps }, b) => layerNorm(input, normalized_shape, weight, bias, eps, b),
  ),
  lower(
    'aten::native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)',
    { constant: ['eps'] },
    ({ input, normalized_shape, weight, bias, eps }, b) => {
      const [mean, variance] = moments(b.cast(input, opmath(input.dtype)), normalizedAxes(normalized_shape), b)
      return [layerNorm(input, normalized_shape, weight, bias, eps, b), mean, inverseDeviation(variance, eps, b)]
    },
  ),
  lower(
    'aten::group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool cudnn_enabled=True) -> Tensor',
    { constant: ['num_groups', 'eps'], rank: ['input'] },
    ({ input, num_groups, weight, bias, eps }, b) => groupNorm(input, num_groups, weight, bias, eps, b)[0]!,
  ),
  lower(
    'aten::native_group_norm(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int group, float eps) -> (Tensor, Tensor, Tensor)',
    { constant: ['group', 'eps'], rank: ['input'] },
    ({ input, weight, bias, group, eps }, b) => groupNorm(input, group, weight, bias, eps, b),
  ),
  lower(
    'aten::rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor',
    { constant: ['eps'] },
    ({ input, normalized_shape, weight, eps }, b) => rmsNorm(input, normalized_shape, weight, eps, b)[0]!,
  ),
  lower(
    'aten::_fused_rms_norm(Tensor input, int[] normalized_shape, Tensor? weight, float? eps) -> (Tensor, Tensor)',
    { constant: ['eps'] },
    ({ input, normalized_shape, weight, eps }, b) => rmsNorm(input, normalized_shape, weight, eps, b),
  ),
  lower(
    'aten::renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor',
    { constant: ['p', 'dim'], rank: ['self'] },
    ({ self, p, dim, maxnorm }, b) => renorm(self, p, dim, maxnorm, b),
  ),
  lower('aten::_weight_norm(Tensor v, Tensor g, int dim=0) -> Tensor', { constant: ['dim'], rank: ['v'] }, ({ v, g, dim }, b) =>
    weightNorm(v, g, dim, b),
  ),
  lower(
    'aten::_weight_norm_interface(Tensor v, Tensor g, int dim=0) -> (Tensor, Tensor)',
    { constant: ['dim'], rank: ['v'] },
    ({ v, g, dim }, b) => [weightNorm(v, g, dim, b), normExcept(v, 2, dim, b, false)],
  ),
  lower(
    'aten::norm_except_dim(Tensor v, int pow=2, int dim=0) -> Tensor',
    { constant: ['pow', 'dim'], rank: ['v'] },
    ({ v, pow, dim }, b) => computeWide(b, v.dtype, [v], (x) => normExcept(x, pow, dim, b, false)),
  ),
]
