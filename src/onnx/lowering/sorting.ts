// Sorting and selection by rank: sort, topk, kthvalue, mode, quantile. ONNX TopK-11, whose order of equal values is by index.
// Answers to aten/src/ATen/native/Sorting.cpp. NaN is the greatest value, as in torch.

import { range, wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { EQUAL, kernelType, like, select, type Kernels } from './compute.ts'
import { intOp, known, vectorOf, type Int } from './int-math.ts'
import { isolated } from './open-rank.ts'
import { lower, lowers, UnmetNeed, type LoweringRow } from './row.ts'
import { unlessEmpty } from './unless-empty.ts'

const END = 2n ** 63n - 1n
const TOPK: Kernels = ['float32', 'float64', 'int64', 'int32']

interface Ranked {
  readonly values: OnnxValue
  readonly indices: OnnxValue
}

// The kernel's order breaks down on NaN: it stands as ∞ in the keys, and ∞ as the greatest number.
const GREATEST: Readonly<Record<string, number>> = { float32: 3.4028234663852886e38, float64: Number.MAX_VALUE }

/** Places of the first k, where there may be no rows: the kernel divides by their number, so there is one more of them inside. */
function rankedPadded(x: OnnxValue, k: OnnxValue, axis: number, largest: boolean, grown: readonly boolean[], b: OnnxBuilder): OnnxValue {
  const rank = grown.length
  const pads = b.ints([...range(rank).map(() => 0), ...grown.map((grows) => (grows ? 1 : 0))])
  const padded = b.op('Pad', [x, pads, like(b, x, 0)], { mode: 'constant' }, { dims: range(rank).map(() => null) })
  const [, indices] = b.ops('TopK', [padded, k], { axis, largest: largest ? 1 : 0, sorted: 1 }, [{}, { dtype: 'int64' }])
  const axes = range(rank).filter((i) => grown[i])
  const ends = b.concatScalars(axes.map((i) => b.size(x, i)))
  return b.op('Slice', [indices!, b.ints(axes.map(() => 0)), ends, b.ints(axes), b.ints(axes.map(() => 1))], {}, { dtype: 'int64' })
}

/** The first k in rising or falling order. Equal values come by index. */
function topK(x: OnnxValue, k: Int, axis: number, largest: boolean, b: OnnxBuilder): Ranked {
  const work = b.cast(x, kernelType(x.dtype, TOPK))
  const greatest = GREATEST[work.dtype]
  const keys =
    greatest === undefined
      ? work
      : b.op('Where', [b.op('IsNaN', [work]), like(b, work, Infinity), b.op('Min', [work, like(b, work, greatest)])], {}, { dims: x.dims })
  const count = known(k)
  const dims = x.dims?.map((dim, i) => (i === axis ? (count === undefined ? null : Number(count)) : dim))
  const others = x.dims?.map((dim, i) => i !== axis && (typeof dim !== 'number' || dim === 0)) ?? []
  if (others.includes(true)) {
    const indices = rankedPadded(keys, vectorOf(b, k), axis, largest, others, b)
    return { values: b.op('GatherElements', [x, { ...indices, dims }], { axis }, { dims }), indices: { ...indices, dims } }
  }
  const [ordered, indices] = b.ops('TopK', [keys, vectorOf(b, k)], { axis, largest: largest ? 1 : 0, sorted: 1 }, [
    { dims },
    { dtype: 'int64', dims },
  ])
  const values = greatest === undefined ? b.cast(ordered!, x.dtype) : b.op('GatherElements', [x, indices!], { axis }, { dims })
  return { values, indices: indices! }
}

/** Of a tensor whose rank nobody knows. */
function topKOpen(x: OnnxValue, k: Int, dim: number, largest: boolean, b: OnnxBuilder): OnnxValue[] {
  const results = [x.dtype, 'int64' as const].map((dtype) => ({ dtype, dims: undefined }))
  const first = (s: OnnxBuilder): OnnxValue => s.op('Slice', [x, s.ints([0]), vectorOf(s, k), s.ints([dim])], {}, { dims: undefined })
  return unlessEmpty(
    b,
    x,
    results,
    (s) => [first(s), s.cast(first(s), 'int64')],
    (s) => {
      const { values, indices } = topK(x, k, dim, largest, s)
      return [values, indices]
    },
  )
}

/** Everything along an axis. */
export function sort(x: OnnxValue, dim: number, descending: boolean, b: OnnxBuilder): Ranked {
  if (x.dims === undefined) {
    const { x: three, back } = isolated(x, dim, b)
    const { values, indices } = sort(three, 1, descending, b)
    return { values: back(values), indices: back(indices) }
  }
  if (x.dims.length === 0) return { values: x, indices: b.scalar('int64', 0) }
  const axis = wrap(dim, x.dims.length)
  return topK(x, b.size(x, axis), axis, descending, b)
}

/** One place along an axis, which goes unless `keepdim`. */
function at(x: OnnxValue, place: ScalarOperand, axis: number, keepdim: boolean, b: OnnxBuilder): OnnxValue {
  const index = keepdim ? vectorOf(b, place) : b.number(place, 'int64')
  const dims = keepdim ? x.dims!.map((dim, i) => (i === axis ? 1 : dim)) : x.dims!.filter((_, i) => i !== axis)
  return b.op('Gather', [x, index], { axis }, { dims })
}

function kthValue(x: OnnxValue, k: ScalarOperand, dim: number, keepdim: boolean, b: OnnxBuilder): readonly OnnxValue[] {
  if (x.dims!.length === 0) return [x, b.scalar('int64', 0)]
  const axis = wrap(dim, x.dims!.length)
  const { values, indices } = topK(x, k, axis, false, b)
  const place = intOp(b, 'Sub', k, 1)
  return [at(values, place, axis, keepdim, b), at(indices, place, axis, keepdim, b)]
}

/** The most frequent value, the least of several, and where it is last: the longest run of the sorted axis. */
function mode(x: OnnxValue, dim: number, keepdim: boolean, b: OnnxBuilder): readonly OnnxValue[] {
  if (x.dims!.length === 0) return [x, b.scalar('int64', 0)]
  const axis = wrap(dim, x.dims!.length)
  const { values, indices } = sort(x, axis, false, b)
  const cut = (from: number, to: bigint): OnnxValue =>
    b.op('Slice', [values, b.ints([from]), b.ints([to]), b.ints([axis])], {}, { dims: x.dims!.map((d, i) => (i === axis ? null : d)) })
  const work = kernelType(x.dtype, EQUAL)
  const differ = b.op('Not', [b.op('Equal', [b.cast(cut(1, END), work), b.cast(cut(0, -1n), work)])])
  // Runs are counted from 0; the first begins at the first element.
  const shape = b.shape(
    b.op(
      'Slice',
      [values, b.ints([0]), b.ints([1]), b.ints([axis])],
      {},
      { dims: x.dims!.map((d, i) => (i === axis ? (d === 0 ? 0 : null) : d)) },
    ),
  )
  const start = b.op('Expand', [b.scalar('bool', false), shape], {}, { dims: x.dims!.map((d, i) => (i === axis ? null : d)) })
  const begins = b.cast(b.op('Concat', [start, differ], { axis }, { dims: x.dims }), 'int64')
  const run = b.op('CumSum', [begins, b.scalar('int64', axis)], {}, { dims: x.dims })
  const zeros = b.op('Mul', [run, b.scalar('int64', 0)], {}, { dims: x.dims })
  const ones = b.op('Add', [zeros, b.scalar('int64', 1)], {}, { dims: x.dims })
  const counts = b.op('ScatterElements', [zeros, run, ones], { axis, reduction: 'add' }, { dims: x.dims })
  const longest = b.op(
    'ArgMax',
    [counts],
    { axis, keepdims: 1, select_last_index: 0 },
    { dims: x.dims!.map((d, i) => (i === axis ? 1 : d)) },
  )
  const upTo = b.cast(b.op('LessOrEqual', [run, longest], {}, { dims: x.dims }), 'int64')
  const end = b.op('Sub', [b.op('ReduceSum', [upTo, b.ints([axis])], { keepdims: 1 }), b.scalar('int64', 1)], {}, { dims: longest.dims })
  const dims = keepdim ? longest.dims : x.dims!.filter((_, i) => i !== axis)
  return [values, indices].map((from) => {
    const picked = b.op('GatherElements', [from, end], { axis }, { dims: longest.dims })
    return keepdim ? picked : b.op('Squeeze', [picked, b.ints([axis])], {}, { dims })
  })
}

interface Quantile {
  readonly self: OnnxValue
  readonly q: OnnxValue
  readonly dim: number | undefined
  readonly keepdim: boolean
  readonly interpolation: string
}
const INTERPOLATIONS = new Set(['linear', 'lower', 'higher', 'midpoint', 'nearest'])

/** Values at the fractions q of the sorted axis. A NaN makes its row NaN, or is left out (`nan`). */
function quantile({ self, q, dim, keepdim, interpolation }: Quantile, nan: boolean, b: OnnxBuilder): OnnxValue {
  if (!INTERPOLATIONS.has(interpolation)) throw new UnmetNeed('interpolation', [...INTERPOLATIONS].join(', '))
  const flat = dim === undefined || self.dims!.length === 0
  const x = flat ? b.reshapeTo(self, [-1]) : self
  const rank = x.dims!.length
  const axis = flat ? 0 : wrap(dim, rank)
  // The axis goes last.
  const rows = b.transpose(x, [...range(rank).filter((i) => i !== axis), axis])
  const work = x.dtype
  const missing = b.op('IsNaN', [rows])
  const sorted = sort(rows, -1, false, b).values
  const total = b.number(b.size(rows, -1), 'int64')
  const nans = b.op('ReduceSum', [b.cast(missing, 'int64'), b.ints([rank - 1])], { keepdims: 1 }, { dims: [...rows.dims!.slice(0, -1), 1] })
  const valid = nan ? b.op('Sub', [total, nans]) : b.op('Sub', [total, b.op('Mul', [nans, b.scalar('int64', 0)])])
  // Places [*rows, number of q].
  const last = b.op('Max', [b.op('Sub', [valid, b.scalar('int64', 1)]), b.scalar('int64', 0)])
  const fractions = b.reshapeTo(b.cast(q, work), [-1])
  const place = b.op(
    'Mul',
    [b.cast(last, work), fractions],
    {},
    { dims: [...rows.dims!.slice(0, -1), q.dims!.length === 0 ? 1 : q.dims![0]!] },
  )
  const take = (position: OnnxValue): OnnxValue =>
    b.op('GatherElements', [sorted, b.cast(position, 'int64')], { axis: rank - 1 }, { dims: place.dims })
  const picked = interpolated(place, interpolation, take, b)
  const empty = nan ? b.op('Equal', [valid, b.scalar('int64', 0)]) : b.op('Greater', [nans, b.scalar('int64', 0)])
  const result = { ...select(b, empty, like(b, picked, NaN), picked), dims: place.dims }
  // q in front, the axis back in its place or gone.
  const front = b.transpose(result, [rank - 1, ...range(rank - 1)])
  const kept = !keepdim
    ? front
    : flat
      ? b.unsqueeze(
          front,
          range(self.dims!.length).map((i) => i + 1),
        )
      : b.unsqueeze(front, [axis + 1])
  return q.dims!.length === 0 ? b.op('Squeeze', [kept, b.ints([0])], {}, { dims: kept.dims?.slice(1) }) : kept
}

function interpolated(place: OnnxValue, how: string, take: (position: OnnxValue) => OnnxValue, b: OnnxBuilder): OnnxValue {
  const below = b.op('Floor', [place])
  if (how === 'lower') return take(below)
  if (how === 'higher') return take(b.op('Ceil', [place]))
  if (how === 'nearest') return take(b.op('Round', [place]))
  const [low, high] = [take(below), take(b.op('Ceil', [place]))]
  const weight = how === 'midpoint' ? like(b, place, 0.5) : b.op('Sub', [place, below])
  // low + w·(high − low), written so that equal infinities stay.
  const between = b.op('Add', [low, b.op('Mul', [weight, b.op('Sub', [high, low])])])
  return b.op('Where', [b.op('Equal', [low, high]), low, between], {}, { dims: place.dims })
}

export const sortingLowerings: readonly LoweringRow[] = [
  ...lowers(
    [
      'aten::sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)',
      'aten::sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)',
    ],
    { constant: ['dim'] },
    ({ self, dim, descending }, b) => {
      const { values, indices } = sort(self, dim, descending, b)
      return [values, indices]
    },
  ),
  ...lowers(
    [
      'aten::argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor',
      'aten::argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor',
    ],
    { constant: ['dim'] },
    ({ self, dim, descending }, b) => sort(self, dim, descending, b).indices,
  ),
  lower('aten::msort(Tensor self) -> Tensor', ({ self }, b) => sort(self, 0, false, b).values),
  lower(
    'aten::topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)',
    { constant: ['dim'] },
    ({ self, k, dim, largest }, b) => {
      if (self.dims?.length === 0) return [self, b.scalar('int64', 0)]
      if (self.dims === undefined) return topKOpen(self, k, dim, largest, b)
      const { values, indices } = topK(self, k, wrap(dim, self.dims.length), largest, b)
      return [values, indices]
    },
  ),
  lower(
    'aten::kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)',
    { constant: ['dim'], rank: ['self'] },
    ({ self, k, dim, keepdim }, b) => kthValue(self, k, dim, keepdim, b),
  ),
  lower(
    'aten::mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)',
    { constant: ['dim'], rank: ['self'] },
    ({ self, dim, keepdim }, b) => mode(self, dim, keepdim, b),
  ),
  ...(['quantile', 'nanquantile'] as const).flatMap((name) => [
    lower(
      `aten::${name}(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor`,
      { constant: ['dim'], rank: ['self', 'q'] },
      (args, b) => quantile(args, name === 'nanquantile', b),
    ),
    lower(
      `aten::${name}.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor`,
      { constant: ['dim'], rank: ['self'] },
      ({ q, ...args }, b) => quantile({ ...args, q: b.number(q, args.self.dtype) }, name === 'nanquantile', b),
    ),
  ]),
]
