// A source map from generated JavaScript to the model's own Python lines, so that a debugger steps through those.
// Answers to the ECMA-426 format, version 3.

import { positionAt, userRange, type Source } from '../../diagnostics/source-range.ts'
import type { Mapping } from './statement.ts'

export interface SourceMap {
  readonly version: 3
  readonly sources: readonly string[]
  /** null where the archive holds the place but not the text. */
  readonly sourcesContent: readonly (string | null)[]
  readonly names: readonly string[]
  readonly mappings: string
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 VLQ: five bits a digit, the lowest first, the sign in the lowest bit. */
function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1
  let text = ''
  do {
    const digit = rest & 31
    rest >>>= 5
    text += digits[rest > 0 ? digit | 32 : digit]!
  } while (rest > 0)
  return text
}

// A file's line numbers are not to be trusted: beyond this its text is left out.
const MAX_LINES = 100_000

/** The texts of a file that are known, each in its place: an excerpt stands where it stood. */
class KnownFile {
  readonly index: number
  readonly #lines: string[] = []
  readonly #seen = new Set<Source>()

  constructor(index: number) {
    this.index = index
  }
  add(source: Source): void {
    if (this.#seen.has(source)) return
    this.#seen.add(source)
    const first = (source.firstLine ?? 1) - 1
    const lines = source.text.split('\n')
    if (source.text === '' || first < 0 || first + lines.length > MAX_LINES) return
    while (this.#lines.length < first) this.#lines.push('')
    for (const [i, line] of lines.entries()) if ((this.#lines[first + i] ?? '') === '') this.#lines[first + i] = line
  }
  get text(): string | null {
    return this.#lines.length === 0 ? null : this.#lines.join('\n')
  }
}

/** @param firstLine lines that the generated text stands below, in the file that it goes into */
export function toSourceMap(mappings: readonly Mapping[], firstLine = 0): SourceMap {
  const sources = new Map<string, KnownFile>()
  // Each number is told as the difference to the one before.
  const last = { column: 0, source: 0, line: 0, place: 0 }
  let text = ';'.repeat(firstLine)
  let at = 1
  for (const { line, column, range } of [...mappings].sort((a, b) => a.line - b.line || a.column - b.column)) {
    const { source, start } = userRange(range)
    let known = sources.get(source.name)
    if (known === undefined) sources.set(source.name, (known = new KnownFile(sources.size)))
    known.add(source)
    const place = positionAt(source, start)
    if (line > at) {
      text += ';'.repeat(line - at)
      at = line
      last.column = 0
    } else if (text !== '' && !text.endsWith(';')) text += ','
    text += vlq(column - last.column) + vlq(known.index - last.source) + vlq(place.line - 1 - last.line) + vlq(place.column - last.place)
    Object.assign(last, { column, source: known.index, line: place.line - 1, place: place.column })
  }
  return {
    version: 3,
    sources: [...sources.keys()],
    sourcesContent: Array.from(sources.values(), (known) => known.text),
    names: [],
    mappings: text,
  }
}
