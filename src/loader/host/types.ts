// What generated code must know of static types: how a value is shown, and how a type is told at run time.
// Ints are bigints, floats numbers; lists and tuples are both arrays, so that text needs to be told which is which.

import type { Type } from '../../ir/type.ts'
import type { HostClasses } from './classes.ts'

// A layout is nested as its type is.
const MAX_DEPTH = 50

/** A literal for `shown`: `['tuple', …]`, `['list', …]`, `['dict', …, …]`, `'complex'`; undefined where values tell by themselves. */
export function layoutOf(type: Type, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return undefined
  const inner = (of: Type): string | undefined => layoutOf(of, depth + 1)
  switch (type.kind) {
    case 'Optional':
      return inner(type.of)
    case 'complex':
      return `'complex'`
    case 'List': {
      const of = inner(type.of)
      return of === undefined ? undefined : `['list', ${of}]`
    }
    case 'Dict': {
      const value = inner(type.value)
      return value === undefined ? undefined : `['dict', ${value}]`
    }
    case 'Tuple':
      return `['tuple', [${type.of.map((of) => inner(of) ?? 'null').join(', ')}]]`
    default:
      return undefined
  }
}

/** A condition on `$0`, a value of type `from`: that it is of one of `types`. Undefined when JavaScript cannot tell. */
export function typeTest(types: readonly Type[], from: Type, classes: HostClasses): string | undefined {
  const others = alternatives(from).filter((other) => !types.some((type) => type.kind === other.kind))
  const tests = types.map((type) => oneTest(type, from, others, classes))
  return tests.includes(undefined) ? undefined : tests.join(' || ')
}

function alternatives(type: Type): readonly Type[] {
  if (type.kind === 'Union') return type.of
  return type.kind === 'Optional' ? [type.of, { kind: 'None' }] : [type]
}

function oneTest(type: Type, from: Type, others: readonly Type[], classes: HostClasses): string | undefined {
  switch (type.kind) {
    case 'int':
      return `typeof $0 === 'bigint'`
    case 'float':
      return `typeof $0 === 'number'`
    case 'bool':
      return `typeof $0 === 'boolean'`
    case 'str':
      return `typeof $0 === 'string'`
    case 'None':
      return '$0 === null'
    case 'Tensor':
      return 'isTensor($0)'
    case 'Class':
      return `$0 instanceof ${classes.nameOf(type.name)}`
    case 'Dict':
    case 'AnyList':
    case 'AnyTuple':
    case 'List':
    case 'Tuple': {
      // Arrays are lists or tuples, of anything: only where nothing else that could stand here is one too.
      const same = (other: Type): boolean => /Dict/.test(other.kind) === /Dict/.test(type.kind) && /List|Tuple|Dict/.test(other.kind)
      const candidates = alternatives(from)
      if (from.kind === 'Any' || candidates.filter(same).length > 1 || others.some(same)) return undefined
      return type.kind === 'Dict' ? '$0 instanceof Map' : 'isArray($0)'
    }
    default:
      return undefined
  }
}
