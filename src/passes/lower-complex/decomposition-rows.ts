// Eigenvalues of general matrices, which are complex whatever the matrix is; and systems, inverses and functions of complex matrices by the
// real matrix (A −B; B A), which adds, multiplies and inverts as A + iB does. Answers to aten/src/ATen/native/BatchLinearAlgebra.cpp.

import { tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { full, pair, polar, type Pair } from './pair.ts'
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
  if (!c.flag('left')) return c.unmet('left')
  const [a, b] = [c.pair('A'), full(e, c.pair('B'))]
  const [rank, own] = [c.value('A'), b.re].map((value) => e.of(value).dims?.length)
  if (rank === undefined || own === undefined) return c.unmet('B')
  const axis = own === 1 || own === rank - 1 ? -1 : -2
  const [matrix, side] = [real(e, a), joined(e, [b.re, b.im], axis)]
  const x = c.again((name, value) => (name === 'A' ? matrix : name === 'B' ? side : value)).output(0)
  return pair(halfOf(e, x, axis, false), halfOf(e, x, axis, true))
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

/** ln |det A| = Σ ln |λ|, and the angle of det A = Σ arg λ. */
function logDeterminant(c: Call, name: string): { readonly log: Value; readonly phase: Value } {
  const { e } = c
  const { re, im } = full(e, c.pair(name))
  const inputs = [re, im, e.bool(false)]
  const [wr, wi] = e.node('functional::_linalg_eig', inputs, [tensorType, tensorType, tensorType, tensorType]).outputs
  const sum = (x: Value): Value => e.op('aten::sum', [x, e.ints([-1]), e.bool(false), e.none()])
  return { log: sum(e.unary('log', e.hypot(wr!, wi!))), phase: sum(e.atan2(wi!, wr!)) }
}
function determinant(c: Call, name: string): Pair {
  const { log, phase } = logDeterminant(c, name)
  return polar(c.e, c.e.unary('exp', log), phase)
}
function signAndLog(c: Call, name: string): readonly Result[] {
  const { e } = c
  const { log, phase } = logDeterminant(c, name)
  // A singular matrix has sign 0.
  const regular = e.op('aten::to', [e.op('aten::ne', [log, e.float(-Infinity)]), e.dtype(c.work), e.bool(false), e.bool(false), e.none()])
  return [polar(e, regular, phase), log]
}

/** The angle in (−π, π]. */
function logOfDeterminant(c: Call): Pair {
  const { e } = c
  const { log, phase } = logDeterminant(c, 'self')
  return pair(log, e.atan2(e.unary('sin', phase), e.unary('cos', phase)))
}
/** A⁻¹ and info, which tells of the real matrix: 0 for both or for neither. */
function inverseWithInfo(c: Call): readonly Result[] {
  const matrix = real(c.e, c.pair('A'))
  const [inverse, info] = c.again((name, value) => (name === 'A' ? matrix : value)).outputs
  return [complex(c.e, inverse!), info!]
}

export const decompositionRows: readonly ComplexRow[] = [
  loweredRow('linalg_eig', (c) => eig(c, true)),
  loweredRow('linalg_eigvals _linalg_eigvals', (c) => eig(c, false)),
  complexRow('inverse pinverse linalg_pinv matrix_exp linalg_matrix_exp', (c) => ofMatrix(c, 'self')),
  complexRow('linalg_norm linalg_matrix_norm nuclear_norm', norm),
  complexRow('linalg_inv', (c) => ofMatrix(c, 'A')),
  complexRow('linalg_inv_ex', inverseWithInfo),
  complexRow('logdet', logOfDeterminant),
  complexRow('linalg_solve', solve),
  complexRow('linalg_svdvals', (c) => everySecond(c, 'A')),
  complexRow('linalg_eigvalsh', (c) => everySecond(c, 'self', hermitian)),
  complexRow('det', (c) => determinant(c, 'self')),
  complexRow('linalg_det', (c) => determinant(c, 'A')),
  complexRow('slogdet', (c) => signAndLog(c, 'self')),
  complexRow('linalg_slogdet', (c) => signAndLog(c, 'A')),
]
