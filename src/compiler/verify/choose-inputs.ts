// Inputs that verification runs a graph on: the examples, and variations of the first that take other branches or have other sizes.

import { cloneGraph } from '../../ir/clone.ts'
import { numel, type Tensor } from '../../ir/tensor.ts'
import { hasElements, readElements } from '../../ir/tensor-elements.ts'
import type { OnnxRuntime } from '../../onnx/evaluator.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { leaveTrail } from '../../tracing/decision-trail.ts'
import { asTensor, describe } from '../../tracing/input-values.ts'
import { resize, variationsOf, type InputValues } from '../../tracing/variations.ts'
import { isOpen, lowered, named, openModel, timed, weightBytes, type Feeds, type Named, type OpenModel, type Ran } from './runner.ts'
import type { GraphRecord, GraphStep } from './recorder.ts'

// Inputs that are kept, and runs to find them; fewer of both for models of many weights.
const MAX_KEPT = 6
// Of all methods and regions of a host program together, as long as each has some.
const MAX_ALL = 24
// They have the time of one.
const SEVERAL = 4
const MAX_RUNS = 24
const MIN_RUNS = 3
const WEIGHT_BYTES = 2 ** 30
// A slow model is searched no longer.
const MAX_MILLISECONDS = 2000
const MIN_KEPT = 2
// Of weights, when extents of generated inputs are looked for.
const MAX_EXTENT = 2048
const MAX_EXTENTS = 8
const MAX_ELEMENTS = 2 ** 19
/** Of images, and of waves. */
const SPATIAL_EXTENTS = [224, 32, 28, 256, 384, 1024, 4096, 16_000]
/** Kept although they take no other way: other sizes, other signs. */
const MAX_SAME_WAY = 2

export interface ChosenInputs {
  /** As messages name it: `the example inputs negated`. */
  readonly name: string
  readonly feeds: Feeds
  /** Not a variation, which may be beyond what the model is for. */
  readonly isExample: boolean
  /** What the graph gave, by the order of its outputs, where it had nothing to tell besides; and how long that took. */
  readonly ran?: Ran
}

/** The values of a graph's inputs as tensors, by name. */
function feedsOf({ graph }: GraphStep, values: InputValues): Feeds {
  return new Map(
    graph.inputs.flatMap(({ debugName, type }): [string, Tensor][] => {
      const value = values.get(debugName ?? '')
      return value === undefined ? [] : [[debugName!, asTensor(value, type)]]
    }),
  )
}

/**
 * Those of the examples and variations that the graph runs on, each with a way of its own through the branches where there are any.
 * `model` is the step's own, and the method one `among` so many, which share what may be spent.
 */
export async function chooseInputs(
  ort: OnnxRuntime,
  record: GraphRecord,
  step: GraphStep,
  model: Named,
  among = 1,
): Promise<ChosenInputs[]> {
  const [base] = record.examples
  if (base === undefined) return []
  const { told, ways } = withTrail(step)
  const open = await openModel(ort, told ?? model)
  if (!isOpen(open)) return []
  const chosen: ChosenInputs[] = []
  const seen = new Set<string>()
  let runs = Math.max(MIN_RUNS, Math.min(MAX_RUNS, Math.floor(WEIGHT_BYTES / (weightBytes(model.model) + 1))))
  const kept = Math.max(MIN_KEPT, Math.min(MAX_KEPT, Math.floor(MAX_ALL / among)))
  const limit = MAX_MILLISECONDS / Math.ceil(among / SEVERAL)
  let sameWay = 0
  const since = performance.now()
  try {
    const bases = await workingBases(record, step, model.model, open, limit)
    for (const { name, values, isExample } of candidates(bases, record)) {
      if (runs-- <= 0 || chosen.length >= kept) break
      // There is one way only.
      if (ways === 0 && !isExample && sameWay >= MAX_SAME_WAY) break
      if (performance.now() - since > limit && chosen.length >= MIN_KEPT) break
      // Lists of tensors and texts are not made up.
      if (step.graph.inputs.some(({ debugName }) => !values.has(debugName ?? ''))) continue
      const feeds = feedsOf(step, values)
      const { outputs, milliseconds } = await timed(open, feeds)
      if (typeof outputs === 'string') continue
      const from = step.graph.outputs.length
      const way = Array.from({ length: ways }, (_, i) => trailText(outputs.get(`o${from + i}`))).join(' ')
      const isNew = !seen.has(way)
      seen.add(way)
      if (!isExample && !isNew && sameWay++ >= MAX_SAME_WAY) continue
      chosen.push({ name, feeds, isExample, ...(told === undefined ? { ran: { outputs, milliseconds } } : {}) })
    }
  } finally {
    await open.close()
  }
  return chosen
}

