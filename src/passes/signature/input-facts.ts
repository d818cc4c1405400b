// What is known of each tensor input: declared by the user, recorded by the trace, proved or assumed from its uses. Extents that nobody
// knows get a symbol of their own, so that equal ones can be seen to be equal.

import { fail } from '../../diagnostics/compile-error.ts'
import type { Dim, Dims } from '../../ir/dim.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { isComplex, type ScalarType } from '../../ir/scalar-type.ts'
import type { Value } from '../../ir/value.ts'
import { join } from '../../analysis/facts-lattice.ts'
import { tensorFact, type Fact } from '../../ops/fact.ts'
import { factsOf, forgetFacts } from '../graph-facts.ts'
import type { PassContext } from '../pass.ts'
import { useHints } from './use-hints.ts'
import { leavesOf, type Leaf, type Plan } from './plan.ts'

/** The user's word on one input. */
export interface InputDeclaration {
  readonly dtype?: ScalarType
  readonly shape?: readonly (number | string)[]
}

export type Known = 'declared' | 'recorded' | 'proved' | 'assumed'

/** Sets facts of the inputs that options or the trace tell of; gives where each input's facts come from. */
export function declareInputs(
  context: PassContext,
  plans: readonly Plan[],
  declared: Readonly<Record<string, InputDeclaration>>,
  recorded: readonly IValue[],
): Map<Value, Known> {
  const known = new Map<Value, Known>()
  const tensors = plans.flatMap((plan) => tensorLeaves(plan))
  const byName = new Map(tensors.map((leaf) => [leaf.id, leaf]))
  plans.forEach((plan, i) => recordPlan(plan, recorded[i], context, known))
  for (const [name, { dtype, shape }] of Object.entries(declared)) {
    const leaf = byName.get(name)
    if (leaf === undefined) {
      if (plans.some((plan) => [...leavesOf(plan)].some(({ id }) => id === name))) continue
      fail('PT3104', `options declare an input '${name}', which the model does not have.`, {
        fix:
          byName.size === 0
            ? 'remove it: the model takes no tensors.'
            : `the inputs are ${[...byName.keys()].map((id) => `'${id}'`).join(', ')}.`,
      })
    }
    const before = context.inputs.get(leaf.value)
    context.inputs.set(leaf.value, tensorFact(dtype ?? before?.dtype, shape ?? before?.dims))
    known.set(leaf.value, 'declared')
  }
  return known
}

/** What is known of a parameter as a whole, to its tensors. */
export function enterFact(context: PassContext, plan: Plan, fact: Fact, known: Map<Value, Known>): void {
  switch (plan.kind) {
    case 'tensor':
      if (fact.dtype === undefined && fact.dims === undefined) return
      context.inputs.set(plan.leaf.value, tensorFact(fact.dtype, fact.dims))
      known.set(plan.leaf.value, 'proved')
      return
    case 'tensors': {
      const element = fact.element ?? (fact.items === undefined || fact.items.length === 0 ? undefined : fact.items.reduce(join))
      if (element?.dtype !== undefined) context.inputs.set(plan.leaf.value, tensorFact(element.dtype, [`${plan.leaf.id}_numel`]))
      return
    }
    case 'optional':
      return enterFact(context, plan.of, fact, known)
    case 'tuple':
    case 'record':
      plan.items.forEach((item, i) => fact.items?.[i] !== undefined && enterFact(context, item, fact.items[i], known))
  }
}

/** Completes the facts of tensor inputs by their uses and, where those say nothing, by torch's default dtype. */
export function assumeInputs(context: PassContext, plans: readonly Plan[], known: Map<Value, Known>, batched: boolean): void {
  let open = plans.flatMap((plan) => tensorLeaves(plan)).filter(({ value }) => !isComplete(context.inputs.get(value)))
  // The rank of one tells that of what it is computed with: those that told nothing are asked again.
  for (let before = -1; before !== open.length && open.length > 0;) {
    before = open.length
    for (const leaf of open) {
      const fact = context.inputs.get(leaf.value) ?? {}
      const hint = useHints(leaf.value, factsOf(leaf.value.node.graph, context), batched)
      const dims = fact.dims ?? dimsOfHint(leaf.id, hint.rank, hint.channels)
      context.inputs.set(leaf.value, tensorFact(fact.dtype ?? hint.dtype ?? 'float32', dims))
      if (!known.has(leaf.value)) known.set(leaf.value, hint.certain && hint.rank === undefined ? 'proved' : 'assumed')
      else if (known.get(leaf.value) === 'proved' && hint.rank !== undefined) known.set(leaf.value, 'assumed')
      if (fact.dims === undefined && dims !== undefined) forgetFacts(context)
    }
    open = open.filter(({ value }) => !isComplete(context.inputs.get(value)))
  }
  for (const plan of plans) refuseComplexLists(plan, context)
}

