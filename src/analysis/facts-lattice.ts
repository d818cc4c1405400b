// The lattice that facts live in: joins, the bottom element, equality, and what a static type alone tells.

import type { Type } from '../ir/type.ts'
import { constantFact, tupleFact, unknown, type Fact } from '../ops/fact.ts'
import { joinFacts } from '../ops/facts.ts'

/** A value that is dead wherever it is read: joining it with anything gives the other. */
export const uninitialized: Fact = Object.freeze({})

/** Where either may have come from. */
export function join(a: Fact, b: Fact): Fact {
  return a === uninitialized ? b : b === uninitialized ? a : joinFacts(a, b)
}

/** What a static type alone tells. */
export function factOfType(type: Type): Fact {
  switch (type.kind) {
    case 'None':
      return constantFact(null)
    case 'Tensor':
      return type.dtype === undefined && type.dims === undefined
        ? unknown
        : { ...(type.dtype === undefined ? {} : { dtype: type.dtype }), ...(type.dims === undefined ? {} : { dims: type.dims }) }
    case 'int':
    case 'float':
    case 'bool':
    case 'complex':
      return { number: type.kind }
    case 'Tuple':
      return tupleFact(type.of.map(factOfType))
    case 'List': {
      const element = factOfType(type.of)
      return Object.keys(element).length === 0 ? unknown : { element }
    }
    default:
      return unknown
  }
}

/** Type and fact together; a fact's own words win. */
export function completed(fact: Fact, type: Type): Fact {
  // An empty list still has a type: `torch.tensor` of it does.
  if (type.kind === 'List' && fact.items?.length === 0 && fact.element === undefined) return { ...factOfType(type), ...fact }
  if (fact.value !== undefined) return fact
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'bool':
    case 'complex':
      return fact.number === undefined ? { ...fact, number: type.kind } : fact
    case 'None':
      return constantFact(null)
    case 'Tuple':
      return fact.items === undefined ? { ...factOfType(type), ...fact } : fact
    case 'List':
    case 'Tensor': {
      if (fact.items !== undefined || (type.kind === 'Tensor' && type.dtype === undefined && type.dims === undefined)) return fact
      const known = factOfType(type)
      return known === unknown ? fact : { ...known, ...fact }
    }
    default:
      return fact
  }
}

/** Deep equality of facts. */
export function factsEqual(a: Fact, b: Fact): boolean {
  if (a === b) return true
  const listEqual = (x: readonly Fact[] | undefined, y: readonly Fact[] | undefined): boolean =>
    x === y || (x !== undefined && y !== undefined && x.length === y.length && x.every((item, i) => factsEqual(item, y[i]!)))
  const dimsEqual = (x: readonly unknown[] | undefined, y: readonly unknown[] | undefined): boolean =>
    x === y || (x !== undefined && y !== undefined && x.length === y.length && x.every((dim, i) => dim === y[i]))
  return (
    a !== uninitialized &&
    b !== uninitialized &&
    (Object.is(a.value, b.value) || (a.value !== undefined && b.value !== undefined && joinFacts(a, b).value !== undefined)) &&
    a.sym === b.sym &&
    a.number === b.number &&
    a.dtype === b.dtype &&
    a.present === b.present &&
    dimsEqual(a.dims, b.dims) &&
    dimsEqual(a.content, b.content) &&
    listEqual(a.items, b.items) &&
    (a.element === b.element || (a.element !== undefined && b.element !== undefined && factsEqual(a.element, b.element))) &&
    listEqual(
      a.entries?.map(([, fact]) => fact),
      b.entries?.map(([, fact]) => fact),
    )
  )
}
