// dtype and shape of losses. Reductions: 0 none, 1 mean, 2 sum. Mirrors aten/src/ATen/native/{Loss,LossNLL}.cpp.

import { broadcast, type Dims } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { knownInt, promoted } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

function reduced(dtype: Fact['dtype'], dims: Dims, reduction: Fact): Fact {
  const mode = knownInt(reduction)
  return tensorFact(dtype, mode === undefined ? undefined : mode === 0 ? dims : [])
}

const elementwise = ({ self, target, reduction }: { readonly self: Fact; readonly target: Fact; readonly reduction: Fact }): Fact =>
  reduced(promoted(self, target), broadcast(self.dims, target.dims), reduction)

/** [N, …] from [N, C, …]; a number from [C]. */
const classes = (self: Fact): Dims =>
  self.dims === undefined ? undefined : self.dims.length === 1 ? [] : [self.dims[0]!, ...self.dims.slice(2)]
const picked = ({ self, reduction }: { readonly self: Fact; readonly reduction: Fact }): Fact =>
  reduced(self.dtype, classes(self), reduction)

export const lossRules: readonly Rule[] = [
  ...rules(
    [
      'aten::mse_loss(Tensor self, Tensor target, int reduction=1) -> Tensor',
      'aten::l1_loss(Tensor self, Tensor target, int reduction=1) -> Tensor',
      'aten::smooth_l1_loss(Tensor self, Tensor target, int reduction=1, float beta=1.) -> Tensor',
      'aten::huber_loss(Tensor self, Tensor target, int reduction=1, float delta=1.) -> Tensor',
      'aten::kl_div(Tensor self, Tensor target, int reduction=1, *, bool log_target=False) -> Tensor',
      'aten::binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int reduction=1) -> Tensor',
      'aten::binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=1) -> Tensor',
      'aten::soft_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor',
    ],
    elementwise,
  ),
  ...rules(
    [
      'aten::nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor',
      'aten::nll_loss2d(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor',
      'aten::nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor',
    ],
    picked,
  ),
  rule(
    'aten::nll_loss_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)',
    (args) => [picked(args), tensorFact(args.self.dtype, [])],
  ),
  rule(
    'aten::cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100, float label_smoothing=0.) -> Tensor',
    ({ self, reduction }) => reduced(self.dtype, classes(self), reduction),
  ),
]
