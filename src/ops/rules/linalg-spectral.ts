// dtype and shape of QR factors, eigenvalues, singular values, and what is made of them. Answers to aten/src/ATen/native/BatchLinearAlgebra.cpp.

import { broadcast, dimsEqual, type Dim, type Dims } from '../../ir/dim.ts'
import { complexOf, realType } from '../complex-types.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { isNone, knownBool, knownInts, same, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { columnsOf, leadOf, rowsOf, sideOf, withTail } from './linalg-solve.ts'

const matrix = (fact: Fact, rows: Dim, columns: Dim): Fact => tensorFact(fact.dtype, withTail(leadOf(fact), rows, columns))
const nothing = (fact: Fact): Fact => tensorFact(fact.dtype, [0])
/** min(m, n) real ones per matrix. */
const values = (fact: Fact): Fact => tensorFact(realType(fact.dtype), withTail(leadOf(fact), sideOf(fact)))
const swapped = (fact: Fact): Fact => matrix(fact, columnsOf(fact), rowsOf(fact))

function qr(a: Fact, mode: 'reduced' | 'complete' | 'r' | undefined): readonly Fact[] {
  if (mode === undefined) return [tensorFact(a.dtype, undefined), tensorFact(a.dtype, leadOf(a) && [...leadOf(a)!, null, columnsOf(a)])]
  const side = mode === 'complete' ? rowsOf(a) : sideOf(a)
  return [mode === 'r' ? nothing(a) : matrix(a, rowsOf(a), side), matrix(a, side, columnsOf(a))]
}
const modeOf = ({ value }: Fact) => (value === 'reduced' || value === 'complete' || value === 'r' ? value : undefined)

function svd(a: Fact, full: boolean | undefined): readonly Fact[] {
  if (full === undefined) return [matrix(a, rowsOf(a), null), values(a), matrix(a, null, columnsOf(a))]
  return [matrix(a, rowsOf(a), full ? rowsOf(a) : sideOf(a)), values(a), matrix(a, full ? columnsOf(a) : sideOf(a), columnsOf(a))]
}

function nuclear({ self, dim, keepdim }: { readonly self: Fact; readonly dim?: Fact; readonly keepdim: Fact }): Fact {
  const { dims, dtype } = self
  const axes = dim === undefined ? [0, 1] : knownInts(dim)
  const keep = knownBool(keepdim)
  if (dims === undefined || axes === undefined || keep === undefined) return tensorFact(dtype, undefined)
  const gone = new Set(axes.map((axis) => wrapAxis(axis, dims.length)))
  return tensorFact(dtype, keep ? dims.map((d, i) => (gone.has(i) ? 1 : d)) : dims.filter((_, i) => !gone.has(i)))
}
/** Tolerances of several extents make several ranks. */
function matrixRank(input: Fact, ...tolerances: readonly Fact[]): Fact {
  const given = tolerances.filter((fact) => !isNone(fact))
  return tensorFact('int64', broadcast(leadOf(input), ...given.map(({ dims }) => dims)))
}

function leastSquares({ self, b, driver }: { readonly self: Fact; readonly b: Fact; readonly driver: Fact }): readonly Fact[] {
  const [a, side] = [self.dims, b.dims]
  const isVector =
    a !== undefined &&
    side !== undefined &&
    (side.length === 1 || (side.length === a.length - 1 && !side.some((d, i) => dimsEqual(d, a[i]!) === false)))
  const lead = broadcast(leadOf(self), isVector ? leadOf(self) : leadOf(b))
  const solution = isVector
    ? withTail(lead, columnsOf(self))
    : side === undefined
      ? undefined
      : withTail(lead, columnsOf(self), columnsOf(b))
  const kind = isNone(driver) ? 'gelsy' : driver.value
  const [rows, columns] = [rowsOf(self), columnsOf(self)]
  const short = typeof rows === 'number' && typeof columns === 'number' && rows <= columns
  const one = (wanted: boolean, dims: Dims): Dims => (typeof kind === 'string' ? (wanted ? dims : [0]) : undefined)
  return [
    tensorFact(self.dtype, solution),
    tensorFact(self.dtype, kind === 'gelsy' || short ? [0] : undefined),
    tensorFact('int64', one(kind !== 'gels', leadOf(self))),
    tensorFact(self.dtype, one(kind === 'gelsd' || kind === 'gelss', withTail(leadOf(self), sideOf(self)))),
  ]
}

/** Complex, whatever the matrix is. */
const complexValues = (self: Fact): Fact => tensorFact(complexOf(self.dtype), withTail(leadOf(self), columnsOf(self)))

