// dtype and shape of torch.special and its kin: elementwise, integers become floats; greatest common divisors and parts of floats.
// Answers to the structured headers of aten/src/ATen/native/{UnaryOps,BinaryOps}.cpp.

import { same, toFloat } from '../facts.ts'
import { numberFact, tensorFact } from '../fact.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { binary, promote, promoteToFloat, scalarFirst, unary, withScalar } from './pointwise.ts'

export const specialRules: readonly Rule[] = [
  ...rules(
    unary(
      'i0 special_i0 special_i0e special_i1 special_i1e special_digamma special_psi special_erfcx special_bessel_j0 special_bessel_j1 special_bessel_y0 special_bessel_y1 special_modified_bessel_i0 special_modified_bessel_i1 special_modified_bessel_k0 special_modified_bessel_k1',
    ),
    ({ self }) => tensorFact(toFloat(self.dtype), self.dims),
  ),
  ...rules(
    [
      'aten::special_airy_ai(Tensor x) -> Tensor',
      'aten::special_spherical_bessel_j0(Tensor x) -> Tensor',
      'aten::special_scaled_modified_bessel_k0(Tensor x) -> Tensor',
      'aten::special_scaled_modified_bessel_k1(Tensor x) -> Tensor',
    ],
    ({ x }) => tensorFact(toFloat(x.dtype), x.dims),
  ),
  ...rules(['aten::polygamma(int n, Tensor self) -> Tensor', 'aten::special_polygamma(int n, Tensor self) -> Tensor'], ({ self }) =>
    tensorFact(toFloat(self.dtype), self.dims),
  ),
  ...rules(['aten::mvlgamma(Tensor self, int p) -> Tensor', 'aten::special_multigammaln(Tensor self, int p) -> Tensor'], ({ self }) =>
    tensorFact(toFloat(self.dtype), self.dims),
  ),
  ...rules(
    [
      ...binary('igamma igammac special_gammainc special_gammaincc special_zeta'),
      ...withScalar('special_zeta.other_scalar'),
      ...scalarFirst('special_zeta.self_scalar'),
    ],
    promoteToFloat,
  ),
  ...rules(binary('gcd lcm nextafter'), promote),
  rule('aten::frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)', ({ self }) => [
    same(self),
    tensorFact(self.dtype === undefined ? undefined : 'int32', self.dims),
  ]),

  // Python numbers.
  rule('aten::frexp(float a) -> (float, int)', () => [numberFact('float'), numberFact('int')]),
  rule('aten::modf(float a) -> (float, float)', () => [numberFact('float'), numberFact('float')]),
  rule('aten::ldexp(float x, int i) -> float', () => numberFact('float')),
  ...rules(['aten::gamma.int(int a) -> float', 'aten::gamma.float(float a) -> float', 'aten::gamma.Scalar(Scalar a) -> Scalar'], () =>
    numberFact('float'),
  ),
]
