// Distances, norms that rescale, powers in order, running sums of exponentials, inverses and systems of tensors: compositions of other rows.
// Answers to aten/src/ATen/native/{Distance,Loss,layer_norm,LinearAlgebra,ReduceOps}.cpp.

import { tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { both } from './factor-rows.ts'
import { abs, angle, exp, full, log, mul, pair, polar, reciprocal, scaled, sub, type Pair } from './pair.ts'
import type { RealOps } from './real-ops.ts'
import { sqrt } from './elementary-rows.ts'
import { complexRow, type ComplexRow } from './row.ts'

const rankOf = (c: Call, x: Value, name: string): number => c.fact(x).dims?.length ?? c.unmet(name)
const norm = (e: RealOps, x: Value, ord: Value, dim: readonly number[], keepdim: Value): Value =>
  e.call('aten::linalg_vector_norm', { self: x, ord, dim: e.ints(dim), keepdim }).output()

/** ‖x₁ − x₂ + ε‖ along the last axis. */
function distance(c: Call, x1: Pair, x2: Pair, keepdim: Value): Value {
  const { e } = c
  const { re, im } = full(e, sub(e, x1, x2))
  const apart = abs(e, pair(e.op('aten::add', [re, c.value('eps'), e.int(1)]), im))
  return norm(e, apart, c.value('p'), [-1], keepdim)
}
/** max(0, margin + d(anchor, positive) − d(anchor, negative)), reduced; swapped: to whichever is nearer to the negative. */
function tripletLoss(c: Call): Value {
  const { e } = c
  const [anchor, positive, negative] = ['anchor', 'positive', 'negative'].map((name) => c.pair(name))
  const of = (x: Pair, y: Pair): Value => distance(c, x, y, e.bool(false))
  const [near, away] = [of(anchor!, positive!), of(anchor!, negative!)]
  const far = c.flag('swap') ? e.op('aten::minimum', [away, of(positive!, negative!)]) : away
  const loss = e.op('aten::clamp_min', [e.sub(e.op('aten::add', [near, c.value('margin'), e.int(1)]), far), e.int(0)])
  const reduction = c.int('reduction')
  return reduction === 0 ? loss : e.op(reduction === 1 ? 'aten::mean' : 'aten::sum', [loss, e.none()])
}

/** Slices whose norm is above `maxnorm`, brought down to it. */
function renorm(c: Call): Pair {
  const { e } = c
  const x = full(e, c.pair('self'))
  const rank = rankOf(c, x.re, 'self')
  const axis = c.int('dim') ?? c.unmet('dim')
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== (axis + rank) % rank)
  const size = norm(e, abs(e, x), c.value('p'), others, e.bool(true))
  const most = e.cast(c.value('maxnorm'), c.work)
  const factor = e.div(most, e.op('aten::add', [size, e.float(1e-7), e.int(1)]))
  return scaled(e, x, e.where(e.op('aten::gt', [size, most]), factor, e.scalar(c.work, 1)))
}
/** z/√(mean z² + ε), with z's own square. */
function rmsNorm(c: Call): Pair {
  const { e } = c
  const x = full(e, c.pair('input'))
  const axes = Array.from({ length: c.ints('normalized_shape')!.length }, (_, i) => -1 - i)
  const square = full(e, mul(e, x, x))
  const mean = both(e, square, (part) => e.op('aten::mean', [part, e.ints(axes), e.bool(true), e.none()]))
  const eps = c.has('eps') ? c.value('eps') : e.float(c.work === 'float64' ? 2 ** -52 : 2 ** -23)
  const root = sqrt(e, pair(e.op('aten::add', [mean.re, eps, e.int(1)]), mean.im))
  const result = mul(e, x, reciprocal(e, root, pair(e.scalar(c.work, 1), undefined)))
  return c.has('weight') ? mul(e, result, c.pair('weight')) : result
}

/** z⁰, z¹ … along a new last axis. */
function vandermonde(c: Call, increasing: boolean): Pair {
  const { e } = c
  const given = full(e, c.pair('x', 'float64'))
  const x = rankOf(c, given.re, 'x') === 0 ? both(e, given, (part) => e.op('aten::reshape', [part, e.ints([1])])) : given
  const count = c.has('N') ? c.value('N') : e.size(x.re, -1)
  const powers = e.call('aten::arange', { end: count, dtype: e.dtype('float64') }).output()
  const order = increasing ? powers : e.op('aten::flip', [powers, e.ints([0])])
  const column = both(e, x, (part) => e.op('aten::unsqueeze', [part, e.int(-1)]))
  const result = polar(e, e.op('aten::pow', [abs(e, column), order]), e.mul(angle(e, column), order))
  return both(e, result, (part) => e.cast(part, c.work))
}

