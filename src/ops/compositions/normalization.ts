// Batch statistics as synchronised batch norm has them: gathered from every process, then applied.
// Answers to aten/src/ATen/native/cuda/Normalization.cuh; running statistics are not written, as in evaluation.

import { absent, compose, rankOf, type Call, type Composition, type Handle } from '../composition.ts'

/** [C] beside [N, C, …]. */
function channels<V extends Handle>(x: V, input: V, call: Call<V>): V {
  const rank = rankOf(input, 'input')
  return rank < 2 ? x : call('aten::reshape', x, [-1n, ...Array.from({ length: rank - 2 }, () => 1n)])
}
const rest = (rank: number): bigint[] => Array.from({ length: rank }, (_, i) => BigInt(i)).filter((axis) => axis !== 1n)

/** Of accumulation: float32 for the half types. */
const FLOAT = 6n
const wide = <V extends Handle>(x: V, call: Call<V>): V =>
  x.fact.dtype === 'float16' || x.fact.dtype === 'bfloat16' ? call('aten::to.dtype', x, FLOAT) : x

/** Mean and 1/√(variance + ε) of all processes together, from those of each and their numbers of elements. */
function gathered<V extends Handle>(mean: V, invstd: V, counts: V, eps: V, call: Call<V>): V[] {
  const variance = call('aten::sub.Scalar', call('aten::reciprocal', call('aten::mul.Tensor', invstd, invstd)), eps)
  const total = call('aten::sum', counts)
  const average = (x: V): V => call('aten::div.Tensor', call('aten::sum.dim_IntList', call('aten::mul.Tensor', x, counts), [0n]), total)
  const all = average(mean)
  const away = call('aten::sub.Tensor', mean, all)
  const spread = average(call('aten::add.Tensor', variance, call('aten::mul.Tensor', away, away)))
  return [all, call('aten::rsqrt', call('aten::add.Scalar', spread, eps))]
}

export const normalizationCompositions: readonly Composition[] = [
  compose('aten::batch_norm_stats(Tensor input, float eps) -> (Tensor, Tensor)', ({ input, eps }, call) => {
    const x = wide(input, call)
    const axes = rest(rankOf(input, 'input'))
    const variance = call('aten::var.correction', x, axes, 0n)
    return [call('aten::mean.dim', x, axes), call('aten::rsqrt', call('aten::add.Scalar', variance, eps))]
  }),
  compose(
    'aten::batch_norm_elemt(Tensor input, Tensor? weight, Tensor? bias, Tensor mean, Tensor invstd, float eps) -> Tensor',
    ({ input, weight, bias, mean, invstd }, call) => {
      const x = wide(input, call)
      const per = (value: typeof input): typeof input => channels(value, input, call)
      let y = call('aten::mul.Tensor', call('aten::sub.Tensor', x, per(mean)), per(invstd))
      if (!absent(weight)) y = call('aten::mul.Tensor', y, per(weight))
      if (!absent(bias)) y = call('aten::add.Tensor', y, per(bias))
      return call('aten::type_as', y, input)
    },
  ),
  compose(
    'aten::batch_norm_gather_stats_with_counts(Tensor input, Tensor mean, Tensor invstd, Tensor? running_mean, Tensor? running_var, float momentum, float eps, Tensor counts) -> (Tensor, Tensor)',
    ({ mean, invstd, eps, counts }, call) =>
      gathered(mean, invstd, call('aten::unsqueeze', call('aten::type_as', counts, mean), 1n), eps, call),
  ),
  compose(
    'aten::batch_norm_gather_stats(Tensor input, Tensor mean, Tensor invstd, Tensor? running_mean, Tensor? running_var, float momentum, float eps, int count) -> (Tensor, Tensor)',
    ({ mean, invstd, eps }, call) =>
      gathered(mean, invstd, call('aten::ones_like', call('aten::slice.Tensor', mean, 1n, 0n, 1n)), eps, call),
  ),
]
