// LU with partial pivoting, Cholesky, and triangular systems, over stacks of matrices. Right-looking, one column per turn of a Loop.
// Answers to LAPACK's getrf, getrs, potrf and BLAS's trsm, as aten/src/ATen/native/BatchLinearAlgebraKernel.cpp calls them.

import type { OnnxValue } from '../operand.ts'
import type { Matrices } from './linalg-matrices.ts'

export interface LU {
  /** U on and above the diagonal, L without its ones below: [B, p, q]. */
  readonly lu: OnnxValue
  /** Row i of P·LU's left side is row `rows[i]` of A: [B, p, 1]. */
  readonly rows: OnnxValue
  /** LAPACK's row exchanges, counted from 1: [B, 1, min(p, q)]. */
  readonly pivots: OnnxValue
}

/** A[rows] = L·U. The pivot of column k is the first largest of those left; a column without one stays as it is. */
export function factorLU(m: Matrices, x: OnnxValue): LU {
  const [count, p, q] = [m.size(x, 0), m.size(x, 1), m.size(x, 2)]
  const steps = m.smaller(p, q)
  const [i, j, step] = [m.index(p, 1), m.index(q, 2), m.index(steps, 2)]
  const rows = m.b.op('Expand', [i, m.vector([count, p, { kind: 'constant', value: 1n }])], {}, { dims: [null, null, 1] })
  const pivots = m.filled(0, 'int64', [count, { kind: 'constant', value: 1n }, steps])
  const [lu, taken, exchanges] = m.loop(steps, [x, rows, pivots], (s, k, [a, order, found]) => {
    const below = s.greater(i, k)
    const candidates = s.where(s.less(i, k), -1, s.abs(s.pick(a!, k, 2)))
    const pivot = s.argMax(candidates, 1)
    const exchange = s.where(s.equal(i, k), pivot, s.where(s.equal(i, pivot), k, i))
    const swapped = s.take(a!, exchange, 1)
    const [row, column] = [s.pick(swapped, k, 1), s.pick(swapped, k, 2)]
    const head = s.pick(row, k, 2)
    const none = s.equal(head, 0)
    const factors = s.where(below, s.where(none, column, s.div(column, s.where(none, 1, head))), 0)
    const reduced = s.sub(swapped, s.mul(factors, s.where(s.greater(j, k), row, 0)))
    return [
      s.where(s.and(below, s.equal(j, k)), factors, reduced),
      s.take(order!, exchange, 1),
      s.where(s.equal(step, k), s.add(pivot, 1), found!),
    ]
  })
  return { lu: lu!, rows: taken!, pivots: exchanges! }
}

/** LAPACK's info, [B]: 0, or the first k (from 1) for which `bad` [B, 1, n] holds. */
export function firstBad(m: Matrices, bad: OnnxValue): OnnxValue {
  const { b } = m
  const n = m.size(bad, 2)
  // One more column that is always bad, so that there is one, and whose number stands for none.
  const end = b.op('Add', [b.number(n, 'int64'), b.scalar('int64', 1)])
  const numbers = m.where(bad, m.add(m.index(n, 2), 1), end)
  const last = m.b.op('Expand', [end, m.vector([m.size(bad, 0), { kind: 'constant', value: 1n }, { kind: 'constant', value: 1n }])])
  const first = m.min(m.concat([numbers, last], 2), 2)
  return b.cast(b.op('Squeeze', [m.where(m.equal(first, end), 0, first), b.ints([1, 2])]), 'int32')
}
export const infoOfLU = (m: Matrices, { lu }: LU): OnnxValue => firstBad(m, m.equal(m.diagonal(squareDiagonal(m, lu)), 0))
/** The leading square of [B, p, q]. */
export function squareDiagonal(m: Matrices, x: OnnxValue): OnnxValue {
  const side = m.smaller(m.size(x, 1), m.size(x, 2))
  return m.slice(m.slice(x, 0, side, 1), 0, side, 2)
}

