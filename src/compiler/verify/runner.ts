// Runs what verification compares, on onnxruntime: a model is opened once and run on several inputs.

import { annotate, inferFacts } from '../../analysis/facts.ts'
import { CompileError } from '../../diagnostics/compile-error.ts'
import { cloneGraph } from '../../ir/clone.ts'
import type { Graph } from '../../ir/graph.ts'
import { numel, tensorOf, type Tensor } from '../../ir/tensor.ts'
import type { Value } from '../../ir/value.ts'
import { isComplex, scalarTypeInfo } from '../../ir/scalar-type.ts'
import { scalarTensor } from '../../ir/tensor-elements.ts'
import { eliminateDead } from '../../onnx/eliminate-dead.ts'
import { encodePieces, joinPieces } from '../../onnx/encode.ts'
import { emittedType } from '../../onnx/data-type.ts'
import { fromOnnxTensor, toOnnxTensor, type OnnxRuntime, type OnnxSession } from '../../onnx/evaluator.ts'
import { lowerGraph } from '../../onnx/lower-graph.ts'
import type { OnnxModel, ValueInfo } from '../../onnx/model.ts'
import type { Fact } from '../../ops/fact.ts'
import { realTensor } from '../../ops/complex-border.ts'
import { nameGraph } from '../short-names.ts'
import { cloneModel, type GraphStep } from './recorder.ts'

/** Names of inputs → tensors. What a model takes besides is fed empty. */
export type Feeds = ReadonlyMap<string, Tensor>

/** Nothing on the console: what fails comes back as an error. */
const SILENT = { logSeverityLevel: 4 }

/** A model in a session. */
export class OpenModel {
  readonly #ort: OnnxRuntime
  readonly #session: OnnxSession
  readonly #inputs: readonly ValueInfo[]

  constructor(ort: OnnxRuntime, session: OnnxSession, inputs: readonly ValueInfo[]) {
    this.#ort = ort
    this.#session = session
    this.#inputs = inputs
  }

  /** The outputs by name, or what onnxruntime says. */
  async run(feeds: Feeds): Promise<ReadonlyMap<string, Tensor> | string> {
    try {
      const given = this.#inputs.map((info) => [info.name, toOnnxTensor(this.#ort, realTensor(feeds.get(info.name) ?? empty(info)))])
      const results = await this.#session.run(Object.fromEntries(given) as Record<string, never>, SILENT)
      return new Map(Object.entries(results).map(([name, tensor]) => [name, fromOnnxTensor(tensor)]))
    } catch (error) {
      if (error instanceof CompileError) throw error
      return said(error)
    }
  }
  close(): Promise<void> {
    return this.#session.release()
  }
}

export const isOpen = (open: OpenModel | string): open is OpenModel => typeof open !== 'string'

/**
 * What onnxruntime says where it refuses the model. Only what is `optimized` is changed on loading: what onnxruntime makes of a form that no page
 * is given (it breaks some nested Ifs) says nothing about our passes.
 */
export async function openModel(ort: OnnxRuntime, { model, pieces }: Named, optimized = false): Promise<OpenModel | string> {
  try {
    const options = { ...SILENT, graphOptimizationLevel: optimized ? 'all' : 'disabled' }
    return new OpenModel(ort, await ort.InferenceSession.create(joinPieces(pieces), options), model.graph.inputs)
  } catch (error) {
    return said(error)
  }
}

/** What a run gave, by name. */
export interface Ran {
  readonly outputs: ReadonlyMap<string, Tensor>
  readonly milliseconds: number
}

export async function timed(open: OpenModel, feeds: Feeds): Promise<Ran | { readonly outputs: string; readonly milliseconds: number }> {
  const since = performance.now()
  const outputs = await open.run(feeds)
  return { outputs, milliseconds: performance.now() - since } as Ran
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!

/** A model whose values are named in order, and its bytes in pieces: models that are the same have the same. */
export interface Named {
  readonly model: OnnxModel
  readonly pieces: readonly Uint8Array[]
}

/** `border`: other names for inputs and outputs. */
export function named(model: OnnxModel, border?: ReadonlyMap<string, string>): Named {
  const copy = cloneModel(model)
  nameGraph(copy, border)
  return { model: copy, pieces: encodePieces(copy) }
}

export function isSame({ pieces: a }: Named, { pieces: b }: Named): boolean {
  return a.length === b.length && a.every((piece, i) => sameBytes(piece, b[i]!))
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  // Weights are views on the model file.
  if (a.buffer === b.buffer && a.byteOffset === b.byteOffset) return true
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The graph of a step as a model, its outputs named by their order; undefined where it cannot be one yet: later passes are needed. */
export function lowered({ graph, inputs, opset = 18 }: GraphStep): OnnxModel | undefined {
  const copy = annotated(graph, inputs)
  try {
    const model = lowerGraph(copy, { opset, outputNames: copy.outputs.map((_, i) => `o${i}`) })
    eliminateDead(model)
    return model
  } catch (error) {
    if (error instanceof CompileError) return undefined
    throw error
  }
}

/** A copy whose values have the types that facts tell: lowering reads those. */
export function annotated(graph: Graph, inputs: readonly (Fact | undefined)[]): Graph {
  const copy = cloneGraph(graph)
  const known = new Map<Value, Fact>()
  for (const [i, fact] of inputs.entries()) if (fact !== undefined) known.set(copy.inputs[i]!, fact)
  annotate(copy, inferFacts(copy, { inputs: known }))
  return copy
}

/** What an input is fed that the method at hand does not have. */
function empty({ dtype, dims }: ValueInfo): Tensor {
  const type = isComplex(dtype) ? dtype : emittedType(dtype)
  const rank = dims?.length ?? 1
  if (rank === 0) return scalarTensor(type, type === 'bool' ? false : scalarTypeInfo(type).category === 'float' ? 0 : 0n)
  return tensorOf(
    type,
    Array.from({ length: rank }, () => 0),
    new Uint8Array(0),
  )
}

/** Bytes of all weights: how often a model can be run in reasonable time follows from them. */
export function weightBytes({ graph }: OnnxModel): number {
  let bytes = 0
  for (const tensor of graph.initializers.values()) bytes += contiguousSize(tensor)
  return bytes
}
const contiguousSize = ({ sizes, dtype }: Tensor): number => numel(sizes) * scalarTypeInfo(dtype).bytes
