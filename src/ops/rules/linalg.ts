// dtype and shape of products and other linear algebra. Answers to aten/src/ATen/native/LinearAlgebra.cpp, Linear.cpp, Distance.cpp.

import { broadcast, dimMul, type Dim, type Dims } from '../../ir/dim.ts'
import { isFloatingPoint, isComplex, type ScalarType } from '../../ir/scalar-type.ts'
import { einsumRanks, parseEinsum } from '../einsum.ts'
import { tensorFact, unknown, type Fact } from '../fact.ts'
import { isNone, knownBool, knownInt, knownInts, promoted, same, wrapAxis, toFloat } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** numpy's matmul: 1-d operands lend an axis and lose it again. */
export function matmulDims(a: Dims, b: Dims): Dims {
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return undefined
  const rows = a.length === 1 ? [] : [a.at(-2)!]
  const columns = b.length === 1 ? [] : [b.at(-1)!]
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2))
  return batch === undefined ? undefined : [...batch, ...rows, ...columns]
}
const matmul = (a: Fact, b: Fact): Fact => tensorFact(a.dtype ?? b.dtype, matmulDims(a.dims, b.dims))
const knownRank = (rank: number): Dims => Array.from({ length: rank }, () => null)
const first = (fact: Fact): Dim => fact.dims?.[0] ?? null
const without = (dims: Dims, axis: number | undefined): Dims =>
  axis === undefined ? dims?.slice(1).map(() => null) : dims?.filter((_, i) => i !== axis)

function linear({ input, weight }: { readonly input: Fact; readonly weight: Fact }): Fact {
  if (input.dims === undefined || weight.dims === undefined) return tensorFact(input.dtype, undefined)
  return tensorFact(input.dtype, [...input.dims.slice(0, -1), ...(weight.dims.length === 1 ? [] : [weight.dims[0]!])])
}

/** x1 [..., P, M], x2 [..., R, M] → [..., P, R]. */
function distances({ x1, x2 }: { readonly x1: Fact; readonly x2: Fact }): Fact {
  const [a, b] = [x1.dims, x2.dims]
  if (a === undefined || b === undefined) return tensorFact(x1.dtype, undefined)
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2))
  return tensorFact(promoted(x1, x2), batch === undefined ? undefined : [...batch, a.at(-2) ?? null, b.at(-1 - 1) ?? null])
}

/** Whether an equation of one operand has a label that the result lacks. */
function sumsUp(equation: string): boolean {
  const [left, right] = equation.replaceAll(' ', '').split('->')
  return right === undefined ? /([a-z]).*\1/i.test(left!) : /[a-z]/i.test([...left!].filter((label) => !right.includes(label)).join(''))
}
function einsum(equation: Fact, tensors: Fact): Fact {
  const { items } = tensors
  const own = items?.[0]?.dtype
  // What is summed on its own becomes int64; a product of two keeps its dtype.
  const alone = items?.length === 1 && typeof equation.value === 'string' && sumsUp(equation.value)
  const dtype = alone ? integerSum(own) : own
  if (items === undefined || typeof equation.value !== 'string') return tensorFact(dtype, undefined)
  const ranks = einsumRanks(
    equation.value,
    items.map((item) => item.dims?.length),
  )
  const parsed = ranks === undefined ? undefined : parseEinsum(equation.value, ranks)
  if (parsed === undefined) return tensorFact(dtype, undefined)
  const extents = new Map<string, Dims>()
  for (const [i, labels] of parsed.inputs.entries())
    for (const [axis, label] of [...labels].entries())
      extents.set(label, broadcast(extents.get(label) ?? [1], [items[i]!.dims?.[axis] ?? null]))
  return tensorFact(
    dtype,
    [...parsed.output].map((label) => extents.get(label)?.[0] ?? null),
  )
}

const integerSum = (dtype: ScalarType | undefined): ScalarType | undefined =>
  dtype === undefined || isFloatingPoint(dtype) || isComplex(dtype) ? dtype : 'int64'

