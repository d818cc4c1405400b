// Statements, one function each. Answers to emitStatements in torch/csrc/jit/frontend/ir_emitter.cpp.

import { typeText } from '../../ir/print-type.ts'
import { isSubtype, strType, tensorType } from '../../ir/type.ts'
import { unifyTypes } from '../../ops/schema-unify-types.ts'
import type { Delete, Expr, Raise, Return, Stmt, With, Assert } from '../tree.ts'
import { ExceptionClass, ExceptionInstance } from '../values/functions.ts'
import { Method } from '../values/methods.ts'
import { emitAssign } from './assignments.ts'
import { emitAugmentedAssign } from './augmented-assign.ts'
import { emitIf, emitIfElse } from './branches.ts'
import { emitBuiltinCall } from './builtin-calls.ts'
import { emitClosureDefinition } from './closures.ts'
import { asDeclared } from './definitions.ts'
import type { Emitter } from './emitter.ts'
import { emitFor, emitWhile } from './loops.ts'

/** Emits statements in order, up to the first that never ends. */
export function emitStatements(e: Emitter, statements: readonly Stmt[]): void {
  for (const statement of statements) {
    e.statement(statement, () => emitStatement(e, statement))
    if (e.exitBlocks.has(e.environment.block)) return
  }
}

function emitStatement(e: Emitter, statement: Stmt): void {
  e.mark(statement)
  switch (statement.kind) {
    case 'expression':
      e.sugared(statement.value)
      return
    case 'assign':
      return emitAssign(e, statement)
    case 'augmented-assign':
      return emitAugmentedAssign(e, statement)
    case 'if':
      return emitIf(e, statement)
    case 'while':
      return emitWhile(e, statement)
    case 'for':
      return emitFor(e, statement)
    case 'with':
      return emitWith(e, statement)
    case 'return':
      return emitReturn(e, statement)
    case 'raise':
      return emitRaise(e, statement)
    case 'assert':
      return emitAssert(e, statement)
    case 'delete':
      return emitDelete(e, statement)
    case 'def':
      return emitClosureDefinition(e, statement)
    case 'break':
    case 'continue':
      return emitLoopExit(e, statement.kind, statement)
    case 'pass':
      return
    case 'class':
    case 'import':
      return e.fail('PT2032', `'${statement.kind}' cannot stand inside a function`, statement, 'move it to the top of the file')
  }
}

function emitReturn(e: Emitter, statement: Return): void {
  const context = e.definitions.at(-1)!
  const at = statement.value ?? statement
  let value = statement.value === undefined ? e.mark(statement).constant(null) : e.expression(statement.value, context.declared)
  let result = context.declared
  if (result !== undefined) {
    value = asDeclared(e, value, result, at)
    if (!e.subtype(value.type, result))
      e.fail('PT2030', `the result is declared as ${typeText(result)}, but a value of type ${typeText(value.type)} is returned`, at)
  } else {
    const before = context.merged ?? value.type
    result = unifyTypes(before, value.type)
    if (result === undefined)
      e.fail('PT2031', `an earlier return gives ${typeText(before)}, this one ${typeText(value.type)}`, at, 'annotate the result')
  }
  context.merged = result
  if (result.kind === 'Any' && value.type.kind !== 'Any') value = e.uncheckedCast(value, result)
  e.mark(statement).node('prim::ReturnStmt', [value], [])
  e.exitBlocks.add(e.environment.block)
}

function emitLoopExit(e: Emitter, kind: 'break' | 'continue', at: Stmt): void {
  if (e.loopStatus === 'none') e.fail('PT2032', `'${kind}' stands outside of a loop`, at)
  if (e.loopStatus === 'unrolled')
    e.fail('PT2032', `'${kind}' cannot stand in a loop over a module list or tuple, which is unrolled`, at, 'use an if instead')
  e.node(kind === 'break' ? 'prim::BreakStmt' : 'prim::ContinueStmt', [], [])
}

function emitRaise(e: Emitter, { value, start, end }: Raise): void {
  const at = { start, end }
  const raised = e.sugared(value)
  let message
  let className
  if (raised instanceof ExceptionInstance) ({ message, className } = raised)
  else if (raised instanceof ExceptionClass) {
    message = e.mark(at).constant('')
    className = raised.qualifiedName === undefined ? undefined : e.constant(raised.qualifiedName)
  } else return e.fail('PT2032', `an exception is raised, ${raised.kind} is none`, value)
  if (!isSubtype(message.type, strType)) message = emitBuiltinCall(e, 'aten::str', { args: [message] }, at)
  emitBuiltinCall(e, 'prim::RaiseException', { args: [message, className ?? e.constant(null)] }, at)
  e.exitBlocks.add(e.environment.block)
}

/** `assert c, m` is `if c: pass else: raise AssertionError(m)`. */
function emitAssert(e: Emitter, { test, message, start, end }: Assert): void {
  const condition = e.condition(test)
  const callee: Expr = { kind: 'name', name: 'AssertionError', start, end }
  const args: readonly Expr[] = [message ?? { kind: 'string', value: '', start, end }]
  const raise: Stmt = { kind: 'raise', value: { kind: 'call', callee, args, kwargs: [], start, end }, start, end }
  emitIfElse(e, { start, end }, condition, [], [raise])
}

function emitDelete(e: Emitter, { targets, start, end }: Delete): void {
  for (const target of targets) {
    if (target.kind === 'name') {
      if (!e.environment.remove(target.name)) e.fail('PT2020', `there is nothing called '${target.name}' to delete`, target)
    } else if (target.kind === 'subscript') {
      const [index] = target.items
      if (target.items.length !== 1 || index!.kind === 'slice') e.fail('PT2034', 'del takes away one element, no slice', target)
      const container = e.sugared(target.value)
      const position = e.expression(index!)
      const value = container.asValue(target.value)
      if (value.type.kind === 'Class') new Method(e, value, '__delitem__').call({ args: [position], kwargs: [] }, { start, end })
      else emitBuiltinCall(e, 'aten::Delete', { args: [value, position] }, target)
    } else e.fail('PT2034', 'del takes variables and elements of lists and dicts', target)
  }
}

function emitWith(e: Emitter, { items, body }: With): void {
  const entered = []
  for (const { context, target } of items) {
    const value = e.expression(context)
    const cls = e.unit.classOf(value.type)
    const enter = cls?.methods.get('__enter__')
    const exit = cls?.methods.get('__exit__')
    if (enter === undefined || exit === undefined)
      e.fail('PT2030', `'with' takes an object with __enter__ and __exit__, found ${typeText(value.type)}`, context)
    if (enter.schema.args.length !== 1) e.fail('PT2030', '__enter__ takes self and nothing else', context)
    if (exit.schema.args.length !== 4 || exit.schema.args.slice(1).some((arg) => arg.type.kind !== 'Any'))
      e.fail('PT2030', '__exit__ takes self and three arguments of type Any', context)
    const result = e.mark(context).builder.op('prim::Enter', [value], enter.schema.returns[0]!.type)
    entered.push(value)
    if (target !== undefined) {
      if (target.kind !== 'name') e.fail('PT2034', "'as' takes a name", target)
      e.environment.setVariable(target.name, result, target)
    }
  }
  emitStatements(e, body)
  for (const value of entered.reverse()) e.node('prim::Exit', [value], [tensorType])
}
