// Constant tensor subgraphs through the Evaluator.
import { expect, test } from 'vitest'
import { createEvaluator } from '../../src/onnx/evaluator.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { verify } from '../../src/ir/verifier.ts'
import { eliminateDeadCode } from '../../src/passes/eliminate-dead-code.ts'
import { foldTensors } from '../../src/passes/fold-tensors.ts'
import { passContext } from '../../src/passes/pass.ts'
import { loadOrt } from '../support/ort.ts'

async function folded(text: string): Promise<string> {
  const graph = parseGraph(text)
  await foldTensors(graph, createEvaluator(loadOrt))
  eliminateDeadCode.run(graph, passContext())
  verify(graph)
  return printGraph(graph)
}

test('what is computed from weights alone becomes a constant', async () => {
  expect(
    await folded(`graph(%x : Tensor):
  %w : Float(2, 2) = prim::Constant[value=Float{2, 2}[1., 2., 3., 4.]]()
  %one : int = prim::Constant[value=1]()
  %zero : int = prim::Constant[value=0]()
  %t : Tensor = aten::transpose(%w, %zero, %one)
  %n : Tensor = aten::neg(%t)
  %y : Tensor = aten::add(%x, %n, %one)
  return (%y)`),
  ).toBe(`graph(%x : Tensor):
  %one : int = prim::Constant[value=1]()
  %n : Float(2, 2) = prim::Constant[value=Float{2, 2}[-1., -3., -2., -4.]]()
  %y : Tensor = aten::add(%x, %n, %one)
  return (%y)
`)
})

test('random numbers are drawn at run time, and big results stay computed', async () => {
  const text = await folded(`graph():
  %w : Float(1) = prim::Constant[value=Float{1}[1.]]()
  %none : NoneType = prim::Constant()
  %false : bool = prim::Constant[value=0]()
  %n : int = prim::Constant[value=1000000]()
  %s : int[] = prim::ListConstruct(%n)
  %r : Tensor = aten::rand_like(%w, %none, %none, %none, %none, %none)
  %e : Tensor = aten::expand(%w, %s, %false)
  return (%r, %e)`)
  expect(text).toContain('aten::rand_like')
  expect(text).toContain('aten::expand')
})

/** A mask of `size`² floats out of nothing, beside a weight of `weights` floats. */
async function masked(size: number, weights: number): Promise<string> {
  return folded(`graph(%x : Tensor):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %n : int = prim::Constant[value=${size}]()
  %f : int = prim::Constant[value=6]()
  %none : NoneType = prim::Constant()
  %w : Float(${weights}) = prim::Constant[value=Float{${weights}}[${Array.from({ length: weights }, () => '1.').join(', ')}]]()
  %s : int[] = prim::ListConstruct(%n)
  %r : Tensor = aten::ones(%s, %f, %none, %none, %none)
  %k : Tensor = aten::cumsum(%r, %zero, %none)
  %c : Tensor = aten::neg(%k)
  %d : Tensor = aten::unsqueeze(%c, %one)
  %e : Tensor = aten::sub(%c, %d, %one)
  %z : Tensor = aten::mul(%x, %w)
  %y : Tensor = aten::add(%z, %e, %one)
  return (%y)`)
}

test('a long chain that makes a big constant out of nothing is folded as far as the model may grow', async () => {
  // 256 KB are more than a hundredth of the weights: the differences are computed, what they are made of is a constant.
  const few = await masked(256, 1)
  expect(few).toContain('aten::sub')
  expect(few).not.toMatch(/aten::(ones|cumsum|neg|unsqueeze)/)
  // 65 KB are less than a hundredth of 8 MB.
  const many = await masked(130, 2_000_000)
  expect(many).not.toMatch(/aten::(sub|ones|cumsum|neg|unsqueeze)/)
})
