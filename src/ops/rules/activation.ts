// dtype and shape of activations: those of the input.

import { rules, type Rule } from '../rule.ts'
import { same } from '../facts.ts'

export const activationRules: readonly Rule[] = rules(
  [
    'aten::relu(Tensor self) -> Tensor',
    'aten::relu6(Tensor self) -> Tensor',
    'aten::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor',
    "aten::gelu(Tensor self, *, str approximate='none') -> Tensor",
  ],
  ({ self }) => same(self),
)
