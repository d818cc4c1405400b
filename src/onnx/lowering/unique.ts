// Distinct values, membership and counting: unique and its forms, isin, bincount, histc. ONNX Unique-11, Compress-11, ScatterElements-18.
// Answers to aten/src/ATen/native/Unique.cpp, TensorCompare.cpp (isin), SummaryOps.cpp and Histogram.cpp.

import type { ScalarType } from '../../ir/scalar-type.ts'
import { promoted } from '../../ops/facts.ts'
import { range, wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import { emittedType } from '../data-type.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { EQUAL, kernelType, like, number, tensor, type Kernels } from './compute.ts'
import { intOp, vectorOf } from './int-math.ts'
import { lower, type LoweringRow } from './row.ts'

const UNIQUE: Kernels = ['float32', 'float64', 'int64', 'int8']
const END = 2n ** 63n - 1n

const nothing = (b: OnnxBuilder): OnnxValue => b.elements('int64', [0], [])

/** Distinct values in rising order, with positions of the elements in them and counts. */
function unique(x: OnnxValue, axis: number | undefined, b: OnnxBuilder) {
  const work = x.dtype === 'bool' ? 'int8' : kernelType(x.dtype, UNIQUE)
  const dims = axis === undefined ? [null] : x.dims?.map((dim, i) => (i === axis ? null : dim))
  const [values, , inverse, counts] = b.ops('Unique', [b.cast(x, work)], { axis, sorted: 1 }, [
    { dims },
    undefined,
    { dtype: 'int64', dims: [null] },
    { dtype: 'int64', dims: [null] },
  ])
  return { values: b.cast(values!, x.dtype), inverse: inverse!, counts: counts! }
}
const inShapeOf = (x: OnnxValue, like: OnnxValue, b: OnnxBuilder): OnnxValue =>
  b.op('Reshape', [x, b.shape(like)], { allowzero: 1 }, { dims: like.dims })

/** Runs of equal neighbours along an axis. */
function consecutive(x: OnnxValue, axis: number, b: OnnxBuilder) {
  const rank = x.dims!.length
  const part = (from: number, to: bigint): OnnxValue =>
    b.op('Slice', [x, b.ints([from]), b.ints([to]), b.ints([axis])], {}, { dims: x.dims!.map((dim, i) => (i === axis ? null : dim)) })
  const [next, before] = [part(1, END), part(0, -1n)]
  const work = kernelType(x.dtype, EQUAL)
  const differ = b.op('Not', [b.op('Equal', [b.cast(next, work), b.cast(before, work)])], {}, { dims: next.dims })
  const others = range(rank).filter((i) => i !== axis)
  const changes = others.length === 0 ? differ : anyOver(differ, others, b)
  // The first element starts a run, when there is one.
  const extent = vectorOf(b, b.size(x, axis))
  const all = b.op('Concat', [b.elements('bool', [1], [true]), changes], { axis: 0 }, { dims: [null] })
  const starts = b.op('Slice', [all, b.ints([0]), extent, b.ints([0])], {}, { dims: [null] })
  const values = b.op('Compress', [x, starts], { axis }, { dims: x.dims!.map((dim, i) => (i === axis ? null : dim)) })
  const inverse = b.op('Sub', [b.op('CumSum', [b.cast(starts, 'int64'), b.scalar('int64', 0)]), b.scalar('int64', 1)], {}, { dims: [null] })
  const places = b.reshapeTo(b.op('NonZero', [starts], {}, { dims: [1, null] }), [-1])
  const ends = b.op('Concat', [b.op('Slice', [places, b.ints([1]), b.ints([END]), b.ints([0])]), extent], { axis: 0 })
  const fitting = b.op('Slice', [ends, b.ints([0]), b.shape({ ...places, dims: undefined }), b.ints([0])])
  return { values, inverse, counts: b.op('Sub', [fitting, places], {}, { dims: [null] }) }
}
function anyOver(x: OnnxValue, axes: readonly number[], b: OnnxBuilder): OnnxValue {
  const hits = b.op('ReduceSum', [b.cast(x, 'int64'), b.ints(axes)], { keepdims: 0 }, { dims: [null] })
  return b.op('Greater', [hits, b.scalar('int64', 0)], {}, { dims: [null] })
}

// As many tests are compared with every element; more are sorted together with them.
const FEW_TESTS = 32

/** Whether each element equals one of the others. */
function isIn(elements: OnnxValue, tests: OnnxValue, dtype: ScalarType, invert: boolean, b: OnnxBuilder): OnnxValue {
  const count = b.numel(tests)
  const few = count.kind === 'constant' && Number(count.value) <= FEW_TESTS
  return few ? isInFew(elements, tests, dtype, invert, b) : isInMany(elements, tests, dtype, invert, b)
}
function isInFew(elements: OnnxValue, tests: OnnxValue, dtype: ScalarType, invert: boolean, b: OnnxBuilder): OnnxValue {
  const work = kernelType(dtype, EQUAL)
  const rank = elements.dims!.length
  const pairs = b.op('Equal', [b.unsqueeze(b.cast(elements, work), [rank]), b.cast(b.reshapeTo(tests, [-1]), work)])
  const hits = b.op('ReduceSum', [b.cast(pairs, 'int64'), b.ints([rank])], { keepdims: 0 }, { dims: elements.dims })
  return b.op(invert ? 'Equal' : 'Greater', [hits, b.scalar('int64', 0)], {}, { dims: elements.dims })
}
/** The distinct values of both, marked where a test is among them. */
function isInMany(elements: OnnxValue, tests: OnnxValue, dtype: ScalarType, invert: boolean, b: OnnxBuilder): OnnxValue {
  const work = dtype === 'bool' ? 'int8' : kernelType(dtype, UNIQUE)
  const float = work === 'float32' || work === 'float64'
  const flat = [tests, elements].map((x) => b.reshapeTo(b.cast(x, work), [-1]))
  // NaN equals nothing, and sorting breaks down on it.
  const number = flat.map((x) => (float ? b.op('Not', [b.op('IsNaN', [x])], {}, { dims: [null] }) : undefined))
  const clean = flat.map((x, i) => (number[i] === undefined ? x : b.op('Where', [number[i], x, like(b, x, 0)], {}, { dims: [null] })))
  // One more element: Unique takes no empty tensor.
  const all = b.op('Concat', [...clean, b.elements(work, [1], [0])], { axis: 0 }, { dims: [null] })
  const { values, inverse } = unique(all, undefined, b)
  const size = b.shape(clean[0]!)
  const cut = (from: OnnxValue, to: OnnxValue): OnnxValue => b.op('Slice', [inverse, from, to, b.ints([0])], {}, { dims: [null] })
  const marks = b.op('Expand', [b.scalar('int32', 0), b.shape({ ...values, dims: [null] })], {}, { dims: [null] })
  const mark = number[0] === undefined ? b.op('Expand', [b.scalar('int32', 1), size], {}, { dims: [null] }) : b.cast(number[0], 'int32')
  const marked = b.op('ScatterElements', [marks, cut(b.ints([0]), size), mark], { axis: 0, reduction: 'max' }, { dims: [null] })
  const found = b.cast(b.op('Gather', [marked, cut(size, b.ints([-1]))], { axis: 0 }, { dims: [null] }), 'bool')
  const hits = number[1] === undefined ? found : b.op('And', [found, number[1]], {}, { dims: [null] })
  return inShapeOf(invert ? b.op('Not', [hits]) : hits, elements, b)
}

/** How often each of 0, 1 … occurs, or the sum of weights there. */
function binCount(x: OnnxValue, weights: OnnxValue | undefined, minlength: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const dtype: ScalarType = weights === undefined ? 'int64' : weights.dtype === 'float32' ? 'float32' : 'float64'
  const index = b.cast(x, 'int64')
  // −1 beside the elements: an empty tensor has no maximum.
  const top = b.op('ReduceMax', [b.op('Concat', [index, b.ints([-1])], { axis: 0 })], { keepdims: 0 }, { dims: [] })
  const bins = vectorOf(b, intOp(b, 'Max', intOp(b, 'Add', top, 1), minlength))
  const zeros = b.op('Expand', [b.scalar(dtype, 0), bins], {}, { dims: [null] })
  const ones =
    weights === undefined ? b.op('Expand', [b.scalar(dtype, 1), b.shape(index)], {}, { dims: index.dims }) : b.cast(weights, dtype)
  return b.op('ScatterElements', [zeros, index, ones], { axis: 0, reduction: 'add' }, { dims: [null] })
}

/** Elements per bin of equal width between min and max; those outside do not count. min = max means the range of the data. */
function histogram(self: OnnxValue, bins: number, min: ScalarOperand, max: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const dtype = self.dtype === 'float64' ? 'float64' : 'float32'
  const x = b.cast(b.reshapeTo(self, [-1]), dtype)
  const given = [b.number(min, dtype), b.number(max, dtype)] as const
  const same = b.op('Equal', [given[0], given[1]], {}, { dims: [] })
  const constant = min.kind === 'constant' && max.kind === 'constant'
  const own = constant && Number(min.value) !== Number(max.value)
  const [low, high] = own
    ? given
    : widened(
        b.op('Where', [same, least(x, b), given[0]], {}, { dims: [] }),
        b.op('Where', [same, greatest(x, b), given[1]], {}, { dims: [] }),
        b,
      )
  const inside = b.op('And', [b.op('GreaterOrEqual', [x, low]), b.op('LessOrEqual', [x, high])])
  const place = b.op('Div', [b.op('Mul', [b.op('Sub', [x, low]), like(b, x, bins)]), b.op('Sub', [high, low])])
  const bin = b.op('Min', [b.cast(b.op('Floor', [b.op('Where', [inside, place, like(b, x, 0)])]), 'int64'), b.scalar('int64', bins - 1)])
  const zeros = b.elements(
    dtype,
    [bins],
    Array.from({ length: bins }, () => 0),
  )
  return b.cast(b.op('ScatterElements', [zeros, bin, b.cast(inside, dtype)], { axis: 0, reduction: 'add' }, { dims: [bins] }), self.dtype)
}
const least = (x: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('ReduceMin', [x], { keepdims: 0 }, { dims: [] })
const greatest = (x: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('ReduceMax', [x], { keepdims: 0 }, { dims: [] })
/** A range of one point becomes two wide. */
function widened(low: OnnxValue, high: OnnxValue, b: OnnxBuilder): readonly [OnnxValue, OnnxValue] {
  const by = b.cast(b.op('Equal', [low, high], {}, { dims: [] }), low.dtype)
  return [b.op('Sub', [low, by], {}, { dims: [] }), b.op('Add', [high, by], {}, { dims: [] })]
}

export const uniqueLowerings: readonly LoweringRow[] = [
  lower('aten::_unique(Tensor self, bool sorted=True, bool return_inverse=False) -> (Tensor, Tensor)', ({ self, return_inverse }, b) => {
    const { values, inverse } = unique(self, undefined, b)
    return [values, return_inverse ? inShapeOf(inverse, self, b) : nothing(b)]
  }),
  lower(
    'aten::_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)',
    ({ self, return_inverse, return_counts }, b) => {
      const { values, inverse, counts } = unique(self, undefined, b)
      return [values, return_inverse ? inShapeOf(inverse, self, b) : nothing(b), return_counts ? counts : nothing(b)]
    },
  ),
  lower(
    'aten::unique_dim(Tensor self, int dim, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)',
    { constant: ['dim'], rank: ['self'] },
    ({ self, dim }, b) => {
      const { values, inverse, counts } = unique(self, wrap(dim, self.dims!.length), b)
      return [values, inverse, counts]
    },
  ),
  lower(
    'aten::unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor, Tensor)',
    { constant: ['dim'], rank: ['self'] },
    ({ self, return_inverse, return_counts, dim }, b) => {
      const { values, inverse, counts } =
        dim === undefined ? consecutive(b.reshapeTo(self, [-1]), 0, b) : consecutive(self, wrap(dim, self.dims!.length), b)
      if (dim !== undefined) return [values, inverse, counts]
      return [values, return_inverse ? inShapeOf(inverse, self, b) : nothing(b), return_counts ? counts : nothing(b)]
    },
  ),
  lower(
    'aten::unique_dim_consecutive(Tensor self, int dim, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)',
    { constant: ['dim'], rank: ['self'] },
    ({ self, dim }, b) => {
      const { values, inverse, counts } = consecutive(self, wrap(dim, self.dims!.length), b)
      return [values, inverse, counts]
    },
  ),
  lower(
    'aten::isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor',
    { rank: ['elements'] },
    ({ elements, test_elements: tests, invert }, b) =>
      isIn(elements, tests, emittedType(promoted(tensor(elements), tensor(tests)) ?? 'float32'), invert, b),
  ),
  lower(
    'aten::isin.Tensor_Scalar(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool invert=False) -> Tensor',
    { rank: ['elements'] },
    ({ elements, test_element: test, invert }, b) => {
      const dtype = emittedType(promoted(tensor(elements), number(test)) ?? 'float32')
      return isIn(elements, b.number(test, dtype), dtype, invert, b)
    },
  ),
  lower(
    'aten::isin.Scalar_Tensor(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor',
    ({ element, test_elements: tests, invert }, b) => {
      const dtype = emittedType(promoted(number(element), tensor(tests)) ?? 'float32')
      return isIn(b.number(element, dtype), tests, dtype, invert, b)
    },
  ),
  lower('aten::bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor', ({ self, weights, minlength }, b) =>
    binCount(self, weights, minlength, b),
  ),
  lower(
    'aten::histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor',
    { constant: ['bins'] },
    ({ self, bins, min, max }, b) => histogram(self, bins, min, max, b),
  ),
]
