// Factors of complex matrices and what is solved by them: Cholesky, LU, LDL, QR, eigenvalues of Hermitian matrices, singular values. The factors
// themselves are functional:: operators on parts, which onnx/lowering/linalg-complex.ts has. Answers to aten/src/ATen/native/BatchLinearAlgebra.cpp.

import { tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { conj, full, pair, type FullPair, type Pair } from './pair.ts'
import type { RealOps } from './real-ops.ts'
import { complexRow, type ComplexRow, type Result } from './row.ts'

function made(e: RealOps, name: string, inputs: readonly Value[], count: number): readonly Value[] {
  return e.node(`functional::_complex_${name}`, inputs, Array<typeof tensorType>(count).fill(tensorType)).outputs
}
/** The same done to both parts. */
export const both = (e: RealOps, x: Pair, f: (part: Value) => Value): FullPair => {
  const { re, im } = full(e, x)
  return { kind: 'pair', re: f(re), im: f(im) }
}
export const transposed = (e: RealOps, x: Pair): FullPair => both(e, x, (part) => e.op('aten::transpose', [part, e.int(-2), e.int(-1)]))
export const adjoint = (e: RealOps, x: Pair): FullPair => full(e, conj(e, transposed(e, x)))
const triangle = (e: RealOps, x: Pair, upper: boolean, diagonal = 0): FullPair =>
  both(e, x, (part) => e.op(upper ? 'aten::triu' : 'aten::tril', [part, e.int(diagonal)]))
const part = (e: RealOps, x: Value, axis: number, from: Value, to: Value): Value =>
  e.op('aten::slice', [x, e.int(axis), from, to, e.int(1)])
const parts = (x: FullPair): readonly [Value, Value] => [x.re, x.im]

/** min(m, n), a number where it is known. */
function sideOf(e: RealOps, x: Value): Value {
  const sizes = [e.size(x, -2), e.size(x, -1)]
  const [m, n] = sizes.map((size) => e.of(size).value)
  if (typeof m === 'bigint' && typeof n === 'bigint') return e.constant(m < n ? m : n)
  return e.op('prim::min', sizes, { kind: 'int' })
}
/** The first columns of the unit matrix, with leading axes as `like` has them. */
function unit(e: RealOps, like: Value, rows: Value, columns: Value): FullPair {
  const dtype = e.dtype(e.dtypeOf(like) ?? 'float32')
  const eye = e.call('aten::eye.m', { n: rows, m: columns, dtype }).output()
  return full(e, pair(eye, undefined))
}

// Cholesky

/** L with A = L·Lᴴ, or U with A = Uᴴ·U, of the triangle that counts; and info. */
function cholesky(c: Call): readonly Result[] {
  const { e } = c
  const upper = c.flag('upper')
  const x = full(e, c.pair('self'))
  const [re, im, info] = made(e, 'cholesky', parts(upper ? adjoint(e, x) : x), 3)
  const l = pair(re, im)
  return [upper ? adjoint(e, l) : l, info!]
}
function solveTriangular(e: RealOps, t: Pair, x: Pair, upper: boolean, isUnit = false): FullPair {
  const [re, im] = made(e, 'triangular', [...parts(full(e, t)), ...parts(full(e, x)), e.bool(upper), e.bool(isUnit)], 2)
  return { kind: 'pair', re: re!, im: im! }
}
/** (L·Lᴴ)⁻¹·X */
function byCholesky(e: RealOps, factor: Pair, x: Pair, upper: boolean): Pair {
  const l = upper ? adjoint(e, factor) : factor
  return solveTriangular(e, adjoint(e, l), solveTriangular(e, l, x, false), true)
}
function choleskyInverse(c: Call): Pair {
  const { e } = c
  const l = full(e, c.pair('self'))
  const n = e.size(l.re, -1)
  return byCholesky(e, l, unit(e, l.re, n, n), c.flag('upper'))
}

// LU

interface LU {
  readonly lu: FullPair
  readonly pivots: Value
  readonly info: Value
}
function factorLU(e: RealOps, x: Pair): LU {
  const [re, im, pivots, info] = made(e, 'lu', parts(full(e, x)), 4)
  return { lu: { kind: 'pair', re: re!, im: im! }, pivots: pivots!, info: info! }
}
/** LAPACK has no LU without pivots, and neither has torch on the CPU. */
const withPivots = (c: Call, name: string): Pair => (c.flag('pivot') ? c.pair(name) : c.unmet('pivot'))
function luFactor(c: Call, name: string): readonly Result[] {
  const { lu, pivots, info } = factorLU(c.e, withPivots(c, name))
  return [lu, pivots, info].slice(0, c.node.outputs.length)
}
/** P·L·U as torch has them, of a packed LU and its pivots. */
function unpacked(c: Call, lu: FullPair, pivots: Value): readonly Result[] {
  const { e } = c
  const flag = (name: string): boolean => !c.schema.args.some((arg) => arg.name === name) || c.flag(name)
  const options = { unpack_data: e.bool(flag('unpack_data')), unpack_pivots: e.bool(flag('unpack_pivots')) }
  const types = [tensorType, tensorType, tensorType]
  const of = (x: Value): readonly Value[] => e.call('aten::lu_unpack', { LU_data: x, LU_pivots: pivots, ...options }, types).outputs
  const [p, l, u] = of(lu.re)
  const [, li, ui] = of(lu.im)
  // The ones on L's diagonal are real.
  const below = flag('unpack_data') ? e.op('aten::tril', [li!, e.int(-1)]) : li
  return [pair(p, undefined), pair(l, below), pair(u, ui)]
}
function luSolve(c: Call, names: { readonly lu: string; readonly pivots: string; readonly side: string }, isAdjoint = false): Pair {
  const { e } = c
  const lu = full(e, c.pair(names.lu))
  const side = c.pair(names.side)
  const left = names.side !== 'B' || c.flag('left')
  // X·A = B is Aᴴ·Xᴴ = Bᴴ.
  const x = full(e, left ? side : adjoint(e, side))
  const [re, im] = made(e, 'lu_solve', [...parts(lu), c.value(names.pivots), ...parts(x), e.bool(isAdjoint !== !left)], 2)
  return left ? pair(re, im) : adjoint(e, pair(re, im))
}

/** Of the determinant: U's diagonal, and −1 for each row exchange. */
function determinant(c: Call, name: string): { readonly sign: Value; readonly diagonal: FullPair; readonly factors: LU } {
  const { e } = c
  const factors = factorLU(e, c.pair(name))
  const n = e.size(factors.lu.re, -1)
  const dtype = e.dtype('int32')
  const order = e.call('aten::arange.start', { start: e.int(1), end: e.op('aten::add', [n, e.int(1)], { kind: 'int' }), dtype }).output()
  const moved = e.op('aten::sum', [e.op('aten::ne', [factors.pivots, order]), e.ints([-1]), e.bool(false), e.none()])
  const odd = e.cast(e.op('aten::remainder', [moved, e.int(2)]), c.work)
  const diagonal = both(e, factors.lu, (x) => e.op('aten::diagonal', [x, e.int(0), e.int(-2), e.int(-1)]))
  return { sign: e.op('aten::rsub', [e.scale(odd, 2), e.float(1), e.int(1)]), diagonal, factors }
}
const reduced = (e: RealOps, kind: string, x: Value): Value =>
  kind === 'prod'
    ? e.op('aten::prod', [x, e.int(-1), e.bool(false), e.none()])
    : e.op('aten::sum', [x, e.ints([-1]), e.bool(false), e.none()])

function det(c: Call, name: string): readonly Result[] {
  const { e } = c
  const { sign, diagonal, factors } = determinant(c, name)
  const size = reduced(e, 'prod', e.hypot(diagonal.re, diagonal.im))
  const turn = reduced(e, 'sum', e.atan2(diagonal.im, diagonal.re))
  const length = e.mul(size, sign)
  const value = pair(e.mul(length, e.unary('cos', turn)), e.mul(length, e.unary('sin', turn)))
  return [value, factors.lu, factors.pivots].slice(0, c.node.outputs.length)
}
function slogdet(c: Call, name: string): readonly Result[] {
  const { e } = c
  const { sign, diagonal, factors } = determinant(c, name)
  const size = e.hypot(diagonal.re, diagonal.im)
  const turn = reduced(e, 'sum', e.atan2(diagonal.im, diagonal.re))
  // A singular matrix has sign 0.
  const zero = e.op('aten::any', [e.compare('eq', size, 0), e.int(-1), e.bool(false)])
  const unitary = e.where(zero, e.zerosLike(sign), sign)
  const phase = pair(e.mul(unitary, e.unary('cos', turn)), e.mul(unitary, e.unary('sin', turn)))
  return [phase, reduced(e, 'sum', e.unary('log', size)), factors.lu, factors.pivots]
}
function logdet(c: Call): Pair {
  const { e } = c
  const [phase, log] = slogdet(c, 'self') as readonly [FullPair, Value]
  return pair(log, e.atan2(phase.im, phase.re))
}

// Triangular systems

function triangularSolve(c: Call): readonly Result[] {
  const { e } = c
  const a = full(e, c.pair('A'))
  const turned = c.flag('transpose')
  const solution = solveTriangular(e, turned ? transposed(e, a) : a, c.pair('self'), c.flag('upper') !== turned, c.flag('unitriangular'))
  // The coefficients come back as they are used: with the leading axes of both.
  const lead = both(e, solution, (x) => e.op('aten::sum', [e.zerosLike(x), e.ints([-2, -1]), e.bool(true), e.none()]))
  return [solution, pair(e.add(a.re, lead.re), e.add(a.im, lead.re))]
}
function solveByTriangle(c: Call): Pair {
  const { e } = c
  const [t, x, upper, isUnit] = [c.pair('self'), c.pair('B'), c.flag('upper'), c.flag('unitriangular')]
  // X·T = B is Tᵀ·Xᵀ = Bᵀ.
  if (c.flag('left')) return solveTriangular(e, t, x, upper, isUnit)
  return transposed(e, solveTriangular(e, transposed(e, t), transposed(e, x), !upper, isUnit))
}

// QR

function qr(c: Call, name: string, mode: string | undefined): readonly Result[] {
  const { e } = c
  if (mode !== 'reduced' && mode !== 'complete' && mode !== 'r') return c.unmet('mode')
  const x = full(e, c.pair(name))
  const [re, im, tau, tauIm] = made(e, 'qr', parts(x), 4)
  const rows = e.size(x.re, -2)
  const side = mode === 'complete' ? rows : sideOf(e, x.re)
  const r = triangle(
    e,
    both(e, pair(re, im), (value) => part(e, value, -2, e.int(0), side)),
    true,
  )
  if (mode === 'r') {
    const none = e.call('aten::zeros', { size: e.ints([0]), dtype: e.dtype(c.work) }).output()
    return [pair(none, undefined), r]
  }
  return [reflected(e, [re!, im!, tau!, tauIm!], unit(e, x.re, rows, side)), r]
}
function reflected(e: RealOps, factors: readonly Value[], x: Pair, isAdjoint = false): Pair {
  const [re, im] = made(e, 'reflect', [...factors, ...parts(full(e, x)), e.bool(isAdjoint)], 2)
  return pair(re, im)
}
function householderProduct(c: Call, names: readonly [string, string]): Pair {
  const { e } = c
  const [x, tau] = names.map((name) => full(e, c.pair(name)))
  return reflected(e, [...parts(x!), ...parts(tau!)], unit(e, x!.re, e.size(x!.re, -2), e.size(x!.re, -1)))
}
function timesQ(c: Call): Pair {
  const { e } = c
  const factors = ['self', 'input2'].flatMap((name) => parts(full(e, c.pair(name))))
  const isAdjoint = c.flag('transpose')
  if (c.flag('left')) return reflected(e, factors, c.pair('input3'), isAdjoint)
  // C·Q is (Qᴴ·Cᴴ)ᴴ.
  return adjoint(e, reflected(e, factors, adjoint(e, c.pair('input3')), !isAdjoint))
}

// LDL

function ldlFactor(c: Call): readonly Result[] {
  const [re, im, pivots, info] = made(c.e, 'ldl', [...parts(full(c.e, c.pair('self'))), c.e.bool(c.flag('hermitian'))], 4)
  return [pair(re, im), pivots!, info!].slice(0, c.node.outputs.length)
}
function ldlSolve(c: Call): Pair {
  const { e } = c
  const inputs = [...parts(full(e, c.pair('LD'))), c.value('pivots'), ...parts(full(e, c.pair('B'))), e.bool(c.flag('hermitian'))]
  const [re, im] = made(e, 'ldl_solve', inputs, 2)
  return pair(re, im)
}

// Eigenvalues and singular values

function eigh(c: Call, name: string): readonly Result[] {
  const { e } = c
  const [values, re, im] = made(e, 'eigh', [...parts(full(e, c.pair(name))), e.bool(c.text('UPLO')?.toUpperCase() === 'U')], 3)
  return [values!, pair(re, im)]
}
function svd(c: Call, name: string, isFull: boolean, plainV = false): readonly Result[] {
  const { e } = c
  const [ur, ui, s, vr, vi] = made(e, 'svd', [...parts(full(e, c.pair(name))), e.bool(isFull)], 5)
  const vh = pair(vr, vi)
  return [pair(ur, ui), s!, plainV ? adjoint(e, vh) : vh]
}
/** Without vectors torch gives zeros of their full shapes. */
function oldSvd(c: Call): readonly Result[] {
  const { e } = c
  if (c.flag('compute_uv')) return svd(c, 'self', !c.flag('some'), true)
  const x = full(e, c.pair('self'))
  const [tall, wide] = [e.zerosLike(x.re), transposed(e, pair(e.zerosLike(x.re), undefined)).re]
  const square = (left: Value, right: Value): Pair => pair(e.op('aten::matmul', [left, right]), undefined)
  return [square(tall, wide), svd(c, 'self', false)[1]!, square(wide, tall)]
}

export const factorRows: readonly ComplexRow[] = [
  complexRow('cholesky linalg_cholesky', (c) => cholesky(c)[0]!),
  complexRow('linalg_cholesky_ex', cholesky),
  complexRow('cholesky_solve', (c) => byCholesky(c.e, c.pair('input2'), c.pair('self'), c.flag('upper'))),
  complexRow('_cholesky_solve_helper', (c) => byCholesky(c.e, c.pair('A'), c.pair('self'), c.flag('upper'))),
  complexRow('cholesky_inverse', choleskyInverse),
  complexRow('linalg_lu_factor linalg_lu_factor_ex', (c) => luFactor(c, 'A')),
  complexRow('_lu_with_info', (c) => luFactor(c, 'self')),
  complexRow('linalg_lu', (c) => {
    const { lu, pivots } = factorLU(c.e, withPivots(c, 'A'))
    return unpacked(c, lu, pivots)
  }),
  complexRow('lu_unpack', (c) => unpacked(c, full(c.e, c.pair('LU_data')), c.value('LU_pivots'))),
  complexRow('lu_solve', (c) => luSolve(c, { lu: 'LU_data', pivots: 'LU_pivots', side: 'self' })),
  complexRow('linalg_lu_solve', (c) => luSolve(c, { lu: 'LU', pivots: 'pivots', side: 'B' }, c.flag('adjoint'))),
  complexRow('det', (c) => det(c, 'self')[0]!),
  complexRow('linalg_det _linalg_det', (c) => det(c, 'A')),
  complexRow('slogdet', (c) => slogdet(c, 'self').slice(0, 2)),
  complexRow('linalg_slogdet _linalg_slogdet', (c) => slogdet(c, 'A').slice(0, c.node.outputs.length)),
  complexRow('logdet', logdet),
  complexRow('triangular_solve', triangularSolve),
  complexRow('linalg_solve_triangular', solveByTriangle),
  complexRow('linalg_qr', (c) => qr(c, 'A', c.text('mode'))),
  complexRow('qr', (c) => qr(c, 'self', c.flag('some') ? 'reduced' : 'complete')),
  complexRow('geqrf', (c) => {
    const [re, im, tau, tauIm] = made(c.e, 'qr', parts(full(c.e, c.pair('self'))), 4)
    return [pair(re, im), pair(tau, tauIm)]
  }),
  complexRow('linalg_householder_product', (c) => householderProduct(c, ['input', 'tau'])),
  complexRow('orgqr', (c) => householderProduct(c, ['self', 'input2'])),
  complexRow('ormqr', timesQ),
  complexRow('linalg_ldl_factor linalg_ldl_factor_ex', ldlFactor),
  complexRow('linalg_ldl_solve', ldlSolve),
  complexRow('linalg_eigh', (c) => eigh(c, 'self')),
  complexRow('_linalg_eigh', (c) => {
    const [values, vectors] = eigh(c, 'A')
    const none = c.e.call('aten::zeros', { size: c.e.ints([0]), dtype: c.e.dtype(c.work) })
    return [values!, c.flag('compute_v') ? vectors! : pair(none.output(), undefined)]
  }),
  complexRow('linalg_svd', (c) => svd(c, 'A', c.flag('full_matrices'))),
  complexRow('_linalg_svd', (c) => {
    const [u, s, vh] = svd(c, 'A', c.flag('full_matrices'))
    if (c.flag('compute_uv')) return [u!, s!, vh!]
    const none = pair(c.e.call('aten::zeros', { size: c.e.ints([0]), dtype: c.e.dtype(c.work) }).output(), undefined)
    return [none, s!, none]
  }),
  complexRow('svd', oldSvd),
]
