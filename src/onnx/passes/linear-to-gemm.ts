// Linear layers between reshapes: Reshape(x·W + b) of more than two axes is one Gemm on rows, when what goes in is reshaped anyway, or several
// layers share the rows. Gemm takes two axes only; a Reshape costs no time.
// ONNX spec: Gemm-13.

import { dimProduct, type Dim } from '../../ir/dim.ts'
import { int64Tensor } from '../../ir/tensor-elements.ts'
import type { Missed } from '../../passes/pass.ts'
import type { OnnxNode } from '../model.ts'
import { onnxNode, replaceNodes, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { intAttribute } from './values.ts'

const PASS = 'linear-to-gemm'

export const linearToGemm = defineOnnxPass({
  name: PASS,
  doc: 'Makes a linear layer with bias whose result is reshaped one Gemm, where no Reshape is needed that is not there already.',
  optional: true,
  wants: ['MatMul'],
  run: (model, { missed }) => {
    const rows = new Map<string, string>()
    return replaceNodes(model, 'lg', (node, index, graph) => {
      // A name is seen in the graph that makes it, and in subgraphs of that only.
      const shared = graph === model.graph ? rows : new Map<string, string>()
      return fold(node, index, shared, missed)
    })
  },
})

interface Linear {
  readonly x: string
  readonly weight: string
  readonly bias: string
  readonly sizes: readonly [number, number]
}

/** x·W + b behind a Reshape that does not ask for extents of it. */
function linearOf(node: OnnxNode, index: GraphIndex): Linear | undefined {
  if (node.domain !== '' || node.opType !== 'Reshape') return undefined
  const target = index.ints(node.inputs[1])
  if (target === undefined || (target.includes(0) && intAttribute(node, 'allowzero', 0) === 0)) return undefined
  const add = index.own(node.inputs[0], 'Add')
  const bias = add?.inputs.find((name) => index.constant(name) !== undefined)
  const product = index.own(
    add?.inputs.find((name) => name !== bias),
    'MatMul',
  )
  const [x, weight] = product?.inputs ?? []
  const sizes = index.constant(weight)?.sizes
  if (x === undefined || weight === undefined || bias === undefined || sizes?.length !== 2 || sizes[0] === 0) return undefined
  if (index.constant(x) !== undefined || index.dtype(x) !== 'float32') return undefined
  const added = index.constant(bias)!.sizes
  if (added.at(-1) !== sizes[1] || added.slice(0, -1).some((size) => size !== 1)) return undefined
  const rank = index.dims(x)?.length
  if (rank === undefined || rank < 2 || added.length > rank) return undefined
  return { x, weight, bias, sizes: sizes as [number, number] }
}

function fold(node: OnnxNode, index: GraphIndex, shared: Map<string, string>, missed: Missed[]): OnnxNode[] | undefined {
  const linear = linearOf(node, index)
  if (linear === undefined) return undefined
  const { x, weight, bias, sizes } = linear
  const dims = index.dims(x)!
  const [made, rows] = rowsOf(x, sizes[0], index, shared)
  if (rows === undefined) {
    missed.push({ pass: PASS, reason: 'what goes into the layer has more than two axes, and is not reshaped' })
    return undefined
  }
  const product = index.name({ dtype: 'float32', dims: [dimProduct(dims.slice(0, -1)), sizes[1]] })
  const flat =
    index.constant(bias)!.sizes.length === 1
      ? bias
      : index.addConstant({ ...index.constant(bias)!, sizes: [sizes[1]], strides: [1] }, index.origin(bias))
  return [
    ...made,
    onnxNode('Gemm', [rows, weight, flat], [product]),
    onnxNode('Reshape', [product, node.inputs[1]], [node.outputs[0]], Object.fromEntries(node.attributes)),
  ]
}

/** x as rows of `width`, and the nodes for that; undefined where they would be more than they save. */
function rowsOf(x: string, width: number, index: GraphIndex, shared: Map<string, string>): readonly [OnnxNode[], string | undefined] {
  const dims = index.dims(x)!
  if (dims.length === 2) return [[], x]
  const known = shared.get(x)
  if (known !== undefined) return [[], known]
  const before = index.made(x, 'Reshape')
  const isMerged = before !== undefined && index.isReadOnce(x)
  const isShared = index.readers(x).filter((reader) => reader.opType === 'MatMul' && willBeGemm(reader, index)).length > 1
  if (!isMerged && !isShared) return [[], undefined]
  const count: Dim = dimProduct(dims.slice(0, -1))
  const rows = index.name({ dtype: 'float32', dims: [count, width] })
  const shape = index.addConstant(int64Tensor([typeof count === 'number' ? count : -1, width]))
  shared.set(x, rows)
  return [
    [
      onnxNode(
        'Reshape',
        [isMerged ? before.inputs[0] : x, shape],
        [rows],
        typeof count === 'number' && count === 0 ? { allowzero: 1 } : {},
      ),
    ],
    rows,
  ]
}

function willBeGemm(product: OnnxNode, index: GraphIndex): boolean {
  const [add] = index.readers(product.outputs[0]!)
  const [reshape] = add === undefined ? [] : index.readers(add.outputs[0]!)
  return reshape !== undefined && linearOf(reshape, index)?.weight === product.inputs[1]
}
