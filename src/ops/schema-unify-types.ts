// The one type that two values may share: of branches, list elements, returns. Answers to unifyTypes in aten/src/ATen/core/type.cpp.

import { typeText } from '../ir/print-type.ts'
import { dictOf, isSubtype, noneType, tensorType, tupleOf, unshaped, type Type } from '../ir/type.ts'

/**
 * The type that holds values of `a` and of `b`; undefined when there is none. With `toUnion`, a Union where nothing narrower serves.
 * `hint` is the declared type, which decides between a Union and its parts.
 */
export function unifyTypes(a: Type, b: Type, toUnion = false, hint?: Type): Type | undefined {
  const found = unifyPlain(a, b, toUnion, hint)
  if (found !== undefined) return found
  return toUnion ? unionOf([a, b]) : undefined
}

function unifyPlain(a: Type, b: Type, toUnion: boolean, hint: Type | undefined): Type | undefined {
  if (isSubtype(a, b)) return b
  if (isSubtype(b, a)) return a
  if (a.kind === 'Tensor' && b.kind === 'Tensor') return tensorType
  if (a.kind === 'None' && b.kind !== 'None') return { kind: 'Optional', of: b }
  if (b.kind === 'None' && a.kind !== 'None') return { kind: 'Optional', of: a }
  if (a.kind === 'Optional' || b.kind === 'Optional') {
    const of = unifyTypes(a.kind === 'Optional' ? a.of : a, b.kind === 'Optional' ? b.of : b, false, hint)
    if (of !== undefined) return of.kind === 'Optional' ? of : { kind: 'Optional', of }
    return undefined
  }
  if (a.kind === 'Tuple' && b.kind === 'Tuple') {
    if (a.of.length !== b.of.length) return undefined
    const items: Type[] = []
    for (const [i, item] of a.of.entries()) {
      const unified = unifyTypes(item, b.of[i]!, toUnion, hint)
      if (unified === undefined) return undefined
      items.push(unified)
    }
    return tupleOf(items)
  }
  if (a.kind === 'Future' && b.kind === 'Future') {
    const of = unifyTypes(a.of, b.of, toUnion, hint)
    if (of !== undefined) return { kind: 'Future', of }
  }
  // Mutable containers of specialised tensors: their static types agree.
  const plainA = unshaped(a)
  const plainB = unshaped(b)
  if (isSubtype(plainA, plainB)) return plainB
  if (isSubtype(plainB, plainA)) return plainA
  if (hint?.kind === 'Union' && isSubtype(a, hint) && isSubtype(b, hint)) return hint
  return undefined
}

/** The type of a list of such elements; undefined when they do not go together. */
export function unifyTypeList(types: readonly Type[], toUnion = false, hint?: Type): Type | undefined {
  let result: Type | undefined = types[0]
  for (const type of types.slice(1)) {
    if (result === undefined) return undefined
    result = unifyTypes(result, type, toUnion, hint)
  }
  return result
}

/** A Union in torch's canonical form: flat, without subtypes of other members, Optional where that says the same. */
export function unionOf(types: readonly Type[]): Type {
  const flat: Type[] = []
  const add = (type: Type): void => {
    if (type.kind === 'Union') type.of.forEach(add)
    else if (type.kind === 'Optional') {
      add(type.of)
      add(noneType)
    } else if (type.kind === 'number') for (const kind of ['int', 'float', 'complex'] as const) add({ kind })
    else if (!flat.some((other) => isSubtype(type, other))) {
      for (let i = flat.length - 1; i >= 0; i--) if (isSubtype(flat[i]!, type)) flat.splice(i, 1)
      flat.push(type)
    }
  }
  types.forEach(add)
  if (flat.length === 1) return flat[0]!
  const isNumber = flat.length === 3 && (['int', 'float', 'complex'] as const).every((kind) => flat.some((type) => type.kind === kind))
  if (isNumber) return { kind: 'number' }
  const rest = flat.filter((type) => type.kind !== 'None')
  if (rest.length === 1) return { kind: 'Optional', of: rest[0]! }
  return { kind: 'Union', of: sortTypes(flat) }
}

/** The order that torch keeps members of a Union in: that of its TypeKind, then by text. */
const KIND_ORDER: readonly Type['kind'][] = [
  'Any',
  'Enum',
  'AnyEnum',
  'Tensor',
  'Storage',
  'Tuple',
  'List',
  'Dict',
  'number',
  'float',
  'complex',
  'Future',
  'Await',
  'RRef',
  'int',
  'None',
  'str',
  'Generator',
  'bool',
  'Optional',
  'Var',
  'Device',
  'Stream',
  'Function',
  'Class',
  'Capsule',
  'Interface',
  'QScheme',
  'AnyList',
  'AnyTuple',
  'AnyClass',
  'Union',
]
export function sortTypes(types: readonly Type[]): Type[] {
  const rank = (type: Type): number => KIND_ORDER.indexOf(type.kind)
  return [...types].sort((a, b) => rank(a) - rank(b) || (typeText(a) < typeText(b) ? -1 : 1))
}

/** Members of a Union, the two of an Optional, the type itself otherwise. */
export function unionMembers(type: Type): readonly Type[] {
  if (type.kind === 'Union') return type.of
  if (type.kind === 'Optional') return [...unionMembers(type.of), noneType]
  return [type]
}

/** Structural map over a type's parts. */
export function mapType(type: Type, map: (part: Type) => Type): Type {
  switch (type.kind) {
    case 'Optional':
    case 'List':
    case 'Future':
    case 'RRef':
    case 'Await':
      return { kind: type.kind, of: map(type.of) }
    case 'Dict':
      return dictOf(map(type.key), map(type.value))
    case 'Tuple':
      return { ...type, of: type.of.map(map) }
    case 'Union':
      return { kind: 'Union', of: type.of.map(map) }
    default:
      return type
  }
}
