// Sums, products, quotients, comparisons: of two operands of which one may be real. Answers to aten/src/ATen/native/BinaryOps.cpp.

import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { componentwise } from './componentwise-rows.ts'
import { abs, add, div, full, mul, neg, pair, reciprocal, sub, type Pair } from './pair.ts'
import { isNumber, type RealOps } from './real-ops.ts'
import { complexRow, type ComplexRow, type Result } from './row.ts'

type Two = (e: RealOps, x: Pair, y: Pair) => Pair

/** `x ∘ alpha·y` */
function withAlpha(c: Call, combine: Two): Result | readonly Result[] {
  if (c.node.inputs.some(({ type }) => type.kind === 'List')) return componentwise(c)
  const [x, y] = [c.pairAt(0), c.pairAt(1)]
  const known = c.schema.args.some(({ name }) => name === 'alpha') ? c.known('alpha') : 1n
  return combine(c.e, x, known === 1n || known === 1 ? y : mul(c.e, y, c.pair('alpha')))
}
/** other − alpha·self */
function reversed(c: Call): Result {
  const known = c.known('alpha')
  const x = c.pair('self')
  return sub(c.e, c.pair('other'), known === 1n || known === 1 ? x : mul(c.e, x, c.pair('alpha')))
}
const binary =
  (combine: Two) =>
  (c: Call): Result =>
    combine(c.e, c.pairAt(0), c.pairAt(1))

/** Truth of both parts, where either may be a Python number. */
function equal(c: Call, isEqual: boolean): Value {
  const { e } = c
  const [x, y] = [full(e, c.pairAt(0)), full(e, c.pairAt(1))]
  const same = (a: Value, b: Value): Value => {
    const numbers = isNumber(a) && isNumber(b)
    return e.op(isEqual ? 'aten::eq' : 'aten::ne', [a, b], numbers ? { kind: 'bool' } : { kind: 'Tensor' })
  }
  const [re, im] = [same(x.re, y.re), same(x.im, y.im)]
  if (re.type.kind === 'bool') return e.op(isEqual ? 'aten::__and__' : 'aten::__or__', [re, im], { kind: 'bool' })
  return e.op(isEqual ? 'aten::logical_and' : 'aten::logical_or', [re, im])
}

/** Not zero, where any part is not. NaN is not zero. */
export function nonzero(e: RealOps, { re, im }: Pair): Value {
  const parts = [re, im].filter((part) => part !== undefined).map((part) => e.compare('ne', part, 0))
  return parts.length === 1 ? parts[0]! : e.op('aten::logical_or', parts)
}

/** |x − y| ≤ atol + rtol·|y|, or equal. */
function isClose(c: Call): Value {
  const { e } = c
  const [x, y] = [full(e, c.pairAt(0)), full(e, c.pairAt(1))]
  const limit = e.add(e.mul(abs(e, y), c.value('rtol')), c.value('atol'))
  const distance = abs(e, sub(e, x, y))
  const finite = e.op('aten::isfinite', [distance])
  const near = e.op('aten::logical_and', [finite, e.op('aten::le', [distance, limit])])
  const both = (kind: string, a: Value, b: Value): Value => e.op(kind, [a, b])
  const same = both('aten::logical_and', both('aten::eq', x.re, y.re), both('aten::eq', x.im, y.im))
  let close = both('aten::logical_or', near, same)
  if (c.flag('equal_nan')) {
    const nan = ({ re, im }: Pair): Value => both('aten::logical_or', e.op('aten::isnan', [re!]), e.op('aten::isnan', [im!]))
    close = both('aten::logical_or', close, both('aten::logical_and', nan(x), nan(y)))
  }
  return close
}
const all = (e: RealOps, truth: Value): Value => e.op('aten::Bool', [e.op('aten::all', [truth])], { kind: 'bool' })

export const arithmeticRows: readonly ComplexRow[] = [
  complexRow('add', (c) => withAlpha(c, add)),
  complexRow('sub subtract', (c) => withAlpha(c, sub)),
  complexRow('rsub', reversed),
  complexRow('mul multiply', binary(mul)),
  complexRow('div divide true_divide', binary(div)),
  complexRow('reciprocal', (c) => reciprocal(c.e, c.pair('self'), pair(c.e.scalar(c.work, 1), undefined))),
  complexRow('square', (c) => mul(c.e, c.pair('self'), c.pair('self'))),
  complexRow('addcmul', (c) => add(c.e, c.pair('self'), mul(c.e, mul(c.e, c.pair('tensor1'), c.pair('value')), c.pair('tensor2')))),
  complexRow('addcdiv', (c) => add(c.e, c.pair('self'), div(c.e, mul(c.e, c.pair('tensor1'), c.pair('value')), c.pair('tensor2')))),
  complexRow('lerp', (c) => {
    const start = c.pair('self')
    return add(c.e, start, mul(c.e, c.pair('weight'), sub(c.e, c.pair('end'), start)))
  }),
  complexRow('eq', (c) => equal(c, true)),
  complexRow('ne not_equal', (c) => equal(c, false)),
  complexRow('isclose', isClose),
  complexRow('allclose', (c) => all(c.e, isClose(c))),
  complexRow('equal', (c) => all(c.e, equal(c, true))),
  complexRow('logical_not', (c) => c.e.op('aten::logical_not', [nonzero(c.e, c.pair('self'))])),
  complexRow('logical_and', (c) => c.e.op('aten::logical_and', [nonzero(c.e, c.pairAt(0)), nonzero(c.e, c.pairAt(1))])),
  complexRow('logical_or', (c) => c.e.op('aten::logical_or', [nonzero(c.e, c.pairAt(0)), nonzero(c.e, c.pairAt(1))])),
  complexRow('logical_xor', (c) => c.e.op('aten::logical_xor', [nonzero(c.e, c.pairAt(0)), nonzero(c.e, c.pairAt(1))])),
  complexRow('neg negative _neg_view', (c) => neg(c.e, c.pairAt(0))),
]
