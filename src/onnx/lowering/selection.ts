// Elementwise choice: where, masked_fill, clamp, heaviside; and truth values of whole tensors.
// Answers to aten/src/ATen/native/TensorCompare.cpp.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import type { Fact } from '../../ops/fact.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { Operand, OnnxValue, ScalarOperand } from '../operand.ts'
import { ARITHMETIC, compute, EQUAL, kernelType, like, number, opmath, ORDERED, resultDtype, select, tensor } from './compute.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'

interface Choice {
  readonly condition: OnnxValue
  readonly self: ScalarOperand
  readonly other: ScalarOperand
}
function choose({ condition, self, other }: Choice, b: OnnxBuilder, out: readonly ResultInfo[], facts: readonly [Fact, Fact]): OnnxValue {
  const dtype = resultDtype(out, ...facts)
  return select(b, condition, b.number(self, dtype), b.number(other, dtype))
}

function fillMasked(b: OnnxBuilder, self: OnnxValue, mask: OnnxValue, value: ScalarOperand): OnnxValue {
  return select(b, mask, b.number(value, self.dtype), self)
}

/** Bounds by number: Clip. */
function clip(
  b: OnnxBuilder,
  out: readonly ResultInfo[],
  self: OnnxValue,
  min: ScalarOperand | undefined,
  max: ScalarOperand | undefined,
): OnnxValue {
  const bounds = [min, max].filter((bound) => bound !== undefined)
  const dtype = resultDtype(out, tensor(self), ...bounds.map(number))
  // Without a bound Clip takes the largest finite number, and infinities would change.
  const open = (x: OnnxValue, limit: number): OnnxValue | undefined => (isFloatingPoint(x.dtype) ? like(b, x, limit) : undefined)
  return compute(b, dtype, ARITHMETIC, [self, ...bounds], (x, ...limits) =>
    b.op('Clip', [x, min === undefined ? open(x, -Infinity) : limits[0], max === undefined ? open(x, Infinity) : limits.at(-1)]),
  )
}
/** Bounds by tensor: min(max(x, low), high). */
function bound(
  b: OnnxBuilder,
  out: readonly ResultInfo[],
  self: OnnxValue,
  min: OnnxValue | undefined,
  max: OnnxValue | undefined,
): OnnxValue {
  const bounds = [min, max].filter((limit) => limit !== undefined)
  const dtype = resultDtype(out, tensor(self), ...bounds.map(tensor))
  return compute(b, dtype, ORDERED, [self, ...bounds], (x, ...limits) => {
    const raised = min === undefined ? x : b.op('Max', [x, limits[0]!])
    return max === undefined ? raised : b.op('Min', [raised, limits.at(-1)!])
  })
}

/** 0-d bool: no element is false. True for no elements. */
export function allTrue(b: OnnxBuilder, x: OnnxValue): OnnxValue {
  const misses = b.op('ReduceSum', [b.cast(b.op('Not', [x]), 'int64')], { keepdims: 0 }, { dims: [] })
  return b.op('Equal', [misses, b.scalar('int64', 0)], {}, { dims: [] })
}

/** |x − y| ≤ atol + rtol·|y|, or equal; infinities are close to themselves only. */
function isClose(
  b: OnnxBuilder,
  {
    self,
    other,
    rtol,
    atol,
    equal_nan,
  }: { self: OnnxValue; other: OnnxValue; rtol: ScalarOperand; atol: ScalarOperand; equal_nan: boolean },
): OnnxValue {
  const work: ScalarType = isFloatingPoint(self.dtype) ? opmath(self.dtype) : 'float64'
  const [x, y] = [b.cast(self, work), b.cast(other, work)]
  const distance = b.op('Abs', [b.op('Sub', [x, y])])
  const allowed = b.op('Add', [b.number(atol, work), b.op('Abs', [b.op('Mul', [b.number(rtol, work), y])])])
  const finite = b.op('Less', [distance, like(b, distance, Infinity)])
  const near = b.op('And', [finite, b.op('LessOrEqual', [distance, allowed])])
  const close = b.op('Or', [b.op('Equal', [x, y]), near])
  return equal_nan ? b.op('Or', [close, b.op('And', [b.op('IsNaN', [x]), b.op('IsNaN', [y])])]) : close
}

