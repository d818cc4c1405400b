// A host row: schema string → JavaScript expression, as a template. `$name` stands for an argument of the schema; parentheses come from
// the operators around it. Rows know nothing of order: what may be moved is said by `effect`.

/** `read`: depends on lists, dicts or objects, which change. `throw`: may raise. `write`: changes something, or is seen from outside. */
export type Effect = 'pure' | 'read' | 'throw' | 'write'

export interface HostRow {
  /** The schema exactly as torch prints it. */
  readonly schema: string
  readonly template: string
  readonly effect: Effect
  /** The form where the result is used, when that differs. */
  readonly value?: string
  /** The opposite condition, where it has a form of its own. */
  readonly negated?: string
  /** Arithmetic modulo 2^64: `plain` may leave 64 bits only when its arguments are large, `wrap` soon does. */
  readonly ring?: 'plain' | 'wrap'
}

export const host = (schema: string, template: string, effect: Effect = 'pure', more: Partial<HostRow> = {}): HostRow => ({
  schema,
  template,
  effect,
  ...more,
})

/** JavaScript's precedences, as far as rows need them. */
export const precedence = { any: 1, conditional: 2, or: 3, and: 4, unary: 15, negative: 14, primary: 18 } as const

const operators = new Map([
  ['? ', precedence.conditional],
  ['||', precedence.or],
  ['&&', precedence.and],
  ['|', 5],
  ['^', 6],
  ['&', 7],
  ['===', 8],
  ['!==', 8],
  ['<', 9],
  ['>', 9],
  ['<=', 9],
  ['>=', 9],
  ['in', 9],
  ['instanceof', 9],
  ['<<', 10],
  ['>>', 10],
  ['+', 11],
  ['-', 11],
  ['*', 12],
  ['/', 12],
  ['%', 12],
])

/** A template in pieces: text, or an argument with the precedence that its place asks for. */
export type Piece = string | { readonly argument: string; readonly atLeast: number }

export interface Template {
  readonly pieces: readonly Piece[]
  readonly precedence: number
  /** Functions of the runtime library. */
  readonly imports: readonly string[]
  /** `f($a, $b)` and nothing else: arguments at their defaults may be left out. */
  readonly isCall: boolean
}

const GLOBALS = new Set(['BigInt', 'Number', 'String', 'Math', 'Array', 'Boolean', 'Map', 'Symbol'])

export function compileTemplate(text: string): Template {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(/\$(\w+)/g)) {
    if (match.index > end) pieces.push(text.slice(end, match.index))
    end = match.index + match[0].length
    pieces.push({
      argument: match[1]!,
      atLeast: demanded(text.slice(Math.max(0, match.index - 12), match.index), text.slice(end, end + 12)),
    })
  }
  if (end < text.length) pieces.push(text.slice(end))
  // What is called, and what is handed on to be called.
  const imports = [...text.matchAll(/(?<![.\w$])([A-Za-z]\w*)(?=[(]|, \$)/g)].map(([, name]) => name!).filter((name) => !GLOBALS.has(name))
  return { pieces, precedence: precedenceOf(text), imports, isCall: /^\w+\((?:\$\w+(?:, )?)*\)$/.test(text) }
}

/** What an argument between `before` and `after` must bind at least as tightly as. */
function demanded(before: string, after: string): number {
  if (/^[.[(]/.test(after)) return precedence.primary
  if (/[!~]$|(^|[(\s])-$/.test(before)) return precedence.unary
  const left = / (\S+) $/.exec(before)
  const right = /^ (\S+) /.exec(after)
  const tight = Math.max(left === null ? 0 : (operators.get(left[1]!) ?? 0) + 1, right === null ? 0 : (operators.get(right[1]!) ?? 0))
  return Math.max(tight, precedence.any)
}

/** Of a whole template: that of its loosest operator outside of all brackets. */
function precedenceOf(text: string): number {
  let depth = 0
  let loosest: number = /^[!~-]/.test(text) ? precedence.unary : precedence.primary
  for (const [i, c] of [...text].entries()) {
    if ('([{'.includes(c)) depth++
    else if (')]}'.includes(c)) depth--
    else if (c === ' ' && depth === 0) {
      const operator = /^ (\S+) /.exec(text.slice(i))
      const found = operator === null ? undefined : operator[1] === '?' ? precedence.conditional : operators.get(operator[1]!)
      if (found !== undefined) loosest = Math.min(loosest, found)
    }
  }
  return loosest
}
