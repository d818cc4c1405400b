// Rows over eigenvalues and singular values: eigh, svd, nuclear norm, rank, condition, pseudo-inverse, least squares.
// Answers to aten/src/ATen/native/BatchLinearAlgebra.cpp and LinearAlgebra.cpp. Eigenvectors and singular vectors may have torch's sign or the other.

import type { OnnxBuilder } from '../builder.ts'
import { rankOf, type OnnxValue } from '../operand.ts'
import { intOp, known } from './int-math.ts'
import { leadOf, Matrices } from './linalg-matrices.ts'
import { inverse, rightSide } from './linalg-solve.ts'
import { condition, eigh, fullSvd, matrixRank, pseudoInverse, singularValues, spectralNorm } from './linalg-spectral.ts'
import { matrixNorm } from './reduction.ts'
import { lower, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

type Out = readonly ResultInfo[]

const zero = { kind: 'constant', value: 0 } as const
const optional = <T>(value: T | undefined, fallback: T): T => value ?? fallback

/** ‖A‖·‖A⁻¹‖, infinite where A has no inverse; from singular values for ±2 and 'nuc'. */
function cond(b: OnnxBuilder, a: OnnxValue, ord: number | string, out: Out): OnnxValue {
  if (ord === 2 || ord === -2 || ord === 'nuc') return condition(b, a, ord)
  const m = new Matrices(b)
  const [x, info] = inverse(b, a)
  const norm = (value: OnnxValue): OnnxValue => matrixNorm(b, { ...value, dims: a.dims }, ord, [-2, -1], false, out)
  return m.where(m.equal(info!, 0), m.mul(norm(a), norm(x!)), Infinity)
}

const DRIVERS = ['gels', 'gelsy', 'gelsd', 'gelss']

/** argmin ‖A·X − B‖ of least norm, with what the driver tells besides: residuals, rank, singular values. */
function leastSquares(
  b: OnnxBuilder,
  a: OnnxValue,
  side: OnnxValue,
  given: ScalarArgument,
  driver: string,
  out: Out,
): readonly OnnxValue[] {
  if (!DRIVERS.includes(driver)) throw new UnmetNeed('driver', `one of ${DRIVERS.join(', ')}, found '${driver}'`)
  const m = new Matrices(b)
  const rank = rankOf(a)!
  const { x, isVector } = rightSide(m, a, side)
  // gels takes the matrix to have full rank.
  const tolerances = driver === 'gels' ? { rtol: zero } : { atol: zero, rtol: given ?? machine(m, a) }
  const [wideA, wideX] = [b.cast(a, 'float64'), b.cast(x, 'float64')]
  const solution = m.matmul(pseudoInverse(b, wideA, false, tolerances), wideX)
  const ranks = matrixRank(b, wideA, false, tolerances)
  const none = (dtype: OnnxValue['dtype'], i: number): OnnxValue => ({ ...b.elements(dtype, [0], []), dims: out[i]?.dims })
  const [rows, columns] = [m.size(a, rank - 2), m.size(a, rank - 1)]
  const residuals = (): OnnxValue => {
    const [p, q] = [known(rows), known(columns)]
    if (driver === 'gelsy' || (p !== undefined && q !== undefined && p <= q)) return none(a.dtype, 1)
    const error = m.square(m.sub(m.matmul(wideA, solution), wideX))
    const sums = b.cast(b.op('ReduceSum', [error, b.ints([rank - 2])], { keepdims: 0, noop_with_empty_axes: 0 }), a.dtype)
    const tall = m.greater(b.number(rows, 'int64'), b.number(columns, 'int64'))
    const missing = b.op('ReduceSum', [m.cast(m.not(m.equal(ranks, b.number(columns, 'int64'))), 'int64')], {
      keepdims: 0,
      noop_with_empty_axes: 0,
    })
    return m.choose(driver === 'gels' ? tall : m.and(tall, m.equal(missing, 0)), sums, none(a.dtype, 1))
  }
  const result = b.cast(solution, a.dtype)
  return [
    isVector ? b.op('Squeeze', [result, b.ints([-1])]) : result,
    residuals(),
    driver === 'gels' ? none('int64', 2) : ranks,
    driver === 'gelsd' || driver === 'gelss' ? singularValues(b, a) : none(a.dtype, 3),
  ]
}
type ScalarArgument = Parameters<OnnxBuilder['number']>[0] | undefined

/** ε·max(m, n) of the matrix's own dtype. */
function machine(m: Matrices, a: OnnxValue): OnnxValue {
  const side = m.b.number(intOp(m.b, 'Max', m.size(a, -2), m.size(a, -1)), 'int64')
  return m.mul(m.cast(side, 'float64'), a.dtype === 'float64' ? 2 ** -52 : 2 ** -23)
}

export const linalgSvdLowerings: readonly LoweringRow[] = [
  lower('aten::linalg_eigh(Tensor self, str UPLO="L") -> (Tensor eigenvalues, Tensor eigenvectors)', ({ self, UPLO }, b) =>
    eigh(b, self, UPLO),
  ),
  lower('aten::linalg_eigvalsh(Tensor self, str UPLO="L") -> Tensor', ({ self, UPLO }, b) => eigh(b, self, UPLO)[0]),
  lower(
    'aten::linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)',
    ({ A, full_matrices: full }, b) => fullSvd(b, A, full),
  ),
  lower(
    'aten::_linalg_svd(Tensor A, bool full_matrices=False, bool compute_uv=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)',
    ({ A, full_matrices: full, compute_uv }, b) => {
      if (compute_uv) return fullSvd(b, A, full)
      const none = b.elements(A.dtype, [0], [])
      return [none, singularValues(b, A), none]
    },
  ),
  lower(
    'aten::_linalg_eigh(Tensor A, str UPLO="L", bool compute_v=True) -> (Tensor eigenvalues, Tensor eigenvectors)',
    ({ A, UPLO, compute_v }, b) => {
      const [values, vectors] = eigh(b, A, UPLO)
      return [values, compute_v ? vectors : b.elements(A.dtype, [0], [])]
    },
  ),
  lower('aten::linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor', ({ A }, b) => singularValues(b, A)),
  lower(
    'aten::svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)',
    ({ self, some, compute_uv }, b) => {
      if (compute_uv) return fullSvd(b, self, !some, true)
      // Without vectors torch gives zeros of their full shapes.
      const m = new Matrices(b)
      const zeros = (axis: number): OnnxValue => {
        const size = m.vector([m.size(self, axis)])
        return b.op('Expand', [b.scalar(self.dtype, 0), m.concat([leadOf(m, self), size, size], 0)])
      }
      return [zeros(-2), singularValues(b, self), zeros(-1)]
    },
  ),
  lower('aten::nuclear_norm(Tensor self, bool keepdim=False) -> Tensor', ({ self, keepdim }, b) =>
    spectralNorm(b, self, 'nuc', [0, 1], keepdim),
  ),
  lower(
    'aten::nuclear_norm.dim(Tensor self, int[2] dim, bool keepdim=False) -> Tensor',
    { constant: ['dim'] },
    ({ self, dim, keepdim }, b) => spectralNorm(b, self, 'nuc', dim, keepdim),
  ),
  lower('aten::linalg_cond(Tensor self, Scalar? p=None) -> Tensor', { constant: ['p'] }, ({ self, p }, b, out) =>
    cond(b, self, p ?? 2, out),
  ),
  lower('aten::linalg_cond.p_str(Tensor self, str p) -> Tensor', ({ self, p }, b, out) => cond(b, self, p, out)),
  lower('aten::linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor', ({ self, tol, hermitian }, b) =>
    matrixRank(b, self, hermitian, { atol: tol, rtol: zero }),
  ),
  lower(
    'aten::linalg_matrix_rank.tol_tensor(Tensor input, Tensor tol, bool hermitian=False) -> Tensor',
    { rank: ['tol'] },
    ({ input, tol, hermitian }, b) => matrixRank(b, input, hermitian, { atol: tol, rtol: zero }),
  ),
  lower(
    'aten::linalg_matrix_rank.atol_rtol_tensor(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor',
    { rank: ['atol', 'rtol'] },
    ({ input, atol, rtol, hermitian }, b) => matrixRank(b, input, hermitian, { atol, rtol }),
  ),
  lower(
    'aten::linalg_matrix_rank.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor',
    ({ self, atol, rtol, hermitian }, b) => matrixRank(b, self, hermitian, { atol, rtol }),
  ),
  lower('aten::linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor', ({ self, rcond, hermitian }, b) =>
    pseudoInverse(b, self, hermitian, { atol: zero, rtol: rcond }),
  ),
  lower(
    'aten::linalg_pinv.rcond_tensor(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor',
    { rank: ['rcond'] },
    ({ self, rcond, hermitian }, b) => pseudoInverse(b, self, hermitian, { atol: zero, rtol: rcond }),
  ),
  lower(
    'aten::linalg_pinv.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor',
    ({ self, atol, rtol, hermitian }, b) => pseudoInverse(b, self, hermitian, { atol, rtol }),
  ),
  lower(
    'aten::linalg_pinv.atol_rtol_tensor(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor',
    { rank: ['atol', 'rtol'] },
    ({ self, atol, rtol, hermitian }, b) => pseudoInverse(b, self, hermitian, { atol, rtol }),
  ),
  lower('aten::pinverse(Tensor self, float rcond=1.0000000000000001e-15) -> Tensor', ({ self, rcond }, b) =>
    pseudoInverse(b, self, false, { atol: zero, rtol: rcond }),
  ),
  lower(
    'aten::linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)',
    { rank: ['self', 'b'] },
    ({ self, b: side, rcond, driver }, b, out) => leastSquares(b, self, side, rcond, optional(driver, 'gelsy'), out),
  ),
]
