// Integrals, sums in the exponent, covariances, ranges and losses of complex tensors.
// Answers to aten/src/ATen/native/{Integration,ReduceOps,Correlation,RangeFactories,Loss}.cpp.

import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { componentwise } from './componentwise-rows.ts'
import { abs, add, exp, full, log, mul, pair, polar, product, scaled, sub, type Pair } from './pair.ts'
import { log1p } from './elementary-rows.ts'
import { isNumber } from './real-ops.ts'
import { complexRow, type ComplexRow } from './row.ts'

/** The operator itself, which is linear in each of two tensors. */
const bilinear = (c: Call, first: string, second: string): Pair =>
  product(c.e, c.pair(first), c.pair(second), (a, b) =>
    c.again((name, value) => (name === first ? a : name === second ? b : value)).output(),
  )

const numbers = (c: Call, name: string): readonly number[] => c.ints(name) ?? c.unmet(name)

/** ln Σ e^z, with the largest real part taken out. */
function logSumExp(c: Call): Pair {
  const { e } = c
  const axes = numbers(c, 'dim')
  const keep = c.flag('keepdim')
  const x = full(e, c.pair('self'))
  const largest = e.op('aten::amax', [x.re, e.ints(axes), e.bool(true)])
  const top = e.where(e.unary('isfinite', largest), largest, e.zerosLike(largest))
  const powers = full(e, exp(e, pair(e.sub(x.re, top), x.im)))
  const sum = (part: Value): Value => e.op('aten::sum', [part, e.ints(axes), e.bool(keep), e.none()])
  const result = full(e, log(e, pair(sum(powers.re), sum(powers.im))))
  const back = keep ? top : e.op('aten::sum', [top, e.ints(axes), e.bool(false), e.none()])
  return pair(e.add(result.re, back), result.im)
}
/** ln(e^a + e^b) = a + ln(1 + e^(b − a)) for the a of larger real part: the angle is a's own, and not brought back into (−π, π]. */
function logAddExp(c: Call): Pair {
  const { e } = c
  const [a, b] = [full(e, c.pair('self')), full(e, c.pair('other'))]
  const isLess = e.op('aten::lt', [a.re, b.re])
  const chosen = (x: Value, y: Value): Value => e.op('aten::where', [isLess, x, y])
  const [high, low] = [pair(chosen(b.re, a.re), chosen(b.im, a.im)), pair(chosen(a.re, b.re), chosen(a.im, b.im))]
  const sum = log1p(e, exp(e, sub(e, low, high)))
  const result = full(e, add(e, high, sum))
  // Two equal infinities: −∞ stays, and nothing is nearer to +∞.
  const endless = e.op('aten::logical_and', [e.op('aten::eq', [a.re, b.re]), e.unary('isinf', a.re)])
  return pair(e.where(endless, a.re, result.re), e.where(endless, a.im, result.im))
}
/** self·2^other */
function ldexp(c: Call): Pair {
  const { e } = c
  return mul(e, c.pair('self'), exp(e, scaled(e, c.pair('other'), e.float(Math.LN2))))
}

/** |input − target|, reduced. */
function absoluteLoss(c: Call): Value {
  const { e } = c
  const apart = abs(e, sub(e, c.pair('self'), c.pair('target')))
  const reduction = c.int('reduction')
  return reduction === 0 ? apart : e.op(reduction === 1 ? 'aten::mean' : 'aten::sum', [apart, e.none()])
}

