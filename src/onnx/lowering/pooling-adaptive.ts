// Adaptive pooling: bin i of o covers floor(i·n/o) … ⌈(i + 1)·n/o⌉ − 1. One bin is a global pool, equal bins a pool with stride n/o;
// otherwise each axis for itself: by gathered windows. All are right for extents known only at
// run time. Answers to aten/src/ATen/native/AdaptivePooling.h.

import { range } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, dimAt, type Operand, type OnnxValue, type ScalarListOperand, type ScalarOperand } from '../operand.ts'
import { computeWide, kernelType, opmath, ORDERED } from './compute.ts'
import { maxPool } from './pooling.ts'
import { lower, lowers, UnmetNeed, type LoweringRow } from './row.ts'
import { rankOnly } from './spatial.ts'

/** Output extents; undefined where an axis keeps its extent. */
function binCounts(
  self: OnnxValue,
  size: ScalarListOperand,
  n: number,
  kept: readonly unknown[] | undefined,
): (ScalarOperand | undefined)[] {
  if (size.kind !== 'list') throw new UnmetNeed('output_size', 'to be a list of known length')
  return Array.from({ length: n }, (_, i) => {
    const item: Operand = size.items.length === 1 ? size.items[0]! : size.items[i]!
    const extent = dimAt(self, i - n)
    if (extent !== null && (kept?.at(i - n) === extent || constantNumber(item) === extent)) return undefined
    if (item.kind !== 'constant' && item.kind !== 'tensor') throw new UnmetNeed('output_size', 'to be a list of numbers')
    return item
  })
}

/** First position of each bin, and the one after its last: two int64 [o]. */
function bins(extent: ScalarOperand, count: ScalarOperand, b: OnnxBuilder): { start: OnnxValue; end: OnnxValue } {
  const n = constantNumber(extent)
  const o = constantNumber(count)
  if (n !== undefined && o !== undefined) {
    const index = range(o)
    return {
      start: b.ints(index.map((i) => Math.floor((i * n) / o))),
      end: b.ints(index.map((i) => Math.ceil(((i + 1) * n) / o))),
    }
  }
  const size = b.number(extent, 'int64')
  const total = b.number(count, 'int64')
  const one = b.scalar('int64', 1)
  const scaled = b.op('Mul', [b.op('Range', [b.scalar('int64', 0), total, one], {}, { dims: [null] }), size])
  const up = b.op('Sub', [b.op('Add', [b.op('Add', [scaled, size]), total]), one])
  return { start: b.op('Div', [scaled, total]), end: b.op('Div', [up, total]) }
}

const column = (x: OnnxValue, b: OnnxBuilder): OnnxValue => b.unsqueeze(x, [1])

/** Positions of each bin's window, [o, longest]; bins shorter than the longest repeat their last one. */
function windows(start: OnnxValue, end: OnnxValue, b: OnnxBuilder): { at: OnnxValue; inside: OnnxValue } {
  const one = b.scalar('int64', 1)
  const longest = b.op('ReduceMax', [b.op('Sub', [end, start])], { keepdims: 0 }, { dims: [] })
  const steps = b.op('Range', [b.scalar('int64', 0), longest, one], {}, { dims: [null] })
  const open = b.op('Add', [column(start, b), steps])
  return { at: b.op('Min', [open, column(b.op('Sub', [end, one]), b)]), inside: b.op('Less', [open, column(end, b)]) }
}

/** Means of bins along one axis. */
function averageAxis(x: OnnxValue, axis: number, count: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const rank = x.dims!.length
  const { start, end } = bins(b.size(x, axis), count, b)
  const { at, inside } = windows(start, end, b)
  // [o, longest] and [o] beside the axes that follow.
  const after = Array.from({ length: rank - 1 - axis }, (_, i) => i)
  const mask = b.unsqueeze(
    inside,
    after.map((i) => i + 2),
  )
  const lengths = b.unsqueeze(
    b.cast(b.op('Sub', [end, start]), x.dtype),
    after.map((i) => i + 1),
  )
  const values = b.op('Where', [mask, b.op('Gather', [x, at], { axis }, rankOnly(rank + 1)), b.scalar(x.dtype, 0)], {}, rankOnly(rank + 1))
  return b.op('Div', [b.op('ReduceSum', [values, b.ints([axis + 1])], { keepdims: 0 }, rankOnly(rank)), lengths], {}, rankOnly(rank))
}

/** Kernel sizes where every axis has n/o positions per bin. */
function evenWindows(self: OnnxValue, counts: readonly (ScalarOperand | undefined)[]): number[] | undefined {
  const sizes = counts.map((count, i) => {
    if (count === undefined) return 1
    const extent = dimAt(self, i - counts.length)
    const o = constantNumber(count)
    return typeof extent === 'number' && o !== undefined && o > 0 && extent % o === 0 ? extent / o : 0
  })
  return sizes.includes(0) ? undefined : sizes
}

const allOnes = (counts: readonly (ScalarOperand | undefined)[]): boolean =>
  counts.every((count) => count !== undefined && constantNumber(count) === 1)

