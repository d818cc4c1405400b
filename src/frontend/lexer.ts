// Text → tokens: indentation, brackets, numbers, strings, comments. Knows no grammar.
// Answers to torch/csrc/jit/frontend/lexer.h, with Python's own rules where torch's are narrower.

import { fail } from '../diagnostics/compile-error.ts'
import { MAX_INDENTS, MAX_SOURCE, MAX_TOKENS } from './limits.ts'
import { KEYWORDS, type TokenKind, type Tokens } from './token.ts'
import { TreeRange, type ScriptSource } from './tree-range.ts'

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const UNICODE_NAME = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy
const NUMBER = /0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?/y
const STRING_START = /(?:[rR][bBfF]?|[bBfF][rR]?|[uU])?("""|'''|"|')/y
const OPERATOR = /\*\*=|\/\/=|<<=|>>=|\.\.\.|\*\*|\/\/|<<|>>|<=|>=|==|!=|->|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|@=|:=|[-+*/%@&|^~<>()[\]{},:.;=]/y
const TYPE_COMMENT = /#\s*type:\s*(?!ignore\b)/y

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39
const isLetter = (c: number): boolean => (c >= 0x61 && c <= 0x7a) || c === 0x5f || (c >= 0x41 && c <= 0x5a)
/** One or two letters, then a quote. */
function startsString(text: string, start: number): boolean {
  const isQuote = (c: number): boolean => c === 0x22 || c === 0x27
  return isQuote(text.charCodeAt(start + 1)) || (isLetter(text.charCodeAt(start + 1)) && isQuote(text.charCodeAt(start + 2)))
}

/** Tokens of a source, or of its part `[from, to)`. Throws PT2001 for text that is no Python, PT2004 past a limit. */
export function tokenize(source: ScriptSource, from = 0, to: number = source.text.length): Tokens {
  return new Lexer(source, from, to).run()
}

class Lexer {
  readonly #source: ScriptSource
  readonly #text: string
  readonly #kinds: TokenKind[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  readonly #typeComments: { start: number; end: number }[] = []
  readonly #indents: number[] = [0]
  readonly #brackets: { readonly closer: string; readonly offset: number }[] = []
  #offset: number

  constructor(source: ScriptSource, from: number, to: number) {
    this.#source = source
    this.#text = to === source.text.length ? source.text : source.text.slice(0, to)
    this.#offset = from
    if (source.text.length > MAX_SOURCE)
      fail('PT2004', `The source ${source.name} is longer than ${MAX_SOURCE} characters`, { range: new TreeRange(source, 0, 0) })
  }

  run(): Tokens {
    const text = this.#text
    if (this.#offset === 0 && text.charCodeAt(0) === 0xfeff) this.#offset = 1
    while (this.#offset < text.length) {
      if (this.#brackets.length === 0 && this.#atLineStart()) this.#indentation()
      if (this.#offset >= text.length) break
      this.#token()
    }
    const open = this.#brackets.at(-1)
    if (open !== undefined) this.#error(`this bracket is never closed by '${open.closer}'`, open.offset)
    if (this.#kinds.length > 0 && this.#kinds.at(-1) !== 'newline') this.#push('newline', text.length, text.length)
    while (this.#indents.length > 1) {
      this.#indents.pop()
      this.#push('dedent', text.length, text.length)
    }
    this.#push('eof', text.length, text.length)
    return { kinds: this.#kinds, starts: this.#starts, ends: this.#ends, typeComments: this.#typeComments }
  }

  #atLineStart(): boolean {
    const last = this.#kinds.at(-1)
    return last === undefined || last === 'newline'
  }

  /** Measures the next line that is not blank and opens or closes blocks. */
  #indentation(): void {
    const text = this.#text
    let column = 0
    for (;;) {
      const c = text.charCodeAt(this.#offset)
      if (c === 0x20) column++
      else if (c === 0x09) column = (column & ~7) + 8
      else if (c === 0x0c) column = 0
      else if (c === 0x0a || c === 0x0d) column = 0
      else if (c === 0x23) {
        this.#comment()
        column = 0
        continue
      } else break
      this.#offset++
    }
    if (this.#offset >= text.length) return
    const current = this.#indents.at(-1)!
    if (column > current) {
      if (this.#indents.length > MAX_INDENTS) this.#error(`blocks are nested deeper than ${MAX_INDENTS}`, this.#offset, 'PT2003')
      this.#indents.push(column)
      this.#push('indent', this.#offset, this.#offset)
      return
    }
    while (column < this.#indents.at(-1)!) {
      this.#indents.pop()
      this.#push('dedent', this.#offset, this.#offset)
    }
    if (column !== this.#indents.at(-1)) this.#error('the indentation matches no enclosing block', this.#offset)
  }

  #token(): void {
    const text = this.#text
    const start = this.#offset
    const c = text.charCodeAt(start)
    if (c === 0x20 || c === 0x09 || c === 0x0c) {
      this.#offset++
      return
    }
    if (c === 0x0a || c === 0x0d) {
      this.#offset++
      if (this.#brackets.length === 0 && !this.#atLineStart()) this.#push('newline', start, this.#offset)
      return
    }
    if (c === 0x23) return this.#comment()
    if (c === 0x5c) return this.#continuation()
    const isWord = isLetter(c)
    const quote = c === 0x22 || c === 0x27 || (isWord && startsString(text, start)) ? this.#match(STRING_START) : undefined
    if (quote !== undefined) return this.#string(start, quote)
    const name = isWord ? this.#match(NAME) : undefined
    if (name !== undefined && !(text.charCodeAt(this.#offset) > 0x7f))
      return this.#push(KEYWORDS.has(name) ? name : 'name', start, this.#offset)
    this.#offset = start
    if ((c === 0x2e || isDigit(c)) && this.#match(NUMBER) !== undefined) return this.#push('number', start, this.#offset)
    if ((isWord || c > 0x7f) && this.#match(UNICODE_NAME) !== undefined) return this.#push('name', start, this.#offset)
    const operator = this.#match(OPERATOR)
    if (operator === undefined) this.#error(`the character ${JSON.stringify(text[start])} has no meaning here`, start)
    this.#bracket(operator, start)
    this.#push(operator, start, this.#offset)
  }

  #bracket(operator: string, start: number): void {
    if (operator === '(') this.#brackets.push({ closer: ')', offset: start })
    else if (operator === '[') this.#brackets.push({ closer: ']', offset: start })
    else if (operator === '{') this.#brackets.push({ closer: '}', offset: start })
    else if (operator === ')' || operator === ']' || operator === '}') {
      const open = this.#brackets.pop()
      if (open === undefined) this.#error(`'${operator}' closes nothing`, start)
      if (open.closer !== operator) this.#error(`expected '${open.closer}', found '${operator}'`, start)
    }
  }

  #comment(): void {
    const start = this.#offset
    const isType = this.#match(TYPE_COMMENT) !== undefined
    const from = this.#offset
    const end = this.#text.indexOf('\n', start)
    this.#offset = end === -1 ? this.#text.length : end
    if (isType) this.#typeComments.push({ start: from, end: this.#offset })
  }

  #continuation(): void {
    const match = /\\\r?\n/y
    match.lastIndex = this.#offset
    if (!match.test(this.#text)) this.#error('a backslash continues a line only at its very end', this.#offset)
    this.#offset = match.lastIndex
  }

  #string(start: number, opening: string): void {
    const text = this.#text
    const quote = opening.replace(/^[a-zA-Z]+/, '')
    const long = quote.length === 3
    for (let i = this.#offset; i < text.length; i++) {
      const c = text[i]!
      if (c === '\\') i++
      else if (c === '\n' && !long) break
      else if (c === quote[0] && (!long || text.startsWith(quote, i))) {
        this.#offset = i + quote.length
        return this.#push('string', start, this.#offset)
      }
    }
    this.#error('this string is never closed', start)
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset
    const found = pattern.exec(this.#text)
    if (found === null) return undefined
    this.#offset = pattern.lastIndex
    return found[0]
  }

  #push(kind: TokenKind, start: number, end: number): void {
    if (this.#kinds.length >= MAX_TOKENS) this.#error(`the source has more than ${MAX_TOKENS} tokens`, start, 'PT2004')
    this.#kinds.push(kind)
    this.#starts.push(start)
    this.#ends.push(end)
  }

  #error(message: string, offset: number, code: 'PT2001' | 'PT2003' | 'PT2004' = 'PT2001'): never {
    fail(code, `In ${this.#source.name}: ${message}`, { range: new TreeRange(this.#source, offset, offset + 1) })
  }
}
