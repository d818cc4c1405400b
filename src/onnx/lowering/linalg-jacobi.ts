// Symmetric eigenvalues and singular values by Jacobi rotations, over stacks of float64 matrices: all pairs of rows of one round at once,
// pairs in the order of a round-robin tournament. Slower than LAPACK's reductions on big matrices, and at least as accurate.
// Answers to Golub & Van Loan, Matrix Computations, §8.5 and §8.6.4; which sign a vector has is not LAPACK's.

import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { intOp, vectorOf } from './int-math.ts'
import { anyOf, type Matrices } from './linalg-matrices.ts'
import { columnsOfQ, factorQR } from './linalg-qr.ts'

// Convergence is quadratic: 6 to 12 sweeps do.
export const MAX_SWEEPS = 40
export const OFF_DIAGONAL = 1e-29
export const ORTHOGONAL = 1e-14
/** A squared column norm below this share of all is rounding. */
export const NOISE = 1e-30

export interface Tournament {
  /** Rows, one more where their number is odd. */
  readonly even: ScalarOperand
  readonly half: ScalarOperand
  readonly rounds: ScalarOperand
  /** Where each place's row comes from for the next round. After all rounds every row is where it was. */
  readonly next: OnnxValue
}

/** Place k plays place k + half; the first place stays, the others move on around it. */
export function tournament(m: Matrices, n: ScalarOperand): Tournament {
  const { b } = m
  const even = intOp(b, 'Add', n, intOp(b, 'Mod', n, 2))
  const half = intOp(b, 'Div', even, 2)
  const rounds = intOp(b, 'Max', intOp(b, 'Sub', even, 1), 0)
  const place = b.op('Range', [b.scalar('int64', 0), b.number(even, 'int64'), b.scalar('int64', 1)], {}, { dims: [null] })
  const [h, last] = [b.number(half, 'int64'), b.number(rounds, 'int64')]
  const inner = m.where(m.less(place, h), m.sub(place, 1), m.where(m.equal(place, last), m.sub(h, 1), m.add(place, 1)))
  return { even, half, rounds, next: m.where(m.equal(place, 0), 0, m.where(m.equal(place, 1), h, inner)) }
}

/** cos and sin of the angle that makes [[a, c], [c, d]] diagonal: the smaller of the two. */
export function rotation(m: Matrices, a: OnnxValue, d: OnnxValue, c: OnnxValue): { readonly cos: OnnxValue; readonly sin: OnnxValue } {
  const none = m.equal(c, 0)
  const zeta = m.div(m.sub(d, a), m.mul(m.where(none, 1, c), 2))
  const tan = m.div(m.sign(zeta), m.add(m.abs(zeta), m.sqrt(m.add(m.square(zeta), 1))))
  const cos = m.div(1, m.sqrt(m.add(m.square(tan), 1)))
  return { cos: m.where(none, 1, cos), sin: m.where(none, 0, m.mul(cos, tan)) }
}
/** The rows of each pair turned, then moved on to their next places. */
function turned(m: Matrices, x: OnnxValue, { cos, sin }: ReturnType<typeof rotation>, { half, next }: Tournament): OnnxValue {
  const [top, bottom] = [m.slice(x, 0, half, 1), m.slice(x, half, undefined, 1)]
  const rows = m.concat([m.sub(m.mul(cos, top), m.mul(sin, bottom)), m.add(m.mul(sin, top), m.mul(cos, bottom))], 1)
  return m.op('Gather', [rows, next], { axis: 1 })
}

