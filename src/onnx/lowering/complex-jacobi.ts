// Hermitian eigenvalues and singular values of complex matrices by Jacobi rotations, as linalg-jacobi.ts has them for real ones: a phase in front
// of each rotation makes the element beside the diagonal real. Over stacks of float64 matrices.
// Answers to Golub & Van Loan, Matrix Computations, §8.5. Phases are those of LAPACK's reductions (zhetrd, zgebrd), signs are not.

import type { OnnxValue } from '../operand.ts'
import { factorComplexQR, timesComplexQ } from './complex-factors.ts'
import { adjoint, choose, conjugate, each, pick, slice, squareOf, take, times, transpose, type Complex } from './complex-matrices.ts'
import { intOp, known, type Int } from './int-math.ts'
import {
  identities,
  MAX_SWEEPS,
  NOISE,
  OFF_DIAGONAL,
  ordered,
  ORTHOGONAL,
  padded,
  rotation,
  tournament,
  type Tournament,
} from './linalg-jacobi.ts'
import { anyOf, type Matrices } from './linalg-matrices.ts'

/** z/|z|, 1 for 0; and |z|. */
function polar(m: Matrices, z: Complex): { readonly phase: Complex; readonly size: OnnxValue } {
  const size = m.sqrt(squareOf(m, z))
  const none = m.equal(size, 0)
  const by = m.where(none, 1, size)
  return {
    phase: choose(
      m,
      none,
      1,
      each(z, (part) => m.div(part, by)),
    ),
    size,
  }
}
/** The rows of each pair turned, the lower one's phase first, then moved on to their next places. */
function turned(m: Matrices, x: Complex, phase: Complex, by: ReturnType<typeof rotation>, { half, next }: Tournament): Complex {
  const [top, bottom] = [slice(m, x, 0, half, 1), times(m, phase, slice(m, x, half, undefined, 1))]
  const part = (a: OnnxValue, c: OnnxValue): OnnxValue => {
    const rows = m.concat([m.sub(m.mul(by.cos, a), m.mul(by.sin, c)), m.add(m.mul(by.sin, a), m.mul(by.cos, c))], 1)
    return m.op('Gather', [rows, next], { axis: 1 })
  }
  return { re: part(top.re, bottom.re), im: part(top.im, bottom.im) }
}
/** Divided by the sum of its absolute parts, and that sum. */
function scaled(m: Matrices, x: Complex): readonly [x: Complex, scale: OnnxValue] {
  const sum = m.sum(m.sum(m.add(m.abs(x.re), m.abs(x.im)), 2), 1)
  const scale = m.where(m.equal(sum, 0), 1, sum)
  return [each(x, (part) => m.div(part, scale)), scale]
}
const total = (m: Matrices, x: Complex): OnnxValue => m.sum(m.sum(squareOf(m, x), 2), 1)
/** Each column's phase turned so that its first component, or its last, is real. */
function aligned(m: Matrices, vectors: Complex, upper: boolean): Complex {
  const { phase } = polar(m, upper ? slice(m, vectors, -1, undefined, 1) : slice(m, vectors, 0, 1, 1))
  return times(m, vectors, conjugate(m, phase))
}

