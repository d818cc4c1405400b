// One block while it is written: its statements, and the expressions that wait to be put into their only use. What waits is kept in the order
// in which it is to be evaluated; nothing that could be seen to move is moved.

import type { SourceRange } from '../../diagnostics/source-range.ts'
import type { Block } from '../../ir/block.ts'
import type { Value } from '../../ir/value.ts'
import type { Expression } from './expression.ts'
import type { Statement } from './statement.ts'

// Longer expressions are given a name: for the reader, and for the parser, whose depth is bounded so.
export const MAX_INLINE = 110

export class Frame {
  readonly block: Block
  readonly statements: Statement[] = []
  /** Nothing more of the block is reached. */
  isLeft = false
  readonly #pending = new Map<Value, Expression>()
  /** Those that read, throw or write. */
  readonly #order: Value[] = []
  readonly #name: (value: Value, expression: Expression) => string

  /** @param name declares a value: gives its name */
  constructor(block: Block, name: (value: Value, expression: Expression) => string) {
    this.block = block
    this.#name = name
  }

  pending(value: Value): Expression | undefined {
    return this.#pending.get(value)
  }

  /** Keeps an expression for its only use, in this block. */
  defer(value: Value, expression: Expression): void {
    this.#pending.set(value, expression)
    if (expression.effect !== 'pure') this.#order.push(value)
  }

  /** Takes an expression out, to be put into its use. */
  take(value: Value): Expression | undefined {
    const expression = this.#pending.get(value)
    if (expression === undefined) return undefined
    this.#pending.delete(value)
    if (expression.effect !== 'pure') this.#order.splice(this.#order.lastIndexOf(value), 1)
    return expression
  }

  /** Makes that `inputs` may be put into one expression that evaluates them in this order: they are the last that wait. */
  claim(inputs: readonly Value[]): void {
    const wanted = inputs.filter((value) => (this.#pending.get(value)?.effect ?? 'pure') !== 'pure')
    let i = this.#order.length - 1
    let j = wanted.length - 1
    while (i >= 0 && j >= 0 && this.#order[i] === wanted[j]) {
      i--
      j--
    }
    if (j < 0) return
    const rest = new Set(wanted.slice(0, j + 1))
    this.#flush(this.#order.findLastIndex((value) => rest.has(value)) + 1)
  }

  /** Nothing waits here but, perhaps, this. */
  holdsOnly(value: Value): boolean {
    return this.#order.every((other) => other === value)
  }

  /** Gives names to all that must not move behind the next statement. */
  settle(): void {
    this.#flush(this.#order.length)
  }

  /** Gives names to what uses one of these variables, before they change. */
  settleUsesOf(changes: (name: string) => boolean): void {
    const uses = ({ mentions }: Expression): boolean => mentions.size > 0 && [...mentions].some(changes)
    const last = this.#order.findLastIndex((value) => uses(this.#pending.get(value)!))
    this.#flush(last + 1)
    for (const [value, expression] of this.#pending) if (uses(expression)) this.#declare(value)
  }

  push(text: string, range?: SourceRange, leaves = false): void {
    this.statements.push({ kind: 'line', text, range, leaves })
    if (leaves) this.isLeft = true
  }

  #flush(count: number): void {
    for (const value of this.#order.slice(0, count)) this.#declare(value)
  }

  #declare(value: Value): void {
    const expression = this.take(value)!
    // What nobody uses was kept for what it does.
    if (value.uses.size === 0) return this.push(expression.text, expression.range)
    this.push(`const ${this.#name(value, expression)} = ${wrapped(expression)}`, expression.range)
  }
}

/** The text as a value of its own. */
export function wrapped({ text, unwrapped }: Expression): string {
  return unwrapped === true ? `int64(${text})` : text
}
