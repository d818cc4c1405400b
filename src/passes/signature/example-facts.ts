// What example inputs tell of a method's inputs, in every mode: dtype and rank. Extents stay dynamic, whatever the examples have in common:
// a fixed extent is the user's to declare.

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

/** Completes what is known of tensor inputs by the examples: the dtype of the first that has one, the rank that all agree on. */
export function recordExamples(
  context: PassContext,
  params: readonly ParamPlan[],
  examples: readonly Readonly<Record<string, ExampleShape>>[],
  known: Map<Value, Known>,
): void {
  for (const { id, value } of params.flatMap(({ plan }) => tensorLeaves(plan))) {
    const given = examples.map((example) => exampleFor(example, id, params)).filter((shape) => shape !== undefined)
    const [first] = given
    if (first === undefined) continue
    const before = context.inputs.get(value) ?? {}
    if (before.dtype !== undefined && before.dims !== undefined) continue
    const ranks = new Set(given.map(({ dims }) => dims.length))
    // Examples of complex inputs have an axis of pairs besides.
    const pairs = before.dtype !== undefined && isComplex(before.dtype) ? 1 : 0
    const rank = ranks.size === 1 ? first.dims.length - pairs : undefined
    const dtype = before.dtype ?? given.find((shape) => shape.dtype !== undefined)?.dtype
    context.inputs.set(value, tensorFact(dtype, before.dims ?? (rank === undefined ? undefined : symbols(id, rank))))
    if (!known.has(value)) known.set(value, 'recorded')
  }
}
