// Rows over the factors of complex matrices. What torch's operators are in terms of these is told by passes/lower-complex/factor-rows.ts.

import type { OnnxBuilder } from '../builder.ts'
import { rankOf, type OnnxValue } from '../operand.ts'
import { choleskyOf, factorComplexLU, factorComplexQR, solveComplexLU, solveTriangularOf, timesComplexQ } from './complex-factors.ts'
import { complexSvd, hermitianEigen, phased } from './complex-jacobi.ts'
import { factorComplexLDL, solveComplexLDL } from './complex-ldl.ts'
import { adjoint, choose, each, plus, type Complex } from './complex-matrices.ts'
import { known } from './int-math.ts'
import { orderOfPivots } from './linalg-factors.ts'
import { Matrices, squeezed, stack, stacks, type Stack } from './linalg-matrices.ts'
import { lower, type LoweringRow } from './row.ts'

interface ComplexStack {
  readonly m: Matrices
  readonly of: Stack
  readonly z: Complex
}
function complexStack(b: OnnxBuilder, re: OnnxValue, im: OnnxValue, dtype = re.dtype): ComplexStack {
  const m = new Matrices(b)
  const of = stack(m, re, dtype)
  return { m, of, z: { re: of.x, im: stack(m, { ...im, dims: re.dims }, dtype).x } }
}
const parts = ({ re, im }: Complex, f: (x: OnnxValue) => OnnxValue): OnnxValue[] => [f(re), f(im)]
/** [B, 1, k] → [..., k]. */
const line = ({ m, of }: ComplexStack, x: OnnxValue): OnnxValue => of.restore(squeezed(m, x, 1))
/** [..., k] → [..., 1, k]. */
const row = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.unsqueeze(x, [rankOf(x)! - 1])

/** Several arguments with one length of stack; what is made of the last two goes back with their axes. */
function together(
  b: OnnxBuilder,
  values: readonly OnnxValue[],
  solve: (m: Matrices, stacked: readonly OnnxValue[]) => Complex,
): readonly OnnxValue[] {
  const m = new Matrices(b)
  const all = stacks(m, values)
  return parts(
    solve(
      m,
      all.map(({ x }) => x),
    ),
    all.at(-1)!.restore,
  )
}
const isWide = ({ dims }: OnnxValue): boolean => {
  const [rows, columns] = dims?.slice(-2) ?? []
  return typeof rows === 'number' && typeof columns === 'number' && rows < columns
}

