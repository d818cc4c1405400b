// What eigenvalues and singular values tell: eigh, svd, spectral norms, rank, condition, pseudo-inverse, least squares. Computed in float64.
// Answers to aten/src/ATen/native/BatchLinearAlgebra.cpp (eigh, svd, lstsq) and LinearAlgebra.cpp (pinv, matrix_rank, cond).

import type { ScalarType } from '../../ir/scalar-type.ts'
import { wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import { rankOf, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { countTo, intOp } from './int-math.ts'
import { Matrices, squeezed, stack, type Stack } from './linalg-matrices.ts'
import { UnmetNeed } from './row.ts'
import { singular, svd, symmetricEigen } from './linalg-jacobi.ts'

const EPS: Readonly<Partial<Record<ScalarType, number>>> = { float32: 2 ** -23, float64: 2 ** -52 }

/** The symmetric matrix that one triangle stands for. */
function fromTriangle(m: Matrices, x: OnnxValue, uplo: string): OnnxValue {
  const half = uplo.toUpperCase() === 'U' ? m.transpose(x) : x
  return m.add(m.lower(half), m.transpose(m.lower(half, -1)))
}
export function eigh(b: OnnxBuilder, a: OnnxValue, uplo: string): readonly [values: OnnxValue, vectors: OnnxValue] {
  const m = new Matrices(b)
  const of = stack(m, a, 'float64')
  const { values, vectors } = symmetricEigen(m, fromTriangle(m, of.x, uplo))
  return [b.cast(of.restore(values), a.dtype), b.cast(of.restore(vectors), a.dtype)]
}

const isWide = ({ dims }: OnnxValue): boolean => {
  const [rows, columns] = dims?.slice(-2) ?? []
  return typeof rows === 'number' && typeof columns === 'number' && rows < columns
}
/** U, S and Vᵀ, or V. */
export function fullSvd(b: OnnxBuilder, a: OnnxValue, full: boolean, plainV = false): readonly OnnxValue[] {
  const m = new Matrices(b)
  const of = stack(m, a, 'float64')
  const back = (x: OnnxValue): OnnxValue => b.cast(of.restore(x), a.dtype)
  // Fewer columns are fewer pairs; where the shape is not known any will do.
  const wide = isWide(a)
  const { u, s, vh } = svd(m, wide ? m.transpose(of.x) : of.x, full)
  const [left, right] = wide ? [m.transpose(vh), u] : [u, m.transpose(vh)]
  return [back(left), back(s), back(plainV ? right : m.transpose(right))]
}

interface Spectrum {
  readonly of: Stack
  /** [B, k], float64; of a symmetric matrix the absolute eigenvalues, in no order. */
  readonly values: OnnxValue
}
function spectrum(m: Matrices, a: OnnxValue, hermitian: boolean): Spectrum {
  const of = stack(m, a, 'float64')
  if (hermitian) return { of, values: m.abs(symmetricEigen(m, fromTriangle(m, of.x, 'L')).values) }
  const x = isWide(a) ? m.transpose(of.x) : of.x
  return { of, values: m.slice(singular(m, x).values, 0, m.smaller(m.size(x, 1), m.size(x, 2)), 1) }
}
export function singularValues(b: OnnxBuilder, a: OnnxValue): OnnxValue {
  const { of, values } = spectrum(new Matrices(b), a, false)
  return b.cast(of.restore(values), a.dtype)
}

/** Norms that are made of singular values: their sum ('nuc'), the largest (2), the smallest (−2). */
export function spectralNorm(b: OnnxBuilder, a: OnnxValue, ord: 'nuc' | 2 | -2, axes: readonly number[], keepdim: boolean): OnnxValue {
  const m = new Matrices(b)
  const rank = rankOf(a)
  const isLast = axes[0] === -2 && axes[1] === -1
  if (rank === undefined && !isLast) throw new UnmetNeed('self', 'its rank to be known')
  const own = rank === undefined ? axes : axes.map((axis) => wrap(axis, rank))
  const others = Array.from({ length: rank ?? 0 }, (_, i) => i).filter((i) => !own.includes(i))
  const { of, values } = spectrum(m, rank === undefined || isLast ? a : b.transpose(a, [...others, ...own]), false)
  const kind = ord === 'nuc' ? 'ReduceSum' : ord === 2 ? 'ReduceMax' : 'ReduceMin'
  const extreme = b.op(kind, [values, b.ints([1])], { keepdims: 0, noop_with_empty_axes: 0 }, { dims: [null] })
  // Of no values the largest is 0.
  const norm = of.restore(ord === 2 ? b.op('Max', [extreme, b.scalar('float64', 0)], {}, { dims: [null] }) : extreme)
  const plain = { ...b.cast(norm, a.dtype), dims: a.dims === undefined ? undefined : others.map((i) => a.dims![i]!) }
  return keepdim
    ? b.unsqueeze(
        plain,
        own.toSorted((x, y) => x - y),
      )
    : plain
}

/** Tolerances as arguments have them: numbers or tensors, absent where not given. */
export interface Tolerances {
  readonly atol?: ScalarOperand | undefined
  readonly rtol?: ScalarOperand | undefined
}
/** max(atol, rtol·largest), [..., 1], where the default rtol is ε·max(m, n) unless there is an atol above 0. */
function threshold(m: Matrices, a: OnnxValue, { of, values }: Spectrum, { atol, rtol }: Tolerances): OnnxValue {
  const { b } = m
  const side = b.cast(b.number(intOp(b, 'Max', m.size(a, -2), m.size(a, -1)), 'int64'), 'float64')
  const usual = m.mul(side, EPS[a.dtype] ?? 2 ** -23)
  const floor = atol === undefined ? b.scalar('float64', 0) : b.number(atol, 'float64')
  const share = rtol === undefined ? m.where(m.greater(floor, 0), 0, usual) : b.number(rtol, 'float64')
  const tall = (x: OnnxValue): OnnxValue => (x.dims?.length === 0 ? x : b.unsqueeze(x, [-1]))
  // One more zero: an empty matrix has no largest value.
  const zero = m.filled(0, 'float64', [m.size(values, 0), { kind: 'constant', value: 1n }])
  const largest = of.restore(m.max(m.concat([values, zero], 1), 1))
  return m.largest(tall(floor), m.mul(tall(share), largest))
}

export function matrixRank(b: OnnxBuilder, a: OnnxValue, hermitian: boolean, tolerances: Tolerances): OnnxValue {
  const m = new Matrices(b)
  const found = spectrum(m, a, hermitian)
  const ranks = [tolerances.atol, tolerances.rtol].map((t) => (t?.kind === 'tensor' ? t.dims!.length : 0))
  // Where tolerances have no axes, the leading ones come back at the end: the kernels get negative axes of empty tensors wrong.
  const isPlain = Math.max(...ranks) === 0
  const of: Spectrum = isPlain ? { ...found, of: { x: found.of.x, restore: (y) => y } } : found
  if (!isPlain && a.dims === undefined) throw new UnmetNeed('self', 'its rank to be known')
  const axis = isPlain ? 1 : Math.max(a.dims!.length - 2, ...ranks)
  const counted = b.cast(m.greater(of.of.restore(of.values), threshold(m, a, of, tolerances)), 'int64')
  const sums = b.op('ReduceSum', [counted, b.ints([axis])], { keepdims: 0, noop_with_empty_axes: 0 })
  return isPlain ? found.of.restore(sums) : sums
}

/** A⁺. */
export function pseudoInverse(b: OnnxBuilder, a: OnnxValue, hermitian: boolean, tolerances: Tolerances): OnnxValue {
  const m = new Matrices(b)
  const of = stack(m, a, 'float64')
  /** left·diag(kept)·right */
  const product = (left: OnnxValue, kept: OnnxValue, right: OnnxValue): OnnxValue =>
    b.cast(m.matmul(m.mul(of.restore(left), b.unsqueeze({ ...kept, dims: undefined }, [-2])), of.restore(right)), a.dtype)
  if (hermitian) {
    const { values, vectors } = symmetricEigen(m, fromTriangle(m, of.x, 'L'))
    const kept = reciprocals(m, a, { of, values: m.abs(values) }, tolerances, of.restore(values))
    return product(vectors, kept, m.transpose(vectors))
  }
  const wide = isWide(a)
  const { values: all, scaledLeft, right } = singular(m, wide ? m.transpose(of.x) : of.x)
  // Beyond min(m, n) there is rounding only.
  const side = b.number(m.smaller(m.size(of.x, 1), m.size(of.x, 2)), 'int64')
  const values = m.where(m.less(countTo(b, m.size(all, 1)), side), all, 0)
  const kept = reciprocals(m, a, { of, values }, tolerances, of.restore(values))
  // A⁺ = V·diag(1/σ²)·(A·V)ᵀ, and the other way round for Aᵀ.
  const squares = m.square(kept)
  return wide ? product(m.transpose(scaledLeft), squares, right) : product(m.transpose(right), squares, scaledLeft)
}
/** 1/σ where σ is above the tolerance, 0 elsewhere: [..., k]. */
function reciprocals(m: Matrices, a: OnnxValue, of: Spectrum, tolerances: Tolerances, values: OnnxValue): OnnxValue {
  const kept = m.greater(of.of.restore(of.values), threshold(m, a, of, tolerances))
  return m.where(kept, m.div(1, m.where(kept, values, 1)), 0)
}

/** The largest singular value by the smallest, or the other way round; 'nuc': Σσ·Σ1/σ. */
export function condition(b: OnnxBuilder, a: OnnxValue, ord: 2 | -2 | 'nuc'): OnnxValue {
  const m = new Matrices(b)
  const { of, values } = spectrum(m, a, false)
  const [most, least] = ord === 'nuc' ? [m.sum(values, 1), m.div(1, m.sum(m.div(1, values), 1))] : [m.max(values, 1), m.min(values, 1)]
  return b.cast(of.restore(squeezed(m, ord === -2 ? m.div(least, most) : m.div(most, least), 1)), a.dtype)
}
