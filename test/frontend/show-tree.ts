// Syntax trees as short text: every operation in parentheses, so that tests can see how a source was understood.

import type { Expr, Stmt } from '../../src/frontend/tree.ts'

const list = (items: readonly Expr[]): string => items.map(show).join(' ')

export function show(expr: Expr): string {
  switch (expr.kind) {
    case 'name':
      return expr.name
    case 'int':
      return String(expr.value)
    case 'float':
      return Number.isInteger(expr.value) ? `${expr.value}.` : String(expr.value)
    case 'imaginary':
      return `${expr.value}j`
    case 'string':
      return JSON.stringify(expr.value)
    case 'true':
    case 'false':
    case 'none':
      return expr.kind
    case 'dots':
      return '...'
    case 'select':
      return `${show(expr.value)}.${expr.name}`
    case 'call':
      return `(call ${[show(expr.callee), ...expr.args.map(show), ...expr.kwargs.map(({ name, value }) => `${name}=${show(value)}`)].join(' ')})`
    case 'subscript':
      return `(at ${show(expr.value)} ${list(expr.items)})`
    case 'slice':
      return `(slice ${[expr.from, expr.to, expr.step].map((part) => (part === undefined ? '_' : show(part))).join(' ')})`
    case 'tuple':
      return `(tuple${expr.items.map((item) => ` ${show(item)}`).join('')})`
    case 'list':
      return `[${list(expr.items)}]`
    case 'dict':
      return `{${expr.keys.map((key, i) => `${show(key)}: ${show(expr.values[i]!)}`).join(', ')}}`
    case 'list-comprehension':
      return `[${show(expr.element)} for ${show(expr.target)} in ${show(expr.iterable)}]`
    case 'dict-comprehension':
      return `{${show(expr.key)}: ${show(expr.value)} for ${show(expr.target)} in ${show(expr.iterable)}}`
    case 'binary':
      return `(${expr.operator} ${show(expr.left)} ${show(expr.right)})`
    case 'unary':
      return `(${expr.operator} ${show(expr.operand)})`
    case 'conditional':
      return `(if ${show(expr.condition)} ${show(expr.value)} ${show(expr.otherwise)})`
    case 'starred':
      return `*${show(expr.value)}`
  }
}

const optional = (expr: Expr | undefined): string => (expr === undefined ? '_' : show(expr))
const block = (body: readonly Stmt[]): string => `{${body.map(showStatement).join('; ')}}`

export function showStatement(statement: Stmt): string {
  switch (statement.kind) {
    case 'expression':
      return show(statement.value)
    case 'assign':
      return `${statement.targets.map(show).join(' = ')}${statement.type === undefined ? '' : `: ${show(statement.type)}`} = ${optional(statement.value)}`
    case 'augmented-assign':
      return `${show(statement.target)} ${statement.operator}= ${show(statement.value)}`
    case 'if':
      return `if ${show(statement.condition)} ${block(statement.body)} ${block(statement.otherwise)}`
    case 'while':
      return `while ${show(statement.condition)} ${block(statement.body)}`
    case 'for':
      return `for ${show(statement.target)} in ${show(statement.iterable)} ${block(statement.body)}`
    case 'with':
      return `with ${statement.items.map(({ context, target }) => `${show(context)} as ${optional(target)}`).join(', ')} ${block(statement.body)}`
    case 'return':
      return `return ${optional(statement.value)}`
    case 'raise':
      return `raise ${show(statement.value)}`
    case 'assert':
      return `assert ${show(statement.test)}, ${optional(statement.message)}`
    case 'delete':
      return `del ${statement.targets.map(show).join(', ')}`
    case 'def': {
      const params = statement.params.map(
        (param) =>
          `${param.kwargOnly ? '*:' : ''}${param.variadic ?? ''}${param.name}: ${optional(param.type)}${param.default === undefined ? '' : ` = ${show(param.default)}`}`,
      )
      return `${statement.decorators.map((decorator) => `@${show(decorator)} `).join('')}def ${statement.name}(${params.join(', ')}) -> ${optional(statement.returns)} ${block(statement.body)}`
    }
    case 'class':
      return `class ${statement.name}(${statement.bases.map(show).join(', ')}) ${block(statement.body)}`
    case 'import':
      return `import ${statement.module ?? '_'} ${statement.names.map(({ name, as }) => `${name} as ${as ?? name}`).join(', ')}`
    default:
      return statement.kind
  }
}
