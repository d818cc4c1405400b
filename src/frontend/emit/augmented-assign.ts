// `x += y` on variables, attributes and subscripts: in place for tensors and lists.
// Answers to emitAugAssignment in torch/csrc/jit/frontend/ir_emitter.cpp.

import { typeText } from '../../ir/print-type.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { AugmentedAssign, AugmentedOperator, Subscript } from '../tree.ts'
import { Method } from '../values/methods.ts'
import { emitBuiltinCall } from './builtin-calls.ts'
import type { Emitter } from './emitter.ts'
import { emitIndexing, indexList } from './subscripts.ts'

/** The operator in place, and out of place for numbers and strings. */
const OPERATORS = new Map<AugmentedOperator, readonly [inPlace: string, plain: string]>([
  ['+', ['aten::add_', 'aten::add']],
  ['-', ['aten::sub_', 'aten::sub']],
  ['/', ['aten::div_', 'aten::div']],
  ['*', ['aten::mul_', 'aten::mul']],
  ['%', ['aten::fmod_', 'aten::fmod']],
  // torch's own choices for these: not in place.
  ['|', ['aten::bitwise_or', 'aten::__or__']],
  ['&', ['aten::bitwise_and', 'aten::__and__']],
  ['^', ['aten::bitwise_xor', 'aten::__xor__']],
  ['<<', ['aten::__lshift__', 'aten::__lshift__']],
  ['>>', ['aten::__irshift__', 'aten::__rshift__']],
  ['**', ['aten::pow', 'aten::pow']],
])
const MAGIC = new Map<AugmentedOperator, readonly [inPlace: string, plain: string]>([
  ['+', ['__iadd__', '__add__']],
  ['-', ['__isub__', '__sub__']],
  ['/', ['__itruediv__', '__truediv__']],
  ['*', ['__imul__', '__mul__']],
  ['%', ['__imod__', '__mod__']],
])

function operatorFor(e: Emitter, statement: AugmentedAssign, type: Type): string {
  const operators = OPERATORS.get(statement.operator)
  if (operators === undefined)
    return e.fail('PT2005', `TorchScript has no '${statement.operator}='`, statement, `write x = x ${statement.operator} y`)
  return type.kind === 'Tensor' || type.kind === 'List' ? operators[0] : operators[1]
}

export function emitAugmentedAssign(e: Emitter, statement: AugmentedAssign): void {
  const { target } = statement
  switch (target.kind) {
    case 'name': {
      const result = augmented(e, statement, e.expression(target))
      e.environment.setVariable(target.name, result, target)
      return
    }
    case 'select': {
      const object = e.sugared(target.value)
      const before = object.attr(target.name, target).asValue(target)
      object.setAttr(target.name, augmented(e, statement, before), statement)
      return
    }
    case 'subscript':
      return augmentSubscript(e, statement, target)
    default:
      e.fail('PT2034', 'this cannot be assigned to', target)
  }
}

function augmented(e: Emitter, statement: AugmentedAssign, left: Value): Value {
  const right = e.expression(statement.value)
  const cls = e.unit.classOf(left.type)
  if (cls === undefined) return emitBuiltinCall(e, operatorFor(e, statement, left.type), { args: [left, right] }, statement)
  const name = MAGIC.get(statement.operator)?.find((method) => cls.methods.has(method))
  if (name === undefined) return e.fail('PT2021', `${typeText(left.type)} has no method for '${statement.operator}='`, statement)
  return new Method(e, left, name).call({ args: [right], kwargs: [] }, statement).asValue(statement)
}

function augmentSubscript(e: Emitter, statement: AugmentedAssign, target: Subscript): void {
  const container = e.expression(target.value)
  if (container.type.kind !== 'Tensor') return augmentElement(e, statement, target, container)
  const { view, indices } = emitIndexing(e, container, target.items, target)
  const right = e.expression(statement.value)
  const operator = operatorFor(e, statement, container.type)
  if (indices.length === 0) {
    emitBuiltinCall(e, operator, { args: [right], self: view }, statement)
    return
  }
  const list = indexList(e, indices)
  const before = emitBuiltinCall(e, 'aten::index', { args: [view, list] }, statement)
  const after = emitBuiltinCall(e, operator, { args: [right], self: before }, statement)
  emitBuiltinCall(e, 'aten::index_put_', { args: [view, list, after] }, statement)
}

/** An element of a list or dict is read, augmented and stored. */
function augmentElement(e: Emitter, statement: AugmentedAssign, target: Subscript, container: Value): void {
  const { type } = container
  if ((type.kind !== 'List' && type.kind !== 'Dict') || target.items.length !== 1)
    return e.fail('PT2034', `this subscript of ${typeText(type)} cannot be augmented`, target)
  const index = e.expression(target.items[0]!)
  const right = e.expression(statement.value)
  const before = emitBuiltinCall(e, 'aten::__getitem__', { args: [container, index] }, statement)
  const operator = operatorFor(e, statement, type.kind === 'Dict' ? type.value : type.of)
  const after = emitBuiltinCall(e, operator, { args: [before, right] }, statement)
  emitBuiltinCall(e, 'aten::_set_item', { args: [container, index, after] }, statement)
}
