// List and dict comprehensions: a container, and a loop that fills it in a scope of its own.
// Answers to emitListComprehension and emitDictComprehension in torch/csrc/jit/frontend/ir_emitter.cpp.

import { typeText } from '../../ir/print-type.ts'
import { dictOf, listOf, strType, tensorType, typesEqual, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { DictComprehension, ListComprehension } from '../tree.ts'
import type { Place } from '../values/sugared-value.ts'
import { emitBuiltinCall } from './builtin-calls.ts'
import type { Emitter } from './emitter.ts'
import { hintedContainer } from './literals.ts'
import { emitForEach } from './loops.ts'

function inScope(e: Emitter, at: Place, emit: () => void): void {
  const scope = e.mark(at).node('prim::ComprehensionScope', [], []).addBlock()
  e.inFrame(scope, emit)
}

export function emitListComprehension(e: Emitter, expr: ListComprehension, hint: Type | undefined): Value {
  const wanted = hintedContainer(e, hint, 'List', () => true, expr)
  // Without a hint the first element decides; a loop that is unrolled to nothing gives List[Tensor].
  const list = e.mark(expr).builder.list([], wanted?.type.of ?? tensorType)
  let element = wanted?.type.of
  inScope(e, expr, () => {
    emitForEach(e, expr.target, expr.iterable, expr, () => {
      const value = e.expression(expr.element)
      if (element === undefined) {
        element = value.type
        list.setType(listOf(element))
      }
      if (!e.subtype(value.type, element))
        e.fail('PT2031', `elements of the list are ${typeText(element)}, this one is ${typeText(value.type)}`, expr.element)
      emitBuiltinCall(e, 'aten::append', { args: [value], self: list }, expr)
    })
  })
  return list
}

export function emitDictComprehension(e: Emitter, expr: DictComprehension, hint: Type | undefined): Value {
  const wanted = hintedContainer(e, hint, 'Dict', () => true, expr)
  const dict = e.mark(expr).builder.op('prim::DictConstruct', [], wanted?.type ?? dictOf(strType, tensorType))
  let type = wanted?.type
  inScope(e, expr, () => {
    emitForEach(e, expr.target, expr.iterable, expr, () => {
      const key = e.expression(expr.key)
      const value = e.expression(expr.value)
      if (type === undefined) {
        type = { kind: 'Dict', key: key.type, value: value.type }
        dict.setType(type)
      }
      if (!typesEqual(key.type, type.key) || !e.subtype(value.type, type.value))
        e.fail('PT2031', `the dict is ${typeText(type)}, this entry is ${typeText(key.type)} and ${typeText(value.type)}`, expr)
      emitBuiltinCall(e, 'aten::_set_item', { args: [dict, key, value] }, expr)
    })
  })
  return wanted?.cast === undefined ? dict : e.uncheckedCast(dict, wanted.cast)
}
