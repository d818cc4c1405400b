// Products with int4 weights in blocks of 32, as WebGPU's kernel reads them: com.microsoft.MatMulNBits. Not for wasm, whose kernel unpacks the
// weights at every call and is slower than the product of floats.
// onnxruntime/docs/ContribOperators.md: MatMulNBits; B is [n, blocks, 16 bytes], the low nibble first, 8 stands for zero.

import { tensorOf } from '../../ir/tensor.ts'
import { fromFloat16, toFloat16 } from '../../ir/float16.ts'
import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode } from '../model.ts'
import { intAttribute } from '../passes/values.ts'
import { hasIntegerForm } from './integer-product.ts'
import { toInt4 } from './rounding.ts'
import { floatsOf, halfTensor, onnxNode, packPairs, type Prelude } from './stored-weight.ts'
import type { Weight } from './weights.ts'

const BLOCK = 32

/** True when every reader is a plain product, and blocks fit. */
export function hasBlockForm(weight: Weight): boolean {
  const { view, tensor } = weight
  return (
    hasIntegerForm(weight) && view !== undefined && view.length % BLOCK === 0 && floatsOf(tensor).every((value) => Math.abs(value) < 65504)
  )
}

interface BlockWeight {
  readonly values: string
  readonly scales: string
  readonly k: number
  readonly n: number
}

export class BlockProducts {
  readonly #model: OnnxModel
  readonly #weights = new Map<string, BlockWeight>()
  #next = 0

  constructor(model: OnnxModel) {
    this.#model = model
  }

  add({ name, tensor, uses }: Weight, to: Prelude): void {
    const turned = intAttribute(uses[0]!.node, 'transB', 0) !== 0
    const [rows, columns] = tensor.sizes as [number, number]
    const [k, n] = turned ? [columns, rows] : [rows, columns]
    const given = floatsOf(tensor)
    // [n, k], whichever way the weight lies.
    const weights = turned ? given : Float32Array.from({ length: k * n }, (_, i) => given[(i % k) * n + Math.floor(i / k)]!)
    const { values, scales } = toInt4(weights, { outer: n, length: k, inner: 1 }, BLOCK, (scale) => fromFloat16(toFloat16(scale)))
    this.#weights.set(name, {
      values: to.constant(tensorOf('uint8', [n, k / BLOCK, BLOCK / 2], packPairs(values))),
      scales: to.cast(to.constant(halfTensor([scales.length], scales)!), 'float32', [scales.length]),
      k,
      n,
    })
  }

  replace(): void {
    if (this.#weights.size > 0) this.#graph(this.#model.graph)
  }

  #graph(graph: OnnxGraph): void {
    graph.nodes = graph.nodes.flatMap((node) => {
      for (const sub of subgraphs(node)) this.#graph(sub)
      const weight = this.#weights.get(node.inputs[1] ?? '')
      return weight === undefined ? [node] : this.#product(node, weight)
    })
  }

  #product(node: OnnxNode, { values, scales, k, n }: BlockWeight): OnnxNode[] {
    const [x, , bias = ''] = node.inputs as [string, string, string?]
    const [y] = node.outputs as [string]
    let product = y
    if (bias !== '') this.#model.types.set((product = `qb:${this.#next++}`), { dtype: 'float32', dims: this.#model.types.get(y)?.dims })
    const made = onnxNode('MatMulNBits', [x, values, scales], [product], { K: k, N: n, bits: 4, block_size: BLOCK }, 'com.microsoft')
    return bias === '' ? [made] : [made, onnxNode('Add', [product, bias], [y])]
  }
}
