// LDLᵀ and LDLᴴ factors of complex matrices with 1 × 1 and 2 × 2 pivots (Bunch–Kaufman), and systems by them.
// Answers to LAPACK's zsytf2, zhetf2, zsytrs and zhetrs with the lower triangle. linalg-ldl.ts has the real ones.

import type { OnnxValue } from '../operand.ts'
import {
  choose,
  conjugate,
  each,
  minus,
  pick,
  plus,
  product,
  quotient,
  sizeOf,
  take,
  times,
  transpose,
  type Complex,
} from './complex-matrices.ts'
import { firstBad } from './linalg-factors.ts'
import type { Matrices } from './linalg-matrices.ts'

/** The bound of growth that decides between pivots of one row and of two. */
const ALPHA = (1 + Math.sqrt(17)) / 8
const one = { kind: 'constant', value: 1n } as const

/** z, or its conjugate for Hermitian matrices. */
const turned = (m: Matrices, z: Complex, hermitian: boolean): Complex => (hermitian ? conjugate(m, z) : z)
/** The diagonal's own size: of a Hermitian matrix its imaginary part does not count. */
const own = (m: Matrices, z: Complex, hermitian: boolean): OnnxValue => (hermitian ? m.abs(z.re) : sizeOf(m, z))

export interface ComplexLDL {
  readonly ld: Complex
  /** As LAPACK counts them: [B, 1, n]. */
  readonly pivots: OnnxValue
  readonly info: OnnxValue
}

/** (u v)·D⁻¹ for D of rows (d11, d12) and (d21, d22), divided by the size of d21 first. */
function byPair(m: Matrices, [u, v]: readonly [Complex, Complex], [d11, d12, d21, d22]: readonly Complex[]): readonly [Complex, Complex] {
  const size = sizeOf(m, d21!)
  const scale = m.where(m.equal(size, 0), 1, size)
  const [a, b, c, d] = [d11!, d12!, d21!, d22!].map((z) => each(z, (part) => m.div(part, scale)))
  const determinant = minus(m, times(m, a!, d!), times(m, b!, c!))
  const over = (z: Complex): Complex =>
    quotient(
      m,
      each(z, (part) => m.div(part, scale)),
      determinant,
    )
  return [over(minus(m, times(m, u, d!), times(m, v, c!))), over(minus(m, times(m, v, a!), times(m, u, b!)))]
}

export function factorComplexLDL(m: Matrices, a: Complex, hermitian: boolean): ComplexLDL {
  const n = m.size(a.re, 1)
  const [i, j] = [m.index(n, 1), m.index(n, 2)]
  const last = m.sub(m.b.number(n, 'int64'), 1)
  const flags = m.filled(0, 'int64', [m.size(a.re, 0), one, n])
  const second = m.filled(0, 'bool', [m.size(a.re, 0), one, one])
  const beside = each(a, (part) => m.lower(part, -1))
  const whole = plus(m, each(a, m.lower), turned(m, transpose(m, beside), hermitian))
  const start = hermitian ? { re: whole.re, im: m.where(m.equal(i, j), 0, whole.im) } : whole
  const results = m.loop(n, [start.re, start.im, flags, flags, second], (s, k, [xr, xi, found, bad, skip]) => {
    const x = { re: xr!, im: xi! }
    const following = s.smallest(s.add(k, 1), last)
    const column = pick(s, x, k, 2)
    const below = s.where(s.greater(i, k), sizeOf(s, column), -1)
    const at = s.argMax(below, 1)
    const largest = s.largest(s.max(below, 1), 0)
    const head = own(s, pick(s, column, k, 1), hermitian)
    const isAt = s.equal(i, at)
    // The row of the largest, as far as it is left: its largest element beside the diagonal, and its own.
    const row = each(x, (part) => s.sum(s.where(isAt, part, 0), 1))
    const most = s.max(s.where(s.or(s.less(j, k), s.equal(j, at)), 0, sizeOf(s, row)), 2)
    const corner = s.sum(s.where(s.equal(j, at), own(s, row, hermitian), 0), 2)
    const empty = s.equal(s.largest(head, largest), 0)
    const weak = s.less(head, s.mul(largest, ALPHA))
    const growth = s.mul(s.mul(largest, ALPHA), s.div(largest, s.where(s.equal(most, 0), 1, most)))
    const swap = s.and(s.and(weak, s.less(head, growth)), s.not(empty))
    const single = s.not(s.less(corner, s.mul(most, ALPHA)))
    const pair = s.and(swap, s.not(single))
    const place = s.where(pair, following, k)
    const other = s.where(swap, at, place)
    const exchange = s.where(s.equal(i, place), other, s.where(s.equal(i, other), place, i))
    const moved = take(s, take(s, x, exchange, 1), s.transpose(exchange), 2)
    // Columns that are done keep their order.
    const y = choose(s, s.less(j, k), x, moved)
    const [c, d] = [pick(s, y, k, 2), pick(s, y, following, 2)]
    const behind = s.greater(i, place)
    const [u, v] = [choose(s, behind, c, 0), choose(s, s.and(behind, pair), d, 0)]
    const [d11, d21, d22] = [pick(s, c, k, 1), pick(s, c, following, 1), pick(s, d, following, 1)]
    const none = s.equal(sizeOf(s, d11), 0)
    const alone = choose(s, empty, 0, quotient(s, u, choose(s, none, 1, d11)))
    const [first, next] = byPair(s, [u, v], [d11, turned(s, d21, hermitian), d21, d22])
    const [l, r] = [choose(s, pair, first, alone), choose(s, pair, next, 0)]
    const across = (z: Complex): Complex => turned(s, transpose(s, z), hermitian)
    const reduced = minus(s, y, plus(s, product(s, l, across(u)), product(s, r, across(v))))
    const rest = hermitian ? { re: reduced.re, im: s.where(s.equal(i, j), 0, reduced.im) } : reduced
    const isOwn = s.and(s.equal(j, k), behind)
    const isNext = s.and(s.and(s.equal(j, following), behind), pair)
    const done = s.or(s.or(s.less(j, k), s.equal(j, k)), s.and(pair, s.equal(j, following)))
    const written = choose(s, isOwn, l, choose(s, isNext, r, choose(s, done, y, rest)))
    const number = s.add(other, 1)
    const isColumn = s.equal(j, k)
    const mark = s.where(s.and(pair, s.equal(j, following)), s.neg(number), s.where(isColumn, s.where(pair, s.neg(number), number), found!))
    const kept = choose(s, skip!, x, written)
    return [
      kept.re,
      kept.im,
      s.where(skip!, found!, mark),
      s.where(skip!, bad!, s.where(isColumn, s.cast(empty, 'int64'), bad!)),
      s.and(pair, s.not(skip!)),
    ]
  })
  const ld = { re: m.lower(results[0]!), im: m.lower(results[1]!) }
  return { ld, pivots: results[2]!, info: firstBad(m, m.equal(results[3]!, 1)) }
}

