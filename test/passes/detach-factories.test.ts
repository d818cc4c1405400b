// Factories in the likeness of a tensor: made from nothing where dtype and extents are known, left alone where they are not.

import { expect, test } from 'vitest'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { eliminateDeadCode } from '../../src/passes/eliminate-dead-code.ts'
import { tensorFact } from '../../src/ops/fact.ts'
import { detachFactories } from '../../src/passes/detach-factories.ts'
import { rewrite } from '../support/run-passes.ts'

const NEW = `graph(%x : Tensor, %n : int):
  %none : NoneType = prim::Constant()
  %7 : float = prim::Constant[value=7.]()
  %s : int[] = prim::ListConstruct(%n)
  %y : Tensor = aten::new_full(%x, %s, %7, %none, %none, %none, %none)
  return (%y)`

test('new_full needs the dtype alone', () => {
  expect(rewrite(NEW, [detachFactories], [tensorFact('float16', undefined)]).text).toMatch(
    /: int = prim::Constant\[value=5\][^]*aten::full\(%s, %\d, /,
  )
  expect(rewrite(NEW, [detachFactories], []).changed).toBe(false)
})

test.each([
  ['zeros_like', [2, 3], true],
  ['zeros_like', ['n', 3], false],
  ['zeros_like', undefined, false],
] as const)('%s of %j', (name, dims, done) => {
  const text = `graph(%x : Tensor):
  %none : NoneType = prim::Constant()
  %y : Tensor = aten::${name}(%x, %none, %none, %none, %none, %none)
  return (%y)`
  expect(rewrite(text, [detachFactories], [tensorFact('float32', dims)]).changed).toBe(done)
})

test('a dtype that is asked for is kept', () => {
  const text = `graph(%x : Tensor):
  %none : NoneType = prim::Constant()
  %4 : int = prim::Constant[value=4]()
  %y : Tensor = aten::ones_like(%x, %4, %none, %none, %none, %none)
  return (%y)`
  expect(rewrite(text, [detachFactories], [tensorFact('float32', [1])]).text).toMatch(/value=4\]\(\)\n.*aten::ones/)
})

test('the example', () => {
  const { before, after } = detachFactories.example!
  expect(rewrite(before, [detachFactories, eliminateDeadCode]).text).toBe(printGraph(parseGraph(after)))
})
