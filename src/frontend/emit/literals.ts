// List and dict literals: their element types, from the hint or from the elements.
// Answers to emitListLiteral and emitDictLiteral in torch/csrc/jit/frontend/ir_emitter.cpp.

import { typeText } from '../../ir/print-type.ts'
import { dictOf, isSubtype, listOf, strType, tensorType, typesEqual, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { unifyTypeList, unionMembers } from '../../ops/schema-unify-types.ts'
import type { DictLiteral, Expr, ListLiteral } from '../tree.ts'
import { integralAsFloat } from './definitions.ts'
import type { Emitter } from './emitter.ts'

interface Containers {
  readonly List: { readonly kind: 'List'; readonly of: Type }
  readonly Dict: { readonly kind: 'Dict'; readonly key: Type; readonly value: Type }
}

/** The list (or dict) type a hint asks for: the hint itself, or the one member of a Union or Optional that can hold it. */
export function hintedContainer<K extends 'List' | 'Dict'>(
  e: Emitter,
  hint: Type | undefined,
  kind: K,
  fits: (candidate: Containers[K]) => boolean,
  at: Expr,
): { readonly type: Containers[K]; readonly cast: Type | undefined } | undefined {
  if (hint === undefined || hint.kind === 'Any') return undefined
  if (hint.kind === kind) return { type: hint as Containers[K], cast: undefined }
  const members = unionMembers(hint).filter((member) => member.kind === kind) as Containers[K][]
  if (members.length === 0) return e.fail('PT2030', `${typeText(hint)} is declared, but this is a ${kind.toLowerCase()}`, at)
  const found = members.length === 1 ? members[0]! : members.find(fits)
  if (found === undefined) return e.fail('PT2030', `this fits none of ${members.map((member) => typeText(member)).join(', ')}`, at)
  return { type: found, cast: hint }
}

export function emitListLiteral(e: Emitter, expr: ListLiteral, hint: Type | undefined): Value {
  const values = e.items(expr.items)
  e.mark(expr)
  // A literal `[]` that is bound to no name fits any list: it becomes one when it is matched, or List[Tensor].
  if (values.length === 0 && (hint === undefined || hint.kind === 'Any'))
    return e.builder.op('prim::EmptyListLiteral', [], listOf(tensorType))
  const unified =
    values.length === 0
      ? undefined
      : unifyTypeList(
          values.map((value) => value.type),
          true,
        )
  const wanted = hintedContainer(e, hint, 'List', (candidate) => unified !== undefined && isSubtype(unified, candidate.of), expr)
  if (wanted === undefined) return e.builder.list(asFloats(e, values, expr), floatsIn(values) ?? unified ?? tensorType)
  const { of } = wanted.type
  const items = values.map((value) => (e.subtype(value.type, of) ? value : (integralAsFloat(e, value, of, expr) ?? value)))
  const odd = items.find((item) => !e.subtype(item.type, of))
  if (odd !== undefined)
    e.fail('PT2030', `the list is declared as ${typeText(wanted.type)}, but holds a value of type ${typeText(odd.type)}`, expr)
  const list = e.mark(expr).builder.list(items, of)
  return wanted.cast === undefined ? list : e.uncheckedCast(list, wanted.cast)
}

/** A list of floats some of which serialization wrote as integers of ten digits and more. */
function floatsIn(values: readonly Value[]): Type | undefined {
  const float = values.find((value) => value.type.kind === 'float')
  return float !== undefined && values.every((value) => value.type.kind === 'float' || value.type.kind === 'int')
    ? bigIntegers(values, float.type)
    : undefined
}
function bigIntegers(values: readonly Value[], float: Type): Type | undefined {
  return values.every((value) => value.type.kind === 'float' || isBig(value)) ? float : undefined
}
function isBig(value: Value): boolean {
  const constant = value.node.attributes.get('value')
  return typeof constant === 'bigint' && (constant >= 10n ** 10n || constant <= -(10n ** 10n))
}
function asFloats(e: Emitter, values: readonly Value[], at: Expr): readonly Value[] {
  const type = floatsIn(values)
  return type === undefined
    ? values
    : values.map((value) => (value.type.kind === 'float' ? value : (integralAsFloat(e, value, type, at) ?? value)))
}

export function emitDictLiteral(e: Emitter, expr: DictLiteral, hint: Type | undefined): Value {
  const keys: Value[] = []
  const values: Value[] = []
  for (const [i, key] of expr.keys.entries()) {
    keys.push(e.expression(key))
    values.push(e.expression(expr.values[i]!))
    if (keys[0]!.type.kind !== keys[i]!.type.kind)
      e.fail('PT2030', `keys of a dict have one type: ${typeText(keys[0]!.type)} and ${typeText(keys[i]!.type)} are two`, key)
  }
  const keyType = keys[0]?.type ?? strType
  const valueType =
    values.length === 0
      ? tensorType
      : unifyTypeList(
          values.map((value) => value.type),
          true,
        )!
  const wanted = hintedContainer(
    e,
    hint,
    'Dict',
    (candidate) => values.length > 0 && typesEqual(candidate.key, keyType) && isSubtype(valueType, candidate.value),
    expr,
  )
  const type = wanted?.type ?? { kind: 'Dict' as const, key: keyType, value: valueType }
  const items = values.map((value) => (e.subtype(value.type, type.value) ? value : (integralAsFloat(e, value, type.value, expr) ?? value)))
  const oddKey = keys.find((key) => !e.subtype(key.type, type.key))
  const odd = oddKey ?? items.find((item) => !e.subtype(item.type, type.value))
  if (odd !== undefined)
    e.fail('PT2030', `the dict is declared as ${typeText(type)}, but holds a value of type ${typeText(odd.type)}`, expr)
  const inputs = keys.flatMap((key, i) => [key, items[i]!])
  const dict = e.mark(expr).builder.op('prim::DictConstruct', inputs, dictOf(type.key, type.value))
  return wanted?.cast === undefined ? dict : e.uncheckedCast(dict, wanted.cast)
}
