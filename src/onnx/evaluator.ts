// The Evaluator on onnxruntime: lowers a graph of tensors, runs it once, gives tensors back. The runtime is handed in by the caller.

import { annotate, inferFacts } from '../analysis/facts.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { internal } from '../diagnostics/internal.ts'
import { cloneGraph } from '../ir/clone.ts'
import type { Graph } from '../ir/graph.ts'
import { isComplex, isScalarType, scalarTypeInfo, type ScalarType } from '../ir/scalar-type.ts'
import { contiguousBytes, tensorOf, type Tensor } from '../ir/tensor.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import { hasComplex, lowerComplex } from '../passes/lower-complex/lower-complex.ts'
import { passContext } from '../passes/pass.ts'
import { complexTensor, realTensor } from '../ops/complex-border.ts'
import { emittedType } from './data-type.ts'
import { eliminateDead } from './eliminate-dead.ts'
import { encodeModel, encodePieces } from './encode.ts'
import { lowerGraph } from './lower-graph.ts'

/** The part of onnxruntime-web's module that is used here. */
export interface OnnxRuntime {
  readonly InferenceSession: { create(model: Uint8Array, options?: object): Promise<OnnxSession> }
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => OnnxTensor
}
export interface OnnxSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Record<string, never>, options?: object): Promise<Record<string, OnnxTensor>>
  release(): Promise<void>
}
export interface OnnxTensor {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: ArrayBufferView | readonly string[]
}

// float16 is raw bits where there is no Float16Array.
const Half = (globalThis as { Float16Array?: new (buffer: ArrayBuffer) => ArrayBufferView }).Float16Array ?? Uint16Array

const views = new Map<ScalarType, new (buffer: ArrayBuffer) => ArrayBufferView>([
  ['float32', Float32Array],
  ['float64', Float64Array],
  ['float16', Half],
  ['int8', Int8Array],
  ['int16', Int16Array],
  ['int32', Int32Array],
  ['int64', BigInt64Array],
  ['uint8', Uint8Array],
  ['uint16', Uint16Array],
  ['uint32', Uint32Array],
  ['uint64', BigUint64Array],
  ['bool', Uint8Array],
])

/** A tensor as onnxruntime takes it; the bytes are copied. */
export function toOnnxTensor(ort: OnnxRuntime, tensor: Tensor): OnnxTensor {
  const View = views.get(emittedType(tensor.dtype)) ?? internal(`a ${tensor.dtype} tensor reached the evaluator`)
  // A copy of its own: slice() of Node's Buffer is none.
  const data = new View(new Uint8Array(contiguousBytes(tensor)).buffer)
  return new ort.Tensor(tensor.dtype as never, data as never, tensor.sizes)
}

export function fromOnnxTensor({ type, dims, data }: OnnxTensor): Tensor {
  const view = data as ArrayBufferView
  if (!isScalarType(type) || !ArrayBuffer.isView(view)) internal(`onnxruntime gave a ${type} tensor`)
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  return tensorOf(type, dims.map(Number), bytes.slice(0, bytes.length - (bytes.length % scalarTypeInfo(type).bytes)))
}

export function createEvaluator(load: () => Promise<OnnxRuntime>): Evaluator {
  return {
    async run(source: Graph, inputs: readonly Tensor[]): Promise<readonly Tensor[]> {
      const ort = await load()
      const graph = withoutComplex(source)
      const inputNames = graph.inputs.map((_, i) => `i${i}`)
      const outputNames = graph.outputs.map((_, i) => `o${i}`)
      const model = lowerGraph(graph, { inputNames, outputNames, opset: 21 })
      eliminateDead(model)
      const feeds = Object.fromEntries(inputs.map((tensor, i) => [inputNames[i]!, toOnnxTensor(ort, realTensor(tensor))]))
      const results = await runOnce(ort, encodeModel(model), feeds)
      return source.outputs.map(({ type }, i) => {
        const tensor = fromOnnxTensor(results[outputNames[i]!]!)
        const dtype = type.kind === 'Tensor' ? type.dtype : type.kind === 'complex' ? 'complex128' : undefined
        return dtype !== undefined && isComplex(dtype) ? complexTensor(tensor, dtype) : tensor
      })
    },
    async check(graph: Graph): Promise<void> {
      const names = (values: readonly unknown[], letter: string): string[] => values.map((_, i) => `${letter}${i}`)
      const model = lowerGraph(graph, { inputNames: names(graph.inputs, 'i'), outputNames: names(graph.outputs, 'o'), opset: 21 })
      eliminateDead(model)
      if (encodePieces(model).reduce((n, piece) => n + piece.length, 0) > MAX_CHECKED) return
      await runOnce(await load(), encodeModel(model), undefined)
    },
    async runModel(model, inputs) {
      const ort = await load()
      return withSession(ort, model, async (session) => {
        const results: Map<string, Tensor>[] = []
        for (const named of inputs) {
          const feeds = Object.fromEntries([...named].map(([name, tensor]) => [name, toOnnxTensor(ort, tensor)]))
          const outputs = await session.run(feeds as Record<string, never>, SILENT)
          results.push(new Map(Object.entries(outputs).map(([name, tensor]) => [name, fromOnnxTensor(tensor)])))
        }
        return results
      })
    },
  }
}

/** The graph itself, or a copy in which complex values are pairs. */
function withoutComplex(graph: Graph): Graph {
  if (!hasComplex(graph, inferFacts(graph))) return graph
  const copy = cloneGraph(graph)
  const context = passContext()
  lowerComplex.run(copy, context)
  annotate(copy, inferFacts(copy, { inputs: context.inputs }))
  return copy
}

// Bytes of a graph, weights and all, that is loaded only to see whether it can be.
const MAX_CHECKED = 64 * 2 ** 20

/** Nothing on the console: what fails comes back as an error. */
const SILENT = { logSeverityLevel: 4 }

async function runOnce(
  ort: OnnxRuntime,
  model: Uint8Array,
  feeds: Record<string, OnnxTensor> | undefined,
): Promise<Record<string, OnnxTensor>> {
  return withSession(ort, model, async (session) => (feeds === undefined ? {} : session.run(feeds as Record<string, never>, SILENT)))
}

/** Throws PT4003 where onnxruntime refuses: an index out of range, sizes that do not fit, more memory than there is. */
async function withSession<T>(ort: OnnxRuntime, model: Uint8Array, run: (session: OnnxSession) => Promise<T>): Promise<T> {
  let session: OnnxSession | undefined
  try {
    session = await ort.InferenceSession.create(model, SILENT)
    return await run(session)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const [, type, operator] = /Type 'tensor\((\w+)\)' of input parameter .* of operator \((\w+)\)/.exec(said) ?? []
    return fail(
      'PT4003',
      type === undefined
        ? `onnxruntime cannot compute a part of the model: ${said}`
        : `ONNX's operator ${operator} does not take ${type} here.`,
    )
  } finally {
    await session?.release()
  }
}
