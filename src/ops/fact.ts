// Fact: what is known of one Value at build time. Rules map facts of arguments to facts of results; analysis/ runs them over a Graph.

import type { Dim, Dims } from '../ir/dim.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Category, ScalarType } from '../ir/scalar-type.ts'
import { numel, type Tensor } from '../ir/tensor.ts'
import { hasElements, readElements, type Element } from '../ir/tensor-elements.ts'

/** Absent fields are not known. An empty record knows nothing. */
export interface Fact {
  /** The whole value is known: None is `null`. Present for constants of every kind, tensors included. */
  readonly value?: IValue
  /** An int as an extent: a number, or an expression of symbolic dims. Also given for int constants. */
  readonly sym?: Dim
  /** A Python number of this kind whose value is not known: it promotes as a wrapped number. */
  readonly number?: Category
  /** A list or tuple of known length. */
  readonly items?: readonly Fact[]
  /** What is known of every element of a list, whatever its length. */
  readonly element?: Fact
  /** The keys and values of a Dict whose keys are known, in order. */
  readonly entries?: readonly (readonly [IValue, Fact])[]
  /** Tensors only. */
  readonly dtype?: ScalarType
  readonly dims?: Dims
  /** Elements of a small integer tensor, row-major: shape arithmetic of traced models runs on such tensors. */
  readonly content?: readonly Dim[]
  /** An Optional that is known not to be None. Facts of its value are in the other fields. */
  readonly present?: boolean
}

export const unknown: Fact = {}

// Elements kept as `content`; more would only cost.
const MAX_CONTENT = 64

export function intFact(sym: Dim): Fact {
  return sym === null ? { number: 'int' } : typeof sym === 'number' ? { sym, value: BigInt(sym) } : { sym, number: 'int' }
}
/** A Python number of a kind; an int that is known as an extent is `intFact`. */
export const numberFact = (number: Category): Fact => ({ number })
export function tensorFact(dtype: ScalarType | undefined, dims: Dims, content?: readonly Dim[]): Fact {
  return {
    ...(dtype === undefined ? {} : { dtype }),
    ...(dims === undefined ? {} : { dims }),
    ...(content === undefined || content.every((c) => c === null) ? {} : { content }),
  }
}
export function listFact(items: readonly Fact[]): Fact {
  const values = items.map((item) => item.value)
  const known = values.every((v) => v !== undefined)
  return { items, ...(known ? { value: { kind: 'list', items: values as IValue[] } } : {}) }
}
export function tupleFact(items: readonly Fact[]): Fact {
  const values = items.map((item) => item.value)
  const known = values.every((v) => v !== undefined)
  return { items, ...(known ? { value: { kind: 'tuple', items: values as IValue[] } } : {}) }
}

/** Everything that a constant tells. */
export function constantFact(value: IValue): Fact {
  if (value === null || typeof value !== 'object') {
    if (typeof value !== 'bigint') return { value }
    const sym = Number(value)
    return Number.isSafeInteger(sym) ? { value, sym } : { value }
  }
  switch (value.kind) {
    case 'tensor':
      return { value, ...tensorFact(value.dtype, value.sizes, contentOf(value)) }
    case 'list':
    case 'tuple':
      return { value, items: value.items.map(constantFact) }
    case 'dict':
      return { value, entries: value.entries.map(([key, v]) => [key, constantFact(v)] as const) }
    default:
      return { value }
  }
}

function contentOf(tensor: Tensor): Dim[] | undefined {
  if (numel(tensor.sizes) > MAX_CONTENT || !hasElements(tensor.dtype)) return undefined
  const elements: Element[] = readElements(tensor)
  if (elements.some((e) => typeof e !== 'bigint' || !Number.isSafeInteger(Number(e)))) return undefined
  return elements.map(Number)
}
