// The split of a method into JavaScript and regions, from IR text to IR text: what goes where, what crosses, what is refused.

import { expect, test } from 'vitest'
import { allNodes } from '../../src/ir/block.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { verify } from '../../src/ir/verifier.ts'
import { hostFacts } from '../../src/passes/host/content-facts.ts'
import { forwardInPlaceResults } from '../../src/passes/host/forward-attributes.ts'
import { partition } from '../../src/passes/host/partition.ts'
import type { Node } from '../../src/ir/node.ts'
import { FileCheck } from '../support/file-check.ts'

function split(text: string, forced: readonly number[] = []) {
  const graph = parseGraph(text)
  forwardInPlaceResults(graph)
  const number = new Map<Node, number>()
  for (const node of allNodes(graph.block)) if (node.blocks.length > 0) number.set(node, number.size)
  const { facts, choices } = hostFacts(graph, { inputs: new Map(), state: [] }, {})
  const regions = partition(graph, { facts, dtypes: choices(), forced: new Set(forced), number, shared: new Set() })
  verify(graph)
  for (const region of regions) verify(region.graph)
  return { host: printGraph(graph), regions: regions.map((region) => printGraph(region.graph)), loops: regions.map(({ loops }) => loops) }
}

test('tensor work before and behind a dict is two regions, what does not touch the dict is in the first', () => {
  const { host, regions } = split(`graph(%x : Tensor, %key : str, %d : Dict(str, Tensor)):
  %one : int = prim::Constant[value=1]()
  %a : Tensor = aten::relu(%x)
  = aten::_set_item(%d, %key, %a)
  %b : Tensor = aten::__getitem__(%d, %key)
  %c : Tensor = aten::neg(%x)
  %e : Tensor = aten::add(%b, %c, %one)
  return (%e)`)
  new FileCheck()
    .check('host::copy(%d)')
    .check('host::region[region=0](%x)')
    .check('aten::_set_item')
    .check('aten::__getitem__')
    .check('host::region[region=1]')
    .run(host)
  expect(regions).toHaveLength(2)
  new FileCheck().check('aten::relu').check('aten::neg').run(regions[0]!)
  new FileCheck().checkNot('aten::neg').check('aten::add').run(regions[1]!)
})

test('numbers that a region can work out are not handed in', () => {
  const { regions } = split(`graph(%x : Tensor, %d : Dict(str, Tensor)):
  %zero : int = prim::Constant[value=0]()
  %minus : int = prim::Constant[value=-1]()
  %n : int = aten::size(%x, %zero)
  %sizes : int[] = prim::ListConstruct(%n, %minus)
  %y : Tensor = aten::reshape(%x, %sizes)
  %text : str = aten::str(%n)
  = aten::_set_item(%d, %text, %y)
  return (%d)`)
  expect(regions).toHaveLength(1)
  new FileCheck().check('graph(%x : Tensor):').check('aten::size').check('prim::ListConstruct').check('aten::reshape').run(regions[0]!)
})

test('a list that is filled for an operator stays whole in its region', () => {
  const { host, regions } = split(`graph(%x : Tensor, %d : Dict(str, Tensor), %key : str):
  %zero : int = prim::Constant[value=0]()
  %list : Tensor[] = prim::ListConstruct()
  %a : Tensor = aten::relu(%x)
  %l : Tensor[] = aten::append(%list, %a)
  %l2 : Tensor[] = aten::append(%list, %x)
  %y : Tensor = aten::cat(%list, %zero)
  = aten::_set_item(%d, %key, %y)
  return (%d)`)
  expect(regions).toHaveLength(1)
  new FileCheck().checkNot('aten::append').check('return').run(host)
  new FileCheck().checkCount('aten::append', 2, true).check('aten::cat').run(regions[0]!)
})

test('a tensor that a region writes comes back and is assigned', () => {
  const { host, regions } = split(`graph(%x : Tensor, %key : str):
  %none : NoneType = prim::Constant()
  %one : int = prim::Constant[value=1]()
  %t : Tensor = aten::clone(%x, %none)
  %d : Dict(str, Tensor) = prim::DictConstruct(%key, %t)
  %u : Tensor = aten::add_(%t, %x, %one)
  return (%d)`)
  new FileCheck()
    .check('%t : Tensor = host::region[region=0](%x)')
    .check('prim::DictConstruct')
    .check('host::region[region=1](%t, %x)')
    .checkNext('host::assign(%t')
    .run(host)
  new FileCheck().check('aten::add_').run(regions[1]!)
})

test('an If whose branches differ in dtype runs in JavaScript', () => {
  const { host, regions } = split(`graph(%x : Tensor, %flag : bool):
  %one : int = prim::Constant[value=1]()
  %false : bool = prim::Constant[value=0]()
  %y : Tensor = prim::If(%flag)
    block0():
      %a : Tensor = aten::argmax(%x, %one, %false)
      -> (%a)
    block1():
      %b : Tensor = aten::isnan(%x)
      -> (%b)
  return (%y)`)
  new FileCheck().check('prim::If(%flag)').check('host::region[region=0]').check('host::region[region=1]').run(host)
  expect(regions).toHaveLength(2)
})

test('what is forced runs in JavaScript, and what it holds in regions inside of its loop', () => {
  const text = `graph(%x : Tensor, %n : int):
  %true : bool = prim::Constant[value=1]()
  %y : Tensor = prim::Loop(%n, %true, %x)
    block0(%i : int, %t : Tensor):
      %u : Tensor = aten::relu(%t)
      -> (%true, %u)
  return (%y)`
  const free = split(text)
  expect(free.regions).toHaveLength(1)
  expect(free.host).not.toContain('prim::Loop')
  const forced = split(text, [0])
  expect(forced.host).toContain('prim::Loop')
  expect(forced.loops).toEqual([1])
})

test('an exception whose text is made at run time is thrown between two regions', () => {
  const { host, regions } = split(`graph(%x : Tensor):
  %format : str = prim::Constant[value="{} is too much"]()
  %one : float = prim::Constant[value=1.]()
  %top : Tensor = aten::max(%x)
  %value : float = aten::Float(%top)
  %bad : bool = aten::gt(%value, %one)
   = prim::If(%bad)
    block0():
      %message : str = aten::format(%format, %value)
       = prim::RaiseException(%message)
      -> ()
    block1():
      -> ()
  %y : Tensor = aten::relu(%x)
  return (%y)`)
  new FileCheck().check('host::region[region=0](%x)').check('prim::If').check('aten::format').check('prim::RaiseException').run(host)
  new FileCheck().check('aten::max').check('aten::Float').check('aten::gt').run(regions[0]!)
})
