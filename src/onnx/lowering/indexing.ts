// Advanced indexing: x[i, :, mask] read and written. Masks become columns of positions, index tensors are broadcast together, indexed
// axes go to the front. Answers to aten/src/ATen/native/TensorAdvancedIndexing.cpp and IndexingUtils.h. ONNX GatherND-13, ScatterND-18.

import { broadcast, type Dims } from '../../ir/dim.ts'
import { range } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, TensorListOperand } from '../operand.ts'
import { broadcastAll, expandTo } from './broadcasting.ts'
import { compute, select, WIDE, type Kernels } from './compute.ts'
import { lowers, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

type Indices = readonly (OnnxValue | undefined)[]

const isMask = (index: OnnxValue): boolean => index.dtype === 'bool' || index.dtype === 'uint8'

/** Positions where a mask is true, [n, rank of the mask]. */
function positions(mask: OnnxValue, b: OnnxBuilder): OnnxValue {
  return b.transpose(b.op('NonZero', [b.cast(mask, 'bool')], {}, { dims: [mask.dims?.length ?? null, null] }), [1, 0])
}

interface Plan {
  /** Axes of x that are indexed, in order. */
  readonly axes: readonly number[]
  /** [*B, number of axes]: where to look, B being the common shape of the index tensors. */
  readonly where: OnnxValue
  readonly common: Dims
  /** Whether B stands in place of the axes, or in front of all. */
  readonly inPlace: boolean
}

/** Index tensors by axis, with each mask as columns. */
function plan(indices: Indices, b: OnnxBuilder): Plan | undefined {
  if (indices.some((index) => index !== undefined && index.dims === undefined)) throw new UnmetNeed('indices', 'its rank to be known')
  const axes: number[] = []
  const tensors: OnnxValue[] = []
  let masks: { readonly where: OnnxValue; readonly count: number } | undefined
  let axis = 0
  for (const index of indices) {
    if (index === undefined) axis++
    else if (isMask(index)) {
      const rank = index.dims!.length
      if (rank === 0) throw new UnmetNeed('indices', 'masks with at least one axis')
      const where = positions(index, b)
      masks = { where, count: rank }
      for (const column of range(rank)) {
        axes.push(axis++)
        tensors.push(b.op('Gather', [where, b.scalar('int64', column)], { axis: 1 }, { dims: [null] }))
      }
    } else {
      axes.push(axis++)
      tensors.push(b.cast(index, 'int64'))
    }
  }
  if (axes.length === 0) return undefined
  const inPlace = axes.every((a, i) => i === 0 || a === axes[i - 1]! + 1)
  // A lone mask: its positions are the index already.
  if (masks?.count === tensors.length) return { axes, where: masks.where, common: [null], inPlace }
  const common = broadcast(...tensors.map((value) => value.dims))!
  const rank = common.length
  const columns = broadcastAll(tensors, b).map((value) => b.unsqueeze(value, [rank]))
  const where = columns.length === 1 ? columns[0]! : b.op('Concat', columns, { axis: rank }, { dims: [...common, columns.length] })
  return { axes, where, common, inPlace }
}

/** Indexed axes first, then the others; and how a result [*B, *others] is laid out. */
function layout(x: OnnxValue, { axes, common, inPlace }: Plan) {
  const others = range(x.dims!.length).filter((axis) => !axes.includes(axis))
  const before = inPlace ? others.filter((axis) => axis < axes[0]!).length : 0
  const n = common!.length
  // Position in [*B, *others] of each axis of the result.
  const place = [...range(before).map((i) => n + i), ...range(n), ...range(others.length - before).map((i) => n + before + i)]
  return { perm: [...axes, ...others], others, place }
}

function index(x: OnnxValue, indices: Indices, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue {
  const single = indices.filter((i) => i !== undefined)
  if (single.length === 1 && !isMask(single[0]!))
    return b.op('Gather', [x, b.cast(single[0]!, 'int64')], { axis: indices.indexOf(single[0]) }, out)
  // A mask alone covers as many of the first axes as it has.
  if (single.length === 1 && single[0]!.dims === undefined && indices.indexOf(single[0]) === 0)
    return b.op('GatherND', [x, positions(single[0]!, b)], { batch_dims: 0 }, { dims: undefined })
  const found = plan(indices, b)
  if (found === undefined) return x
  if (x.dims === undefined) {
    // The first axes as they are: GatherND takes what is behind them, however much it is.
    if (found.axes.some((axis, i) => axis !== i)) throw new UnmetNeed('self', 'its rank to be known')
    return b.op('GatherND', [x, found.where], { batch_dims: 0 }, { dims: undefined })
  }
  const { perm, others, place } = layout(x, found)
  const dims = [...found.common!, ...others.map((axis) => x.dims![axis]!)]
  const picked = b.op('GatherND', [b.transpose(x, perm), found.where], { batch_dims: 0 }, { dims })
  return b.transpose(picked, place)
}

/** x[indices] = values, or += where `accumulate`. */
function indexPut(x: OnnxValue, indices: Indices, given: OnnxValue, accumulate: boolean, b: OnnxBuilder): OnnxValue {
  const values = b.cast(given, x.dtype)
  const tensors = indices.filter((i) => i !== undefined)
  // One mask and one value: a choice by element.
  if (tensors.length === 1 && isMask(tensors[0]!) && values.dims?.every((dim) => dim === 1) === true) {
    const mask = b.cast(tensors[0]!, 'bool')
    const behind = x.dims!.length - indices.indexOf(tensors[0]) - mask.dims!.length
    const wide = b.unsqueeze(
      mask,
      range(behind).map((i) => mask.dims!.length + i),
    )
    const value = values.dims.length === 0 ? values : b.reshapeTo(values, [])
    const put = accumulate ? compute(b, x.dtype, WIDE, [x, value], (u, v) => b.op('Add', [u, v])) : value
    return { ...select(b, wide, put, x), dims: x.dims }
  }
  const found = plan(indices, b)
  if (found === undefined) {
    const all = expandTo(values, b.shape(x), x.dims, b)
    return accumulate ? compute(b, x.dtype, WIDE, [x, all], (u, v) => b.op('Add', [u, v])) : all
  }
  const { perm, others, place } = layout(x, found)
  const target = b.transpose(x, perm)
  // values broadcast to the shape that x[indices] has.
  const n = found.common!.length
  const ownDims = [...found.common!, ...others.map((axis) => x.dims![axis]!)]
  const commonShape = b.op('Slice', [b.shape(found.where), b.ints([0]), b.ints([n]), b.ints([0])], {}, { dims: [n] })
  const otherShape = others.map((axis) => b.vector({ kind: 'list', items: [b.size(x, axis)] }))
  const own = b.op('Concat', [commonShape, ...otherShape], { axis: 0 }, { dims: [ownDims.length] })
  const shape = place.every((p, i) => p === i) ? own : b.op('Gather', [own, b.ints(place)], { axis: 0 }, { dims: [place.length] })
  const wide = expandTo(
    narrowed(values, place.length, b),
    shape,
    place.map((p) => ownDims[p]!),
    b,
  )
  const updates = b.transpose(
    wide,
    place.map((_, i) => place.indexOf(i)),
  )
  const scattered = scatterND(target, found.where, updates, accumulate ? 'add' : 'none', b)
  return b.transpose(
    { ...scattered, dims: target.dims },
    perm.map((_, i) => perm.indexOf(i)),
  )
}

/** Leading axes of extent 1 beyond a rank are dropped. */
function narrowed(x: OnnxValue, rank: number, b: OnnxBuilder): OnnxValue {
  const extra = x.dims === undefined ? 0 : x.dims.length - rank
  if (extra <= 0) return x
  const shape = b.op('Slice', [b.shape(x), b.ints([extra]), b.ints([x.dims!.length]), b.ints([0])], {}, { dims: [rank] })
  return b.op('Reshape', [x, shape], { allowzero: 1 }, { dims: x.dims!.slice(extra) })
}

/** Reductions of ScatterND and ScatterElements. */
export const SUMMING: Kernels = ['float32', 'float64', 'int64', 'int32']

/** ScatterND; sums are taken in a dtype that has a kernel. */
export function scatterND(x: OnnxValue, where: OnnxValue, updates: OnnxValue, reduction: 'none' | 'add', b: OnnxBuilder): OnnxValue {
  if (reduction === 'none') return b.op('ScatterND', [x, where, updates], { reduction }, { dims: x.dims })
  const sum = compute(b, x.dtype, SUMMING, [x, updates], (u, v) => b.op('ScatterND', [u, where, v], { reduction }, { dims: x.dims }))
  return { ...sum, dims: x.dims }
}

const PUTS = [
  'aten::index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor',
  'aten::_unsafe_index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor',
  'aten::_index_put_impl(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False, bool unsafe=False) -> Tensor',
] as const

export const indexingLowerings: readonly LoweringRow[] = [
  ...lowers(
    [
      'aten::index.Tensor(Tensor self, Tensor?[] indices) -> Tensor',
      'aten::_unsafe_index.Tensor(Tensor self, Tensor?[] indices) -> Tensor',
    ],
    ({ self, indices }, b, [out]) => index(self, indices, b, out),
  ),
  ...lowers(
    [
      'aten::index.Tensor_hacked_twin(Tensor self, Tensor[] indices) -> Tensor',
      'aten::_unsafe_index.Tensor_hacked_twin(Tensor self, Tensor[] indices) -> Tensor',
    ],
    ({ self, indices }, b, [out]) => index(self, listed(indices), b, out),
  ),
  ...lowers(PUTS, { rank: ['self', 'indices'] }, ({ self, indices, values, accumulate }, b) =>
    indexPut(self, indices, values, accumulate, b),
  ),
  ...lowers(
    [
      'aten::index_put.hacked_twin(Tensor self, Tensor[] indices, Tensor values, bool accumulate=False) -> Tensor',
      'aten::_unsafe_index_put.hacked_twin(Tensor self, Tensor[] indices, Tensor values, bool accumulate=False) -> Tensor',
    ],
    { rank: ['self', 'indices'] },
    ({ self, indices, values, accumulate }, b) => indexPut(self, listed(indices), values, accumulate, b),
  ),
]

function listed(indices: TensorListOperand): Indices {
  if (indices.kind === 'sequence') throw new UnmetNeed('indices', 'a list of known length')
  return indices.items as readonly OnnxValue[]
}
