// Calibration: option calibration → the inputs that a model is run on, and from its runs the range of each activation.

import { CompileError, fail } from '../../diagnostics/compile-error.ts'
import type { Evaluator } from '../../ops/evaluator.ts'
import { numel } from '../../ir/tensor.ts'
import { readElements } from '../../ir/tensor-elements.ts'
import { encodeModel } from '../../onnx/encode.ts'
import type { OnnxModel, ValueInfo } from '../../onnx/model.ts'
import { ChannelMeans, type Correctable, type MeasuredLayer } from '../../onnx/quantize/bias-correction.ts'
import type { Ranges } from '../../onnx/quantize/byte-range.ts'
import { RangeObserver } from '../../onnx/quantize/range-observer.ts'
import { observed } from '../../onnx/quantize/static-ranges.ts'
import { imageTensor } from '../../runtime/image.ts'
import type { CompileOptions } from '../compile.ts'
import type { CalibrationItem, CalibrationValue } from '../types.ts'
import { EXTENTS, feedsFor, givenFor, type GivenInput, type GivenInputs } from './model-feeds.ts'

const isImage = (value: CalibrationValue): value is Exclude<CalibrationValue, { readonly dims: unknown }> => !('dims' in value)

/**
 * The items of option calibration as arrays, stacks taken apart; empty without the option. One after the other: images become floats of four times their
 * size. Throws PT4012.
 */
export async function* calibrationInputs({ graph }: OnnxModel, { calibration, preprocess }: CompileOptions): AsyncGenerator<GivenInputs> {
  for (const [i, item] of (calibration?.data ?? []).entries()) {
    const arrays = new Map<string, GivenInput>()
    for (const [position, input] of graph.inputs.entries()) {
      const value = givenFor(input, position, item)
      if (value !== undefined) arrays.set(input.name, isImage(value) ? await prepared(value, input, preprocess, i) : value)
    }
    const names = Object.keys(item)
    if (arrays.size === 0 && names.length > 0)
      fail(
        'PT4012',
        `Item ${i} of the calibration data is of ${names.map((name) => JSON.stringify(name)).join(', ')}, and the model has no such input.`,
        {
          fix: `the inputs are ${graph.inputs.map(({ name }) => name).join(', ')}; '0' is the first of them.`,
        },
      )
    yield* unstacked(graph.inputs, arrays, item)
  }
}

/** As the page prepares an image: it is the same code. */
async function prepared(
  image: Exclude<CalibrationValue, { readonly dims: unknown }>,
  { name, dtype, dims }: ValueInfo,
  preprocess: CompileOptions['preprocess'],
  item: number,
): Promise<GivenInput> {
  try {
    const { data, dims: sizes } = await imageTensor(
      image,
      { kind: 'tensor', id: name, dtype, ...(dims === undefined ? {} : { dims }) },
      preprocess ?? {},
      'calibration',
    )
    return { data: data as ArrayLike<number | bigint>, dims: sizes }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return fail('PT4012', `Item ${item} of the calibration data is an image, and the input is none: ${error.message}`, {
      fix: 'give pixels as { data, width, height } with RGBA data, and options of preprocess that fit the model.',
    })
  }
}

/** How many samples lie along the first axis; 1 where the array is one. */
function samplesIn({ dims: declared }: ValueInfo, { dims, data }: GivenInput): number {
  if (declared === undefined || dims.length === 0 || numel(dims) !== data.length) return 1
  if (dims.length === declared.length + 1) return dims[0]!
  const [first] = declared
  const isMultiple = dims.length === declared.length && typeof first === 'number' && first > 0 && dims[0]! % first === 0
  return isMultiple ? Math.max(1, dims[0]! / first) : 1
}

function* unstacked(inputs: readonly ValueInfo[], arrays: ReadonlyMap<string, GivenInput>, item: CalibrationItem): Generator<GivenInputs> {
  const counts = new Map(
    inputs.flatMap((input) => (arrays.has(input.name) ? [[input.name, samplesIn(input, arrays.get(input.name)!)]] : [])) as [
      string,
      number,
    ][],
  )
  const samples = Math.max(1, ...counts.values())
  const isStack = samples > 1 && [...counts.values()].every((count) => count === samples || count === 1)
  // Names that no input has are those of the item itself: nothing is lost of what it says.
  if (!isStack) return void (yield { ...(item as GivenInputs), ...Object.fromEntries(arrays) })
  for (let i = 0; i < samples; i++)
    yield Object.fromEntries(
      inputs.flatMap((input): [string, GivenInput][] => {
        const array = arrays.get(input.name)
        if (array === undefined) return []
        return [[input.name, counts.get(input.name) === samples ? sampleOf(array, i, samples, input) : array]]
      }),
    )
}

