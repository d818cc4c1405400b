// Expressions, by kind. Answers to emitSugaredExpr and emitSimpleExpr in torch/csrc/jit/frontend/ir_emitter.cpp.

import { noneType, strType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { unpackTuple } from '../../ops/schema-conversion.ts'
import { foldConstants } from '../cleanup/fold-constants.ts'
import type { Binary, BinaryOperator, Expr, Unary } from '../tree.ts'
import { BuiltinFunction, MagicFunction } from '../values/functions.ts'
import { SimpleValue } from '../values/simple-value.ts'
import type { SugaredValue } from '../values/sugared-value.ts'
import { emitConditional } from './branches.ts'
import { emitBuiltinCall } from './builtin-calls.ts'
import { emitCall } from './calls.ts'
import { emitDictComprehension, emitListComprehension } from './comprehensions.ts'
import type { Emitter } from './emitter.ts'
import { emitDictLiteral, emitListLiteral } from './literals.ts'
import { emitSubscript } from './subscripts.ts'

/** An expression as a first-class value. `hint` is the type that is wanted, for literals that could be several. */
export function emitExpression(e: Emitter, expr: Expr, hint?: Type): Value {
  const value = emitSugared(e, expr, hint).asValue(expr)
  // Any is the one type that values are cast to where it is declared.
  return hint?.kind === 'Any' && value.type.kind !== 'Any' ? e.mark(expr).uncheckedCast(value, hint) : value
}

/** An expression as whatever it stands for. */
export function emitSugared(e: Emitter, expr: Expr, hint?: Type): SugaredValue {
  return e.nested(expr, () => sugared(e, expr, hint))
}

function sugared(e: Emitter, expr: Expr, hint: Type | undefined): SugaredValue {
  switch (expr.kind) {
    case 'name':
      return e.environment.lookUp(expr.name, expr)
    case 'select':
      return emitSugared(e, expr.value).attr(expr.name, expr)
    case 'call':
      return emitCall(e, expr, hint)
    case 'subscript':
      return emitSubscript(e, expr, hint)
    default:
      return new SimpleValue(e, simple(e, expr, hint))
  }
}

function simple(e: Emitter, expr: Expr, hint: Type | undefined): Value {
  switch (expr.kind) {
    case 'int':
      return e.int(expr.value, expr)
    case 'float':
      return e.float(expr.value, expr)
    case 'imaginary':
      return e.imaginary(expr.value, expr)
    case 'string':
      return e.mark(expr).constant(expr.value, strType)
    case 'true':
    case 'false':
      return e.mark(expr).constant(expr.kind === 'true')
    case 'none':
      return e.mark(expr).constant(null, noneType)
    case 'tuple':
      return e.mark(expr).builder.tuple(emitItems(e, expr.items))
    case 'list':
      return emitListLiteral(e, expr, hint)
    case 'dict':
      return emitDictLiteral(e, expr, hint)
    case 'list-comprehension':
      return emitListComprehension(e, expr, hint)
    case 'dict-comprehension':
      return emitDictComprehension(e, expr, hint)
    case 'conditional':
      return emitConditional(e, expr, hint)
    case 'unary':
      return emitUnary(e, expr)
    case 'binary':
      return emitBinary(e, expr)
    case 'starred':
      return e.fail('PT2002', 'a starred expression cannot stand here', expr)
    case 'dots':
    case 'slice':
      return e.fail('PT2002', 'this belongs into an index', expr)
    default:
      return e.fail('PT2002', 'this is no value', expr)
  }
}

/** Values of a list of expressions; `*t` gives the elements of a tuple. */
export function emitItems(e: Emitter, items: readonly Expr[]): Value[] {
  const out: Value[] = []
  for (const item of items) {
    if (item.kind === 'starred') for (const part of emitSugared(e, item.value).asTuple(undefined, item)) out.push(part.asValue(item))
    else out.push(emitExpression(e, item))
  }
  return out
}

const BINARY = new Map<BinaryOperator, readonly [operator: string, magic: string]>([
  ['+', ['aten::add', '__add__']],
  ['-', ['aten::sub', '__sub__']],
  ['*', ['aten::mul', '__mul__']],
  ['**', ['aten::pow', '__pow__']],
  ['/', ['aten::div', '__truediv__']],
  ['%', ['aten::remainder', '__mod__']],
  ['!=', ['aten::ne', '__ne__']],
  ['==', ['aten::eq', '__eq__']],
  ['<', ['aten::lt', '__lt__']],
  ['>', ['aten::gt', '__gt__']],
  ['<=', ['aten::le', '__le__']],
  ['>=', ['aten::ge', '__ge__']],
  ['&', ['aten::__and__', '__and__']],
  ['|', ['aten::__or__', '__or__']],
  ['^', ['aten::__xor__', '__xor__']],
  ['in', ['aten::__contains__', '__contains__']],
  ['<<', ['aten::__lshift__', '__lshift__']],
  ['>>', ['aten::__rshift__', '__rshift__']],
])

function emitBinary(e: Emitter, expr: Binary): Value {
  const { operator } = expr
  switch (operator) {
    case 'and':
    case 'or':
    case 'is':
    case 'is not':
      return e.condition(expr).value
    case '//':
    case '@': {
      const args = [emitExpression(e, expr.left), emitExpression(e, expr.right)]
      return emitBuiltinCall(e, operator === '@' ? 'aten::matmul' : 'aten::floordiv', { args }, expr)
    }
  }
  const left = emitExpression(e, expr.left)
  const right = emitExpression(e, expr.right)
  if (operator === '%' && left.type.kind === 'str') return e.mark(expr).builder.op('aten::percentFormat', [left, right], strType)
  if (operator === '+' && left.type.kind === 'Tuple' && right.type.kind === 'Tuple') {
    e.mark(expr)
    return e.builder.tuple([...unpackTuple(left, e.builder), ...unpackTuple(right, e.builder)])
  }
  const [name, magic] = BINARY.get(operator)!
  const args = operator === 'in' ? [right, left] : [left, right]
  return new MagicFunction(e, magic, new BuiltinFunction(e, name)).call({ args, kwargs: [] }, expr).asValue(expr)
}

function emitUnary(e: Emitter, expr: Unary): Value {
  if (expr.operator === 'not') return e.condition(expr).value
  const [name, magic] = expr.operator === '-' ? ['aten::neg', '__neg__'] : ['aten::bitwise_not', '__invert__']
  const args = [emitExpression(e, expr.operand)]
  const value = new MagicFunction(e, magic!, new BuiltinFunction(e, name!)).call({ args, kwargs: [] }, expr).asValue(expr)
  if (value.node.kind !== name) return value
  // `-(1)` is a literal, so that attributes and sizes may be written so.
  const folded = foldConstants(value)
  return folded === undefined ? value : e.mark(expr).constant(folded, value.type)
}
