// LDLᵀ factors of symmetric matrices with 1 × 1 and 2 × 2 pivots (Bunch–Kaufman), and systems by them. Over stacks of matrices.
// Answers to LAPACK's sytf2 and sytrs with the lower triangle, and aten/src/ATen/native/BatchLinearAlgebra.cpp.

import type { OnnxBuilder } from '../builder.ts'
import { rankOf, type OnnxValue } from '../operand.ts'
import { firstBad } from './linalg-factors.ts'
import { Matrices, squeezed, stack, stacks } from './linalg-matrices.ts'
import { lower, type LoweringRow } from './row.ts'

/** The bound of growth that decides between pivots of one row and of two. */
const ALPHA = (1 + Math.sqrt(17)) / 8

/** [B, n, n] → L below D, pivots [B, 1, n] as LAPACK counts them, and where a pivot is zero [B, 1, n]. */
function factorLDL(m: Matrices, a: OnnxValue): readonly OnnxValue[] {
  const n = m.size(a, 1)
  const [i, j] = [m.index(n, 1), m.index(n, 2)]
  const last = m.sub(m.b.number(n, 'int64'), 1)
  const flags = m.filled(0, 'int64', [m.size(a, 0), { kind: 'constant', value: 1n }, n])
  const second = m.filled(0, 'bool', [m.size(a, 0), { kind: 'constant', value: 1n }, { kind: 'constant', value: 1n }])
  const symmetric = m.add(m.lower(a), m.transpose(m.lower(a, -1)))
  const [ld, pivots, zeros] = m.loop(n, [symmetric, flags, flags, second], (s, k, [x, found, bad, skip]) => {
    const following = s.smallest(s.add(k, 1), last)
    const column = s.abs(s.pick(x!, k, 2))
    const below = s.where(s.greater(i, k), column, -1)
    const at = s.argMax(below, 1)
    const largest = s.largest(s.max(below, 1), 0)
    const own = s.pick(column, k, 1)
    const isAt = s.equal(i, at)
    // The row of the largest, as far as it is left: its largest element beside the diagonal, and its own.
    const row = s.sum(s.where(isAt, s.abs(x!), 0), 1)
    const beside = s.max(s.where(s.or(s.less(j, k), s.equal(j, at)), 0, row), 2)
    const corner = s.sum(s.where(s.equal(j, at), row, 0), 2)
    const empty = s.equal(s.largest(own, largest), 0)
    const weak = s.less(own, s.mul(largest, ALPHA))
    const growth = s.mul(s.mul(largest, ALPHA), s.div(largest, s.where(s.equal(beside, 0), 1, beside)))
    const swap = s.and(s.and(weak, s.less(own, growth)), s.not(empty))
    const single = s.not(s.less(corner, s.mul(beside, ALPHA)))
    const pair = s.and(swap, s.not(single))
    const place = s.where(pair, following, k)
    const other = s.where(swap, at, place)
    const exchange = s.where(s.equal(i, place), other, s.where(s.equal(i, other), place, i))
    const moved = s.take(s.take(x!, exchange, 1), s.transpose(exchange), 2)
    // Columns that are done keep their order.
    const y = s.where(s.less(j, k), x!, moved)
    const [c, d] = [s.pick(y, k, 2), s.pick(y, following, 2)]
    const behind = s.greater(i, s.where(pair, following, k))
    const [u, v] = [s.where(behind, c, 0), s.where(s.and(behind, pair), d, 0)]
    const [d11, d21, d22] = [s.pick(c, k, 1), s.pick(c, following, 1), s.pick(d, following, 1)]
    const one = s.where(empty, 0, s.div(u, s.where(s.equal(d11, 0), 1, d11)))
    // Scaled by the element beside the diagonal, as LAPACK does it.
    const by = s.where(pair, d21, 1)
    const [e, f] = [s.div(d22, by), s.div(d11, by)]
    const determinant = s.where(pair, s.sub(s.mul(e, f), 1), 1)
    const first = s.div(s.sub(s.mul(e, u), v), s.mul(determinant, by))
    const next = s.div(s.sub(s.mul(f, v), u), s.mul(determinant, by))
    const [l, r] = [s.where(pair, first, one), s.where(pair, next, 0)]
    const reduced = s.sub(y, s.add(s.matmul(l, s.transpose(u)), s.matmul(r, s.transpose(v))))
    const isOwn = s.and(s.equal(j, k), behind)
    const isNext = s.and(s.and(s.equal(j, following), behind), pair)
    const done = s.or(s.less(j, k), s.equal(j, k))
    const written = s.where(isOwn, l, s.where(isNext, r, s.where(s.or(done, s.and(pair, s.equal(j, following))), y, reduced)))
    const number = s.add(other, 1)
    const isColumn = s.equal(j, k)
    const mark = s.where(s.and(pair, s.equal(j, following)), s.neg(number), s.where(isColumn, s.where(pair, s.neg(number), number), found!))
    return [
      s.where(skip!, x!, written),
      s.where(skip!, found!, mark),
      s.where(skip!, bad!, s.where(isColumn, s.cast(empty, 'int64'), bad!)),
      s.and(pair, s.not(skip!)),
    ]
  })
  return [m.lower(ld!), pivots!, m.equal(zeros!, 1)]
}

