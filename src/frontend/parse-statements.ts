// Statements: one function each. Answers to parseStmt in torch/csrc/jit/frontend/parser.cpp and torch/jit/frontend.py's StmtBuilder.

import { parseExpression, parseExpressionList, parseTarget, parseTargetList } from './parse-expressions.ts'
import { TokenStream } from './token-stream.ts'
import type { AugmentedOperator, Def, Expr, Import, Param, Stmt } from './tree.ts'

/** A whole module: statements up to the end of the text. */
export function parseModule(p: TokenStream): Stmt[] {
  const out: Stmt[] = []
  while (p.kind !== 'eof') out.push(parseStatement(p))
  return out
}

export function parseStatement(p: TokenStream): Stmt {
  p.enter()
  const parsed = statement(p)
  p.leave()
  return parsed
}

function statement(p: TokenStream): Stmt {
  const { start } = p
  switch (p.kind) {
    case 'if':
      return ifStatement(p)
    case 'while':
      return whileStatement(p)
    case 'for':
      return forStatement(p)
    case 'with':
      return withStatement(p)
    case 'def':
    case '@':
      return decorated(p)
    case 'class':
      return classDefinition(p, [])
    case 'return':
      return returnStatement(p)
    case 'raise':
      return raiseStatement(p)
    case 'assert':
      return assertStatement(p)
    case 'del':
      return deleteStatement(p)
    case 'pass':
    case 'break':
    case 'continue': {
      const kind = p.next() as 'pass' | 'break' | 'continue'
      const end = p.previousEnd
      p.endStatement()
      return { kind, start, end }
    }
    case 'import':
    case 'from':
      return importStatement(p)
    case 'try':
      return p.unsupported('try and except', start)
    case 'global':
    case 'nonlocal':
      return p.unsupported(`'${p.kind}'`, start, 'pass the value as an argument, or keep it as an attribute of the module')
    case 'async':
      return p.unsupported('async functions', start, 'use torch.jit.fork and torch.jit.wait')
    case 'indent':
      return p.error('this line is indented without a reason')
    default:
      return expressionStatement(p)
  }
}

/** The statements behind a colon: an indented block, or the rest of the line. */
function block(p: TokenStream): Stmt[] {
  p.expect(':')
  const out: Stmt[] = []
  if (!p.tryEat('newline')) {
    // `if c: a; b` on one line.
    do out.push(parseStatement(p))
    while (p.afterSemicolon)
    return out
  }
  p.expect('indent')
  while (!p.tryEat('dedent')) {
    if (p.kind === 'eof') p.error('the block has no end')
    out.push(parseStatement(p))
  }
  return out
}

const AUGMENTED = new Set(['+=', '-=', '*=', '/=', '//=', '%=', '@=', '**=', '<<=', '>>=', '&=', '|=', '^='])

/** `x`, `x = …`, `x : T = …`, `x += …`. */
function expressionStatement(p: TokenStream): Stmt {
  const start = p.start
  const first = parseExpressionList(p)
  if (AUGMENTED.has(p.kind)) {
    if (first.kind === 'tuple') p.error('an augmented assignment has one target', start)
    const operator = p.next().slice(0, -1) as AugmentedOperator
    const value = parseExpressionList(p)
    const end = p.previousEnd
    p.endStatement()
    return { kind: 'augmented-assign', target: first, operator, value, start, end }
  }
  let type: Expr | undefined
  if (p.tryEat(':')) type = parseExpression(p)
  const targets: Expr[] = [first]
  while (p.tryEat('=')) targets.push(parseExpressionList(p))
  const end = p.previousEnd
  p.endStatement()
  if (targets.length === 1 && type === undefined) return { kind: 'expression', value: first, start, end }
  const value = targets.length > 1 ? targets.pop() : undefined
  if (type !== undefined && targets.length > 1) p.error('an annotation belongs to one target only', start, end)
  return { kind: 'assign', targets, value, type, start, end }
}

function ifStatement(p: TokenStream): Stmt {
  // `elif` chains nest in the tree, but not in this recursion.
  const branches: { start: number; condition: Expr; body: Stmt[] }[] = []
  do {
    const start = p.start
    p.next()
    const condition = parseExpression(p)
    branches.push({ start, condition, body: block(p) })
    if (branches.length > 1) p.grow(branches.length)
  } while (p.kind === 'elif')
  let otherwise: Stmt[] = p.tryEat('else') ? block(p) : []
  for (const { start, condition, body } of branches.reverse())
    otherwise = [{ kind: 'if', condition, body, otherwise, start, end: p.previousEnd }]
  return otherwise[0]!
}

