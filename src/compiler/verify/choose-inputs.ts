// Inputs that verification runs a graph on: the examples, and variations of the first that take other branches or have other sizes.

import { cloneGraph } from '../../ir/clone.ts'
import type { Tensor } from '../../ir/tensor.ts'
import { readElements } from '../../ir/tensor-elements.ts'
import type { OnnxRuntime } from '../../onnx/evaluator.ts'
import { leaveTrail } from '../../tracing/decision-trail.ts'
import { asTensor, describe } from '../../tracing/input-values.ts'
import { variationsOf, type InputValues } from '../../tracing/variations.ts'
import { isOpen, lowered, named, openModel, weightBytes, type Feeds } from './runner.ts'
import type { GraphRecord, GraphStep } from './recorder.ts'

// Inputs that are kept, and runs to find them; fewer of both for models of many weights.
const MAX_KEPT = 6
const MAX_RUNS = 24
const MIN_RUNS = 3
const WEIGHT_BYTES = 2 ** 30
/** Kept although they take no other way: other sizes, other signs. */
const MAX_SAME_WAY = 2

export interface ChosenInputs {
  /** As messages name it: `the example inputs negated`. */
  readonly name: string
  readonly feeds: Feeds
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

/** Those of the examples and variations that the graph runs on, each with a way of its own through the branches where there are any. */
export async function chooseInputs(ort: OnnxRuntime, record: GraphRecord, step: GraphStep): Promise<ChosenInputs[]> {
  const [base] = record.examples
  if (base === undefined) return []
  const trail: GraphStep = { ...step, graph: cloneGraph(step.graph) }
  const ways = leaveTrail(trail.graph).length
  const model = lowered(trail) ?? lowered(step)
  const open = model === undefined ? 'it cannot be lowered' : await openModel(ort, named(model))
  if (!isOpen(open)) return []
  const chosen: ChosenInputs[] = []
  const seen = new Set<string>()
  let runs = Math.max(MIN_RUNS, Math.min(MAX_RUNS, Math.floor(WEIGHT_BYTES / (weightBytes(model!) + 1))))
  let sameWay = 0
  try {
    for (const { name, values, isExample } of candidates(record)) {
      if (runs-- <= 0 || chosen.length >= MAX_KEPT) break
      // Lists of tensors and texts are not made up.
      if (step.graph.inputs.some(({ debugName }) => !values.has(debugName ?? ''))) continue
      const feeds = feedsOf(step, values)
      const outputs = await open.run(feeds)
      if (typeof outputs === 'string') continue
      const from = step.graph.outputs.length
      const way = Array.from({ length: ways }, (_, i) => trailText(outputs.get(`o${from + i}`))).join(' ')
      const isNew = !seen.has(way)
      seen.add(way)
      if (!isExample && !isNew && sameWay++ >= MAX_SAME_WAY) continue
      chosen.push({ name, feeds })
    }
  } finally {
    await open.close()
  }
  return chosen
}

const trailText = (tensor: Tensor | undefined): string => (tensor === undefined ? '' : String(readElements(tensor)[0]))

function* candidates(record: GraphRecord): Generator<{ name: string; values: InputValues; isExample: boolean }, void> {
  const base = record.examples[0]!
  for (const [i, values] of record.examples.entries())
    yield { name: record.examples.length === 1 ? 'the example inputs' : `example inputs ${i + 1}`, values, isExample: true }
  for (const { name, values } of variationsOf(base, record.variables)) {
    const shown = describe(base, values)
    yield { name: `the example inputs ${name}${shown === '' ? '' : ` (${shown})`}`, values, isExample: false }
  }
}
