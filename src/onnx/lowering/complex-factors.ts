// Cholesky, LU with partial pivoting, triangular systems and Householder QR of complex matrices, one column per turn of a Loop.
// Answers to LAPACK's zpotrf, zgetrf (pivots by |Re| + |Im|), zlarfg, zgeqrf, zunmqr and BLAS's ztrsm.

import type { OnnxValue } from '../operand.ts'
import { adjoint, choose, conjugate, minus, pick, product, quotient, sizeOf, squareOf, take, times } from './complex-matrices.ts'
import type { Complex } from './complex-matrices.ts'
import { firstBad, inverseOrder, type LU } from './linalg-factors.ts'
import type { Matrices } from './linalg-matrices.ts'

/** L with A = L·Lᴴ from A's lower triangle, and LAPACK's info. */
export function choleskyOf(m: Matrices, x: Complex): Complex & { readonly info: OnnxValue } {
  const n = m.size(x.re, 1)
  const [i, j] = [m.index(n, 1), m.index(n, 2)]
  const [re, im] = m.loop(n, [x.re, x.im], (s, k, [xr, xi]) => {
    const a = { re: xr!, im: xi! }
    const column = pick(s, a, k, 2)
    const root = s.sqrt(s.pick(column.re, k, 1))
    const at = s.equal(i, k)
    const l = choose(s, s.less(i, k), 0, { re: s.where(at, root, s.div(column.re, root)), im: s.where(at, 0, s.div(column.im, root)) })
    const trailing = choose(s, s.greater(j, k), times(s, l, adjoint(s, l)), 0)
    const next = choose(s, s.equal(j, k), l, minus(s, a, trailing))
    return [next.re, next.im]
  })
  const l = { re: m.lower(re!), im: m.lower(im!) }
  return { ...l, info: firstBad(m, m.not(m.greater(m.diagonal(l.re), 0))) }
}

export interface ComplexLU extends Pick<LU, 'rows' | 'pivots'> {
  readonly lu: Complex
  readonly info: OnnxValue
}
/** A[rows] = L·U, as `factorLU` has it. */
export function factorComplexLU(m: Matrices, x: Complex): ComplexLU {
  const [count, p, q] = [m.size(x.re, 0), m.size(x.re, 1), m.size(x.re, 2)]
  const steps = m.smaller(p, q)
  const [i, j, step] = [m.index(p, 1), m.index(q, 2), m.index(steps, 2)]
  const rows = m.b.op('Expand', [i, m.vector([count, p, { kind: 'constant', value: 1n }])], {}, { dims: [null, null, 1] })
  const pivots = m.filled(0, 'int64', [count, { kind: 'constant', value: 1n }, steps])
  const [re, im, taken, exchanges] = m.loop(steps, [x.re, x.im, rows, pivots], (s, k, [xr, xi, order, found]) => {
    const a = { re: xr!, im: xi! }
    const below = s.greater(i, k)
    const pivot = s.argMax(s.where(s.less(i, k), -1, sizeOf(s, pick(s, a, k, 2))), 1)
    const exchange = s.where(s.equal(i, k), pivot, s.where(s.equal(i, pivot), k, i))
    const swapped = take(s, a, exchange, 1)
    const [row, column] = [pick(s, swapped, k, 1), pick(s, swapped, k, 2)]
    const head = pick(s, row, k, 2)
    const none = s.equal(sizeOf(s, head), 0)
    const factors = choose(s, below, choose(s, none, column, quotient(s, column, choose(s, none, 1, head))), 0)
    const reduced = minus(s, swapped, times(s, factors, choose(s, s.greater(j, k), row, 0)))
    const next = choose(s, s.and(below, s.equal(j, k)), factors, reduced)
    return [next.re, next.im, s.take(order!, exchange, 1), s.where(s.equal(step, k), s.add(pivot, 1), found!)]
  })
  const lu = { re: re!, im: im! }
  const diagonal = m.diagonal(m.slice(m.slice(sizeOf(m, lu), 0, steps, 1), 0, steps, 2))
  return { lu, rows: taken!, pivots: exchanges!, info: firstBad(m, m.equal(diagonal, 0)) }
}