const isComplete = (fact: Fact | undefined): boolean => fact?.dtype !== undefined && fact.dims !== undefined

/** Lists of tensors come flattened, and their sizes say nothing of pairs. */
function refuseComplexLists(plan: Plan, context: PassContext): void {
  if (plan.kind === 'optional') return refuseComplexLists(plan.of, context)
  if ('items' in plan) return plan.items.forEach((item) => refuseComplexLists(item, context))
  if (plan.kind !== 'tensors') return
  const { dtype } = context.inputs.get(plan.leaf.value) ?? {}
  if (dtype !== undefined && isComplex(dtype))
    fail('PT3101', `parameter '${plan.leaf.id}' is a list of complex tensors, which a page cannot hand in.`, {
      fix: 'hand them in as one tensor, or as parameters of their own.',
    })
}

function dimsOfHint(id: string, rank: number | undefined, channels: Dim): Dims {
  if (rank === undefined) return undefined
  return symbols(id, rank).map((dim, i) => (i === 1 ? (channels ?? dim) : dim))
}
/** Names for extents that nobody knows: `x_0`, `x_1`, … */
export const symbols = (id: string, rank: number): string[] => Array.from({ length: rank }, (_, i) => `${id.replaceAll(/\W/g, '_')}_${i}`)

/** Mode `script`. Leaves dtypes and ranks of the inputs: what static typing knows. */
export function hideExtents(context: PassContext): void {
  let next = 0
  for (const [value, fact] of context.inputs)
    if (fact.dims !== undefined) context.inputs.set(value, { ...fact, dims: fact.dims.map(() => `extent_${next++}`) })
  context.controlFlow = 'typed'
}

/** Leaves that are tensors; flattened lists of tensors are of unknown size anyway. */
export function tensorLeaves(plan: Plan): Leaf[] {
  switch (plan.kind) {
    case 'tensor':
    case 'tensors':
      return [plan.leaf]
    case 'optional':
      return tensorLeaves(plan.of)
    case 'tuple':
    case 'record':
    case 'map':
      return plan.items.flatMap((item) => tensorLeaves(item))
    default:
      return []
  }
}

/** dtype and rank of a trace's own inputs; extents stay dynamic, since the code says where they are baked in. */
function recordPlan(plan: Plan, value: IValue | undefined, context: PassContext, known: Map<Value, Known>): void {
  if (value === undefined || value === null || typeof value !== 'object') return
  if (plan.kind === 'tensor' && value.kind === 'tensor') {
    context.inputs.set(plan.leaf.value, tensorFact(value.dtype, symbols(plan.leaf.id, value.sizes.length)))
    known.set(plan.leaf.value, 'recorded')
  } else if (plan.kind === 'optional') recordPlan(plan.of, value, context, known)
  else if (plan.kind === 'tuple' && (value.kind === 'tuple' || value.kind === 'list'))
    plan.items.forEach((item, i) => recordPlan(item, value.items[i], context, known))
  else if (plan.kind === 'record' && value.kind === 'tuple')
    plan.items.forEach((item, i) => recordPlan(item, value.items[i], context, known))
  else if (plan.kind === 'record' && value.kind === 'dict')
    plan.keys.forEach((key, i) => recordPlan(plan.items[i]!, value.entries.find(([k]) => k === key)?.[1], context, known))
  else if (plan.kind === 'tensors' && value.kind === 'list') {
    const first = value.items[0]
    if (first !== undefined && first !== null && typeof first === 'object' && first.kind === 'tensor')
      context.inputs.set(plan.leaf.value, tensorFact(first.dtype, [`${plan.leaf.id}_numel`]))
  }
}
