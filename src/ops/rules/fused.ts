// dtype and shape of operators that do several things at once, or one thing as a back end has it.
// Answers to aten/src/ATen/native/{cudnn,miopen,mkldnn}, LinearAlgebra.cpp (_addmm_activation, _int_mm) and Convolution.cpp.

import { broadcast, dimProduct, type Dims } from '../../ir/dim.ts'
import { scalarTypeOfCode } from '../../ir/scalar-type.ts'
import { listFact, tensorFact, type Fact } from '../fact.ts'
import { dimOf, dimsOf, knownInt, promoted, same, wrapAxis } from '../facts.ts'
import { convolutionRules } from './convolution.ts'
import { rule, rules, type Rule } from '../rule.ts'

const dtypeOf = (code: Fact): Fact['dtype'] => {
  const known = knownInt(code)
  return known === undefined ? undefined : scalarTypeOfCode(known)
}
/** [rows of a, columns of b], behind what both share. */
const product = (a: Dims, c: Dims): Dims => (a === undefined || c === undefined ? undefined : [...a.slice(0, -1), c.at(-1)!])

const convolution = convolutionRules.find(({ schema }) => schema.startsWith('aten::convolution(Tensor input'))!
interface Fused {
  readonly self: Fact
  readonly weight: Fact
  readonly stride: Fact
  readonly padding: Fact
  readonly dilation: Fact
}
const NONE: Fact = { value: null }
const convolved = ({ self, ...rest }: Fused): Fact =>
  convolution.infer({
    ...rest,
    input: self,
    bias: NONE,
    transposed: { value: false },
    output_padding: listFact([]),
    groups: { value: 1n, sym: 1 },
  } as never) as Fact

export const fusedRules: readonly Rule[] = [
  ...rules(
    [
      'aten::cudnn_convolution_relu(Tensor self, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, SymInt groups) -> Tensor',
      'aten::miopen_convolution_relu(Tensor self, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, SymInt groups) -> Tensor',
      'aten::cudnn_convolution_add_relu(Tensor self, Tensor weight, Tensor z, Scalar? alpha, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, SymInt groups) -> Tensor',
      'aten::miopen_convolution_add_relu(Tensor self, Tensor weight, Tensor z, Scalar? alpha, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, SymInt groups) -> Tensor',
      'aten::conv_depthwise3d(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias, SymInt[3] stride, SymInt[3] padding, SymInt[3] dilation) -> Tensor',
      'aten::_conv_depthwise2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias, SymInt[2] stride, SymInt[2] padding, SymInt[2] dilation) -> Tensor',
    ],
    convolved,
  ),
  rule('aten::cudnn_affine_grid_generator(Tensor theta, int N, int C, int H, int W) -> Tensor grid', ({ theta, N, H, W }) =>
    tensorFact(theta.dtype, [dimOf(N), dimOf(H), dimOf(W), 2]),
  ),
  rule('aten::_add_relu.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor', ({ self, other }) =>
    tensorFact(promoted(self, other), broadcast(self.dims, other.dims)),
  ),
  rule('aten::_add_relu.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor', ({ self, other }) =>
    tensorFact(promoted(self, other), self.dims),
  ),
  rule(
    'aten::_addmm_activation(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, bool use_gelu=False) -> Tensor',
    ({ mat1, mat2 }) => tensorFact(mat1.dtype, product(mat1.dims, mat2.dims)),
  ),
  rule('aten::_int_mm(Tensor self, Tensor mat2) -> Tensor', ({ self, mat2 }) => tensorFact('int32', product(self.dims, mat2.dims))),
  ...rules(
    [
      'aten::mm.dtype(Tensor self, Tensor mat2, ScalarType out_dtype) -> Tensor',
      'aten::bmm.dtype(Tensor self, Tensor mat2, ScalarType out_dtype) -> Tensor',
    ],
    ({ self, mat2, out_dtype }) => tensorFact(dtypeOf(out_dtype), product(self.dims, mat2.dims)),
  ),
  rule(
    'aten::addmm.dtype(Tensor self, Tensor mat1, Tensor mat2, ScalarType out_dtype, *, Scalar beta=1, Scalar alpha=1) -> Tensor',
    ({ mat1, mat2, out_dtype }) => tensorFact(dtypeOf(out_dtype), product(mat1.dims, mat2.dims)),
  ),
  rule(
    'aten::baddbmm.dtype(Tensor self, Tensor batch1, Tensor batch2, ScalarType out_dtype, *, Scalar beta=1, Scalar alpha=1) -> Tensor',
    ({ batch1, batch2, out_dtype }) => tensorFact(dtypeOf(out_dtype), product(batch1.dims, batch2.dims)),
  ),
  rule('aten::_dim_arange(Tensor like, int dim) -> Tensor', ({ like, dim }) => {
    const axis = like.dims === undefined ? undefined : wrapAxis(knownInt(dim), like.dims.length)
    return tensorFact('int64', [axis === undefined ? null : like.dims![axis]!])
  }),
  rule('aten::_reshape_from_tensor(Tensor self, Tensor shape) -> Tensor', ({ self, shape }) => {
    const length = shape.dims?.[0]
    const rank = typeof length === 'number' ? length : undefined
    return tensorFact(
      self.dtype,
      shape.content?.map((dim) => (dim === -1 ? null : dim)) ?? (rank === undefined ? undefined : Array.from({ length: rank }, () => null)),
    )
  }),
  rule('aten::flatten_dense_tensors(Tensor[] tensors) -> Tensor', ({ tensors }) => {
    const items = tensors.items
    if (items === undefined || items.length === 0) return tensorFact(undefined, [null])
    const sizes = items.map(({ dims }) => (dims === undefined ? null : dimProduct(dims)))
    const total = sizes.every((size) => typeof size === 'number') ? (sizes as number[]).reduce((a, c) => a + c, 0) : null
    return tensorFact(promoted(...items), [total])
  }),
  rule('aten::unflatten_dense_tensors(Tensor flat, Tensor[] tensors) -> Tensor[]', ({ flat, tensors }) =>
    tensors.items === undefined
      ? { element: tensorFact(flat.dtype, undefined) }
      : listFact(tensors.items.map(({ dims }) => tensorFact(flat.dtype, dims))),
  ),
  rule('aten::_masked_softmax(Tensor self, Tensor mask, int? dim=None, int? mask_type=None) -> Tensor', ({ self }) => same(self)),
  rule('functional::fill_diagonal(Tensor self, Scalar fill_value, bool wrap=False) -> Tensor', ({ self }) => same(self)),
  rule('aten::resize(Tensor self, SymInt[] size, *, MemoryFormat? memory_format=None) -> Tensor', ({ self, size }) =>
    tensorFact(self.dtype, dimsOf(size)),
  ),
  rule('aten::resize_as(Tensor self, Tensor the_template, *, MemoryFormat? memory_format=None) -> Tensor', ({ self, the_template }) =>
    tensorFact(self.dtype, the_template.dims),
  ),
]
