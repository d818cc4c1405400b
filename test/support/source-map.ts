// Source maps read back: every place that one tells, for tests of what bundlers make of ours. Answers to ECMA-426.

export interface SourceMapText {
  readonly sources: readonly string[]
  readonly sourcesContent?: readonly (string | null)[]
  readonly mappings: string
}

/** One place: 1-based lines, 0-based columns. */
export interface Place {
  readonly generated: { readonly line: number; readonly column: number }
  readonly source: string
  readonly line: number
  readonly column: number
  /** The source's line there, without its indentation. */
  readonly text: string
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function numbers(segment: string): number[] {
  const found: number[] = []
  let value = 0
  let shift = 0
  for (const character of segment) {
    const digit = digits.indexOf(character)
    if (digit === -1) throw new Error(`'${character}' is no digit of a source map`)
    value += (digit & 31) * 2 ** shift
    shift += 5
    if (digit & 32) continue
    found.push(value % 2 === 1 ? -Math.floor(value / 2) : value / 2)
    value = 0
    shift = 0
  }
  return found
}

export function places({ sources, sourcesContent, mappings }: SourceMapText): readonly Place[] {
  const found: Place[] = []
  let [source, line, column] = [0, 0, 0]
  const lines = (sourcesContent ?? []).map((text) => (text ?? '').split('\n'))
  for (const [i, text] of mappings.split(';').entries()) {
    let at = 0
    for (const segment of text === '' ? [] : text.split(',')) {
      const [step = 0, ...rest] = numbers(segment)
      at += step
      if (rest.length < 3) continue
      source += rest[0]!
      line += rest[1]!
      column += rest[2]!
      const name = sources[source]
      if (name === undefined) throw new Error(`no source ${source}`)
      found.push({
        generated: { line: i + 1, column: at },
        source: name,
        line: line + 1,
        column,
        text: (lines[source]?.[line] ?? '').trim(),
      })
    }
  }
  return found
}
