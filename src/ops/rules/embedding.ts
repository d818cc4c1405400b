// dtype and shape of table look-ups. Mirrors aten/src/ATen/native/{Embedding,EmbeddingBag}.cpp.

import { dimSub, type Dim } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { knownBool, knownInt, same } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** Rows of the table in place of the indices. */
function embedded(weight: Fact, indices: Fact): Fact {
  const [, ...row] = weight.dims ?? []
  return tensorFact(weight.dtype, indices.dims === undefined || weight.dims === undefined ? undefined : [...indices.dims, ...row])
}

/** [bags, D]; the other results, int64, are for the backward pass. */
function bags(weight: Fact, offsets: Fact, includeLast: Fact, mode: Fact): Fact[] {
  const last = knownBool(includeLast)
  const count: Dim = last === undefined ? null : dimSub(offsets.dims?.[0] ?? null, last ? 1 : 0)
  const width = weight.dims?.[1] ?? null
  const from = knownInt(mode) === undefined ? undefined : knownInt(mode) === 2 ? [count, width] : [null]
  return [tensorFact(weight.dtype, [count, width]), tensorFact('int64', [null]), tensorFact('int64', [null]), tensorFact('int64', from)]
}

export const embeddingRules: readonly Rule[] = [
  rule(
    'aten::embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor',
    ({ weight, indices }) => embedded(weight, indices),
  ),
  rule('aten::embedding_renorm(Tensor self, Tensor indices, float max_norm, float norm_type) -> Tensor', ({ self }) => same(self)),
  ...rules(
    [
      'aten::embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False) -> (Tensor, Tensor, Tensor, Tensor)',
      'aten::embedding_bag.padding_idx(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int mode, bool sparse, Tensor? per_sample_weights, bool include_last_offset, int? padding_idx) -> (Tensor, Tensor, Tensor, Tensor)',
      'aten::_embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int padding_idx=-1) -> (Tensor, Tensor, Tensor, Tensor)',
      'aten::_embedding_bag_forward_only(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int padding_idx=-1) -> (Tensor, Tensor, Tensor, Tensor)',
    ],
    ({ weight, offsets, include_last_offset, mode }) => bags(weight, offsets, include_last_offset, mode),
  ),
]
