// What may share memory, who writes, and when a reference may become a copy.
import { expect, test } from 'vitest'
import { AliasAnalysis } from '../../src/analysis/alias-analysis.ts'
import { allNodes } from '../../src/ir/block.ts'
import type { Graph } from '../../src/ir/graph.ts'
import type { IObject } from '../../src/ir/ivalue.ts'
import type { Node } from '../../src/ir/node.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import type { Value } from '../../src/ir/value.ts'

function analyse(text: string, self?: IObject) {
  const graph = parseGraph(text)
  const alias = new AliasAnalysis(graph, self === undefined ? {} : { self })
  const byName = new Map<string, Value>()
  const note = (value: Value): void => void (value.debugName !== undefined && byName.set(value.debugName, value))
  for (const input of graph.inputs) note(input)
  for (const node of allNodes(graph.block)) {
    for (const output of node.outputs) note(output)
    for (const block of node.blocks) for (const param of block.params) note(param)
  }
  const v = (name: string): Value => byName.get(name) ?? expect.unreachable(`no value ${name}`)
  return { graph, alias, v, may: (a: string, b: string) => alias.mayAlias(v(a), v(b)) }
}
const nodesOf = (graph: Graph, kind: string): Node[] => [...allNodes(graph.block)].filter((node) => node.kind === kind)

const ints = `  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %t : bool = prim::Constant[value=1]()`

test('views alias, operators do not, inputs are apart', () => {
  const { alias, v, may } = analyse(`graph(%x : Tensor, %y : Tensor):
${ints}
  %s : Tensor = aten::select(%x, %zero, %one)
  %r : Tensor = aten::t(%s)
  %n : Tensor = aten::neg(%x)
  %w : Tensor = aten::add_(%r, %one, %one)
  return (%n)`)
  expect(may('x', 's')).toBe(true)
  expect(may('x', 'w')).toBe(true)
  expect(may('x', 'n')).toBe(false)
  expect(may('x', 'y')).toBe(false)
  expect(alias.writers(v('x')).map((node) => node.kind)).toEqual(['aten::add_'])
  expect(alias.hasWriters(v('n'))).toBe(false)
  const found = alias.baseAndViews(v('w'))
  expect(found?.base).toBe(v('x'))
  expect(found?.views.map((node) => node.kind)).toEqual(['aten::select', 'aten::t'])
})

test('what control flow hands on may be either, and has no one base', () => {
  const { alias, v, may } = analyse(`graph(%x : Tensor, %y : Tensor, %c : bool, %n : int):
${ints}
  %p : Tensor = prim::If(%c)
    block0():
      -> (%x)
    block1():
      -> (%y)
  %l : Tensor = prim::Loop(%n, %t, %x)
    block0(%i : int, %a : Tensor):
      %f : Tensor = aten::neg(%a)
      -> (%t, %f)
  return (%p, %l)`)
  expect([may('p', 'x'), may('p', 'y'), may('l', 'x'), may('l', 'f'), may('l', 'y')]).toEqual([true, true, true, true, false])
  expect(alias.baseAndViews(v('p'))).toBeUndefined()
  expect(alias.baseAndViews(v('a'))).toBeUndefined()
})

test('containers hold what is put into them, in place or later', () => {
  const { alias, v, may } = analyse(`graph(%x : Tensor, %y : Tensor, %z : Tensor):
${ints}
  %l : Tensor[] = prim::ListConstruct(%x)
  %u : Tensor[] = aten::append(%l, %y)
  %e : Tensor = aten::__getitem__(%l, %zero)
  %tup : (Tensor, Tensor) = prim::TupleConstruct(%x, %z)
  %a : Tensor, %b : Tensor = prim::TupleUnpack(%tup)
  %m : Tensor[] = aten::list(%l)
  %g : Tensor = aten::__getitem__(%m, %zero)
  return (%e)`)
  expect([may('e', 'x'), may('e', 'y'), may('e', 'z')]).toEqual([true, true, false])
  expect([may('a', 'x'), may('a', 'z'), may('b', 'z')]).toEqual([true, false, true])
  expect([may('m', 'l'), may('g', 'x'), may('u', 'l')]).toEqual([false, true, true])
  expect(alias.mayContainAlias(v('l'), v('x'))).toBe(true)
  expect(alias.mayContainAlias(v('l'), v('z'))).toBe(false)
})

