// What changed from one text to the next, by lines: kept stretches in order, new lines between. Patience diff: lines that each text has once are the
// anchors, and stretches grow from them. In printed graphs nearly every line is such a line, so it takes n log n.

import type { KeptLines } from './types.ts'

/** A stretch of the new text: kept from the old one, or its own lines `from` to `to`. */
export type Stretch = (KeptLines & { readonly kind: 'kept' }) | { readonly kind: 'new'; readonly from: number; readonly to: number }

export function lineDiff(before: readonly string[], after: readonly string[]): Stretch[] {
  const matches = matchedLines(before, after)
  const stretches: Stretch[] = []
  let at = 0
  while (at < after.length) {
    const from = matches[at]!
    let end = at + 1
    if (from === -1) {
      while (end < after.length && matches[end] === -1) end++
      stretches.push({ kind: 'new', from: at, to: end })
    } else {
      while (end < after.length && matches[end] === from + end - at) end++
      stretches.push({ kind: 'kept', from, to: from + end - at })
    }
    at = end
  }
  return stretches
}

/** For each new line the old one that it is, −1 for none; ascending. */
function matchedLines(before: readonly string[], after: readonly string[]): Int32Array {
  const matches = new Int32Array(after.length).fill(-1)
  for (const [old, now] of ascending(anchors(before, after))) matches[now] = old
  // Between the anchors stretches grow forward, as far as the next anchor leaves room, then backward.
  const ends = new Int32Array(after.length)
  for (let now = after.length - 1, end = before.length; now >= 0; now--) {
    ends[now] = end
    if (matches[now] !== -1) end = matches[now]!
  }
  for (let now = 0, next = 0; now < after.length; now++) {
    if (matches[now] === -1 && next < ends[now]! && before[next] === after[now]) matches[now] = next
    if (matches[now] !== -1) next = matches[now]! + 1
  }
  const starts = new Int32Array(after.length)
  for (let now = 0, start = -1; now < after.length; now++) {
    starts[now] = start
    if (matches[now] !== -1) start = matches[now]!
  }
  for (let now = after.length - 1, last = before.length - 1; now >= 0; now--) {
    if (matches[now] === -1 && last > starts[now]! && before[last] === after[now]) matches[now] = last
    if (matches[now] !== -1) last = matches[now]! - 1
  }
  return matches
}

/** Pairs of lines that each text has exactly once, in the order of the new text. */
function anchors(before: readonly string[], after: readonly string[]): [old: number, now: number][] {
  const old = onceEach(before)
  const pairs: [number, number][] = []
  for (const [line, now] of onceEach(after)) {
    const at = old.get(line)
    if (at !== undefined && at !== -1 && now !== -1) pairs.push([at, now])
  }
  return pairs
}

/** Line → its place; −1 when there are several. In the order of first appearance. */
function onceEach(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  for (const [i, line] of lines.entries()) places.set(line, places.has(line) ? -1 : i)
  return places
}

/** The longest run of pairs whose old lines ascend, too. */
function ascending(pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  // Of the runs of each length, the one that ends lowest.
  const ends: number[] = []
  const previous = new Int32Array(pairs.length).fill(-1)
  for (const [i, [old]] of pairs.entries()) {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (pairs[ends[middle]!]![0] < old) low = middle + 1
      else high = middle
    }
    if (low > 0) previous[i] = ends[low - 1]!
    ends[low] = i
  }
  const run: (readonly [number, number])[] = []
  for (let i = ends.at(-1) ?? -1; i !== -1; i = previous[i]!) run.push(pairs[i]!)
  return run.reverse()
}
