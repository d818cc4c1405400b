// x·hardsigmoid(x) and x·sigmoid(x) as one node: HardSwish of ai.onnx, which onnxruntime expands to the same kernels at load, and QuickGelu of
// com.microsoft, which it would make of them itself. Fewer nodes to read and to match; the runs take the same time.

import { f, type OnnxNode } from '../model.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { replaceNodes, type GraphIndex } from './graph-index.ts'
import { floatAttribute, isOp, newNode } from './readers.ts'

/** The node that makes the gate of `x·gate(x)`, and x. */
function gate(mul: OnnxNode, opType: string, index: GraphIndex): { readonly node: OnnxNode; readonly x: string } | undefined {
  if (!isOp(mul, 'Mul')) return undefined
  for (const [x, other] of [mul.inputs, [...mul.inputs].reverse()] as [string, string][]) {
    const node = index.producer(other, opType)
    if (node?.inputs[0] === x) return { node, x }
  }
  return undefined
}

/** HardSwish is x·max(0, min(1, x/6 + ½)). */
const isHardSwish = (node: OnnxNode): boolean =>
  Math.fround(floatAttribute(node, 'alpha', 0.2)) === Math.fround(1 / 6) && floatAttribute(node, 'beta', 0.5) === 0.5

export const fuseHardSwish = defineOnnxPass({
  name: 'fuse-hard-swish',
  doc: 'x·hardsigmoid(x) becomes one HardSwish.',
  optional: true,
  wants: ['HardSigmoid'],
  run: (model, { missed }) =>
    replaceNodes(model, 'gate', (mul, index) => {
      const found = gate(mul, 'HardSigmoid', index)
      if (found === undefined || !isHardSwish(found.node)) return undefined
      if (index.reads(found.node.outputs[0]!) === 1) return newNode('HardSwish', [found.x], mul.outputs)
      missed.push({ pass: 'fuse-hard-swish', reason: 'the hardsigmoid is used elsewhere too' })
      return undefined
    }),
})

export const fuseSilu = defineOnnxPass({
  name: 'fuse-silu',
  doc: 'x·sigmoid(x) becomes one QuickGelu with the factor 1.',
  optional: true,
  wants: ['Sigmoid'],
  run: (model, { missed }) =>
    replaceNodes(model, 'gate', (mul, index) => {
      const found = gate(mul, 'Sigmoid', index)
      if (found === undefined) return undefined
      const miss = (reason: string): undefined => void missed.push({ pass: 'fuse-silu', reason })
      // The kernel of wasm takes float32 alone.
      const dtype = index.dtype(found.x) ?? index.dtype(mul.outputs[0])
      if (dtype !== 'float32') return miss(`QuickGelu has a kernel for float32, and this is ${dtype ?? 'of no known dtype'}`)
      if (index.reads(found.node.outputs[0]!) !== 1) return miss('the sigmoid is used elsewhere too')
      return newNode('QuickGelu', [found.x], mul.outputs, [['alpha', f(1)]], 'com.microsoft')
    }),
})
