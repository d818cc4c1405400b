// What the emitter writes, as a reader sees it: whole texts of small programs, source maps, and what it refuses.

import { SourceMap } from 'node:module'
import { describe, expect, it } from 'vitest'
import { CompileError } from '../../../src/diagnostics/compile-error.ts'
import { allNodes } from '../../../src/ir/block.ts'
import { parseGraph } from '../../../src/ir/parser.ts'
import { emitHost, hasHostRow, missingHostRows } from '../../../src/loader/host/emit-host.ts'
import { fieldName } from '../../../src/loader/host/names.ts'
import { toSourceMap } from '../../../src/loader/host/source-map.ts'
import { emitted, graphOf, load } from './host-program.ts'

const written = (source: string): string => emitted(`${source.trim()}\n`).code
const program = (text: string): string => `${text.trim()}\n`

describe('the text', () => {
  it('is a while loop with its steps', () => {
    expect(
      written(`
def f(n: int):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps`),
    ).toBe(
      program(`
async function f(state, regions, n) {
  let steps = 0n
  while (n !== 1n) {
    if (floorMod(n, 2n) === 0n) {
      n = floorDiv(n, 2n)
    } else {
      n = int64(3n * n + 1n)
    }
    steps += 1n
  }
  return steps
}`),
    )
  })

  it('has ranges, items and conditions in the words of JavaScript', () => {
    expect(
      written(`
def f(words: List[str], limit: int):
    counts: Dict[str, int] = {}
    for word in words:
        if len(word) > 2 and not word.startswith("#"):
            counts[word] = counts.get(word, 0) + 1
    total = 0
    for i in range(0, limit, 2):
        total += i * i
    names: List[str] = []
    for name, count in counts.items():
        names.append("{}: {}".format(name, count))
    return ", ".join(names), total`),
    ).toBe(
      program(`
async function f(state, regions, words, limit) {
  const counts = new Map()
  for (const word of words) {
    if (lenText(word) > 2n && !startsWith(word, '#')) {
      counts.set(word, getOr(counts, word, 0n) + 1n)
    }
  }
  let total = 0n
  for (let i = 0n; i < limit; i += 2n) {
    total = int64(total + i * i)
  }
  const names = []
  for (const [name, count] of [...counts]) {
    names.push(format('{}: {}', name, count))
  }
  return [join(', ', names), total]
}`),
    )
  })

  it('returns and raises early', () => {
    expect(
      written(`
def f(x: Optional[int], l: List[int]) -> int:
    assert x is not None, "no x"
    if x < 0:
        return -1
    if len(l) == 0:
        return x
    return l[0] + x * 2`),
    ).toBe(
      program(`
async function f(state, regions, x, l) {
  if (x === null) throw error('AssertionError', 'no x')
  if (x < 0n) return -1n
  if (BigInt(l.length) === 0n) return x
  return int64(getItem(l, 0n) + x * 2n)
}`),
    )
  })

  it('swaps what changes at once', () => {
    expect(written('def f(n: int):\n    a = 0\n    b = 1\n    for i in range(n):\n        a, b = b, a + b\n    return a')).toBe(
      program(`
async function f(state, regions, n) {
  let a = 0n
  let b = 1n
  for (let i = 0n; i < n; i++) {
    ;[a, b] = [b, int64(a + b)]
  }
  return a
}`),
    )
  })

  it('calls regions, and keeps the order of all that can be seen', () => {
    const graph = parseGraph(`graph(%self : __torch__.Net, %x.1 : Tensor, %l.1 : int[], %n.1 : int):
  %zero : int = prim::Constant[value=0]()
  %a.1 : int = aten::__getitem__(%l.1, %zero)
  %y.1 : Tensor, %z.1 : Tensor = host::region(%x.1, %n.1)
  %w.1 : Tensor = host::region(%y.1)
  %count : int = prim::GetAttr[name="count"](%self)
  %c : bool = aten::Bool(%w.1)
  %r : Tensor = prim::If(%c)
    block0():
      %u : Tensor = host::region(%z.1, %a.1)
      -> (%u)
    block1():
      -> (%z.1)
  %t : (Tensor, int) = prim::TupleConstruct(%r, %count)
  return (%t)`)
    let next = 2n
    for (const node of allNodes(graph.block)) if (node.kind === 'host::region') node.attributes.set('region', next++)
    const { code, imports } = emitHost(graph, { name: 'forward', params: ['x', 'l', 'n'] })
    expect(code).toBe(
      program(`
async function forward(state, regions, x, l, n) {
  const a = getItem(l, 0n)
  let [y, r] = await regions[2](x, n)
  const w = await regions[3](y)
  const count = state.count
  if (itemBool(w)) {
    r = await regions[4](r, a)
  }
  return [r, count]
}`),
    )
    expect(imports).toEqual(['getItem', 'itemBool'])
  })

  it('keeps names of models out of the way', () => {
    const { code } = emitted(
      'def f(await_: int, state: int, int64: int, constructor: int):\n    new = int64 * state\n    let = new + await_\n    return let * new + constructor\n',
    )
    expect(code).toContain('async function f(state, regions, await_, state1, int641, constructor) {')
    expect([fieldName('count'), fieldName('__proto__'), fieldName('then'), fieldName('a b')]).toEqual([
      'count',
      '__proto___$',
      'then_$',
      '_a_20_b',
    ])
  })

  it('lets no text of a model out of its literal', async () => {
    const text = '</script> ${x} `y` \u2028 \\'.concat('\' " foo(bar) $0')
    const run = load(emitted(`def f(x: str):\n    return x + ${JSON.stringify(text)}\n`))
    expect(await run({}, [], 'a')).toBe(`a${text}`)
    expect(emitted(`def f(x: str):\n    return x + ${JSON.stringify(text)}\n`).imports).toEqual([])
  })
})

