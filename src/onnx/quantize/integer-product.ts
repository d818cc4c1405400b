// Products with int8 weights in integers: the input is quantized by its own range at each call (dynamic quantization), or by one that was
// measured (static). onnxruntime makes one kernel of the chain, which on wasm is about twice as fast as the product of floats; WebGPU has none.
// ONNX spec: DynamicQuantizeLinear-11, MatMulInteger-10. onnxruntime/core/optimizer/matmul_integer_to_float.cc, dynamic_quantize_matmul_fusion.cc

import type { ScalarType } from '../../ir/scalar-type.ts'
import { tensorOf } from '../../ir/tensor.ts'
import { onnxDataType } from '../data-type.ts'
import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode, type ValueType } from '../model.ts'
import { floatAttribute } from '../passes/readers.ts'
import { intAttribute } from '../passes/values.ts'
import { byteScale, type Ranges } from './byte-range.ts'
import { toInt8 } from './rounding.ts'
import { bytesOf, floatsOf, floatTensor, onnxNode, type Prelude } from './stored-weight.ts'
import type { Weight, WeightUse } from './weights.ts'

// What quantizing the input costs is not won back below.
const LEAST = 64 * 64

/** True when every reader is a product that has an integer form, all of them of one orientation. */
export function hasIntegerForm({ tensor, uses }: Weight): boolean {
  if (tensor.sizes.length !== 2 || tensor.sizes[0]! * tensor.sizes[1]! < LEAST) return false
  const turned = uses.map(({ node }) => intAttribute(node, 'transB', 0))
  return uses.length > 0 && uses.every(isPlainProduct) && turned.every((one) => one === turned[0])
}

export function isPlainProduct({ node, input }: WeightUse): boolean {
  if (node.domain !== '' || input !== 1) return false
  if (node.opType === 'MatMul') return true
  const isOne = (name: string): boolean => floatAttribute(node, name, 1) === 1
  return node.opType === 'Gemm' && isOne('alpha') && isOne('beta') && intAttribute(node, 'transA', 0) === 0
}

/** True when all readers are in the outermost graph, so that the ranges of their inputs can be measured. */
export function isMeasurable({ uses }: Weight, top: ReadonlySet<OnnxNode>): boolean {
  return uses.every(({ node }) => top.has(node))
}

interface IntegerWeight {
  /** [k, n] of int8. */
  readonly values: string
  /** [n]: a constant, for inputs whose scale is told at run time, or the numbers, to be multiplied with one that was measured. */
  readonly scale: string | Float32Array
}

/** An input in bytes. */
interface Quantized {
  readonly values: string
  /** A number where it was measured. */
  readonly scale: string | number
  readonly zeroPoint: string
}

/** Replaces the products with weights that have an integer form. In place. */
export class IntegerProducts {
  readonly #model: OnnxModel
  readonly #weights = new Map<string, IntegerWeight>()
  readonly #to: Prelude
  readonly #ranges: Ranges
  #next = 0

  /** `ranges`: of inputs of static products. */
  constructor(model: OnnxModel, to: Prelude, ranges: Ranges) {
    this.#model = model
    this.#to = to
    this.#ranges = ranges
  }

