// Reading and writing along one axis by index: gather, scatter and its reductions, index_select and its writing twins, take and put.
// Answers to aten/src/ATen/native/TensorAdvancedIndexing.cpp. ONNX GatherElements-13, ScatterElements-18, ScatterND-18.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import type { Element } from '../../ir/tensor-elements.ts'
import { range, wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { commonShape, expandTo } from './broadcasting.ts'
import { compute, FLOATS, kernelType, WIDE } from './compute.ts'
import { scatterND, SUMMING } from './indexing.ts'
import { lower, UnmetNeed, type LoweringRow } from './row.ts'

/** 0-d tensors take part as 1-d ones of one element. */
const line = (x: OnnxValue, b: OnnxBuilder): OnnxValue => (x.dims?.length === 0 ? b.reshapeTo(x, [1]) : x)
const flat = (x: OnnxValue, b: OnnxBuilder): OnnxValue => (x.dims?.length === 1 ? x : b.reshapeTo(x, [-1]))
/** A result in the shape of `like`. */
function shaped(x: OnnxValue, like: OnnxValue, b: OnnxBuilder): OnnxValue {
  if (like.dims?.length === 0) return b.reshapeTo(x, [])
  if (like.dims?.length === 1) return { ...x, dims: like.dims }
  return b.op('Reshape', [x, b.shape(like)], { allowzero: 1 }, { dims: like.dims })
}

function gather(x: OnnxValue, dim: number, index: OnnxValue, b: OnnxBuilder): OnnxValue {
  const [data, at] = [line(x, b), line(b.cast(index, 'int64'), b)]
  if (data.dims === undefined || at.dims === undefined) return b.op('GatherElements', [data, at], { axis: dim }, { dims: at.dims })
  // An empty index of another rank is allowed.
  if (data.dims.length !== at.dims.length) return b.op('Expand', [b.scalar(x.dtype, 0), b.shape(index)], {}, { dims: index.dims })
  const picked = b.op('GatherElements', [data, at], { axis: wrap(dim, data.dims.length) }, { dims: at.dims })
  return index.dims!.length === 0 ? b.reshapeTo(picked, []) : picked
}

type Reduction = 'none' | 'add' | 'mul' | 'max' | 'min'
/** ScatterElements in a dtype that has a kernel. */
function scatterElements(
  x: OnnxValue,
  axis: number,
  index: OnnxValue,
  updates: OnnxValue,
  reduction: Reduction,
  b: OnnxBuilder,
): OnnxValue {
  const put = (data: OnnxValue, values: OnnxValue): OnnxValue =>
    b.op('ScatterElements', [data, index, values], { axis, reduction }, { dims: data.dims })
  if (reduction === 'none') return put(x, b.cast(updates, x.dtype))
  return { ...compute(b, x.dtype, SUMMING, [x, updates], put), dims: x.dims }
}

/** The part of `src` that an index of smaller extents reads. */
function fitted(src: OnnxValue, index: OnnxValue, b: OnnxBuilder): OnnxValue {
  if (src.dims === undefined || index.dims === undefined) {
    const ends = b.shape(index)
    return b.op('Slice', [src, b.op('Sub', [ends, ends]), ends], {}, { dims: index.dims })
  }
  if (src.dims.every((dim, i) => dim !== null && dim === index.dims![i])) return src
  const rank = src.dims.length
  return b.op('Slice', [src, b.ints(range(rank).map(() => 0)), b.shape(index), b.ints(range(rank))], {}, { dims: index.dims })
}

interface Scatter {
  readonly self: OnnxValue
  readonly dim: number
  readonly index: OnnxValue
  readonly src: OnnxValue | ScalarOperand
}
/** self, index and updates of equal rank, updates in the shape of the index. */
function operands({ self, dim, index, src }: Scatter, b: OnnxBuilder, scalar: boolean) {
  const [x, at] = [line(self, b), line(b.cast(index, 'int64'), b)]
  const updates = scalar
    ? expandTo(b.number(src, x.dtype), b.shape(at), at.dims, b)
    : fitted(line(b.cast(src as OnnxValue, x.dtype), b), at, b)
  return { x, at, updates, axis: x.dims === undefined ? dim : wrap(dim, x.dims.length) }
}

function scatter(args: Scatter, reduction: Reduction, b: OnnxBuilder, scalar = false): OnnxValue {
  if (args.index.dims?.length === 0 && args.self.dims !== undefined && args.self.dims.length > 1)
    throw new UnmetNeed('index', 'the rank of self')
  const { x, at, updates, axis } = operands(args, b, scalar)
  return kept(scatterElements(x, axis, at, updates, reduction, b), args.self, b)
}
const kept = (x: OnnxValue, like: OnnxValue, b: OnnxBuilder): OnnxValue =>
  like.dims?.length === 0 ? b.reshapeTo(x, []) : { ...x, dims: like.dims }

const REDUCTIONS: Readonly<Record<string, Reduction>> = {
  sum: 'add',
  prod: 'mul',
  amax: 'max',
  amin: 'min',
  mean: 'add',
  add: 'add',
  multiply: 'mul',
}

/** What a reduction starts from. */
function identity(reduce: string, dtype: ScalarType): Element {
  if (reduce === 'sum' || reduce === 'mean') return 0
  if (reduce === 'prod') return 1
  const low = reduce === 'amax'
  if (isFloatingPoint(dtype)) return low ? -Infinity : Infinity
  if (dtype === 'bool') return !low
  const bits = dtype === 'int64' ? 64n : dtype === 'int32' ? 32n : dtype === 'int16' ? 16n : 8n
  return dtype === 'uint8' ? (low ? 0n : 255n) : low ? -(2n ** (bits - 1n)) : 2n ** (bits - 1n) - 1n
}

/** scatter_reduce: without self, positions that are written start from the identity. A mean counts what went in. */
function scatterReduce(args: Scatter, reduce: string, includeSelf: boolean, b: OnnxBuilder): OnnxValue {
  const reduction = REDUCTIONS[reduce]
  if (reduction === undefined) throw new UnmetNeed('reduce', `one of ${Object.keys(REDUCTIONS).join(', ')}`)
  const { x, at, updates, axis } = operands(args, b, false)
  const same = (value: Element, dtype: ScalarType): OnnxValue => expandTo(b.scalar(dtype, value), b.shape(at), at.dims, b)
  const start = includeSelf ? x : scatterElements(x, axis, at, same(identity(reduce, x.dtype), x.dtype), 'none', b)
  const plain = scatterElements(start, axis, at, updates, reduction, b)
  const reduced = reduction === 'max' || reduction === 'min' ? withNaN(plain, start, axis, at, updates, b) : plain
  if (reduce !== 'mean') return kept(reduced, args.self, b)
  const work = kernelType(x.dtype, SUMMING)
  const ones = b.op('Expand', [b.scalar(work, includeSelf ? 1 : 0), b.shape(x)], {}, { dims: x.dims })
  const counted = scatterElements(ones, axis, at, same(1, work), 'add', b)
  const count = includeSelf ? counted : b.op('Max', [counted, b.scalar(work, 1)])
  return kept(floorDivided(reduced, count, b), args.self, b)
}
/** The kernels' max and min skip NaN; torch's give it. */
function withNaN(reduced: OnnxValue, start: OnnxValue, axis: number, at: OnnxValue, updates: OnnxValue, b: OnnxBuilder): OnnxValue {
  if (!isFloatingPoint(start.dtype)) return reduced
  const flag = (value: OnnxValue): OnnxValue => b.cast(b.op('IsNaN', [value]), 'int32')
  const found = scatterElements(flag(start), axis, at, flag(updates), 'max', b)
  return { ...b.op('Where', [b.cast(found, 'bool'), b.scalar(start.dtype, NaN), reduced]), dims: start.dims }
}
/** Integers divide towards −∞. */
function floorDivided(x: OnnxValue, by: OnnxValue, b: OnnxBuilder): OnnxValue {
  if (FLOATS.includes(x.dtype)) return { ...b.cast(b.op('Div', [b.cast(x, by.dtype), by]), x.dtype), dims: x.dims }
  const value = b.cast(x, by.dtype)
  return { ...b.cast(b.op('Div', [b.op('Sub', [value, b.op('Mod', [value, by], { fmod: 0 })]), by]), x.dtype), dims: x.dims }
}

/** self and source with `dim` in front, a 1-d index, and the way back. */
function rows(self: OnnxValue, dim: number, index: OnnxValue, b: OnnxBuilder) {
  if (self.dims === undefined) {
    // The first axis is in front already, however many follow.
    if (dim !== 0) throw new UnmetNeed('self', 'its rank to be known')
    const at = b.reshapeTo(b.cast(index, 'int64'), [-1, 1])
    return { x: self, at, front: (source: OnnxValue) => b.cast(source, self.dtype), put: (target: OnnxValue) => target }
  }
  const x = line(self, b)
  const rank = x.dims!.length
  const axis = wrap(dim, rank)
  const perm = [axis, ...range(rank).filter((i) => i !== axis)]
  const back = range(rank).map((i) => perm.indexOf(i))
  const at = b.unsqueeze(flat(b.cast(index, 'int64'), b), [1])
  const front = (source: OnnxValue): OnnxValue => {
    if (source.dims === undefined) throw new UnmetNeed('source', 'its rank to be known')
    const wide = source.dims.length < rank ? b.unsqueeze(source, [axis]) : source
    return b.transpose(b.cast(wide, x.dtype), perm)
  }
  const put = (target: OnnxValue): OnnxValue => {
    const result = b.transpose({ ...target, dims: perm.map((i) => x.dims![i]!) }, back)
    return self.dims!.length === 0 ? b.reshapeTo(result, []) : { ...result, dims: self.dims }
  }
  return { x: b.transpose(x, perm), at, front, put }
}

/** self with the rows of `index` filled. */
function indexFill(self: OnnxValue, dim: number, index: OnnxValue, value: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const { x, at, put } = rows(self, dim, index, b)
  const rest = b.op('Slice', [b.shape(x), b.ints([1]), b.ints([x.dims!.length]), b.ints([0])], {}, { dims: [x.dims!.length - 1] })
  const count = b.op('Slice', [b.shape(at), b.ints([0]), b.ints([1]), b.ints([0])], {}, { dims: [1] })
  const shape = b.op('Concat', [count, rest], { axis: 0 }, { dims: [x.dims!.length] })
  const scalar = b.number(value, x.dtype)
  const updates = b.op(
    'Expand',
    [scalar.dims?.length === 0 ? scalar : b.reshapeTo(scalar, []), shape],
    {},
    { dims: x.dims!.map(() => null) },
  )
  return put(scatterND(x, at, updates, 'none', b))
}

/** index_reduce: the index repeated over the other axes makes it a scatter_reduce. */
function indexReduce(
  self: OnnxValue,
  dim: number,
  index: OnnxValue,
  source: OnnxValue,
  reduce: string,
  includeSelf: boolean,
  b: OnnxBuilder,
): OnnxValue {
  const rank = Math.max(1, self.dims!.length)
  const axis = wrap(dim, rank)
  const column = b.reshapeTo(
    b.cast(index, 'int64'),
    range(rank).map((i) => (i === axis ? -1 : 1)),
  )
  const src = line(source, b)
  const wide = expandTo(column, b.shape(src), src.dims, b)
  return scatterReduce({ self, dim, index: wide, src }, reduce, includeSelf, b)
}

/** take_along_dim: both broadcast to each other on the other axes. */
function takeAlong(self: OnnxValue, indices: OnnxValue, dim: number, b: OnnxBuilder): OnnxValue {
  const rank = self.dims!.length
  const axis = wrap(dim, rank)
  const others = self.dims!.every((d, i) => i === axis || (d !== null && d === indices.dims![i]))
  if (others) return gather(self, dim, indices, b)
  const shape = commonShape([self, indices], b)
  const here = b.elements(
    'bool',
    [rank],
    range(rank).map((i) => i === axis),
  )
  const wide = (value: OnnxValue): OnnxValue => {
    const target = b.op('Where', [here, b.shape(value), shape], {}, { dims: [rank] })
    return b.op('Expand', [value, target], {}, { dims: value.dims!.map((d, i) => (i === axis ? d : null)) })
  }
  return gather(wide(self), dim, wide(indices), b)
}

export const scatteringLowerings: readonly LoweringRow[] = [
  lower(
    'aten::gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor',
    { constant: ['dim'] },
    ({ self, dim, index }, b) => gather(self, dim, index, b),
  ),
  lower(
    'aten::take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor',
    { constant: ['dim'], rank: ['self', 'indices'] },
    ({ self, indices, dim }, b) => (dim === undefined ? gather(flat(self, b), 0, flat(indices, b), b) : takeAlong(self, indices, dim, b)),
  ),
  lower('aten::take(Tensor self, Tensor index) -> Tensor', ({ self, index }, b, [out]) =>
    b.op('Gather', [flat(self, b), b.cast(index, 'int64')], { axis: 0 }, out),
  ),
  lower(
    'aten::put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor',
    { rank: ['self'] },
    ({ self, index, source, accumulate }, b) => {
      const where = b.unsqueeze(flat(b.cast(index, 'int64'), b), [1])
      const updates = flat(b.cast(source, self.dtype), b)
      return shaped(scatterND(flat(self, b), where, updates, accumulate ? 'add' : 'none', b), self, b)
    },
  ),
  lower(
    'aten::index_select(Tensor self, int dim, Tensor index) -> Tensor',
    { constant: ['dim'], rank: ['self'] },
    ({ self, dim, index }, b, [out]) => {
      const x = line(self, b)
      const at = b.cast(index, 'int64')
      const picked = b.op(
        'Gather',
        [x, at.dims === undefined ? b.reshapeTo(at, [-1]) : line(at, b)],
        { axis: wrap(dim, x.dims!.length) },
        self.dims!.length === 0 ? {} : out,
      )
      return self.dims!.length === 0 ? b.reshapeTo(picked, []) : picked
    },
  ),
  lower(
    'aten::index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor',
    { constant: ['dim'] },
    ({ self, dim, index, source, alpha }, b) => {
      const { x, at, front, put } = rows(self, dim, index, b)
      const one = alpha.kind === 'constant' && Number(alpha.value) === 1
      const scaled = one ? front(source) : compute(b, x.dtype, WIDE, [front(source), alpha], (s, a) => b.op('Mul', [s, a]))
      return put(scatterND(x, at, scaled, 'add', b))
    },
  ),
  lower(
    'aten::index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor',
    { constant: ['dim'] },
    ({ self, dim, index, source }, b) => {
      const { x, at, front, put } = rows(self, dim, index, b)
      return put(scatterND(x, at, front(source), 'none', b))
    },
  ),
  lower(
    'aten::index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor',
    { constant: ['dim'], rank: ['self'] },
    ({ self, dim, index, value }, b) => indexFill(self, dim, index, value, b),
  ),
  lower(
    'aten::index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor',
    { constant: ['dim'], rank: ['self'] },
    ({ self, dim, index, value }, b) => indexFill(self, dim, index, value, b),
  ),
  lower(
    'aten::index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor',
    { constant: ['dim'], rank: ['self', 'source'] },
    ({ self, dim, index, source, reduce, include_self }, b) => indexReduce(self, dim, index, source, reduce, include_self, b),
  ),
  lower('aten::scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor', { constant: ['dim'] }, (args, b) =>
    scatter(args, 'none', b),
  ),
  lower('aten::scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor', { constant: ['dim'] }, ({ value, ...args }, b) =>
    scatter({ ...args, src: value }, 'none', b, true),
  ),
  lower(
    'aten::scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor',
    { constant: ['dim'] },
    ({ reduce, ...args }, b) => scatter(args, reduce === 'add' ? 'add' : 'mul', b),
  ),
  lower(
    'aten::scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor',
    { constant: ['dim'] },
    ({ reduce, value, ...args }, b) => scatter({ ...args, src: value }, reduce === 'add' ? 'add' : 'mul', b, true),
  ),
  lower('aten::scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor', { constant: ['dim'] }, (args, b) =>
    scatter(args, 'add', b),
  ),
  lower(
    'aten::scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor',
    { constant: ['dim'] },
    ({ reduce, include_self, ...args }, b) => scatterReduce(args, reduce, include_self, b),
  ),
]