describe('source maps', () => {
  it('lead each statement to its own line', () => {
    const source = 'def f(l: List[int]):\n    total = 0\n    for v in l:\n        if v > 3:\n            total += v\n    return total\n'
    const { code, mappings } = emitted(source)
    const map = toSourceMap(mappings, 2)
    expect(map.sources).toEqual(['program.py'])
    expect(map.sourcesContent).toEqual([source])
    const payload = new SourceMap({
      ...map,
      sources: [...map.sources],
      names: [],
      sourcesContent: [source],
      file: 'net.js',
      sourceRoot: '',
    })
    const lines = code.split('\n').flatMap((line, i) => {
      const entry = payload.findEntry(i + 2, line.length)
      return 'originalLine' in entry && mappings.some((mapping) => mapping.line === i + 1)
        ? [[line.trim(), source.split('\n')[entry.originalLine!]!.trim()]]
        : []
    })
    expect(lines).toEqual([
      ['for (const v of l) {', 'for v in l:'],
      ['if (v > 3n) {', 'if v > 3:'],
      ['total = int64(total + v)', 'total += v'],
      ['return total', expect.stringContaining('')],
    ])
  })

  it('puts excerpts where they stood', () => {
    const excerpt = { name: 'net.py', text: '  def forward(self):\n    return 1', firstLine: 4 }
    const map = toSourceMap([{ line: 1, column: 0, range: { source: excerpt, start: 23, end: 31 } }])
    expect(map.sourcesContent).toEqual(['\n\n\n  def forward(self):\n    return 1'])
    const far = { ...excerpt, firstLine: 2 ** 40 }
    expect(toSourceMap([{ line: 1, column: 0, range: { source: far, start: 0, end: 1 } }]).sourcesContent).toEqual([null])
  })
})

describe('what has no JavaScript form', () => {
  it('is told all at once, with its lines', () => {
    const { graph } = graphOf('def f(x: Tensor):\n    y = x + 1\n    return torch.relu(y), len(x)\n')
    expect(missingHostRows(graph).map(({ operator }) => operator)).toEqual([
      'aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor',
      'aten::relu(Tensor self) -> Tensor',
    ])
    try {
      emitHost(graph, { name: 'f', params: ['x'] })
      expect.unreachable()
    } catch (error) {
      expect((error as CompileError).problems.map(({ code }) => code)).toEqual(['PT5002', 'PT5002'])
    }
  })
  it('is known by schema', () => {
    expect(hasHostRow('aten::len.t(t[] a) -> int')).toBe(true)
    expect(hasHostRow('aten::format(str self, ...) -> str')).toBe(true)
    expect(hasHostRow('aten::relu(Tensor self) -> Tensor')).toBe(false)
  })
  it('is a program that nests without end', () => {
    const depth = 450
    const nested = Array.from({ length: depth }, (_, i) => `${' '.repeat(i + 2)}= prim::If(%c)\n${' '.repeat(i + 3)}block0():`)
    const closing = Array.from(
      { length: depth },
      (_, i) => `${' '.repeat(depth - i + 2)}-> ()\n${' '.repeat(depth - i + 2)}block1():\n${' '.repeat(depth - i + 3)}-> ()`,
    )
    const text = `graph(%c : bool):\n${nested.join('\n')}\n${closing.join('\n')}\n  return (%c)`
    expect(() => emitHost(parseGraph(text), { name: 'f', params: ['c'] })).toThrow(/PT5003/)
  })
})
