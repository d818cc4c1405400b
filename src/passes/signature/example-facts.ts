// What example inputs tell of a method's inputs, in every mode: dtype and rank, and, where there are two shapes of one input, which of its
// dims are dynamic: those that differ. What they agree on is declared by that. One shape alone declares nothing: all its dims stay dynamic.

import { isComplex, type ScalarType } from '../../ir/scalar-type.ts'
import type { Value } from '../../ir/value.ts'
import { tensorFact } from '../../ops/fact.ts'
import type { PassContext } from '../pass.ts'
import type { ParamPlan } from './flatten-inputs.ts'
import { symbols, tensorLeaves, type Known } from './input-facts.ts'

/** One tensor of an example. */
export interface ExampleShape {
  readonly dims: readonly number[]
  readonly dtype?: ScalarType
}

/** The entry of `example` for a leaf: by its own name or, for a parameter that is one tensor or number, by the parameter's position. */
export function exampleFor<T>(example: Readonly<Record<string, T>>, id: string, params: readonly ParamPlan[]): T | undefined {
  if (Object.hasOwn(example, id)) return example[id]
  const position = params.findIndex(({ name }) => name === id)
  return position !== -1 && Object.hasOwn(example, String(position)) ? example[String(position)] : undefined
}

/** The length that a list of tensors has in an example, which names its items `xs.0`, `xs.1`, …; undefined where it names none. */
export function exampleLength(example: Readonly<Record<string, unknown>> | undefined, id: string): number | undefined {
  let length = 0
  while (example !== undefined && Object.hasOwn(example, `${id}.${length}`)) length++
  return length === 0 ? undefined : length
}

/**
 * Completes what is known of tensor inputs by the examples: the dtype of the first that has one, the rank that all agree on, and the extents
 * that shapes agree on which differ elsewhere. Declared dims win: `hasShape` tells which inputs have them.
 */
export function recordExamples(
  context: PassContext,
  params: readonly ParamPlan[],
  examples: readonly Readonly<Record<string, ExampleShape>>[],
  known: Map<Value, Known>,
  hasShape: (id: string) => boolean,
): void {
  for (const { id, value } of params.flatMap(({ plan }) => tensorLeaves(plan))) {
    const given = examples.map((example) => exampleFor(example, id, params)).filter((shape) => shape !== undefined)
    const [first] = given
    if (first === undefined) continue
    const before = context.inputs.get(value) ?? {}
    const isDeclared = hasShape(id)
    if (before.dtype !== undefined && before.dims !== undefined && isDeclared) continue
    const ranks = new Set(given.map(({ dims }) => dims.length))
    // Examples of complex inputs have an axis of pairs besides.
    const pairs = before.dtype !== undefined && isComplex(before.dtype) ? 1 : 0
    const rank = ranks.size === 1 ? first.dims.length - pairs : undefined
    const dtype = before.dtype ?? given.find((shape) => shape.dtype !== undefined)?.dtype
    const dims = before.dims ?? (rank === undefined ? undefined : symbols(id, rank))
    const extents =
      isDeclared || rank === undefined || dims?.length !== rank ? undefined : agreedExtents(given.map((one) => one.dims.slice(0, rank)))
    context.inputs.set(value, tensorFact(dtype, extents === undefined ? dims : dims!.map((dim, axis) => extents[axis] ?? dim)))
    if (extents !== undefined) known.set(value, 'declared')
    else if (!known.has(value)) known.set(value, 'recorded')
  }
}

/** Of shapes of one rank that differ somewhere: the extents that are the same in all of them, null for the others. */
function agreedExtents(shapes: readonly (readonly number[])[]): (number | null)[] | undefined {
  const [first, ...others] = shapes
  const extents = first!.map((size, axis) => (others.every((shape) => shape[axis] === size) ? size : null))
  return extents.includes(null) ? extents : undefined
}