/** x with zeros behind rows and columns up to these extents. */
export function padded(m: Matrices, x: OnnxValue, rows: ScalarOperand, columns: ScalarOperand): OnnxValue {
  const { b } = m
  const missing = [rows, columns].map((to, i) => vectorOf(b, intOp(b, 'Sub', to, m.size(x, i + 1))))
  return b.op('Pad', [x, m.concat([b.ints([0, 0, 0, 0]), ...missing], 0), b.scalar(x.dtype, 0)], { mode: 'constant' }, {})
}
/** The matrices divided by the sum of their absolute elements, and that sum: no square overflows then. */
function scaled(m: Matrices, x: OnnxValue): readonly [x: OnnxValue, scale: OnnxValue] {
  const sum = m.sum(m.sum(m.abs(x), 2), 1)
  const scale = m.where(m.equal(sum, 0), 1, sum)
  return [m.div(x, scale), scale]
}
export const identities = (m: Matrices, count: ScalarOperand, n: ScalarOperand): OnnxValue =>
  m.b.op('Expand', [m.eye(n, n, 'float64'), m.vector([count, n, n])], {}, { dims: [null, null, null] })

/** The first k of values [B, n] in order, and where they were. */
export function ordered(m: Matrices, values: OnnxValue, k: ScalarOperand, descending: boolean): readonly OnnxValue[] {
  // TopK divides by the number of rows: there is one more than wanted.
  const row = m.filled(0, values.dtype, [{ kind: 'constant', value: 1n }, m.size(values, 1)])
  const count = m.size(values, 0)
  const attributes = { axis: 1, largest: descending ? 1 : 0, sorted: 1 }
  const results = m.b.ops('TopK', [m.concat([values, row], 0), vectorOf(m.b, k)], attributes, [{}, { dtype: 'int64' }])
  return results.map((result) => ({ ...m.slice(result, 0, count, 0), dims: [null, null] }))
}

/** Eigenvalues [B, n] in rising order, and eigenvectors as the columns of [B, n, n], of symmetric matrices. */
export function symmetricEigen(m: Matrices, x: OnnxValue): { readonly values: OnnxValue; readonly vectors: OnnxValue } {
  const { b } = m
  const n = m.size(x, 1)
  const plan = tournament(m, n)
  const { even, half } = plan
  const [small, scale] = scaled(m, x)
  const all = m.sum(m.sum(m.square(small), 2), 1)
  const [a, rows] = m.loop(
    MAX_SWEEPS,
    [padded(m, small, even, even), identities(m, m.size(x, 0), even)],
    (sweep, _, states) =>
      sweep.loop(plan.rounds, states, (s, __, [a, v]) => {
        const diagonal = s.transpose(s.diagonal(a!))
        const corner = s.slice(s.slice(a!, 0, half, 1), half, undefined, 2)
        const pair = rotation(s, s.slice(diagonal, 0, half, 1), s.slice(diagonal, half, undefined, 1), s.transpose(s.diagonal(corner)))
        const once = turned(s, a!, pair, plan)
        return [turned(s, s.transpose(once), pair, plan), turned(s, v!, pair, plan)]
      }),
    (s, [a]) => {
      const square = s.square(a!)
      const off = s.sub(s.sum(s.sum(square, 2), 1), s.sum(s.diagonal(square), 2))
      return anyOf(s, s.greater(off, s.mul(all, OFF_DIAGONAL)))
    },
  )
  const diagonal = b.op('Squeeze', [m.mul(m.slice(m.diagonal(a!), 0, n, 2), scale), b.ints([1])])
  const [values, where] = ordered(m, { ...diagonal, dims: [null, null] }, n, false)
  const vectors = m.take(m.slice(m.slice(rows!, 0, n, 1), 0, n, 2), b.unsqueeze(where!, [2]), 1)
  return { values: values!, vectors: m.transpose(vectors) }
}

/** What one-sided rotations leave of A [B, p, q]: Vᵀ and (A·V)ᵀ by falling norm, which are the singular values. */
interface Singular {
  /** [B, q]. */
  readonly values: OnnxValue
  /** (A·V)ᵀ [B, q, p]: row k is σₖ·uₖ. */
  readonly scaledLeft: OnnxValue
  /** [B, q, q]. */
  readonly right: OnnxValue
}

