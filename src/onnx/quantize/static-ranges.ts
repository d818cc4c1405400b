// Static quantization: which activations become bytes, in which range, and the QuantizeLinear / DequantizeLinear pairs that say so. onnxruntime
// makes QLinearConv, QLinearAdd, … of what stands between two pairs. Only of the outermost graph: what bodies compute stays as it is.
// onnxruntime/core/optimizer/qdq_transformer/selectors_actions/qdq_selectors.cc; its tools/quantization/qdq_quantizer.py

import { scalarTensor } from '../../ir/tensor-elements.ts'
import { numel, tensorOf, type Tensor } from '../../ir/tensor.ts'
import { f, subgraphs, type OnnxAttribute, type OnnxGraph, type OnnxModel, type OnnxNode, type ValueInfo } from '../model.ts'
import { newNode } from '../passes/readers.ts'
import { intAttribute } from '../passes/values.ts'
import { byteScale, type Ranges } from './byte-range.ts'
import { roundHalfEven, toInt8 } from './rounding.ts'
import { bytesOf, floatsOf, floatTensor, onnxNode, type Prelude } from './stored-weight.ts'
import type { Weight } from './weights.ts'

const CONVOLUTIONS = new Set(['Conv', 'FusedConv'])
/** Their results are in the range of their input, in whose bytes they are computed. */
export const SAME_RANGE: ReadonlySet<string> = new Set(['MaxPool', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose'])
/** Computed in bytes where all their inputs are. */
export const ELEMENTWISE: ReadonlySet<string> = new Set(['Add', 'AveragePool', 'GlobalAveragePool'])

/**
 * True when every reader is a convolution that is faster in bytes, in the outermost graph. Those in groups are not: on wasm their kernel for
 * bytes takes several times as long as that for floats.
 */
export function hasStaticForm({ uses }: Weight, top: ReadonlySet<OnnxNode>): boolean {
  return (
    uses.length > 0 &&
    uses.every(({ node, input }) => input === 1 && top.has(node) && CONVOLUTIONS.has(node.opType) && intAttribute(node, 'group', 1) === 1)
  )
}

/** FusedConv → Conv, perhaps Add, and the activation: pairs are looked for around ONNX's own operators. In place, the outermost graph only. */
export function splitFusedConvolutions(model: OnnxModel, weights: ReadonlySet<string>): void {
  /** Named after the result, so that a copy of the model, split elsewhere too, has the same names. */
  const value = (part: string, result: string): string => {
    const name = `qf.${part}:${result}`
    model.types.set(name, model.types.get(result) ?? { dtype: 'float32', dims: undefined })
    return name
  }
  model.graph.nodes = model.graph.nodes.flatMap((node) => {
    if (node.opType !== 'FusedConv' || !weights.has(node.inputs[1]!)) return [node]
    const [x, w, bias = '', addend = ''] = node.inputs as [string, string, string?, string?]
    const [y] = node.outputs as [string]
    const activation = node.attributes.get('activation')
    const kept = [...node.attributes].filter(([name]) => name !== 'activation' && name !== 'activation_params')
    const made: OnnxNode[] = []
    const then = (part: string, isLast: boolean, make: (output: string) => OnnxNode): string => {
      const output = isLast ? y : value(part, y)
      made.push(make(output))
      return output
    }
    let last = then('sum', addend === '' && activation === undefined, (output) =>
      newNode('Conv', bias === '' ? [x, w] : [x, w, bias], [output], kept),
    )
    if (addend !== '') last = then('add', activation === undefined, (output) => newNode('Add', [last, addend], [output]))
    if (typeof activation === 'string')
      then('all', true, (output) => activationNode(activation, node.attributes.get('activation_params'), last, output, model))
    return made
  })
}

function activationNode(name: string, params: OnnxAttribute | undefined, input: string, output: string, model: OnnxModel): OnnxNode {
  const values = typeof params === 'object' && 'kind' in params && params.kind === 'floats' ? params.values : []
  const bound = (i: number): string => {
    const constant = `qf.c:${model.graph.initializers.size}`
    model.graph.initializers.set(constant, scalarTensor('float32', values[i]!))
    return constant
  }
  if (name === 'Clip') return onnxNode('Clip', [input, bound(0), bound(1)], [output])
  const [alpha, beta] = values
  return onnxNode(name, [input], [output], {
    ...(alpha === undefined ? {} : { alpha: f(alpha) }),
    ...(beta === undefined ? {} : { beta: f(beta) }),
  })
}

/** Which activations are to be measured and become bytes, in the order of the graph, and whose range each takes. */
export function chosenActivations(model: OnnxModel, weights: ReadonlySet<string>): Map<string, string> {
  const { graph } = model
  const readers = new Map<string, OnnxNode[]>()
  for (const node of graph.nodes) for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node])
  const inner = namesInSubgraphs(graph)
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  /** What stands for a result once a clamp that nothing goes around is part of it: the range says the same. */
  const behindClamp = (name: string): string => {
    const [reader, ...others] = readers.get(name) ?? []
    const isClamp = reader?.opType === 'Relu' || reader?.opType === 'Clip'
    return isClamp && others.length === 0 && !outputs.has(name) && !inner.has(name) ? reader.outputs[0]! : name
  }
  const chosen = new Map<string, string>()
  for (const node of graph.nodes) {
    const [x = '', w = ''] = node.inputs
    const [y = ''] = node.outputs
    if (node.domain !== '') continue
    if (node.opType === 'Conv' && weights.has(w)) {
      if (!chosen.has(x)) chosen.set(x, x)
      chosen.set(behindClamp(y), behindClamp(y))
    } else if (SAME_RANGE.has(node.opType) && chosen.has(x) && node.outputs.length === 1) chosen.set(y, chosen.get(x)!)
    else if (ELEMENTWISE.has(node.opType) && node.inputs.every((name) => chosen.has(name))) chosen.set(behindClamp(y), behindClamp(y))
  }
  return chosen
}

