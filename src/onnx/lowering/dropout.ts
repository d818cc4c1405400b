// Dropout at inference is the identity. Where a model was left in training mode, its results would be random: that is told, not done.

import type { OnnxValue } from '../operand.ts'
import type { OnnxBuilder } from '../builder.ts'
import { lower, lowers, UnmetNeed, type LoweringRow } from './row.ts'

function kept(input: OnnxValue, p: number, train: boolean): OnnxValue {
  if (train && p > 0) throw new UnmetNeed('train', 'to be False: call .eval() on the module before it is saved')
  return input
}

const ones = (x: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Expand', [b.scalar('bool', true), b.shape(x)], {}, { dims: x.dims })

export const dropoutLowerings: readonly LoweringRow[] = [
  ...lowers(
    [
      'aten::dropout(Tensor input, float p, bool train) -> Tensor',
      'aten::feature_dropout(Tensor input, float p, bool train) -> Tensor',
      'aten::alpha_dropout(Tensor input, float p, bool train) -> Tensor',
      'aten::feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor',
    ],
    { constant: ['p'] },
    ({ input, p, train }) => kept(input, p, train),
  ),
  lower('aten::native_dropout(Tensor input, float p, bool? train) -> (Tensor, Tensor)', { constant: ['p'] }, ({ input, p, train }, b) => [
    kept(input, p, train !== false),
    ones(input, b),
  ]),
]
