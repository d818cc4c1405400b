// Embedding tables in int8: rows are looked up as integers, each with its scale, and only those become floats. The table stays small in the
// page's memory too. For wasm: WebGPU has no Gather of bytes.

import type { ScalarType } from '../../ir/scalar-type.ts'
import { numel, tensorOf } from '../../ir/tensor.ts'
import { onnxDataType } from '../data-type.ts'
import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode } from '../model.ts'
import { intAttribute } from '../passes/values.ts'
import { toInt8 } from './rounding.ts'
import { bytesOf, floatsOf, floatTensor, onnxNode, type Prelude } from './stored-weight.ts'
import type { Weight } from './weights.ts'

export const isLookup = (node: OnnxNode): boolean => node.opType === 'Gather' && node.domain === '' && intAttribute(node, 'axis', 0) === 0

/** True when rows of the table are all that is read of it. */
export function isEmbedding({ tensor, uses }: Weight): boolean {
  return tensor.sizes.length >= 2 && uses.length > 0 && uses.every(({ node, input }) => input === 0 && isLookup(node))
}

export class Embeddings {
  readonly #model: OnnxModel
  readonly #tables = new Map<string, readonly [values: string, scales: string]>()
  #next = 0

  constructor(model: OnnxModel) {
    this.#model = model
  }

  /** The names of what is stored: rows of bytes, and a scale for each. */
  add({ name, tensor }: Weight, to: Prelude): readonly [values: string, scales: string] {
    const [count, ...rest] = tensor.sizes as [number, ...number[]]
    const { values, scales } = toInt8(floatsOf(tensor), { outer: count, length: numel(rest), inner: 1 })
    const stored = [
      to.constant(tensorOf('int8', tensor.sizes, bytesOf(values))),
      to.constant(floatTensor([count, ...rest.map(() => 1)], scales)),
    ] as const
    this.#tables.set(name, stored)
    return stored
  }

  replace(): void {
    if (this.#tables.size > 0) this.#graph(this.#model.graph)
  }

  #graph(graph: OnnxGraph): void {
    graph.nodes = graph.nodes.flatMap((node) => {
      for (const sub of subgraphs(node)) this.#graph(sub)
      const table = isLookup(node) ? this.#tables.get(node.inputs[0]!) : undefined
      return table === undefined ? [node] : this.#lookup(node, table)
    })
  }

  #lookup(node: OnnxNode, [values, scales]: readonly [string, string]): OnnxNode[] {
    const indices = node.inputs[1]!
    const dims = this.#model.types.get(node.outputs[0]!)?.dims
    const name = (dtype: ScalarType): string => {
      const own = `qe:${this.#next++}`
      this.#model.types.set(own, { dtype, dims })
      return own
    }
    const [integers, scale, floats] = [name('int8'), `qe:${this.#next++}`, name('float32')]
    this.#model.types.set(scale, { dtype: 'float32', dims: undefined })
    return [
      onnxNode('Gather', [values, indices], [integers], { axis: 0 }),
      onnxNode('Gather', [scales, indices], [scale], { axis: 0 }),
      onnxNode('Cast', [integers], [floats], { to: onnxDataType('float32')! }),
      onnxNode('Mul', [floats, scale], node.outputs),
    ]
  }
}