function whileStatement(p: TokenStream): Stmt {
  const start = p.start
  p.expect('while')
  const condition = parseExpression(p)
  const body = block(p)
  if (p.kind === 'else') p.unsupported("'else' behind a loop", p.start)
  return { kind: 'while', condition, body, start, end: p.previousEnd }
}

function forStatement(p: TokenStream): Stmt {
  const start = p.start
  p.expect('for')
  const target = parseTargetList(p)
  p.expect('in')
  const iterable = parseExpressionList(p)
  const body = block(p)
  if (p.kind === 'else') p.unsupported("'else' behind a loop", p.start)
  return { kind: 'for', target, iterable, body, start, end: p.previousEnd }
}

function withStatement(p: TokenStream): Stmt {
  const start = p.start
  p.expect('with')
  const items: { context: Expr; target: Expr | undefined; start: number; end: number }[] = []
  do {
    const itemStart = p.start
    const context = parseExpression(p)
    const target = p.tryEat('as') ? parseTarget(p) : undefined
    items.push({ context, target, start: itemStart, end: p.previousEnd })
  } while (p.tryEat(','))
  const body = block(p)
  return { kind: 'with', items, body, start, end: p.previousEnd }
}

function returnStatement(p: TokenStream): Stmt {
  const start = p.start
  p.expect('return')
  const value = p.kind === 'newline' ? undefined : parseExpressionList(p)
  const end = p.previousEnd
  p.endStatement()
  return { kind: 'return', value, start, end }
}

function raiseStatement(p: TokenStream): Stmt {
  const start = p.start
  p.expect('raise')
  if (p.kind === 'newline') p.unsupported("a bare 'raise'", start, 'name the exception')
  const value = parseExpression(p)
  if (p.tryEat('from')) parseExpression(p)
  const end = p.previousEnd
  p.endStatement()
  return { kind: 'raise', value, start, end }
}

function assertStatement(p: TokenStream): Stmt {
  const start = p.start
  p.expect('assert')
  const test = parseExpression(p)
  const message = p.tryEat(',') ? parseExpression(p) : undefined
  const end = p.previousEnd
  p.endStatement()
  return { kind: 'assert', test, message, start, end }
}

function deleteStatement(p: TokenStream): Stmt {
  const start = p.start
  p.expect('del')
  const list = parseExpressionList(p)
  const end = p.previousEnd
  p.endStatement()
  return { kind: 'delete', targets: list.kind === 'tuple' ? list.items : [list], start, end }
}

function decorated(p: TokenStream): Stmt {
  const decorators: Expr[] = []
  while (p.tryEat('@')) {
    decorators.push(parseExpression(p))
    p.expect('newline')
  }
  if (p.kind === 'class') return classDefinition(p, decorators)
  if (p.kind === 'async') p.unsupported('async functions', p.start)
  return functionDefinition(p, decorators)
}

function functionDefinition(p: TokenStream, decorators: readonly Expr[]): Def {
  const start = p.start
  p.expect('def')
  const name = p.expect('name')
  const open = p.start
  const params = parameters(p)
  const close = p.previousEnd
  const returns = p.tryEat('->') ? parseExpression(p) : undefined
  const colon = p.start
  const typed = typeCommented(p, params, returns, open, close, colon)
  const body = block(p)
  return { kind: 'def', name, params: typed.params, returns: typed.returns, body, decorators, start, end: p.previousEnd }
}

function parameters(p: TokenStream): Param[] {
  const out: Param[] = []
  const names = new Set<string>()
  let kwargOnly = false
  p.expect('(')
  while (!p.tryEat(')')) {
    const start = p.start
    if (p.kind === '*' && (p.peek() === ',' || p.peek() === ')')) {
      p.next()
      kwargOnly = true
    } else if (p.tryEat('/')) {
      // Positional-only parameters: the marker says nothing that TorchScript needs.
    } else {
      const variadic = p.kind === '*' || p.kind === '**' ? (p.next() as '*' | '**') : undefined
      const name = p.expect('name')
      if (names.has(name)) p.error(`duplicate argument '${name}' in function definition`, start, p.previousEnd)
      names.add(name)
      const type = p.tryEat(':') ? parseExpression(p) : undefined
      const value = p.tryEat('=') ? parseExpression(p) : undefined
      out.push({
        name,
        type,
        default: value,
        kwargOnly,
        start,
        end: p.previousEnd,
        ...(variadic === undefined ? {} : { variadic }),
      })
      if (variadic === '*') kwargOnly = true
    }
    if (p.kind !== ')') p.expect(',')
  }
  return out
}

