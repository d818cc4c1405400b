// Importing an archive's code: what is found, how types of attributes and constants arrive, and what is said when something is missing.

import { describe, expect, it } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { inlinedGraph } from '../../src/frontend/import-script.ts'
import { allNodes } from '../../src/ir/block.ts'
import { constantOf } from '../../src/ir/constant.ts'
import type { IValue } from '../../src/ir/ivalue.ts'
import { verify } from '../../src/ir/verifier.ts'
import { moduleOf, netWith, problemsOf } from './script-archive.ts'

const kinds = (body: string): string[] => Array.from(allNodes(inlinedGraph(moduleOf(netWith(body))).block), ({ kind }) => kind)

describe('a module', () => {
  const module = moduleOf(`class Net(Module):
  __parameters__ = []
  __buffers__ = []
  scale : float
  names : Final[List[str]] = ["a", "b"]
  def describe(self: __torch__.Net, n: int=2, *, loud: Optional[bool]=None) -> str:
    return "x"
  def forward(self: __torch__.Net, x: Tensor) -> Tensor:
    return torch.mul(x, self.scale)
  def __getstate__(self: __torch__.Net) -> int:
    return 1
`)
  it('names its methods, forward first', () => {
    expect(module.methods).toEqual(['forward', 'describe'])
  })
  it('tells parameters with defaults, and results', () => {
    const { params, returnType } = module.method('describe')
    expect(params).toMatchObject([
      { name: 'n', type: { kind: 'int' }, default: 2n, kwargOnly: false },
      { name: 'loud', type: { kind: 'Optional' }, default: null, kwargOnly: true },
    ])
    expect(returnType.kind).toBe('str')
  })
  it('gives a fresh graph each time', () => {
    const graph = module.inlinedGraph('forward')
    graph.block.clear()
    verify(module.inlinedGraph('forward'))
    expect(Array.from(allNodes(module.inlinedGraph('forward').block), ({ kind }) => kind)).toEqual(['prim::GetAttr', 'aten::mul'])
  })
  it('says which methods there are when one is missing', () => {
    const [problem] = problemsOf(() => module.method('nope'))
    expect(problem).toMatchObject({ code: 'PT2021', message: "The module has no method 'nope'" })
    expect(problem!.fix).toContain('describe, forward')
  })
})

describe('floats', () => {
  it('of 1e10 and more, which torch prints without a dot, are floats where a float is declared', () => {
    const module = moduleOf(`class Net(Module):
  limit : Final[float] = 10000000000
  def forward(self: __torch__.Net, x: Tensor, far: float=20000000000) -> Tuple[Tensor, float]:
    a = annotate(List[float], [30000000000])
    b = annotate(Optional[float], 40000000000)
    return (torch.clamp(x, None, 50000000000), self.limit)
`)
    expect(module.method('forward').params[1]).toMatchObject({ default: 20_000_000_000 })
    const constants = Array.from(allNodes(module.inlinedGraph('forward').block))
      .filter(({ kind }) => kind === 'prim::Constant')
      .map((node) => constantOf(node.output()))
    expect(constants).toContain(10_000_000_000)
  })
  it('that are smaller stay ints: those are mistakes', () => {
    expect(
      problemsOf(() => moduleOf('class Net(Module):\n  def forward(self, x: Tensor) -> float:\n    return 3\n').method('forward')),
    ).toMatchObject([{ code: 'PT2030' }])
  })
})

describe('constants', () => {
  it('come from the table of the archive', () => {
    const table: IValue[] = [{ kind: 'list', items: [1n, 2n] }]
    const graph = inlinedGraph(moduleOf(netWith('return torch.sum(x, CONSTANTS.c0)'), {}, table))
    expect(
      constantOf(
        Array.from(allNodes(graph.block))
          .find(({ kind }) => kind === 'aten::sum')!
          .input(1),
      ),
    ).toEqual(table[0])
  })
  it('that the table does not have are named', () => {
    expect(problemsOf(() => inlinedGraph(moduleOf(netWith('return torch.sum(x, CONSTANTS.c7)'))))).toMatchObject([
      { code: 'PT2024', message: expect.stringContaining('c7') as string },
    ])
  })
})

