// Sizes of inputs as the layers imply them.

import { describe, expect, test } from 'vitest'
import { inferFacts } from '../../src/analysis/facts.ts'
import { impliedExtents } from '../../src/analysis/implied-extents.ts'
import type { Dims } from '../../src/ir/dim.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { tensorFact } from '../../src/ops/fact.ts'

/** By symbol, for a graph whose inputs have these dims. */
function implied(text: string, ...dims: Dims[]): Record<string, number> {
  const graph = parseGraph(text)
  const inputs = new Map(graph.inputs.map((value, i) => [value, tensorFact('float32', dims[i])]))
  return Object.fromEntries([...impliedExtents(graph, inferFacts(graph, { inputs }))].sort())
}

const LENET = (flatten: string) => `graph(%x : Tensor, %k1 : Tensor, %k2 : Tensor, %w : Tensor):
  %none : NoneType = prim::Constant()
  %false : bool = prim::Constant[value=0]()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %all : int = prim::Constant[value=-1]()
  %features : int = prim::Constant[value=400]()
  %ones : int[] = prim::ListConstruct(%one, %one)
  %twos : int[] = prim::ListConstruct(%two, %two)
  %zeros : int[] = prim::ListConstruct(%zero, %zero)
  %a : Tensor = aten::conv2d(%x, %k1, %none, %ones, %zeros, %ones, %one)
  %b : Tensor = aten::max_pool2d(%a, %twos, %twos, %zeros, %ones, %false)
  %c : Tensor = aten::conv2d(%b, %k2, %none, %ones, %zeros, %ones, %one)
  %d : Tensor = aten::max_pool2d(%c, %twos, %twos, %zeros, %ones, %false)
  ${flatten}
  %y : Tensor = aten::linear(%flat, %w, %none)
  return (%y)`

describe('a picture that is flattened for a linear layer', () => {
  const dims: Dims[] = [
    ['n', 'c', 'h', 'w'],
    [6, 3, 5, 5],
    [16, 6, 5, 5],
    [120, 400],
  ]

  test.each([
    ['by flatten', '%flat : Tensor = aten::flatten(%d, %one, %all)'],
    ['to rows of a number of features', '%s : int[] = prim::ListConstruct(%all, %features)\n  %flat : Tensor = aten::view(%d, %s)'],
    [
      'to as many rows as there are samples',
      '%m : int = aten::size(%d, %zero)\n  %s : int[] = prim::ListConstruct(%m, %all)\n  %flat : Tensor = aten::reshape(%d, %s)',
    ],
  ])('%s', (_, flatten) => {
    // 32 to 35 would do.
    expect(implied(LENET(flatten), ...dims)).toEqual({ c: 3, h: 32, w: 32 })
  })

  test('no size fits: nothing is implied', () => {
    expect(implied(LENET('%flat : Tensor = aten::flatten(%d, %one, %all)'), dims[0], dims[1], dims[2], [120, 407])).toEqual({ c: 3 })
  })
})

test('features of a linear layer, of a product and of a norm', () => {
  const linear = `graph(%x : Tensor, %w : Tensor):
  %none : NoneType = prim::Constant()
  %y : Tensor = aten::linear(%x, %w, %none)
  return (%y)`
  expect(implied(linear, ['n', 't', 'f'], [5, 24])).toEqual({ f: 24 })
  const product = `graph(%x : Tensor, %w : Tensor):
  %y : Tensor = aten::matmul(%x, %w)
  return (%y)`
  expect(implied(product, ['n', 'f'], [7, 3])).toEqual({ f: 7 })
  expect(implied(product, ['n', 'f'], [7])).toEqual({ f: 7 })
  const norm = `graph(%x : Tensor):
  %none : NoneType = prim::Constant()
  %eps : float = prim::Constant[value=1.0e-05]()
  %true : bool = prim::Constant[value=1]()
  %a : int = prim::Constant[value=4]()
  %b : int = prim::Constant[value=6]()
  %s : int[] = prim::ListConstruct(%a, %b)
  %y : Tensor = aten::layer_norm(%x, %s, %none, %none, %eps, %true)
  return (%y)`
  expect(implied(norm, ['n', 'p', 'q'])).toEqual({ p: 4, q: 6 })
})

test('what is added has the same extents; 1 broadcasts and says nothing', () => {
  const text = `graph(%x : Tensor, %p : Tensor):
  %one : int = prim::Constant[value=1]()
  %y : Tensor = aten::add(%x, %p, %one)
  return (%y)`
  expect(implied(text, ['n', 't', 'f'], [1, 16, 32])).toEqual({ f: 32, t: 16 })
  expect(implied(text, ['n', 'f'], [1, 1])).toEqual({})
})

test('an extent that the code asks for, when no layer says more; a test for one is no such question', () => {
  const text = (size: number): string => `graph(%x : Tensor):
  %axis : int = prim::Constant[value=1]()
  %size : int = prim::Constant[value=${size}]()
  %n : int = aten::size(%x, %axis)
  %is : bool = aten::ne(%n, %size)
  return (%is)`
  expect(implied(text(224), ['n', 'h'])).toEqual({ h: 224 })
  expect(implied(text(1), ['n', 'h'])).toEqual({})
})

test('inputs without symbols, or without rank', () => {
  const text = `graph(%x : Tensor, %w : Tensor):
  %none : NoneType = prim::Constant()
  %y : Tensor = aten::linear(%x, %w, %none)
  return (%y)`
  expect(implied(text, [2, 24], [5, 24])).toEqual({})
  expect(implied(text, undefined, [5, 24])).toEqual({})
})
