// Options precision, prune and calibration on an optimised model: what is stored in fewer bits, and what that costs, for the report.

import { CompileError, fail, type Problem } from '../diagnostics/compile-error.ts'
import type { IObject } from '../ir/ivalue.ts'
import { numel } from '../ir/tensor.ts'
import { scalarTypeInfo } from '../ir/scalar-type.ts'
import { readElements } from '../ir/tensor-elements.ts'
import type { OnnxModel } from '../onnx/model.ts'
import { PrecisionPlan } from '../onnx/quantize/precision.ts'
import { planStatic, quantizeModel, type QuantizeOptions, type StaticPlan } from '../onnx/quantize/quantize-model.ts'
import type { Ranges } from '../onnx/quantize/byte-range.ts'
import { observed } from '../onnx/quantize/static-ranges.ts'
import { pruneWeights, type Sparsity } from '../onnx/quantize/prune-weights.ts'
import { findWeights } from '../onnx/quantize/weights.ts'
import { encodeModel } from '../onnx/encode.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import type { CompileOptions } from './compile.ts'
import { measureError, runReference, type MeasuredError } from './precision/measure-error.ts'
import { EXTENTS, feedsFor } from './precision/model-feeds.ts'
import { weightPaths } from './weight-paths.ts'

/** What options precision and prune did. */
export interface PrecisionReport {
  /** Bytes of the constants of the emitted graph, by the dtype they are stored in. */
  readonly bytes: Readonly<Record<string, number>>
  /** Against the same model in fp32. */
  readonly error: MeasuredError
  /** Of the weights that were pruned. */
  readonly sparsity?: readonly Sparsity[]
}

export interface AppliedPrecision {
  readonly notices: readonly Problem[]
  readonly report?: PrecisionReport
}

/** In place. Throws PT4010, PT4012. */
export async function applyPrecision(
  model: OnnxModel,
  options: CompileOptions,
  root: IObject,
  evaluator: Evaluator | undefined,
): Promise<AppliedPrecision> {
  const { precision = 'fp32', prune, device } = options
  if (precision === 'fp32' && prune === undefined) return { notices: [] }
  const pathOf = weightPaths(root)
  const examples = options.exampleInputs ?? []
  const reference = await runReference(model, examples, evaluator)
  const sparsity = prune === undefined ? undefined : pruneWeights(model, findWeights(model, pathOf), prune)
  const quantizing: QuantizeOptions = { precision, device, pathOf }
  const notices: Problem[] = []
  const plan = planStatic(model, quantizing)
  if (new PrecisionPlan(precision).names.has('int8-static') && device === 'webgpu') notices.push(STATIC_ON_GPU)
  const ranges = plan === undefined ? undefined : await calibrate(model, plan, options, evaluator)
  notices.push(
    ...quantizeModel(model, { ...quantizing, ...(plan === undefined || ranges === undefined ? {} : { static: { plan, ranges } }) }),
  )
  const error = await measureError(model, reference, evaluator)
  return { notices, report: { bytes: bytesByType(model), error, ...(sparsity === undefined ? {} : { sparsity }) } }
}

const STATIC_ON_GPU: Problem = {
  code: 'PT4013',
  message: "WebGPU has no kernels that compute with bytes: 'int8-static' stores weights in int8 and computes in fp32 there.",
  fix: "set device to 'wasm' for layers that run in bytes.",
}

/** The range of each activation, over the calibration data. */
async function calibrate(
  model: OnnxModel,
  { measured: names }: StaticPlan,
  { calibration, exampleInputs = [] }: CompileOptions,
  evaluator: Evaluator | undefined,
): Promise<Ranges> {
  const data = calibration?.data ?? exampleInputs
  if (data.length === 0)
    fail('PT4012', "Precision 'int8-static' measures the ranges of activations, and there is no data to measure them on.", {
      fix: 'list typical inputs in option calibration: { data: [{ x: … }, …] }, or in exampleInputs.',
    })
  if (evaluator?.runModel === undefined)
    return fail('PT4012', "Precision 'int8-static' runs the model on the calibration data, and no runtime is given.", {
      fix: 'pass an evaluator to compile.',
    })
  const feeds = data.map((given, i) => feedsFor(model.graph.inputs, given, i, EXTENTS[0]))
  const wrong = feeds.findIndex((one) => one === undefined)
  if (wrong !== -1)
    fail('PT4012', `Item ${wrong} of the calibration data has an input whose dims do not hold its number of elements.`, {
      fix: 'correct its dims.',
    })
  const bytes = encodeModel(observed(model, names))
  const ranges = new Map<string, readonly [number, number]>()
  // One by one: the activations of all of them together may not fit into memory.
  for (const [i, one] of feeds.entries()) {
    const [values] = await evaluator.runModel(bytes, [one!]).catch((error: unknown) => {
      if (!(error instanceof CompileError)) throw error
      return fail('PT4012', `The model does not run on item ${i} of the calibration data: ${error.problems[0].message}`, {
        fix: 'give each input the dtype and dims that the model takes.',
      })
    })
    for (const name of names) {
      const tensor = values!.get(name) ?? one!.get(name)!
      let [low, high] = ranges.get(name) ?? [0, 0]
      for (const value of readElements(tensor) as number[]) {
        if (value < low && value > -Infinity) low = value
        if (value > high && value < Infinity) high = value
      }
      ranges.set(name, [low, high])
    }
  }
  return ranges
}

/** In the order of first appearance. */
function bytesByType({ graph }: OnnxModel): Record<string, number> {
  const bytes = new Map<string, number>()
  for (const { dtype, sizes } of graph.initializers.values())
    bytes.set(dtype, (bytes.get(dtype) ?? 0) + numel(sizes) * scalarTypeInfo(dtype).bytes)
  return Object.fromEntries(bytes)
}
