// What Reshape and Slice can be told of extents with constants: −1 for the one that follows from the others, 0 for one that is copied, and
// the greatest int64 for an end, wherever it is. ONNX spec: Reshape-14, Slice-13.

import { dimProduct, dimsEqual, type Dim, type Dims } from '../../ir/dim.ts'
import { tensorFromElements } from '../../ir/tensor-elements.ts'
import type { Item } from './shape-contents.ts'

/** Of a Slice: to the end, whatever it is. */
export const END = 2 ** 63

export const int64Ends = (column: readonly number[]) =>
  tensorFromElements(
    'int64',
    [column.length],
    column.map((item) => (item >= END ? 2n ** 63n - 1n : BigInt(item))),
  )

export const reaches = (end: Item, extent: Dim): boolean =>
  typeof end !== 'boolean' && ((typeof end === 'number' && end >= Number.MAX_SAFE_INTEGER) || same(end, extent) || greater(end, extent))
const greater = (end: Dim, extent: Dim): boolean => typeof end === 'number' && typeof extent === 'number' && end > extent

export const same = (a: Item, b: Dim): boolean => typeof a !== 'boolean' && dimsEqual(a, b) === true

export function equalDims(a: Dims, b: Dims): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((dim, i) => same(dim, b[i]!))
}

/** What a Reshape from `from` to `to` can be told at build time: 0 for an extent that is copied, −1 for the one that follows from the others. */
export function sizesFor(
  from: Dims,
  to: readonly Item[] | undefined,
): { readonly sizes: readonly number[]; readonly attributes: readonly (readonly [string, number])[] } | undefined {
  if (from === undefined || to === undefined) return undefined
  const open = to.flatMap((item, i) => (typeof item === 'number' && item >= 0 ? [] : [i]))
  const known = to.filter((item): item is number => typeof item === 'number' && item >= 0)
  if (open.length === 0) return { sizes: known, attributes: known.includes(0) ? [['allowzero', 1]] : [] }
  if (known.includes(0)) return undefined
  // −1 of an empty tensor is not known where another extent may be 0, too: only numbers stand beside it.
  if (open.length === 1 && dimProduct(known) !== 0)
    return { sizes: to.map((item, i) => (i === open[0] ? -1 : (item as number))), attributes: [] }
  if (!open.every((i) => i < from.length && same(to[i]!, from[i]!))) return undefined
  return { sizes: to.map((item, i) => (open.includes(i) ? 0 : (item as number))), attributes: [] }
}