/** T⁻¹·X for triangular T; what lies on the other side of the diagonal is not looked at. */
export function solveTriangularOf(m: Matrices, t: Complex, x: Complex, upper: boolean, unit: boolean): Complex {
  const n = m.size(t.re, 1)
  const i = m.index(n, 1)
  const last = m.sub(m.b.number(n, 'int64'), 1)
  const [re, im] = m.loop(n, [x.re, x.im], (s, turn, [xr, xi]) => {
    const rest = { re: xr!, im: xi! }
    const k = upper ? s.sub(last, turn) : turn
    const column = pick(s, t, k, 2)
    const row = pick(s, rest, k, 1)
    const solved = unit ? row : quotient(s, row, pick(s, column, k, 1))
    const after = upper ? s.less(i, k) : s.greater(i, k)
    const next = choose(s, s.equal(i, k), solved, minus(s, rest, times(s, choose(s, after, column, 0), solved)))
    return [next.re, next.im]
  })
  return { re: re!, im: im! }
}
/** A⁻¹·X of A's LU, or A⁻ᴴ·X. */
export function solveComplexLU(m: Matrices, { lu, rows }: Pick<ComplexLU, 'lu' | 'rows'>, x: Complex, isAdjoint: boolean): Complex {
  if (!isAdjoint) return solveTriangularOf(m, lu, solveTriangularOf(m, lu, take(m, x, rows, 1), false, true), true, false)
  const turned = adjoint(m, lu)
  const y = solveTriangularOf(m, turned, solveTriangularOf(m, turned, x, false, false), true, true)
  return take(m, y, inverseOrder(m, rows), 1)
}

export interface ComplexQR {
  /** R, and the reflectors below it. */
  readonly packed: Complex
  /** H = 1 − τ·v·vᴴ: [B, 1, min(p, q)]. */
  readonly tau: Complex
}
/** R's diagonal is real: −sign(Re α)·‖x‖. */
export function factorComplexQR(m: Matrices, x: Complex): ComplexQR {
  const { dtype } = x.re
  const [p, q] = [m.size(x.re, 1), m.size(x.re, 2)]
  const steps = m.smaller(p, q)
  const [i, j, step] = [m.index(p, 1), m.index(q, 2), m.index(steps, 2)]
  const start = m.filled(0, dtype, [m.size(x.re, 0), { kind: 'constant', value: 1n }, steps])
  const results = m.loop(steps, [x.re, x.im, start, start], (s, k, [xr, xi, tr, ti]) => {
    const a = { re: xr!, im: xi! }
    const [at, below] = [s.equal(i, k), s.greater(i, k)]
    const column = pick(s, a, k, 2)
    const alpha = pick(s, column, k, 1)
    const rest = s.add(s.sum(squareOf(s, choose(s, below, column, 0)), 1), s.square(alpha.im))
    // Nothing to reflect: H is the identity.
    const none = s.equal(rest, 0)
    const beta = s.neg(s.mul(s.sign(alpha.re), s.sqrt(s.add(s.square(alpha.re), rest))))
    const by = s.where(none, 1, beta)
    const t: Complex = { re: s.where(none, 0, s.div(s.sub(beta, alpha.re), by)), im: s.where(none, 0, s.neg(s.div(alpha.im, by))) }
    const head = choose(s, none, 1, { re: s.sub(alpha.re, beta), im: alpha.im })
    const v = choose(s, below, quotient(s, column, head), { re: s.cast(at, dtype), im: s.mul(column.im, 0) })
    const reflected = minus(s, a, times(s, times(s, conjugate(s, t), v), product(s, adjoint(s, v), a)))
    const own = choose(s, below, v, choose(s, at, { re: s.where(none, alpha.re, beta), im: s.mul(alpha.im, 0) }, column))
    const next = choose(s, s.greater(j, k), reflected, choose(s, s.equal(j, k), own, a))
    const taus = choose(s, s.equal(step, k), t, { re: tr!, im: ti! })
    return [next.re, next.im, taus.re, taus.im]
  })
  return { packed: { re: results[0]!, im: results[1]! }, tau: { re: results[2]!, im: results[3]! } }
}
/** Q·C for C [B, p, r], or Qᴴ·C. */
export function timesComplexQ(m: Matrices, { packed, tau }: ComplexQR, c: Complex, isAdjoint = false): Complex {
  const count = m.size(tau.re, 2)
  const i = m.index(m.size(packed.re, 1), 1)
  const last = m.sub(m.b.number(count, 'int64'), 1)
  const [re, im] = m.loop(count, [c.re, c.im], (s, turn, [xr, xi]) => {
    const x = { re: xr!, im: xi! }
    const k = isAdjoint ? turn : s.sub(last, turn)
    const v = choose(s, s.greater(i, k), pick(s, packed, k, 2), {
      re: s.cast(s.equal(i, k), packed.re.dtype),
      im: s.mul(pick(s, packed, k, 2).im, 0),
    })
    const t = pick(s, tau, k, 2)
    const next = minus(s, x, times(s, times(s, isAdjoint ? conjugate(s, t) : t, v), product(s, adjoint(s, v), x)))
    return [next.re, next.im]
  })
  return { re: re!, im: im! }
}
