// Operators that onnxruntime's WebGPU has no kernel for, as those that it has: else they run on the CPU, and their tensors cross over and back.
// What has one is gpu-placement.ts's to know.

import { isFloatingPoint } from '../../ir/scalar-type.ts'
import { int64Tensor, scalarTensor } from '../../ir/tensor-elements.ts'
import type { OnnxNode, ValueType } from '../model.ts'
import { floatAttribute, onnxNode, replaceNodes, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass } from './onnx-pass.ts'

/** What stands for a node whose result is of `type`. */
type Rule = (node: OnnxNode, type: ValueType, index: GraphIndex) => readonly OnnxNode[] | undefined

export const gpuKernels = defineOnnxPass({
  name: 'gpu-kernels',
  doc: 'Device webgpu: log-softmax, SELU, CELU, softsign and fills become operators that run on the GPU.',
  optional: true,
  wants: ['LogSoftmax', 'Selu', 'Celu', 'Softsign', 'ConstantOfShape'],
  run: (model, { device }) =>
    device === 'webgpu' &&
    replaceNodes(model, 'gpu', (node, index) => {
      // All but a fill give what they take.
      const type = index.type(node.outputs[0]!) ?? (node.opType === 'ConstantOfShape' ? undefined : index.type(node.inputs[0]!))
      // A lone element is cheap wherever it is.
      if (node.domain !== '' || type === undefined || type.dims?.length === 0 || !isFloatingPoint(type.dtype)) return undefined
      return RULES.get(node.opType)?.(node, type, index)
    }),
})

const scalar = (index: GraphIndex, { dtype }: ValueType, value: number): string => index.addConstant(scalarTensor(dtype, value))

const RULES: ReadonlyMap<string, Rule> = new Map([
  // (x − max) − log Σ exp(x − max)
  [
    'LogSoftmax',
    (node, type, index) => {
      const { dtype, dims } = type
      const axis = Number(node.attributes.get('axis') ?? -1)
      const row: ValueType = { dtype, dims: dims?.map((dim, i) => (i === (axis < 0 ? axis + dims.length : axis) ? 1 : dim)) }
      const axes = index.addConstant(int64Tensor([axis]))
      const [x, y] = [node.inputs[0]!, node.outputs[0]!]
      const [greatest, shifted, powers, sum, log] = [row, type, type, row, row].map((of) => index.name(of)) as [
        string,
        string,
        string,
        string,
        string,
      ]
      return [
        onnxNode('ReduceMax', [x, axes], [greatest], { keepdims: 1 }),
        onnxNode('Sub', [x, greatest], [shifted]),
        onnxNode('Exp', [shifted], [powers]),
        onnxNode('ReduceSum', [powers, axes], [sum], { keepdims: 1 }),
        onnxNode('Log', [sum], [log]),
        onnxNode('Sub', [shifted, log], [y]),
      ]
    },
  ],
  // γ·elu(x)
  [
    'Selu',
    (node, type, index) => {
      const elu = index.name(type)
      const gamma = scalar(index, type, floatAttribute(node, 'gamma') ?? 1.0507009873554805)
      const alpha = node.attributes.get('alpha')
      if (alpha === undefined) return undefined
      return [onnxNode('Elu', node.inputs, [elu], { alpha }), onnxNode('Mul', [elu, gamma], node.outputs)]
    },
  ],
  // α·elu(x / α), with an α of 1 for the exponential
  [
    'Celu',
    (node, type, index) => {
      const alpha = floatAttribute(node, 'alpha') ?? 1
      const [small, elu] = [index.name(type), index.name(type)]
      const factor = scalar(index, type, alpha)
      return [
        onnxNode('Div', [node.inputs[0], factor], [small]),
        onnxNode('Elu', [small], [elu], { alpha: { kind: 'float', value: 1 } }),
        onnxNode('Mul', [elu, factor], node.outputs),
      ]
    },
  ],
  // x / (1 + |x|)
  [
    'Softsign',
    (node, type, index) => {
      const [size, sum] = [index.name(type), index.name(type)]
      return [
        onnxNode('Abs', node.inputs, [size]),
        onnxNode('Add', [size, scalar(index, type, 1)], [sum]),
        onnxNode('Div', [node.inputs[0], sum], node.outputs),
      ]
    },
  ],
  // The element, expanded.
  [
    'ConstantOfShape',
    (node, _, index) => {
      const value = node.attributes.get('value')
      if (typeof value !== 'object' || !('sizes' in value)) return undefined
      return [onnxNode('Expand', [index.addConstant(value), node.inputs[0]], node.outputs)]
    },
  ],
])
