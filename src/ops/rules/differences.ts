// dtype and shape of differences, gradients and integrals along an axis. Answers to aten/src/ATen/native/{ReduceOps,Integration}.cpp.

import { broadcast, dimAdd, dimMax, dimSub, type Dim, type Dims } from '../../ir/dim.ts'
import { listFact, tensorFact, type Fact } from '../fact.ts'
import { isNone, knownInt, promoted, toFloat, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { along } from './slicing.ts'

const axisOf = ({ dims }: Fact, dim: Fact): number | undefined => (dims === undefined ? undefined : wrapAxis(knownInt(dim), dims.length))
const extent = (tensor: Fact, axis: number): Dim => tensor.dims?.[axis] ?? null

interface Trapezoid {
  readonly y: Fact
  readonly x?: Fact
  readonly dim: Fact
}
/** y's shape, broadcast with that of a spacing that has axes of its own. */
function gridDims({ y, x }: Trapezoid): Dims {
  if (x === undefined || x.dims?.length === 1) return y.dims
  return x.dims === undefined || y.dims === undefined || x.dims.length > y.dims.length ? undefined : broadcast(y.dims, x.dims)
}
function integral(args: Trapezoid, running: boolean): Fact {
  const { y, x, dim } = args
  const [dims, axis] = [gridDims(args), axisOf(y, dim)]
  const dtype = toFloat(x === undefined ? y.dtype : promoted(y, x))
  if (dims === undefined || axis === undefined) return tensorFact(dtype, undefined)
  return tensorFact(dtype, running ? along(dims, axis, dimMax(dimSub(y.dims![axis]!, 1), 0)) : dims.filter((_, i) => i !== axis))
}

/** One tensor of self's shape for each axis. */
function gradients(self: Fact, count: number | undefined): Fact {
  const one = tensorFact(toFloat(self.dtype), self.dims)
  return count === undefined ? { element: one } : listFact(Array.from({ length: count }, () => one))
}
interface Gradient {
  readonly self: Fact
  readonly dim: Fact
  readonly spacing?: Fact
}
const overDim = ({ self, dim, spacing }: Gradient): Fact =>
  gradients(
    self,
    isNone(dim)
      ? (spacing?.items?.length ?? self.dims?.length)
      : dim.value === undefined && dim.sym === undefined && dim.number === undefined
        ? undefined
        : 1,
  )
const overDims = ({ self, dim }: Gradient): Fact => gradients(self, dim.items?.length)

export const differenceRules: readonly Rule[] = [
  rule(
    'aten::diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor',
    ({ self, n, dim, prepend, append }) => {
      const [times, axis] = [knownInt(n), axisOf(self, dim)]
      const others = [prepend, append].filter((other) => !isNone(other))
      const dtype = times === 0 ? self.dtype : others.every(({ dtype: own }) => own !== undefined) ? promoted(self, ...others) : undefined
      if (times === 0) return tensorFact(dtype, self.dims)
      if (axis === undefined) return tensorFact(dtype, undefined)
      const total = others.map((other) => extent(other, axis)).reduce(dimAdd, self.dims![axis]!)
      return tensorFact(dtype, along(self.dims, axis, times === undefined ? null : shortened(total, times)))
    },
  ),
  rule('aten::trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor', (args) => integral(args, false)),
  rule('aten::trapz.dx(Tensor y, *, float dx=1., int dim=-1) -> Tensor', (args) => integral(args, false)),
  ...rules(
    ['aten::trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor', 'aten::trapz.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor'],
    (args) => integral(args, false),
  ),
  rule('aten::cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor', (args) => integral(args, true)),
  rule('aten::cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor', (args) => integral(args, true)),
  rule('aten::gradient.scalarint(Tensor self, *, Scalar? spacing=None, int? dim=None, int edge_order=1) -> Tensor[]', ({ self, dim }) =>
    overDim({ self, dim }),
  ),
  ...rules(
    [
      'aten::gradient.scalarrayint(Tensor self, *, Scalar[] spacing, int? dim=None, int edge_order=1) -> Tensor[]',
      'aten::gradient.tensorarrayint(Tensor self, *, Tensor[] spacing, int? dim=None, int edge_order=1) -> Tensor[]',
    ],
    overDim,
  ),
  rule('aten::gradient.array(Tensor self, *, int[] dim, int edge_order=1) -> Tensor[]', overDims),
  ...rules(
    [
      'aten::gradient.scalararray(Tensor self, *, Scalar spacing, int[] dim, int edge_order=1) -> Tensor[]',
      'aten::gradient.scalarrayarray(Tensor self, *, Scalar[] spacing, int[] dim, int edge_order=1) -> Tensor[]',
      'aten::gradient.tensorarray(Tensor self, *, Tensor[] spacing, int[] dim, int edge_order=1) -> Tensor[]',
    ],
    overDims,
  ),
]

/** At least 0. A symbol minus n may be negative, so only numbers tell. */
function shortened(total: Dim, by: number): Dim {
  return typeof total === 'number' ? Math.max(0, total - by) : null
}
