// What is asked of tensors before they are packed into nested ones. passes/pad-nested-tensors.ts does without the packing itself.
// Answers to aten/src/ATen/native/nested/NestedTensorUtils.cpp.

import { numberFact } from '../fact.ts'
import { rule, type Rule } from '../rule.ts'

export const nestedRules: readonly Rule[] = [
  rule('aten::_nested_tensor_from_mask_left_aligned(Tensor t, Tensor mask) -> bool', () => numberFact('bool')),
]
