// dtype and shape of activations: mostly those of the input. Answers to aten/src/ATen/native/Activation.cpp and SoftMax.cpp.

import { dimFloorDiv } from '../../ir/dim.ts'
import { scalarTypeOfCode } from '../../ir/scalar-type.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { knownInt, same, toFloat, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** dtype of an argument `ScalarType? dtype`, where given. */
function given(dtype: Fact): ReturnType<typeof scalarTypeOfCode> {
  const code = knownInt(dtype)
  return code === undefined ? undefined : scalarTypeOfCode(code)
}

/** A None dtype means the input's; one that is not known leaves the result's unknown. */
const converted = ({ self, dtype }: { readonly self: Fact; readonly dtype: Fact }): Fact =>
  tensorFact(dtype.value === null ? self.dtype : given(dtype), self.dims)

export const activationRules: readonly Rule[] = [
  ...rules(
    [
      'aten::relu(Tensor self) -> Tensor',
      'aten::relu6(Tensor self) -> Tensor',
      'aten::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor',
      'aten::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor',
      'aten::elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor',
      'aten::selu(Tensor self) -> Tensor',
      'aten::celu(Tensor self, Scalar alpha=1.) -> Tensor',
      'aten::gelu(Tensor self, *, str approximate="none") -> Tensor',
      'aten::silu(Tensor self) -> Tensor',
      'aten::mish(Tensor self) -> Tensor',
      'aten::hardsigmoid(Tensor self) -> Tensor',
      'aten::hardswish(Tensor self) -> Tensor',
      'aten::softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor',
      'aten::softshrink(Tensor self, Scalar lambd=0.5) -> Tensor',
      'aten::hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor',
      'aten::threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor',
      'aten::rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor',
      'aten::prelu(Tensor self, Tensor weight) -> Tensor',
      'aten::_prelu_kernel(Tensor self, Tensor weight) -> Tensor',
      'aten::log_sigmoid(Tensor self) -> Tensor',
    ],
    ({ self }) => same(self),
  ),
  rule('aten::log_sigmoid_forward(Tensor self) -> (Tensor output, Tensor buffer)', ({ self }) => [
    same(self),
    tensorFact(self.dtype, undefined),
  ]),
  ...rules(
    [
      'aten::softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor',
      'aten::log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor',
      'aten::special_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor',
      'aten::special_log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor',
    ],
    converted,
  ),
  ...rules(
    [
      'aten::_softmax(Tensor self, int dim, bool half_to_float) -> Tensor',
      'aten::_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor',
    ],
    ({ self, half_to_float }) => tensorFact(half_to_float.value === true ? 'float32' : toFloat(self.dtype), self.dims),
  ),
  rule('aten::glu(Tensor self, int dim=-1) -> Tensor', ({ self, dim }) => {
    const { dims } = self
    const axis = dims === undefined ? undefined : wrapAxis(knownInt(dim), dims.length)
    if (dims === undefined || axis === undefined)
      return tensorFact(
        self.dtype,
        dims?.map(() => null),
      )
    return tensorFact(self.dtype, dims.with(axis, dimFloorDiv(dims[axis]!, 2)))
  }),
]
