// Random numbers: dtype and shape only. Answers to aten/src/ATen/native/Distributions.cpp and TensorFactories.cpp.

import { broadcast, type Dims } from '../../ir/dim.ts'
import { likeSchemas, randomSchemas, seeded, sizedSchemas } from '../creation-schemas.ts'
import { tensorFact, unknown, type Fact } from '../fact.ts'
import { dimOf, dimsOf, promoted, same } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { dtypeOr } from './creation.ts'

const sized = (size: Fact): Dims => dimsOf(size)

export const randomRules: readonly Rule[] = [
  // Without a generator: creation.ts.
  ...rules(
    sizedSchemas('rand randn').map((schema) => seeded(schema)),
    ({ size, dtype }) => tensorFact(dtypeOr(dtype, 'float32'), sized(size)),
  ),
  ...rules(
    likeSchemas('rand_like randn_like').map((schema) => seeded(schema)),
    ({ self, dtype }) => tensorFact(dtypeOr(dtype, self.dtype), self.dims),
  ),
  ...rules([randomSchemas.randint, seeded(randomSchemas.randint)], ({ size, dtype }) => tensorFact(dtypeOr(dtype, 'int64'), sized(size))),
  ...rules([randomSchemas.randintLow, seeded(randomSchemas.randintLow, 'low_generator')], ({ size, dtype }) =>
    tensorFact(dtypeOr(dtype, 'int64'), sized(size)),
  ),
  ...rules(
    [
      randomSchemas.randintLike,
      seeded(randomSchemas.randintLike),
      randomSchemas.randintLikeLow as typeof randomSchemas.randintLike,
      seeded(randomSchemas.randintLikeLow, 'low_generator_dtype') as typeof randomSchemas.randintLike,
    ],
    ({ self, dtype }) => tensorFact(dtypeOr(dtype, self.dtype), self.dims),
  ),
  ...rules([randomSchemas.randintLikeTensor, seeded(randomSchemas.randintLikeTensor, 'Tensor_generator')], ({ self, dtype }) =>
    tensorFact(dtypeOr(dtype, self.dtype), self.dims),
  ),
  ...rules([randomSchemas.randperm, seeded(randomSchemas.randperm)], ({ n, dtype }) => tensorFact(dtypeOr(dtype, 'int64'), [dimOf(n)])),
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
      'aten::geometric(Tensor self, float p, *, Generator? generator=None) -> Tensor',
      'aten::cauchy(Tensor self, float median=0., float sigma=1., *, Generator? generator=None) -> Tensor',
      'aten::log_normal(Tensor self, float mean=1., float std=2., *, Generator? generator=None) -> Tensor',
      'aten::random(Tensor self, *, Generator? generator=None) -> Tensor',
      'aten::random.from(Tensor self, int from, int? to, *, Generator? generator=None) -> Tensor',
      'aten::random.to(Tensor self, int to, *, Generator? generator=None) -> Tensor',
      'aten::poisson(Tensor self, Generator? generator=None) -> Tensor',
      'aten::_standard_gamma(Tensor self, Generator? generator=None) -> Tensor',
      'aten::_sample_dirichlet(Tensor self, Generator? generator=None) -> Tensor',
    ],
    ({ self }) => same(self),
  ),
  rule('aten::binomial(Tensor count, Tensor prob, Generator? generator=None) -> Tensor', ({ count, prob }) =>
    tensorFact(count.dtype, broadcast(count.dims, prob.dims)),
  ),
  rule(
    'aten::rrelu_with_noise_functional(Tensor self, Tensor noise, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> (Tensor, Tensor noise_out)',
    ({ self, noise }) => [same(self), same(noise)],
  ),
  // No value of it is ever looked at.
  rule('aten::Generator(*, Device? device=None, int? seed=None) -> Generator', () => unknown),
  rule(
    'aten::multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor',
    ({ self, num_samples }) => tensorFact('int64', self.dims === undefined ? undefined : [...self.dims.slice(0, -1), dimOf(num_samples)]),
  ),
]
