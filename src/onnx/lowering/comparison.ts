// Comparisons in the promoted dtype. Less and Greater have no bool kernels: bools compare as int32.
// Answers to aten/src/ATen/native/BinaryOps.cpp (comparison_op).

import type { Fact } from '../../ops/fact.ts'
import { promoted } from '../../ops/facts.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { ARITHMETIC, EQUAL, kernelType, number, tensor } from './compute.ts'
import { lower, type LoweringRow } from './row.ts'

type OpType = 'Equal' | 'Less' | 'LessOrEqual' | 'Greater' | 'GreaterOrEqual'

function compare(b: OnnxBuilder, opType: OpType, x: ScalarOperand, y: ScalarOperand, facts: readonly Fact[]): OnnxValue {
  const dtype = promoted(...facts) ?? 'float32'
  const work = kernelType(dtype, opType === 'Equal' ? EQUAL : ARITHMETIC)
  return b.op(opType, [b.cast(b.number(x, dtype), work), b.cast(b.number(y, dtype), work)])
}

function rows(names: string, opType: OpType, negated = false): LoweringRow[] {
  const run = (b: OnnxBuilder, x: OnnxValue, y: ScalarOperand, facts: readonly Fact[]): OnnxValue => {
    const result = compare(b, opType, x, y, facts)
    return negated ? b.op('Not', [result]) : result
  }
  return names
    .split(' ')
    .flatMap((name) => [
      lower(
        `aten::${name}.Tensor(Tensor self, Tensor other) -> Tensor` as 'aten::eq.Tensor(Tensor self, Tensor other) -> Tensor',
        ({ self, other }, b) => run(b, self, other, [tensor(self), tensor(other)]),
      ),
      lower(
        `aten::${name}.Scalar(Tensor self, Scalar other) -> Tensor` as 'aten::eq.Scalar(Tensor self, Scalar other) -> Tensor',
        ({ self, other }, b) => run(b, self, other, [tensor(self), number(other)]),
      ),
    ])
}

export const comparisonLowerings: readonly LoweringRow[] = [
  ...rows('eq', 'Equal'),
  ...rows('ne not_equal', 'Equal', true),
  ...rows('lt less', 'Less'),
  ...rows('le less_equal', 'LessOrEqual'),
  ...rows('gt greater', 'Greater'),
  ...rows('ge greater_equal', 'GreaterOrEqual'),
]
