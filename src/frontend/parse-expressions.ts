// Expressions: one function a kind; operators by precedence climbing.
// Answers to parseExp and parseBaseExp in torch/csrc/jit/frontend/parser.cpp and to torch/jit/frontend.py's ExprBuilder.

import { splitString, unescape } from './string-literal.ts'
import { TokenStream } from './token-stream.ts'
import type { BinaryOperator, Expr, KeywordArgument } from './tree.ts'

/** One expression; `a if c else b` included, a bare tuple not. */
export function parseExpression(p: TokenStream): Expr {
  const start = p.start
  if (p.kind === 'lambda') p.unsupported('lambda', start, 'write a function with def')
  if (p.kind === 'yield') p.unsupported('generators', start)
  if (p.kind === 'await') p.unsupported('await', start, 'use torch.jit.fork and torch.jit.wait')
  p.enter()
  const value = binary(p, ANY)
  if (p.kind === ':=') p.unsupported("assignment expressions (':=')", p.start, 'assign in a statement of its own')
  if (p.kind !== 'if') {
    p.leave()
    return value
  }
  let tallest = p.height
  p.next()
  const condition = binary(p, ANY)
  tallest = Math.max(tallest, p.height)
  p.expect('else')
  const otherwise = parseExpression(p)
  p.leave()
  p.grow(Math.max(tallest, p.height))
  return { kind: 'conditional', condition, value, otherwise, start, end: p.previousEnd }
}

/** `a, b` as a tuple, or one expression. `*a` is allowed. */
export function parseExpressionList(p: TokenStream): Expr {
  const start = p.start
  const first = starredOrExpression(p)
  if (p.kind !== ',') return first
  const items = [first]
  let tallest = p.height
  while (p.tryEat(',')) {
    if (endsList(p.kind)) break
    items.push(starredOrExpression(p))
    tallest = Math.max(tallest, p.height)
  }
  p.grow(tallest)
  return { kind: 'tuple', items, start, end: p.previousEnd }
}

/** The target of `with … as`: no comma, no comparison. */
export function parseTarget(p: TokenStream): Expr {
  return binary(p, BITWISE)
}

/** Targets of `for` and comprehensions: no comparison, so that `in` ends them. */
export function parseTargetList(p: TokenStream): Expr {
  const start = p.start
  const one = (): Expr => (p.kind === '*' ? starred(p) : binary(p, BITWISE))
  const first = one()
  if (p.kind !== ',') return first
  const items = [first]
  while (p.tryEat(',')) {
    const kind: string = p.kind
    if (kind === 'in' || endsList(kind)) break
    items.push(one())
  }
  return { kind: 'tuple', items, start, end: p.previousEnd }
}

function endsList(kind: string): boolean {
  return kind === 'newline' || kind === ')' || kind === ']' || kind === 'eof' || kind === ':' || kind === ';' || kind.endsWith('=')
}

function starredOrExpression(p: TokenStream): Expr {
  return p.kind === '*' ? starred(p) : parseExpression(p)
}

function starred(p: TokenStream): Expr {
  const start = p.start
  p.expect('*')
  const value = binary(p, BITWISE)
  p.grow(p.height)
  return { kind: 'starred', value, start, end: p.previousEnd }
}

/**
 * How tightly an operator binds; `not` in front stands at 3, unary operators above all of these but `**`. One function climbs all levels:
 * with a function each, nested parentheses would take a tall stack.
 */
const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['and', 2],
  ['<', 4],
  ['>', 4],
  ['<=', 4],
  ['>=', 4],
  ['==', 4],
  ['!=', 4],
  ['in', 4],
  ['is', 4],
  ['|', 5],
  ['^', 6],
  ['&', 7],
  ['<<', 8],
  ['>>', 8],
  ['+', 9],
  ['-', 9],
  ['*', 10],
  ['/', 10],
  ['//', 10],
  ['%', 10],
  ['@', 10],
])
const ANY = 1
const NOT = 3
const COMPARISON = 4
const BITWISE = 5

/** Operators that bind at least as tightly as `least`, all but comparisons from the left. */
function binary(p: TokenStream, least: number): Expr {
  const start = p.start
  let left = p.kind === 'not' && least <= NOT ? not(p) : unary(p)
  for (;;) {
    const precedence = p.kind === 'not' && p.peek() === 'in' ? COMPARISON : PRECEDENCE.get(p.kind)
    if (precedence === undefined || precedence < least) return left
    if (precedence === COMPARISON) {
      left = comparisons(p, left, start)
      continue
    }
    const height = p.height
    const operator = p.next() as BinaryOperator
    const right = binary(p, precedence + 1)
    p.grow(Math.max(height, p.height))
    left = { kind: 'binary', operator, left, right, start, end: p.previousEnd }
  }
}

