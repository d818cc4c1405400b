// Options precision, prune and calibration on an optimised model: what is stored in fewer bits, and what that costs, for the report.

import type { Problem } from '../diagnostics/compile-error.ts'
import type { IObject } from '../ir/ivalue.ts'
import { numel } from '../ir/tensor.ts'
import { scalarTypeInfo } from '../ir/scalar-type.ts'
import type { OnnxModel } from '../onnx/model.ts'
import { PrecisionPlan } from '../onnx/quantize/precision.ts'
import { correctableLayers, correctBiases } from '../onnx/quantize/bias-correction.ts'
import type { Ranges } from '../onnx/quantize/byte-range.ts'
import { planStatic, quantizeModel, storedWeights, type QuantizeOptions, type StaticPlan } from '../onnx/quantize/quantize-model.ts'
import { pruneWeights, type Sparsity } from '../onnx/quantize/prune-weights.ts'
import { worthInBytes } from '../onnx/quantize/static-cost.ts'
import { floatsOf } from '../onnx/quantize/stored-weight.ts'
import { findWeights } from '../onnx/quantize/weights.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import type { CompileOptions } from './compile.ts'
import type { GivenInputs } from './precision/model-feeds.ts'
import { calibrate, calibrationInputs, inputMeans } from './precision/calibrate.ts'
import { MAX_EXAMPLES, measureError, runReference, type MeasuredError, type MeasuredOn } from './precision/measure-error.ts'
import { weightPaths } from './weight-paths.ts'

/** What options precision and prune did. */
export interface PrecisionReport {
  /** Bytes of the constants of the emitted graph, by the dtype they are stored in. */
  readonly bytes: Readonly<Record<string, number>>
  /** Against the same model in fp32. */
  readonly error: MeasuredError
  /**
   * Of precision `int8-static`: weights of convolutions that run in bytes, and of those that could but would take longer, since turning their inputs
   * and results from floats into bytes and back costs more than is saved.
   */
  readonly convolutions?: { readonly inBytes: number; readonly slowerInBytes: number }
  /** Layers whose bias takes back what rounding and pruning do to the mean of their results: where option calibration has inputs. */
  readonly correctedBiases?: number
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
  const reference = await runReference(model, ...(await givenInputs(model, options)), evaluator)
  const quantizing: QuantizeOptions = { precision, device, pathOf }
  const exact = new Map(model.graph.initializers)
  const layers =
    options.calibration?.correctBiases === false
      ? []
      : correctableLayers(model, new Set(findWeights(model, pathOf).map(({ name }) => name)))
  const withMeans = await inputMeans(model, layers, options, evaluator)
  const sparsity = prune === undefined ? undefined : pruneWeights(model, findWeights(model, pathOf), prune)
  const stored = storedWeights(model, quantizing)
  // What pruning leaves in floats is stored as it is.
  const left = (name: string): Float32Array | undefined =>
    stored(name) ?? (prune === undefined ? undefined : floatsOf(model.graph.initializers.get(name)!))
  const correctedBiases = correctBiases(model, withMeans, (name) => exact.get(name)!, left)
  const notices: Problem[] = []
  const trial = copyOf(model)
  const everything = planStatic(trial, quantizing)
  if (new PrecisionPlan(precision).names.has('int8-static') && device === 'webgpu') notices.push(STATIC_ON_GPU)
  let plan: StaticPlan | undefined
  let ranges: Ranges | undefined
  if (everything !== undefined) {
    const calibration = await calibrate(trial, everything.measured, options, evaluator)
    plan = planStatic(model, quantizing, worthInBytes(trial, everything.convolutions, calibration.elements))
    ranges = calibration.ranges
  }
  notices.push(
    ...quantizeModel(model, { ...quantizing, ...(plan === undefined || ranges === undefined ? {} : { static: { plan, ranges } }) }),
  )
  const error = await measureError(model, reference, evaluator)
  const report: PrecisionReport = {
    bytes: bytesByType(model),
    error,
    ...(sparsity === undefined ? {} : { sparsity }),
    ...(correctedBiases === 0 ? {} : { correctedBiases }),
    ...(everything === undefined
      ? {}
      : {
          convolutions: {
            inBytes: plan?.convolutions.size ?? 0,
            slowerInBytes: everything.convolutions.size - (plan?.convolutions.size ?? 0),
          },
        }),
  }
  return { notices, report }
}

/** Its nodes can be replaced, and constants added, without the model being changed. */
function copyOf(model: OnnxModel): OnnxModel {
  const { graph, types } = model
  return { ...model, types: new Map(types), graph: { ...graph, nodes: [...graph.nodes], initializers: new Map(graph.initializers) } }
}

/** Examples, or else some of the calibration data. */
async function givenInputs(model: OnnxModel, options: CompileOptions): Promise<[inputs: readonly GivenInputs[], from: MeasuredOn]> {
  if (options.exampleInputs !== undefined) return [options.exampleInputs, 'exampleInputs']
  const inputs: GivenInputs[] = []
  for await (const one of calibrationInputs(model, options)) if (inputs.push(one) === MAX_EXAMPLES) break
  return [inputs, 'calibration data']
}

const STATIC_ON_GPU: Problem = {
  code: 'PT4013',
  message: "WebGPU has no kernels that compute with bytes: 'int8-static' stores weights in int8 and computes in fp32 there.",
  fix: "set device to 'wasm' for layers that run in bytes.",
}

/** In the order of first appearance. */
function bytesByType({ graph }: OnnxModel): Record<string, number> {
  const bytes = new Map<string, number>()
  for (const { dtype, sizes } of graph.initializers.values())
    bytes.set(dtype, (bytes.get(dtype) ?? 0) + numel(sizes) * scalarTypeInfo(dtype).bytes)
  return Object.fromEntries(bytes)
}
