// A 1-d convolution as a 2-d one of height 1, for WebGPU: what is laid out with channels last there, and tiled, are planes. The kernel of wasm sees
// a line as a plane by itself and is as fast (measured), so nothing is done for it. The mobile optimiser's CONV_1D_TO_2D.
// torch/csrc/jit/passes/xnnpack_rewrite.cpp (transformConv1dToConv2d)

import type { Dims } from '../../ir/dim.ts'
import { contiguousStrides, contiguousBytes, tensorOf, isContiguous, type Tensor } from '../../ir/tensor.ts'
import { int64Tensor } from '../../ir/tensor-elements.ts'
import type { OnnxAttribute, OnnxNode } from '../model.ts'
import { onnxNode, replaceNodes, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { intsAttribute } from './values.ts'

const NAME = 'conv-1d-to-2d'

export const conv1dTo2d = defineOnnxPass({
  name: NAME,
  doc: 'Device webgpu: a 1-d convolution becomes a 2-d one of height 1; the kernel of wasm is as fast on lines.',
  type: 'CONV_1D_TO_2D',
  optional: true,
  wants: ['Conv'],
  run: (model, { device, missed }) => {
    const planes = new Map<string, string>()
    const replaced = replaceNodes(model, '1d', (node, index) => {
      const weight = node.domain === '' && node.opType === 'Conv' ? index.constant(node.inputs[1]) : undefined
      if (weight?.sizes.length !== 3) return undefined
      const miss = (reason: string): undefined => void missed.push({ pass: NAME, reason })
      if (device !== 'webgpu')
        return miss(`the kernel of wasm is as fast on lines${device === undefined ? ', and no device is given' : ''}`)
      const [name] = node.inputs.slice(1) as [string]
      const others = index.readers(name).some((reader) => reader.opType !== 'Conv' || reader.inputs[1] !== name)
      if (others) return miss('the weight is used elsewhere too, and would be stored in both shapes')
      let plane = planes.get(name)
      if (plane === undefined) planes.set(name, (plane = index.addConstant(asPlane(weight), index.origin(name))))
      return inPlanes(node, plane, index)
    })
    return replaced
  },
})

/** [out, in, k] → [out, in, 1, k]. */
function asPlane(weight: Tensor): Tensor {
  const [out, inner, k] = weight.sizes as [number, number, number]
  const sizes = [out, inner, 1, k]
  return isContiguous(weight)
    ? { ...weight, sizes, strides: contiguousStrides(sizes) }
    : tensorOf(weight.dtype, sizes, contiguousBytes(weight))
}

const planeDims = (dims: Dims): Dims => (dims?.length === 3 ? [dims[0]!, dims[1]!, 1, dims[2]!] : undefined)

/** What each attribute has for the axis of extent 1. */
const LEADS = new Map([
  ['kernel_shape', 1],
  ['strides', 1],
  ['dilations', 1],
])

function inPlanes(node: OnnxNode, weight: string, index: GraphIndex): OnnxNode[] {
  const [x, , bias] = node.inputs as [string, string, string | undefined]
  const [y] = node.outputs as [string]
  const dtype = index.dtype(x) ?? index.dtype(y) ?? 'float32'
  const axis = index.addConstant(int64Tensor([2]))
  const lines = index.name({ dtype, dims: planeDims(index.dims(x)) })
  const result = index.name({ dtype, dims: planeDims(index.dims(y)) })
  const attributes: Record<string, OnnxAttribute> = {}
  for (const [name, value] of node.attributes) {
    const ints = intsAttribute(node, name)
    const lead = LEADS.get(name)
    attributes[name] =
      ints === undefined ? value : name === 'pads' ? [0, ints[0]!, 0, ints[1]!] : lead === undefined ? value : [lead, ...ints]
  }
  return [
    onnxNode('Unsqueeze', [x, axis], [lines]),
    onnxNode('Conv', [lines, weight, bias], [result], attributes),
    onnxNode('Squeeze', [result, axis], [y]),
  ]
}
