// Zeros that are handed in: a bias of nothing but 0, and initial states of recurrent layers that start from 0 without being told.
// x + 0 is x, save that −0 becomes 0. Results of recurrent layers that nobody reads are not asked for.
// ONNX spec: LSTM-14, GRU-14, RNN-14: an absent state is 0; all three results are optional. Conv-11, ConvTranspose-11, Gemm-13: an absent bias is 0.

import { contiguousBytes, type Tensor } from '../../ir/tensor.ts'
import type { OnnxNode } from '../model.ts'
import { onnxNode, replaceNodes, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass } from './onnx-pass.ts'

export const dropZeros = defineOnnxPass({
  name: 'drop-zeros',
  doc: 'Removes additions of constants that are all zeros, biases and initial states of layers that are, and results of recurrent layers that nobody reads.',
  optional: true,
  wants: ['Add', 'LSTM', 'GRU', 'RNN', 'Conv', 'ConvTranspose', 'Gemm'],
  run: (model) =>
    replaceNodes(model, 'z', (node, index) => {
      if (node.domain !== '') return undefined
      if (node.opType === 'Add') return withoutZeroBias(node, index)
      if (BIASED.has(node.opType)) return withoutBias(node, index)
      return RECURRENT.has(node.opType) ? plainRecurrent(node, index) : undefined
    }),
})

/** Their third input is a bias that may be absent. */
const BIASED = new Set(['Conv', 'ConvTranspose', 'Gemm'])
const RECURRENT = new Set(['LSTM', 'GRU', 'RNN'])

// Zero is the same bytes in every dtype; −0 is not taken for it.
const isZeros = (tensor: Tensor | undefined): boolean =>
  tensor !== undefined && tensor.dtype !== 'bool' && contiguousBytes(tensor).every((byte) => byte === 0)

function withoutZeroBias(node: OnnxNode, index: GraphIndex): OnnxNode[] | undefined {
  for (const side of [0, 1] as const) {
    const [x, c] = [node.inputs[side]!, node.inputs[1 - side]!]
    const constant = index.constant(c)
    const dims = index.dims(x)
    if (constant === undefined || dims === undefined || constant.sizes.length > dims.length) continue
    const lead = dims.length - constant.sizes.length
    // The sum has the shape of x.
    if (!constant.sizes.every((size, i) => size === 1 || size === dims[lead + i]) || !isZeros(constant)) continue
    return [onnxNode('Identity', [x], [node.outputs[0]])]
  }
  return undefined
}

/** A layer with a bias of zeros is one without. */
function withoutBias(node: OnnxNode, index: GraphIndex): OnnxNode[] | undefined {
  const bias = node.inputs[2]
  if (bias === undefined || bias === '' || !isZeros(index.constant(bias))) return undefined
  return [onnxNode(node.opType, node.inputs.with(2, ''), node.outputs, Object.fromEntries(node.attributes))]
}

// Operators that move elements and make none.
const MOVING = ['Expand', 'Slice', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose', 'Identity']

/** Zeros of whatever extents. */
function areZeros(name: string, index: GraphIndex): boolean {
  let at = name
  for (let node = index.made(at, ...MOVING); node !== undefined; node = index.made(at, ...MOVING)) at = node.inputs[0]!
  return isZeros(index.constant(at))
}

function plainRecurrent(node: OnnxNode, index: GraphIndex): OnnxNode[] | undefined {
  const inputs = node.inputs.map((name, i) => ((i === 5 || i === 6) && name !== '' && areZeros(name, index) ? '' : name))
  const outputs = node.outputs.map((name) => (name !== '' && (index.isResult(name) || index.readers(name).length > 0) ? name : ''))
  while (outputs.length > 1 && outputs.at(-1) === '') outputs.pop()
  if (outputs.every((name) => name === '')) return undefined
  if (inputs.join() === node.inputs.join() && outputs.length === node.outputs.length && outputs.join() === node.outputs.join())
    return undefined
  return [onnxNode(node.opType, inputs, outputs, Object.fromEntries(node.attributes))]
}
