// Python's lists as arrays. Indices are ints, negative from the end. Answers to torch/csrc/jit/runtime/register_ops_utils.cpp.

import { fail } from './error.ts'
import { int64, type Scalar } from './number.ts'
import { str } from './show.ts'

/** The place that an index means; fails when there is none. */
function place(list: readonly unknown[], index: bigint, message = 'list index out of range'): number {
  const at = Number(index < 0n ? index + BigInt(list.length) : index)
  return at < 0 || at >= list.length ? fail(message) : at
}

/** `list[index]` */
export function getItem<T>(list: readonly T[], index: bigint): T {
  return list[place(list, index)]!
}
/** `list[index] = value`; gives the list. */
export function setItem<T>(list: T[], index: bigint, value: T): T[] {
  list[place(list, index)] = value
  return list
}
/** `del list[index]` */
export function deleteItem(list: unknown[], index: bigint): void {
  if (list.length === 0) fail('pop index out of range')
  list.splice(place(list, index), 1)
}
/** `list.pop(index)` */
export function pop<T>(list: T[], index = -1n): T {
  if (list.length === 0) fail('pop from empty list')
  return list.splice(place(list, index), 1)[0]!
}
/** `list.insert(index, value)`, at an end when the index is beyond it. */
export function insert<T>(list: T[], index: bigint, value: T): void {
  const at = Number(index < 0n ? index + BigInt(list.length) : index)
  list.splice(Math.max(0, Math.min(list.length, at)), 0, value)
}
export function append<T>(list: T[], value: T): T[] {
  list.push(value)
  return list
}
/** `list.extend(other)`; gives the list. */
export function extend<T>(list: T[], other: readonly T[]): T[] {
  for (let i = 0, end = other.length; i < end; i++) list.push(other[i]!)
  return list
}

/** `list[start:end:step]` */
export function slice<T>(list: readonly T[], start: bigint | null = null, end: bigint | null = null, step = 1n, kind = 'List'): T[] {
  if (step === 0n) fail(`${kind} slice should have non-zero step`)
  const length = BigInt(list.length)
  // Going down, the place before the first is an end too.
  const [low, high] = step > 0n ? [0n, length] : [-1n, length - 1n]
  const place = (given: bigint | null, otherwise: bigint): bigint => {
    if (given === null) return otherwise
    const at = given < 0n ? given + length : given
    return at < low ? low : at > high ? high : at
  }
  const [from, to] = step > 0n ? [place(start, low), place(end, high)] : [place(start, high), place(end, low)]
  if (step === 1n) return list.slice(Number(from), Number(to))
  const out: T[] = []
  for (let i = from; step > 0n ? i < to : i > to; i += step) out.push(list[Number(i)]!)
  return out
}

/** `list * times` */
export function repeat<T>(list: readonly T[], times: bigint): T[] {
  const out: T[] = []
  for (let i = 0n; i < times; i++) extend(out, list)
  return out
}
/** `list *= times`; gives the list. */
export function repeatInPlace<T>(list: T[], times: bigint): T[] {
  const copy = [...list]
  if (times <= 0n) list.length = 0
  for (let i = 1n; i < times; i++) extend(list, copy)
  return list
}

/** The items of a list that must have so many. */
export function unpack<T>(list: readonly T[], length: number): readonly T[] {
  return list.length === length ? list : fail(`Expected ${length} elements in a list but found ${list.length}`)
}

export function contains<T extends Scalar | string>(list: readonly T[], item: T): boolean {
  return list.some((other) => other === item)
}
export function indexOf<T>(list: readonly T[], item: T): bigint {
  const at = list.findIndex((other) => other === item)
  return at < 0 ? fail(`'${str(typeof item === 'boolean' ? BigInt(item) : item)}' is not in list`) : BigInt(at)
}
export function count<T>(list: readonly T[], item: T): bigint {
  return BigInt(list.filter((other) => other === item).length)
}
export function remove<T>(list: T[], item: T): void {
  const at = list.findIndex((other) => other === item)
  if (at < 0) fail('list.remove(x): x not in list')
  list.splice(at, 1)
}
export function equalLists<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}

/** Numbers by value, strings by bytes, tuples item by item. */
function compare(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const order = compare(a[i], b[i])
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
}
/** By code points, which is the order of the bytes. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const [x, y] = [[...a], [...b]]
  const i = x.findIndex((c, at) => c !== y[at])
  if (i < 0) return -1
  return i >= y.length ? 1 : x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!
}

/** `sorted(list)` */
export function sorted<T>(list: readonly T[]): T[] {
  return [...list].sort(compare)
}
/** `list.sort(reverse)` */
export function sort(list: unknown[], reverse = false): void {
  list.sort(reverse ? (a, b) => compare(b, a) : compare)
}

export function sumInts(list: readonly (bigint | boolean)[]): bigint {
  return list.reduce<bigint>((sum, item) => int64(sum + BigInt(item)), 0n)
}
export function sumFloats(list: readonly number[]): number {
  return list.reduce((sum, item) => sum + item, 0)
}
const isTrue = (item: Scalar | string): boolean => (typeof item === 'number' ? item !== 0 : Boolean(item))
export function any(list: readonly (Scalar | string)[]): boolean {
  return list.some(isTrue)
}
export function all(list: readonly Scalar[]): boolean {
  return list.every(isTrue)
}
/** The first of the least. */
export function minOf<T extends Scalar>(list: readonly T[]): T {
  if (list.length === 0) fail('min() arg is an empty sequence')
  return list.reduce((best, item) => (item < best ? item : best))
}
export function maxOf<T extends Scalar>(list: readonly T[]): T {
  if (list.length === 0) fail('max() arg is an empty sequence')
  return list.reduce((best, item) => (item > best ? item : best))
}
/** The lesser of two lists, item by item. */
export function minList<T extends Scalar>(a: T[], b: T[]): T[] {
  return compare(a, b) < 0 ? a : b
}
export function maxList<T extends Scalar>(a: T[], b: T[]): T[] {
  return compare(a, b) > 0 ? a : b
}

/** `list(range(n))` */
export function rangeList(n: bigint): bigint[] {
  return Array.from({ length: Math.max(0, Number(n)) }, (_, i) => BigInt(i))
}
/** The length of `range(from, to, step)`. */
export function rangeLength(from: bigint, to: bigint, step: bigint): bigint {
  if (step === 0n) fail('range() arg 3 must not be zero')
  const length = step > 0n ? (to - from + step - 1n) / step : (from - to - step - 1n) / -step
  return length < 0n ? 0n : length
}
export function isArray(value: unknown): boolean {
  return Array.isArray(value)
}
