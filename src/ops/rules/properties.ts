// What a program can ask of a tensor besides sizes and dtype: layout, memory, autograd. Tensors here are dense, in one place, and row-major
// where passes/check-strides.ts lets the question stand. Answers to aten/src/ATen/native/TensorProperties.cpp and SparseTensor.cpp.

import { dimMul, dimProduct, type Dim } from '../../ir/dim.ts'
import { scalarTypeInfo } from '../../ir/scalar-type.ts'
import { intFact, listFact, numberFact, type Fact } from '../fact.ts'
import { knownInt, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

const no = (): Fact => ({ value: false })
const rank = ({ self }: { readonly self: Fact }): Fact => (self.dims === undefined ? numberFact('int') : intFact(self.dims.length))

/** Elements from one index of an axis to the next, row-major. An extent of 0 counts as 1. */
function stridesOf(dims: readonly Dim[]): Dim[] {
  const strides: Dim[] = []
  let step: Dim = 1
  for (let i = dims.length - 1; i >= 0; i--) {
    strides.unshift(step)
    const extent = dims[i]!
    step = typeof extent === 'number' ? dimMul(step, Math.max(1, extent)) : null
  }
  return strides
}
const strides = ({ self }: { readonly self: Fact }): Fact =>
  self.dims === undefined ? { element: numberFact('int') } : listFact(stridesOf(self.dims).map(intFact))
const stride = ({ self, dim }: { readonly self: Fact; readonly dim: Fact }): Fact => {
  const axis = self.dims === undefined ? undefined : wrapAxis(knownInt(dim), self.dims.length)
  return axis === undefined ? numberFact('int') : intFact(stridesOf(self.dims!)[axis]!)
}

export const propertyRules: readonly Rule[] = [
  ...rules(
    [
      'aten::is_distributed(Tensor self) -> bool',
      'aten::is_inference(Tensor self) -> bool',
      'aten::retains_grad(Tensor self) -> bool',
      'aten::_is_zerotensor(Tensor self) -> bool',
      'aten::cudnn_is_acceptable(Tensor self) -> bool',
      'aten::is_pinned(Tensor self, Device? device=None) -> bool',
    ],
    no,
  ),
  rule('aten::is_leaf(Tensor self) -> bool', () => ({ value: true })),
  rule('aten::output_nr(Tensor self) -> int', () => intFact(0)),
  rule('aten::dense_dim(Tensor self) -> int', rank),
  rule('aten::sparse_dim(Tensor self) -> int', () => intFact(0)),
  rule('aten::element_size(Tensor self) -> int', ({ self }) =>
    self.dtype === undefined ? numberFact('int') : intFact(scalarTypeInfo(self.dtype).bytes),
  ),
  rule('prim::nbytes(Tensor a) -> int', ({ a }) =>
    a.dtype === undefined || a.dims === undefined ? numberFact('int') : intFact(dimMul(dimProduct(a.dims), scalarTypeInfo(a.dtype).bytes)),
  ),
  // Not a known value: where the layout is not, the check must still find the question.
  ...rules(
    [
      'aten::is_contiguous(Tensor self) -> bool',
      'aten::is_contiguous.memory_format(Tensor self, MemoryFormat memory_format) -> bool',
      'aten::is_non_overlapping_and_dense(Tensor self) -> bool',
    ],
    () => numberFact('bool'),
  ),
  rule('aten::storage_offset(Tensor self) -> int', () => numberFact('int')),
  rule('aten::sym_storage_offset(Tensor self) -> SymInt', () => numberFact('int')),
  rule('aten::stride(Tensor self) -> int[]', strides),
  rule('aten::sym_stride(Tensor self) -> SymInt[]', strides),
  rule('aten::stride.int(Tensor self, int dim) -> int', stride),
  rule('aten::sym_stride.int(Tensor self, int dim) -> SymInt', stride),
]
