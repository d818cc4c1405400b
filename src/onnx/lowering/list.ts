// Operators on lists: read, sliced, joined, searched, sorted, compared; and tensors from lists and back.
// Answers to torch/csrc/jit/runtime/register_ops_utils.cpp and register_special_ops.cpp.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import type { Type } from '../../ir/type.ts'
import { sliceItems } from '../../ops/rules/list.ts'
import { range } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { Operand, OnnxValue, ScalarListOperand, ScalarOperand } from '../operand.ts'
import { broadcastVectors } from './broadcasting.ts'
import { countTo, intOp, known, vectorOf } from './int-math.ts'
import { itemAt, joined, lengthOf, numbers, pick, runtimeList } from './list-values.ts'
import { lower, lowers, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'
import { allTrue } from './selection.ts'

/** Longer lists are put together at run time. */
const MAX_ITEMS = 4096

const [MIN, MAX] = [-(2n ** 63n), 2n ** 63n - 1n]
const none: Type = { kind: 'None' }
/** What a list of that type holds. */
const elementType = (info: ResultInfo | undefined): Type => (info?.type.kind === 'List' ? info.type.of : none)

/** list[start:end:step]. */
function slice(
  list: Operand,
  start: ScalarOperand | undefined,
  end: ScalarOperand | undefined,
  step: ScalarOperand,
  b: OnnxBuilder,
  of: Type,
): Operand {
  const bounds = [start, end].map((bound) => (bound === undefined ? null : known(bound)))
  const by = known(step)
  if (list.kind === 'list' && !bounds.includes(undefined) && by !== undefined) {
    const [from, to] = bounds.map((bound) => (bound === null ? null : Number(bound))) as [number | null, number | null]
    return { kind: 'list', items: sliceItems(list.items, from, to, Number(by)) ?? [] }
  }
  const items = runtimeList(list, of, b)
  const bound = (given: ScalarOperand | undefined, forward: bigint, backward: bigint): OnnxValue => {
    if (given !== undefined) return vectorOf(b, given)
    if (by !== undefined) return b.ints([by > 0n ? forward : backward])
    return b.op('Where', [b.op('Greater', [vectorOf(b, step), b.ints([0])]), b.ints([forward]), b.ints([backward])], {}, { dims: [1] })
  }
  const line = countTo(b, lengthOf(items, b))
  const places = b.op('Slice', [line, bound(start, 0n, MAX), bound(end, MAX, MIN), b.ints([0]), vectorOf(b, step)], {}, { dims: [null] })
  return pick(items, places, b)
}

function repeated(list: Operand, times: ScalarOperand, b: OnnxBuilder, of: Type): Operand {
  const count = known(times)
  if (list.kind === 'list' && count !== undefined && count * BigInt(list.items.length) <= MAX_ITEMS)
    return { kind: 'list', items: range(Math.max(0, Number(count))).flatMap(() => list.items) }
  const items = runtimeList(list, of, b)
  const copies = vectorOf(b, intOp(b, 'Max', times, 0))
  if (items.kind === 'tensor') return b.op('Tile', [items, copies], {}, { dims: [null] })
  return pick(items, b.op('Tile', [countTo(b, lengthOf(items, b)), copies], {}, { dims: [null] }), b)
}

/** Lists known item by item stay so, unless they grow long. */
export function concatenated(first: Operand, second: Operand, b: OnnxBuilder, of: Type): Operand {
  if (first.kind === 'list' && second.kind === 'list' && first.items.length + second.items.length <= MAX_ITEMS)
    return { kind: 'list', items: [...first.items, ...second.items] }
  if (first.kind === 'list' && first.items.length === 0) return second
  if (second.kind === 'list' && second.items.length === 0) return first
  return joined(runtimeList(first, of, b), runtimeList(second, of, b), b)
}

const TYPES = [
  ['int', 'int64'],
  ['float', 'float64'],
  ['bool', 'bool'],
] as const

const vector = (list: Operand, dtype: ScalarType, b: OnnxBuilder): OnnxValue =>
  list.kind === 'list' ? numbers(list.items, dtype, b) : b.cast(list as OnnxValue, dtype)
const equals = (list: Operand, el: ScalarOperand, dtype: ScalarType, b: OnnxBuilder): OnnxValue =>
  b.op('Equal', [vector(list, dtype, b), b.number(el, dtype)], {}, { dims: [null] })
const count = (hits: OnnxValue, b: OnnxBuilder): OnnxValue => b.op('ReduceSum', [b.cast(hits, 'int64')], { keepdims: 0 }, { dims: [] })

/** The first place of an element. Where there is none the place is past the end, and reading it stops the run, as torch raises. */
export function placeOf(list: Operand, el: ScalarOperand, dtype: ScalarType, b: OnnxBuilder): OnnxValue {
  const hits = equals(list, el, dtype, b)
  const line = countTo(b, lengthOf(list, b))
  const length = b.number(lengthOf(list, b), 'int64')
  const places = b.op('Where', [hits, line, length], {}, { dims: [null] })
  const first = b.op(
    'ReduceMin',
    [b.op('Concat', [places, b.reshapeTo(length, [1])], { axis: 0 }, { dims: [null] })],
    { keepdims: 0 },
    { dims: [] },
  )
  return b.op('Gather', [line, first], { axis: 0 }, { dims: [] })
}

/** Numbers in rising order, or falling. */
export function sorted(list: Operand, reverse: boolean, dtype: ScalarType, b: OnnxBuilder): OnnxValue {
  const values = vector(list, dtype, b)
  const work = dtype === 'bool' ? b.cast(values, 'int64') : values
  const [ordered] = b.ops('TopK', [work, vectorOf(b, lengthOf(values, b))], { axis: 0, largest: reverse ? 1 : 0, sorted: 1 }, [
    { dims: values.dims },
    { dtype: 'int64' },
  ])
  return b.cast(ordered!, dtype)
}

/** Same length and same elements. */
function equalLists(a: Operand, c: Operand, dtype: ScalarType, b: OnnxBuilder): ScalarOperand {
  const [m, n] = [lengthOf(a, b), lengthOf(c, b)]
  if (m.kind === 'constant' && n.kind === 'constant' && m.value !== n.value) return { kind: 'constant', value: false }
  const shorter = vectorOf(b, intOp(b, 'Min', m, n))
  const start = (list: Operand): OnnxValue =>
    m.kind === 'constant' && n.kind === 'constant'
      ? vector(list, dtype, b)
      : b.op('Slice', [vector(list, dtype, b), b.ints([0]), shorter, b.ints([0])], {}, { dims: [null] })
  const same = allTrue(b, b.op('Equal', [start(a), start(c)], {}, { dims: [null] }))
  if (m.kind === 'constant' && n.kind === 'constant') return same
  return b.op('And', [same, b.op('Equal', [b.number(m, 'int64'), b.number(n, 'int64')], {}, { dims: [] })], {}, { dims: [] })
}

/** The lesser list in lexicographic order, or the greater. */
function extremeList(l: Operand, r: Operand, least: boolean, dtype: ScalarType, b: OnnxBuilder): OnnxValue {
  const [x, y] = [vector(l, dtype, b), vector(r, dtype, b)]
  const [m, n] = [lengthOf(l, b), lengthOf(r, b)]
  const shorter = vectorOf(b, intOp(b, 'Min', m, n))
  const work = dtype === 'bool' ? 'int64' : dtype
  // A 0 behind both stands for "no difference".
  const padded = (list: OnnxValue): OnnxValue =>
    b.op('Concat', [b.op('Slice', [b.cast(list, work), b.ints([0]), shorter, b.ints([0])]), b.elements(work, [1], [0])], { axis: 0 })
  const [u, v] = [padded(x), padded(y)]
  const differs = b.cast(b.op('Not', [b.op('Equal', [u, v])]), 'int32')
  const first = b.op('ArgMax', [differs], { axis: 0, keepdims: 0 }, { dims: [] })
  const at = (list: OnnxValue): OnnxValue => b.op('Gather', [list, first], { axis: 0 }, { dims: [] })
  const some = b.cast(b.op('ReduceMax', [differs], { keepdims: 0 }, { dims: [] }), 'bool')
  const [p, q] = [b.number(m, 'int64'), b.number(n, 'int64')]
  const less = b.op('Or', [
    b.op('And', [some, b.op('Less', [at(u), at(v)])]),
    b.op('And', [b.op('Not', [some]), b.op('Less', [p, q], {}, { dims: [] })]),
  ])
  const takeFirst = least ? less : b.op('Not', [less])
  const zero = b.scalar('int64', 0)
  const start = b.op('Where', [takeFirst, zero, p], {}, { dims: [] })
  const size = b.op('Where', [takeFirst, p, q], {}, { dims: [] })
  const both = b.op('Concat', [x, y], { axis: 0 }, { dims: [null] })
  return b.op('Slice', [both, vectorOf(b, start), vectorOf(b, intOp(b, 'Add', start, size)), b.ints([0])], {}, { dims: [null] })
}

/** A tensor of a list of numbers, or of lists of lists of them. */
function tensorFrom(data: Operand, dtype: ScalarType, b: OnnxBuilder): OnnxValue {
  if (data.kind === 'tensor') return b.cast(data, dtype)
  if (data.kind !== 'list') throw new UnmetNeed('data', 'a list of numbers')
  if (data.items.every((item) => item.kind !== 'list' && !(item.kind === 'tensor' && item.dims?.length !== 0)))
    return numbers(data.items, dtype, b)
  const rows = data.items.map((item) => b.unsqueeze(tensorFrom(item, dtype, b), [0]))
  return rows.length === 1 ? rows[0]! : b.op('Concat', rows, { axis: 0 })
}
function naturalDtype(data: Operand): ScalarType {
  if (data.kind === 'tensor') return isFloatingPoint(data.dtype) ? 'float32' : data.dtype
  if (data.kind === 'list' && data.items.length > 0) return naturalDtype(data.items[0]!)
  const value = data.kind === 'constant' ? data.value : undefined
  return typeof value === 'bigint' ? 'int64' : typeof value === 'boolean' ? 'bool' : 'float32'
}

/** A tensor as nested lists of Python numbers: axes before the last are lists of known length. */
function toList(x: OnnxValue, depth: number, dtype: ScalarType, b: OnnxBuilder): Operand {
  const values = b.cast(x, dtype)
  if (depth <= 1) return values
  const extent = x.dims?.[0]
  if (typeof extent !== 'number') throw new UnmetNeed('self', 'its extents to be known')
  const rest = x.dims!.slice(1)
  const row = (i: number): OnnxValue => b.op('Gather', [values, b.scalar('int64', i)], { axis: 0 }, { dims: rest })
  return { kind: 'list', items: range(extent).map((i) => toList(row(i), depth - 1, dtype, b)) }
}
const TOLIST_TYPES: readonly ScalarType[] = ['int64', 'float64', 'bool']

export const listLowerings: readonly LoweringRow[] = [
  lower('aten::len.t(t[] a) -> int', ({ a }, b) => lengthOf(a, b)),
  lower('aten::len.any(Any[] a) -> int', ({ a }, b) => lengthOf(a, b)),
  ...lowers(
    ['aten::__getitem__.t(t[](a) list, int idx) -> t(*)', 'aten::select.t(t[](a) list, int idx) -> t(*)'],
    ({ list, idx }, b, [out]) => itemAt(list, idx, out?.type ?? none, b),
  ),
  lower('aten::slice.t(t[] l, int? start=None, int? end=None, int step=1) -> t[]', ({ l, start, end, step }, b, [out]) =>
    slice(l, start, end, step, b, elementType(out)),
  ),
  lower('aten::add.t(t[] a, t[] b) -> t[]', ({ a, b: other }, b, [out]) => concatenated(a, other, b, elementType(out))),
  lower('aten::mul.left_t(t[] l, int n) -> t[]', ({ l, n }, b, [out]) => repeated(l, n, b, elementType(out))),
  lower('aten::mul.right_(int n, t[] l) -> t[]', ({ l, n }, b, [out]) => repeated(l, n, b, elementType(out))),
  lower('functional::mul_.t(t[] l, int n) -> t[]', ({ l, n }, b, [out]) => repeated(l, n, b, elementType(out))),
  lower('aten::list.t(t[] l) -> t[]', ({ l }) => l),
  lower('aten::copy.t(t[](a) self) -> t[]', ({ self }) => self),
  lower('aten::Size(int[] sizes) -> int[]', ({ sizes }) => sizes),
  lower('prim::rangelist(int n) -> int[]', ({ n }, b) => countTo(b, intOp(b, 'Max', n, 0))),
  ...TYPES.flatMap(([type, dtype]) => [
    lower(
      `aten::index.list_${type}(${type}[] self, ${type} el) -> int` as 'aten::index.list_int(int[] self, int el) -> int',
      { operand: ['self', 'el'] },
      ({ self, el }, b) => placeOf(self, el, dtype, b),
    ),
    lower(
      `aten::count.${type}(${type}[] self, ${type} el) -> int` as 'aten::count.int(int[] self, int el) -> int',
      { operand: ['self', 'el'] },
      ({ self, el }, b) => count(equals(self, el, dtype, b), b),
    ),
    lower(
      `aten::sorted.${type}(${type}[](a) input) -> ${type}[]` as 'aten::sorted.int(int[](a) input) -> int[]',
      { operand: ['input'] },
      ({ input }, b) => sorted(input, false, dtype, b),
    ),
    lower(
      `aten::eq.${type}_list(${type}[] a, ${type}[] b) -> bool` as 'aten::eq.int_list(int[] a, int[] b) -> bool',
      { operand: ['a', 'b'] },
      ({ a, b: other }, b) => equalLists(a, other, dtype, b),
    ),
    lower(
      `aten::ne.${type}_list(${type}[] a, ${type}[] b) -> bool` as 'aten::ne.int_list(int[] a, int[] b) -> bool',
      { operand: ['a', 'b'] },
      ({ a, b: other }, b) => {
        const same = equalLists(a, other, dtype, b)
        return same.kind === 'constant' ? { kind: 'constant', value: same.value !== true } : b.op('Not', [same])
      },
    ),
    ...(['min', 'max'] as const).map((name) =>
      lower(
        `prim::${name}.${type}_list(${type}[] l, ${type}[] r) -> ${type}[]` as 'prim::min.int_list(int[] l, int[] r) -> int[]',
        { operand: ['l', 'r'] },
        ({ l, r }, b) => extremeList(l, r, name === 'min', dtype, b),
      ),
    ),
  ]),
  lower('aten::__contains__.int_list(int[] l, int item) -> bool', ({ l, item }, b) => contains(l, item, 'int64', b)),
  lower('aten::__contains__.float_list(float[] l, float item) -> bool', ({ l, item }, b) => contains(l, item, 'float64', b)),
  ...lowers(['aten::broadcast_shapes(int[] a, int[] b) -> int[]', 'aten::_infer_size(int[] a, int[] b) -> int[]'], ({ a, b: other }, b) =>
    broadcastVectors(b.vector(a), b.vector(other), b),
  ),
  ...lowers(
    [
      'aten::tensor(t[] data, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor',
      'aten::as_tensor.list(t[] data, *, ScalarType? dtype=None, Device? device=None) -> Tensor',
    ],
    ({ data }, b, [out]) => tensorFrom(data, out?.dtype ?? naturalDtype(data), b),
  ),
  lower('aten::_list_to_tensor(int[] self) -> Tensor', ({ self }, b) => b.cast(b.vector(self), 'int32')),
  lower('aten::_tensor_to_list(Tensor self) -> int[]', ({ self }, b) => b.cast(self, 'int64')),
  {
    schema: 'prim::tolist(...) -> ...',
    needs: {},
    build: ({ '...': given }: { readonly '...': readonly Operand[] }, b) => {
      const [self, depth, type] = given
      const dtype = TOLIST_TYPES[Number(type === undefined ? undefined : known(type as ScalarOperand))]
      const levels = depth === undefined ? undefined : known(depth as ScalarOperand)
      if (self?.kind !== 'tensor' || dtype === undefined || levels === undefined) throw new UnmetNeed('self', 'a tensor of real numbers')
      return toList(self, Number(levels), dtype, b)
    },
  },
]

const contains = (list: ScalarListOperand, item: ScalarOperand, dtype: ScalarType, b: OnnxBuilder): OnnxValue =>
  b.op('Greater', [count(equals(list, item, dtype, b), b), b.scalar('int64', 0)], {}, { dims: [] })
