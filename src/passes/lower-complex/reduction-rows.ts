// Reductions that are not linear: norms of magnitudes, spreads, products. Answers to aten/src/ATen/native/ReduceOps.cpp.

import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { abs, angle, full, pair, polar, sub, type Pair } from './pair.ts'
import { complexRow, type ComplexRow, type Result } from './row.ts'

/** The operator on |z|. */
export const ofMagnitude = (c: Call): Value =>
  c
    .again((name, value) => {
      if (name === 'self') return abs(c.e, c.pair('self'))
      return name === 'dtype' && c.has('dtype') ? c.e.dtype(c.work) : value
    })
    .output()

/** Spreads of the parts add up: |z − m|² = (x − Re m)² + (y − Im m)². */
function variance(c: Call, operator = c.node.kind): Value {
  const { e } = c
  const { re, im } = full(e, c.pair('self'))
  const of = (part: Value): Value => {
    const inputs = c.schema.args.map((arg, i) => (arg.name === 'self' ? part : c.node.input(i)))
    return e.op(operator, inputs)
  }
  return e.add(of(re), of(im))
}
const deviation = (c: Call): Value => c.e.unary('sqrt', variance(c, 'aten::var'))

/** The spread by `var`, and the mean of both parts, from the operator itself. */
function withMean(c: Call, isDeviation: boolean): readonly Result[] {
  const { e } = c
  const { re, im } = full(e, c.pair('self'))
  const of = (part: Value): readonly Value[] => {
    const inputs = c.schema.args.map((arg, i) => (arg.name === 'self' ? part : c.node.input(i)))
    return e.node('aten::var_mean', inputs, [{ kind: 'Tensor' }, { kind: 'Tensor' }]).outputs
  }
  const [x, y] = [of(re), of(im)]
  const spread = e.add(x[0]!, y[0]!)
  return [isDeviation ? e.unary('sqrt', spread) : spread, pair(x[1], y[1])]
}

/** Magnitudes multiply, angles add: in float64, since angles lose what they grow by. */
function product(c: Call, sum: string): Pair {
  const { e } = c
  const z = full(e, c.pair('self', 'float64'))
  const again = (kind: string, self: Value): Value => {
    const inputs = c.schema.args.map((arg, i) =>
      arg.name === 'self' ? self : arg.name === 'dtype' && c.has('dtype') ? e.dtype('float64') : c.node.input(i),
    )
    if (kind === c.node.kind) return c.again((name, value) => inputs[c.schema.args.findIndex((arg) => arg.name === name)] ?? value).output()
    // prod.dim_int takes one axis where sum.dim_IntList takes a list.
    const at = c.schema.args.findIndex((arg) => arg.name === 'dim')
    if (kind === 'aten::sum' && at !== -1) inputs[at] = e.ints([inputs[at]!])
    return e.op(kind, inputs)
  }
  const { re, im } = full(e, polar(e, again(c.node.kind, abs(e, z)), again(sum, angle(e, z))))
  return pair(e.cast(re, c.work), e.cast(im, c.work))
}

function distance(c: Call): Value {
  const { e } = c
  const apart = abs(e, sub(e, c.pair('self'), c.pair('other')))
  return e.op('aten::norm', [apart, c.value('p')])
}

export const reductionRows: readonly ComplexRow[] = [
  complexRow('linalg_vector_norm norm frobenius_norm', ofMagnitude),
  complexRow('var', (c) => variance(c)),
  complexRow('std', deviation),
  complexRow('var_mean', (c) => withMean(c, false)),
  complexRow('std_mean', (c) => withMean(c, true)),
  complexRow('prod', (c) => product(c, 'aten::sum')),
  complexRow('cumprod', (c) => product(c, 'aten::cumsum')),
  complexRow('dist', distance),
]