/** −1 for an odd number of row exchanges: [B, 1, 1] in the matrix's dtype. */
export function parity(m: Matrices, { lu, pivots }: LU): OnnxValue {
  const moved = m.not(m.equal(pivots, m.add(m.index(m.size(pivots, 2), 2), 1)))
  const odd = m.op('Mod', [m.sum(m.cast(moved, 'int64'), 2), 2], { fmod: 0 })
  return m.sub(1, m.mul(m.cast(odd, lu.dtype), 2))
}

/** T⁻¹·X for triangular T [B, n, n] and X [B, n, r]; what lies on the other side of the diagonal is not looked at. */
export function solveTriangular(m: Matrices, t: OnnxValue, x: OnnxValue, upper: boolean, unit: boolean): OnnxValue {
  const n = m.size(t, 1)
  const i = m.index(n, 1)
  const last = m.b.op('Sub', [m.b.number(n, 'int64'), m.b.scalar('int64', 1)])
  return m.loop(n, [x], (s, turn, [rest]) => {
    const k = upper ? s.sub(last, turn) : turn
    const column = s.pick(t, k, 2)
    const row = s.pick(rest!, k, 1)
    const solved = unit ? row : s.div(row, s.pick(column, k, 1))
    const after = upper ? s.less(i, k) : s.greater(i, k)
    return [s.where(s.equal(i, k), solved, s.sub(rest!, s.mul(s.where(after, column, 0), solved)))]
  })[0]!
}

/** A⁻¹·X of A's LU, or A⁻ᵀ·X. */
export function solveLU(m: Matrices, { lu, rows }: Pick<LU, 'lu' | 'rows'>, x: OnnxValue, adjoint = false): OnnxValue {
  if (!adjoint) return solveTriangular(m, lu, solveTriangular(m, lu, m.take(x, rows, 1), false, true), true, false)
  const turned = m.transpose(lu)
  const y = solveTriangular(m, turned, solveTriangular(m, turned, x, false, false), true, true)
  return m.take(y, inverseOrder(m, rows), 1)
}

/** Where each row went: the inverse of a permutation [B, p, 1]. */
export function inverseOrder(m: Matrices, rows: OnnxValue): OnnxValue {
  // Row r of the result is the k with rows[k] = r.
  return m.transpose(m.argMax(m.cast(m.equal(rows, m.index(m.size(rows, 1), 2)), 'float32'), 1))
}

/** The order of rows that LAPACK's exchanges [B, 1, k] make of p rows: [B, p, 1]. */
export function orderOfPivots(m: Matrices, pivots: OnnxValue, p: ReturnType<Matrices['size']>): OnnxValue {
  const i = m.index(p, 1)
  const zero = m.sub(m.cast(pivots, 'int64'), 1)
  const rows = m.b.op('Expand', [i, m.vector([m.size(pivots, 0), p, { kind: 'constant', value: 1n }])], {}, { dims: [null, null, 1] })
  return m.loop(m.size(pivots, 2), [rows], (s, k, [order]) => {
    const pivot = s.pick(zero, k, 2)
    return [s.take(order!, s.where(s.equal(i, k), pivot, s.where(s.equal(i, pivot), k, i)), 1)]
  })[0]!
}

/** L with A = L·Lᵀ from A's lower triangle, and LAPACK's info: the order of the first leading minor that is not positive. */
export function cholesky(m: Matrices, x: OnnxValue): { readonly l: OnnxValue; readonly info: OnnxValue } {
  const n = m.size(x, 1)
  const [i, j] = [m.index(n, 1), m.index(n, 2)]
  const [done] = m.loop(n, [x], (s, k, [a]) => {
    const column = s.pick(a!, k, 2)
    const root = s.sqrt(s.pick(column, k, 1))
    const l = s.where(s.less(i, k), 0, s.div(column, root))
    const trailing = s.where(s.greater(j, k), s.mul(l, s.transpose(l)), 0)
    return [s.where(s.equal(j, k), l, s.sub(a!, trailing))]
  })
  const l = m.lower(done!)
  // The root of what is not positive is 0 or NaN, and NaN stays in all that follows.
  return { l, info: firstBad(m, m.not(m.greater(m.diagonal(l), 0))) }
}
