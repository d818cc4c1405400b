// Linear systems, inverses, determinants and the factors behind them: the rows over LU and Cholesky. Where torch raises for a singular matrix
// the result is what the arithmetic gives: infinities and NaN. Answers to aten/src/ATen/native/BatchLinearAlgebra.cpp.

import { dimsEqual } from '../../ir/dim.ts'
import type { OnnxBuilder } from '../builder.ts'
import { rankOf, type OnnxValue } from '../operand.ts'
import { cholesky, factorLU, infoOfLU, orderOfPivots, parity, solveLU, solveTriangular } from './linalg-factors.ts'
import { leadOf, Matrices, squeezed, stack, stacks, type Stack } from './linalg-matrices.ts'
import { lower, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

type Out = readonly ResultInfo[]

/** A right side that may be a vector per matrix: as [..., n, 1] then, with the way back. */
export function rightSide(m: Matrices, a: OnnxValue, side: OnnxValue): { readonly x: OnnxValue; readonly isVector: boolean } {
  const { b } = m
  const [rank, own] = [rankOf(a)!, rankOf(side)!]
  if (own === 1) return { x: b.unsqueeze(side, [1]), isVector: true }
  if (own !== rank - 1 || side.dims!.some((dim, i) => dimsEqual(dim, a.dims![i]!) === false)) return { x: side, isVector: false }
  // Vectors only if their shape is that of A without its last axis: any other shape must not come through here.
  const wanted = b.op('Slice', [m.shape(a), b.ints([0]), b.ints([-1]), b.ints([0])], {}, { dims: [rank - 1] })
  const off = m.mul(m.abs(m.sub(m.shape(side), wanted)), 1 << 24)
  const exact = b.op('Reshape', [side, m.add(wanted, off)], { allowzero: 1 }, { dims: a.dims!.slice(0, -1) })
  return { x: b.unsqueeze(exact, [own]), isVector: true }
}

/** A·X = B, or X·A = B; info. As torch does it, by the LU of Aᵀ: only so do pivots and info agree with its own. */
function solve(b: OnnxBuilder, a: OnnxValue, right: OnnxValue, left: boolean): OnnxValue[] {
  const m = new Matrices(b)
  const of = stack(m, a)
  const factors = factorLU(m, m.transpose(of.x))
  const { x, isVector } = rightSide(m, a, right)
  const [lu, rows, side] = stacks(m, [ranked(of.restore(factors.lu), a), ranked(of.restore(factors.rows), a), x])
  const solved = solveLU(m, { lu: lu!.x, rows: rows!.x }, left ? side!.x : m.transpose(side!.x), left)
  const result = side!.restore(left ? solved : m.transpose(solved))
  return [isVector ? squeezed(m, result, -1) : result, of.restore(infoOfLU(m, factors))]
}
/** A⁻¹·B. */
export const solved = (b: OnnxBuilder, a: OnnxValue, right: OnnxValue): OnnxValue => solve(b, a, right, true)[0]!
/** A result with the leading axes of an argument. */
const ranked = (x: OnnxValue, { dims }: OnnxValue): OnnxValue => ({ ...x, dims: dims && [...dims.slice(0, -2), null, null] })

/** L below the diagonal with ones on it, [B, p, k]; U [B, k, q]. */
function unpacked(m: Matrices, lu: OnnxValue): { readonly l: OnnxValue; readonly u: OnnxValue } {
  const [p, q] = [m.size(lu, 1), m.size(lu, 2)]
  const side = m.smaller(p, q)
  const l = m.add(m.lower(m.slice(lu, 0, side, 2), -1), m.eye(p, side, lu.dtype))
  return { l, u: m.upper(m.slice(lu, 0, side, 1)) }
}
/** P of A = P·L·U: column i is the unit vector of row i's origin. */
const permutation = (m: Matrices, rows: OnnxValue, dtype: OnnxValue['dtype']): OnnxValue =>
  m.cast(m.equal(m.transpose(rows), m.index(m.size(rows, 1), 1)), dtype)

/** [B, 1, k] → [..., k]. */
const line = (m: Matrices, of: Stack, x: OnnxValue): OnnxValue => of.restore(squeezed(m, x, 1))

function luFactor(b: OnnxBuilder, a: OnnxValue, pivot: boolean): readonly OnnxValue[] {
  if (!pivot) throw new UnmetNeed('pivot', 'to be True: torch has no LU without pivots on the CPU either')
  const m = new Matrices(b)
  const of = stack(m, a)
  const factors = factorLU(m, of.x)
  return [of.restore(factors.lu), line(m, of, b.cast(factors.pivots, 'int32')), of.restore(infoOfLU(m, factors))]
}

/** The LU of Aᵀ, of which torch takes the determinant, and its pivots. */
function turnedLU(b: OnnxBuilder, a: OnnxValue): readonly OnnxValue[] {
  const m = new Matrices(b)
  const of = stack(m, a)
  const factors = factorLU(m, m.transpose(of.x))
  return [of.restore(factors.lu), line(m, of, b.cast(factors.pivots, 'int32'))]
}

function signAndLog(b: OnnxBuilder, a: OnnxValue): readonly [sign: OnnxValue, log: OnnxValue] {
  const m = new Matrices(b)
  const of = stack(m, a)
  const factors = factorLU(m, of.x)
  const diagonal = m.diagonal(factors.lu)
  const negative = m.op('Mod', [m.sum(m.cast(m.less(diagonal, 0), 'int64'), 2), 2], { fmod: 0 })
  const sign = m.mul(parity(m, factors), m.sub(1, m.mul(m.cast(negative, a.dtype), 2)))
  const zero = anyZero(m, diagonal)
  const log = m.sum(m.op('Log', [m.abs(diagonal)]), 2)
  const flat = (x: OnnxValue): OnnxValue => of.restore(b.op('Squeeze', [x, b.ints([1, 2])]))
  return [flat(m.where(zero, 0, sign)), flat(log)]
}
const anyZero = (m: Matrices, x: OnnxValue): OnnxValue => m.greater(m.sum(m.cast(m.equal(x, 0), 'int64'), 2), 0)

function determinant(b: OnnxBuilder, a: OnnxValue): OnnxValue {
  const m = new Matrices(b)
  const of = stack(m, a)
  const factors = factorLU(m, of.x)
  const product = b.op('ReduceProd', [m.diagonal(factors.lu), b.ints([2])], { keepdims: 1, noop_with_empty_axes: 0 })
  return of.restore(b.op('Squeeze', [m.mul(parity(m, factors), product), b.ints([1, 2])]))
}

/** A⁻¹ and info. */
export function inverse(b: OnnxBuilder, a: OnnxValue): readonly OnnxValue[] {
  const m = new Matrices(b)
  const of = stack(m, a)
  const factors = factorLU(m, m.transpose(of.x))
  const n = m.size(of.x, 1)
  const unit = b.op('Expand', [m.eye(n, n, a.dtype), m.vector([m.size(of.x, 0), n, n])], {}, { dims: [null, null, null] })
  return [of.restore(solveLU(m, factors, unit, true)), of.restore(infoOfLU(m, factors))]
}
/** A⁻¹. */
export const inverted = (b: OnnxBuilder, a: OnnxValue): OnnxValue => inverse(b, a)[0]!

/** op(T)·X = B or X·op(T) = B for triangular T. */
function triangular(
  b: OnnxBuilder,
  t: OnnxValue,
  right: OnnxValue,
  { upper, left, unit, transpose }: { upper: boolean; left: boolean; unit: boolean; transpose: boolean },
): OnnxValue {
  const m = new Matrices(b)
  const [first, second] = stacks(m, [t, right])
  // X·T = B is Tᵀ·Xᵀ = Bᵀ.
  const turned = transpose !== !left
  const solved = solveTriangular(
    m,
    turned ? m.transpose(first!.x) : first!.x,
    left ? second!.x : m.transpose(second!.x),
    upper !== turned,
    unit,
  )
  return second!.restore(left ? solved : m.transpose(solved))
}

function choleskyOf(b: OnnxBuilder, a: OnnxValue, upper: boolean): readonly OnnxValue[] {
  const m = new Matrices(b)
  const of = stack(m, a)
  const { l, info } = cholesky(m, upper ? m.transpose(of.x) : of.x)
  return [of.restore(upper ? m.transpose(l) : l), of.restore(info)]
}
/** (L·Lᵀ)⁻¹·X, or (Uᵀ·U)⁻¹·X. */
function choleskySolve(b: OnnxBuilder, right: OnnxValue, factor: OnnxValue, upper: boolean): OnnxValue {
  const m = new Matrices(b)
  const [x, f] = stacks(m, [right, factor])
  const l = upper ? m.transpose(f!.x) : f!.x
  return x!.restore(solveTriangular(m, m.transpose(l), solveTriangular(m, l, x!.x, false, false), true, false))
}

function luSolve(b: OnnxBuilder, lu: OnnxValue, pivots: OnnxValue, right: OnnxValue, left: boolean, adjoint: boolean): OnnxValue {
  const m = new Matrices(b)
  const [f, p, x] = stacks(m, [lu, b.unsqueeze(pivots, [rankOf(pivots)! - 1]), right])
  const factors = { lu: f!.x, rows: orderOfPivots(m, p!.x, m.size(f!.x, 1)) }
  // X·A = B is Aᵀ·Xᵀ = Bᵀ.
  const solved = solveLU(m, factors, left ? x!.x : m.transpose(x!.x), adjoint !== !left)
  return x!.restore(left ? solved : m.transpose(solved))
}

const empty = (b: OnnxBuilder, x: OnnxValue, out: Out, i: number): OnnxValue => ({
  ...b.elements(x.dtype, [0], []),
  ...(out[i]?.dims === undefined ? {} : { dims: [0] }),
})

export const linalgSolveLowerings: readonly LoweringRow[] = [
  lower('aten::det(Tensor self) -> Tensor', ({ self }, b) => determinant(b, self)),
  lower('aten::linalg_det(Tensor A) -> Tensor', ({ A }, b) => determinant(b, A)),
  lower('aten::logdet(Tensor self) -> Tensor', ({ self }, b) => {
    const [sign, log] = signAndLog(b, self)
    const m = new Matrices(b)
    return m.where(m.less(sign, 0), NaN, log)
  }),
  lower('aten::slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)', ({ self }, b) => signAndLog(b, self)),
  lower('aten::linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)', ({ A }, b) => signAndLog(b, A)),
  lower('aten::_linalg_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)', ({ A }, b) => [determinant(b, A), ...turnedLU(b, A)]),
  lower('aten::_linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)', ({ A }, b) => [
    ...signAndLog(b, A),
    ...turnedLU(b, A),
  ]),
  lower(
    'aten::_linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor LU, Tensor pivots, Tensor info)',
    { rank: ['A', 'B'] },
    ({ A, B, left }, b) => {
      const [result, info] = solve(b, A, B, left)
      return [result!, ...luFactor(b, A, true).slice(0, 2), info!]
    },
  ),
  lower('aten::_linalg_check_errors(Tensor info, str api_name, *, bool is_matrix) -> ()', { operand: ['api_name', 'is_matrix'] }, () => []),
  lower('aten::inverse(Tensor self) -> Tensor', ({ self }, b) => inverted(b, self)),
  lower('aten::linalg_inv(Tensor A) -> Tensor', ({ A }, b) => inverted(b, A)),
  lower('aten::linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)', ({ A }, b) => inverse(b, A)),
  lower(
    'aten::linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor',
    { rank: ['A', 'B'] },
    ({ A, B, left }, b) => solve(b, A, B, left)[0]!,
  ),
  lower(
    'aten::linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)',
    { rank: ['A', 'B'] },
    ({ A, B, left }, b) => solve(b, A, B, left),
  ),
  lower('aten::linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)', ({ A, pivot }, b) =>
    luFactor(b, A, pivot).slice(0, 2),
  ),
  lower(
    'aten::linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor pivots, Tensor info)',
    ({ A, pivot }, b) => luFactor(b, A, pivot),
  ),
  lower(
    'aten::_lu_with_info(Tensor self, bool pivot=True, bool check_errors=True) -> (Tensor LU, Tensor pivots, Tensor info)',
    ({ self, pivot }, b) => luFactor(b, self, pivot),
  ),
  lower('aten::linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)', ({ A, pivot }, b) => {
    if (!pivot) throw new UnmetNeed('pivot', 'to be True: torch has no LU without pivots on the CPU either')
    const m = new Matrices(b)
    const of = stack(m, A)
    const { lu, rows } = factorLU(m, of.x)
    const { l, u } = unpacked(m, lu)
    return [permutation(m, rows, A.dtype), l, u].map(of.restore)
  }),
  lower(
    'aten::lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)',
    { rank: ['LU_data'] },
    ({ LU_data: data, LU_pivots: pivots, unpack_data, unpack_pivots }, b, out) => {
      const m = new Matrices(b)
      const of = stack(m, data)
      const { l, u } = unpacked(m, of.x)
      const column = { ...b.unsqueeze(pivots, [-1]), dims: data.dims!.map(() => null) }
      const rows = (): OnnxValue => orderOfPivots(m, m.transpose(stack(m, column).x), m.size(of.x, 1))
      return [
        unpack_pivots ? of.restore(permutation(m, rows(), data.dtype)) : empty(b, data, out, 0),
        ...(unpack_data ? [of.restore(l), of.restore(u)] : [empty(b, data, out, 1), empty(b, data, out, 2)]),
      ]
    },
  ),
  lower(
    'aten::linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor',
    { rank: ['LU', 'pivots', 'B'] },
    ({ LU: lu, pivots, B, left, adjoint }, b) => luSolve(b, lu, pivots, B, left, adjoint),
  ),
  lower(
    'aten::lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor',
    { rank: ['self', 'LU_data', 'LU_pivots'] },
    ({ self, LU_data: lu, LU_pivots: pivots }, b) => luSolve(b, lu, pivots, self, true, false),
  ),
  lower(
    'aten::linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor',
    ({ self, B, upper, left, unitriangular }, b) => triangular(b, self, B, { upper, left, unit: unitriangular, transpose: false }),
  ),
  lower(
    'aten::triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)',
    ({ self, A, upper, transpose, unitriangular }, b) => {
      const wide = broadcastLeading(b, A, self)
      return [triangular(b, A, self, { upper, left: true, unit: unitriangular, transpose }), wide]
    },
  ),
  lower('aten::cholesky(Tensor self, bool upper=False) -> Tensor', ({ self, upper }, b) => choleskyOf(b, self, upper)[0]!),
  lower('aten::linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor', ({ self, upper }, b) => choleskyOf(b, self, upper)[0]!),
  lower(
    'aten::linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)',
    ({ self, upper }, b) => choleskyOf(b, self, upper),
  ),
  lower('aten::cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor', ({ self, input2, upper }, b) =>
    choleskySolve(b, self, input2, upper),
  ),
  lower('aten::_cholesky_solve_helper(Tensor self, Tensor A, bool upper) -> Tensor', ({ self, A, upper }, b) =>
    choleskySolve(b, self, A, upper),
  ),
  lower('aten::cholesky_inverse(Tensor self, bool upper=False) -> Tensor', ({ self, upper }, b) => {
    const m = new Matrices(b)
    const n = m.size(self, -1)
    return choleskySolve(b, m.eye(n, n, self.dtype), self, upper)
  }),
]

/** `x` with its leading axes broadcast against another's. */
function broadcastLeading(b: OnnxBuilder, x: OnnxValue, other: OnnxValue): OnnxValue {
  const m = new Matrices(b)
  return b.op('Expand', [x, m.concat([leadOf(m, other), b.ints([1, 1])], 0)])
}