export const linalgComplexLowerings: readonly LoweringRow[] = [
  lower('functional::_complex_cholesky(Tensor re, Tensor im) -> (Tensor, Tensor, Tensor)', ({ re, im }, b) => {
    const { m, of, z } = complexStack(b, re, im)
    const l = choleskyOf(m, z)
    return [...parts(l, of.restore), of.restore(l.info)]
  }),
  lower('functional::_complex_lu(Tensor re, Tensor im) -> (Tensor, Tensor, Tensor, Tensor)', ({ re, im }, b) => {
    const s = complexStack(b, re, im)
    const { lu, pivots, info } = factorComplexLU(s.m, s.z)
    return [...parts(lu, s.of.restore), line(s, b.cast(pivots, 'int32')), s.of.restore(info)]
  }),
  lower(
    'functional::_complex_triangular(Tensor re, Tensor im, Tensor x, Tensor y, bool upper, bool unit) -> (Tensor, Tensor)',
    ({ re, im, x, y, upper, unit }, b) =>
      together(b, [re, im, x, y], (m, [t, ti, xr, xi]) => solveTriangularOf(m, { re: t!, im: ti! }, { re: xr!, im: xi! }, upper, unit)),
  ),
  lower(
    'functional::_complex_lu_solve(Tensor re, Tensor im, Tensor pivots, Tensor x, Tensor y, bool adjoint) -> (Tensor, Tensor)',
    { rank: ['pivots'] },
    ({ re, im, pivots, x, y, adjoint: isAdjoint }, b) =>
      together(b, [re, im, row(b, pivots), x, y], (m, [r, i, p, xr, xi]) =>
        solveComplexLU(m, { lu: { re: r!, im: i! }, rows: orderOfPivots(m, p!, m.size(r!, 1)) }, { re: xr!, im: xi! }, isAdjoint),
      ),
  ),
  lower('functional::_complex_qr(Tensor re, Tensor im) -> (Tensor, Tensor, Tensor, Tensor)', ({ re, im }, b) => {
    const s = complexStack(b, re, im)
    const { packed, tau } = factorComplexQR(s.m, s.z)
    return [...parts(packed, s.of.restore), ...parts(tau, (x) => line(s, x))]
  }),
  lower(
    'functional::_complex_reflect(Tensor re, Tensor im, Tensor tau, Tensor tau_im, Tensor x, Tensor y, bool adjoint) -> (Tensor, Tensor)',
    { rank: ['tau', 'tau_im'] },
    ({ re, im, tau, tau_im, x, y, adjoint: isAdjoint }, b) =>
      together(b, [re, im, row(b, tau), row(b, tau_im), x, y], (m, [r, i, t, ti, xr, xi]) =>
        timesComplexQ(m, { packed: { re: r!, im: i! }, tau: { re: t!, im: ti! } }, { re: xr!, im: xi! }, isAdjoint),
      ),
  ),
  lower(
    'functional::_complex_ldl(Tensor re, Tensor im, bool hermitian) -> (Tensor, Tensor, Tensor, Tensor)',
    ({ re, im, hermitian }, b) => {
      const s = complexStack(b, re, im)
      const { ld, pivots, info } = factorComplexLDL(s.m, s.z, hermitian)
      return [...parts(ld, s.of.restore), line(s, b.cast(pivots, 'int32')), s.of.restore(info)]
    },
  ),
  lower(
    'functional::_complex_ldl_solve(Tensor re, Tensor im, Tensor pivots, Tensor x, Tensor y, bool hermitian) -> (Tensor, Tensor)',
    { rank: ['pivots'] },
    ({ re, im, pivots, x, y, hermitian }, b) =>
      together(b, [re, im, row(b, b.cast(pivots, 'int64')), x, y], (m, [r, i, p, xr, xi]) =>
        solveComplexLDL(m, { re: r!, im: i! }, p!, { re: xr!, im: xi! }, hermitian),
      ),
  ),
  lower('functional::_complex_eigh(Tensor re, Tensor im, bool upper) -> (Tensor, Tensor, Tensor)', ({ re, im, upper }, b) => {
    const { m, of, z } = complexStack(b, re, im, 'float64')
    const own = upper ? adjoint(m, z) : z
    const beside = each(own, (part) => m.lower(part, -1))
    const i = m.index(m.size(own.re, 1), 1)
    const diagonal = choose(m, m.equal(i, m.index(m.size(own.re, 1), 2)), { re: own.re, im: m.mul(own.re, 0) }, 0)
    const { values, vectors } = hermitianEigen(m, plus(m, diagonal, plus(m, beside, adjoint(m, beside))), upper)
    const back = (x: OnnxValue): OnnxValue => b.cast(of.restore(x), re.dtype)
    return [back(values), ...parts(vectors, back)]
  }),
  lower('functional::_complex_svd(Tensor re, Tensor im, bool full) -> (Tensor, Tensor, Tensor, Tensor, Tensor)', ({ re, im, full }, b) => {
    const { m, of, z } = complexStack(b, re, im, 'float64')
    const back = (x: OnnxValue): OnnxValue => b.cast(of.restore(x), re.dtype)
    // Fewer columns are fewer pairs; where the shape is not known any will do.
    const wide = isWide(re)
    const found = complexSvd(m, wide ? adjoint(m, z) : z, full)
    const plain = wide ? { u: adjoint(m, found.vh), s: found.s, vh: adjoint(m, found.u) } : found
    const [rows, columns] = [m.size(z.re, 1), m.size(z.re, 2)]
    const { u, s, vh } = known(rows) === 0n || known(columns) === 0n ? plain : phased(m, plain, rows, columns)
    return [...parts(u, back), back(s), ...parts(vh, back)]
  }),
]
