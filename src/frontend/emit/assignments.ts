// Assignments: names, tuples with a star, attributes, subscripts. Answers to emitAssignment in torch/csrc/jit/frontend/ir_emitter.cpp.

import { typeText } from '../../ir/print-type.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Assign, Expr, Select, Subscript } from '../tree.ts'
import { BuiltinFunction, MagicFunction } from '../values/functions.ts'
import { SimpleValue } from '../values/simple-value.ts'
import type { Place, SugaredValue } from '../values/sugared-value.ts'
import { emitBuiltinCall } from './builtin-calls.ts'
import { integralAsFloat } from './definitions.ts'
import type { Emitter } from './emitter.ts'
import { emitIndexing, indexList } from './subscripts.ts'

export function emitAssign(e: Emitter, { targets, value, type, start, end }: Assign): void {
  const at = { start, end }
  if (value === undefined) e.fail('PT2034', 'a declaration without a value means nothing here', at)
  if (targets.length === 1) return assignOne(e, targets[0]!, value, type, at)
  // `a = b = f()`: f is called once, the targets are set from left to right.
  const name = e.temporaryName('assigned')
  e.environment.set(name, e.sugared(value), undefined, value)
  const copy: Expr = { kind: 'name', name, start: value.start, end: value.end }
  for (const target of targets) assignOne(e, target, copy, undefined, at)
}

function assignOne(e: Emitter, target: Expr, value: Expr, type: Expr | undefined, at: Place): void {
  const hint = type === undefined ? undefined : e.types.parse(type)
  switch (target.kind) {
    case 'name': {
      const emitted = e.sugared(value, hint)
      e.environment.set(target.name, declared(e, emitted, hint, value), hint, target)
      return
    }
    case 'tuple': {
      // `a, b = c, d`: all of the right side is evaluated before anything is set.
      const { count, hasStar } = checkTargets(e, target.items, target)
      const emitted = e.sugared(value)
      unpackInto(e, target.items, emitted, count, hasStar, value)
      return
    }
    case 'select':
      return assignAttribute(e, target, declared(e, e.sugared(value, hint), hint, value).asValue(value), at)
    case 'subscript':
      return assignSubscript(e, target, e.expression(value), at)
    default:
      e.fail('PT2034', 'this cannot be assigned to', target)
  }
}

/** A float that serialization wrote as an integer, where a float is declared. */
function declared(e: Emitter, value: SugaredValue, hint: Type | undefined, at: Place): SugaredValue {
  if (hint === undefined || !(value instanceof SimpleValue) || e.subtype(value.value.type, hint)) return value
  const fixed = integralAsFloat(e, value.value, hint, at)
  return fixed === undefined ? value : new SimpleValue(e, fixed)
}

/** How many plain targets there are, and whether one is starred. Throws PT2034. */
function checkTargets(e: Emitter, targets: readonly Expr[], at: Place): { readonly count: number; readonly hasStar: boolean } {
  const stars = targets.filter((target) => target.kind === 'starred').length
  const odd = targets.find((target) => !['name', 'subscript', 'tuple', 'list', 'select', 'starred'].includes(target.kind))
  if (odd !== undefined) e.fail('PT2034', 'this cannot be assigned to', odd)
  if (stars > 1) e.fail('PT2034', 'only one target may be starred', at)
  if (stars === 1 && targets.length === 1) e.fail('PT2034', 'a starred target needs another one beside it', at)
  return { count: targets.length - stars, hasStar: stars === 1 }
}

function unpackInto(e: Emitter, targets: readonly Expr[], value: SugaredValue, count: number, hasStar: boolean, at: Place): void {
  const parts = value.asTuple(hasStar ? undefined : count, at)
  if (parts.length < count) e.fail('PT2026', `there are ${parts.length} values for ${hasStar ? 'at least ' : ''}${count} targets`, at)
  if (parts.length > count && !hasStar) e.fail('PT2026', `there are ${parts.length} values for ${count} targets`, at)
  assignParts(e, targets, parts, count, at)
}

/** Sets targets one by one; a star takes what the others leave. */
export function assignParts(e: Emitter, targets: readonly Expr[], parts: readonly SugaredValue[], count: number, at: Place): void {
  let next = 0
  for (const target of targets) {
    switch (target.kind) {
      case 'name':
        e.environment.set(target.name, parts[next++]!, undefined, target)
        break
      case 'subscript':
        assignSubscript(e, target, parts[next++]!.asValue(at), at)
        break
      case 'select':
        assignAttribute(e, target, parts[next++]!.asValue(at), at)
        break
      case 'starred': {
        if (target.value.kind !== 'name') e.fail('PT2034', 'a starred target is a name', target)
        const taken = parts.slice(next, next + parts.length - count)
        next += taken.length
        const tuple = e.mark(target).builder.tuple(taken.map((part) => part.asValue(target)))
        e.environment.setVariable(target.value.name, tuple, target)
        break
      }
      case 'tuple':
      case 'list': {
        const inner = checkTargets(e, target.items, target)
        unpackInto(e, target.items, parts[next++]!, inner.count, inner.hasStar, at)
        break
      }
      default:
        e.fail('PT2034', 'this cannot be assigned to', target)
    }
  }
}

/** Targets of a loop. */
export function assignLoopTarget(e: Emitter, target: Expr, value: SugaredValue, at: Place): void {
  if (target.kind === 'tuple' || target.kind === 'list') checkTargets(e, target.items, target)
  assignParts(e, [target], [value], 1, at)
}

export function assignAttribute(e: Emitter, target: Select, value: Value, at: Place): void {
  const object = e.sugared(target.value)
  const cls = object instanceof SimpleValue ? e.unit.classOf(object.value.type) : undefined
  const type = cls?.attributes.get(target.name)?.type
  const fixed = type === undefined || e.subtype(value.type, type) ? value : (integralAsFloat(e, value, type, at) ?? value)
  object.setAttr(target.name, fixed, at)
}

function assignSubscript(e: Emitter, target: Subscript, value: Value, at: Place): void {
  const container = e.expression(target.value)
  if (container.type.kind === 'Tensor') {
    const { view, indices } = emitIndexing(e, container, target.items, target)
    const tensor = scalarAsTensor(e, value, view, at)
    if (indices.length === 0) emitBuiltinCall(e, 'aten::copy_', { args: [view, tensor] }, at)
    else emitBuiltinCall(e, 'aten::index_put_', { args: [view, indexList(e, indices), tensor] }, at)
    return
  }
  const [index] = target.items
  if (target.items.length !== 1 || index!.kind === 'slice')
    e.fail('PT2034', `a slice of ${typeText(container.type)} cannot be assigned`, target, 'assign the elements one by one')
  if (container.type.kind === 'Tuple') e.fail('PT2034', 'elements of a tuple cannot be assigned', target)
  const position = e.expression(index!)
  new MagicFunction(e, '__setitem__', new BuiltinFunction(e, 'aten::_set_item')).call(
    { args: [container, position, value], kwargs: [] },
    at,
  )
}

/** `x[i] = 2` stores a tensor of x's dtype and device. */
export function scalarAsTensor(e: Emitter, value: Value, like: Value, at: Place): Value {
  if (!['number', 'int', 'bool', 'float', 'complex'].includes(value.type.kind)) return value
  const dtype = emitBuiltinCall(e, 'prim::dtype', { args: [like] }, at)
  const device = emitBuiltinCall(e, 'prim::device', { args: [like] }, at)
  return emitBuiltinCall(
    e,
    'aten::tensor',
    {
      args: [value],
      kwargs: [
        ['dtype', dtype],
        ['device', device],
      ],
    },
    at,
  )
}
