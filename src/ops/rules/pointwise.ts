// dtype and shape of elementwise operators: broadcasting and type promotion. Answers to TensorIterator's promotion
// (aten/src/ATen/TensorIterator.cpp) and structured headers of aten/src/ATen/native/{Unary,Binary}Ops.cpp.

import { broadcast, type Dim } from '../../ir/dim.ts'
import { isComplex, type ScalarType } from '../../ir/scalar-type.ts'
import { numberFact, tensorFact, type Fact } from '../fact.ts'
import { promoted, same, toFloat } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

export const unary = (names: string): 'aten::unary(Tensor self) -> Tensor'[] =>
  names.split(' ').map((name) => `aten::${name}(Tensor self) -> Tensor` as 'aten::unary(Tensor self) -> Tensor')
const aliases = (names: string): 'aten::unary(Tensor(a) self) -> Tensor(a)'[] =>
  names.split(' ').map((name) => `aten::${name}(Tensor(a) self) -> Tensor(a)` as 'aten::unary(Tensor(a) self) -> Tensor(a)')
export const binary = (names: string): 'aten::binary(Tensor self, Tensor other) -> Tensor'[] =>
  names
    .split(' ')
    .map((name) => `aten::${name}(Tensor self, Tensor other) -> Tensor` as 'aten::binary(Tensor self, Tensor other) -> Tensor')
export const withScalar = (names: string): 'aten::binary.Scalar(Tensor self, Scalar other) -> Tensor'[] =>
  names
    .split(' ')
    .map((name) => `aten::${name}(Tensor self, Scalar other) -> Tensor` as 'aten::binary.Scalar(Tensor self, Scalar other) -> Tensor')
export const scalarFirst = (names: string): 'aten::binary(Scalar self, Tensor other) -> Tensor'[] =>
  names
    .split(' ')
    .map((name) => `aten::${name}(Scalar self, Tensor other) -> Tensor` as 'aten::binary(Scalar self, Tensor other) -> Tensor')

type Pair = { readonly self: Fact; readonly other: Fact }

/** The promoted dtype and the broadcast shape. */
export const promote = ({ self, other }: Pair): Fact => all(self, other)
/** As `promote`, and integers become floats. */
export const promoteToFloat = ({ self, other }: Pair): Fact => tensorFact(toFloat(promoted(self, other)), all(self, other).dims)

/** A Python number broadcasts as a 0-d tensor. */
function scalarDims(fact: Fact): readonly Dim[] | undefined {
  return fact.dtype === undefined && promoted(fact) !== undefined ? [] : undefined
}

const all = (...facts: Fact[]): Fact => tensorFact(promoted(...facts), broadcast(...facts.map((fact) => fact.dims ?? scalarDims(fact))))

/** Bounds of clamp that are not None. */
const given = (...facts: Fact[]): Fact[] => facts.filter((fact) => fact.value !== null)

const rounded = ({ self, other, rounding_mode }: Pair & { readonly rounding_mode: Fact }): Fact =>
  (rounding_mode.value === null ? promoteToFloat : promote)({ self, other })

/** Complex magnitudes are real. */
function magnitude(dtype: ScalarType | undefined): ScalarType | undefined {
  return dtype === undefined || !isComplex(dtype)
    ? dtype
    : dtype === 'complex128'
      ? 'float64'
      : dtype === 'complex64'
        ? 'float32'
        : 'float16'
}

