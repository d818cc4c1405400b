// Lists as values: length, items, slices, search. In-place list operators have no rule: they are made functional before facts are taken.
// Answers to torch/csrc/jit/runtime/register_ops_utils.cpp and register_prim_ops.cpp.

import { broadcast, type Dim } from '../../ir/dim.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { intFact, listFact, unknown, type Fact } from '../fact.ts'
import { dimsOf, joinFacts, knownInt } from '../facts.ts'
import type { Rule } from '../rule.ts'
import { valuesEqual } from './compare.ts'
import { truthy } from './convert.ts'
import { boolFact, isInt, knownNumber, row, toInt, type NamedFacts, type Num } from './scalar-row.ts'

// A list repeated or ranged over may be longer than is worth knowing item by item.
const MAX_ITEMS = 10_000

/** What holds for every element: of a list of known length, the join of its items. */
export function elementOf(list: Fact): Fact {
  if (list.items === undefined) return list.element ?? unknown
  return list.items.length === 0 ? unknown : list.items.reduce(joinFacts)
}
/** A list of unknown length whose elements are known in part. */
export function someList(element: Fact): Fact {
  return Object.keys(element).length === 0 ? unknown : { element }
}

/** `list[index]`, negative from the end; undefined when torch would raise or the place is not known. */
function at(list: Fact, index: Fact): Fact {
  const i = knownInt(index)
  if (list.items === undefined || i === undefined) return elementOf(list)
  return list.items[i < 0 ? i + list.items.length : i] ?? unknown
}

/** Python's slice bounds. */
export function sliceItems<T>(items: readonly T[], start: number | null, end: number | null, step: number): T[] | undefined {
  if (step === 0) return undefined
  const n = items.length
  const clamp = (i: number, low: number, high: number): number => Math.min(Math.max(i < 0 ? i + n : i, low), high)
  const from = start === null ? (step > 0 ? 0 : n - 1) : clamp(start, step > 0 ? 0 : -1, step > 0 ? n : n - 1)
  const to = end === null ? (step > 0 ? n : -1) : clamp(end, step > 0 ? 0 : -1, step > 0 ? n : n - 1)
  const out: T[] = []
  for (let i = from; step > 0 ? i < to : i > to; i += step) out.push(items[i]!)
  return out
}
/** A bound of a slice: a number, null for None, undefined when not known. */
export const bound = (fact: Fact): number | null | undefined => (fact.value === null ? null : knownInt(fact))

function slice({ l, start, end, step }: NamedFacts): Fact {
  const [from, to, by] = [bound(start!), bound(end!), knownInt(step)]
  if (l!.items === undefined || from === undefined || to === undefined || by === undefined) return someList(elementOf(l!))
  const items = sliceItems(l!.items, from, to, by)
  return items === undefined ? unknown : listFact(items)
}

export function repeated(list: Fact, times: Fact): Fact {
  const n = knownInt(times)
  if (list.items === undefined || n === undefined || list.items.length * n > MAX_ITEMS) return someList(elementOf(list))
  return listFact(Array.from({ length: Math.max(0, n) }, () => list.items!).flat())
}

export function joined(a: Fact, b: Fact): Fact {
  if (a.items !== undefined && b.items !== undefined && a.items.length + b.items.length <= MAX_ITEMS)
    return listFact([...a.items, ...b.items])
  if (a.items?.length === 0) return b
  if (b.items?.length === 0) return a
  return someList(joinFacts(elementOf(a), elementOf(b)))
}

/** Values of a list that is fully known. */
function known(list: Fact | undefined): readonly IValue[] | undefined {
  const values = list?.items?.map((item) => item.value)
  return values === undefined || values.includes(undefined) ? undefined : (values as IValue[])
}
function numbers(list: Fact | undefined): readonly Num[] | undefined {
  const values = list?.items?.map(knownNumber)
  return values === undefined || values.includes(undefined) ? undefined : (values as Num[])
}

const search = (type: string, find: (values: readonly IValue[], el: IValue) => bigint | undefined, name: string): Rule =>
  row(name, ({ self, el }) => {
    const values = known(self)
    if (values === undefined || el!.value === undefined) return unknown
    const found = find(values, el!.value)
    return found === undefined ? unknown : intFact(Number(found))
  })

const indexIn = (values: readonly IValue[], el: IValue): bigint | undefined => {
  const i = values.findIndex((v) => valuesEqual(v, el) === true)
  return i === -1 ? undefined : BigInt(i)
}
const countIn = (values: readonly IValue[], el: IValue): bigint => BigInt(values.filter((v) => valuesEqual(v, el) === true).length)

function sorted({ input }: NamedFacts): Fact {
  const values = known(input)
  if (values === undefined) return someList(elementOf(input!))
  const order = values.map((value, i) => ({ value: value as Num, fact: input!.items![i]! }))
  // NaN has no place in an order.
  if (order.some(({ value }) => Number.isNaN(value))) return someList(elementOf(input!))
  return listFact(order.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0)).map(({ fact }) => fact))
}

