// GELU and its relatives as one node each: com.microsoft.Gelu (erf), FastGelu (tanh) and QuickGelu (sigmoid), which the runtime has kernels
// for on both devices. The patterns are those that lowering/activation.ts writes; spellings by hand are GELUs already (passes/recompose-gelu.ts).

import type { Missed } from '../../passes/pass.ts'
import { f, type OnnxModel, type OnnxNode } from '../model.ts'
import { defineOnnxPass, type OnnxPassContext } from './onnx-pass.ts'
import { isAbout, onnxNode, operatorOf, replaceNodes, withScalar, type GraphIndex } from './graph-index.ts'

export const fuseGelu = defineOnnxPass({
  name: 'fuse-gelu',
  doc: 'GELU, in its exact form and in that of tanh, is one operator of the runtime.',
  optional: true,
  wants: ['Erf', 'Tanh'],
  run: (model, { missed }) =>
    replaceNodes(model, 'gelu', (node, index) => {
      const found = gelu(node, index)
      if (found === undefined || !hasKernel(found.x, index, 'fuse-gelu', missed)) return undefined
      return [onnxNode(found.operator, [found.x], node.outputs)]
    }),
})

/** (x·(1 + erf(x/√2)))·½, or with tanh(√(2/π)·(x + 0.044715·x·x·x)). */
function gelu(node: OnnxNode, index: GraphIndex): { readonly x: string; readonly operator: string } | undefined {
  if (operatorOf(node) !== 'Mul') return undefined
  const half = withScalar(node, index)
  const product = half?.[1] === 0.5 ? index.own(half[0], 'Mul') : undefined
  if (product === undefined) return undefined
  for (const [x, gate] of [product.inputs, [...product.inputs].reverse()] as [string, string][]) {
    const sum = index.own(gate, 'Add')
    const one = sum === undefined ? undefined : withScalar(sum, index)
    if (one?.[1] !== 1) continue
    const erf = index.own(one[0], 'Erf')
    if (erf !== undefined && isErfArgument(erf.inputs[0]!, x, index)) return { x, operator: 'com.microsoft.Gelu' }
    const tanh = index.own(one[0], 'Tanh')
    if (tanh !== undefined && isTanhArgument(tanh.inputs[0]!, x, index)) return { x, operator: 'com.microsoft.FastGelu' }
  }
  return undefined
}

function isErfArgument(name: string, x: string, index: GraphIndex): boolean {
  const div = index.own(name, 'Div')
  return div?.inputs[0] === x && isAbout(index.scalar(div.inputs[1]), Math.SQRT2)
}

function isTanhArgument(name: string, x: string, index: GraphIndex): boolean {
  const outer = index.own(name, 'Mul')
  const [inner, factor] = (outer === undefined ? undefined : withScalar(outer, index)) ?? []
  const sum = isAbout(factor, Math.sqrt(2 / Math.PI)) ? index.own(inner, 'Add') : undefined
  if (sum === undefined || !sum.inputs.includes(x)) return false
  const cubic = index.own(
    sum.inputs.find((input) => input !== x),
    'Mul',
  )
  const [cube, small] = (cubic === undefined ? undefined : withScalar(cubic, index)) ?? []
  const outerProduct = isAbout(small, 0.044715) ? index.own(cube, 'Mul') : undefined
  const square = outerProduct?.inputs.includes(x) === true ? outerProduct.inputs.find((input) => input !== x) : undefined
  const inmost = index.made(square, 'Mul')
  return inmost !== undefined && inmost.inputs.every((input) => input === x)
}

export const fuseQuickGelu = defineOnnxPass({
  name: 'fuse-quick-gelu',
  doc: 'x·sigmoid(αx), as CLIP has it, is one operator of the runtime.',
  optional: true,
  wants: ['Sigmoid'],
  run: (model, { missed }) =>
    replaceNodes(model, 'gelu', (node, index) => {
      if (operatorOf(node) !== 'Mul') return undefined
      for (const [x, gate] of [node.inputs, [...node.inputs].reverse()] as [string, string][]) {
        const scaled = index.own(index.own(gate, 'Sigmoid')?.inputs[0], 'Mul')
        const [inner, alpha] = (scaled === undefined ? undefined : withScalar(scaled, index)) ?? []
        if (alpha === undefined || inner !== x || !hasKernel(x, index, 'fuse-quick-gelu', missed)) continue
        return [onnxNode('com.microsoft.QuickGelu', [x], node.outputs, { alpha: f(alpha) })]
      }
      return undefined
    }),
})

export const fuseBiasGelu = defineOnnxPass({
  name: 'fuse-bias-gelu',
  doc: 'A bias that is added before GELU is a part of it.',
  optional: true,
  wants: ['Gelu', 'FastGelu'],
  run: (model: OnnxModel, { missed }: OnnxPassContext) =>
    replaceNodes(model, 'gelu', (node, index) => {
      const operator = operatorOf(node)
      const isExact = operator === 'com.microsoft.Gelu'
      if ((!isExact && operator !== 'com.microsoft.FastGelu') || node.inputs.length !== 1) return undefined
      const [sum] = node.inputs as [string]
      const add = index.made(sum, 'Add')
      const bias = add?.inputs.find((input) => index.isVectorOf(input, sum))
      if (add === undefined || bias === undefined) return undefined
      const x = add.inputs.find((input) => input !== bias)!
      if (!index.isSameShape(x, sum)) return undefined
      if (!index.isReadOnce(sum)) {
        missed.push({ pass: 'fuse-bias-gelu', reason: 'the sum with the bias is used elsewhere too' })
        return undefined
      }
      return [onnxNode(isExact ? 'com.microsoft.BiasGelu' : operator, [x, bias], node.outputs)]
    }),
})

function hasKernel(x: string, index: GraphIndex, pass: string, missed: Missed[]): boolean {
  const dtype = index.dtype(x)
  if (dtype === 'float32') return true
  missed.push({ pass, reason: `the kernel is for float32, and this is ${dtype ?? 'of a dtype that is not known'}` })
  return false
}