export const linalgSpectralRules: readonly Rule[] = [
  rule('aten::linalg_eig(Tensor self) -> (Tensor eigenvalues, Tensor eigenvectors)', ({ self }) => [
    complexValues(self),
    tensorFact(complexOf(self.dtype), self.dims),
  ]),
  ...rules(['aten::linalg_eigvals(Tensor self) -> Tensor', 'aten::_linalg_eigvals(Tensor self) -> Tensor'], ({ self }) =>
    complexValues(self),
  ),
  rule('functional::_linalg_eig(Tensor re, Tensor? im, bool vectors) -> (Tensor, Tensor, Tensor, Tensor)', ({ re }) => {
    const values = tensorFact(re.dtype, withTail(leadOf(re), columnsOf(re)))
    return [values, values, same(re), same(re)]
  }),
  rule('aten::linalg_qr(Tensor A, str mode="reduced") -> (Tensor Q, Tensor R)', ({ A, mode }) => qr(A, modeOf(mode))),
  rule('aten::qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)', ({ self, some }) => {
    const reduced = knownBool(some)
    return qr(self, reduced === undefined ? undefined : reduced ? 'reduced' : 'complete')
  }),
  rule('aten::geqrf(Tensor self) -> (Tensor a, Tensor tau)', ({ self }) => [same(self), tensorFact(self.dtype, values(self).dims)]),
  rule('aten::linalg_householder_product(Tensor input, Tensor tau) -> Tensor', ({ input }) => same(input)),
  rule('aten::orgqr(Tensor self, Tensor input2) -> Tensor', ({ self }) => same(self)),
  rule('aten::ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor', ({ input3 }) =>
    same(input3),
  ),
  rule('aten::linalg_eigh(Tensor self, str UPLO="L") -> (Tensor eigenvalues, Tensor eigenvectors)', ({ self }) => [
    tensorFact(realType(self.dtype), withTail(leadOf(self), columnsOf(self))),
    same(self),
  ]),
  rule('aten::linalg_eigvalsh(Tensor self, str UPLO="L") -> Tensor', ({ self }) =>
    tensorFact(realType(self.dtype), withTail(leadOf(self), columnsOf(self))),
  ),
  rule(
    'aten::linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)',
    ({ A, full_matrices }) => svd(A, knownBool(full_matrices)),
  ),
  rule(
    'aten::_linalg_svd(Tensor A, bool full_matrices=False, bool compute_uv=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)',
    ({ A, full_matrices, compute_uv }) => {
      const vectors = knownBool(compute_uv)
      if (vectors === undefined) return [tensorFact(A.dtype, undefined), values(A), tensorFact(A.dtype, undefined)]
      return vectors ? svd(A, knownBool(full_matrices)) : [nothing(A), values(A), nothing(A)]
    },
  ),
  rule(
    'aten::_linalg_eigh(Tensor A, str UPLO="L", bool compute_v=True) -> (Tensor eigenvalues, Tensor eigenvectors)',
    ({ A, compute_v }) => {
      const vectors = knownBool(compute_v)
      return [
        tensorFact(realType(A.dtype), withTail(leadOf(A), columnsOf(A))),
        vectors === undefined ? tensorFact(A.dtype, undefined) : vectors ? same(A) : nothing(A),
      ]
    },
  ),
  rule('aten::linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor', ({ A }) => values(A)),
  rule('aten::svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)', ({ self, some, compute_uv }) => {
    const [reduced, vectors] = [knownBool(some), knownBool(compute_uv)]
    const [u, s, vh] = svd(self, vectors === undefined || reduced === undefined ? undefined : !vectors || !reduced)
    return [u!, s!, vectors === undefined || reduced === undefined ? matrix(self, columnsOf(self), null) : swapped(vh!)]
  }),
  rule('aten::nuclear_norm(Tensor self, bool keepdim=False) -> Tensor', nuclear),
  rule('aten::nuclear_norm.dim(Tensor self, int[2] dim, bool keepdim=False) -> Tensor', nuclear),
  ...rules(
    ['aten::linalg_cond(Tensor self, Scalar? p=None) -> Tensor', 'aten::linalg_cond.p_str(Tensor self, str p) -> Tensor'],
    ({ self }) => tensorFact(self.dtype, leadOf(self)),
  ),
  rule('aten::linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor', ({ self }) => matrixRank(self)),
  rule('aten::linalg_matrix_rank.tol_tensor(Tensor input, Tensor tol, bool hermitian=False) -> Tensor', ({ input, tol }) =>
    matrixRank(input, tol),
  ),
  rule(
    'aten::linalg_matrix_rank.atol_rtol_tensor(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor',
    ({ input, atol, rtol }) => matrixRank(input, atol, rtol),
  ),
  rule(
    'aten::linalg_matrix_rank.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor',
    ({ self }) => matrixRank(self),
  ),
  ...rules(
    [
      'aten::linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor',
      'aten::linalg_pinv.rcond_tensor(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor',
      'aten::linalg_pinv.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor',
      'aten::linalg_pinv.atol_rtol_tensor(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor',
      'aten::pinverse(Tensor self, float rcond=1.0000000000000001e-15) -> Tensor',
    ],
    ({ self }) => swapped(self),
  ),
  rule(
    'aten::linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)',
    leastSquares,
  ),
]
