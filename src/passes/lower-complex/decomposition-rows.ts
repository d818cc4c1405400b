// Eigenvalues of general matrices, which are complex whatever the matrix is; and systems, inverses and functions of complex matrices by the
// real matrix (A −B; B A), which adds, multiplies and inverts as A + iB does. Answers to aten/src/ATen/native/BatchLinearAlgebra.cpp.

import { tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { transposed } from './factor-rows.ts'
import { abs, full, pair, someOf, type Pair } from './pair.ts'
import type { RealOps } from './real-ops.ts'
import { ofMagnitude } from './reduction-rows.ts'
import { complexRow, loweredRow, type ComplexRow, type Result } from './row.ts'

function eig(c: Call, vectors: boolean): readonly Result[] {
  const { e } = c
  const { re, im } = c.pair('self')
  const matrix = re ?? e.zerosLike(im!)
  const inputs = [matrix, im ?? e.none(), e.bool(vectors)]
  const [wr, wi, vr, vi] = e.node('functional::_linalg_eig', inputs, [tensorType, tensorType, tensorType, tensorType]).outputs
  return vectors ? [pair(wr, wi), pair(vr, vi)] : [pair(wr, wi)]
}

const joined = (e: RealOps, parts: readonly Value[], axis: number): Value => e.op('aten::cat', [e.list(parts), e.int(axis)])
/** The first or the last half of an axis. */
function halfOf(e: RealOps, x: Value, axis: number, last: boolean): Value {
  const size = e.size(x, axis)
  const known = e.of(size).value
  const middle = typeof known === 'bigint' ? e.constant(known / 2n) : e.op('aten::floordiv', [size, e.int(2)], { kind: 'int' })
  return e.op('aten::slice', [x, e.int(axis), last ? middle : e.int(0), last ? size : middle, e.int(1)])
}
/** (A −B; B A) */
function real(e: RealOps, x: Pair): Value {
  const { re, im } = full(e, x)
  return joined(e, [joined(e, [re, e.neg(im)], -1), joined(e, [im, re], -1)], -2)
}
/** A and B of such a matrix. */
function complex(e: RealOps, x: Value): Pair {
  const left = halfOf(e, x, -1, false)
  return pair(halfOf(e, left, -2, false), halfOf(e, left, -2, true))
}
/** The operator of the real matrix. */
function ofMatrix(c: Call, name: string): Pair {
  const isHermitian = c.has('hermitian') && c.flag('hermitian')
  const matrix = real(c.e, isHermitian ? hermitian(c, c.pair(name)) : c.pair(name))
  return complex(c.e, c.again((arg, value) => (arg === name ? matrix : value)).output(0))
}

/** A·X = B by real matrices: B's parts one above the other. */
function solve(c: Call): Pair {
  const { e } = c
  const left = c.flag('left')
  const [given, right] = [full(e, c.pair('A')), full(e, c.pair('B'))]
  const [rank, own] = [given.re, right.re].map((value) => e.of(value).dims?.length)
  if (rank === undefined || own === undefined) return c.unmet('B')
  const axis = own === 1 || own === rank - 1 ? -1 : -2
  // X·A = B is Aᵀ·Xᵀ = Bᵀ.
  const turned = !left && axis === -2
  const [a, b] = [left ? given : transposed(e, given), turned ? transposed(e, right) : right]
  const [matrix, side] = [real(e, a), joined(e, [b.re, b.im], axis)]
  const x = e.call('aten::linalg_solve', { A: matrix, B: side }).output()
  const result = pair(halfOf(e, x, axis, false), halfOf(e, x, axis, true))
  return turned ? transposed(e, result) : result
}
/** The Hermitian matrix that one triangle stands for; its diagonal is real. */
function hermitian(c: Call, x: Pair): Pair {
  const { e } = c
  const isUpper = c.text('UPLO')?.toUpperCase() === 'U'
  const triangle = (part: Value, from: number): Value => e.op(isUpper ? 'aten::triu' : 'aten::tril', [part, e.int(isUpper ? from : -from)])
  const turned = (part: Value): Value => e.op('aten::transpose', [part, e.int(-2), e.int(-1)])
  const { re, im } = full(e, x)
  const beside = triangle(im, 1)
  return pair(e.add(triangle(re, 0), turned(triangle(re, 1))), e.sub(beside, turned(beside)))
}
/** Of the real matrix's values, which come in pairs, every second one. */
function everySecond(c: Call, name: string, change: (c: Call, x: Pair) => Pair = (_, x) => x): Value {
  const { e } = c
  const matrix = real(e, change(c, c.pair(name)))
  const values = c.again((arg, value) => (arg === name ? matrix : value)).output(0)
  return e.op('aten::slice', [values, e.int(-1), e.int(0), e.size(values, -1), e.int(2)])
}

/** Norms of magnitudes, but those that are made of singular values: their sum ('nuc'), the largest (2), the smallest (−2). */
function norm(c: Call): Value {
  const { e } = c
  const order = c.has('ord') ? c.known('ord') : undefined
  const isNuclear = order === 'nuc' || c.schema.name === 'aten::nuclear_norm'
  const size = typeof order === 'bigint' || typeof order === 'number' ? Number(order) : undefined
  const rank = c.fact(c.value('self')).dims?.length
  const given = c.has('dim') ? c.ints('dim') : undefined
  const axes = given ?? (rank === 2 || isNuclear ? [-2, -1] : [])
  if (axes.length !== 2 || !(isNuclear || size === 2 || size === -2)) return ofMagnitude(c)
  const { re, im } = full(e, c.pair('self'))
  const last = (part: Value): Value => e.op('aten::movedim', [part, e.ints(axes), e.ints([-2, -1])])
  const values = e.op('aten::linalg_svdvals', [real(e, pair(last(re), last(im))), e.none()])
  // Each value is there twice.
  const result = isNuclear
    ? e.scale(e.op('aten::sum', [values, e.ints([-1]), e.bool(false), e.none()]), 0.5)
    : e.op(size === 2 ? 'aten::amax' : 'aten::amin', [values, e.ints([-1]), e.bool(false)])
  if (!c.has('keepdim') || !c.flag('keepdim')) return result
  const places = axes.map((axis) => (axis < 0 ? axis + (rank ?? c.unmet('self')) : axis)).toSorted((x, y) => x - y)
  return places.reduce((value, axis) => e.op('aten::unsqueeze', [value, e.int(axis)]), result)
}

/** LU, pivots and info; torch takes complex matrices as they are, where it transposes real ones. */
function factors(e: RealOps, x: Pair): readonly [Pair, Value, Value] {
  const { re, im } = full(e, x)
  const [lu, luIm, pivots, info] = e.node('functional::_complex_lu', [re, im], Array(4).fill(tensorType)).outputs
  return [pair(lu, luIm), pivots!, info!]
}
/** A⁻¹. */
export const inverseOf = (c: Call, name: string): Pair => complex(c.e, c.e.op('aten::linalg_inv', [real(c.e, c.pair(name))]))
function inverseWithInfo(c: Call, name: string): readonly [Pair, Value] {
  const { e } = c
  return [inverseOf(c, name), factors(e, c.pair(name))[2]]
}
/** As `solve`, with info, or with the factors before it. */
function solveWithFactors(c: Call): readonly Result[] {
  const found = factors(c.e, c.pair('A'))
  return [solve(c), ...(c.node.outputs.length === 2 ? found.slice(2) : found)]
}

/** How many singular values count: of the real matrix there are twice as many. */
function rankOf(c: Call): Value {
  const { e } = c
  const name = c.schema.args[0]!.name
  const isHermitian = c.has('hermitian') && c.flag('hermitian')
  const matrix = real(e, isHermitian ? hermitian(c, c.pair(name)) : c.pair(name))
  const rank = c
    .again((arg, value) => (arg === name ? matrix : arg === 'atol' || arg === 'rtol' || arg === 'tol' ? someOf(c.rawPair(value)) : value))
    .output()
  return e.op('aten::floor_divide', [rank, e.int(2)])
}
/** ‖A‖·‖A⁻¹‖; from singular values for ±2 and 'nuc'. */
function condition(c: Call): Value {
  const { e } = c
  const order = c.has('p') ? c.known('p') : null
  const size = typeof order === 'bigint' || typeof order === 'number' ? Number(order) : order
  const x = c.pair('self')
  if (size === null || size === 2 || size === -2 || size === 'nuc') {
    const value = c.again((name, given) => (name === 'self' ? real(e, x) : given)).output()
    // Σσ·Σ1/σ of values that are there twice.
    return size === 'nuc' ? e.scale(value, 0.25) : value
  }
  const [inverse, info] = inverseWithInfo(c, 'self')
  const overload = typeof order === 'string' ? 'aten::linalg_matrix_norm.str_ord' : 'aten::linalg_matrix_norm'
  const norm = (z: Pair): Value => e.call(overload, { self: abs(e, z), ord: c.value('p'), dim: e.ints([-2, -1]) }).output()
  const regular = e.op('aten::eq', [info, e.int(0)])
  return e.where(regular, e.mul(norm(x), norm(inverse)), e.scalar(c.work, Infinity))
}
/** argmin ‖A·X − B‖ by real matrices: B's parts one above the other. */
function leastSquares(c: Call): readonly Result[] {
  const { e } = c
  const [a, b] = [full(e, c.pair('self')), full(e, c.pair('b'))]
  const [rank, own] = [a.re, b.re].map((value) => e.of(value).dims?.length)
  if (rank === undefined || own === undefined) return c.unmet('b')
  const axis = own === 1 || own === rank - 1 ? -1 : -2
  const [matrix, side] = [real(e, a), joined(e, [b.re, b.im], axis)]
  const results = c.again((name, value) =>
    name === 'self' ? matrix : name === 'b' ? side : name === 'rcond' ? tolerance(c, a.re) : value,
  ).outputs
  const [x, residuals, ranks, values] = results
  const everyOther = e.op('aten::slice', [values!, e.int(-1), e.int(0), e.size(values!, -1), e.int(2)])
  return [
    pair(halfOf(e, x!, axis, false), halfOf(e, x!, axis, true)),
    residuals!,
    e.op('aten::floor_divide', [ranks!, e.int(2)]),
    everyOther,
  ]
}
/** ε·max(m, n) of the complex matrix, where the real one's own default would be twice that. */
function tolerance(c: Call, a: Value): Value {
  const { e } = c
  const [m, n] = e.of(a).dims?.slice(-2) ?? []
  if (c.has('rcond') || typeof m !== 'number' || typeof n !== 'number') return c.value('rcond')
  return e.float((c.work === 'float64' ? 2 ** -52 : 2 ** -23) * Math.max(m, n))
}

export const decompositionRows: readonly ComplexRow[] = [
  loweredRow('linalg_eig', (c) => eig(c, true)),
  loweredRow('linalg_eigvals _linalg_eigvals', (c) => eig(c, false)),
  complexRow('inverse pinverse linalg_pinv matrix_exp linalg_matrix_exp', (c) => ofMatrix(c, 'self')),
  complexRow('linalg_norm linalg_matrix_norm nuclear_norm', norm),
  complexRow('linalg_inv', (c) => ofMatrix(c, 'A')),
  complexRow('linalg_inv_ex', (c) => inverseWithInfo(c, 'A')),
  complexRow('linalg_solve', solve),
  complexRow('linalg_solve_ex _linalg_solve_ex', solveWithFactors),
  complexRow('linalg_matrix_rank', rankOf),
  complexRow('linalg_cond', condition),
  complexRow('linalg_lstsq', leastSquares),
  complexRow('linalg_svdvals', (c) => everySecond(c, 'A')),
  complexRow('linalg_eigvalsh', (c) => everySecond(c, 'self', hermitian)),
]