export const linalgRules: readonly Rule[] = [
  ...rules(
    ['aten::matmul(Tensor self, Tensor other) -> Tensor', 'aten::linalg_matmul(Tensor self, Tensor other) -> Tensor'],
    ({ self, other }) => matmul(self, other),
  ),
  ...rules(['aten::mm(Tensor self, Tensor mat2) -> Tensor', 'aten::bmm(Tensor self, Tensor mat2) -> Tensor'], ({ self, mat2 }) =>
    matmul(self, mat2),
  ),
  rule('aten::mv(Tensor self, Tensor vec) -> Tensor', ({ self }) => tensorFact(self.dtype, [first(self)])),
  rule('aten::dot(Tensor self, Tensor tensor) -> Tensor', ({ self }) => tensorFact(self.dtype, [])),
  rule('aten::vdot(Tensor self, Tensor other) -> Tensor', ({ self }) => tensorFact(self.dtype, [])),
  ...rules(['aten::outer(Tensor self, Tensor vec2) -> Tensor', 'aten::ger(Tensor self, Tensor vec2) -> Tensor'], ({ self, vec2 }) =>
    tensorFact(promoted(self, vec2), [first(self), first(vec2)]),
  ),
  rule('aten::inner(Tensor self, Tensor other) -> Tensor', ({ self, other }) => {
    const [a, b] = [self.dims, other.dims]
    if (a === undefined || b === undefined) return tensorFact(self.dtype, undefined)
    return tensorFact(promoted(self, other), a.length === 0 || b.length === 0 ? [...a, ...b] : [...a.slice(0, -1), ...b.slice(0, -1)])
  }),
  rule('aten::linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor', ({ x, y, dim }) => {
    const dims = broadcast(x.dims, y.dims)
    return tensorFact(promoted(x, y), without(dims, wrapAxis(knownInt(dim), dims?.length ?? 0)))
  }),
  rule('aten::addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor', ({ mat1, mat2 }) =>
    matmul(mat1, mat2),
  ),
  rule('aten::addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor', ({ mat }) =>
    tensorFact(mat.dtype, [first(mat)]),
  ),
  rule('aten::addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor', ({ self, vec1, vec2 }) =>
    tensorFact(promoted(self, vec1, vec2), [first(vec1), first(vec2)]),
  ),
  rule('aten::baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor', ({ batch1, batch2 }) =>
    matmul(batch1, batch2),
  ),
  rule('aten::addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor', ({ batch1, batch2 }) =>
    tensorFact(batch1.dtype, matmulDims(batch1.dims, batch2.dims)?.slice(1) ?? knownRank(2)),
  ),
  rule(
    'aten::_trilinear(Tensor i1, Tensor i2, Tensor i3, int[] expand1, int[] expand2, int[] expand3, int[] sumdim, int unroll_dim=1) -> Tensor',
    ({ i1, i2, i3 }) => tensorFact(promoted(i1, i2, i3), undefined),
  ),
  rule('aten::linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor', linear),
  rule('aten::bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor', ({ input1, weight }) =>
    tensorFact(input1.dtype, input1.dims === undefined ? undefined : [...input1.dims.slice(0, -1), first(weight)]),
  ),
  rule('aten::einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor', ({ equation, tensors }) => einsum(equation, tensors)),
  rule(
    'aten::tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor',
    ({ self, other, dims_self, dims_other }) => {
      const rest = ({ dims }: Fact, gone: readonly number[] | undefined): Dims =>
        dims === undefined || gone === undefined
          ? undefined
          : dims.filter((_, i) => !gone.some((axis) => wrapAxis(axis, dims.length) === i))
      const [a, b] = [rest(self, knownInts(dims_self)), rest(other, knownInts(dims_other))]
      return tensorFact(self.dtype, a === undefined || b === undefined ? undefined : [...a, ...b])
    },
  ),
  rule('aten::chain_matmul(Tensor[] matrices) -> Tensor', ({ matrices }) => chain(matrices)),
  rule('aten::linalg_multi_dot(Tensor[] tensors) -> Tensor', ({ tensors }) => chain(tensors)),
  rule('aten::cross(Tensor self, Tensor other, int? dim=None) -> Tensor', ({ self, other }) =>
    tensorFact(promoted(self, other), broadcast(self.dims, other.dims)),
  ),
  rule('aten::linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor', ({ self, other }) =>
    tensorFact(promoted(self, other), broadcast(self.dims, other.dims)),
  ),
  rule('aten::kron(Tensor self, Tensor other) -> Tensor', ({ self, other }) => {
    const [a, b] = [self.dims, other.dims]
    if (a === undefined || b === undefined) return tensorFact(promoted(self, other), undefined)
    const rank = Math.max(a.length, b.length)
    const at = (dims: readonly Dim[], i: number): Dim => (i < rank - dims.length ? 1 : dims[i - rank + dims.length]!)
    return tensorFact(
      promoted(self, other),
      Array.from({ length: rank }, (_, i) => dimMul(at(a, i), at(b, i))),
    )
  }),
  ...rules(['aten::matrix_power(Tensor self, int n) -> Tensor', 'aten::linalg_matrix_power(Tensor self, int n) -> Tensor'], ({ self }) =>
    same(self),
  ),
  rule('aten::trace(Tensor self) -> Tensor', ({ self }) => tensorFact(integerSum(self.dtype), [])),
  rule('aten::cdist(Tensor x1, Tensor x2, float p=2., int? compute_mode=None) -> Tensor', distances),
  rule('aten::_cdist_forward(Tensor x1, Tensor x2, float p, int? compute_mode) -> Tensor', distances),
  rule('aten::_euclidean_dist(Tensor x1, Tensor x2) -> Tensor', distances),
  rule('aten::cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor', ({ x1, x2, dim }) => {
    const dims = broadcast(x1.dims, x2.dims)
    return tensorFact(promoted(x1, x2), without(dims, wrapAxis(knownInt(dim), dims?.length ?? 0)))
  }),
  rule(
    'aten::pairwise_distance(Tensor x1, Tensor x2, float p=2., float eps=9.9999999999999995e-07, bool keepdim=False) -> Tensor',
    ({ x1, x2, keepdim }) => {
      const dims = broadcast(x1.dims, x2.dims)
      const keep = knownBool(keepdim)
      return tensorFact(
        toFloat(promoted(x1, x2)),
        dims === undefined || keep === undefined ? undefined : [...dims.slice(0, -1), ...(keep ? [1] : [])],
      )
    },
  ),
]

function chain(list: Fact): Fact {
  const { items } = list
  if (items === undefined || items.length === 0) return isNone(list) ? unknown : (list.element ?? unknown)
  return items.slice(1).reduce((product, item) => matmul(product, item), items[0]!)
}