function adaptiveAverage(
  self: OnnxValue,
  size: ScalarListOperand,
  n: number,
  b: OnnxBuilder,
  kept: readonly unknown[] | undefined,
): OnnxValue {
  const counts = binCounts(self, size, n, kept)
  const axes = counts.map((_, i) => i - n)
  const rank = self.dims?.length
  if (allOnes(counts)) {
    if (rank === n + 2 && self.dtype !== 'float64') return b.op('GlobalAveragePool', [self], {}, rankOnly(n + 2))
    return computeWide(b, self.dtype, [self], (x) => {
      if (rank !== undefined) return b.op('ReduceMean', [x, b.ints(axes.map((axis) => axis + rank))], { keepdims: 1 }, rankOnly(rank))
      const mean = b.op('ReduceMean', [x, b.ints(axes)], { keepdims: 1 }, { dims: undefined })
      // Of a tensor without elements the kernel gives axes that are counted from the end as they were.
      const lead = b.op('Shape', [x], { start: 0, end: -n }, { dtype: 'int64', dims: [null] })
      const shape = b.op('Concat', [lead, b.ints(axes.map(() => 1))], { axis: 0 }, { dtype: 'int64', dims: [null] })
      return b.op('Reshape', [mean, shape], { allowzero: 1 }, { dims: undefined })
    })
  }
  const kernel = evenWindows(self, counts)
  if (kernel !== undefined && rank === n + 2 && self.dtype !== 'float64')
    return b.op(
      'AveragePool',
      [self],
      { kernel_shape: kernel, strides: kernel, pads: kernel.flatMap(() => [0, 0]), ceil_mode: 0, count_include_pad: 0 },
      rankOnly(n + 2),
    )
  if (rank === undefined) throw new UnmetNeed('self', 'its rank to be known')
  return computeWide(b, self.dtype, [self], (x) =>
    counts.reduce<OnnxValue>((value, count, i) => (count === undefined ? value : averageAxis(value, rank - n + i, count, b)), x),
  )
}

/** Maxima of bins along one axis, and the plane index of each; `index` has the plane index of every element of `x`. */
function maxAxis(x: OnnxValue, index: OnnxValue, axis: number, count: ScalarOperand, b: OnnxBuilder): [OnnxValue, OnnxValue] {
  const extent = b.size(x, axis)
  const { start, end } = bins(extent, count, b)
  const { at } = windows(start, end, b)
  const rank = x.dims!.length
  const windowed = rankOnly(rank + 1)
  const values = b.op('Gather', [x, at], { axis }, windowed)
  const indices = b.op('Gather', [index, at], { axis }, windowed)
  const pick = b.op('ArgMax', [values], { axis: axis + 1, keepdims: 1, select_last_index: 0 }, windowed)
  const taken = (from: OnnxValue): OnnxValue =>
    b.op('Squeeze', [b.op('GatherElements', [from, pick], { axis: axis + 1 }, windowed), b.ints([axis + 1])], {}, rankOnly(rank))
  return [b.op('ReduceMax', [values, b.ints([axis + 1])], { keepdims: 0 }, rankOnly(rank)), taken(indices)]
}

function adaptiveMax(
  self: OnnxValue,
  size: ScalarListOperand,
  n: number,
  b: OnnxBuilder,
  kept: readonly unknown[] | undefined,
): OnnxValue[] {
  const counts = binCounts(self, size, n, kept)
  const rank = self.dims!.length
  const kernel = evenWindows(self, counts)
  const x = b.cast(self, kernelType(opmath(self.dtype), ORDERED))
  if (kernel !== undefined) {
    const pooled = maxPool(self, { kernel_size: kernel, stride: kernel, padding: [0], dilation: [1], ceil_mode: false }, n, true, b)
    if (!allOnes(counts)) return pooled
    return [b.op('ReduceMax', [x, b.ints(counts.map((_, i) => i - n))], { keepdims: 1 }, rankOnly(rank)), pooled[1]!]
  }
  const plane = b.op('Slice', [b.shape(x), b.ints([rank - n]), b.ints([rank])], {}, { dims: [n] })
  const cells = b.op('ReduceProd', [plane], { keepdims: 0 }, { dims: [] })
  const positions = b.op('Range', [b.scalar('int64', 0), cells, b.scalar('int64', 1)], {}, { dims: [null] })
  const index = b.op('Expand', [b.op('Reshape', [positions, plane], {}, rankOnly(n)), b.shape(x)], {}, rankOnly(rank))
  // Last axis first: of equal maxima torch takes the first in row-major order.
  let pair: [OnnxValue, OnnxValue] = [x, index]
  for (let i = n - 1; i >= 0; i--) {
    const count = counts[i]
    if (count !== undefined) pair = maxAxis(pair[0], pair[1], rank - n + i, count, b)
  }
  return pair
}

export const adaptivePoolingLowerings: readonly LoweringRow[] = [
  lower('aten::adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor', ({ self, output_size }, b, [out]) =>
    adaptiveAverage(self, output_size, 1, b, out?.dims),
  ),
  ...lowers(
    [
      'aten::adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor',
      'aten::_adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor',
    ],
    ({ self, output_size }, b, [out]) => adaptiveAverage(self, output_size, 2, b, out?.dims),
  ),
  ...lowers(
    [
      'aten::adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor',
      'aten::_adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor',
    ],
    ({ self, output_size }, b, [out]) => adaptiveAverage(self, output_size, 3, b, out?.dims),
  ),
  lower(
    'aten::adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)',
    { rank: ['self'] },
    ({ self, output_size }, b, [out]) => adaptiveMax(self, output_size, 1, b, out?.dims),
  ),
  lower(
    'aten::adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)',
    { rank: ['self'] },
    ({ self, output_size }, b, [out]) => adaptiveMax(self, output_size, 2, b, out?.dims),
  ),
  lower(
    'aten::adaptive_max_pool3d(Tensor self, int[3] output_size) -> (Tensor, Tensor)',
    { rank: ['self'] },
    ({ self, output_size }, b, [out]) => adaptiveMax(self, output_size, 3, b, out?.dims),
  ),
]
