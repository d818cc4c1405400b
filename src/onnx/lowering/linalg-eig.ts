// Eigenvalues and eigenvectors of general matrices, real or complex: rotations to Hessenberg form, single-shift QR to Schur form, back
// substitution. In float64, over stacks; a complex matrix [B, n, n] is [B, 2n, n] here, each row's real part above its imaginary part.
// Answers to LAPACK's zgehrd, zlahqr and ztrevc. In which order the values come is not LAPACK's.

import type { OnnxBuilder } from '../builder.ts'
import { dimAt, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { minus, plus, product, squareOf, times, type Complex } from './complex-matrices.ts'
import { int, intOp } from './int-math.ts'
import { anyOf, Matrices, stack } from './linalg-matrices.ts'
import { lower, type LoweringRow } from './row.ts'

const EPS = 2 ** -52
/** QR steps per row; two or three are usual. */
const MAX_STEPS = 40
/** Every so many steps a shift out of the common, where the usual ones go in circles. */
const EXCEPTIONAL = 11
/** Of a real matrix whose absolute elements sum up to 1: smaller imaginary parts are rounding. */
const REAL = 2e-15

const half = (m: Matrices, { re, im }: Complex): Complex => ({ re: m.div(re, 2), im: m.div(im, 2) })
/** x/y; a y of less than `least` in size counts as `least`. */
function over(m: Matrices, x: Complex, y: Complex, least: number): Complex {
  const tiny = m.less(squareOf(m, y), least * least)
  const by: Complex = { re: m.where(tiny, least, y.re), im: m.where(tiny, 0, y.im) }
  const size = squareOf(m, by)
  const { re, im } = times(m, x, { re: by.re, im: m.neg(by.im) })
  return { re: m.div(re, size), im: m.div(im, size) }
}
function root(m: Matrices, z: Complex): Complex {
  const size = m.sqrt(squareOf(m, z))
  const part = (x: OnnxValue): OnnxValue => m.sqrt(m.largest(m.div(x, 2), 0))
  return { re: part(m.add(size, z.re)), im: m.mul(m.sign(z.im), part(m.sub(size, z.re))) }
}

/** Sizes that the two-row form needs, made once outside of the loops. */
interface Frame {
  readonly n: ScalarOperand
  /** 0 for a stack of no matrices, else 1: there is nothing to turn then, and the kernels would stumble. */
  readonly some: ScalarOperand
  /** [B, n, 2, n] and [B, 2n, n]. */
  readonly split: OnnxValue
  readonly joined: OnnxValue
  /** [B, 4, 4]. */
  readonly four: OnnxValue
  /** What (c̄ s̄; −s c) does to two complex rows, 4 × 4 out of (Re c, Im c, Re s, Im s), and its conjugate. */
  readonly turn: OnnxValue
  readonly conjugate: OnnxValue
}
const TURN = [
  [1, 2, 3, 4],
  [-2, 1, -4, 3],
  [-3, 4, 1, -2],
  [-4, -3, 2, 1],
]
/** TURN names an element by its place from 1 and its sign; imaginary parts may change theirs. */
function turnMap(b: OnnxBuilder, imaginary: 1 | -1): OnnxValue {
  const signed = TURN.flat().map((e) => ({ at: Math.abs(e) - 1, sign: Math.sign(e) * (Math.abs(e) % 2 === 0 ? imaginary : 1) }))
  const rows = [0, 1, 2, 3].flatMap((at) => signed.map((e) => (e.at === at ? e.sign : 0)))
  return b.elements('float64', [4, 16], rows)
}
function frame(m: Matrices, count: ScalarOperand, n: ScalarOperand): Frame {
  return {
    n,
    some: intOp(m.b, 'Min', count, 1),
    split: m.vector([count, n, int(2), n]),
    joined: m.vector([count, intOp(m.b, 'Mul', n, 2), n]),
    four: m.vector([count, int(4), int(4)]),
    turn: turnMap(m.b, 1),
    conjugate: turnMap(m.b, -1),
  }
}
const shaped = (m: Matrices, x: OnnxValue, shape: OnnxValue): OnnxValue => m.b.op('Reshape', [x, shape], { allowzero: 1 }, {})

const joined = (m: Matrices, f: Frame, { re, im }: Complex): OnnxValue =>
  shaped(m, m.concat([m.b.unsqueeze({ ...re, dims: undefined }, [2]), m.b.unsqueeze({ ...im, dims: undefined }, [2])], 2), f.joined)
function parts(m: Matrices, f: Frame, x: OnnxValue): Complex {
  const both = shaped(m, x, f.split)
  const part = (at: number): OnnxValue => m.op('Gather', [both, m.b.scalar('int64', at)], { axis: 2 })
  return { re: part(0), im: part(1) }
}
const transposed = (m: Matrices, f: Frame, x: OnnxValue): OnnxValue =>
  shaped(m, m.op('Transpose', [shaped(m, x, f.split)], { perm: [0, 3, 2, 1] }), f.joined)

/** The complex rows k and k + 1 turned by `by` [B, 4, 4]. */
function turnedRows(m: Matrices, x: OnnxValue, k: OnnxValue, by: OnnxValue): OnnxValue {
  const [start, end] = [m.mul(k, 2), m.add(m.mul(k, 2), 4)]
  return m.concat([m.slice(x, 0, start, 1), m.matmul(by, m.slice(x, start, end, 1)), m.slice(x, end, undefined, 1)], 1)
}
/** T and Zᵀ after the rotation of rows k and k + 1 that makes `vector` [B, 4, 1], two complex numbers, (r, 0); none where not `active`. */
function rotated(m: Matrices, f: Frame, [t, zt]: readonly OnnxValue[], k: OnnxValue, vector: OnnxValue, active: OnnxValue): OnnxValue[] {
  const size = m.sqrt(m.sum(m.square(vector), 1))
  const turns = m.and(active, m.greater(size, 0))
  const unit = m.where(turns, m.div(vector, m.where(turns, size, 1)), m.b.elements('float64', [1, 4, 1], [1, 0, 0, 0]))
  const matrix = (map: OnnxValue): OnnxValue => shaped(m, m.matmul(m.transpose(unit), map), f.four)
  const [turn, conjugate] = [matrix(f.turn), matrix(f.conjugate)]
  const rows = turnedRows(m, t!, k, turn)
  return [transposed(m, f, turnedRows(m, transposed(m, f, rows), k, conjugate)), turnedRows(m, zt!, k, conjugate)]
}
/** Rows k and k + 1 of one column, [B, 4, 1]. */
const pairAt = (m: Matrices, t: OnnxValue, k: OnnxValue, column: OnnxValue): OnnxValue =>
  m.pick(m.slice(t, m.mul(k, 2), m.add(m.mul(k, 2), 4), 1), column, 2)

/** Zeros below the first subdiagonal, from the first column on, each column from below. */
function hessenberg(m: Matrices, f: Frame, states: readonly OnnxValue[]): OnnxValue[] {
  const last = m.b.number(intOp(m.b, 'Sub', f.n, 2), 'int64')
  return m.loop(intOp(m.b, 'Mul', intOp(m.b, 'Max', intOp(m.b, 'Sub', f.n, 2), 0), f.some), states, (s, j, outer) =>
    s.loop(s.sub(last, j), outer, (q, turn, inner) => {
      const i = q.sub(last, turn)
      return rotated(q, f, inner, i, pairAt(q, inner[0]!, i, j), q.b.scalar('bool', true))
    }),
  )
}

/** The eigenvalue of [[a, b], [c, d]] that is nearer to d. */
function shiftOf(m: Matrices, a: Complex, b: Complex, c: Complex, d: Complex): Complex {
  const t = half(m, minus(m, a, d))
  const bc = times(m, b, c)
  const r = root(m, plus(m, times(m, t, t), bc))
  const [more, less] = [plus(m, t, r), minus(m, t, r)]
  const first = m.greater(squareOf(m, more), squareOf(m, less))
  const by: Complex = { re: m.where(first, more.re, less.re), im: m.where(first, more.im, less.im) }
  return minus(m, d, over(m, bc, by, 1e-150))
}

/** T upper triangular with Z·T·Zᴴ what it was. */
function schur(m: Matrices, f: Frame, states: readonly OnnxValue[]): OnnxValue[] {
  const [i, j] = [m.index(f.n, 1), m.index(f.n, 2)]
  const before = m.equal(j, m.sub(i, 1))
  const count = m.slice(f.split, 0, 1, 0)
  const start = m.b.op('Expand', [m.b.scalar('int64', 1), m.concat([count, m.b.ints([1, 1])], 0)], {}, { dims: [null, 1, 1] })
  const steps = intOp(m.b, 'Mul', intOp(m.b, 'Mul', f.n, MAX_STEPS), f.some)
  const rotations = intOp(m.b, 'Max', intOp(m.b, 'Sub', f.n, 1), 0)
  const results = m.loop(
    steps,
    [...states, start],
    (s, step, [t, zt]) => {
      const { re, im } = parts(s, f, t!)
      const size = s.sqrt(squareOf(s, { re, im }))
      const own = s.transpose(s.diagonal(size))
      const along = (x: OnnxValue): OnnxValue => s.sum(s.where(before, x, 0), 2)
      const scale = s.add(own, along(s.transpose(own)))
      const below = along(size)
      // Each row's link to the one above: none above the first, and none where it is rounding.
      const linked = s.greater(below, s.mul(s.where(s.equal(scale, 0), 1, scale), EPS))
      const high = s.max(s.where(linked, i, 0), 1)
      const low = s.max(s.where(s.or(linked, s.greater(i, high)), 0, i), 1)
      const ends = s.cast(s.concat([s.equal(j, s.largest(s.sub(high, 1), 0)), s.equal(j, high)], 1), 'float64')
      const corner = (x: OnnxValue): OnnxValue => s.matmul(s.matmul(ends, x), s.transpose(ends))
      const [cr, ci] = [corner(re), corner(im)]
      const at = (row: number, column: number): Complex => {
        const one = (x: OnnxValue): OnnxValue => s.slice(s.slice(x, row, row + 1, 1), column, column + 1, 2)
        return { re: one(cr), im: one(ci) }
      }
      const usual = shiftOf(s, at(0, 0), at(0, 1), at(1, 0), at(1, 1))
      const strange = s.equal(s.op('Mod', [step, EXCEPTIONAL], { fmod: 0 }), EXCEPTIONAL - 1)
      const link = s.sum(s.where(s.equal(i, high), below, 0), 1)
      const shift: Complex = {
        re: s.where(strange, s.add(at(1, 1).re, s.mul(link, 0.75)), usual.re),
        im: s.where(strange, s.add(at(1, 1).im, s.mul(link, 0.25)), usual.im),
      }
      const nothing = s.mul(shift.re, 0)
      const shifted = s.concat([shift.re, shift.im, nothing, nothing], 1)
      const next = s.loop(rotations, [t!, zt!], (q, k, inner) => {
        const previous = q.largest(q.sub(k, 1), 0)
        const first = q.equal(low, k)
        const vector = q.where(first, q.sub(pairAt(q, inner[0]!, k, k), shifted), pairAt(q, inner[0]!, k, previous))
        const inside = q.and(q.not(q.greater(low, k)), q.greater(high, k))
        return rotated(q, f, inner, k, vector, inside)
      })
      return [...next, high]
    },
    (s, [, , high]) => anyOf(s, s.greater(high!, 0)),
  )
  return results.slice(0, 2)
}

/** Eigenvectors of upper triangular T as columns: yⱼ = −Σ Tⱼₗ·yₗ / (Tⱼⱼ − λ), from each value's own row upwards. */
function backSubstituted(m: Matrices, f: Frame, t: Complex, values: Complex): Complex {
  const j = m.index(f.n, 2)
  const last = m.b.number(intOp(m.b, 'Sub', f.n, 1), 'int64')
  const zeros = m.mul(t.re, 0)
  const [re, im] = m.loop(f.n, [zeros, zeros], (s, turn, [yr, yi]) => {
    const row = s.sub(last, turn)
    const beyond = s.greater(j, row)
    const part = (x: OnnxValue): OnnxValue => s.where(beyond, s.pick(x, row, 1), 0)
    const sum = product(s, { re: part(t.re), im: part(t.im) }, { re: yr!, im: yi! })
    const own = { re: s.pick(values.re, row, 2), im: s.pick(values.im, row, 2) }
    const y = over(s, sum, minus(s, values, own), EPS)
    const placed = s.equal(s.index(f.n, 1), row)
    const one = s.equal(j, row)
    return [s.where(placed, s.where(beyond, y.re, s.cast(one, 'float64')), yr!), s.where(placed, s.where(beyond, y.im, 0), yi!)]
  })
  return { re: re!, im: im! }
}
/** Columns of norm 1 whose largest component is real. */
function normalized(m: Matrices, v: Complex): Complex {
  const squares = squareOf(m, v)
  const where = m.argMax(squares, 1)
  const at = (x: OnnxValue): OnnxValue => m.b.op('GatherElements', [x, where], { axis: 1 })
  const [re, im] = [at(v.re), at(v.im)]
  const norm = m.mul(m.sqrt(m.sum(squares, 1)), m.sqrt(at(squares)))
  return times(m, v, { re: m.div(re, norm), im: m.neg(m.div(im, norm)) })
}

function eig(b: OnnxBuilder, re: OnnxValue, im: OnnxValue | undefined, vectors: boolean): readonly OnnxValue[] {
  const m = new Matrices(b)
  if (dimAt(re, -1) === 0) {
    const none = b.op('ReduceSum', [re, b.ints([re.dims!.length - 2])], { keepdims: 0, noop_with_empty_axes: 0 })
    return [none, none, re, re]
  }
  const of = stack(m, re, 'float64')
  const parted = im === undefined ? undefined : stack(m, im, 'float64').x
  const total = m.sum(m.sum(parted === undefined ? m.abs(of.x) : m.add(m.abs(of.x), m.abs(parted)), 2), 1)
  const scale = m.where(m.equal(total, 0), 1, total)
  const a: Complex = { re: m.div(of.x, scale), im: parted === undefined ? m.mul(of.x, 0) : m.div(parted, scale) }
  const [count, n] = [m.size(of.x, 0), m.size(of.x, 1)]
  const f = frame(m, count, n)
  const unit = b.op('Expand', [m.eye(n, n, 'float64'), m.vector([count, n, n])], {}, { dims: [null, null, null] })
  const start = [joined(m, f, a), joined(m, f, { re: unit, im: m.mul(unit, 0) })]
  const [t, zt] = schur(m, f, hessenberg(m, f, start))
  const triangle = parts(m, f, t!)
  const values: Complex = { re: m.diagonal(triangle.re), im: m.diagonal(triangle.im) }
  const sizes = (x: OnnxValue): OnnxValue => b.cast(of.restore(b.op('Squeeze', [m.mul(x, scale), b.ints([1])])), re.dtype)
  const imaginary = im === undefined ? m.where(m.less(m.abs(values.im), REAL), 0, values.im) : values.im
  const results = [sizes(values.re), sizes(imaginary)]
  if (!vectors) return [...results, re, re]
  const z = parts(m, f, transposed(m, f, zt!))
  const v = normalized(m, product(m, z, backSubstituted(m, f, triangle, values)))
  return [...results, b.cast(of.restore(v.re), re.dtype), b.cast(of.restore(v.im), re.dtype)]
}

export const linalgEigLowerings: readonly LoweringRow[] = [
  lower('functional::_linalg_eig(Tensor re, Tensor? im, bool vectors) -> (Tensor, Tensor, Tensor, Tensor)', ({ re, im, vectors }, b) =>
    eig(b, re, im === undefined ? undefined : { ...im, dims: re.dims }, vectors),
  ),
]