function not(p: TokenStream): Expr {
  const start = p.start
  p.next()
  p.enter()
  const operand = p.kind === 'not' ? not(p) : binary(p, COMPARISON)
  p.leave()
  p.grow(p.height)
  return { kind: 'unary', operator: 'not', operand, start, end: p.previousEnd }
}

/** `a < b < c` means `a < b and b < c`. */
function comparisons(p: TokenStream, first: Expr, start: number): Expr {
  let left = first
  let leftStart = start
  let chain: Expr | undefined
  for (;;) {
    const height = p.height
    const negated = p.kind === 'not' && p.peek() === 'in'
    if (negated) p.next()
    const operator = comparisonOperator(p)
    if (operator === undefined) return chain ?? left
    const rightStart = p.start
    const right = binary(p, BITWISE)
    p.grow(Math.max(height, p.height))
    let link: Expr = { kind: 'binary', operator, left, right, start: leftStart, end: p.previousEnd }
    if (negated) {
      link = { kind: 'unary', operator: 'not', operand: link, start: leftStart, end: p.previousEnd }
      p.grow(p.height)
    }
    if (chain === undefined) chain = link
    else {
      chain = { kind: 'binary', operator: 'and', left: chain, right: link, start, end: p.previousEnd }
      p.grow(p.height)
    }
    left = right
    leftStart = rightStart
  }
}

function comparisonOperator(p: TokenStream): BinaryOperator | undefined {
  if (PRECEDENCE.get(p.kind) !== COMPARISON) return undefined
  const operator = p.next() as BinaryOperator
  return operator === 'is' && p.tryEat('not') ? 'is not' : operator
}

function unary(p: TokenStream): Expr {
  const start = p.start
  if (p.kind === '+') p.unsupported("unary '+'", start, 'leave it out')
  if (p.kind !== '-' && p.kind !== '~') return power(p)
  const operator = p.next() as '-' | '~'
  p.enter()
  const operand = unary(p)
  p.leave()
  const end = p.previousEnd
  // A minus belongs to the literal, so that -9223372036854775808 is an int64.
  if (operator === '-') {
    if (operand.kind === 'int') return { kind: 'int', value: -operand.value, start, end }
    if (operand.kind === 'float') return { kind: 'float', value: -operand.value, start, end }
    if (operand.kind === 'imaginary') return { kind: 'imaginary', value: -operand.value, start, end }
  }
  p.grow(p.height)
  return { kind: 'unary', operator, operand, start, end }
}

function power(p: TokenStream): Expr {
  const start = p.start
  const left = postfix(p)
  if (p.kind !== '**') return left
  const height = p.height
  p.next()
  p.enter()
  const right = unary(p)
  p.leave()
  p.grow(Math.max(height, p.height))
  return { kind: 'binary', operator: '**', left, right, start, end: p.previousEnd }
}

/** Attributes, calls and subscripts behind an atom. */
function postfix(p: TokenStream): Expr {
  const start = p.start
  let value = atom(p)
  for (;;) {
    const height = p.height
    if (p.tryEat('.')) {
      const name = p.expectName()
      p.grow(height)
      value = { kind: 'select', value, name, start, end: p.previousEnd }
    } else if (p.kind === '(') {
      const { args, kwargs, tallest } = callArguments(p)
      p.grow(Math.max(height, tallest))
      value = { kind: 'call', callee: value, args, kwargs, start, end: p.previousEnd }
    } else if (p.kind === '[') {
      const { items, tallest } = subscriptItems(p)
      p.grow(Math.max(height, tallest))
      value = { kind: 'subscript', value, items, start, end: p.previousEnd }
    } else return value
  }
}