/** One-sided Jacobi: rotations of A's columns until all are orthogonal to each other. */
export function singular(m: Matrices, x: OnnxValue): Singular {
  const { b } = m
  const q = m.size(x, 2)
  const plan = tournament(m, q)
  const { even, half } = plan
  const [small, scale] = scaled(m, x)
  const noise = m.mul(m.sum(m.sum(m.square(small), 2), 1), NOISE)
  const calm = m.filled(0, 'float64', [m.size(x, 0), half, { kind: 'constant', value: 1n }])
  const [columns, right] = m.loop(
    MAX_SWEEPS,
    [padded(m, m.transpose(small), even, m.size(x, 1)), identities(m, m.size(x, 0), even), calm],
    (sweep, _, [rows, v]) =>
      sweep.loop(plan.rounds, [rows!, v!, calm], (s, __, [a, w, worst]) => {
        const [top, bottom] = [s.slice(a!, 0, half, 1), s.slice(a!, half, undefined, 1)]
        const [alpha, beta, gamma] = [s.sum(s.square(top), 2), s.sum(s.square(bottom), 2), s.sum(s.mul(top, bottom), 2)]
        const pair = rotation(s, alpha, beta, gamma)
        const counts = s.greater(s.smallest(alpha, beta), noise)
        const slant = s.where(counts, s.div(s.abs(gamma), s.where(counts, s.sqrt(s.mul(alpha, beta)), 1)), 0)
        return [turned(s, a!, pair, plan), turned(s, w!, pair, plan), s.largest(worst!, slant)]
      }),
    (s, [, , worst]) => anyOf(s, s.greater(worst!, ORTHOGONAL)),
  )
  const left = m.mul(m.slice(columns!, 0, q, 1), scale)
  // The norm of the scaled rows, so that nothing overflows or vanishes.
  const norms = m.mul(m.sqrt(m.sum(m.square(m.slice(columns!, 0, q, 1)), 2)), scale)
  const [values, where] = ordered(m, { ...squeezedLast(m, norms), dims: [null, null] }, q, true)
  const order = b.unsqueeze(where!, [2])
  return { values: values!, scaledLeft: m.take(left, order, 1), right: m.take(m.slice(m.slice(right!, 0, q, 1), 0, q, 2), order, 1) }
}
const squeezedLast = (m: Matrices, x: OnnxValue): OnnxValue => m.b.op('Squeeze', [x, m.b.ints([2])])

export interface SVD {
  /** [B, p, k], or [B, p, p]. */
  readonly u: OnnxValue
  /** [B, k]. */
  readonly s: OnnxValue
  /** [B, k, q], or [B, q, q]. */
  readonly vh: OnnxValue
}

/** A = U·diag(s)·Vᵀ; `full` completes U and V to squares. */
export function svd(m: Matrices, x: OnnxValue, full: boolean): SVD {
  const { b } = m
  const [p, q] = [m.size(x, 1), m.size(x, 2)]
  const k = m.smaller(p, q)
  const { values, scaledLeft, right } = singular(m, x)
  const s = m.slice(values, 0, k, 1)
  // Columns of rounding are zeros here; the QR of the others turns their span into a basis and completes it. Its R is diagonal: ±1, or 0.
  const column = b.unsqueeze({ ...s, dims: [null, null] }, [2])
  const first = m.pick(
    m.concat([column, m.filled(0, 'float64', [m.size(x, 0), { kind: 'constant', value: 1n }, { kind: 'constant', value: 1n }])], 1),
    b.scalar('int64', 0),
    1,
  )
  const sound = m.greater(column, m.mul(first, 1e-15))
  const units = m.where(sound, m.div(m.slice(scaledLeft, 0, k, 1), m.where(sound, column, 1)), 0)
  const factors = factorQR(m, m.transpose(units))
  const signs = m.sign(m.diagonal(factors.packed))
  const wide = full
    ? m.concat([signs, m.filled(1, 'float64', [m.size(x, 0), { kind: 'constant', value: 1n }, intOp(b, 'Sub', p, k)])], 2)
    : signs
  return { u: m.mul(columnsOfQ(m, factors, full ? p : k), wide), s, vh: full ? right : m.slice(right, 0, k, 1) }
}
