// A problem as plain data: for reports, caches and other threads. Of each source text only the lines of the code frame are kept.

import { CONTEXT } from './code-frame.ts'
import type { Problem } from './compile-error.ts'
import { positionAt, userRange, type SourceRange } from './source-range.ts'

/** The same text when it is formatted. */
export function plainProblem(problem: Problem): Problem {
  const { range, calledFrom } = problem
  return {
    ...problem,
    ...(range === undefined ? {} : { range: plainRange(range) }),
    ...(calledFrom === undefined ? {} : { calledFrom: calledFrom.map(plainRange) }),
  }
}

/** The range that the user can act on, in an excerpt of its source. */
function plainRange(range: SourceRange): SourceRange {
  const { source, start, end } = userRange(range)
  const { name, text, firstLine = 1 } = source
  if (text === '') return { source: { name, text, firstLine }, start, end }
  const { line } = positionAt(source, start)
  const from = lineStart(text, line - firstLine - CONTEXT)
  const to = lineStart(text, positionAt(source, end).line - firstLine + CONTEXT + 1)
  return {
    source: { name, text: text.slice(from, to).replace(/\n$/, ''), firstLine: Math.max(firstLine, line - CONTEXT) },
    start: start - from,
    end: end - from,
  }
}

/** Offset at which a line begins, counted from 0; the text's end behind its last line. */
function lineStart(text: string, line: number): number {
  let at = 0
  for (let i = 0; i < line; i++) {
    const next = text.indexOf('\n', at)
    if (next === -1) return text.length
    at = next + 1
  }
  return at
}
