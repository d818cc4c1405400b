// Random numbers: dtype and shape only. Answers to aten/src/ATen/native/Distributions.cpp and TensorFactories.cpp.

import { broadcast, type Dims } from '../../ir/dim.ts'
import { randomSchemas } from '../creation-schemas.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimOf, dimsOf, promoted, same } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { dtypeOr } from './creation.ts'

const sized = (size: Fact): Dims => dimsOf(size)

export const randomRules: readonly Rule[] = [
  rule(randomSchemas.randint, ({ size, dtype }) => tensorFact(dtypeOr(dtype, 'int64'), sized(size))),
  rule(randomSchemas.randintLow, ({ size, dtype }) => tensorFact(dtypeOr(dtype, 'int64'), sized(size))),
  rule(randomSchemas.randintLike, ({ self, dtype }) => tensorFact(dtypeOr(dtype, self.dtype), self.dims)),
  rule(randomSchemas.randintLikeLow, ({ self, dtype }) => tensorFact(dtypeOr(dtype, self.dtype), self.dims)),
  rule(randomSchemas.randperm, ({ n, dtype }) => tensorFact(dtypeOr(dtype, 'int64'), [dimOf(n)])),
  rule(randomSchemas.normal, ({ size, dtype }) => tensorFact(dtypeOr(dtype, 'float32'), sized(size))),
  rule('aten::normal.Tensor_float(Tensor mean, float std=1., *, Generator? generator=None) -> Tensor', ({ mean }) => same(mean)),
  rule('aten::normal.float_Tensor(float mean, Tensor std, *, Generator? generator=None) -> Tensor', ({ std }) => same(std)),
  rule('aten::normal.Tensor_Tensor(Tensor mean, Tensor std, *, Generator? generator=None) -> Tensor', ({ mean, std }) =>
    tensorFact(promoted(mean, std), broadcast(mean.dims, std.dims)),
  ),
  ...rules(
    [
      'aten::bernoulli(Tensor self, *, Generator? generator=None) -> Tensor',
      'aten::bernoulli.p(Tensor self, float p, *, Generator? generator=None) -> Tensor',
      'aten::bernoulli.Tensor(Tensor self, Tensor p, *, Generator? generator=None) -> Tensor',
      'aten::normal_functional(Tensor self, float mean=0., float std=1., *, Generator? generator=None) -> Tensor',
      'aten::uniform(Tensor self, float from=0., float to=1., *, Generator? generator=None) -> Tensor',
      'aten::exponential(Tensor self, float lambd=1., *, Generator? generator=None) -> Tensor',
    ],
    ({ self }) => same(self),
  ),
  rule(
    'aten::multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor',
    ({ self, num_samples }) => tensorFact('int64', self.dims === undefined ? undefined : [...self.dims.slice(0, -1), dimOf(num_samples)]),
  ),
]
