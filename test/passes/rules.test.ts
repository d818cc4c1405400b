// Every rewrite rule: its own example, and matching in general.
import { expect, test } from 'vitest'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { Pattern } from '../../src/ir/pattern.ts'
import { SubgraphRewriter, type Refusal, type RewriteRule } from '../../src/ir/subgraph-rewriter.ts'
import { verify } from '../../src/ir/verifier.ts'
import { simplifyScatter } from '../../src/passes/simplify-scatter.ts'

const rules = [...simplifyScatter.rules]

test.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
  const graph = parseGraph(rule.example!.before)
  expect(new SubgraphRewriter([rule]).run(graph)).toBe(true)
  verify(graph)
  expect(printGraph(graph)).toBe(printGraph(parseGraph(rule.example!.after)))
  expect(new SubgraphRewriter([rule]).run(graph)).toBe(false)
})

const fuse: RewriteRule = {
  name: 'neg-neg',
  before: `graph(%x : Tensor):
  %a : Tensor = aten::neg(%x)
  %b : Tensor = aten::neg(%a)
  return (%b)`,
  after: 'graph(%x : Tensor):\n  return (%x)',
}

test('a rule that does not fire says why', () => {
  const graph = parseGraph(`graph(%x : Tensor):
  %1 : Tensor = aten::neg(%x)
  %2 : Tensor = aten::neg(%1)
  %3 : Tensor = aten::add(%1, %2, %2)
  return (%3)`)
  const refusals: Refusal[] = []
  expect(new SubgraphRewriter([fuse]).run(graph, (refusal) => refusals.push(refusal))).toBe(false)
  expect(refusals.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/found prim::Param, expected aten::neg/),
    expect.stringMatching(/aten::neg.* is used by aten::add too/),
  ])
})

test('chains are rewritten to the end, in nested blocks too', () => {
  const graph = parseGraph(`graph(%x : Tensor, %c : bool):
  %1 : Tensor = prim::If(%c)
    block0():
      %2 : Tensor = aten::neg(%x)
      %3 : Tensor = aten::neg(%2)
      %4 : Tensor = aten::neg(%3)
      %5 : Tensor = aten::neg(%4)
      -> (%5)
    block1():
      -> (%x)
  return (%1)`)
  expect(new SubgraphRewriter([fuse]).run(graph)).toBe(true)
  expect(printGraph(graph)).not.toContain('neg')
})

test('constants of a pattern must be equal, inputs consistent', () => {
  const pattern = new Pattern(`graph(%x : Tensor):
  %two : int = prim::Constant[value=2]()
  %y : Tensor = aten::mul(%x, %two)
  %z : Tensor = aten::add(%x, %y, %two)
  return (%z)`)
  const text = (first: string, k: number) => `graph(%x : Tensor, %w : Tensor):
  %1 : int = prim::Constant[value=${k}]()
  %2 : Tensor = aten::mul(%x, %1)
  %3 : Tensor = aten::add(${first}, %2, %1)
  return (%3)`
  const match = (first: string, k: number) => pattern.match(parseGraph(text(first, k)).block.returnNode.previous!)
  expect(match('%x', 2)).toMatchObject({ anchor: { kind: 'aten::add' } })
  expect(match('%x', 3)).toMatch(/is not the constant/)
  expect(match('%w', 2)).toMatch(/another value than before/)
})
