// A cursor over the tokens of one source: what every parse function is written with.

import { fail } from '../diagnostics/compile-error.ts'
import { tokenize } from './lexer.ts'
import { MAX_DEPTH } from './limits.ts'
import { tokenName, type TokenKind, type Tokens } from './token.ts'
import { TreeRange, type ScriptSource } from './tree-range.ts'

export class TokenStream {
  readonly source: ScriptSource
  readonly #tokens: Tokens
  #index = 0
  #depth = 0
  /** Height of the expression that was parsed last: how deep whoever walks it recurses. */
  height = 0
  /** True when another statement follows the last one on its line. */
  afterSemicolon = false

  constructor(source: ScriptSource, from?: number, to?: number) {
    this.source = source
    this.#tokens = tokenize(source, from, to)
  }

  get kind(): TokenKind {
    return this.#tokens.kinds[this.#index]!
  }
  get start(): number {
    return this.#tokens.starts[this.#index]!
  }
  /** Where the token before the current one ends. */
  get previousEnd(): number {
    return this.#index === 0 ? 0 : this.#tokens.ends[this.#index - 1]!
  }
  get text(): string {
    return this.source.text.slice(this.start, this.#tokens.ends[this.#index])
  }
  peek(ahead = 1): TokenKind {
    return this.#tokens.kinds[this.#index + ahead] ?? 'eof'
  }

  /** Consumes the current token and gives its text. */
  next(): string {
    const text = this.text
    if (this.kind !== 'eof') this.#index++
    return text
  }
  tryEat(kind: TokenKind): boolean {
    if (this.kind !== kind) return false
    this.#index++
    return true
  }
  expect(kind: TokenKind): string {
    if (this.kind !== kind) this.error(`expected ${tokenName(kind)}, found ${tokenName(this.kind)}`)
    return this.next()
  }
  /** An attribute may be called like a keyword: TorchScript's own lexer knows fewer of them. */
  expectName(): string {
    if (this.kind !== 'name' && !/^[a-z]+$/i.test(this.kind)) this.expect('name')
    if (['number', 'string', 'newline', 'indent', 'dedent', 'eof'].includes(this.kind)) this.expect('name')
    return this.next()
  }

  /** Ends a simple statement: with the line, or with a semicolon. */
  endStatement(): void {
    this.afterSemicolon = this.tryEat(';') && !this.tryEat('newline')
    if (!this.afterSemicolon && this.#tokens.kinds[this.#index - 1] !== 'newline') this.expect('newline')
  }

  /** Type comments that lie in `[start, end)`. */
  typeComments(start: number, end: number): readonly { readonly start: number; readonly end: number }[] {
    const all = this.#tokens.typeComments
    let low = 0
    for (let high = all.length; low < high;) {
      const middle = (low + high) >> 1
      if (all[middle]!.start < start) low = middle + 1
      else high = middle
    }
    let last = low
    while (last < all.length && all[last]!.end <= end) last++
    return all.slice(low, last)
  }

  /** Guards a recursion of the parser, together with `leave`. */
  enter(): void {
    if (++this.#depth > MAX_DEPTH) this.tooDeep()
  }
  leave(): void {
    this.#depth--
  }
  /** Records the height of a node over the given one, of its deepest child. */
  grow(child: number): void {
    this.height = child + 1
    if (this.height > MAX_DEPTH) this.tooDeep()
  }

  tooDeep(): never {
    fail('PT2003', `Expressions and blocks are nested deeper than ${MAX_DEPTH}`, {
      range: this.range(this.start, this.start + 1),
      fix: 'split the expression into several statements',
    })
  }
  range(start: number, end: number): TreeRange {
    return new TreeRange(this.source, start, end)
  }
  outOfRange(start: number, end: number): never {
    fail('PT2035', 'This integer does not fit into 64 bits', { range: this.range(start, end) })
  }
  error(message: string, start: number = this.start, end: number = Math.max(start + 1, this.#tokens.ends[this.#index]!)): never {
    fail('PT2002', `This is not Python that TorchScript knows: ${message}`, { range: this.range(start, end) })
  }
  /** Valid Python that TorchScript does not have. */
  unsupported(what: string, start: number = this.start, fix?: string): never {
    const end = Math.max(start + 1, this.#tokens.ends[this.#index]!)
    fail('PT2005', `TorchScript has no ${what}`, { range: this.range(start, end), ...(fix === undefined ? {} : { fix }) })
  }
}
