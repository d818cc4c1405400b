// Reductions of neighbouring rows, and sums back to a shape that was broadcast.
// Answers to aten/src/ATen/native/SegmentReduce.cpp and ExpandUtils.h (sum_to).

import { isFloatingPoint } from '../../ir/scalar-type.ts'
import { range, wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarListOperand, ScalarOperand } from '../operand.ts'
import { like, opmath } from './compute.ts'
import { countTo, known } from './int-math.ts'
import { extreme, reduce } from './reduce.ts'
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

/**
 * Along an inner axis every row of the axes before has segments of its own: [.., n, L, rest] of the data with what is in no segment at the
 * reduction's neutral value, reduced over L.
 */
function innerSegments(
  data: OnnxValue,
  how: string,
  axis: number,
  bounds: { readonly starts: OnnxValue; readonly ends: OnnxValue },
  initial: ScalarOperand | undefined,
  b: OnnxBuilder,
): OnnxValue {
  const reduction = REDUCTIONS.get(how)
  if (reduction === undefined) throw new UnmetNeed('reduce', [...REDUCTIONS.keys()].join(', '))
  const dtype = opmath(data.dtype)
  const rank = data.dims!.length
  const wide = rankOnly(rank + 1)
  const place = b.reshapeTo(
    countTo(b, b.size(data, axis)),
    range(rank + 1).map((i) => (i === axis + 1 ? -1 : 1)),
  )
  const laid = (x: OnnxValue): OnnxValue =>
    b.unsqueeze(
      b.cast(x, I64),
      range(rank - axis).map((i) => axis + 1 + i),
    )
  const [from, to] = [laid(bounds.starts), laid(bounds.ends)]
  const inside = b.op('And', [b.op('LessOrEqual', [from, place], {}, wide), b.op('Less', [place, to], {}, wide)], {}, wide)
  const x = b.unsqueeze(b.cast(data, dtype), [axis])
  const chosen = b.op('Where', [inside, x, b.scalar(dtype, reduction[1])], {}, wide)
  const kind = how === 'max' ? 'ReduceMax' : how === 'min' ? 'ReduceMin' : how === 'prod' ? 'ReduceProd' : 'ReduceSum'
  const start = initial === undefined ? undefined : b.number(initial, dtype)
  const all =
    kind === 'ReduceMax' || kind === 'ReduceMin' ? extreme(b, kind, chosen, [axis + 1], false) : reduce(b, kind, chosen, [axis + 1], false)
  const join = how === 'max' ? 'Max' : how === 'min' ? 'Min' : how === 'prod' ? 'Mul' : 'Add'
  const result = start === undefined ? all : b.op(join, [all, start], {}, rankOnly(rank))
  if (how !== 'mean') return b.cast(result, data.dtype)
  const size = b.cast(b.op('Squeeze', [b.op('Sub', [to, from], {}, wide), b.ints([axis + 1])], {}, rankOnly(rank)), dtype)
  const isEmpty = b.op('Equal', [size, b.scalar(dtype, 0)], {}, rankOnly(rank))
  const mean = b.op('Div', [result, size], {}, rankOnly(rank))
  return b.cast(b.op('Where', [isEmpty, start ?? b.scalar(dtype, NaN), mean], {}, rankOnly(rank)), data.dtype)
}

/** Sums the axes that broadcasting added or widened. */
function sumTo(self: OnnxValue, size: ScalarListOperand, b: OnnxBuilder): OnnxValue {
  if (size.kind !== 'list') throw new UnmetNeed('size', 'a list of known length')
  const rank = self.dims!.length
  const leading = rank - size.items.length
  const extents = size.items.map((item) => known(item as ScalarOperand))
  if (extents.includes(undefined)) throw new UnmetNeed('size', 'its extents to be known')
  const axes = range(rank).filter((axis) => axis < leading || (extents[axis - leading] === 1n && self.dims![axis] !== 1))
  // No extents at all are a plain sum, of integers too.
  if (axes.length === 0) return rank === 0 && !isFloatingPoint(self.dtype) ? b.cast(self, 'int64') : self
  const dtype = isFloatingPoint(self.dtype) ? self.dtype : 'int64'
  const x = b.cast(b.cast(self, dtype), opmath(dtype))
  const summed = b.op('ReduceSum', [x, b.ints(axes)], { keepdims: 1 }, rankOnly(rank))
  return b.cast(leading === 0 ? summed : b.op('Squeeze', [summed, b.ints(range(leading))], {}, rankOnly(rank - leading)), dtype)
}

/** Where segments begin and end, shaped like the lengths. */
function boundsOf(
  lengths: OnnxValue | undefined,
  offsets: OnnxValue | undefined,
  axis: number,
  b: OnnxBuilder,
): { readonly starts: OnnxValue; readonly ends: OnnxValue } {
  const shape = rankOnly(axis + 1)
  if (lengths !== undefined) {
    const counts = b.cast(lengths, I64)
    const ends = b.op('CumSum', [counts, b.scalar(I64, axis)], {}, shape)
    return { starts: b.op('Sub', [ends, counts], {}, shape), ends }
  }
  if (offsets === undefined) throw new UnmetNeed('lengths', 'lengths or offsets')
  const cut = (from: number, to: number | bigint): OnnxValue =>
    b.op('Slice', [offsets, b.ints([from]), b.ints([to]), b.ints([axis])], {}, shape)
  return { starts: cut(0, -1), ends: cut(1, END) }
}

export const segmentLowerings: readonly LoweringRow[] = [
  lower(
    'aten::segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor',
    { constant: ['axis'], rank: ['data'] },
    ({ data, reduce: how, lengths, offsets, axis, initial }, b) => {
      const at = wrap(axis, data.dims!.length)
      if (at !== 0) return innerSegments(data, how, at, boundsOf(lengths, offsets, at, b), initial, b)
      if (lengths !== undefined) return segmentReduce(data, how, { ...lengths, dims: lengths.dims ?? [null] }, initial, b)
      if (offsets === undefined) throw new UnmetNeed('lengths', 'lengths or offsets')
      const cut = (from: number, to: number | bigint): OnnxValue =>
        b.op('Slice', [offsets, b.ints([from]), b.ints([to]), b.ints([0])], {}, { dims: [null] })
      return segmentReduce(data, how, b.op('Sub', [cut(1, END), cut(0, -1)], {}, { dims: [null] }), initial, b)
    },
  ),
  lower('aten::sum_to_size(Tensor self, SymInt[] size) -> Tensor', { rank: ['self'] }, ({ self, size }, b) => sumTo(self, size, b)),
  lower('aten::_grad_sum_to_size(Tensor(a) self, int[]? size) -> Tensor(a)', { rank: ['self'] }, ({ self, size }, b) =>
    size === undefined ? self : sumTo(self, size, b),
  ),
]
