// Histograms with their edges: counts or weights per bin, of one axis or several. Bins hold their left edge; the last one both.
// Answers to aten/src/ATen/native/Histogram.cpp and cpu/HistogramKernel.cpp.

import type { ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import { dimAt, type ListOperand, type Operand, type OnnxValue, type TensorListOperand } from '../operand.ts'
import { like } from './compute.ts'
import { lower, UnmetNeed, type LoweringRow } from './row.ts'
import { rankOnly } from './spatial.ts'

const I64 = 'int64' as const
const END = 2n ** 63n - 1n
const add = (x: OnnxValue, y: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Add', [x, y])
const sub = (x: OnnxValue, y: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('Sub', [x, y])
const part = (x: OnnxValue, from: number, to: number | bigint, b: OnnxBuilder): OnnxValue =>
  b.op('Slice', [x, b.ints([from]), b.ints([to]), b.ints([0])], {}, { dims: [null] })

interface Axis {
  /** [bins + 1] */
  readonly edges: OnnxValue
  /** When the edges are evenly spaced and their number is known. */
  readonly bins?: number
}

/** torch.linspace: counted from both ends. */
function evenEdges(low: OnnxValue, high: OnnxValue, bins: number, b: OnnxBuilder): OnnxValue {
  const { dtype } = low
  const step = b.op('Div', [sub(high, low, b), like(b, low, bins)])
  const count = bins + 1
  const half = Math.floor(count / 2)
  const line = (length: number, at: (i: number) => number): OnnxValue =>
    b.elements(
      dtype,
      [length],
      Array.from({ length }, (_, i) => at(i)),
    )
  const first = add(low, b.op('Mul', [step, line(half, (i) => i)]), b)
  const last = sub(high, b.op('Mul', [step, line(count - half, (i) => count - half - 1 - i)]), b)
  return b.op('Concat', [first, last], { axis: 0 }, { dims: [count] })
}

/** The range of one axis: given, or that of the data; one point becomes one wide. */
function ends(x: OnnxValue, given: readonly number[] | undefined, b: OnnxBuilder): readonly [OnnxValue, OnnxValue] {
  if (given !== undefined) {
    const [low, high] = given as readonly [number, number]
    const by = low === high ? 0.5 : 0
    return [like(b, x, low - by), like(b, x, high + by)]
  }
  const padded = b.op('Concat', [x, b.elements(x.dtype, [1], [0])], { axis: 0 }, { dims: [null] })
  const used = b.op(
    'Slice',
    [padded, b.ints([0]), b.op('Max', [b.shape(x), b.ints([1])], {}, { dims: [1] }), b.ints([0])],
    {},
    { dims: [null] },
  )
  const [low, high] = ['ReduceMin', 'ReduceMax'].map((op) => b.op(op, [used], { keepdims: 0 }, { dims: [] })) as [OnnxValue, OnnxValue]
  const by = b.op('Where', [b.op('Equal', [low, high]), like(b, x, 0.5), like(b, x, 0)], {}, { dims: [] })
  // Of no data: from 0 to 1.
  const none = b.op('Equal', [b.number(b.numel(x), I64), b.scalar(I64, 0)], {}, { dims: [] })
  const shift = b.op('Where', [none, like(b, x, 0.5), like(b, x, 0)], {}, { dims: [] })
  return [add(sub(low, by, b), shift, b), add(add(high, by, b), shift, b)]
}

/** The bin of each element, and whether it is in any. */
function binOf(x: OnnxValue, { edges, bins }: Axis, b: OnnxBuilder): { bin: OnnxValue; inside: OnnxValue } {
  const at = (index: OnnxValue): OnnxValue => b.op('Gather', [edges, index], { axis: 0 }, { dims: [null] })
  const last = sub(b.number(b.size(edges, 0), I64), b.scalar(I64, 1), b)
  const inside = b.op('And', [b.op('GreaterOrEqual', [x, at(b.scalar(I64, 0))]), b.op('LessOrEqual', [x, at(last)])], {}, { dims: [null] })
  const clip = (value: OnnxValue): OnnxValue =>
    b.op('Max', [b.op('Min', [value, sub(last, b.scalar(I64, 1), b)]), b.scalar(I64, 0)], {}, { dims: [null] })
  if (bins === undefined) {
    // As many edges as are not beyond it, less one.
    const before = b.op('GreaterOrEqual', [b.unsqueeze(x, [1]), edges], {}, rankOnly(2))
    const count = b.op('ReduceSum', [b.cast(before, I64), b.ints([1])], { keepdims: 0 }, { dims: [null] })
    return { bin: clip(sub(count, b.scalar(I64, 1), b)), inside }
  }
  const [low, high] = [at(b.scalar(I64, 0)), at(last)]
  const place = b.op('Div', [b.op('Mul', [sub(x, low, b), like(b, x, bins)]), sub(high, low, b)])
  const guess = clip(b.cast(b.op('Floor', [b.op('Where', [inside, place, like(b, x, 0)])]), I64))
  // Rounding may be off by one: the edges decide.
  const down = b.cast(b.op('Less', [x, at(guess)]), I64)
  const up = b.cast(b.op('GreaterOrEqual', [x, at(add(guess, b.scalar(I64, 1), b))]), I64)
  return { bin: clip(add(sub(guess, down, b), up, b)), inside }
}

/** Counts over all axes; `columns` are the coordinates of the points. */
function counted(
  columns: readonly OnnxValue[],
  axes: readonly Axis[],
  weight: OnnxValue | undefined,
  density: boolean,
  dtype: ScalarType,
  b: OnnxBuilder,
): OnnxValue {
  const sizes = axes.map(({ edges }) => sub(b.number(b.size(edges, 0), I64), b.scalar(I64, 1), b))
  let place: OnnxValue | undefined
  let inside: OnnxValue | undefined
  for (const [i, axis] of axes.entries()) {
    const found = binOf(columns[i]!, axis, b)
    place = place === undefined ? found.bin : add(b.op('Mul', [place, sizes[i]!]), found.bin, b)
    inside = inside === undefined ? found.inside : b.op('And', [inside, found.inside], {}, { dims: [null] })
  }
  const shape = b.op(
    'Concat',
    sizes.map((size) => b.reshapeTo(size, [1])),
    { axis: 0 },
    { dims: [sizes.length] },
  )
  const total = b.op('ReduceProd', [shape], { keepdims: 1 }, { dims: [1] })
  const zeros = b.op('Expand', [b.scalar(dtype, 0), total], {}, { dims: [null] })
  const kept = b.cast(inside!, dtype)
  const values =
    weight === undefined ? kept : b.op('Where', [inside!, b.reshapeTo(b.cast(weight, dtype), [-1]), like(b, kept, 0)], {}, { dims: [null] })
  const flat = b.op('ScatterElements', [zeros, place!, values], { axis: 0, reduction: 'add' }, { dims: [null] })
  const result = b.op('Reshape', [flat, shape], { allowzero: 1 }, rankOnly(axes.length))
  if (!density) return result
  const sum = b.op('ReduceSum', [flat], { keepdims: 0 }, { dims: [] })
  return axes.reduce(
    (hist, { edges }, i) => {
      const width = b.reshapeTo(
        b.cast(sub(part(edges, 1, END, b), part(edges, 0, -1, b), b), dtype),
        axes.map((_, axis) => (axis === i ? -1 : 1)),
      )
      return b.op('Div', [hist, width], {}, rankOnly(axes.length))
    },
    b.op('Div', [result, sum], {}, rankOnly(axes.length)),
  )
}

/** The coordinates of points [..., n] as n vectors. */
function columnsOf(self: OnnxValue, count: number, b: OnnxBuilder): OnnxValue[] {
  const points = b.reshapeTo(self, [-1, count])
  return Array.from({ length: count }, (_, i) => b.op('Gather', [points, b.scalar(I64, i)], { axis: 1 }, { dims: [null] }))
}
const evenAxes = (columns: readonly OnnxValue[], bins: readonly number[], range: readonly number[] | undefined, b: OnnxBuilder): Axis[] =>
  bins.map((count, i) => ({ bins: count, edges: evenEdges(...ends(columns[i]!, range?.slice(2 * i, 2 * i + 2), b), count, b) }))
function givenAxes(bins: TensorListOperand, b: OnnxBuilder, dtype: ScalarType): Axis[] {
  if (bins.kind !== 'list') throw new UnmetNeed('bins', 'a list of known length')
  return bins.items.map((edges) => ({ edges: b.cast(edges as OnnxValue, dtype) }))
}
const edgeList = (axes: readonly Axis[]): ListOperand => ({ kind: 'list', items: axes.map(({ edges }) => edges) })

interface Counted {
  readonly self: OnnxValue
  readonly range: readonly number[] | undefined
  readonly weight: OnnxValue | undefined
  readonly density: boolean
}
function byCounts({ self, range, weight, density }: Counted, bins: readonly number[], b: OnnxBuilder): readonly [OnnxValue, ListOperand] {
  const columns = columnsOf(self, bins.length, b)
  const axes = evenAxes(columns, bins, range, b)
  return [counted(columns, axes, weight, density, self.dtype, b), edgeList(axes)]
}
function byEdges(self: OnnxValue, bins: TensorListOperand, weight: OnnxValue | undefined, density: boolean, b: OnnxBuilder): OnnxValue {
  const axes = givenAxes(bins, b, self.dtype)
  return counted(columnsOf(self, axes.length, b), axes, weight, density, self.dtype, b)
}

const BINS = { constant: ['bins', 'range'] } as const

export const histogramLowerings: readonly LoweringRow[] = [
  lower(
    'aten::histogram.bin_ct(Tensor self, int bins=100, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)',
    BINS,
    ({ self, bins, range, weight, density }, b): readonly Operand[] => {
      const x = b.reshapeTo(self, [-1])
      const axes = evenAxes([x], [bins], range, b)
      return [counted([x], axes, weight, density, self.dtype, b), axes[0]!.edges]
    },
  ),
  lower(
    'aten::histogram.bins_tensor(Tensor self, Tensor bins, *, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)',
    ({ self, bins, weight, density }, b) => [
      counted(
        [b.reshapeTo(self, [-1])],
        [{ edges: { ...b.cast(bins, self.dtype), dims: bins.dims ?? [null] } }],
        weight,
        density,
        self.dtype,
        b,
      ),
      bins,
    ],
  ),
  lower(
    'aten::histogramdd(Tensor self, int[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)',
    BINS,
    ({ bins, ...args }, b) => byCounts(args, bins, b),
  ),
  lower(
    'aten::histogramdd.int_bins(Tensor self, int bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)',
    BINS,
    ({ bins, ...args }, b) => {
      const axes = dimAt(args.self, -1)
      if (typeof axes !== 'number') throw new UnmetNeed('self', 'its last extent to be known')
      return byCounts(
        args,
        Array.from({ length: axes }, () => bins),
        b,
      )
    },
  ),
  lower(
    'aten::histogramdd.TensorList_bins(Tensor self, Tensor[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)',
    ({ self, bins, weight, density }, b) => [byEdges(self, bins, weight, density, b), bins],
  ),
  lower(
    'aten::_histogramdd_bin_edges(Tensor self, int[] bins, *, float[]? range=None, Tensor? weight=None, bool density=False) -> Tensor[]',
    BINS,
    ({ self, bins, range }, b) => edgeList(evenAxes(columnsOf(self, bins.length, b), bins, range, b)),
  ),
  lower(
    'aten::_histogramdd_from_bin_cts(Tensor self, int[] bins, *, float[]? range=None, Tensor? weight=None, bool density=False) -> Tensor',
    BINS,
    ({ bins, ...args }, b) => byCounts(args, bins, b)[0],
  ),
  lower(
    'aten::_histogramdd_from_bin_tensors(Tensor self, Tensor[] bins, *, Tensor? weight=None, bool density=False) -> Tensor',
    ({ self, bins, weight, density }, b) => byEdges(self, bins, weight, density, b),
  ),
]
