// dtype and shape of solutions, inverses, determinants and their factors. Answers to aten/src/ATen/native/BatchLinearAlgebra.cpp.

import { broadcast, dimMin, dimsEqual, type Dim, type Dims } from '../../ir/dim.ts'
import { realType } from '../complex-types.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { knownBool, same } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** The leading axes of a stack of matrices. */
export const leadOf = ({ dims }: Fact): Dims => dims?.slice(0, -2)
/** Leading axes and further ones. */
export const withTail = (lead: Dims, ...tail: Dim[]): Dims => (lead === undefined ? undefined : [...lead, ...tail])
export const rowsOf = ({ dims }: Fact): Dim => dims?.at(-2) ?? null
export const columnsOf = ({ dims }: Fact): Dim => dims?.at(-1) ?? null
export const sideOf = (fact: Fact): Dim => dimMin(rowsOf(fact), columnsOf(fact))

const info = (fact: Fact): Fact => tensorFact('int32', leadOf(fact))
const scalar = (fact: Fact): Fact => tensorFact(fact.dtype, leadOf(fact))
const size = (fact: Fact): Fact => tensorFact(realType(fact.dtype), leadOf(fact))
const pivots = (fact: Fact): Fact => tensorFact('int32', withTail(leadOf(fact), sideOf(fact)))

/** B with its leading axes broadcast against those of `a`. */
function spread(a: Fact, side: Fact): Fact {
  return tensorFact(side.dtype ?? a.dtype, withTail(broadcast(leadOf(a), leadOf(side)), rowsOf(side), columnsOf(side)))
}
/** As `spread`; a right side of rank 1, or of A's shape without its last axis, is vectors. */
function solution({ A, B }: { readonly A: Fact; readonly B: Fact }): Fact {
  const [a, side] = [A.dims, B.dims]
  if (a === undefined || side === undefined) return tensorFact(A.dtype, undefined)
  if (side.length === 1) return tensorFact(A.dtype, a.slice(0, -1))
  if (side.length === a.length - 1 && !side.some((dim, i) => dimsEqual(dim, a[i]!) === false)) return tensorFact(A.dtype, side)
  return spread(A, B)
}
const factors = (fact: Fact): readonly Fact[] => [same(fact), pivots(fact), info(fact)]
const lowerFactor = (fact: Fact): Fact => tensorFact(fact.dtype, withTail(leadOf(fact), rowsOf(fact), sideOf(fact)))
const upperFactor = (fact: Fact): Fact => tensorFact(fact.dtype, withTail(leadOf(fact), sideOf(fact), columnsOf(fact)))
const permutation = (fact: Fact): Fact => tensorFact(fact.dtype, withTail(leadOf(fact), rowsOf(fact), rowsOf(fact)))
const nothing = (fact: Fact): Fact => tensorFact(fact.dtype, [0])

export const linalgSolveRules: readonly Rule[] = [
  ...rules(['aten::det(Tensor self) -> Tensor', 'aten::logdet(Tensor self) -> Tensor'], ({ self }) => scalar(self)),
  rule('aten::linalg_det(Tensor A) -> Tensor', ({ A }) => scalar(A)),
  rule('aten::slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)', ({ self }) => [scalar(self), size(self)]),
  rule('aten::linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)', ({ A }) => [scalar(A), size(A)]),
  rule('aten::_linalg_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)', ({ A }) => [scalar(A), same(A), pivots(A)]),
  rule('aten::_linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)', ({ A }) => [
    scalar(A),
    size(A),
    same(A),
    pivots(A),
  ]),
  rule(
    'aten::_linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor LU, Tensor pivots, Tensor info)',
    (args) => [solution(args), same(args.A), pivots(args.A), info(args.A)],
  ),
  rule('aten::_linalg_check_errors(Tensor info, str api_name, *, bool is_matrix) -> ()', () => []),
  rule('aten::inverse(Tensor self) -> Tensor', ({ self }) => same(self)),
  rule('aten::linalg_inv(Tensor A) -> Tensor', ({ A }) => same(A)),
  rule('aten::linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)', ({ A }) => [same(A), info(A)]),
  rule('aten::linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor', solution),
  rule('aten::linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)', (args) => [
    solution(args),
    info(args.A),
  ]),
  rule('aten::linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)', ({ A }) => factors(A).slice(0, 2)),
  rule(
    'aten::linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor pivots, Tensor info)',
    ({ A }) => factors(A),
  ),
  rule('aten::_lu_with_info(Tensor self, bool pivot=True, bool check_errors=True) -> (Tensor LU, Tensor pivots, Tensor info)', ({ self }) =>
    factors(self),
  ),
  rule('aten::linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)', ({ A }) => [
    permutation(A),
    lowerFactor(A),
    upperFactor(A),
  ]),
  rule(
    'aten::lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)',
    ({ LU_data: data, unpack_data, unpack_pivots }) => {
      const [withData, withPivots] = [knownBool(unpack_data), knownBool(unpack_pivots)]
      const part = (wanted: boolean | undefined, fact: Fact): Fact =>
        wanted === undefined ? tensorFact(data.dtype, undefined) : wanted ? fact : nothing(data)
      return [part(withPivots, permutation(data)), part(withData, lowerFactor(data)), part(withData, upperFactor(data))]
    },
  ),
  rule('aten::linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor', ({ LU, B }) =>
    spread(LU, B),
  ),
  rule('aten::lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor', ({ self, LU_data }) => spread(LU_data, self)),
  rule(
    'aten::linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor',
    ({ self, B }) => spread(self, B),
  ),
  rule(
    'aten::triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)',
    ({ self, A }) => [spread(A, self), spread(self, A)],
  ),
  ...rules(
    ['aten::cholesky(Tensor self, bool upper=False) -> Tensor', 'aten::cholesky_inverse(Tensor self, bool upper=False) -> Tensor'],
    ({ self }) => same(self),
  ),
  rule('aten::linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor', ({ self }) => same(self)),
  rule('aten::linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)', ({ self }) => [
    same(self),
    info(self),
  ]),
  rule('aten::linalg_ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)', ({ self }) =>
    factors(self).slice(0, 2),
  ),
  rule(
    'aten::linalg_ldl_factor_ex(Tensor self, *, bool hermitian=False, bool check_errors=False) -> (Tensor LD, Tensor pivots, Tensor info)',
    ({ self }) => factors(self),
  ),
  rule('aten::linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor', ({ LD, B }) => spread(LD, B)),
  rule('aten::cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor', ({ self, input2 }) => spread(input2, self)),
  rule('aten::_cholesky_solve_helper(Tensor self, Tensor A, bool upper) -> Tensor', ({ self, A }) => spread(A, self)),
]
