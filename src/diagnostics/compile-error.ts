// The one error that leaves this project: a list of problems, each with a stable code. All problems of a model travel together.

import { codeFrame } from './code-frame.ts'
import { formatPlace, userRange, type SourceRange } from './source-range.ts'
import type { ProblemCode } from './catalogue.ts'

/** One thing that is wrong with a model, or worth saying about it. */
export interface Problem {
  /** Stable, documented in docs/errors.md. */
  readonly code: ProblemCode
  /** What was found and what was expected, in one calm sentence, without the place and without the fix. */
  readonly message: string
  /** What the reader can do about it. */
  readonly fix?: string
  /** The model file as the user named it; filled in by the caller who knows it. */
  readonly file?: string
  /** Entry of the archive, e.g. `data.pkl`. */
  readonly member?: string
  /** Byte offset in the file or member. */
  readonly offset?: number
  readonly range?: SourceRange
  /** Call chain, innermost first: "'f' was called from here". */
  readonly calledFrom?: readonly SourceRange[]
}

/** `net.pt!data.pkl@120`, or the user's own Python line when it is known. */
function problemPlace(problem: Problem): string {
  const { file = '', member, offset, range } = problem
  const inside = member === undefined ? '' : `!${member}`
  const at = offset === undefined ? '' : `@${offset}`
  const base = `${file}${inside}${at}`
  if (range === undefined) return base
  const place = formatPlace(userRange(range))
  return base === '' ? place : `${base} (${place})`
}

// Names and source texts come from model files: nothing of theirs may steer a terminal. Newlines between lines are ours.
// oxlint-disable-next-line no-control-regex -- these are what it is for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** `PT1234 place: message` + code frame + `Fix: …`. Plain text: the code frame must survive bundlers that keep only `message`. */
export function formatProblem(problem: Problem): string {
  const place = problemPlace(problem)
  const lines = [`${problem.code} ${place === '' ? '' : `${place}: `}${problem.message}`]
  if (problem.range !== undefined) {
    const frame = codeFrame(userRange(problem.range))
    if (frame !== '') lines.push(frame)
  }
  for (const caller of problem.calledFrom ?? []) lines.push(`  called from ${formatPlace(userRange(caller))}`)
  if (problem.fix !== undefined) lines.push(`Fix: ${problem.fix}`)
  return lines.join('\n').replaceAll(CONTROL, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Thrown for anything wrong with the user's model or options. Holds at least one problem. */
export class CompileError extends Error {
  override readonly name = 'CompileError'
  readonly problems: readonly [Problem, ...Problem[]]

  constructor(problems: readonly [Problem, ...Problem[]], options?: ErrorOptions) {
    super(problems.map(formatProblem).join('\n\n'), options)
    this.problems = problems
  }

  get code(): ProblemCode {
    return this.problems[0].code
  }

  /** The same problems, each knowing the file it belongs to. */
  inFile(file: string): CompileError {
    const [first, ...rest] = this.problems.map((problem) => ({ file, ...problem }))
    return new CompileError([first!, ...rest], { cause: this.cause })
  }

  toJSON(): { readonly problems: readonly object[] } {
    return {
      problems: this.problems.map(({ range, calledFrom, ...rest }) => ({
        ...rest,
        ...(range === undefined ? {} : { place: formatPlace(userRange(range)), frame: codeFrame(userRange(range)) }),
        ...(calledFrom === undefined ? {} : { calledFrom: calledFrom.map((r) => formatPlace(userRange(r))) }),
      })),
    }
  }
}

/** Throws a CompileError of one problem. */
export function fail(code: ProblemCode, message: string, detail: Omit<Problem, 'code' | 'message'> = {}): never {
  throw new CompileError([{ code, message, ...detail }])
}