/** Do the shapes agree? Known at build time, or computed. */
function sameShape(b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue | boolean {
  const [s, t] = [b.shape(x), b.shape(y)]
  const compare = (scope: OnnxBuilder): OnnxValue => allTrue(scope, scope.op('Equal', [s, t]))
  if (x.dims !== undefined && y.dims !== undefined) {
    if (x.dims.length !== y.dims.length) return false
    if (x.dims.some((dim, i) => typeof dim === 'number' && typeof y.dims![i] === 'number' && dim !== y.dims![i])) return false
    return x.dims.every((dim, i) => dim !== null && dim === y.dims![i]) ? true : compare(b)
  }
  // Shapes of different rank do not compare elementwise.
  return branch(b, b.op('Equal', [b.op('Size', [s], {}, { dims: [] }), b.op('Size', [t], {}, { dims: [] })]), compare)
}
/** Same shape and same elements. Elements are compared only where the shapes agree. */
function equal(b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue {
  const work = kernelType(x.dtype, EQUAL)
  const elements = (scope: OnnxBuilder): OnnxValue => allTrue(scope, scope.op('Equal', [scope.cast(x, work), scope.cast(y, work)]))
  const same = sameShape(b, x, y)
  return same === false ? b.scalar('bool', false) : same === true ? elements(b) : branch(b, same, elements)
}
/** `condition ? build() : false`, as an If. */
function branch(b: OnnxBuilder, condition: OnnxValue, build: (scope: OnnxBuilder) => OnnxValue): OnnxValue {
  const side = (make: (scope: OnnxBuilder) => OnnxValue, name: string): ReturnType<OnnxBuilder['subgraph']> => {
    const scope = b.scope()
    const value = make(scope)
    const given = scope.freshName()
    scope.emit('Identity', [value.name], [given], {})
    return scope.subgraph(name, [], [{ name: given, dtype: 'bool', dims: [] }])
  }
  const then_branch = side(build, 'then')
  const else_branch = side((scope) => scope.scalar('bool', false), 'else')
  return b.op('If', [condition], { then_branch, else_branch }, { dtype: 'bool', dims: [] })
}

export const selectionLowerings: readonly LoweringRow[] = [
  lower('aten::where.self(Tensor condition, Tensor self, Tensor other) -> Tensor', (args, b, out) =>
    choose(args, b, out, [tensor(args.self), tensor(args.other)]),
  ),
  lower('aten::where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor', (args, b, out) =>
    choose(args, b, out, [tensor(args.self), number(args.other)]),
  ),
  lower('aten::where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor', (args, b, out) =>
    choose(args, b, out, [number(args.self), tensor(args.other)]),
  ),
  lower('aten::where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor', (args, b, out) =>
    choose(args, b, out, [number(args.self), number(args.other)]),
  ),
  lower('aten::masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor', ({ self, mask, value }, b) =>
    fillMasked(b, self, mask, value),
  ),
  lower('aten::masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor', ({ self, mask, value }, b) =>
    fillMasked(b, self, mask, value),
  ),
  ...lowers(
    [
      'aten::clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor',
      'aten::clip(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor',
    ],
    ({ self, min, max }, b, out) => clip(b, out, self, min, max),
  ),
  ...lowers(
    [
      'aten::clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor',
      'aten::clip.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor',
    ],
    ({ self, min, max }, b, out) => bound(b, out, self, min, max),
  ),
  lower('aten::clamp_min(Tensor self, Scalar min) -> Tensor', ({ self, min }, b, out) => clip(b, out, self, min, undefined)),
  lower('aten::clamp_max(Tensor self, Scalar max) -> Tensor', ({ self, max }, b, out) => clip(b, out, self, undefined, max)),
  lower('aten::clamp_min.Tensor(Tensor self, Tensor min) -> Tensor', ({ self, min }, b, out) => bound(b, out, self, min, undefined)),
  lower('aten::clamp_max.Tensor(Tensor self, Tensor max) -> Tensor', ({ self, max }, b, out) => bound(b, out, self, undefined, max)),
  lower('aten::heaviside(Tensor self, Tensor values) -> Tensor', ({ self, values }, b, out) =>
    compute(b, resultDtype(out, tensor(self), tensor(values)), ORDERED, [self, values], (x, v) => {
      const zero = like(b, x, 0)
      const step = b.cast(b.op('Greater', [x, zero]), x.dtype)
      return select(b, b.op('Equal', [x, zero]), v, step)
    }),
  ),
  ...(['and', 'or', 'xor'] as const).map((name) =>
    lower(
      `aten::logical_${name}(Tensor self, Tensor other) -> Tensor` as 'aten::logical_and(Tensor self, Tensor other) -> Tensor',
      ({ self, other }, b) => b.op({ and: 'And', or: 'Or', xor: 'Xor' }[name], [b.cast(self, 'bool'), b.cast(other, 'bool')]),
    ),
  ),
  lower(
    'aten::isclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> Tensor',
    (args, b) => isClose(b, args),
  ),
  lower(
    'aten::allclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> bool',
    (args, b) => allTrue(b, isClose(b, args)),
  ),
  lower('aten::is_same_size(Tensor self, Tensor other) -> bool', ({ self, other }, b): Operand => {
    const same = sameShape(b, self, other)
    return typeof same === 'boolean' ? { kind: 'constant', value: same } : same
  }),
  lower('aten::equal(Tensor self, Tensor other) -> bool', ({ self, other }, b) => equal(b, self, other)),
]
