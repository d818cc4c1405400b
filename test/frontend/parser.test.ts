// The parser: precedence, every kind of statement, exact ranges, limits, and what it says about text that is wrong.

import { describe, expect, it } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { MAX_SOURCE } from '../../src/frontend/limits.ts'
import { parseExpressionText, parseSource } from '../../src/frontend/parser.ts'
import { show, showStatement } from './show-tree.ts'

const parse = (text: string): string => show(parseExpressionText({ name: 'a.py', text }))
const statements = (text: string): string => parseSource({ name: 'a.py', text }).map(showStatement).join('\n')

function problem(text: string): { readonly code: string; readonly message: string; readonly at: number } {
  try {
    parseSource({ name: 'a.py', text })
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    const [first] = error.problems
    return { code: first.code, message: error.message, at: first.range!.start }
  }
  throw new TypeError('the text was accepted')
}

describe('expressions', () => {
  it.each([
    ['1 + 2 * 3', '(+ 1 (* 2 3))'],
    ['(1 + 2) * 3', '(* (+ 1 2) 3)'],
    ['1 - 2 - 3', '(- (- 1 2) 3)'],
    ['-x ** 2', '(- (** x 2))'],
    ['2 ** -x ** y', '(** 2 (- (** x y)))'],
    ['-1', '-1'],
    ['~x & y | z ^ w', '(| (& (~ x) y) (^ z w))'],
    ['a << 1 + 2 >> 3', '(>> (<< a (+ 1 2)) 3)'],
    ['a @ b // c % d', '(% (// (@ a b) c) d)'],
    ['not a in b', '(not (in a b))'],
    ['a not in b', '(not (in a b))'],
    ['a is not None and b is None', '(and (is not a none) (is b none))'],
    ['a or b and not c', '(or a (and b (not c)))'],
    ['a < b == c', '(and (< a b) (== b c))'],
    ['a if b else c if d else e', '(if b a (if d c e))'],
    ['f(x)(y).z[0]', '(at (call (call f x) y).z 0)'],
    ['f(a, *b, c=1, d=(2, 3),)', '(call f a *b c=1 d=(tuple 2 3))'],
    ['x[1:, ::2, ..., None, :]', '(at x (slice 1 _ _) (slice _ _ 2) ... none (slice _ _ _))'],
    ['x[(1, 2)]', '(at x (tuple 1 2))'],
    ['()', '(tuple)'],
    ['(1,)', '(tuple 1)'],
    ['[1, 2,]', '[1 2]'],
    ['{"a": 1, "b": 2,}', '{"a": 1, "b": 2}'],
    ['{}', '{}'],
    ['[i * 2 for i in x]', '[(* i 2) for i in x]'],
    ['{k: v for k, v in x.items()}', '{k: v for (tuple k v) in (call x.items)}'],
    ['0x1F + 0b11 + 0o17 + 1_000', '(+ (+ (+ 31 3) 15) 1000)'],
    ['1. + .5 + 1e-3 + 2.j', '(+ (+ (+ 1. 0.5) 0.001) 2j)'],
    ['True and None', '(and true none)'],
    [String.raw`"a\n\x41é\U0001F600" 'b' """c"d"""`, '"a\\nAé😀bc\\"d"'],
    [String.raw`r"a\n" u'b'`, '"a\\\\nb"'],
    [String.raw`"\q\\"`, '"\\\\q\\\\"'],
    ['f"{a} of {b + 1}!"', '(call "{} of {}!".format a (+ b 1))'],
    ['"x" f"{a}"', '(call "x{}".format a)'],
    ['(a\n  + b)', '(+ a b)'],
    ['a + \\\n b', '(+ a b)'],
    ['inf', 'inf'],
  ])('%s', (text, tree) => {
    expect(parse(text)).toBe(tree)
  })
})

describe('statements', () => {
  it.each([
    ['x = y = 1, 2', 'x = y = (tuple 1 2)'],
    ['a, *b = c', '(tuple a *b) = c'],
    ['x : Optional[int] = None', 'x: (at Optional int) = none'],
    ['x: int', 'x: int = _'],
    ['x.y[0] += 1', '(at x.y 0) += 1'],
    ['x **= 2; y //= 3; z @= w; v >>= 1', 'x **= 2\ny //= 3\nz @= w\nv >>= 1'],
    ['if a: pass\nelif b:\n  x\nelse:\n  y', 'if a {pass} {if b {x} {y}}'],
    ['while a:\n  break', 'while a {break}'],
    ['for i, (a, b) in enumerate(x):\n  continue', 'for (tuple i (tuple a b)) in (call enumerate x) {continue}'],
    ['with a() as b, c:\n  pass', 'with (call a) as b, c as _ {pass}'],
    ['assert x, "no"', 'assert x, "no"'],
    ['raise ValueError("no")', 'raise (call ValueError "no")'],
    ['del x, y[0]', 'del x, (at y 0)'],
    ['return', 'return _'],
    ['return a, b', 'return (tuple a b)'],
    ['def f(self, x: int=2, *, y: str) -> int:\n  return x', 'def f(self: _, x: int = 2, *:y: str) -> int {return x}'],
    ['@torch.jit.export\n@other(1)\ndef f():\n  pass', '@torch.jit.export @(call other 1) def f() -> _ {pass}'],
    ['class A(Module):\n  x : int\n  def f(self): return self.x', 'class A(Module) {x: int = _; def f(self: _) -> _ {return self.x}}'],
    ['import torch.nn as nn', 'import _ torch.nn as nn'],
    ['from a.b import c as d, e', 'import a.b c as d, e as e'],
    ['def f(x, y):\n  # type: (int, Tensor) -> Tensor\n  return y', 'def f(x: int, y: Tensor) -> Tensor {return y}'],
    ['"""doc"""\nx = 1  # comment\n\n\n# end', '"doc"\nx = 1'],
  ])('%s', (text, tree) => {
    expect(statements(text)).toBe(tree)
  })
})