describe('what is missing is named, with its place', () => {
  it.each([
    ['an operator', 'return torch.nothing_like_it(x)', 'PT2022', 'aten::nothing_like_it'],
    ['an operator of another library', 'return ops.detectron2.nms_rotated(x, x, 0.5)', 'PT2022', 'detectron2::nms_rotated'],
    ['an overload', 'return torch.add(x, "a")', 'PT2023', 'aten::add'],
    ['a name', 'return y', 'PT2020', "'y'"],
    ['an attribute', 'return self.weight', 'PT2021', 'weight'],
    ['a method of Tensor', 'return x.reshapen(1)', 'PT2021', 'reshapen'],
    ['a class', 'y = __torch__.other.Thing.__new__(__torch__.other.Thing)\nreturn x', 'PT2012', '__torch__.other.Thing'],
    ['a function', 'return __torch__.other.thing(x, )', 'PT2012', '__torch__.other.thing'],
    ['a type', 'y = annotate(Strange[int], 1)\nreturn x', 'PT2010', 'Strange'],
    ['a class of native code', 'y = annotate(__torch__.torch.classes.a.B, x)\nreturn x', 'PT2030', '__torch__.torch.classes.a.B'],
  ])('%s', (_, body, code, name) => {
    const problems = problemsOf(() => inlinedGraph(moduleOf(netWith(body))))
    expect(problems).toMatchObject([{ code, message: expect.stringContaining(name) as string }])
    const { message } = new CompileError([problems[0]!])
    expect(message).toContain('code/__torch__.py:')
    expect(message).toContain('<--- HERE')
  })
  it('all of it at once, over all functions that are reached', () => {
    const problems = problemsOf(() =>
      inlinedGraph(
        moduleOf(`class Net(Module):
  a : __torch__.A
  def forward(self: __torch__.Net, x: Tensor) -> Tensor:
    y = torch.nope(x)
    z = torch.add(y, 1)
    _0 = (self.a).forward(x, )
    return __torch__.helper(_0, undefined, )
class A(Module):
  def forward(self: __torch__.A, x: Tensor) -> Tensor:
    if torch.gt(torch.dim(x), 1):
      y = self.gone
    else:
      y = __torch__.helper(x, 2, )
    return y
def helper(x: Tensor, n: int) -> Tensor:
  return torch.add(x, "a")
`),
      ),
    )
    // That y + 1 and A's return fail as well follows from these.
    expect(problems.map(({ code }) => code).sort()).toEqual(['PT2020', 'PT2021', 'PT2022', 'PT2023'])
  })
})

describe('programs without an end', () => {
  it('recursion is told', () => {
    const problems = problemsOf(() =>
      inlinedGraph(
        moduleOf(
          netWith('return __torch__.f(x, )') +
            'def f(x: Tensor) -> Tensor:\n  return __torch__.g(x, )\ndef g(x: Tensor) -> Tensor:\n  return __torch__.f(x, )\n',
        ),
      ),
    )
    expect(problems).toMatchObject([{ code: 'PT2033' }])
  })
  it('functions that double 60 times are refused, fast', () => {
    const functions = Array.from(
      { length: 60 },
      (_, i) => `def f${i}(x: Tensor) -> Tensor:\n  return torch.add(__torch__.f${i + 1}(x, ), __torch__.f${i + 1}(x, ))\n`,
    )
    const text = netWith('return __torch__.f0(x, )') + functions.join('') + 'def f60(x: Tensor) -> Tensor:\n  return torch.relu(x)\n'
    const start = performance.now()
    expect(problemsOf(() => inlinedGraph(moduleOf(text)))).toMatchObject([{ code: 'PT2036' }])
    expect(performance.now() - start).toBeLessThan(10_000)
  })
  it('a chain of 400 calls is none of these', () => {
    const functions = Array.from({ length: 400 }, (_, i) => `def f${i}(x: Tensor) -> Tensor:\n  return __torch__.f${i + 1}(x, )\n`)
    const text = netWith('return __torch__.f0(x, )') + functions.join('') + 'def f400(x: Tensor) -> Tensor:\n  return torch.relu(x)\n'
    const kinds = Array.from(allNodes(inlinedGraph(moduleOf(text)).block), ({ kind }) => kind)
    // The functions themselves stay behind as constants, as in torch.
    expect(kinds.filter((kind) => kind !== 'prim::Constant')).toEqual(['aten::relu'])
  })
})

describe('names from a file', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is a name like any other', (name) => {
    expect(kinds(`${name} = torch.relu(x)\nreturn ${name}`)).toEqual(['aten::relu'])
    expect(problemsOf(() => kinds(`return ${name}`))).toMatchObject([{ code: 'PT2020' }])
    expect(problemsOf(() => kinds(`return self.${name}`))).toMatchObject([{ code: 'PT2021' }])
    expect(problemsOf(() => kinds(`return torch.${name}(x)`))).toMatchObject([{ code: 'PT2022' }])
  })
})
