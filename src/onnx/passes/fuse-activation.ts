// Activations in the convolution or matrix product before them, as the runtime's kernels do it: com.microsoft FusedConv and FusedGemm.
// onnxruntime makes the same of most of them when it loads a model: what is gained is that work, and nodes. FusedConv has kernels for wasm and
// WebGPU; the latter lays ai.onnx Conv out anew and is left alone where the device is WebGPU. FusedGemm has one for wasm.
// onnxruntime/contrib_ops/cpu/fused_activation.cc, contrib_ops/webgpu/fused_conv.cc, core/optimizer/conv_activation_fusion.cc

import { f, fs, type OnnxAttribute, type OnnxNode } from '../model.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { replaceNodes, type GraphIndex } from './graph-index.ts'
import { floatAttribute, newNode } from './readers.ts'

export const MICROSOFT = 'com.microsoft'

interface Activation {
  readonly name: string
  /** In the order of FusedConv's activation_params. */
  readonly params: readonly number[]
}
const MAX_FLOAT = 3.4028234663852886e38

/** The activation that FusedConv has for a node; a text says why there is none. */
export function activationOf(node: OnnxNode, index: GraphIndex): Activation | string | undefined {
  if (node.domain !== '') return undefined
  switch (node.opType) {
    case 'Relu':
    case 'Sigmoid':
    case 'Tanh':
      return { name: node.opType, params: [] }
    case 'LeakyRelu':
      return { name: 'LeakyRelu', params: [floatAttribute(node, 'alpha', 0.01)] }
    case 'HardSigmoid':
      return { name: 'HardSigmoid', params: [floatAttribute(node, 'alpha', 0.2), floatAttribute(node, 'beta', 0.5)] }
    case 'Clip': {
      const bound = (name: string | undefined, open: number): number | undefined =>
        name === undefined || name === '' ? open : index.element(name)
      const [low, high] = [bound(node.inputs[1], -MAX_FLOAT), bound(node.inputs[2], MAX_FLOAT)]
      if (low === undefined || high === undefined) return 'the bounds of the clamp are no constants'
      return low <= high ? { name: 'Clip', params: [low, high] } : 'the lower bound of the clamp is above the upper one'
    }
  }
  return undefined
}

/** A FusedConv in the place of `last`: the convolution, `addend` and the activation. */
export function fusedConv(conv: OnnxNode, last: OnnxNode, activation: Activation | undefined, addend?: string): OnnxNode {
  const inputs = addend === undefined ? conv.inputs : [conv.inputs[0]!, conv.inputs[1]!, conv.inputs[2] ?? '', addend]
  const attributes: [string, OnnxAttribute][] = [...conv.attributes]
  if (activation !== undefined) attributes.push(['activation', activation.name])
  if (activation !== undefined && activation.params.length > 0) attributes.push(['activation_params', fs(activation.params)])
  return newNode('FusedConv', inputs, last.outputs, attributes, MICROSOFT)
}

/** Why a producer cannot take in what reads its result. */
export function obstacle(producer: OnnxNode, reader: OnnxNode, what: string, index: GraphIndex): string | undefined {
  const [result] = producer.outputs as [string]
  if (index.reads(result) !== 1) return `the result of the ${what} is used elsewhere too`
  if (!index.together(producer, reader)) return `the ${what} runs outside of the branch or loop body that reads it`
  // A weight or input tells its dtype where nothing is known of the result.
  const dtype = index.dtype(producer.inputs[1]) ?? index.dtype(producer.inputs[0]) ?? index.dtype(result)
  return dtype === 'float32' ? undefined : `the fused kernel takes float32, and this is ${dtype ?? 'of no known dtype'}`
}

export const fuseConvActivation = defineOnnxPass({
  name: 'fuse-conv-activation',
  doc: 'ReLU, clamps, leaky ReLU, sigmoid, tanh and hardsigmoid become part of the convolution before them, as FusedConv; not on WebGPU, which does so itself.',
  type: 'INSERT_FOLD_PREPACK_OPS',
  optional: true,
  wants: ['Conv'],
  run: (model, { device, missed }) =>
    device !== 'webgpu' &&
    replaceNodes(model, 'act', (node, index) => {
      const conv = index.producer(node.inputs[0], 'Conv')
      if (conv === undefined) return undefined
      const activation = activationOf(node, index)
      if (activation === undefined) return undefined
      // WebGPU's tanh inside of a convolution gives NaN for large values.
      const reason =
        typeof activation === 'string'
          ? activation
          : activation.name === 'Tanh' && device === undefined
            ? 'tanh in a convolution is right on wasm alone, and no device is given'
            : obstacle(conv, node, 'convolution', index)
      if (reason === undefined) return fusedConv(conv, node, activation as Activation)
      missed.push({ pass: 'fuse-conv-activation', reason })
      return undefined
    }),
})

/** FusedGemm names its parameters one by one. */
const GEMM_PARAMS = ['activation_alpha', 'activation_beta']
const GEMM = new Set(['Relu', 'Sigmoid', 'Tanh', 'LeakyRelu', 'HardSigmoid'])

export const fuseGemmActivation = defineOnnxPass({
  name: 'fuse-gemm-activation',
  doc: 'Device wasm: ReLU, leaky ReLU, sigmoid, tanh and hardsigmoid become part of the linear layer before them, as FusedGemm.',
  type: 'INSERT_FOLD_PREPACK_OPS',
  optional: true,
  wants: ['Gemm'],
  run: (model, { device, missed }) =>
    replaceNodes(model, 'act', (node, index) => {
      const gemm = index.producer(node.inputs[0], 'Gemm')
      const activation = gemm === undefined ? undefined : activationOf(node, index)
      if (gemm === undefined || activation === undefined || typeof activation === 'string' || !GEMM.has(activation.name)) return undefined
      const reason =
        device === 'wasm'
          ? obstacle(gemm, node, 'linear layer', index)
          : `FusedGemm has a kernel on wasm alone, and ${device === undefined ? 'no device is given' : 'the device is webgpu'}`
      if (reason !== undefined) {
        missed.push({ pass: 'fuse-gemm-activation', reason })
        return undefined
      }
      const params = activation.params.map((value, i) => [GEMM_PARAMS[i]!, f(value)] as const)
      return newNode('FusedGemm', gemm.inputs, node.outputs, [...gemm.attributes, ['activation', activation.name], ...params], MICROSOFT)
    }),
})
