// The residual form: Relu(Conv(x) + z), and Conv(x) + z alone, as one FusedConv with z as its fourth input. The kernel of wasm starts from z and
// adds to it; that of WebGPU does not look at z, so the device must be wasm. The mobile optimiser's FUSE_ADD_RELU.
// onnxruntime/core/providers/cpu/nn/conv.cc, contrib_ops/cpu/fused_conv.cc

import { dimsEqual } from '../../ir/dim.ts'
import type { OnnxNode } from '../model.ts'
import { activationOf, fusedConv, obstacle } from './fuse-activation.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { replaceNodes, type GraphIndex } from './graph-index.ts'
import { isOp } from './readers.ts'

const PASS = 'fuse-add-relu'

export const fuseAddRelu = defineOnnxPass({
  name: PASS,
  doc: 'Device wasm: an addition to the result of a convolution, and the ReLU or clamp behind it, become part of the convolution, as FusedConv.',
  type: 'FUSE_ADD_RELU',
  optional: true,
  wants: ['Conv'],
  run: (model, { device, missed }) => {
    const miss = (reason: string): undefined => void missed.push({ pass: PASS, reason })
    const fuse = (node: OnnxNode, index: GraphIndex): OnnxNode | undefined => {
      const alone: boolean = isOp(node, 'Add')
      const activation = alone ? undefined : activationOf(node, index)
      const add = alone ? node : activation === undefined ? undefined : index.producer(node.inputs[0], 'Add')
      if (add === undefined || typeof activation === 'string') return undefined
      // The activation takes the addition along when it comes by.
      if (alone && takenAlong.has(add)) return undefined
      if (!alone && obstacle(add, node, 'addition', index) !== undefined) return undefined
      const sides = [add.inputs, [...add.inputs].reverse()] as [string, string][]
      const convs = sides.filter(([result]) => isOp(index.producer(result), 'Conv'))
      if (convs.length === 0) return undefined
      if (device !== 'wasm')
        return miss(`FusedConv adds on wasm alone, and ${device === undefined ? 'no device is given' : 'the device is webgpu'}`)
      let reason: string | undefined
      for (const [result, addend] of convs) {
        const conv = index.producer(result)!
        reason = obstacle(conv, node, 'convolution', index) ?? otherShape(result, addend, index)
        if (reason === undefined) return fusedConv(conv, node, activation, addend)
      }
      return miss(reason!)
    }
    const takenAlong = new Set<OnnxNode>()
    replaceNodes(model, 'ar', (node, index) => {
      const add = activationOf(node, index) === undefined ? undefined : index.producer(node.inputs[0], 'Add')
      if (add !== undefined && obstacle(add, node, 'addition', index) === undefined) takenAlong.add(add)
      return undefined
    })
    return replaceNodes(model, 'ar', fuse)
  },
})

/** The kernel adds element by element. */
function otherShape(a: string, b: string, index: GraphIndex): string | undefined {
  const [x, y] = [index.type(a)?.dims, index.type(b)?.dims]
  if (x === undefined || y === undefined) return 'the shapes of what is added are not known'
  const same = x.length === y.length && x.every((dim, i) => dimsEqual(dim, y[i]!) === true)
  return same ? undefined : 'what is added is not known to have the shape of the convolution'
}