function namesInSubgraphs(graph: OnnxGraph): Set<string> {
  const names = new Set<string>()
  const pending = graph.nodes.flatMap(subgraphs)
  for (let sub = pending.pop(); sub !== undefined; sub = pending.pop()) {
    for (const { name } of sub.outputs) names.add(name)
    for (const node of sub.nodes) {
      for (const name of node.inputs) names.add(name)
      pending.push(...subgraphs(node))
    }
  }
  return names
}

/** The model with activations as outputs, for calibration. */
export function observed(model: OnnxModel, names: Iterable<string>): OnnxModel {
  const own = new Set([...model.graph.outputs, ...model.graph.inputs].map(({ name }) => name))
  const more = [...names].filter((name) => !own.has(name)).map((name): ValueInfo => ({ name, dtype: 'float32', dims: undefined }))
  return { ...model, graph: { ...model.graph, outputs: [...model.graph.outputs, ...more] } }
}

/** Puts the pairs in. In place; the weights are replaced as well. */
export function quantizeActivations(
  model: OnnxModel,
  weights: readonly Weight[],
  activations: ReadonlyMap<string, string>,
  ranges: Ranges,
  to: Prelude,
): void {
  const { graph } = model
  const scales = new Map<string, number>()
  const pairs = new Map<string, (input: string, output: string) => OnnxNode[]>()
  for (const [name, from] of activations) {
    const { scale, zeroPoint } = byteScale(ranges.get(from)!)
    scales.set(name, scale)
    const constants = (): [string, string] => [to.scale(scale), to.zeroPoint(zeroPoint)]
    const dims = model.types.get(name)?.dims
    pairs.set(name, (input, output) => {
      const bytes = to.name('uint8', dims)
      return [onnxNode('QuantizeLinear', [input, ...constants()], [bytes]), onnxNode('DequantizeLinear', [bytes, ...constants()], [output])]
    })
  }
  const layers = new Map(weights.map((weight) => [weight.name, new StaticWeight(weight, to)]))
  const renamed = new Map<string, string>()
  const nodes: OnnxNode[] = []
  // Inputs of the model keep their names: their readers here read what comes back from bytes.
  for (const { name } of graph.inputs) {
    const pair = pairs.get(name)
    if (pair === undefined) continue
    const output = to.name('float32', model.types.get(name)?.dims)
    renamed.set(name, output)
    nodes.push(...pair(name, output))
  }
  for (const node of graph.nodes) {
    const layer = layers.get(node.inputs[1] ?? '')
    const scale = scales.get(node.inputs[0] ?? '')
    node.inputs = node.inputs.map((name) => renamed.get(name) ?? name)
    if (layer !== undefined && scale !== undefined) layer.give(node, scale, model)
    const after: OnnxNode[] = []
    node.outputs = node.outputs.map((name) => {
      const pair = pairs.get(name)
      if (pair === undefined) return name
      // Whoever reads the name reads what comes back from bytes.
      const exact = to.name('float32', model.types.get(name)?.dims)
      after.push(...pair(exact, name))
      return exact
    })
    nodes.push(node, ...after)
  }
  graph.nodes = nodes
}

/** The weight of a convolution in bytes, and biases in the scale of its products. */
class StaticWeight {
  readonly #to: Prelude
  readonly #values: string
  readonly #scales: Float32Array

  constructor({ tensor, view }: Weight, to: Prelude) {
    this.#to = to
    const { values, scales } = toInt8(floatsOf(tensor), view!)
    const stored = to.constant(tensorOf('int8', tensor.sizes, bytesOf(values)))
    this.#scales = scales.map((scale) => (scale === 0 ? 1 : scale))
    const scale = to.constant(floatTensor([scales.length], this.#scales))
    this.#values = to.op('DequantizeLinear', [stored, scale], 'float32', tensor.sizes, { axis: 0 })
  }

  give(node: OnnxNode, inputScale: number, { graph }: OnnxModel): void {
    node.inputs[1] = this.#values
    const [, , bias = ''] = node.inputs
    const tensor = graph.initializers.get(bias)
    if (tensor !== undefined) node.inputs[2] = this.#bias(tensor, inputScale)
  }

  /** q = round(b / (scale of the input · scale of the weight)), in int32. */
  #bias(bias: Tensor, inputScale: number): string {
    const scales = this.#scales.map((scale) => Math.fround(scale * inputScale))
    const real = floatsOf(bias)
    const values = Int32Array.from(scales, (scale, i) => Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), roundHalfEven(real[i]! / scale))))
    const stored = this.#to.constant(tensorOf('int32', [numel(bias.sizes)], bytesOf(values)))
    return this.#to.op('DequantizeLinear', [stored, this.#to.constant(floatTensor([scales.length], scales))], 'float32', bias.sizes, {
      axis: 0,
    })
  }
}
