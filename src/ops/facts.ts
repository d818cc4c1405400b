// Small vocabulary of rules: what most rows need to say in one line.

import { dimsJoin, type Dim, type Dims } from '../ir/dim.ts'
import type { IValue } from '../ir/ivalue.ts'
import { isComplex, isFloatingPoint, type Category, type ScalarType } from '../ir/scalar-type.ts'
import { resultType, wrappedType, type PromotionOperand } from './promotion.ts'
import { tensorFact, type Fact } from './fact.ts'

/** The int that a fact knows for certain, as a number. */
export function knownInt(fact: Fact | undefined): number | undefined {
  return typeof fact?.sym === 'number'
    ? fact.sym
    : typeof fact?.value === 'bigint'
      ? Number(fact.value)
      : typeof fact?.value === 'boolean'
        ? Number(fact.value)
        : undefined
}
export function knownBool(fact: Fact | undefined): boolean | undefined {
  return typeof fact?.value === 'boolean' ? fact.value : undefined
}
export const isNone = (fact: Fact | undefined): boolean => fact?.value === null

/** An int fact as an extent. */
export function dimOf(fact: Fact | undefined): Dim {
  return fact?.sym ?? null
}
/** A list of ints as extents; undefined when not even its length is known. */
export function dimsOf(fact: Fact | undefined): Dims {
  return fact?.items?.map(dimOf)
}
/** A list of ints that is fully known. */
export function knownInts(fact: Fact | undefined): number[] | undefined {
  const ints = fact?.items?.map(knownInt)
  return ints === undefined || ints.includes(undefined) ? undefined : (ints as number[])
}

/** `axis` counted from the front, when it is in range. */
export function wrapAxis(axis: number | undefined, rank: number): number | undefined {
  if (axis === undefined || axis < -rank || axis >= rank) return undefined
  return axis < 0 ? axis + rank : axis
}

/** A fact as an operand of promotion; undefined when its dtype or strength is not known. */
function promotionOperand(fact: Fact): PromotionOperand | undefined {
  if (fact.dtype !== undefined) {
    // A rank that is not known is taken as dimensioned: 0-d operands of unknown rank are rare and then their dtype agrees.
    return { dtype: fact.dtype, strength: fact.dims?.length === 0 ? 'zero-dim' : 'dimensioned' }
  }
  const { value } = fact
  if (typeof value === 'bigint') return { dtype: wrappedType('int'), strength: 'wrapped' }
  if (typeof value === 'number') return { dtype: wrappedType('float'), strength: 'wrapped' }
  if (typeof value === 'boolean') return { dtype: wrappedType('bool'), strength: 'wrapped' }
  if (value !== undefined && value !== null && typeof value === 'object' && value.kind === 'complex')
    return { dtype: wrappedType('complex'), strength: 'wrapped' }
  if (fact.number !== undefined) return { dtype: wrappedType(fact.number), strength: 'wrapped' }
  if (fact.sym !== undefined) return { dtype: wrappedType('int'), strength: 'wrapped' }
  return undefined
}

/** `torch.result_type` over facts. */
export function promoted(...facts: Fact[]): ScalarType | undefined {
  const operands = facts.map(promotionOperand)
  return operands.includes(undefined) ? undefined : resultType(operands as PromotionOperand[])
}

/** ints and bools become the default float type, as in `exp`, `sqrt`, `div`. */
export function toFloat(dtype: ScalarType | undefined): ScalarType | undefined {
  return dtype === undefined ? undefined : isFloatingPoint(dtype) || isComplex(dtype) ? dtype : 'float32'
}

/** Same dtype and shape as the argument. */
export const same = (fact: Fact): Fact => tensorFact(fact.dtype, fact.dims)

/** The kind of a fact's Python number, known or not. */
export function numberKind(fact: Fact): Category | undefined {
  if (fact.number !== undefined) return fact.number
  const { value } = fact
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float'
  if (typeof value === 'boolean') return 'bool'
  if (value !== undefined && value !== null && typeof value === 'object') return value.kind === 'complex' ? 'complex' : undefined
  return fact.sym === undefined ? undefined : 'int'
}

/** What is known of a value that may be either. */
export function joinFacts(a: Fact, b: Fact): Fact {
  if (a === b) return a
  const out: { -readonly [K in keyof Fact]: Fact[K] } = {}
  if (a.value !== undefined && sameValue(a.value, b.value)) out.value = a.value
  if (a.sym !== undefined && a.sym === b.sym) out.sym = a.sym
  const number = numberKind(a)
  if (out.value === undefined && number !== undefined && number === numberKind(b)) out.number = number
  if (a.dtype !== undefined && a.dtype === b.dtype) out.dtype = a.dtype
  const dims = dimsJoin(a.dims, b.dims)
  if (dims !== undefined) out.dims = dims
  if (a.items !== undefined && b.items !== undefined && a.items.length === b.items.length)
    out.items = a.items.map((item, i) => joinFacts(item, b.items![i]!))
  const element = joinElements(a, b)
  if (element !== undefined && out.items === undefined) out.element = element
  if (a.content !== undefined && b.content !== undefined && a.content.length === b.content.length) {
    const content = a.content.map((dim, i) => (dim === b.content![i] ? dim : null))
    if (content.some((dim) => dim !== null)) out.content = content
  }
  if (a.entries !== undefined && b.entries?.length === a.entries.length && a.entries.every(([key], i) => key === b.entries![i]![0]))
    out.entries = a.entries.map(([key, fact], i) => [key, joinFacts(fact, b.entries![i]![1])] as const)
  if (a.present === true && b.present === true) out.present = true
  // An Optional: dtype and shape are those it has when it is not None.
  const other = a.value === null ? b : b.value === null ? a : undefined
  if (other?.dtype !== undefined) out.dtype = other.dtype
  if (other?.dims !== undefined) out.dims = other.dims
  return out
}

/** What every element is, where either list may be the one; an empty list says nothing against. */
function joinElements(a: Fact, b: Fact): Fact | undefined {
  const of = ({ items, element }: Fact): Fact | undefined => (items === undefined || items.length === 0 ? element : items.reduce(joinFacts))
  const [x, y] = [of(a), of(b)]
  if (a.items?.length === 0) return y
  if (b.items?.length === 0) return x
  return x === undefined || y === undefined ? undefined : joinFacts(x, y)
}

/** Equal as data: numbers by kind and sign, lists and tuples item by item, tensors only when they are one object. */
function sameValue(a: IValue, b: IValue | undefined): boolean {
  if (b === undefined || a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b)
  if (a === b) return true
  if ((a.kind === 'list' || a.kind === 'tuple') && a.kind === b.kind)
    return a.items.length === b.items.length && a.items.every((item, i) => sameValue(item, b.items[i]))
  return a.kind === 'device' && b.kind === 'device' && a.name === b.name
}
