// Places in source text: which text, and a half-open range of UTF-16 offsets in it.
// Mirrors torch/csrc/jit/frontend/source_range.h. A range may know the range it was generated from: the archive's
// `.debug_pkl` maps serialized TorchScript back to the user's own Python file.

/** A text with a name, e.g. `code/__torch__/net.py` of an archive, or the user's `net.py`. */
export interface Source {
  readonly name: string
  /** The text. Empty when only the place is known. */
  readonly text: string
  /** 1-based line number of the text's first line, when the text is an excerpt of a longer file. */
  readonly firstLine?: number
}

/** Half-open range `[start, end)` of offsets into `source.text`. */
export interface SourceRange {
  readonly source: Source
  readonly start: number
  readonly end: number
  /** The user's own Python range that this text was generated from, innermost first, when the archive knows it. */
  readonly generatedFrom?: SourceRange
}

export interface Position {
  /** 1-based. */
  readonly line: number
  /** 0-based, in UTF-16 units. */
  readonly column: number
}

/** Line and column of an offset. Linear in the offset; for reports, not for hot paths. */
export function positionAt(source: Source, offset: number): Position {
  let line = source.firstLine ?? 1
  let lineStart = 0
  for (let i = source.text.indexOf('\n'); i !== -1 && i < offset; i = source.text.indexOf('\n', i + 1)) {
    line++
    lineStart = i + 1
  }
  return { line, column: offset - lineStart }
}

/** The range a user can act on: their own Python line where it is known, else the range itself. */
export function userRange(range: SourceRange): SourceRange {
  return range.generatedFrom ?? range
}

/** Code of torch's own library, as an archive holds it. */
export function isTorchCode(range: SourceRange | undefined): boolean {
  return range !== undefined && /\b__torch__\/torch\//.test(range.source.name)
}

/** `file:line:column`, as torch prints after `#` in a graph. */
export function formatPlace(range: SourceRange): string {
  const { line, column } = positionAt(range.source, range.start)
  return `${range.source.name}:${line}:${column}`
}
