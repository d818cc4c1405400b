// Which types hold references to memory that somebody may write. Answers to AliasDb::isMutableType in torch/csrc/jit/ir/alias_analysis.cpp.

import type { Type } from '../ir/type.ts'

/** True when two values of this type may share memory: tensors, containers, objects, and whatever may hold one. */
export function isMutableType(type: Type): boolean {
  switch (type.kind) {
    case 'Tensor':
    case 'List':
    case 'Dict':
    case 'Class':
    case 'Interface':
    case 'Any':
    case 'AnyClass':
    case 'AnyList':
    case 'AnyTuple':
    case 'Var':
      return true
    case 'Optional':
    case 'Future':
    case 'RRef':
    case 'Await':
      return isMutableType(type.of)
    case 'Tuple':
    case 'Union':
      return type.of.some(isMutableType)
    default:
      return false
  }
}

/** What is inside Optional and Future. */
export function coreType(type: Type): Type {
  let core = type
  while (core.kind === 'Optional' || core.kind === 'Future' || core.kind === 'Await') core = core.of
  return core
}

export const isContainerType = (type: Type): boolean => {
  const { kind } = coreType(type)
  return kind === 'List' || kind === 'Dict' || kind === 'Tuple' || kind === 'AnyList' || kind === 'AnyTuple'
}
