// Expressions of generated JavaScript: text, how tightly it binds, and what moving it would change.

import { assert } from '../../diagnostics/internal.ts'
import type { SourceRange } from '../../diagnostics/source-range.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Value } from '../../ir/value.ts'
import { printString } from '../literal.ts'
import { precedence, type Effect } from './row.ts'

export interface Expression {
  readonly text: string
  readonly precedence: number
  readonly effect: Effect
  /** Variables in it that are assigned more than once. */
  readonly mentions: ReadonlySet<string>
  /** An int that may have left 64 bits: `int64(…)` is still to be put around it. */
  readonly unwrapped?: boolean
  /** The opposite condition. */
  readonly negated?: string
  /** Where it began. */
  readonly range?: SourceRange | undefined
}

const none: ReadonlySet<string> = new Set()

export const plain = (text: string, level: number = precedence.primary, effect: Effect = 'pure'): Expression => ({
  text,
  precedence: level,
  effect,
  mentions: none,
})

const ranks: readonly Effect[] = ['pure', 'read', 'throw', 'write']
export function strongest(effects: Iterable<Effect>): Effect {
  let rank = 0
  for (const effect of effects) rank = Math.max(rank, ranks.indexOf(effect))
  return ranks[rank]!
}

export function union(sets: Iterable<ReadonlySet<string>>): ReadonlySet<string> {
  let out: Set<string> | undefined
  for (const set of sets)
    if (set.size > 0) {
      out ??= new Set()
      for (const name of set) out.add(name)
    }
  return out ?? none
}

/** With parentheses where a place asks for more than it binds. */
export function inPlace({ text, precedence: own }: Expression, atLeast: number): string {
  return own >= atLeast ? text : `(${text})`
}

export function not(expression: Expression): Expression {
  const { text, negated, ...rest } = expression
  if (text === 'true' || text === 'false') return plain(text === 'true' ? 'false' : 'true')
  if (negated !== undefined) return { ...rest, text: negated, negated: text }
  if (/^![\w$.]+$/.test(text)) return { ...rest, text: text.slice(1), precedence: precedence.primary }
  return { ...rest, text: `!${inPlace(expression, precedence.unary)}`, precedence: precedence.unary, negated: text }
}

/** Whether a constant can be written down: numbers, strings, members of enums, None, lists, tuples and dicts of them. */
export function isLiteral(value: IValue): boolean {
  if (value === null || typeof value !== 'object') return true
  const open: IValue[] = [value]
  for (let v = open.pop(); v !== undefined; v = open.pop()) {
    if (v === null || typeof v !== 'object') continue
    if (v.kind === 'list' || v.kind === 'tuple') open.push(...v.items)
    else if (v.kind === 'dict') open.push(...v.entries.flat())
    else if (v.kind !== 'device' && v.kind !== 'complex' && v.kind !== 'enum') return false
  }
  return true
}

/** Functions of the runtime that the literal of a value calls. */
export function literalImports(value: IValue): readonly string[] {
  const found = new Set<string>()
  const open: IValue[] = [value]
  for (let v = open.pop(); v !== undefined; v = open.pop()) {
    if (v === null || typeof v !== 'object') continue
    if (v.kind === 'list' || v.kind === 'tuple') open.push(...v.items)
    else if (v.kind === 'dict') open.push(...v.entries.flat())
    else if (v.kind === 'complex') found.add('complex')
    else if (v.kind === 'enum') found.add('member')
  }
  return [...found]
}

// Constants nest as deep as the text that they come from, which is bounded.
const MAX_DEPTH = 500

export function literal(value: IValue, depth = 0): Expression {
  assert(depth < MAX_DEPTH, 'a constant is nested too deep')
  const inner = (items: readonly IValue[]): string => items.map((item) => literal(item, depth + 1).text).join(', ')
  if (value === null) return plain('null')
  switch (typeof value) {
    case 'bigint':
      return plain(`${value}n`, value < 0n ? precedence.negative : precedence.primary)
    case 'number':
      return plain(
        Object.is(value, -0) ? '-0' : String(value),
        value < 0 || Object.is(value, -0) ? precedence.negative : precedence.primary,
      )
    case 'boolean':
      return plain(String(value))
    case 'string':
      return plain(quoted(value))
  }
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return plain(`[${inner(value.items)}]`)
    case 'dict':
      return plain(`new Map([${value.entries.map((entry) => `[${inner(entry)}]`).join(', ')}])`)
    case 'device':
      return plain(quoted(value.name))
    case 'complex':
      return plain(`complex(${inner([value.re, value.im])})`)
    case 'enum': {
      const name = value.className.slice(value.className.lastIndexOf('.') + 1)
      return plain(`member(${quoted(name)}, ${quoted(value.name ?? '')}, ${inner([value.value])})`)
    }
  }
  return assert(false, `${value.kind} has no literal`) as never
}

/** In single quotes, as a person writes it, when nothing in it has a meaning. */
export function quoted(text: string): string {
  return /^[ !#-&(-;=?-[\]-~]*$/.test(text) ? `'${text}'` : printString(text)
}

export const isConstantText = (value: Value): boolean => value.node.kind === 'prim::Constant'