export const pointwiseRules: readonly Rule[] = [
  ...rules(unary('neg negative sign sgn floor ceil round trunc fix frac conj_physical bitwise_not'), ({ self }) => same(self)),
  ...rules(unary('abs absolute'), ({ self }) => tensorFact(magnitude(self.dtype), self.dims)),
  ...rules(aliases('conj positive'), ({ self }) => same(self)),
  rule('aten::real(Tensor(a) self) -> Tensor(a)', ({ self }) => tensorFact(magnitude(self.dtype), self.dims)),
  ...rules(
    unary(
      'sqrt rsqrt exp exp2 expm1 log log1p log2 log10 sin cos tan asin acos atan arcsin arccos arctan sinh cosh tanh asinh acosh atanh arcsinh arccosh arctanh erf erfc erfinv reciprocal sigmoid sinc deg2rad rad2deg digamma lgamma special_expit special_exp2 special_expm1 special_log1p special_erf special_erfc special_erfinv special_sinc special_entr special_ndtr special_ndtri special_log_ndtr special_gammaln',
    ),
    ({ self }) => tensorFact(toFloat(self.dtype), self.dims),
  ),
  ...rules(
    ['aten::logit(Tensor self, float? eps=None) -> Tensor', 'aten::special_logit(Tensor self, float? eps=None) -> Tensor'],
    ({ self }) => tensorFact(toFloat(self.dtype), self.dims),
  ),
  ...rules(
    ['aten::round.decimals(Tensor self, *, int decimals) -> Tensor', 'aten::special_round(Tensor self, *, int decimals=0) -> Tensor'],
    ({ self }) => same(self),
  ),
  ...rules(unary('isnan isinf isfinite isneginf isposinf signbit logical_not'), ({ self }) => tensorFact('bool', self.dims)),
  rule('aten::square(Tensor self) -> Tensor', ({ self }) => tensorFact(self.dtype === 'bool' ? 'int64' : self.dtype, self.dims)),
  rule('aten::nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor', ({ self }) => same(self)),

  // Two operands, promoted.
  ...rules(
    [
      'aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor',
      'aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor',
    ],
    promote,
  ),
  ...rules(
    [
      'aten::sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor',
      'aten::sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor',
      'aten::subtract.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor',
      'aten::subtract.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor',
    ],
    promote,
  ),
  ...rules(
    [
      'aten::rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor',
      'aten::rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor',
    ],
    promote,
  ),
  ...rules([...binary('mul.Tensor multiply.Tensor'), ...withScalar('mul.Scalar multiply.Scalar')], promote),
  ...rules([...binary('floor_divide'), ...withScalar('floor_divide.Scalar')], promote),
  ...rules([...binary('remainder.Tensor'), ...withScalar('remainder.Scalar'), ...scalarFirst('remainder.Scalar_Tensor')], promote),
  ...rules(binary('maximum max.other fmax'), promote),
  ...rules(binary('minimum min.other fmin'), promote),
  ...rules(
    [
      ...binary(
        'fmod.Tensor bitwise_and.Tensor bitwise_or.Tensor bitwise_xor.Tensor __and__.Tensor __or__.Tensor __xor__.Tensor bitwise_left_shift.Tensor bitwise_right_shift.Tensor __lshift__.Tensor __rshift__.Tensor',
      ),
      ...withScalar(
        'fmod.Scalar bitwise_and.Scalar bitwise_or.Scalar bitwise_xor.Scalar __and__.Scalar __or__.Scalar __xor__.Scalar bitwise_left_shift.Tensor_Scalar bitwise_right_shift.Tensor_Scalar __lshift__.Scalar __rshift__.Scalar',
      ),
      ...scalarFirst(
        'bitwise_and.Scalar_Tensor bitwise_or.Scalar_Tensor bitwise_xor.Scalar_Tensor bitwise_left_shift.Scalar_Tensor bitwise_right_shift.Scalar_Tensor',
      ),
    ],
    promote,
  ),
  ...rules(
    [
      ...binary(
        'div.Tensor divide.Tensor true_divide.Tensor atan2 arctan2 hypot copysign.Tensor logaddexp logaddexp2 xlogy.Tensor special_xlogy special_xlog1py',
      ),
      ...withScalar(
        'div.Scalar divide.Scalar true_divide.Scalar copysign.Scalar xlogy.Scalar_Other special_xlogy.other_scalar special_xlog1py.other_scalar',
      ),
      ...scalarFirst('xlogy.Scalar_Self special_xlogy.self_scalar special_xlog1py.self_scalar'),
    ],
    promoteToFloat,
  ),
  ...rules(
    [
      'aten::div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor',
      'aten::div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor',
      'aten::divide.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor',
      'aten::divide.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor',
    ],
    rounded,
  ),
  rule('aten::heaviside(Tensor self, Tensor values) -> Tensor', ({ self, values }) => all(self, values)),
  rule('aten::ldexp.Tensor(Tensor self, Tensor other) -> Tensor', promoteToFloat),
  ...rules(
    [
      'aten::pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor',
      'aten::pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor',
      'aten::pow.Scalar(Scalar self, Tensor exponent) -> Tensor',
    ],
    ({ self, exponent }) => all(self, exponent),
  ),
  ...rules(
    [
      'aten::float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor',
      'aten::float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor',
      'aten::float_power.Scalar(Scalar self, Tensor exponent) -> Tensor',
    ],
    ({ self, exponent }) => tensorFact('float64', all(self, exponent).dims),
  ),

  // Three operands.
  ...rules(
    [
      'aten::clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor',
      'aten::clip(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor',
    ],
    ({ self, min, max }) => all(self, ...given(min, max)),
  ),
  ...rules(
    [
      'aten::clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor',
      'aten::clip.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor',
    ],
    ({ self, min, max }) => all(self, ...given(min, max)),
  ),
  ...rules(
    ['aten::clamp_min(Tensor self, Scalar min) -> Tensor', 'aten::clamp_min.Tensor(Tensor self, Tensor min) -> Tensor'],
    ({ self, min }) => all(self, min),
  ),
  ...rules(
    ['aten::clamp_max(Tensor self, Scalar max) -> Tensor', 'aten::clamp_max.Tensor(Tensor self, Tensor max) -> Tensor'],
    ({ self, max }) => all(self, max),
  ),
  ...rules(
    [
      'aten::lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor',
      'aten::lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor',
    ],
    ({ self, end, weight }) => tensorFact(self.dtype, broadcast(self.dims, end.dims, weight.dims ?? scalarDims(weight))),
  ),
  rule('aten::addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor', ({ self, tensor1, tensor2 }) =>
    all(self, tensor1, tensor2),
  ),
  rule('aten::addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor', ({ self, tensor1, tensor2 }) =>
    all(self, tensor1, tensor2),
  ),
  ...rules(
    [
      'aten::where.self(Tensor condition, Tensor self, Tensor other) -> Tensor',
      'aten::where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor',
      'aten::where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor',
      'aten::where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor',
    ],
    ({ condition, self, other }) => tensorFact(promoted(self, other), broadcast(condition.dims, all(self, other).dims)),
  ),
  ...rules(
    [
      'aten::masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor',
      'aten::masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor',
    ],
    ({ self, mask }) => tensorFact(self.dtype, broadcast(self.dims, mask.dims)),
  ),

  // Truth values.
  ...rules(binary('logical_and logical_or logical_xor'), ({ self, other }) => tensorFact('bool', broadcast(self.dims, other.dims))),
  rule(
    'aten::isclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> Tensor',
    ({ self, other }) => tensorFact('bool', broadcast(self.dims, other.dims)),
  ),
  rule('aten::allclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> bool', () =>
    numberFact('bool'),
  ),
  rule('aten::equal(Tensor self, Tensor other) -> bool', () => numberFact('bool')),
]
