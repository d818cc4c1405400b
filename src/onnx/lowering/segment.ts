// Reductions of neighbouring rows, and sums back to a shape that was broadcast.
// Answers to aten/src/ATen/native/SegmentReduce.cpp and ExpandUtils.h (sum_to).

import { isFloatingPoint } from '../../ir/scalar-type.ts'
import { range } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarListOperand, ScalarOperand } from '../operand.ts'
import { like, opmath } from './compute.ts'
import { countTo, known } from './int-math.ts'
import { lower, UnmetNeed, type LoweringRow } from './row.ts'
import { rankOnly } from './spatial.ts'

const I64 = 'int64' as const
const END = 2n ** 63n - 1n

// ScatterElements' name of a reduction, and what no elements give.
const REDUCTIONS: ReadonlyMap<string, readonly [string, number]> = new Map([
  ['sum', ['add', 0]],
  ['mean', ['add', 0]],
  ['prod', ['mul', 1]],
  ['max', ['max', -Infinity]],
  ['min', ['min', Infinity]],
])

/** Rows of `data` belong to the segment that as many segments have ended before. */
function segmentReduce(data: OnnxValue, how: string, lengths: OnnxValue, initial: ScalarOperand | undefined, b: OnnxBuilder): OnnxValue {
  const reduction = REDUCTIONS.get(how)
  if (reduction === undefined) throw new UnmetNeed('reduce', [...REDUCTIONS.keys()].join(', '))
  if (lengths.dims!.length !== 1) throw new UnmetNeed('lengths', 'one axis')
  const [scatter, none] = reduction
  const dtype = opmath(data.dtype)
  const x = b.cast(data, dtype)
  const rank = x.dims!.length
  const counts = b.cast(lengths, I64)
  const ends = b.op('CumSum', [counts, b.scalar(I64, 0)], {}, { dims: [null] })
  const line = b.unsqueeze(countTo(b, b.size(x, 0)), [1])
  const ended = b.op('LessOrEqual', [ends, line], {}, rankOnly(2))
  const segment = b.op('ReduceSum', [b.cast(ended, I64), b.ints([1])], { keepdims: 0 }, { dims: [null] })
  const rowShape = b.op('Slice', [b.shape(x), b.ints([1]), b.ints([END]), b.ints([0])], {}, { dims: [rank - 1] })
  // Rows behind the last segment go to one that is cut off.
  const shape = b.op('Concat', [b.op('Add', [b.shape(counts), b.ints([1])], {}, { dims: [1] }), rowShape], { axis: 0 }, { dims: [rank] })
  const column = b.reshapeTo(
    segment,
    Array.from({ length: rank }, (_, i) => (i === 0 ? -1 : 1)),
  )
  const index = b.op('Expand', [column, b.shape(x)], {}, rankOnly(rank))
  const start = initial === undefined ? b.scalar(dtype, none) : b.number(initial, dtype)
  const base = b.op('Expand', [start, shape], {}, rankOnly(rank))
  const all = b.op('ScatterElements', [base, index, x], { axis: 0, reduction: scatter }, rankOnly(rank))
  const result = b.op('Slice', [all, b.ints([0]), b.ints([-1]), b.ints([0])], {}, rankOnly(rank))
  if (how !== 'mean') return b.cast(result, data.dtype)
  const size = b.cast(
    b.reshapeTo(
      counts,
      Array.from({ length: rank }, (_, i) => (i === 0 ? -1 : 1)),
    ),
    dtype,
  )
  const zero = like(b, size, 0)
  const mean = b.op('Div', [result, size], {}, rankOnly(rank))
  // An empty segment has no mean but the initial value.
  const empty = initial === undefined ? b.scalar(dtype, NaN) : start
  return b.cast(b.op('Where', [b.op('Equal', [size, zero]), empty, mean], {}, rankOnly(rank)), data.dtype)
}

/** Sums the axes that broadcasting added or widened. */
function sumTo(self: OnnxValue, size: ScalarListOperand, b: OnnxBuilder): OnnxValue {
  if (size.kind !== 'list') throw new UnmetNeed('size', 'a list of known length')
  const rank = self.dims!.length
  const leading = rank - size.items.length
  const extents = size.items.map((item) => known(item as ScalarOperand))
  if (extents.includes(undefined)) throw new UnmetNeed('size', 'its extents to be known')
  const axes = range(rank).filter((axis) => axis < leading || (extents[axis - leading] === 1n && self.dims![axis] !== 1))
  if (axes.length === 0) return self
  const dtype = isFloatingPoint(self.dtype) ? self.dtype : 'int64'
  const x = b.cast(b.cast(self, dtype), opmath(dtype))
  const summed = b.op('ReduceSum', [x, b.ints(axes)], { keepdims: 1 }, rankOnly(rank))
  return b.cast(leading === 0 ? summed : b.op('Squeeze', [summed, b.ints(range(leading))], {}, rankOnly(rank - leading)), dtype)
}

export const segmentLowerings: readonly LoweringRow[] = [
  lower(
    'aten::segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor',
    { constant: ['axis'], rank: ['data'] },
    ({ data, reduce, lengths, offsets, axis, initial }, b) => {
      if (axis !== 0) throw new UnmetNeed('axis', 'to be 0')
      if (lengths !== undefined) return segmentReduce(data, reduce, { ...lengths, dims: lengths.dims ?? [null] }, initial, b)
      if (offsets === undefined) throw new UnmetNeed('lengths', 'lengths or offsets')
      const cut = (from: number, to: number | bigint): OnnxValue =>
        b.op('Slice', [offsets, b.ints([from]), b.ints([to]), b.ints([0])], {}, { dims: [null] })
      return segmentReduce(data, reduce, b.op('Sub', [cut(1, END), cut(0, -1)], {}, { dims: [null] }), initial, b)
    },
  ),
  lower('aten::sum_to_size(Tensor self, SymInt[] size) -> Tensor', { rank: ['self'] }, ({ self, size }, b) => sumTo(self, size, b)),
  lower('aten::_grad_sum_to_size(Tensor(a) self, int[]? size) -> Tensor(a)', { rank: ['self'] }, ({ self, size }, b) =>
    size === undefined ? self : sumTo(self, size, b),
  ),
]
