// dtype and shape of margin, ranking and count losses, and of CTC. Reductions: 0 none, 1 mean, 2 sum. Mirrors aten/src/ATen/native/Loss.cpp,
// LossMultiMargin.cpp, LossMultiLabelMargin.cpp and LossCTC.cpp.

import { broadcast, type Dims } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { knownInt, promoted, toFloat } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

function reduced(dtype: Fact['dtype'], dims: Dims, reduction: Fact): Fact {
  const mode = knownInt(reduction)
  return tensorFact(dtype, mode === undefined ? undefined : mode === 0 ? dims : [])
}

/** Without its last axis. */
const rows = (dims: Dims): Dims => (dims === undefined || dims.length === 0 ? dims : dims.slice(0, -1))
const samples = (dims: Dims): Dims => (dims === undefined ? undefined : dims.length < 2 ? [] : dims.slice(0, 1))

export const marginLossRules: readonly Rule[] = [
  rule(
    'aten::cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> Tensor',
    ({ input1, input2, target, reduction }) => {
      const pairs = broadcast(input1.dims, input2.dims)
      const dims =
        pairs === undefined || target.dims === undefined ? undefined : broadcast(pairs.length === 2 ? [pairs[0]!] : [], target.dims)
      return reduced(toFloat(promoted(input1, input2)), dims, reduction)
    },
  ),
  rule(
    'aten::hinge_embedding_loss(Tensor self, Tensor target, float margin=1., int reduction=1) -> Tensor',
    ({ self, target, reduction }) => reduced(self.dtype, broadcast(self.dims, target.dims), reduction),
  ),
  rule(
    'aten::margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> Tensor',
    ({ input1, input2, target, reduction }) =>
      reduced(toFloat(promoted(input1, input2, target)), broadcast(input1.dims, input2.dims, target.dims), reduction),
  ),
  rule(
    'aten::triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1., float p=2., float eps=9.9999999999999995e-07, bool swap=False, int reduction=1) -> Tensor',
    ({ anchor, positive, negative, reduction }) =>
      reduced(toFloat(promoted(anchor, positive, negative)), rows(broadcast(anchor.dims, positive.dims, negative.dims)), reduction),
  ),
  rule(
    'aten::poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction) -> Tensor',
    ({ input, target, reduction }) => reduced(toFloat(promoted(input, target)), broadcast(input.dims, target.dims), reduction),
  ),
  rule(
    'aten::multi_margin_loss(Tensor self, Tensor target, Scalar p=1, Scalar margin=1, Tensor? weight=None, int reduction=1) -> Tensor',
    ({ self, target, reduction }) => reduced(self.dtype, target.dims, reduction),
  ),
  rule('aten::multilabel_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor', ({ self, reduction }) =>
    reduced(self.dtype, samples(self.dims), reduction),
  ),
  rule(
    'aten::multilabel_margin_loss_forward(Tensor self, Tensor target, int reduction) -> (Tensor output, Tensor is_target)',
    ({ self, target, reduction }) => [reduced(self.dtype, samples(self.dims), reduction), tensorFact(self.dtype, target.dims)],
  ),
  rule(
    'aten::nll_loss2d_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)',
    ({ self, target, reduction }) => [reduced(self.dtype, target.dims, reduction), tensorFact(self.dtype, [])],
  ),
  ...rules(
    [
      'aten::ctc_loss.IntList(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, int reduction=1, bool zero_infinity=False) -> Tensor',
      'aten::ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, int reduction=1, bool zero_infinity=False) -> Tensor',
    ],
    ({ log_probs, reduction }) => {
      const { dtype, dims } = log_probs
      return reduced(dtype, dims === undefined ? undefined : dims.length === 3 ? [dims[1]!] : [], reduction)
    },
  ),
  ...rules(
    [
      'aten::_ctc_loss(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, bool zero_infinity=False) -> (Tensor, Tensor)',
      'aten::_ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, bool zero_infinity=False) -> (Tensor, Tensor)',
    ],
    ({ log_probs }) => {
      const { dtype, dims } = log_probs
      const known = dims?.length === 3 ? dims : undefined
      return [tensorFact(dtype, known && [known[1]!]), tensorFact(dtype, known && [known[1]!, known[0]!, null])]
    },
  ),
  rule('aten::_pdist_forward(Tensor self, float p=2.) -> Tensor', ({ self }) => pairs(self)),
  rule('aten::pdist(Tensor self, float p=2.) -> Tensor', ({ self }) => pairs(self)),
]

/** Every row with every later one. */
function pairs(self: Fact): Fact {
  const n = self.dims?.[0]
  return tensorFact(self.dtype, [typeof n === 'number' ? (n * (n - 1)) / 2 : null])
}