/** Types from `# type: (int, Tensor) -> Tensor` behind the colon, or from a comment behind each parameter. */
function typeCommented(
  p: TokenStream,
  params: Param[],
  returns: Expr | undefined,
  open: number,
  close: number,
  colon: number,
): { params: Param[]; returns: Expr | undefined } {
  const inside = p.typeComments(open, colon)
  const firstStatement = p.peek() === 'newline' ? firstTokenBehind(p, colon) : colon
  const behind = p.typeComments(colon, firstStatement)[0]
  if (inside.length === 0 && behind === undefined) return { params, returns }
  const parse = (start: number, end: number): TokenStream => new TokenStream(p.source, start, end)
  let types: (Expr | undefined)[] = params.map((param) => {
    const comment = inside.find(
      (c) => c.start >= param.start && !params.some((other) => other.start > param.start && other.start < c.start),
    )
    return comment !== undefined && comment.start < close ? parseExpression(parse(comment.start, comment.end)) : param.type
  })
  let result = returns
  if (behind !== undefined) {
    const inner = parse(behind.start, behind.end)
    const listed: Expr[] = []
    inner.expect('(')
    while (!inner.tryEat(')')) {
      if (inner.kind === '*' || inner.kind === '**') inner.next()
      listed.push(parseExpression(inner))
      if (inner.kind !== ')') inner.expect(',')
    }
    if (inner.tryEat('->')) result = parseExpression(inner)
    const dots = listed.length === 1 && listed[0]!.kind === 'dots'
    // A method's `self` has no type in the comment.
    const skipped = params.length - listed.length
    if (!dots && skipped !== 0 && skipped !== 1)
      p.error(`the type comment has ${listed.length} types for ${params.length} parameters`, behind.start, behind.end)
    if (!dots) types = params.map((param, i) => (i < skipped ? param.type : listed[i - skipped]))
  }
  return { params: params.map((param, i) => ({ ...param, type: types[i] })), returns: result }
}

/** Offset of the first token of an indented body: colon, newline, indent, then it. */
function firstTokenBehind(p: TokenStream, colon: number): number {
  const match = /:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?:#[^\n]*\n[ \t]*)*/y
  match.lastIndex = colon
  return match.test(p.source.text) ? match.lastIndex : p.source.text.length
}

function classDefinition(p: TokenStream, decorators: readonly Expr[]): Stmt {
  const start = p.start
  p.expect('class')
  const name = p.expect('name')
  const bases: Expr[] = []
  if (p.tryEat('(')) {
    while (!p.tryEat(')')) {
      if (p.kind === 'name' && p.peek() === '=') p.unsupported('keyword arguments of classes', p.start)
      bases.push(parseExpression(p))
      if (p.kind !== ')') p.expect(',')
    }
  }
  const body = block(p)
  return { kind: 'class', name, bases, body, decorators, start, end: p.previousEnd }
}

/** `import a.b as c, d`, `from .a import (b as c, d)`. Kept in the tree: what they mean is for whoever resolves names. */
function importStatement(p: TokenStream): Import {
  const start = p.start
  const names: { name: string; as: string | undefined }[] = []
  const dotted = (): string => {
    let name = ''
    while (p.kind === '.' || p.kind === '...') name += p.next()
    if (p.kind === 'name') name += p.next()
    while (p.tryEat('.')) name += `.${p.expect('name')}`
    return name
  }
  let module: string | undefined
  if (p.next() === 'from') {
    module = dotted()
    p.expect('import')
    const bracketed = p.tryEat('(')
    do {
      if (bracketed && p.kind === ')') break
      const name = p.kind === '*' ? p.next() : p.expect('name')
      names.push({ name, as: p.tryEat('as') ? p.expect('name') : undefined })
    } while (p.tryEat(','))
    if (bracketed) p.expect(')')
  } else {
    do {
      const name = dotted()
      names.push({ name, as: p.tryEat('as') ? p.expect('name') : undefined })
    } while (p.tryEat(','))
  }
  const end = p.previousEnd
  p.endStatement()
  return { kind: 'import', module, names, start, end }
}