/** The graph made to tell its way; undefined where there is nothing to tell, or it cannot be lowered so. */
function withTrail(step: GraphStep): { readonly told: Named | undefined; readonly ways: number } {
  const trail: GraphStep = { ...step, graph: cloneGraph(step.graph) }
  const ways = leaveTrail(trail.graph).length
  const model = ways === 0 ? undefined : lowered(trail)
  return model === undefined ? { told: undefined, ways: 0 } : { told: named(model), ways }
}

const trailText = (tensor: Tensor | undefined): string => (tensor === undefined ? '' : String(readElements(tensor)[0]))

/** The examples or, where generated ones do not fit, the first with sizes that weights of the model have. */
async function workingBases(
  record: GraphRecord,
  step: GraphStep,
  model: OnnxModel,
  open: OpenModel,
  limit: number,
): Promise<readonly InputValues[]> {
  const runs = async (values: InputValues): Promise<boolean> => typeof (await open.run(feedsOf(step, values))) !== 'string'
  const [base] = record.examples
  if (base === undefined || record.isGiven || (await runs(base))) return record.examples
  const since = performance.now()
  for (const [extents, places] of [
    [SPATIAL_EXTENTS, [[2, 3, 4]]],
    [weightExtents(model), [[-1], [1], [0, -1], [1, 2]]],
  ] as const)
    for (const [extent, axes] of extents.flatMap((size) => places.map((place) => [size, place] as const))) {
      if (performance.now() - since > limit) return record.examples
      const values = withExtent(record, base, axes, extent)
      if (values !== undefined && (await runs(values))) return [values]
    }
  return record.examples
}

/** Extents of weights, the most frequent first. */
function weightExtents({ graph }: OnnxModel): number[] {
  const counts = new Map<number, number>()
  for (const { sizes } of graph.initializers.values())
    for (const size of new Set(sizes)) if (size > 1 && size <= MAX_EXTENT) counts.set(size, (counts.get(size) ?? 0) + 1)
  return [...counts].sort(([a, n], [b, m]) => m - n || a - b).slice(0, MAX_EXTENTS).map(([size]) => size) // prettier-ignore
}

/** Tensors with `extent` in those of `axes` that are not fixed; a negative axis counts from the end. Undefined where they would be too large. */
function withExtent({ variables }: GraphRecord, base: InputValues, axes: readonly number[], extent: number): InputValues | undefined {
  const values = new Map(base)
  for (const { id, kind, dims } of variables) {
    const value = base.get(id)
    if (kind !== 'tensor' || typeof value !== 'object' || value?.kind !== 'tensor' || !hasElements(value.dtype)) continue
    const rank = value.sizes.length
    const chosen = axes.map((axis) => (axis < 0 ? rank + axis : axis))
    const sizes = value.sizes.map((size, axis) => (chosen.includes(axis) && typeof dims?.[axis] !== 'number' ? extent : size))
    if (numel(sizes) > MAX_ELEMENTS) return undefined
    values.set(id, resize(value, sizes))
  }
  return values
}

function* candidates(
  bases: readonly InputValues[],
  record: GraphRecord,
): Generator<{ name: string; values: InputValues; isExample: boolean }, void> {
  const base = bases[0]!
  for (const [i, values] of bases.entries())
    yield { name: bases.length === 1 ? 'the example inputs' : `example inputs ${i + 1}`, values, isExample: true }
  for (const { name, values } of variationsOf(base, record.variables)) {
    const shown = describe(base, values)
    yield { name: `the example inputs ${name}${shown === '' ? '' : ` (${shown})`}`, values, isExample: false }
  }
}
