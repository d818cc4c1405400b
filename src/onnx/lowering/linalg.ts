// Cross and Kronecker products, powers, distances and similarities. Answers to aten/src/ATen/native/LinearAlgebra.cpp, Cross.cpp, Distance.cpp.

import { broadcast } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import { rankOf, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { compute, computeWide, like, resultDtype, tensor, WIDE } from './compute.ts'
import { Matrices, stacks } from './linalg-matrices.ts'
import { inverted } from './linalg-solve.ts'
import { matrixPower } from './matmul.ts'
import { axesOf, reduce, vectorNorm } from './reduce.ts'
import { lower, lowers, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

type Out = readonly ResultInfo[]

/** aᵢ·bⱼ − aⱼ·bᵢ with (i, j) turned around the axis. */
function cross(b: OnnxBuilder, self: OnnxValue, other: OnnxValue, axis: number, dtype: ScalarType): OnnxValue {
  return compute(b, dtype, WIDE, [self, other], (x, y) => {
    const turn = (v: OnnxValue, order: readonly number[]): OnnxValue => b.op('Gather', [v, b.ints(order)], { axis })
    const [one, two] = [
      [1, 2, 0],
      [2, 0, 1],
    ] as const
    return b.op('Sub', [b.op('Mul', [turn(x, one), turn(y, two)]), b.op('Mul', [turn(x, two), turn(y, one)])])
  })
}

/** Every element of self times other: axes interleaved, then merged in pairs. */
function kron(b: OnnxBuilder, self: OnnxValue, other: OnnxValue, dtype: ScalarType, out: Out): OnnxValue {
  const rank = Math.max(rankOf(self)!, rankOf(other)!)
  const leading = (x: OnnxValue): OnnxValue =>
    b.unsqueeze(
      x,
      Array.from({ length: rank - rankOf(x)! }, (_, i) => i),
    )
  return compute(b, dtype, WIDE, [self, other], (u, v) => {
    const [x, y] = [leading(u), leading(v)]
    const pairs = (first: number): number[] => Array.from({ length: rank }, (_, i) => 2 * i + first)
    const product = b.op('Mul', [b.unsqueeze(x, pairs(1)), b.unsqueeze(y, pairs(0))])
    return b.op('Reshape', [product, b.op('Mul', [b.shape(x), b.shape(y)])], { allowzero: 1 }, { dims: out[0]?.dims })
  })
}

/** The identity of x's last two axes, broadcast to its shape. */
function identityLike(b: OnnxBuilder, x: OnnxValue): OnnxValue {
  const rank = rankOf(x)!
  const sizes = b.vector({ kind: 'list', items: [b.size(x, rank - 2), b.size(x, rank - 1)] })
  const eye = b.op('EyeLike', [b.op('Expand', [like(b, x, 0), sizes], {}, { dims: [null, null] })], { k: 0 }, { dims: [null, null] })
  return b.op('Expand', [eye, b.shape(x)], {}, { dims: x.dims })
}

/** ‖x1ᵢ − x2ⱼ‖ for all pairs of rows. */
function distances(b: OnnxBuilder, x1: OnnxValue, x2: OnnxValue, p: number, dtype: ScalarType): OnnxValue {
  return computeWide(b, dtype, [x1, x2], (u, v) => {
    const [x, y] = stacks(new Matrices(b), [u, v])
    const differences = b.op('Sub', [b.unsqueeze(x!.x, [2]), b.unsqueeze(y!.x, [1])])
    const norm = x!.restore(vectorNorm(b, differences, p, [3], false))
    // The largest of no coordinates is −∞.
    return p === Infinity ? b.op('Where', [b.op('Less', [norm, like(b, norm, 0)]), like(b, norm, 0), norm]) : norm
  })
}

/** Both tensors in their common shape. */
function aligned(b: OnnxBuilder, x: OnnxValue, y: OnnxValue): [OnnxValue, OnnxValue] {
  if (x.dims !== undefined && x.dims.length === y.dims?.length && x.dims.every((dim, i) => dim !== null && dim === y.dims![i]))
    return [x, y]
  const dims = broadcast(x.dims, y.dims)
  const wide = b.op('Expand', [x, b.shape(y)], {}, { dims })
  return [wide, b.op('Expand', [y, b.op('Shape', [wide], {}, { dtype: 'int64', dims: [dims?.length ?? null] })], {}, { dims })]
}

/** Σ (x/max(‖x‖, ε))·(y/max(‖y‖, ε)). */
function cosineSimilarity(b: OnnxBuilder, x1: OnnxValue, x2: OnnxValue, dim: number, eps: ScalarOperand, dtype: ScalarType): OnnxValue {
  return computeWide(b, dtype, [x1, x2], (u, v) => {
    const [x, y] = aligned(b, u, v)
    const axes = axesOf(x, dim)
    const unit = (w: OnnxValue): OnnxValue => b.op('Div', [w, b.op('Max', [vectorNorm(b, w, 2, axes, true), b.number(eps, w.dtype)])])
    return reduce(b, 'ReduceSum', b.op('Mul', [unit(x), unit(y)]), axes, false)
  })
}

export const linalgLowerings: readonly LoweringRow[] = [
  ...lowers(
    ['aten::matrix_power(Tensor self, int n) -> Tensor', 'aten::linalg_matrix_power(Tensor self, int n) -> Tensor'],
    { constant: ['n'], rank: ['self'] },
    ({ self, n }, b) => {
      if (n === 0) return identityLike(b, self)
      return matrixPower(b, n < 0 ? inverted(b, self) : self, Math.abs(n))
    },
  ),
  lower('aten::trace(Tensor self) -> Tensor', { rank: ['self'] }, ({ self }, b, out) =>
    compute(b, out[0]?.dtype ?? self.dtype, WIDE, [self], (x) => {
      const diagonal = b.op('Where', [b.cast(identityLike(b, x), 'bool'), x, like(b, x, 0)])
      return reduce(b, 'ReduceSum', diagonal, undefined, false)
    }),
  ),
  lower('aten::linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor', { constant: ['dim'] }, ({ self, other, dim }, b, out) =>
    cross(b, self, other, dim, resultDtype(out, tensor(self), tensor(other))),
  ),
  lower('aten::cross(Tensor self, Tensor other, int? dim=None) -> Tensor', { constant: ['dim'] }, ({ self, other, dim }, b, out) => {
    // Without an axis: the first of extent 3.
    const axis = dim ?? self.dims?.findIndex((extent) => extent === 3) ?? -1
    if (dim === undefined && (axis === -1 || self.dims!.slice(0, axis).some((extent) => typeof extent !== 'number')))
      throw new UnmetNeed('dim', 'to be given, or the extents of self to be known')
    return cross(b, self, other, axis, resultDtype(out, tensor(self), tensor(other)))
  }),
  lower('aten::kron(Tensor self, Tensor other) -> Tensor', { rank: ['self', 'other'] }, ({ self, other }, b, out) =>
    kron(b, self, other, resultDtype(out, tensor(self), tensor(other)), out),
  ),
  lower('aten::cdist(Tensor x1, Tensor x2, float p=2., int? compute_mode=None) -> Tensor', { constant: ['p'] }, ({ x1, x2, p }, b, out) =>
    distances(b, x1, x2, p, resultDtype(out, tensor(x1), tensor(x2))),
  ),
  lower('aten::_cdist_forward(Tensor x1, Tensor x2, float p, int? compute_mode) -> Tensor', { constant: ['p'] }, ({ x1, x2, p }, b, out) =>
    distances(b, x1, x2, p, resultDtype(out, tensor(x1), tensor(x2))),
  ),
  lower('aten::_euclidean_dist(Tensor x1, Tensor x2) -> Tensor', ({ x1, x2 }, b, out) =>
    distances(b, x1, x2, 2, resultDtype(out, tensor(x1), tensor(x2))),
  ),
  lower(
    'aten::cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor',
    { constant: ['dim'] },
    ({ x1, x2, dim, eps }, b, out) => cosineSimilarity(b, x1, x2, dim, eps, resultDtype(out, tensor(x1), tensor(x2))),
  ),
  lower(
    'aten::pairwise_distance(Tensor x1, Tensor x2, float p=2., float eps=9.9999999999999995e-07, bool keepdim=False) -> Tensor',
    { constant: ['p'] },
    ({ x1, x2, p, eps, keepdim }, b, out) =>
      computeWide(b, resultDtype(out, tensor(x1), tensor(x2)), [x1, x2], (x, y) =>
        vectorNorm(b, b.op('Add', [b.op('Sub', [x, y]), b.number(eps, x.dtype)]), p, [-1], keepdim),
      ),
  ),
]