function callArguments(p: TokenStream): { args: Expr[]; kwargs: KeywordArgument[]; tallest: number } {
  const args: Expr[] = []
  const kwargs: KeywordArgument[] = []
  let tallest = 0
  p.expect('(')
  while (!p.tryEat(')')) {
    const start = p.start
    if (p.kind === '**') p.unsupported("'**' in calls", start, 'pass the keyword arguments by name')
    if (p.kind === 'name' && p.peek() === '=') {
      const name = p.next()
      p.next()
      kwargs.push({ name, value: parseExpression(p), start, end: p.previousEnd })
    } else {
      if (kwargs.length > 0) p.error('a positional argument behind keyword arguments')
      args.push(starredOrExpression(p))
      if (p.kind === 'for') p.unsupported('generator expressions', start, 'write a list comprehension')
    }
    tallest = Math.max(tallest, p.height)
    if (p.kind !== ')') p.expect(',')
  }
  return { args, kwargs, tallest }
}

function subscriptItems(p: TokenStream): { items: Expr[]; tallest: number } {
  const items: Expr[] = []
  let tallest = 0
  p.expect('[')
  while (!p.tryEat(']')) {
    items.push(subscriptItem(p))
    tallest = Math.max(tallest, p.height)
    if (p.kind !== ']') p.expect(',')
  }
  if (items.length === 0) p.error('an index is missing')
  return { items, tallest }
}

/** `a`, `a:b`, `:`, `::c`. */
function subscriptItem(p: TokenStream): Expr {
  const start = p.start
  let tallest = 0
  const part = (): Expr | undefined => {
    if (p.kind === ':' || p.kind === ',' || p.kind === ']') return undefined
    const value = parseExpression(p)
    tallest = Math.max(tallest, p.height)
    return value
  }
  const from = p.kind === ':' ? undefined : starredOrExpression(p)
  if (from !== undefined) tallest = p.height
  if (!p.tryEat(':')) return from!
  const to = part()
  const step = p.tryEat(':') ? part() : undefined
  p.grow(tallest)
  return { kind: 'slice', from, to, step, start, end: p.previousEnd }
}

function atom(p: TokenStream): Expr {
  const start = p.start
  p.height = 1
  switch (p.kind) {
    case 'name': {
      const name = p.next()
      return { kind: 'name', name, start, end: p.previousEnd }
    }
    case 'number':
      return number(p)
    case 'string':
      return strings(p)
    case 'True':
    case 'False':
    case 'None':
    case '...': {
      const kind = ({ True: 'true', False: 'false', None: 'none', '...': 'dots' } as const)[p.kind]
      p.next()
      return { kind, start, end: p.previousEnd }
    }
    case '(':
      return parenthesized(p)
    case '[':
      return listDisplay(p)
    case '{':
      return dictDisplay(p)
    case 'lambda':
      return p.unsupported('lambda', start, 'write a function with def')
    default:
      return p.error('expected an expression')
  }
}

function number(p: TokenStream): Expr {
  const start = p.start
  const text = p.next().replaceAll('_', '')
  const end = p.previousEnd
  // Converting digits takes more than linear time: what cannot fit into 64 bits is not converted.
  if (text.length > 70 && !/[.eEjJ]/.test(text)) p.outOfRange(start, end)
  if (/^0[xXbBoO]/.test(text)) return { kind: 'int', value: BigInt(text), start, end }
  if (/[jJ]$/.test(text)) return { kind: 'imaginary', value: Number(text.slice(0, -1)), start, end }
  if (/[.eE]/.test(text)) return { kind: 'float', value: Number(text), start, end }
  return { kind: 'int', value: BigInt(text), start, end }
}

/** One string, or several next to each other. An f-string becomes `"…{}…".format(…)`, as torch has it. */
function strings(p: TokenStream): Expr {
  const start = p.start
  let value = ''
  const formatted: Expr[] = []
  let isFormat = false
  let tallest = 0
  while (p.kind === 'string') {
    const offset = p.start
    const { prefix, body, bodyStart } = splitString(p.next())
    if (prefix.includes('b')) p.unsupported('bytes literals', offset)
    const raw = prefix.includes('r')
    if (!prefix.includes('f')) {
      value += raw ? body : unescape(body)
      continue
    }
    isFormat = true
    for (const part of formatParts(p, body, offset + bodyStart)) {
      if (typeof part === 'string') value += raw ? part : unescape(part)
      else {
        value += '{}'
        formatted.push(part)
        tallest = Math.max(tallest, p.height)
      }
    }
  }
  const end = p.previousEnd
  const literal: Expr = { kind: 'string', value, start, end }
  p.height = 1
  if (!isFormat) return literal
  p.grow(tallest + 1)
  return { kind: 'call', callee: { kind: 'select', value: literal, name: 'format', start, end }, args: formatted, kwargs: [], start, end }
}

