// Lines of sources that an exploration refers to, each once. Finding the line of an offset takes a table per source: there are as many lines to find as
// nodes in all stages.

import { userRange, type Source, type SourceRange } from '../../diagnostics/source-range.ts'
import type { Place } from './types.ts'

export class Places {
  readonly #places: Place[] = []
  readonly #indices = new Map<string, number>()
  readonly #ranges = new WeakMap<SourceRange, number>()
  readonly #lineStarts = new WeakMap<Source, readonly number[]>()

  get all(): readonly Place[] {
    return this.#places
  }

  /** The index of the line that the user can act on; −1 for none. */
  indexOf(range: SourceRange | undefined): number {
    if (range === undefined) return -1
    let index = this.#ranges.get(range)
    if (index === undefined) this.#ranges.set(range, (index = this.#find(userRange(range))))
    return index
  }

  #find({ source, start }: SourceRange): number {
    const starts = this.#startsOf(source)
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (starts[middle]! <= start) low = middle
      else high = middle
    }
    const place: Place = { source: source.name, line: (source.firstLine ?? 1) + low, column: start - starts[low]! }
    const key = `${place.line}:${place.column}:${place.source}`
    let index = this.#indices.get(key)
    if (index === undefined) {
      this.#indices.set(key, (index = this.#places.length))
      this.#places.push(place)
    }
    return index
  }

  #startsOf(source: Source): readonly number[] {
    let starts = this.#lineStarts.get(source)
    if (starts === undefined) {
      const found = [0]
      for (let i = source.text.indexOf('\n'); i !== -1; i = source.text.indexOf('\n', i + 1)) found.push(i + 1)
      this.#lineStarts.set(source, (starts = found))
    }
    return starts
  }
}