/** Eigenvalues [B, n] in rising order, and eigenvectors as columns, of Hermitian matrices. */
export function hermitianEigen(m: Matrices, x: Complex, upper: boolean): { readonly values: OnnxValue; readonly vectors: Complex } {
  const { b } = m
  const n = m.size(x.re, 1)
  const plan = tournament(m, n)
  const { even, half } = plan
  const [small, scale] = scaled(m, x)
  const all = total(m, small)
  const unit = identities(m, m.size(x.re, 0), even)
  const pad = (part: OnnxValue): OnnxValue => padded(m, part, even, even)
  const [re, , vr, vi] = m.loop(
    MAX_SWEEPS,
    [pad(small.re), pad(small.im), unit, m.mul(unit, 0)],
    (sweep, _, states) =>
      sweep.loop(plan.rounds, states, (s, __, [ar, ai, wr, wi]) => {
        const a = { re: ar!, im: ai! }
        const diagonal = s.transpose(s.diagonal(a.re))
        const corner = each(a, (part) => s.transpose(s.diagonal(s.slice(s.slice(part, 0, half, 1), half, undefined, 2))))
        const { phase, size } = polar(s, corner)
        const by = rotation(s, s.slice(diagonal, 0, half, 1), s.slice(diagonal, half, undefined, 1), size)
        const once = turned(s, a, phase, by, plan)
        const next = turned(s, adjoint(s, once), phase, by, plan)
        const vectors = turned(s, { re: wr!, im: wi! }, phase, by, plan)
        return [next.re, next.im, vectors.re, vectors.im]
      }),
    (s, [ar, ai]) => {
      const square = squareOf(s, { re: ar!, im: ai! })
      const off = s.sub(s.sum(s.sum(square, 2), 1), s.sum(s.diagonal(square), 2))
      return anyOf(s, s.greater(off, s.mul(all, OFF_DIAGONAL)))
    },
  )
  const diagonal = b.op('Squeeze', [m.mul(m.slice(m.diagonal(re!), 0, n, 2), scale), b.ints([1])])
  const [values, where] = ordered(m, { ...diagonal, dims: [null, null] }, n, false)
  const rows = slice(m, slice(m, { re: vr!, im: vi! }, 0, n, 1), 0, n, 2)
  const vectors = adjoint(m, take(m, rows, b.unsqueeze(where!, [2]), 1))
  return { values: values!, vectors: aligned(m, vectors, upper) }
}

/** A = U·diag(s)·Vᴴ: by falling s [B, k], with U [B, p, k] and Vᴴ [B, k, q], or squares where `full`. */
export interface ComplexSVD {
  readonly u: Complex
  readonly s: OnnxValue
  readonly vh: Complex
}

