// What verification compares: copies of a method's graph after each pass that changed it, and of the emitted model. Taken while a model is
// compiled, run when it is done. Weights are shared with the original.

import { CompileError } from '../../diagnostics/compile-error.ts'
import { cloneGraph } from '../../ir/clone.ts'
import type { Graph } from '../../ir/graph.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { OnnxAttribute, OnnxGraph, OnnxModel } from '../../onnx/model.ts'
import type { Fact } from '../../ops/fact.ts'
import type { PassInfo } from '../../passes/pass.ts'
import { flattened, type Capture } from '../../passes/pipeline.ts'
import { Example, type ExampleInputs } from '../../tracing/example.ts'
import { variablesOf } from '../../tracing/variables.ts'
import type { InputValues, Variable } from '../../tracing/variations.ts'

/** The graph as a pass left it. */
export interface GraphStep {
  readonly pass: PassInfo
  readonly graph: Graph
  /** What is known of the graph's inputs, in order. */
  readonly inputs: readonly (Fact | undefined)[]
  /** That the model is emitted for. */
  readonly opset?: number
}

export interface ModelStep {
  readonly pass: PassInfo
  readonly model: OnnxModel
}

/** A method, or a region of a host program, while it is compiled. */
export interface GraphRecord {
  readonly name: string
  /** What the examples are; the first is what others are varied from. */
  readonly examples: readonly InputValues[]
  /** The user gave them. */
  readonly isGiven: boolean
  readonly variables: readonly Variable[]
  /** Why there are no examples. */
  readonly without?: string
  /** The last output tells what was raised. */
  readonly hasError: boolean
  /** Outputs by then; later the error's may go. */
  outputs: number
  readonly capture: Capture
  readonly steps: GraphStep[]
}

export class VerifyRecorder {
  readonly #records = new WeakMap<Graph, GraphRecord>()
  readonly #examples: readonly ExampleInputs[]

  readonly #opset: number

  constructor(examples: readonly ExampleInputs[], opset: number) {
    this.#examples = examples
    this.#opset = opset
  }

  readonly captured = (capture: Capture): void => {
    // Names of examples are those of the method's own parameters.
    const isRegion = capture.options.facts !== undefined
    const given = isRegion || this.#examples.length === 0 ? [{}] : this.#examples
    const { examples, without } = examplesOf(capture, given)
    this.#records.set(capture.graph, {
      name: capture.options.name ?? 'forward',
      examples,
      isGiven: !isRegion && this.#examples.length > 0,
      variables: variablesOf(capture),
      ...(without === undefined ? {} : { without }),
      hasError: capture.context.error !== undefined,
      outputs: 0,
      capture,
      steps: [],
    })
  }

  readonly observe = (pass: PassInfo, graph: Graph): void => {
    const record = this.#records.get(graph)
    if (record === undefined || (record.steps.length === 0 && pass !== flattened)) return
    if (pass === flattened) record.outputs = graph.outputs.length
    const { inputs } = record.capture.context
    record.steps.push({ pass, graph: cloneGraph(graph), inputs: graph.inputs.map((value) => inputs.get(value)), opset: this.#opset })
  }

  recordOf(graph: Graph): GraphRecord | undefined {
    return this.#records.get(graph)
  }
}

function examplesOf(capture: Capture, given: readonly ExampleInputs[]): { examples: InputValues[]; without?: string } {
  try {
    const examples = given.map((inputs) => {
      const example = new Example(capture, inputs)
      return new Map(capture.graph.inputs.map((value): [string, IValue] => [value.debugName ?? '', example.valueOf(value)]))
    })
    return { examples }
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    return { examples: [], without: error.problems[0].message.replace(/^a trace needs/, 'it needs') }
  }
}

/** Nodes and tables are copies, tensors are shared. Subgraphs nest as deep as limit-nesting leaves them. */
export function cloneModel({ graph, opset, types, origins }: OnnxModel): OnnxModel {
  return { graph: cloneOnnxGraph(graph), opset, types: new Map(types), origins: new Map(origins) }
}

function cloneOnnxGraph(graph: OnnxGraph): OnnxGraph {
  const attribute = (value: OnnxAttribute): OnnxAttribute =>
    typeof value === 'object' && 'kind' in value && value.kind === 'graph' ? cloneOnnxGraph(value) : value
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: [...node.inputs],
      outputs: [...node.outputs],
      attributes: new Map([...node.attributes].map(([key, value]) => [key, attribute(value)])),
    })),
    inputs: [...graph.inputs],
    outputs: [...graph.outputs],
    initializers: new Map(graph.initializers),
  }
}