/** Rows exchanged: `k` with `other` [B, 1, 1]. */
const exchanged = (m: Matrices, x: Complex, i: OnnxValue, k: OnnxValue, other: OnnxValue): Complex =>
  take(m, x, m.where(m.equal(i, k), other, m.where(m.equal(i, other), k, i)), 1)

/** A⁻¹·X of A's factors. */
export function solveComplexLDL(m: Matrices, ld: Complex, pivots: OnnxValue, x: Complex, hermitian: boolean): Complex {
  const n = m.size(ld.re, 1)
  const i = m.index(n, 1)
  const last = m.sub(m.b.number(n, 'int64'), 1)
  const none = m.filled(0, 'bool', [m.size(ld.re, 0), one, one])
  const mark = (s: Matrices, k: OnnxValue): { readonly target: OnnxValue; readonly isPair: OnnxValue } => {
    const pivot = s.pick(pivots, k, 2)
    return { target: s.sub(s.abs(pivot), 1), isPair: s.less(pivot, 0) }
  }
  // L·D: from above, one pivot after the other.
  const [dr, di] = m.loop(n, [x.re, x.im, none], (s, k, [yr, yi, skip]) => {
    const y = { re: yr!, im: yi! }
    const following = s.smallest(s.add(k, 1), last)
    const { target, isPair } = mark(s, k)
    const place = s.where(isPair, following, k)
    const z = exchanged(s, y, i, place, target)
    const [c, d] = [pick(s, ld, k, 2), pick(s, ld, following, 2)]
    const [u, v] = [pick(s, z, k, 1), pick(s, z, following, 1)]
    const behind = s.greater(i, place)
    const taken = plus(s, times(s, choose(s, behind, c, 0), u), times(s, choose(s, s.and(behind, isPair), d, 0), v))
    const [d11, d21, d22] = [pick(s, c, k, 1), pick(s, c, following, 1), pick(s, d, following, 1)]
    // D·(x y)ᵀ = (u v)ᵀ is (x y)·Dᵀ = (u v).
    const [first, second] = byPair(s, [u, v], [d11, d21, turned(s, d21, hermitian), d22])
    const alone = quotient(s, u, hermitian ? { re: d11.re, im: s.mul(d11.im, 0) } : d11)
    const rest = minus(s, z, taken)
    const solved = choose(s, s.equal(i, k), choose(s, isPair, first, alone), choose(s, s.and(isPair, s.equal(i, following)), second, rest))
    const next = choose(s, skip!, y, solved)
    return [next.re, next.im, s.and(isPair, s.not(skip!))]
  })
  // Lᵀ, or Lᴴ: from below; of a pair the lower row comes first.
  const [re, im] = m.loop(n, [dr!, di!, none], (s, turn, [yr, yi, upper]) => {
    const y = { re: yr!, im: yi! }
    const k = s.sub(last, turn)
    const { target, isPair } = mark(s, k)
    const isUpper = s.and(isPair, upper!)
    const behind = s.greater(i, s.where(isUpper, s.add(k, 1), k))
    const column = turned(s, choose(s, behind, pick(s, ld, k, 2), 0), hermitian)
    const sum = each(times(s, column, y), (part) => s.sum(part, 1))
    const solved = choose(s, s.equal(i, k), minus(s, y, sum), y)
    // The upper row of a pair looks at rows that its lower one has not exchanged yet.
    const lowerRow = s.add(k, s.cast(isUpper, 'int64'))
    const waits = s.and(isPair, s.not(isUpper))
    const next = exchanged(s, solved, i, lowerRow, s.where(waits, lowerRow, target))
    return [next.re, next.im, waits]
  })
  return { re: re!, im: im! }
}