/** The literal texts and the replaced expressions of an f-string's body. */
function formatParts(p: TokenStream, body: string, offset: number): (string | Expr)[] {
  const parts: (string | Expr)[] = []
  let text = ''
  for (let i = 0; i < body.length; i++) {
    const c = body[i]!
    if ((c === '{' || c === '}') && body[i + 1] === c) {
      text += c
      i++
    } else if (c === '{') {
      const end = replacementEnd(p, body, i + 1, offset)
      let from = offset + i + 1
      const to = offset + end
      while (p.source.text[from] === ' ') from++
      const inner = new TokenStream(p.source, from, to)
      parts.push(text, parseExpression(inner))
      p.height = inner.height
      if (inner.kind !== 'newline' && inner.kind !== 'eof') inner.error('expected the end of the replaced expression')
      text = ''
      i = end
    } else if (c === '}') p.error("a single '}' in an f-string", offset + i, offset + i + 1)
    else text += c
  }
  parts.push(text)
  return parts
}

function replacementEnd(p: TokenStream, body: string, from: number, offset: number): number {
  let depth = 0
  for (let i = from; i < body.length; i++) {
    const c = body[i]!
    if (c === '(' || c === '[' || c === '{') depth++
    else if (c === ')' || c === ']') depth--
    else if (c === '}') {
      if (depth === 0) return i
      depth--
    } else if (depth === 0 && (c === ':' || (c === '!' && body[i + 1] !== '=')))
      p.unsupported('format specifications in f-strings', offset + i, 'convert the value with str() first')
  }
  return p.error('a replaced expression of an f-string is never closed', offset + from, offset + from + 1)
}

function parenthesized(p: TokenStream): Expr {
  const start = p.start
  p.expect('(')
  if (p.tryEat(')')) return { kind: 'tuple', items: [], start, end: p.previousEnd }
  const inner = parseExpressionList(p)
  if (p.kind === 'for') p.unsupported('generator expressions', start, 'write a list comprehension')
  p.expect(')')
  if (inner.kind === 'starred') p.error('a starred expression needs a comma behind it', start)
  return { ...inner, start, end: p.previousEnd }
}

function listDisplay(p: TokenStream): Expr {
  const start = p.start
  p.expect('[')
  const items: Expr[] = []
  let tallest = 0
  while (!p.tryEat(']')) {
    items.push(starredOrExpression(p))
    tallest = Math.max(tallest, p.height)
    if (p.kind === 'for' && items.length === 1) {
      const { target, iterable } = comprehension(p)
      p.expect(']')
      p.grow(Math.max(tallest, p.height))
      return { kind: 'list-comprehension', element: items[0]!, target, iterable, start, end: p.previousEnd }
    }
    if (p.kind !== ']') p.expect(',')
  }
  p.grow(tallest)
  return { kind: 'list', items, start, end: p.previousEnd }
}

function comprehension(p: TokenStream): { target: Expr; iterable: Expr } {
  p.expect('for')
  const target = parseTargetList(p)
  p.expect('in')
  const iterable = binary(p, ANY)
  if (p.kind === 'if') p.unsupported("'if' in comprehensions", p.start, 'write a for loop')
  if (p.kind === 'for') p.unsupported('comprehensions with several for', p.start, 'nest the comprehensions or write for loops')
  return { target, iterable }
}

function dictDisplay(p: TokenStream): Expr {
  const start = p.start
  p.expect('{')
  const keys: Expr[] = []
  const values: Expr[] = []
  let tallest = 0
  while (!p.tryEat('}')) {
    if (p.kind === '**') p.unsupported("'**' in dict literals", p.start)
    keys.push(parseExpression(p))
    tallest = Math.max(tallest, p.height)
    if (p.kind === ',' || p.kind === '}' || p.kind === 'for') p.unsupported('sets', start, 'use a list or a dict')
    p.expect(':')
    values.push(parseExpression(p))
    tallest = Math.max(tallest, p.height)
    if (p.kind === 'for' && keys.length === 1) {
      const { target, iterable } = comprehension(p)
      p.expect('}')
      p.grow(Math.max(tallest, p.height))
      return { kind: 'dict-comprehension', key: keys[0]!, value: values[0]!, target, iterable, start, end: p.previousEnd }
    }
    if (p.kind !== '}') p.expect(',')
  }
  p.grow(tallest)
  return { kind: 'dict', keys, values, start, end: p.previousEnd }
}
