// Padding masks of rows that could be packed. Answers to aten/src/ATen/native/nested/NestedTensorUtils.cpp.

import { lower, type LoweringRow } from './row.ts'

export const nestedLowerings: readonly LoweringRow[] = [
  // [B, L], true where a token is: left aligned when no token follows padding.
  lower('aten::_nested_tensor_from_mask_left_aligned(Tensor t, Tensor mask) -> bool', ({ mask }, b) => {
    const kept = b.cast(b.cast(mask, 'bool'), 'int32')
    const cut = (start: number, end: number) =>
      b.op('Slice', [kept, b.ints([start]), b.ints([end]), b.ints([1])], {}, { dims: [null, null] })
    const late = b.op('Greater', [cut(1, Number.MAX_SAFE_INTEGER), cut(0, -1)], {}, { dims: [null, null] })
    const count = b.op('ReduceSum', [b.cast(late, 'int32')], { keepdims: 0 }, { dims: [] })
    return b.op('Equal', [count, b.scalar('int32', 0)], {}, { dims: [] })
  }),
]
