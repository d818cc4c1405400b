// Code frames in torch's own form: two lines of context either side and `~~~~ <--- HERE` under the range.
// Mirrors SourceRange::highlight in torch/csrc/jit/frontend/source_range.cpp.

import { positionAt, type SourceRange } from './source-range.ts'

/** Lines shown on either side of a range. */
export const CONTEXT = 2
const MAX_WIDTH = 160

/**
 * Lines around `range`, with the range underlined. Empty when the source's text is not known.
 * Lines are cut at 160 columns, so that a hostile one-line source cannot flood a terminal.
 */
export function codeFrame(range: SourceRange): string {
  const { text, firstLine = 1 } = range.source
  if (text === '') return ''
  const first = positionAt(range.source, range.start)
  const lines = text.split('\n')
  const index = first.line - firstLine
  const from = Math.max(0, index - CONTEXT)
  const to = Math.min(lines.length - 1, index + CONTEXT)
  const out: string[] = []
  for (let i = from; i <= to; i++) {
    const line = lines[i] ?? ''
    out.push(`    ${line.length > MAX_WIDTH ? `${line.slice(0, MAX_WIDTH)}…` : line}`.trimEnd())
    if (i !== index) continue
    const column = Math.min(first.column, MAX_WIDTH)
    const length = Math.max(1, Math.min(range.end - range.start, line.length - first.column, MAX_WIDTH - column))
    out.push(`    ${' '.repeat(column)}${'~'.repeat(length)} <--- HERE`)
  }
  return out.join('\n')
}
