// A dict that remembers what weights give is no state; one that remembers what an input gave is.

import { expect, test } from 'vitest'
import type { IObject, IValue } from '../../src/ir/ivalue.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import type { Tensor } from '../../src/ir/tensor.ts'
import { dropCaches } from '../../src/passes/drop-caches.ts'
import { passContext } from '../../src/passes/pass.ts'
import { runPasses } from '../../src/passes/pass-manager.ts'
import { runPipeline } from '../../src/passes/pipeline.ts'
import { asJavaScript, callGraph } from '../support/call-graph.ts'
import { compareLeaf } from '../support/leaf.ts'

const vector = (...items: number[]): Tensor => tensorFromElements('float32', [items.length], items)
const module = (...entries: (readonly [IValue, IValue])[]): IObject => ({
  kind: 'object',
  className: '__torch__.Net',
  attributes: new Map<string, IValue>([
    ['weight', vector(1, 2)],
    ['cache', { kind: 'dict', entries } as unknown as IValue],
  ]),
})

/** `stored` is what goes into the table. */
const memo = (stored: string, end = ''): string => `graph(%self : __torch__.Net, %x : Tensor):
  %key : str = prim::Constant[value="cpu"]()
  %one : int = prim::Constant[value=1]()
  %w : Tensor = prim::GetAttr[name="weight"](%self)
  %c.1 : Dict(str, Tensor) = prim::GetAttr[name="cache"](%self)
  %has : bool = aten::__contains__(%c.1, %key)
  %not : bool = aten::__not__(%has)
   = prim::If(%not)
    block0():
      %v : Tensor = aten::neg(${stored})
      %c.2 : Dict(str, Tensor) = prim::GetAttr[name="cache"](%self)
       = aten::_set_item(%c.2, %key, %v)
      -> ()
    block1():
      -> ()
  %c.3 : Dict(str, Tensor) = prim::GetAttr[name="cache"](%self)
  %b : Tensor = aten::__getitem__(%c.3, %key)${end}
  %y : Tensor = aten::add(%x, %b, %one)
  return (%y)`

const dropped = (text: string, self: IObject): boolean =>
  runPasses(parseGraph(text), [dropCaches], passContext({ self, verifyGraphs: true }))

test('what is computed from weights is computed, and no state remains', async () => {
  const method = runPipeline(parseGraph(memo('%w')), { self: module(), verifyGraphs: true })
  expect(method.signature.state).toBeUndefined()
  const { output } = await callGraph(method, [vector(10, 10)])
  expect(compareLeaf(asJavaScript(output), asJavaScript(vector(9, 8)))).toBeUndefined()
})

test('an entry that was saved is what is found', async () => {
  const method = runPipeline(parseGraph(memo('%w')), { self: module(['cpu', vector(5, 5)]), verifyGraphs: true })
  expect(method.signature.state).toBeUndefined()
  const { output } = await callGraph(method, [vector(10, 10)])
  expect(compareLeaf(asJavaScript(output), asJavaScript(vector(15, 15)))).toBeUndefined()
})

test('tables of anything else stay', () => {
  expect(dropped(memo('%w'), module())).toBe(true)
  // The first input would be remembered.
  expect(dropped(memo('%x'), module())).toBe(false)
  // The saved entry has another key, and both would be there.
  expect(dropped(memo('%w'), module(['cuda:0', vector(5, 5)]))).toBe(false)
  // How many entries there are tells whether the call is the first.
  expect(dropped(memo('%w', '\n  %n : int = aten::len(%c.1)'), module())).toBe(false)
  // The weight changes.
  expect(dropped(memo('%w', '\n  %z : Tensor = aten::add_(%w, %one, %one)'), module())).toBe(false)
})