/** Rows exchanged: `k` with `other` [B, 1, 1]. */
function exchanged(m: Matrices, x: OnnxValue, i: OnnxValue, k: OnnxValue, other: OnnxValue): OnnxValue {
  return m.take(x, m.where(m.equal(i, k), other, m.where(m.equal(i, other), k, i)), 1)
}

/** A⁻¹·X of A's factors. */
function solveLDL(m: Matrices, ld: OnnxValue, pivots: OnnxValue, x: OnnxValue): OnnxValue {
  const n = m.size(ld, 1)
  const i = m.index(n, 1)
  const last = m.sub(m.b.number(n, 'int64'), 1)
  const none = m.filled(0, 'bool', [m.size(ld, 0), { kind: 'constant', value: 1n }, { kind: 'constant', value: 1n }])
  const mark = (s: Matrices, k: OnnxValue): { readonly target: OnnxValue; readonly isPair: OnnxValue } => {
    const pivot = s.pick(pivots, k, 2)
    return { target: s.sub(s.abs(pivot), 1), isPair: s.less(pivot, 0) }
  }
  // L·D: from above, one pivot after the other.
  const [down] = m.loop(n, [x, none], (s, k, [y, skip]) => {
    const following = s.smallest(s.add(k, 1), last)
    const { target, isPair } = mark(s, k)
    const place = s.where(isPair, following, k)
    const z = exchanged(s, y!, i, place, target)
    const [c, d] = [s.pick(ld, k, 2), s.pick(ld, following, 2)]
    const [u, v] = [s.pick(z, k, 1), s.pick(z, following, 1)]
    const behind = s.greater(i, place)
    const taken = s.add(s.mul(s.where(behind, c, 0), u), s.mul(s.where(s.and(behind, isPair), d, 0), v))
    const [d11, d21, d22] = [s.pick(c, k, 1), s.pick(c, following, 1), s.pick(d, following, 1)]
    const by = s.where(isPair, d21, 1)
    const [e, f, p, q] = [s.div(d22, by), s.div(d11, by), s.div(u, by), s.div(v, by)]
    const determinant = s.where(isPair, s.sub(s.mul(e, f), 1), 1)
    const first = s.where(isPair, s.div(s.sub(s.mul(e, p), q), determinant), s.div(u, d11))
    const second = s.where(isPair, s.div(s.sub(s.mul(f, q), p), determinant), v)
    const rest = s.sub(z, taken)
    const solved = s.where(s.equal(i, k), first, s.where(s.and(isPair, s.equal(i, following)), second, rest))
    return [s.where(skip!, y!, solved), s.and(isPair, s.not(skip!))]
  })
  // Lᵀ: from below; of a pair the lower row comes first.
  return m.loop(n, [down!, none], (s, turn, [y, upper]) => {
    const k = s.sub(last, turn)
    const { target, isPair } = mark(s, k)
    const isUpper = s.and(isPair, upper!)
    // Rows behind the pivot, which of a pair are those behind its lower row.
    const behind = s.greater(i, s.where(isUpper, s.add(k, 1), k))
    const sum = s.sum(s.mul(s.where(behind, s.pick(ld, k, 2), 0), y!), 1)
    const solved = s.where(s.equal(i, k), s.sub(y!, sum), y!)
    // The upper row of a pair looks at rows that its lower one has not exchanged yet.
    const lowerRow = s.add(k, s.cast(isUpper, 'int64'))
    const waits = s.and(isPair, s.not(isUpper))
    const swapped = exchanged(s, solved, i, lowerRow, s.where(waits, lowerRow, target))
    return [swapped, waits]
  })[0]!
}

function factor(b: OnnxBuilder, self: OnnxValue): readonly OnnxValue[] {
  const m = new Matrices(b)
  const of = stack(m, self)
  const [ld, pivots, zeros] = factorLDL(m, of.x)
  return [of.restore(ld!), of.restore(squeezed(m, b.cast(pivots!, 'int32'), 1)), of.restore(firstBad(m, zeros!))]
}

export const linalgLdlLowerings: readonly LoweringRow[] = [
  lower('aten::linalg_ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)', ({ self }, b) =>
    factor(b, self).slice(0, 2),
  ),
  lower(
    'aten::linalg_ldl_factor_ex(Tensor self, *, bool hermitian=False, bool check_errors=False) -> (Tensor LD, Tensor pivots, Tensor info)',
    ({ self }, b) => factor(b, self),
  ),
  lower(
    'aten::linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor',
    { rank: ['LD', 'pivots', 'B'] },
    ({ LD, pivots, B }, b) => {
      const m = new Matrices(b)
      const [f, p, x] = stacks(m, [LD, b.unsqueeze(b.cast(pivots, 'int64'), [rankOf(pivots)! - 1]), B])
      return x!.restore(solveLDL(m, f!.x, p!.x, x!.x))
    },
  ),
]
