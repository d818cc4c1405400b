// Tokens of the Python subset: kinds are their own text for operators and keywords, a word for the rest.
// Answers to torch/csrc/jit/frontend/lexer.h.

/** `name`, `number`, `string`, `newline`, `indent`, `dedent`, `eof`; else the text of an operator or keyword itself. */
export type TokenKind = string

/** Parallel arrays: one entry a token. */
export interface Tokens {
  readonly kinds: readonly TokenKind[]
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** `# type: …` comments, in order. */
  readonly typeComments: readonly { readonly start: number; readonly end: number }[]
}

export const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
)

/** How a token is named in a message. */
export function tokenName(kind: TokenKind): string {
  switch (kind) {
    case 'name':
      return 'a name'
    case 'number':
      return 'a number'
    case 'string':
      return 'a string'
    case 'newline':
      return 'the end of the line'
    case 'indent':
      return 'an indented block'
    case 'dedent':
      return 'the end of the block'
    case 'eof':
      return 'the end of the file'
    default:
      return `'${kind}'`
  }
}
