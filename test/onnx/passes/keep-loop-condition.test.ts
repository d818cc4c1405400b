// The condition of loops that always go on, with and without a turn; others keep theirs.

import { expect, it } from 'vitest'
import { annotate, inferFacts } from '../../../src/analysis/facts.ts'
import { parseGraph } from '../../../src/ir/parser.ts'
import { int64Tensor, readElements, tensorFromElements } from '../../../src/ir/tensor-elements.ts'
import type { Tensor } from '../../../src/ir/tensor.ts'
import { eliminateDead } from '../../../src/onnx/eliminate-dead.ts'
import { encodeModel } from '../../../src/onnx/encode.ts'
import { fromOnnxTensor, toOnnxTensor } from '../../../src/onnx/evaluator.ts'
import { lowerGraph } from '../../../src/onnx/lower-graph.ts'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import { keepLoopCondition } from '../../../src/onnx/passes/keep-loop-condition.ts'
import { simplifyModel } from '../../../src/onnx/passes/simplify-model.ts'
import { nodesOf } from '../../../src/onnx/passes/values.ts'
import { loadOrt } from '../../support/ort.ts'

/** Doubles %x in each of %k turns; `goOn` is the condition behind a turn. */
function loop(goOn: string): OnnxModel {
  const graph = parseGraph(`graph(%x : Float(2), %k : Long()):
  %true : bool = prim::Constant[value=1]()
  %one : int = prim::Constant[value=1]()
  %n : int = aten::Int(%k)
  %y : Float(2) = prim::Loop(%n, %true, %x)
    block0(%i : int, %c : Float(2)):
      %d : Float(2) = aten::add(%c, %c, %one)
      %more : bool = aten::lt(%i, %one)
      -> (${goOn}, %d)
  return (%y)`)
  annotate(graph, inferFacts(graph))
  const model = lowerGraph(graph, { inputNames: ['x', 'k'], outputNames: ['y'] })
  simplifyModel(model)
  eliminateDead(model)
  return model
}

async function run(model: OnnxModel, turns: number): Promise<unknown> {
  const ort = await loadOrt()
  const session = await ort.InferenceSession.create(encodeModel(model))
  const k: Tensor = { ...int64Tensor([turns]), sizes: [], strides: [] }
  const feeds = { x: toOnnxTensor(ort, tensorFromElements('float32', [2], [1, 3])), k: toOnnxTensor(ort, k) }
  const { y } = await session.run(feeds as never)
  await session.release()
  return readElements(fromOnnxTensor(y!))
}

it('is the one that is given, when it is always true', async () => {
  const model = loop('%true')
  expect(keepLoopCondition.run(model, { missed: [] })).toBe(true)
  expect([...nodesOf(model.graph)].map(({ opType }) => opType)).not.toContain('Identity')
  for (const turns of [0, 1, 5]) expect(await run(model, turns)).toEqual([2 ** turns, 3 * 2 ** turns])
})

it('is computed, when it is not', async () => {
  const model = loop('%more')
  expect(keepLoopCondition.run(model, { missed: [] })).toBe(false)
  expect(await run(model, 5)).toEqual([4, 12])
})
