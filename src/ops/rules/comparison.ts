// Comparisons: bool of the broadcast shape. Answers to aten/src/ATen/native/BinaryOps.cpp (comparison_op).

import { broadcast } from '../../ir/dim.ts'
import { tensorFact } from '../fact.ts'
import { rules, type Rule } from '../rule.ts'

const names = ['eq', 'ne', 'not_equal', 'lt', 'less', 'le', 'less_equal', 'gt', 'greater', 'ge', 'greater_equal']

export const comparisonRules: readonly Rule[] = [
  ...rules(
    names.map(
      (name) => `aten::${name}.Tensor(Tensor self, Tensor other) -> Tensor` as 'aten::eq.Tensor(Tensor self, Tensor other) -> Tensor',
    ),
    ({ self, other }) => tensorFact('bool', broadcast(self.dims, other.dims)),
  ),
  ...rules(
    names.map(
      (name) => `aten::${name}.Scalar(Tensor self, Scalar other) -> Tensor` as 'aten::eq.Scalar(Tensor self, Scalar other) -> Tensor',
    ),
    ({ self }) => tensorFact('bool', self.dims),
  ),
]