function sampleOf({ data, dims }: GivenInput, i: number, samples: number, { dims: declared }: ValueInfo): GivenInput {
  const size = data.length / samples
  const part = Array.prototype.slice.call(data, i * size, (i + 1) * size) as (number | bigint)[]
  return { data: part, dims: dims.length > declared!.length ? dims.slice(1) : [dims[0]! / samples, ...dims.slice(1)] }
}

export interface Calibration {
  readonly ranges: Ranges
  /** Elements of each activation, at most. */
  readonly elements: ReadonlyMap<string, number>
}

/** What `names` hold, over the calibration data. Throws PT4012. */
export async function calibrate(
  model: OnnxModel,
  names: ReadonlySet<string>,
  options: CompileOptions,
  evaluator: Evaluator | undefined,
): Promise<Calibration> {
  const { calibration, exampleInputs = [] } = options
  if ((calibration?.data ?? exampleInputs).length === 0)
    fail('PT4012', "Precision 'int8-static' measures the ranges of activations, and there is no data to measure them on.", {
      fix: 'list typical inputs in option calibration: { data: [{ x: … }, …] }, or in exampleInputs.',
    })
  if (evaluator?.runModel === undefined)
    return fail('PT4012', "Precision 'int8-static' runs the model on the calibration data, and no runtime is given.", {
      fix: 'pass an evaluator to compile.',
    })
  const observers = new Map([...names].map((name) => [name, new RangeObserver(calibration ?? {})]))
  const elements = new Map<string, number>()
  for await (const activations of runs(model, names, options, evaluator.runModel)) {
    for (const [name, observer] of observers) {
      const { sizes, values } = activations(name)
      elements.set(name, Math.max(elements.get(name) ?? 0, numel(sizes)))
      observer.observe(values)
    }
  }
  return { ranges: new Map([...observers].map(([name, observer]) => [name, observer.range])), elements }
}

/** Each layer with the means of its input, over the calibration data; empty without option calibration. Throws PT4012. */
export async function inputMeans(
  model: OnnxModel,
  layers: readonly Correctable[],
  options: CompileOptions,
  evaluator: Evaluator | undefined,
): Promise<MeasuredLayer[]> {
  if (layers.length === 0 || options.calibration === undefined || evaluator?.runModel === undefined) return []
  const key = ({ input, axis }: Correctable): string => `${axis} ${input}`
  const observers = new Map(layers.map((layer) => [key(layer), { input: layer.input, channels: new ChannelMeans(layer.axis) }]))
  for await (const activations of runs(model, new Set(layers.map(({ input }) => input)), options, evaluator.runModel))
    for (const { input, channels } of observers.values()) {
      const { values, sizes } = activations(input)
      channels.observe(values, sizes)
    }
  return layers.flatMap((layer) => {
    const { means, sizes } = observers.get(key(layer))!.channels
    return means === undefined ? [] : [{ ...layer, means, sizes }]
  })
}

interface Activation {
  readonly sizes: readonly number[]
  readonly values: readonly number[]
}

/** The activations of each item, one after the other: those of all of them together may not fit into memory. */
async function* runs(
  model: OnnxModel,
  names: Iterable<string>,
  options: CompileOptions,
  runModel: NonNullable<Evaluator['runModel']>,
): AsyncGenerator<(name: string) => Activation> {
  const bytes = encodeModel(observed(model, names))
  let item = 0
  for await (const given of options.calibration === undefined ? (options.exampleInputs ?? []) : calibrationInputs(model, options)) {
    const feeds = feedsFor(model.graph.inputs, given, item, EXTENTS[0])
    if (feeds === undefined)
      return fail('PT4012', `Item ${item} of the calibration data has an input whose dims do not hold its number of elements.`, {
        fix: 'correct its dims.',
      })
    const at = item++
    const [values] = await runModel(bytes, [feeds]).catch((error: unknown) => {
      if (!(error instanceof CompileError)) throw error
      return fail('PT4012', `The model does not run on item ${at} of the calibration data: ${error.problems[0].message}`, {
        fix: 'give each input the dtype and dims that the model takes.',
      })
    })
    yield (name) => {
      const activation = values!.get(name) ?? feeds.get(name)!
      return { sizes: activation.sizes, values: readElements(activation) as number[] }
    }
  }
}
