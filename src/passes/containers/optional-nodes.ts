// An Optional that lives at run time as a flag and a value, and a Python value of build time that a branch chooses, as a code: the nodes
// that stand at their borders. They vanish in pairs; none reaches lowering.
//   prim::MakeOptional(bool present, T value) -> T?    prim::HasValue(T? x) -> bool    prim::ValueOf(T? x) -> T
//   prim::Choose(int code) -> T                        prim::CodeOf(T x) -> int

import type { Builder } from '../../ir/builder.ts'
import { boolType, intType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'

export function makeOptional(b: Builder, present: Value, value: Value, type: Type): Value {
  return b.op('prim::MakeOptional', [present, value], type)
}
export function hasValue(b: Builder, optional: Value): Value {
  if (optional.node.kind === 'prim::MakeOptional') return optional.node.input(0)
  if (optional.type.kind === 'None') return b.bool(false)
  if (optional.type.kind !== 'Optional') return b.bool(true)
  return b.op('prim::HasValue', [optional], boolType)
}
/** `of`: the type that an Optional holds. */
export function valueOf(b: Builder, optional: Value, of: Type): Value {
  if (optional.node.kind === 'prim::MakeOptional') return optional.node.input(1)
  if (optional.type.kind === 'None') return b.op('prim::Uninitialized', [], of)
  if (optional.type.kind !== 'Optional') return optional
  return b.op('prim::ValueOf', [optional], of)
}
export function codeOf(b: Builder, value: Value): Value {
  return value.node.kind === 'prim::Choose' ? value.node.input() : b.op('prim::CodeOf', [value], intType)
}
export function choose(b: Builder, code: Value, type: Type): Value {
  return b.op('prim::Choose', [code], type)
}
