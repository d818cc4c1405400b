// Functions of matrices and vectors that are no decomposition: exponential, covariance, Vandermonde matrices, inverses and systems of tensors.
// Answers to aten/src/ATen/native/LinearAlgebra.cpp (matrix_exp, tensorinv, tensorsolve, vander) and Correlation.cpp.

import type { ScalarType } from '../../ir/scalar-type.ts'
import { range, wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import { rankOf, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { compute, computeWide, like, opmath, WIDE } from './compute.ts'
import { countTo, int, intOp } from './int-math.ts'
import { Matrices, stack } from './linalg-matrices.ts'
import { inverted, solved } from './linalg-solve.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'

type Out = readonly ResultInfo[]

// The rest of the series is below 1e-17 for norms up to 1.
const TERMS = 18
// No float64 has a larger exponent.
const MAX_SQUARINGS = 1100

/** e^A = (e^(A/2ˢ))^(2ˢ), where s brings the norm below 1: a Taylor series, then s squarings. In float64. */
function matrixExp(b: OnnxBuilder, a: OnnxValue): OnnxValue {
  const m = new Matrices(b)
  const of = stack(m, a, 'float64')
  const n = m.size(of.x, 1)
  // One more column of zeros: the norm of an empty matrix is 0.
  const sums = m.sum(m.abs(of.x), 1)
  const none = m.filled(0, 'float64', [m.size(of.x, 0), int(1), int(1)])
  const norm = m.max(m.concat([sums, none], 2), 2)
  const wanted = m.op('Ceil', [m.div(m.op('Log', [m.largest(norm, 1)]), Math.LN2)])
  const squarings = m.cast(m.where(m.op('IsNaN', [wanted]), 0, m.smallest(wanted, MAX_SQUARINGS)), 'int64')
  const small = m.div(of.x, m.op('Pow', [b.scalar('float64', 2), m.cast(squarings, 'float64')]))
  const unit = m.eye(n, n, 'float64')
  const start = b.op('Expand', [unit, m.vector([m.size(of.x, 0), n, n])], {}, { dims: [null, null, null] })
  // Horner: 1 + A/1·(1 + A/2·(1 + …)).
  const [series] = m.loop(TERMS, [start], (s, k, [sum]) => [s.add(s.matmul(s.div(small, s.cast(s.sub(TERMS, k), 'float64')), sum!), unit)])
  const most = b.op('ReduceMax', [m.concat([b.reshapeTo(squarings, [-1]), b.ints([0])], 0)], { keepdims: 0 }, { dims: [] })
  const [power] = m.loop(most, [series!], (s, k, [x]) => [s.where(s.less(k, squarings), s.matmul(x!, x!), x!)])
  return b.cast(of.restore(power!), a.dtype)
}

/** x⁰, x¹ … along a new last axis, or the other way round. */
function vander(b: OnnxBuilder, x: OnnxValue, n: ScalarOperand, increasing: boolean, out: Out): OnnxValue {
  const dtype = out[0]?.dtype ?? x.dtype
  const powers = countTo(b, n)
  const last = b.number(intOp(b, 'Sub', n, 1), 'int64')
  const exponents = increasing ? powers : b.op('Sub', [last, powers])
  return compute(b, dtype, WIDE, [x], (base) => b.op('Pow', [b.op('Unsqueeze', [base, b.ints([-1])]), b.cast(exponents, base.dtype)]))
}

/** The covariance of rows, [n, n], with the weights of columns. */
function covariance(
  b: OnnxBuilder,
  self: OnnxValue,
  correction: ScalarOperand,
  frequencies: OnnxValue | undefined,
  importance: OnnxValue | undefined,
  dtype: ScalarType,
): OnnxValue {
  const m = new Matrices(b)
  const rank = rankOf(self)!
  const x = b.cast(rank < 2 ? { ...b.reshapeTo(self, [1, -1]) } : self, dtype)
  const total = (y: OnnxValue, axis: number): OnnxValue =>
    b.op('ReduceSum', [y, b.ints([axis])], { keepdims: 1, noop_with_empty_axes: 0 }, { dims: y.dims?.map((d, i) => (i === axis ? 1 : d)) })
  const given = [frequencies, importance].filter((w) => w !== undefined).map((w) => b.cast(b.reshapeTo(w, [-1]), dtype))
  const weights = given.length === 0 ? undefined : given.reduce((u, v) => m.mul(u, v))
  const sum = weights === undefined ? b.reshapeTo(b.cast(b.number(m.size(x, 1), 'int64'), dtype), [1]) : total(weights, 0)
  const mean = m.div(total(weights === undefined ? x : m.mul(x, weights), 1), sum)
  const by = b.number(correction, dtype)
  // Frequencies count observations, importance does not: its share is taken off.
  const off = importance === undefined ? by : m.div(m.mul(by, total(m.mul(weights!, b.cast(b.reshapeTo(importance, [-1]), dtype)), 0)), sum)
  const centred = m.sub(x, mean)
  const product = m.matmul(centred, b.op('Transpose', [weights === undefined ? centred : m.mul(centred, weights)], { perm: [1, 0] }))
  return m.div(product, m.largest(m.sub(sum, off), 0))
}
/** What torch's squeeze does to [1, 1]. */
const squeezed = (b: OnnxBuilder, x: OnnxValue, out: Out): OnnxValue => b.op('Squeeze', [x], {}, { dims: out[0]?.dims })

/** c / √(cᵢᵢ·cⱼⱼ), clipped to what a correlation can be. */
function correlation(b: OnnxBuilder, self: OnnxValue, dtype: ScalarType): OnnxValue {
  const m = new Matrices(b)
  const c = covariance(b, self, int(1), undefined, undefined, dtype)
  const n = m.size(c, 0)
  const diagonal = m.where(m.equal(m.index(n, 1), m.index(n, 2)), c, 0)
  const variances = b.op('ReduceSum', [diagonal, b.ints([1])], { keepdims: 1, noop_with_empty_axes: 0 })
  const deviation = m.sqrt(variances)
  const scaled = m.div(m.div(c, deviation), b.op('Transpose', [deviation], { perm: [1, 0] }))
  return b.op('Clip', [scaled, like(b, scaled, -1), like(b, scaled, 1)])
}

const product = (b: OnnxBuilder, x: OnnxValue, axes: readonly number[]): ScalarOperand =>
  axes.reduce((size: ScalarOperand, axis) => intOp(b, 'Mul', size, b.size(x, axis)), int(1))
const sizesOf = (m: Matrices, x: OnnxValue, axes: readonly number[]): OnnxValue => m.vector(axes.map((axis) => m.size(x, axis)))
const shaped = (b: OnnxBuilder, x: OnnxValue, shape: OnnxValue, dims: OnnxValue['dims']): OnnxValue =>
  b.op('Reshape', [x, shape], { allowzero: 1 }, { dims })

export const linalgFunctionLowerings: readonly LoweringRow[] = [
  ...lowers(['aten::matrix_exp(Tensor self) -> Tensor', 'aten::linalg_matrix_exp(Tensor self) -> Tensor'], ({ self }, b) =>
    matrixExp(b, self),
  ),
  lower('aten::vander(Tensor x, int? N=None, bool increasing=False) -> Tensor', ({ x, N, increasing }, b, out) =>
    vander(b, x, N ?? b.size(x, 0), increasing, out),
  ),
  lower('aten::linalg_vander(Tensor x, *, SymInt? N=None) -> Tensor', { rank: ['x'] }, ({ x, N }, b, out) =>
    vander(b, x.dims!.length === 0 ? b.reshapeTo(x, [1]) : x, N ?? b.size(x, -1), true, out),
  ),
  lower(
    'aten::cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor',
    { rank: ['self'] },
    ({ self, correction, fweights, aweights }, b, out) => {
      const dtype = out[0]?.dtype ?? 'float32'
      return b.cast(squeezed(b, covariance(b, self, correction, fweights, aweights, opmath(dtype)), out), dtype)
    },
  ),
  lower('aten::corrcoef(Tensor self) -> Tensor', { rank: ['self'] }, ({ self }, b, out) => {
    const dtype = out[0]?.dtype ?? 'float32'
    return computeWide(b, dtype, [self], (x) => squeezed(b, correlation(b, x, x.dtype), out))
  }),
  lower('aten::linalg_tensorinv(Tensor self, int ind=2) -> Tensor', { constant: ['ind'], rank: ['self'] }, ({ self, ind }, b, out) => {
    const m = new Matrices(b)
    const axes = range(rankOf(self)!)
    const [first, last] = [axes.slice(0, ind), axes.slice(ind)]
    const side = product(b, self, last)
    const square = shaped(b, self, m.vector([side, side]), [null, null])
    return shaped(b, inverted(b, square), sizesOf(m, self, [...last, ...first]), out[0]?.dims)
  }),
  lower(
    'aten::linalg_tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor',
    { constant: ['dims'], rank: ['self', 'other'] },
    ({ self, other, dims }, b, out) => {
      const m = new Matrices(b)
      const axes = range(rankOf(self)!)
      const moved = (dims ?? []).map((axis) => wrap(axis, axes.length))
      const x = b.transpose(self, [...axes.filter((axis) => !moved.includes(axis)), ...moved])
      const free = axes.slice(rankOf(other)!)
      const side = product(b, x, free)
      const [a, right] = [shaped(b, x, m.vector([side, side]), [null, null]), b.reshapeTo(other, [-1])]
      return shaped(b, solved(b, a, { ...right, dims: [null] }), sizesOf(m, x, free), out[0]?.dims)
    },
  ),
]
