// The families whose lowering rearranges weights at build time, with every tensor but the first a constant, as a model file has them.

import { describe, expect, it } from 'vitest'
import { annotate, inferFacts } from '../../src/analysis/facts.ts'
import { Builder } from '../../src/ir/builder.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { readElements, tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { tensorTypeOf } from '../../src/ir/type.ts'
import { eliminateDead } from '../../src/onnx/eliminate-dead.ts'
import { encodeModel } from '../../src/onnx/encode.ts'
import { fromOnnxTensor, toOnnxTensor } from '../../src/onnx/evaluator.ts'
import { lowerGraph } from '../../src/onnx/lower-graph.ts'
import { simplifyModel } from '../../src/onnx/passes/simplify-model.ts'
import { loadOrt } from '../support/ort.ts'
import { casesOf, check } from './cases.ts'

for (const family of ['convolution', 'normalization', 'recurrent', 'attention', 'embedding']) {
  describe(family, () => {
    for (const one of casesOf(family).filter(({ inputs }) => inputs.length > 1)) it(one.name, () => check(one, 'weights'))
  })
}

it('linear over a batch of rows multiplies by a weight stored transposed', async () => {
  const graph = parseGraph(
    'graph(%x : Tensor, %w : Tensor):\n  %n : NoneType = prim::Constant()\n  %y : Tensor = aten::linear(%x, %w, %n)\n  return (%y)\n',
  )
  const weight = tensorFromElements('float32', [2, 3], [1, 2, 3, 4, 5, 6])
  const input = graph.inputs[1]!
  const b = Builder.atEnd(graph.block)
  b.point = graph.block.paramNode.next!
  input.replaceAllUsesWith(b.constant(weight, tensorTypeOf('float32', [2, 3])))
  graph.block.paramNode.eraseOutput(1)
  graph.inputs[0]!.type = tensorTypeOf('float32', ['n', 1, 3])
  annotate(graph, inferFacts(graph))
  const model = lowerGraph(graph, { inputNames: ['x'], outputNames: ['y'] })
  simplifyModel(model)
  eliminateDead(model)
  expect(model.graph.nodes.map((node) => node.opType)).not.toContain('Transpose')
  expect(model.graph.initializers.size).toBe(1)
  const ort = await loadOrt()
  const session = await ort.InferenceSession.create(encodeModel(model))
  const x = tensorFromElements('float32', [2, 1, 3], [1, 0, 0, 0, 1, 2])
  const { y } = await session.run({ x: toOnnxTensor(ort, x) } as never)
  expect(readElements(fromOnnxTensor(y!))).toEqual([1, 4, 8, 17])
  await session.release()
})
