// Small functions that back ends have under names of their own.

import { compose, type Composition } from '../composition.ts'

export const pointwiseCompositions: readonly Composition[] = [
  compose('aten::_masked_scale(Tensor self, Tensor mask, float scale) -> Tensor', ({ self, mask, scale }, call) =>
    call('aten::mul.Scalar', call('aten::mul.Tensor', self, call('aten::type_as', mask, self)), scale),
  ),
  compose('aten::_neg_view_copy(Tensor self) -> Tensor', ({ self }, call) => call('aten::neg', self)),
  compose('aten::_saturate_weight_to_fp16(Tensor weight) -> Tensor', ({ weight }, call) => call('aten::clamp', weight, -65504, 65504)),
  compose(
    'aten::_foreach_addcmul.Tensor(Tensor[] self, Tensor[] tensor1, Tensor[] tensor2, Tensor scalars) -> Tensor[]',
    ({ self, tensor1, tensor2, scalars }, call) => {
      const each = call.items(self, 'self').map((_, i) => call('aten::select.int', scalars, 0n, BigInt(i)))
      return call('aten::_foreach_add.List', self, call('aten::_foreach_mul.List', call('aten::_foreach_mul.List', tensor1, tensor2), each))
    },
  ),
  compose(
    'aten::_foreach_addcdiv.Tensor(Tensor[] self, Tensor[] tensor1, Tensor[] tensor2, Tensor scalars) -> Tensor[]',
    ({ self, tensor1, tensor2, scalars }, call) => {
      const each = call.items(self, 'self').map((_, i) => call('aten::select.int', scalars, 0n, BigInt(i)))
      return call('aten::_foreach_add.List', self, call('aten::_foreach_div.List', call('aten::_foreach_mul.List', tensor1, each), tensor2))
    },
  ),
]