describe('ranges', () => {
  it('cover exactly what was written', () => {
    const text = 'def f(x):\n  return torch.add(x, -1, alpha=y[0])\n'
    const [def] = parseSource({ name: 'a.py', text })
    if (def?.kind !== 'def') throw new TypeError()
    const [result] = def.body
    if (result?.kind !== 'return' || result.value?.kind !== 'call') throw new TypeError()
    const slice = ({ start, end }: { readonly start: number; readonly end: number }): string => text.slice(start, end)
    expect(slice(result)).toBe('return torch.add(x, -1, alpha=y[0])')
    expect(slice(result.value)).toBe('torch.add(x, -1, alpha=y[0])')
    expect(result.value.args.map(slice)).toEqual(['x', '-1'])
    expect(result.value.kwargs.map(({ value }) => slice(value))).toEqual(['y[0]'])
  })
})

describe('text that is wrong', () => {
  it.each([
    ['x = "abc', 'PT2001', 4],
    ['x = (1, 2', 'PT2001', 4],
    ['x = 1)', 'PT2001', 5],
    ['x = (1]', 'PT2001', 6],
    ['x = 1 ? 2', 'PT2001', 6],
    ['if a:\n    x\n  y', 'PT2001', 14],
    ['x = ', 'PT2002', 4],
    ['def f(1):\n  pass', 'PT2002', 6],
    ['f(a=1, 2)', 'PT2002', 7],
    ['for x y:\n  pass', 'PT2002', 6],
    ['x = lambda a: a', 'PT2005', 4],
    ['try:\n  x\nexcept E:\n  y', 'PT2005', 0],
    ['x = (y := 1)', 'PT2005', 7],
    ['while a:\n  pass\nelse:\n  pass', 'PT2005', 16],
    ['def f():\n  yield 1', 'PT2005', 11],
    ['x = {1, 2}', 'PT2005', 4],
    ['global x', 'PT2005', 0],
    [`x = ${'9'.repeat(80)}`, 'PT2035', 4],
  ])('%j is told at its place', (text, code, at) => {
    const found = problem(text)
    expect(found).toMatchObject({ code, at })
    // Place and frame are in the message.
    expect(found.message).toContain('a.py:')
    expect(found.message).toContain('<--- HERE')
  })
})

describe('limits', () => {
  it.each([
    ['parentheses', '('.repeat(600) + 'x' + ')'.repeat(600)],
    ['brackets', '['.repeat(100_000)],
    ['minus signs', `x = ${'-'.repeat(100_000)}1`],
    ['nots', `x = ${'not '.repeat(100_000)}a`],
    ['powers', `x = ${'a ** '.repeat(100_000)}a`],
    ['sums', `x = ${'a + '.repeat(100_000)}a`],
    ['selections', `x = a${'.b'.repeat(100_000)}`],
    ['calls', `x = a${'()'.repeat(100_000)}`],
    ['conditionals', `x = ${'a if b else '.repeat(100_000)}c`],
    ['blocks', Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}if a:`).join('\n') + `\n${' '.repeat(400)}pass`],
    ['elifs', `if a:\n  x\n${'elif b:\n  x\n'.repeat(100_000)}`],
    ['nested format strings', `x = ${'f"{'.repeat(300)}`],
  ])('deep nesting of %s is an error, not a crash', (_, text) => {
    expect(['PT2001', 'PT2003']).toContain(problem(text).code)
  })
  it('an expression of depth 400 is fine', () => {
    expect(parse('('.repeat(400) + 'x' + ')'.repeat(400))).toBe('x')
    expect(parse(`x${' + x'.repeat(400)}`)).toContain('(+ x x)')
  })
  it('a source of more than 32 Mi characters is refused', () => {
    expect(problem(' '.repeat(MAX_SOURCE + 1)).code).toBe('PT2004')
  })
  it('a source of more than 5 million tokens is refused', () => {
    expect(problem('x=1\n'.repeat(1_300_000)).code).toBe('PT2004')
  })
  it('time is linear in the length', () => {
    const line = '  y = torch.add(torch.mul(x, 2), z[1:3], alpha=2)\n'
    const time = (count: number): number => {
      const text = `def f(x):\n${line.repeat(count)}`
      const start = performance.now()
      parseSource({ name: 'a.py', text })
      return performance.now() - start
    }
    time(2000)
    const small = Math.min(time(4000), time(4000), time(4000))
    expect(time(32_000)).toBeLessThan(40 * small + 500)
  })
})
