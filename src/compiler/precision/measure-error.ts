// How far the outputs of a model in fewer bits are from those in fp32: both are run on the same inputs. Runs nothing itself.

import { CompileError } from '../../diagnostics/compile-error.ts'
import { isFloatingPoint } from '../../ir/scalar-type.ts'
import { hasElements, readElements } from '../../ir/tensor-elements.ts'
import type { Tensor } from '../../ir/tensor.ts'
import type { Evaluator } from '../../ops/evaluator.ts'
import { encodeModel } from '../../onnx/encode.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { EXTENTS, extentHints, feedsFor, type Feeds, type GivenInputs } from './model-feeds.ts'

/** Of one output, over all inputs that were run. */
export interface OutputError {
  readonly output: string
  /** Largest |a − b|. */
  readonly max: number
  /** Mean |a − b|. */
  readonly mean: number
  /** Root mean square of the fp32 output: what the errors are to be seen against. */
  readonly scale: number
  /** ⟨a, b⟩ / (‖a‖ ‖b‖). */
  readonly cosine: number
  /** Of an output that looks like scores of classes, [n, ≥ 2]: the part of its rows whose largest score is the same. */
  readonly top1?: number
}

/** What a model was run on. */
export type MeasuredOn = 'exampleInputs' | 'calibration data' | 'generated inputs'

export type MeasuredError =
  | { readonly on: MeasuredOn; readonly inputs: number; readonly outputs: readonly OutputError[] }
  | { readonly notMeasured: string }

const GENERATED = 2
/** Of those given. */
export const MAX_EXAMPLES = 16

/** Runs of the fp32 model, to be compared with. */
export interface Reference {
  readonly on: MeasuredOn
  readonly feeds: readonly Feeds[]
  readonly outputs: readonly ReadonlyMap<string, Tensor>[]
}

/** The inputs that the model runs on, and what it gives; a text says why there are none. */
export async function runReference(
  model: OnnxModel,
  examples: readonly GivenInputs[],
  given: MeasuredOn,
  evaluator: Evaluator | undefined,
): Promise<Reference | string> {
  if (evaluator?.runModel === undefined) return 'there is no runtime to run it on'
  const { inputs } = model.graph
  const bytes = encodeModel(model)
  const hints = extentHints(model)
  const isGiven = examples.length > 0
  let reason = 'its inputs are too big'
  for (const extent of EXTENTS) {
    const sets: readonly GivenInputs[] = isGiven ? examples.slice(0, MAX_EXAMPLES) : Array.from({ length: GENERATED }, () => ({}))
    const feeds = sets.map((given, i) => feedsFor(inputs, given, i, extent, hints)).filter((one) => one !== undefined)
    if (feeds.length === 0) continue
    try {
      return { on: isGiven ? given : 'generated inputs', feeds, outputs: await evaluator.runModel(bytes, feeds) }
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      reason = `it does not run on ${isGiven ? 'the inputs that are given' : 'generated inputs; give some in exampleInputs'}`
    }
    // Nothing is open.
    if (inputs.every(({ dims }) => dims?.every((dim) => typeof dim === 'number') === true)) break
  }
  return reason
}

export async function measureError(
  model: OnnxModel,
  reference: Reference | string,
  evaluator: Evaluator | undefined,
): Promise<MeasuredError> {
  if (typeof reference === 'string') return { notMeasured: reference }
  const results = await evaluator!.runModel!(encodeModel(model), reference.feeds)
  const outputs = model.graph.outputs.flatMap(({ name, dtype }): OutputError[] => {
    if (!isFloatingPoint(dtype) || !hasElements(dtype)) return []
    const pairs = reference.outputs.map((expected, i) => [expected.get(name)!, results[i]!.get(name)!] as const)
    return [compare(name, pairs)]
  })
  return { on: reference.on, inputs: reference.feeds.length, outputs }
}

function compare(output: string, pairs: readonly (readonly [expected: Tensor, actual: Tensor])[]): OutputError {
  let [count, max, sum, squares, product, own] = [0, 0, 0, 0, 0, 0]
  let [rows, same] = [0, 0]
  for (const [expected, actual] of pairs) {
    const [a, b] = [readElements(expected) as number[], readElements(actual) as number[]]
    // Extents that the values decide may differ.
    if (a.length !== b.length) max = Infinity
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      // Infinite in both is no difference.
      const difference = a[i] === b[i] ? 0 : Math.abs(a[i]! - b[i]!)
      max = Math.max(max, difference)
      sum += difference
      squares += a[i]! ** 2
      own += b[i]! ** 2
      product += a[i]! * b[i]!
      count++
    }
    const [batch, classes = 0] = expected.sizes
    if (expected.sizes.length !== 2 || classes < 2 || a.length !== b.length) continue
    for (let row = 0; row < batch!; row++) {
      const [from, to] = [row * classes, (row + 1) * classes]
      if (largest(a, from, to) === largest(b, from, to)) same++
      rows++
    }
  }
  const cosine = squares === 0 && own === 0 ? 1 : product / Math.sqrt(squares * own)
  const scale = Math.sqrt(squares / Math.max(1, count))
  return { output, max, mean: sum / Math.max(1, count), scale, cosine, ...(rows === 0 ? {} : { top1: same / rows }) }
}

function largest(values: readonly number[], from: number, to: number): number {
  let best = from
  for (let i = from + 1; i < to; i++) if (values[i]! > values[best]!) best = i
  return best - from
}