test('split gives views, dict methods give elements', () => {
  const { may } = analyse(`graph(%x : Tensor, %y : Tensor, %d : Dict(str, Tensor)):
${ints}
  %k : str = prim::Constant[value="k"]()
  %c : Tensor[] = aten::chunk(%x, %one, %zero)
  %e : Tensor = aten::__getitem__(%c, %zero)
   = aten::_set_item(%d, %k, %y)
  %v : Tensor[] = aten::values(%d)
  %f : Tensor = aten::__getitem__(%v, %zero)
  %g : Tensor = aten::setdefault(%d, %k, %x)
  return (%e)`)
  expect([may('e', 'x'), may('f', 'y'), may('g', 'x'), may('e', 'y')]).toEqual([true, true, true, false])
})

test('attributes of one storage are one memory', () => {
  const base = tensorFromElements('float32', [4], [1, 2, 3, 4])
  const self: IObject = {
    kind: 'object',
    className: '__torch__.M',
    attributes: new Map([
      ['a', base],
      ['b', { ...base, sizes: [2], strides: [1] }],
      ['c', tensorFromElements('float32', [1], [0])],
    ]),
  }
  const { alias, may } = analyse(
    `graph(%self : __torch__.M):
  %a : Tensor = prim::GetAttr[name="a"](%self)
  %b : Tensor = prim::GetAttr[name="b"](%self)
  %c : Tensor = prim::GetAttr[name="c"](%self)
  %w : Tensor = aten::relu_(%b)
  return (%a)`,
    self,
  )
  expect([may('a', 'b'), may('a', 'c')]).toEqual([true, false])
  expect(alias.writersOf(alias.constantLocation(base)!).map((node) => node.kind)).toEqual(['aten::relu_'])
})

/** Whether the reference at `%p`, a phi, may be replaced by a copy of `%x`. */
function separable(after: string): boolean {
  const { graph, alias } = analyse(`graph(%x : Tensor, %c : bool):
${ints}
  %p : Tensor = prim::If(%c)
    block0():
      -> (%x)
    block1():
      %f : Tensor = aten::neg(%x)
      -> (%f)
${after}`)
  const [node] = nodesOf(graph, 'prim::If')
  return alias.isSeparable(alias.edge(node!, '0:0'))
}

test('a copy cannot be told from a reference unless a write comes between', () => {
  expect(separable('  return (%x, %p)')).toBe(true)
  // Written through the new name, and the old one is never looked at again; and the other way round.
  expect(separable('  %w : Tensor = aten::relu_(%p)\n  return (%w)')).toBe(true)
  expect(separable('  %w : Tensor = aten::relu_(%x)\n  return (%w)')).toBe(true)
  // Only the size is looked at.
  expect(separable('  %w : Tensor = aten::relu_(%p)\n  %s : int[] = aten::size(%x)\n  return (%w, %s)')).toBe(true)
  // The read comes first.
  expect(separable('  %n : Tensor = aten::neg(%x)\n  %w : Tensor = aten::relu_(%p)\n  return (%n, %w)')).toBe(true)
  expect(separable('  %w : Tensor = aten::relu_(%p)\n  return (%w, %x)')).toBe(false)
  expect(separable('  %w : Tensor = aten::relu_(%x)\n  %n : Tensor = aten::neg(%p)\n  return (%n)')).toBe(false)
  expect(separable('  %v : Tensor = aten::t(%p)\n  %w : Tensor = aten::relu_(%v)\n  %n : Tensor = aten::neg(%x)\n  return (%n)')).toBe(
    false,
  )
})

test('memory made in every turn of a loop is another one each time', () => {
  const text = (made: string) => `graph(%x : Tensor, %n : int):
${ints}
  %l : Tensor[] = prim::ListConstruct()
   = prim::Loop(%n, %t)
    block0(%i : int):
${made}
      %w : Tensor = aten::relu_(%q)
      %u : Tensor[] = aten::append(%l, %q)
      -> (%t)
  return (%l)`
  const appended = (made: string) => {
    const { graph, alias } = analyse(text(made))
    return alias.isSeparable(alias.edge(nodesOf(graph, 'aten::append')[0]!, 'store:1'))
  }
  expect(appended('      %q : Tensor = aten::neg(%x)')).toBe(true)
  // The next turn writes what the list holds.
  expect(appended('      %q : Tensor = aten::t(%x)')).toBe(false)
})
