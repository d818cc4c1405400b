// Differences, gradients by second-order differences, and integrals by the trapezoid rule.
// Answers to aten/src/ATen/native/ReduceOps.cpp (diff, gradient) and Integration.cpp.

import { isFloatingPoint } from '../../ir/scalar-type.ts'
import { promoted } from '../../ops/facts.ts'
import { wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { ListOperand, Operand, OnnxValue, ScalarListOperand, ScalarOperand } from '../operand.ts'
import { ARITHMETIC, compute, floatResult, like, opmath, resultDtype, tensor } from './compute.ts'
import { reduce } from './reduce.ts'
import { lower, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'
import { rankOnly } from './spatial.ts'

type Out = readonly ResultInfo[]
const END = 2n ** 63n - 1n

const part = (x: OnnxValue, axis: number, from: number | bigint, to: number | bigint, b: OnnxBuilder): OnnxValue =>
  b.op('Slice', [x, b.ints([from]), b.ints([to]), b.ints([axis])], {}, { dims: x.dims?.map((dim, i) => (i === axis ? null : dim)) })
const sub = (x: OnnxValue, y: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Sub', [x, y])
const mul = (x: OnnxValue, y: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Mul', [x, y])
const div = (x: OnnxValue, y: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Div', [x, y])
const sum = (values: readonly OnnxValue[], b: OnnxBuilder): OnnxValue => values.reduce((x, y) => b.op('Add', [x, y]))
const times = (x: OnnxValue, factor: number, b: OnnxBuilder): OnnxValue => (factor === 1 ? x : mul(x, like(b, x, factor), b))

/** x[1:] − x[:−1] along an axis; of bools whether they differ. */
function difference(x: OnnxValue, axis: number, b: OnnxBuilder): OnnxValue {
  const [next, before] = [part(x, axis, 1, END, b), part(x, axis, 0, -1, b)]
  if (x.dtype === 'bool') return b.op('Xor', [next, before], {}, { dims: next.dims })
  return compute(b, x.dtype, ARITHMETIC, [next, before], (u, v) => sub(u, v, b))
}

/** The spacing along an axis: x's own differences, for an x of one axis laid along it. */
function spacing(y: OnnxValue, x: OnnxValue, axis: number, b: OnnxBuilder): OnnxValue {
  const rank = y.dims!.length
  if (x.dims!.length > rank) throw new UnmetNeed('x', 'no more axes than y')
  const shape = Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1))
  const laid =
    x.dims!.length === 1
      ? b.reshapeTo(x, shape)
      : b.unsqueeze(
          x,
          Array.from({ length: rank - x.dims!.length }, (_, i) => i),
        )
  return sub(part(laid, axis, 1, END, b), part(laid, axis, 0, -1, b), b)
}

/** The mean of neighbours times what lies between them. */
function panels(y: OnnxValue, x: OnnxValue | ScalarOperand, dim: number, b: OnnxBuilder, out: Out): { panels: OnnxValue; axis: number } {
  const axis = wrap(dim, y.dims!.length)
  const isTensor = x.kind === 'tensor' && x.dims?.length !== 0
  const dtype = opmath(floatResult(out, tensor(y), ...(isTensor ? [tensor(x)] : [])))
  if (!isFloatingPoint(y.dtype)) {
    // Integers wrap before they become floats.
    const ends = compute(b, y.dtype, ARITHMETIC, [part(y, axis, 0, -1, b), part(y, axis, 1, END, b)], (u, v) => sum([u, v], b))
    if (!isTensor || isFloatingPoint(x.dtype)) {
      const width = isTensor ? spacing(y, b.cast(x, dtype), axis, b) : b.number(x, dtype)
      return { panels: times(mul(b.cast(ends, dtype), width, b), 0.5, b), axis }
    }
    const both = promoted(tensor(y), tensor(x)) ?? y.dtype
    const area = compute(b, both, ARITHMETIC, [ends, spacing(y, x, axis, b)], (u, v) => mul(u, v, b))
    return { panels: times(b.cast(area, dtype), 0.5, b), axis }
  }
  const work = b.cast(y, dtype)
  const ends = sum([part(work, axis, 0, -1, b), part(work, axis, 1, END, b)], b)
  const width = isTensor ? spacing(work, b.cast(x, dtype), axis, b) : b.number(x, dtype)
  return { panels: times(mul(ends, width, b), 0.5, b), axis }
}
function trapezoid(y: OnnxValue, x: OnnxValue | ScalarOperand, dim: number, b: OnnxBuilder, out: Out): OnnxValue {
  const { panels: areas, axis } = panels(y, x, dim, b, out)
  return b.cast(reduce(b, 'ReduceSum', areas, [axis], false), out[0]?.dtype ?? areas.dtype)
}
function cumulative(y: OnnxValue, x: OnnxValue | ScalarOperand, dim: number, b: OnnxBuilder, out: Out): OnnxValue {
  const { panels: areas, axis } = panels(y, x, dim, b, out)
  return b.cast(b.op('CumSum', [areas, b.scalar('int64', axis)]), out[0]?.dtype ?? areas.dtype)
}

/** (x[2] − x[0]) / 2h inside; at the ends a difference of two neighbours, or of three (`order` 2). */
function evenGradient(x: OnnxValue, axis: number, step: OnnxValue, order: number, b: OnnxBuilder): OnnxValue {
  const at = (from: number, to: number | bigint): OnnxValue => part(x, axis, from, to, b)
  const centre = div(sub(at(2, END), at(0, -2), b), times(step, 2, b), b)
  const first =
    order === 1 ? sub(at(1, 2), at(0, 1), b) : sum([times(at(0, 1), -1.5, b), times(at(1, 2), 2, b), times(at(2, 3), -0.5, b)], b)
  const last =
    order === 1
      ? sub(at(-1, END), at(-2, -1), b)
      : sum([times(at(-1, END), 1.5, b), times(at(-2, -1), -2, b), times(at(-3, -2), 0.5, b)], b)
  return b.op('Concat', [div(first, step, b), centre, div(last, step, b)], { axis }, { dims: x.dims })
}

/** The same for coordinates that are not evenly spaced. */
function unevenGradient(x: OnnxValue, axis: number, coordinates: OnnxValue, order: number, b: OnnxBuilder): OnnxValue {
  const rank = x.dims!.length
  const line = b.reshapeTo(
    b.cast(coordinates, x.dtype),
    Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1)),
  )
  const steps = sub(part(line, axis, 1, END, b), part(line, axis, 0, -1, b), b)
  const f = (from: number, to: number | bigint): OnnxValue => part(x, axis, from, to, b)
  const h = (from: number, to: number | bigint): OnnxValue => part(steps, axis, from, to, b)
  const three = (weights: readonly OnnxValue[], values: readonly OnnxValue[]): OnnxValue =>
    sum(
      weights.map((weight, i) => mul(weight, values[i]!, b)),
      b,
    )
  const [p, q] = [h(0, -1), h(1, END)]
  const whole = sum([p, q], b)
  const centre = three(
    [b.op('Neg', [div(q, mul(p, whole, b), b)]), div(sub(q, p, b), mul(p, q, b), b), div(p, mul(q, whole, b), b)],
    [f(0, -2), f(1, -1), f(2, END)],
  )
  const end = (isLast: boolean): OnnxValue => {
    if (order === 1) return isLast ? div(sub(f(-1, END), f(-2, -1), b), h(-1, END), b) : div(sub(f(1, 2), f(0, 1), b), h(0, 1), b)
    // Near and far step, seen from the end.
    const [near, far] = isLast ? [h(-1, END), h(-2, -1)] : [h(0, 1), h(1, 2)]
    const both = sum([near, far], b)
    const weights = [
      div(sum([near, both], b), mul(near, both, b), b),
      b.op('Neg', [div(both, mul(near, far, b), b)]),
      div(near, mul(far, both, b), b),
    ]
    const derivative = three(weights, isLast ? [f(-1, END), f(-2, -1), f(-3, -2)] : [f(0, 1), f(1, 2), f(2, 3)])
    return isLast ? derivative : b.op('Neg', [derivative])
  }
  return b.op('Concat', [end(false), centre, end(true)], { axis }, { dims: x.dims })
}

type Step = { readonly even: ScalarOperand } | { readonly coordinates: OnnxValue }

function gradient(
  self: OnnxValue,
  axes: readonly number[] | undefined,
  steps: (i: number) => Step,
  order: number,
  b: OnnxBuilder,
): ListOperand {
  if (order !== 1 && order !== 2) throw new UnmetNeed('edge_order', 'to be 1 or 2')
  const x = b.cast(self, opmath(isFloatingPoint(self.dtype) ? self.dtype : 'float32'))
  const rank = x.dims!.length
  const items = (axes ?? Array.from({ length: rank }, (_, i) => i)).map((given, i) => {
    const axis = wrap(given, rank)
    const step = steps(i)
    const result =
      'even' in step ? evenGradient(x, axis, b.number(step.even, x.dtype), order, b) : unevenGradient(x, axis, step.coordinates, order, b)
    return b.cast(
      { ...result, ...(x.dims === undefined ? rankOnly(rank) : { dims: x.dims }) },
      isFloatingPoint(self.dtype) ? self.dtype : 'float32',
    )
  })
  return { kind: 'list', items }
}
function itemOf(list: Operand, i: number, what: string): Operand {
  const item = list.kind === 'list' ? list.items[i] : undefined
  if (item === undefined) throw new UnmetNeed(what, 'a list with one item for each axis')
  return item
}
const evenSteps =
  (list: ScalarListOperand) =>
  (i: number): Step => ({ even: itemOf(list, i, 'spacing') as ScalarOperand })
const coordinateSteps =
  (list: Operand) =>
  (i: number): Step => ({ coordinates: itemOf(list, i, 'spacing') as OnnxValue })
const ONE: ScalarOperand = { kind: 'constant', value: 1n }
const one = (dim: number | undefined): readonly number[] | undefined => (dim === undefined ? undefined : [dim])

const AXIS = { constant: ['dim'], rank: ['y'] } as const
const BOTH = { constant: ['dim'], rank: ['y', 'x'] } as const
const GRADIENT = { constant: ['dim', 'edge_order'], rank: ['self'] } as const

export const differenceLowerings: readonly LoweringRow[] = [
  lower(
    'aten::diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor',
    { constant: ['n', 'dim'], rank: ['self'] },
    ({ self, n, dim, prepend, append }, b, out) => {
      if (n === 0) return self
      const given = [prepend, self, append].filter((x) => x !== undefined)
      const dtype = resultDtype(out, ...given.map(tensor))
      const axis = wrap(dim, self.dims!.length)
      const dims = self.dims!.map((extent, i) => (i === axis ? null : extent))
      const parts = given.map((x) => b.cast(x, dtype))
      let x = parts.length === 1 ? parts[0]! : b.op('Concat', parts, { axis }, { dims })
      for (let i = 0; i < n; i++) x = difference(x, axis, b)
      return x
    },
  ),
  lower('aten::trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor', AXIS, ({ y, dx, dim }, b, out) =>
    trapezoid(y, dx, dim, b, out),
  ),
  lower('aten::trapz.dx(Tensor y, *, float dx=1., int dim=-1) -> Tensor', AXIS, ({ y, dx, dim }, b, out) => trapezoid(y, dx, dim, b, out)),
  lower('aten::trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor', BOTH, ({ y, x, dim }, b, out) => trapezoid(y, x, dim, b, out)),
  lower('aten::trapz.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor', BOTH, ({ y, x, dim }, b, out) => trapezoid(y, x, dim, b, out)),
  lower('aten::cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor', AXIS, ({ y, dx, dim }, b, out) =>
    cumulative(y, dx, dim, b, out),
  ),
  lower('aten::cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor', BOTH, ({ y, x, dim }, b, out) =>
    cumulative(y, x, dim, b, out),
  ),
  lower(
    'aten::gradient.scalarint(Tensor self, *, Scalar? spacing=None, int? dim=None, int edge_order=1) -> Tensor[]',
    GRADIENT,
    ({ self, spacing: step, dim, edge_order }, b) => gradient(self, one(dim), () => ({ even: step ?? ONE }), edge_order, b),
  ),
  lower('aten::gradient.array(Tensor self, *, int[] dim, int edge_order=1) -> Tensor[]', GRADIENT, ({ self, dim, edge_order }, b) =>
    gradient(self, dim, () => ({ even: ONE }), edge_order, b),
  ),
  lower(
    'aten::gradient.scalararray(Tensor self, *, Scalar spacing, int[] dim, int edge_order=1) -> Tensor[]',
    GRADIENT,
    ({ self, spacing: step, dim, edge_order }, b) => gradient(self, dim, () => ({ even: step }), edge_order, b),
  ),
  lower(
    'aten::gradient.scalarrayint(Tensor self, *, Scalar[] spacing, int? dim=None, int edge_order=1) -> Tensor[]',
    GRADIENT,
    ({ self, spacing: steps, dim, edge_order }, b) => gradient(self, one(dim), evenSteps(steps), edge_order, b),
  ),
  lower(
    'aten::gradient.scalarrayarray(Tensor self, *, Scalar[] spacing, int[] dim, int edge_order=1) -> Tensor[]',
    GRADIENT,
    ({ self, spacing: steps, dim, edge_order }, b) => gradient(self, dim, evenSteps(steps), edge_order, b),
  ),
  lower(
    'aten::gradient.tensorarrayint(Tensor self, *, Tensor[] spacing, int? dim=None, int edge_order=1) -> Tensor[]',
    GRADIENT,
    ({ self, spacing: lines, dim, edge_order }, b) => gradient(self, one(dim), coordinateSteps(lines), edge_order, b),
  ),
  lower(
    'aten::gradient.tensorarray(Tensor self, *, Tensor[] spacing, int[] dim, int edge_order=1) -> Tensor[]',
    GRADIENT,
    ({ self, spacing: lines, dim, edge_order }, b) => gradient(self, dim, coordinateSteps(lines), edge_order, b),
  ),
]
