// Type variables of schemas (`t`, `tVal`, …): bound by actual types, then replaced. Answers to matchTypeVariables in
// aten/src/ATen/core/type.cpp.

import { typeText } from '../ir/print-type.ts'
import { isSubtype, type Type } from '../ir/type.ts'
import { mapType, unifyTypeList, unifyTypes } from './schema-unify-types.ts'

export type TypeEnvironment = Map<string, Type>

const withVariables = new WeakMap<Type, boolean>()

/** True when a type variable occurs in `type`. */
function hasVariables(type: Type): boolean {
  const known = withVariables.get(type)
  if (known !== undefined) return known
  const found = searchVariables(type)
  withVariables.set(type, found)
  return found
}

function searchVariables(type: Type): boolean {
  switch (type.kind) {
    case 'Var':
      return true
    case 'Optional':
    case 'List':
    case 'Future':
    case 'RRef':
    case 'Await':
      return hasVariables(type.of)
    case 'Dict':
      return hasVariables(type.key) || hasVariables(type.value)
    case 'Tuple':
    case 'Union':
      return type.of.some(hasVariables)
    default:
      return false
  }
}

/** Binds the variables of `formal` so that it fits `actual`. Gives the reason when that cannot be. */
export function matchTypeVariables(
  formal: Type,
  actual: Type,
  environment: TypeEnvironment,
  subtype: (a: Type, b: Type) => boolean = isSubtype,
): string | undefined {
  if (!hasVariables(formal)) return undefined
  const mismatch = (): string => `${typeText(actual)} does not fit ${typeText(formal)}`
  switch (formal.kind) {
    case 'Var': {
      const bound = environment.get(formal.name)
      if (bound === undefined) {
        environment.set(formal.name, actual)
        return undefined
      }
      if (subtype(actual, bound) || unifyTypes(bound, actual) !== undefined) return undefined
      return `the type variable ${formal.name} is ${typeText(bound)} already, which is not ${typeText(actual)}`
    }
    case 'List': {
      if (actual.kind === 'List') return matchTypeVariables(formal.of, actual.of, environment, subtype)
      if (actual.kind === 'Tuple') {
        const element = unifyTypeList(actual.of)
        if (element !== undefined) return matchTypeVariables(formal.of, element, environment, subtype)
      }
      return mismatch()
    }
    case 'Tuple': {
      if (actual.kind !== 'Tuple' || actual.of.length !== formal.of.length) return mismatch()
      for (const [i, item] of formal.of.entries()) {
        const reason = matchTypeVariables(item, actual.of[i]!, environment, subtype)
        if (reason !== undefined) return reason
      }
      return undefined
    }
    case 'Future':
    case 'RRef':
    case 'Await':
      return actual.kind === formal.kind ? matchTypeVariables(formal.of, actual.of, environment, subtype) : mismatch()
    case 'Optional':
      if (actual.kind === 'Optional') return matchTypeVariables(formal.of, actual.of, environment, subtype)
      if (actual.kind !== 'None') return matchTypeVariables(formal.of, actual, environment, subtype)
      return 'None does not tell the type variable of an Optional'
    case 'Dict':
      if (actual.kind !== 'Dict') return mismatch()
      return (
        matchTypeVariables(formal.key, actual.key, environment, subtype) ??
        matchTypeVariables(formal.value, actual.value, environment, subtype)
      )
    default:
      return mismatch()
  }
}

/** `type` with its variables replaced; undefined when one of them is not bound. */
export function replaceTypeVariables(type: Type, environment: TypeEnvironment): Type | undefined {
  if (!hasVariables(type)) return type
  let complete = true
  const replace = (part: Type): Type => {
    if (!hasVariables(part)) return part
    if (part.kind === 'Var') {
      const bound = environment.get(part.name)
      if (bound === undefined) complete = false
      return bound ?? part
    }
    return mapType(part, replace)
  }
  const replaced = replace(type)
  return complete ? replaced : undefined
}