  add({ name, tensor, uses, view }: Weight, isStatic: boolean): void {
    const to = this.#to
    const turned = intAttribute(uses[0]!.node, 'transB', 0) !== 0
    const [rows, columns] = tensor.sizes as [number, number]
    const { values, scales } = toInt8(floatsOf(tensor), view!)
    const [k, n] = turned ? [columns, rows] : [rows, columns]
    this.#weights.set(name, {
      values: to.constant(tensorOf('int8', [k, n], bytesOf(turned ? transposed(values, rows, columns) : values))),
      scale: isStatic ? scales : to.constant(floatTensor([n], scales)),
    })
  }

  /** Products that read `name` take rows of bytes, [n, k], with a scale for each, [n, 1]: both are turned when the model is loaded. */
  addRows(name: string, [n, k]: readonly [number, number], [values, scales]: readonly [string, string]): void {
    const to = this.#to
    const turned = (): string => to.op('Transpose', [values], 'int8', [k, n], { perm: [1, 0] })
    const flat = (): string => to.op('Reshape', [scales, to.ints([n])], 'float32', [n], { allowzero: 0 })
    this.#weights.set(name, { values: to.shared(`turned ${values}`, turned), scale: to.shared(`flat ${scales}`, flat) })
  }

  replace(): void {
    if (this.#weights.size > 0) this.#graph(this.#model.graph)
  }

  #graph(graph: OnnxGraph): void {
    /** An input that several products read is quantized once. */
    const quantized = new Map<string, Quantized>()
    graph.nodes = graph.nodes.flatMap((node) => {
      for (const sub of subgraphs(node)) this.#graph(sub)
      const weight = this.#weights.get(node.inputs[1] ?? '')
      return weight === undefined || !isPlainProduct({ node, input: 1 }) ? [node] : this.#product(node, weight, quantized)
    })
  }

  #name(dtype: ScalarType, dims: ValueType['dims']): string {
    const name = `qi:${this.#next++}`
    this.#model.types.set(name, { dtype, dims })
    return name
  }

  #product(node: OnnxNode, weight: IntegerWeight, quantized: Map<string, Quantized>): OnnxNode[] {
    const [x, , bias = ''] = node.inputs as [string, string, string?]
    const [y] = node.outputs as [string]
    const nodes: OnnxNode[] = []
    const isStatic = typeof weight.scale !== 'string'
    const key = `${isStatic ? 'static' : 'dynamic'} ${x}`
    let input = quantized.get(key)
    if (input === undefined) {
      input = isStatic ? this.#measured(x, nodes) : this.#dynamic(x, nodes)
      quantized.set(key, input)
    }
    const dims = this.#model.types.get(y)?.dims
    const sum = this.#name('int32', dims)
    const floats = this.#name('float32', dims)
    const product = bias === '' ? y : this.#name('float32', dims)
    nodes.push(
      onnxNode('MatMulInteger', [input.values, weight.values, input.zeroPoint], [sum]),
      onnxNode('Cast', [sum], [floats], { to: onnxDataType('float32')! }),
    )
    const scale = this.#scale(weight, input, nodes)
    nodes.push(onnxNode('Mul', [floats, scale], [product]))
    if (bias !== '') nodes.push(onnxNode('Add', [product, bias], [y]))
    return nodes
  }

  /** What a step of the sums is worth: one number for each column. */
  #scale({ scale: own }: IntegerWeight, { scale }: Quantized, nodes: OnnxNode[]): string {
    if (typeof own === 'string') {
      const product = this.#name('float32', undefined)
      nodes.push(onnxNode('Mul', [scale as string, own], [product]))
      return product
    }
    return this.#to.constant(
      floatTensor(
        [own.length],
        own.map((one) => Math.fround(one * (scale as number))),
      ),
    )
  }

  #dynamic(x: string, nodes: OnnxNode[]): Quantized {
    const values = this.#name('uint8', this.#model.types.get(x)?.dims)
    const [scale, zeroPoint] = [this.#name('float32', []), this.#name('uint8', [])]
    nodes.push(onnxNode('DynamicQuantizeLinear', [x], [values, scale, zeroPoint]))
    return { values, scale, zeroPoint }
  }

  #measured(x: string, nodes: OnnxNode[]): Quantized {
    const { scale, zeroPoint } = byteScale(this.#ranges.get(x)!)
    const values = this.#name('uint8', this.#model.types.get(x)?.dims)
    const zero = this.#to.zeroPoint(zeroPoint)
    nodes.push(onnxNode('QuantizeLinear', [x, this.#to.scale(scale), zero], [values]))
    return { values, scale, zeroPoint: zero }
  }
}

function transposed(values: Int8Array, rows: number, columns: number): Int8Array {
  const out = new Int8Array(values.length)
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c]!
  return out
}