/** ln Σ e^z up to each place, with the largest real part taken out; in float64. Angles are those in (−π, π], where torch's may be others. */
function logCumulativeSum(c: Call): Pair {
  const { e } = c
  const x = full(e, c.pair('self', 'float64'))
  const axis = c.value('dim')
  const largest = e.op('aten::amax', [x.re, e.ints([axis]), e.bool(true)])
  const top = e.where(e.unary('isfinite', largest), largest, e.zerosLike(largest))
  const sums = both(e, exp(e, pair(e.sub(x.re, top), x.im)), (part) => e.op('aten::cumsum', [part, axis, e.none()]))
  const { re, im } = full(e, log(e, sums))
  return both(e, pair(e.add(re, top), im), (part) => e.cast(part, c.work))
}

/** Sizes of axes as ints, and their product. */
function sizes(e: RealOps, x: Value, axes: readonly number[]): readonly Value[] {
  return axes.map((axis) => e.size(x, axis))
}
const times = (e: RealOps, values: readonly Value[]): Value =>
  values.reduce((a, b) => {
    const [x, y] = [e.of(a).value, e.of(b).value]
    return typeof x === 'bigint' && typeof y === 'bigint' ? e.constant(x * y) : e.op('aten::mul', [a, b], { kind: 'int' })
  }, e.int(1))
const shaped = (e: RealOps, x: Pair, shape: readonly Value[]): Pair => both(e, x, (part) => e.op('aten::reshape', [part, e.ints(shape)]))
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** (A −B; B A) of a square matrix, and a part of such a result. */
function block(e: RealOps, x: Pair): Value {
  const { re, im } = full(e, x)
  const row = (a: Value, b: Value): Value => e.op('aten::cat', [e.list([a, b]), e.int(1)])
  return e.op('aten::cat', [e.list([row(re, e.neg(im)), row(im, re)]), e.int(0)])
}
const part = (e: RealOps, x: Value, axis: number, from: Value, to: Value): Value =>
  e.op('aten::slice', [x, e.int(axis), from, to, e.int(1)])

function tensorInverse(c: Call): Pair {
  const { e } = c
  const x = full(e, c.pair('self'))
  const axes = range(rankOf(c, x.re, 'self'))
  const ind = c.int('ind') ?? c.unmet('ind')
  const [first, last] = [sizes(e, x.re, axes.slice(0, ind)), sizes(e, x.re, axes.slice(ind))]
  const side = times(e, last)
  const inverse = e.op('aten::linalg_inv', [block(e, shaped(e, x, [side, side]))])
  const left = part(e, inverse, 1, e.int(0), side)
  return shaped(e, pair(part(e, left, 0, e.int(0), side), part(e, left, 0, side, e.none())), [...last, ...first])
}
function tensorSolve(c: Call): Pair {
  const { e } = c
  const [given, side] = [full(e, c.pair('self')), full(e, c.pair('other'))]
  const axes = range(rankOf(c, given.re, 'self'))
  const moved = (c.ints('dims') ?? []).map((axis) => (axis + axes.length) % axes.length)
  const order = [...axes.filter((axis) => !moved.includes(axis)), ...moved]
  const x = both(e, given, (value) => e.op('aten::permute', [value, e.ints(order)]))
  const free = sizes(e, x.re, axes.slice(rankOf(c, side.re, 'other')))
  const n = times(e, free)
  const right = e.op('aten::cat', [e.list([side.re, side.im].map((value) => e.op('aten::reshape', [value, e.ints([-1])]))), e.int(0)])
  const solution = e.call('aten::linalg_solve', { A: block(e, shaped(e, x, [n, n])), B: right }, [tensorType]).output()
  return shaped(e, pair(part(e, solution, 0, e.int(0), n), part(e, solution, 0, n, e.none())), free)
}

export const normRows: readonly ComplexRow[] = [
  complexRow('pairwise_distance', (c) => distance(c, c.pair('x1'), c.pair('x2'), c.value('keepdim'))),
  complexRow('triplet_margin_loss', tripletLoss),
  complexRow('renorm', renorm),
  complexRow('rms_norm', rmsNorm),
  complexRow('linalg_vander', (c) => vandermonde(c, true)),
  complexRow('vander', (c) => vandermonde(c, c.flag('increasing'))),
  complexRow('logcumsumexp', logCumulativeSum),
  complexRow('linalg_tensorinv', tensorInverse),
  complexRow('linalg_tensorsolve', tensorSolve),
]
