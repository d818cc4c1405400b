// Plan: how one Python value lies in the flat values of a graph. The tree of a ValueSpec with the Values themselves at its leaves, so that
// dtypes and shapes can be read off when all passes have run.

import type { Fact } from '../../ops/fact.ts'
import type { Dim, Dims } from '../../ir/dim.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Constant, ValueSpec } from '../../ir/signature.ts'
import type { Value } from '../../ir/value.ts'
import { fail } from '../../diagnostics/compile-error.ts'

/** A graph input or output and its name. */
export interface Leaf {
  readonly id: string
  value: Value
}

export type Plan =
  | { readonly kind: 'tensor' | 'int' | 'float' | 'bool'; readonly leaf: Leaf }
  | { readonly kind: 'scalars'; readonly of: 'int' | 'float' | 'bool'; readonly leaf: Leaf }
  | { readonly kind: 'tensors'; readonly leaf: Leaf; readonly ranks: Leaf; readonly sizes: Leaf }
  | { readonly kind: 'constant'; readonly value: Constant }
  /** `of`: where it is not the method's whole table of choices. */
  | { readonly kind: 'choice'; readonly leaf: Leaf; readonly of?: readonly IValue[] }
  | { readonly kind: 'optional'; readonly flag: Leaf; readonly of: Plan }
  | { readonly kind: 'tuple'; readonly items: readonly Plan[] }
  | { readonly kind: 'record'; readonly keys: readonly string[]; readonly items: readonly Plan[] }
  | { readonly kind: 'map'; readonly keys: readonly Constant[]; readonly items: readonly Plan[] }

/** The leaves of a plan in order. */
export function* leavesOf(plan: Plan): Generator<Leaf, void> {
  switch (plan.kind) {
    case 'tensor':
    case 'int':
    case 'float':
    case 'bool':
    case 'scalars':
    case 'choice':
      yield plan.leaf
      break
    case 'tensors':
      yield plan.leaf
      yield plan.ranks
      yield plan.sizes
      break
    case 'optional':
      yield plan.flag
      yield* leavesOf(plan.of)
      break
    case 'tuple':
    case 'record':
    case 'map':
      for (const item of plan.items) yield* leavesOf(item)
      break
    case 'constant':
      break
  }
}

/** The ValueSpec of a plan, with dtypes and dims by `factOf` and the values that codes stand for. */
export function specOf(plan: Plan, factOf: (value: Value) => Fact, choices: readonly IValue[]): ValueSpec {
  const spec = (p: Plan): ValueSpec => specOf(p, factOf, choices)
  switch (plan.kind) {
    case 'tensor': {
      const { dtype, dims } = factOf(plan.leaf.value)
      return { kind: 'tensor', id: plan.leaf.id, dtype: dtype ?? 'float32', ...dimsField(dims) }
    }
    case 'int':
      return { kind: 'int', id: plan.leaf.id, dtype: 'int64' }
    case 'float':
      return { kind: 'float', id: plan.leaf.id, dtype: 'float64' }
    case 'bool':
      return { kind: 'bool', id: plan.leaf.id, dtype: 'bool' }
    case 'scalars':
      return {
        kind: 'scalars',
        of: plan.of,
        id: plan.leaf.id,
        dtype: plan.of === 'int' ? 'int64' : plan.of === 'float' ? 'float64' : 'bool',
      }
    case 'tensors':
      return {
        kind: 'tensors',
        id: plan.leaf.id,
        ranks: plan.ranks.id,
        sizes: plan.sizes.id,
        dtype: factOf(plan.leaf.value).dtype ?? 'float32',
      }
    case 'constant':
      return plan
    case 'choice':
      return { kind: 'choice', id: plan.leaf.id, of: (plan.of ?? choices).map((value) => constantOf(value)) }
    case 'optional':
      return { kind: 'optional', flag: plan.flag.id, of: spec(plan.of) }
    case 'tuple':
      return { kind: 'tuple', items: plan.items.map(spec) }
    case 'record':
      return { kind: 'record', keys: plan.keys, items: plan.items.map(spec) }
    case 'map':
      return { kind: 'map', keys: plan.keys, items: plan.items.map(spec) }
  }
}

const dimsField = (dims: Dims): { readonly dims?: readonly Dim[] } => (dims === undefined ? {} : { dims })

/** A value of build time as the loader writes it. A device or dtype is its name or number; an enum member its name. */
export function constantOf(value: IValue): Constant {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : { bigint: String(value) }
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return value.items.map(constantOf)
    case 'device':
      return value.name
    case 'complex':
      return [value.re, value.im]
    case 'enum':
      return value.name ?? constantOf(value.value)
    default:
      return fail('PT3110', `a ${value.kind} known at build time cannot be handed to JavaScript.`)
  }
}

/** Names for graph inputs and outputs, each once. */
export class Names {
  readonly #taken = new Set<string>()

  take(wanted: string): string {
    let name = wanted
    for (let i = 1; this.#taken.has(name); i++) name = `${wanted}_${i}`
    this.#taken.add(name)
    return name
  }
}