function sum({ self }: NamedFacts): Fact {
  const values = numbers(self)
  if (values === undefined) return unknown
  if (values.every(isInt)) {
    const total = values.reduce<bigint>((acc, value) => acc + toInt(value), 0n)
    return { value: BigInt.asIntN(64, total) }
  }
  return { value: values.reduce<number>((acc, value) => acc + Number(value), 0) }
}

const truthOf =
  (quantifier: 'some' | 'every') =>
  ({ self }: NamedFacts): Fact => {
    const values = numbers(self)
    return values === undefined ? unknown : boolFact(values[quantifier](truthy))
  }

/** The least (or greatest) item, by std::min_element: the first of equal ones. */
const extreme =
  (less: (a: Num, b: Num) => boolean) =>
  ({ self }: NamedFacts): Fact => {
    const values = numbers(self)
    if (values === undefined || values.length === 0) return unknown
    const best = values.reduce((acc, value) => (less(value, acc) ? value : acc))
    return self!.items![values.indexOf(best)]!
  }

/** Lexicographic; the lesser (or greater) whole list. */
const extremeList =
  (takeLess: boolean) =>
  ({ l, r }: NamedFacts): Fact => {
    const [a, b] = [numbers(l), numbers(r)]
    if (a === undefined || b === undefined) return unknown
    const i = a.findIndex((value, k) => value !== b[k])
    const less = i === -1 ? a.length < b.length : i < b.length && a[i]! < b[i]!
    return less === takeLess ? l! : r!
  }

function rangeList({ n }: NamedFacts): Fact {
  const length = knownInt(n)
  if (length === undefined || length > MAX_ITEMS) return { element: { number: 'int' } }
  return listFact(Array.from({ length: Math.max(0, length) }, (_, i) => intFact(i)))
}

const shapes = ({ a, b }: NamedFacts): Fact => {
  const dims = broadcast(dimsOf(a), dimsOf(b))
  return dims === undefined ? unknown : listFact(dims.map((dim: Dim) => intFact(dim)))
}

export const listRules: readonly Rule[] = [
  row('aten::len.t(t[] a) -> int', ({ a }) => (a!.items === undefined ? unknown : intFact(a!.items.length))),
  row('aten::len.any(Any[] a) -> int', ({ a }) => (a!.items === undefined ? unknown : intFact(a!.items.length))),
  row('aten::__getitem__.t(t[](a) list, int idx) -> t(*)', ({ list, idx }) => at(list!, idx!)),
  row('aten::select.t(t[](a) list, int idx) -> t(*)', ({ list, idx }) => at(list!, idx!)),
  row('aten::slice.t(t[] l, int? start=None, int? end=None, int step=1) -> t[]', slice),
  row('aten::add.t(t[] a, t[] b) -> t[]', ({ a, b }) => joined(a!, b!)),
  row('aten::mul.left_t(t[] l, int n) -> t[]', ({ l, n }) => repeated(l!, n!)),
  row('aten::mul.right_(int n, t[] l) -> t[]', ({ l, n }) => repeated(l!, n!)),
  row('aten::list.t(t[] l) -> t[]', ({ l }) => l!),
  row('aten::copy.t(t[](a) self) -> t[]', ({ self }) => self!),
  row('aten::Size(int[] sizes) -> int[]', ({ sizes }) => sizes!),
  ...['int', 'float', 'bool', 'str'].flatMap((type) => [
    search(type, indexIn, `aten::index.list_${type}(${type}[] self, ${type} el) -> int`),
    search(type, countIn, `aten::count.${type}(${type}[] self, ${type} el) -> int`),
    row(`aten::sorted.${type}(${type}[](a) input) -> ${type}[]`, sorted),
  ]),
  ...['int', 'float', 'bool'].flatMap((type) => [
    row(`aten::sum.${type}(${type}[] self) -> ${type === 'float' ? 'float' : 'int'}`, sum),
    row(`aten::any.${type}(${type}[] self) -> bool`, truthOf('some')),
    row(`aten::all.${type}(${type}[] self) -> bool`, truthOf('every')),
    row(
      `prim::min.self_${type}(${type}[] self) -> ${type}`,
      extreme((a, b) => a < b),
    ),
    row(
      `prim::max.self_${type}(${type}[] self) -> ${type}`,
      extreme((a, b) => a > b),
    ),
    row(`prim::min.${type}_list(${type}[] l, ${type}[] r) -> ${type}[]`, extremeList(true)),
    row(`prim::max.${type}_list(${type}[] l, ${type}[] r) -> ${type}[]`, extremeList(false)),
  ]),
  row('prim::rangelist(int n) -> int[]', rangeList),
  row('aten::broadcast_shapes(int[] a, int[] b) -> int[]', shapes),
  row('aten::_infer_size(int[] a, int[] b) -> int[]', shapes),
  row('aten::_size_if_not_equal(int[] self_size, int[] other_size) -> int[]?', (args) => {
    const [a, b] = [dimsOf(args['self_size']), dimsOf(args['other_size'])]
    return a !== undefined && b !== undefined && a.length === b.length && a.every((dim, i) => dim !== null && dim === b[i])
      ? { value: null }
      : unknown
  }),
]