/** One-sided: rotations of A's columns until all are orthogonal to each other. `wide`: A is the adjoint of the matrix that is asked for. */
export function complexSvd(m: Matrices, x: Complex, full: boolean): ComplexSVD {
  const { b } = m
  const [count, p, q] = [m.size(x.re, 0), m.size(x.re, 1), m.size(x.re, 2)]
  const k = m.smaller(p, q)
  const plan = tournament(m, q)
  const { even, half } = plan
  const [small, scale] = scaled(m, x)
  const noise = m.mul(total(m, small), NOISE)
  const one = { kind: 'constant', value: 1n } as const
  const calm = m.filled(0, 'float64', [count, half, one])
  const pad = (part: OnnxValue): OnnxValue => padded(m, m.transpose(part), even, p)
  const unit = identities(m, count, even)
  const found = m.loop(
    MAX_SWEEPS,
    [pad(small.re), pad(small.im), unit, m.mul(unit, 0), calm],
    (sweep, _, states) =>
      sweep.loop(plan.rounds, [...states.slice(0, 4), calm], (s, __, [ar, ai, wr, wi, worst]) => {
        const a = { re: ar!, im: ai! }
        const [top, bottom] = [slice(s, a, 0, half, 1), slice(s, a, half, undefined, 1)]
        const [alpha, beta] = [s.sum(squareOf(s, top), 2), s.sum(squareOf(s, bottom), 2)]
        const gamma = each(times(s, conjugate(s, top), bottom), (part) => s.sum(part, 2))
        const { phase, size } = polar(s, gamma)
        const by = rotation(s, alpha, beta, size)
        const counts = s.greater(s.smallest(alpha, beta), noise)
        const slant = s.where(counts, s.div(size, s.where(counts, s.sqrt(s.mul(alpha, beta)), 1)), 0)
        const turn = conjugate(s, phase)
        const [next, right] = [a, { re: wr!, im: wi! }].map((z) => turned(s, z, turn, by, plan))
        return [next!.re, next!.im, right!.re, right!.im, s.largest(worst!, slant)]
      }),
    (s, states) => anyOf(s, s.greater(states[4]!, ORTHOGONAL)),
  )
  const columns = slice(m, { re: found[0]!, im: found[1]! }, 0, q, 1)
  // The norm of the scaled rows, so that nothing overflows or vanishes.
  const norms = m.mul(m.sqrt(m.sum(squareOf(m, columns), 2)), scale)
  const [values, where] = ordered(m, { ...b.op('Squeeze', [norms, b.ints([2])]), dims: [null, null] }, q, true)
  const order = b.unsqueeze(where!, [2])
  const left = take(
    m,
    each(columns, (part) => m.mul(part, scale)),
    order,
    1,
  )
  const right = take(m, slice(m, slice(m, { re: found[2]!, im: found[3]! }, 0, q, 1), 0, q, 2), order, 1)
  const s = m.slice(values!, 0, k, 1)
  const column = b.unsqueeze({ ...s, dims: [null, null] }, [2])
  const first = m.pick(m.concat([column, m.filled(0, 'float64', [count, one, one])], 1), b.scalar('int64', 0), 1)
  const sound = m.greater(column, m.mul(first, 1e-15))
  const units = choose(
    m,
    sound,
    each(slice(m, left, 0, k, 1), (part) => m.div(part, m.where(sound, column, 1))),
    0,
  )
  return { u: basis(m, transpose(m, units), full ? p : k), s, vh: conjugate(m, full ? right : slice(m, right, 0, k, 1)) }
}
/** Orthonormal columns that go on from those of `units`, of which some may be 0: their QR has ±1 or 0 on R's diagonal. */
function basis(m: Matrices, units: Complex, wanted: Int): Complex {
  const { b } = m
  const [count, p, k] = [m.size(units.re, 0), m.size(units.re, 1), m.size(units.re, 2)]
  const factors = factorComplexQR(m, units)
  const eye = b.op(
    'Expand',
    [m.eye(p, wanted, 'float64'), m.vector([count, p, b.number(operand(wanted), 'int64')])],
    {},
    { dims: [null, null, null] },
  )
  const q = timesComplexQ(m, factors, { re: eye, im: m.mul(eye, 0) })
  const rest = m.filled(1, 'float64', [count, { kind: 'constant', value: 1n }, intOp(b, 'Sub', wanted, k)])
  const signs = m.concat([m.sign(m.diagonal(factors.packed.re)), rest], 2)
  return each(q, (part) => m.mul(part, signs))
}
const operand = (n: Int) => (typeof n === 'number' ? ({ kind: 'constant', value: BigInt(n) } as const) : n)

/**
 * Phases as LAPACK's reduction to a real bidiagonal leaves them: the first component of each right vector is real, of a wide matrix
 * [B, p, q] that of each left one.
 */
export function phased(m: Matrices, { u, s, vh }: ComplexSVD, p: Int, q: Int): ComplexSVD {
  const { b } = m
  const zero = b.scalar('int64', 0)
  const k = m.size(s, 1)
  /** Phases of the first k vectors; those beyond turn freely. */
  const turnOf = (vectors: Complex): Complex => conjugate(m, polar(m, pick(m, slice(m, vectors, 0, k, 2), zero, 1)).phase)
  const [rows, columns] = [known(p), known(q)]
  const isWide = rows !== undefined && columns !== undefined ? rows < columns : undefined
  const [left, right] = [isWide === false ? undefined : turnOf(u), isWide === true ? undefined : turnOf(adjoint(m, vh))]
  const wider = (): OnnxValue => m.less(b.number(operand(p), 'int64'), b.number(operand(q), 'int64'))
  const by = left === undefined ? right! : right === undefined ? left : choose(m, wider(), left, right)
  const turnedBy = (vectors: Complex): Complex => {
    const turnedOnes = times(m, slice(m, vectors, 0, k, 2), by)
    const rest = slice(m, vectors, k, undefined, 2)
    return { re: m.concat([turnedOnes.re, rest.re], 2), im: m.concat([turnedOnes.im, rest.im], 2) }
  }
  return { u: turnedBy(u), s, vh: adjoint(m, turnedBy(adjoint(m, vh))) }
}
