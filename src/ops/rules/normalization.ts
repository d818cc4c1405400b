// dtype and shape of normalisations: the first result is shaped like the input. Mirrors aten/src/ATen/native/{Normalization,layer_norm,group_norm}.cpp.

import { tensorFact, type Fact } from '../fact.ts'
import { same } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** Results shaped [C]: what batch normalisation saves. Without statistics saved they are empty. */
function batchResults(input: Fact, training: boolean | undefined): Fact[] {
  const channels = training === undefined ? undefined : training ? [input.dims?.[1] ?? null] : [0]
  const saved = tensorFact(input.dtype, channels)
  return [same(input), saved, saved]
}

/** Mean and 1/σ keep the input's rank, with 1 for normalised axes. */
function layerResults(input: Fact, normalized: Fact, count: number): Fact[] {
  const n = normalized.items?.length
  const dims = n === undefined ? undefined : input.dims?.map((dim, i) => (i >= input.dims!.length - n ? 1 : dim))
  return [same(input), ...Array.from({ length: count }, () => tensorFact(input.dtype, dims))]
}

export const normalizationRules: readonly Rule[] = [
  rule(
    'aten::batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor',
    ({ input }) => same(input),
  ),
  rule(
    'aten::native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)',
    ({ input, training }) => batchResults(input, training.value === true ? true : training.value === false ? false : undefined),
  ),
  rule(
    'aten::_native_batch_norm_legit_no_training(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor)',
    ({ input }) => batchResults(input, false),
  ),
  rule(
    'aten::_native_batch_norm_legit.no_stats(Tensor input, Tensor? weight, Tensor? bias, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)',
    ({ input }) => batchResults(input, true),
  ),
  rule(
    'aten::_native_batch_norm_legit_functional(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor running_mean_out, Tensor running_var_out)',
    ({ input, training, running_mean, running_var }) => [
      ...batchResults(input, training.value === true ? true : training.value === false ? false : undefined),
      same(running_mean),
      same(running_var),
    ],
  ),
  rule(
    'aten::_batch_norm_with_update_functional(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor, Tensor running_mean_out, Tensor running_var_out)',
    ({ input, running_mean, running_var }) => [
      ...batchResults(input, true),
      tensorFact('uint8', [0]),
      same(running_mean),
      same(running_var),
    ],
  ),
  rule(
    'aten::batch_norm_update_stats(Tensor input, Tensor? running_mean, Tensor? running_var, float momentum) -> (Tensor, Tensor)',
    ({ input }) => batchResults(input, true).slice(1),
  ),
  rule(
    'aten::instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> Tensor',
    ({ input }) => same(input),
  ),
  rule(
    'aten::layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool cudnn_enable=True) -> Tensor',
    ({ input }) => same(input),
  ),
  rule(
    'aten::native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)',
    ({ input, normalized_shape }) => layerResults(input, normalized_shape, 2),
  ),
  rule(
    'aten::group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool cudnn_enabled=True) -> Tensor',
    ({ input }) => same(input),
  ),
  rule(
    'aten::native_group_norm(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int group, float eps) -> (Tensor, Tensor, Tensor)',
    ({ input, N, group }) => {
      const saved = tensorFact(input.dtype, [N.sym ?? null, group.sym ?? null])
      return [same(input), saved, saved]
    },
  ),
  rule('aten::rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor', ({ input }) =>
    same(input),
  ),
  rule(
    'aten::_fused_rms_norm(Tensor input, int[] normalized_shape, Tensor? weight, float? eps) -> (Tensor, Tensor)',
    ({ input, normalized_shape }) => layerResults(input, normalized_shape, 1),
  ),
  rule('aten::renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor', ({ self }) => same(self)),
  rule('aten::_weight_norm(Tensor v, Tensor g, int dim=0) -> Tensor', ({ v }) => same(v)),
  rule('aten::_weight_norm_interface(Tensor v, Tensor g, int dim=0) -> (Tensor, Tensor)', ({ v, g }) => [same(v), same(g)]),
  rule('aten::norm_except_dim(Tensor v, int pow=2, int dim=0) -> Tensor', ({ v, dim }) => {
    const axis = typeof dim.sym === 'number' ? dim.sym : undefined
    if (axis === -1) return tensorFact(v.dtype, [])
    const at = axis === undefined || v.dims === undefined ? undefined : axis < 0 ? axis + v.dims.length : axis
    return tensorFact(v.dtype, at === undefined ? undefined : v.dims!.map((extent, i) => (i === at ? extent : 1)))
  }),
  ...rules(
    [
      'aten::dropout(Tensor input, float p, bool train) -> Tensor',
      'aten::feature_dropout(Tensor input, float p, bool train) -> Tensor',
      'aten::alpha_dropout(Tensor input, float p, bool train) -> Tensor',
      'aten::feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor',
    ],
    ({ input }) => same(input),
  ),
  rule('aten::native_dropout(Tensor input, float p, bool? train) -> (Tensor, Tensor)', ({ input }) => [
    same(input),
    tensorFact('bool', input.dims),
  ]),
]