/** X·Xᴴ of centred rows: blocks of the covariance of real parts above imaginary ones. */
function covariance(c: Call): Pair {
  const { e } = c
  const { re, im } = full(e, c.pair('self'))
  const rank = e.of(re).dims?.length ?? c.unmet('self')
  const rows = (part: Value): Value => (rank < 2 ? e.op('aten::reshape', [part, e.ints([1, -1])]) : part)
  const both = e.op('aten::cat', [e.list([rows(re), rows(im)]), e.int(0)])
  const options = ['correction', 'fweights', 'aweights'].flatMap((name) =>
    c.schema.args.some((arg) => arg.name === name) ? [[name, c.value(name)] as const] : [],
  )
  const square = e.call('aten::cov', { self: both, ...Object.fromEntries(options) }).output()
  const n = e.size(rows(re), 0)
  const part = (x: Value, axis: number, last: boolean): Value =>
    e.op('aten::slice', [x, e.int(axis), last ? n : e.int(0), last ? e.none() : n, e.int(1)])
  const block = (row: boolean, column: boolean): Value => part(part(square, 0, row), 1, column)
  const known = e.of(n).value
  const shaped = (x: Value): Value =>
    known === 1n ? e.op('aten::reshape', [x, e.ints([])]) : typeof known === 'bigint' ? x : e.op('aten::squeeze', [x])
  return pair(shaped(e.add(block(false, false), block(true, true))), shaped(e.sub(block(true, false), block(false, true))))
}
/** Over the deviations of both; parts stay within [−1, 1]. */
function correlation(c: Call): Pair {
  const { e } = c
  const z = full(e, covariance(c))
  const rank = e.of(z.re).dims?.length ?? c.unmet('self')
  const within = (x: Value): Value => e.op('aten::clamp', [x, e.int(-1), e.int(1)])
  if (rank === 0) return pair(e.div(z.re, z.re), e.div(z.im, z.re))
  const deviation = e.unary('sqrt', e.op('aten::diagonal', [z.re, e.int(0), e.int(0), e.int(1)]))
  const over = (x: Value): Value =>
    within(e.div(e.div(x, e.op('aten::unsqueeze', [deviation, e.int(1)])), e.op('aten::unsqueeze', [deviation, e.int(0)])))
  return pair(over(z.re), over(z.im))
}

/** Even steps from `start` to `end`: those of the parts. */
function even(c: Call): Pair {
  const { e } = c
  const ends = ['start', 'end'].map((name) => [name, full(e, c.rawPair(c.value(name)))] as const)
  const part = (which: 're' | 'im'): Value =>
    e
      .call('aten::linspace', {
        ...Object.fromEntries(ends.map(([name, value]) => [name, number(c, value[which])])),
        steps: c.value('steps'),
        dtype: e.dtype(c.work),
      })
      .output()
  return pair(part('re'), part('im'))
}
/** A 0-d tensor as a number. */
const number = (c: Call, value: Value): Value =>
  isNumber(value) ? value : c.e.op('aten::FloatImplicit', [c.e.cast(value, 'float64')], { kind: 'float' })

/** base^z = e^(z·ln base) for a real positive base. */
function geometric(c: Call): Pair {
  const { e } = c
  const base = c.known('base')
  if ((typeof base !== 'number' && typeof base !== 'bigint') || Number(base) <= 0) return c.unmet('base')
  const { re, im } = full(e, even(c))
  const factor = e.float(Math.log(Number(base)))
  return polar(e, e.unary('exp', e.mul(re, factor)), e.mul(im, factor))
}

export const functionRows: readonly ComplexRow[] = [
  complexRow('cross linalg_cross', (c) => bilinear(c, 'self', 'other')),
  complexRow(
    'gradient.scalarint gradient.array gradient.scalararray gradient.scalarrayint ' + 'gradient.scalarrayarray linalg_diagonal _chunk_cat',
    componentwise,
  ),
  complexRow('feature_dropout alpha_dropout feature_alpha_dropout', (c) => (c.flag('train') ? c.unmet('train') : c.pair('input'))),
  complexRow('logsumexp special_logsumexp', logSumExp),
  complexRow('logaddexp', logAddExp),
  complexRow('ldexp.Tensor', ldexp),
  complexRow('l1_loss', absoluteLoss),
  complexRow('cov', covariance),
  complexRow('corrcoef', correlation),
  complexRow('linspace', even),
  complexRow('logspace', geometric),
]
