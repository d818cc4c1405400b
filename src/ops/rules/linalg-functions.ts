// dtype and shape of functions of matrices and vectors. Answers to aten/src/ATen/native/LinearAlgebra.cpp and Correlation.cpp.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import type { Dim, Dims } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimOf, isNone, knownInt, knownInts, promoted, same, toFloat, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** Integers become int64. */
const wide = (dtype: ScalarType | undefined): ScalarType | undefined => (dtype === undefined || isFloatingPoint(dtype) ? dtype : 'int64')

/** [n, n], without its axes where n is 1. */
function square(self: Fact, dtype: ScalarType | undefined): Fact {
  const { dims } = self
  if (dims === undefined) return tensorFact(dtype, undefined)
  const n: Dim = dims.length < 2 ? 1 : dims[0]!
  return tensorFact(dtype, n === 1 ? [] : typeof n === 'number' ? [n, n] : undefined)
}
const vander = ({ x, N }: { readonly x: Fact; readonly N: Fact }): Fact =>
  tensorFact(wide(x.dtype), x.dims === undefined ? undefined : [...x.dims, isNone(N) ? x.dims.at(-1)! : dimOf(N)])

/** The extents of A that are B's unknowns: those behind B's rank, after `dims` went to the end. */
function unknowns(self: Fact, other: Fact, given: Fact): Dims {
  const { dims } = self
  const rank = other.dims?.length
  const moved = isNone(given) ? [] : knownInts(given)
  if (dims === undefined || rank === undefined || moved === undefined) return undefined
  const last = moved.map((axis) => wrapAxis(axis, dims.length))
  return [...dims.filter((_, i) => !last.includes(i)), ...last.map((axis) => (axis === undefined ? null : dims[axis]!))].slice(rank)
}

export const linalgFunctionRules: readonly Rule[] = [
  ...rules(['aten::matrix_exp(Tensor self) -> Tensor', 'aten::linalg_matrix_exp(Tensor self) -> Tensor'], ({ self }) => same(self)),
  rule('aten::vander(Tensor x, int? N=None, bool increasing=False) -> Tensor', vander),
  rule('aten::linalg_vander(Tensor x, *, SymInt? N=None) -> Tensor', ({ x, N }) =>
    vander({ x: x.dims?.length === 0 ? tensorFact(x.dtype, [1]) : x, N }),
  ),
  rule('aten::cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor', ({ self, aweights }) => {
    const dtype = isNone(aweights) ? toFloat(self.dtype) : promoted(tensorFact(toFloat(self.dtype), self.dims), aweights)
    return square(self, dtype)
  }),
  rule('aten::corrcoef(Tensor self) -> Tensor', ({ self }) => square(self, toFloat(self.dtype))),
  rule('aten::linalg_tensorinv(Tensor self, int ind=2) -> Tensor', ({ self, ind }) => {
    const at = knownInt(ind)
    const { dims } = self
    return tensorFact(self.dtype, dims === undefined || at === undefined ? undefined : [...dims.slice(at), ...dims.slice(0, at)])
  }),
  rule('aten::linalg_tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor', ({ self, other, dims }) =>
    tensorFact(self.dtype, unknowns(self, other, dims)),
  ),
]
