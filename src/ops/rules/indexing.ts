// dtype and shape of reading and writing by index: index, gather, scatter, masks, positions.
// Answers to aten/src/ATen/native/TensorAdvancedIndexing.cpp.

import { broadcast, dimProduct, type Dim, type Dims } from '../../ir/dim.ts'
import { listFact, tensorFact, type Fact } from '../fact.ts'
import { dimOf, isNone, knownInt, same, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { along } from './slicing.ts'

const isMask = (index: Fact): boolean => index.dtype === 'bool' || index.dtype === 'uint8'

/** Shape of `self[indices]`: the index tensors' common shape in place of the indexed axes, or in front when these are apart. */
function indexed(self: Fact, indices: Fact): Fact {
  const dims = indexedDims(self.dims, indices.items)
  return tensorFact(self.dtype, dims, dims?.length === 0 || dims?.length === 1 ? pickedContent(self, indices.items!) : undefined)
}

function indexedDims(dims: Dims, indices: readonly Fact[] | undefined): Dims {
  if (dims === undefined || indices === undefined) return undefined
  const axes: number[] = []
  const shapes: Dims[] = []
  let axis = 0
  for (const index of indices) {
    if (isNone(index)) axis++
    else if (index.dtype === undefined || index.dims === undefined) return undefined
    else if (isMask(index)) {
      if (index.dims.length === 0) return undefined
      for (let i = 0; i < index.dims.length; i++) axes.push(axis++)
      shapes.push([null])
    } else {
      axes.push(axis++)
      shapes.push(index.dims)
    }
  }
  if (axes.length === 0) return dims
  const common = broadcast(...shapes)
  if (common === undefined) return undefined
  const others = dims.map((dim, i) => ({ dim, i })).filter(({ i }) => !axes.includes(i))
  const inPlace = axes.every((a, i) => i === 0 || a === axes[i - 1]! + 1)
  const before = inPlace ? others.filter(({ i }) => i < axes[0]!) : []
  const after = inPlace ? others.filter(({ i }) => i > axes[0]!) : others
  return [...before.map(({ dim }) => dim), ...common, ...after.map(({ dim }) => dim)]
}

/** Shape tensors are indexed too: `shape[tensor(1)]`. */
function pickedContent({ dims, content }: Fact, indices: readonly Fact[]): readonly Dim[] | undefined {
  const [index] = indices
  if (dims?.length !== 1 || content === undefined || indices.length !== 1 || index?.content === undefined || isMask(index)) return undefined
  return index.content.map((i) => (typeof i === 'number' ? (content.at(i) ?? null) : null))
}

function selectedRows(self: Fact, dim: Fact, index: Fact): Fact {
  const { dims } = self
  if (dims === undefined) return tensorFact(self.dtype, undefined)
  const count = index.dims?.length === 0 ? 1 : (index.dims?.[0] ?? null)
  const content =
    dims.length === 1 && self.content !== undefined
      ? index.content?.map((i) => (typeof i === 'number' ? (self.content![i] ?? null) : null))
      : undefined
  return tensorFact(self.dtype, along(dims, wrapAxis(knownInt(dim), dims.length), count), content)
}

function takenAlong(self: Fact, indices: Fact, dim: Fact): Fact {
  if (isNone(dim)) return tensorFact(self.dtype, [indices.dims === undefined ? null : dimProduct(indices.dims)])
  const { dims } = self
  const axis = dims === undefined ? undefined : wrapAxis(knownInt(dim), dims.length)
  if (dims === undefined || indices.dims?.length !== dims.length || axis === undefined) return tensorFact(self.dtype, undefined)
  const others = broadcast(along(dims, axis, 1), along(indices.dims, axis, 1))
  return tensorFact(self.dtype, along(others, axis, indices.dims[axis]!))
}

const rankOf = (self: Fact): number | null => self.dims?.length ?? null
const columns = (self: Fact): Fact =>
  self.dims === undefined
    ? { element: tensorFact('int64', [null]) }
    : listFact(Array.from({ length: Math.max(1, self.dims.length) }, () => tensorFact('int64', [null])))

export const indexingRules: readonly Rule[] = [
  ...rules(
    [
      'aten::index.Tensor(Tensor self, Tensor?[] indices) -> Tensor',
      'aten::_unsafe_index.Tensor(Tensor self, Tensor?[] indices) -> Tensor',
      'aten::index.Tensor_hacked_twin(Tensor self, Tensor[] indices) -> Tensor',
      'aten::_unsafe_index.Tensor_hacked_twin(Tensor self, Tensor[] indices) -> Tensor',
    ],
    ({ self, indices }) => indexed(self, indices),
  ),
  // Writes keep dtype and shape.
  ...rules(
    [
      'aten::index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor',
      'aten::_unsafe_index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor',
      'aten::_index_put_impl(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False, bool unsafe=False) -> Tensor',
      'aten::index_put.hacked_twin(Tensor self, Tensor[] indices, Tensor values, bool accumulate=False) -> Tensor',
      'aten::_unsafe_index_put.hacked_twin(Tensor self, Tensor[] indices, Tensor values, bool accumulate=False) -> Tensor',
      'aten::put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor',
      'aten::index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor',
      'aten::index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor',
      'aten::index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor',
      'aten::index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor',
      'aten::index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor',
      'aten::scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor',
      'aten::scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor',
      'aten::scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor',
      'aten::scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor',
      'aten::scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor',
      'aten::scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor',
    ],
    ({ self }) => same(self),
  ),
  rule('aten::masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor', ({ self, mask }) =>
    tensorFact(self.dtype, broadcast(self.dims, mask.dims)),
  ),
  ...rules(
    [
      'aten::gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor',
      'aten::take(Tensor self, Tensor index) -> Tensor',
    ],
    ({ self, index }) => tensorFact(self.dtype, index.dims),
  ),
  rule('aten::take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor', ({ self, indices, dim }) =>
    takenAlong(self, indices, dim),
  ),
  rule('aten::index_select(Tensor self, int dim, Tensor index) -> Tensor', ({ self, dim, index }) => selectedRows(self, dim, index)),
  rule('aten::masked_select(Tensor self, Tensor mask) -> Tensor', ({ self }) => tensorFact(self.dtype, [null])),
  ...rules(['aten::nonzero(Tensor self) -> Tensor', 'aten::argwhere(Tensor self) -> Tensor'], ({ self }) =>
    tensorFact('int64', [null, rankOf(self)]),
  ),
  rule('aten::nonzero_static(Tensor self, *, SymInt size, int fill_value=-1) -> Tensor', ({ self, size }) =>
    tensorFact('int64', [dimOf(size), rankOf(self)]),
  ),
  rule('aten::nonzero_numpy(Tensor self) -> Tensor[]', ({ self }) => columns(self)),
  rule('aten::where(Tensor condition) -> Tensor[]', ({ condition }) => columns(condition)),
]
