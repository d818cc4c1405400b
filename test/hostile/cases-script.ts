// S: TorchScript sources that are deep, huge, endless, or named to do harm. Their archives are sound: what must happen happens in the compiler,
// so only the whole converter can judge them (cli.test.ts).

import { archiveWith, modulePickle, withData, type HostileCase } from './control.ts'
import * as p from './pickle-writer.ts'
import { concat } from './zip-writer.ts'

export interface ScriptCase extends HostileCase {
  /** If it is converted, then `forward(x)` is x + w. */
  readonly sum?: boolean
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const HEAD = `class M(Module):
  __parameters__ = []
  __buffers__ = ["w", ]
  training : bool
  w : Tensor
`

interface Shape {
  /** Parameters after self. */
  readonly params?: readonly string[]
  readonly result?: string
  /** More members of the class. */
  readonly members?: string
  /** Before the class. */
  readonly before?: string
}

const source = (body: readonly string[], { params = ['x: Tensor'], result = 'Tensor', members = '', before = '' }: Shape = {}): string =>
  `${before}${HEAD}${members}  def forward(self: __torch__.M,\n    ${params.join(',\n    ')}) -> ${result}:\n${body.map((line) => `    ${line}\n`).join('')}`
const SUM = ['w = self.w', 'return torch.add(x, w)']

type Expect = HostileCase['expect']
const script = (name: string, expect: Expect, code: () => string, more: Partial<ScriptCase> = {}): ScriptCase => ({
  name,
  expect,
  bytes: () => archiveWith({ 'code/__torch__.py': text(code()) }),
  ...more,
})
const reject = (name: string, codes: readonly string[], body: readonly string[], shape?: Shape): ScriptCase =>
  script(name, 'reject', () => source(body, shape), { codes })
/** Rejected with a code, or converted in bounded time and memory. */
const bounded = (name: string, body: () => readonly string[], shape?: Shape): ScriptCase =>
  script(name, 'either', () => source(body(), shape))

const nest = (open: string, close: string, depth: number, inner = 'x'): string => open.repeat(depth) + inner + close.repeat(depth)
const lines = (count: number, line: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => line(i))

function* deepAndHuge(): Generator<ScriptCase> {
  yield bounded('S1 100 000 parentheses', () => [`return ${nest('(', ')', 100_000)}`])
  yield bounded('S1 200 000 unary minuses', () => [`return ${'-'.repeat(200_000)}x`])
  yield bounded('S1 200 000 nots', () => [`y = ${'not '.repeat(200_000)}True`, 'return x'])
  yield bounded('S1 20 000 nested calls', () => [`return ${nest('torch.neg(', ')', 20_000)}`])
  yield bounded('S1 20 000 nested brackets', () => [`y = ${nest('[', ']', 20_000)}`, 'return x'])
  yield bounded('S1 20 000 nested types', () => ['return x'], { params: [`x: ${nest('List[', ']', 20_000, 'Tensor')}`] })
  yield bounded('S1 100 000 subscripts', () => [`return x${'[0]'.repeat(100_000)}`])
  yield bounded('S1 100 000 attributes', () => [`return self${'.w'.repeat(100_000)}`])
  yield bounded('S1 a sum of 100 000 terms', () => [`y = ${'1 + '.repeat(100_000)}1`, 'return x'])
  yield bounded('S1 2 000 nested ifs', () => [
    ...lines(2000, (i) => `${'  '.repeat(i)}if bool(torch.any(x)):`),
    `${'  '.repeat(2000)}y = 1`,
    'return x',
  ])
  yield bounded('S1 300 nested loops', () => [
    'y = x',
    ...lines(300, (i) => `${'  '.repeat(i)}for i${i} in range(2):`),
    `${'  '.repeat(300)}y = torch.add(y, x)`,
    'return y',
  ])
  yield reject('S2 an int of a million digits', [], [`return torch.add(x, ${'9'.repeat(1_000_000)})`])
  yield reject('S2 an int beyond 64 bits', ['PT2035'], ['return torch.add(x, 9223372036854775808)'])
  yield bounded('S2 a float of a million digits', () => [`return torch.add(x, 0.${'3'.repeat(1_000_000)})`])
  yield bounded('S2 a float of 1e999999999', () => ['return torch.add(x, 1e999999999)'])
  yield bounded('S3 a string of 8 MB', () => [`y = "${'a'.repeat(8_000_000)}"`, 'return x'])
  yield bounded('S3 a name of 1 MB', () => [`${'a'.repeat(1_000_000)} = x`, `return ${'a'.repeat(1_000_000)}`])
  yield bounded('S3 a list of 500 000', () => [`y = [${'1, '.repeat(500_000)}]`, 'return torch.add(x, y[3])'])
  yield bounded('S3 50 000 statements', () => ['y = x', ...lines(50_000, () => 'y = torch.neg(y)'), 'return y'])
  yield bounded('S3 50 000 unused constants', () => [...lines(50_000, (i) => `y${i} = ${i}`), 'return x'])
  yield bounded('S3 2 000 ifs in a row', () => [
    'y = x',
    ...lines(2000, () => 'if bool(torch.any(x)):\n      y = torch.neg(y)\n    else:\n      y = x'),
    'return y',
  ])
  yield bounded('S14 20 000 inputs', () => ['return x'], { params: ['x: Tensor', ...lines(20_000, (i) => `x${i}: Tensor`)] })
  yield bounded('S14 10 000 outputs', () => [`return (${lines(10_000, (i) => `torch.add(x, ${i}), `).join('')})`], {
    result: `Tuple[${'Tensor, '.repeat(10_000).slice(0, -2)}]`,
  })
  yield reject('S15 two inputs of one name', [], ['return x'], { params: ['x: Tensor', 'x: Tensor'] })
  yield reject('S15 two methods of one name', [], SUM, {
    members: '  def forward(self: __torch__.M, x: Tensor) -> Tensor:\n    return x\n',
  })
}

function* endless(): Generator<ScriptCase> {
  yield bounded('S4 a while that never ends', () => ['y = x', 'while True:', '  y = torch.neg(y)', 'return y'])
  yield bounded('S4 a while over ints that never ends', () => ['n = 0', 'while True:', '  n = torch.add(n, 1)', 'return torch.add(x, n)'])
  yield bounded('S4 a constant condition that stays', () => [
    'n = 0',
    'go = True',
    'while go:',
    '  n = torch.add(n, 1)',
    '  go = torch.ge(n, 0)',
    'return torch.add(x, n)',
  ])
  yield bounded('S4 range(2^63 - 1) over tensors', () => [
    'y = x',
    'for i in range(9223372036854775807):',
    '  y = torch.neg(y)',
    'return y',
  ])
  yield bounded('S4 range(2^63 - 1) over ints', () => [
    'n = 0',
    'for i in range(9223372036854775807):',
    '  n = torch.add(n, i)',
    'return torch.add(x, n)',
  ])
  yield bounded('S4 three loops of a million within each other', () => [
    'n = 0',
    'for i in range(1000000):',
    '  for j in range(1000000):',
    '    for k in range(1000000):',
    '      n = torch.add(n, 1)',
    'return torch.add(x, n)',
  ])
  yield bounded('S4 ten loops of eight within each other', () => [
    'y = x',
    ...lines(10, (i) => `${'  '.repeat(i)}for i${i} in range(8):`),
    `${'  '.repeat(10)}y = torch.add(y, 1)`,
    'return y',
  ])
  const calls = (name: string, callee: string): string => `def ${name}(x: Tensor) -> Tensor:\n  return __torch__.${callee}(x)\n`
  yield reject('S5 a function that calls itself', ['PT2033'], ['return __torch__.f(x)'], { before: calls('f', 'f') })
  yield reject('S5 functions that call each other', ['PT2033'], ['return __torch__.f(x)'], { before: calls('f', 'g') + calls('g', 'f') })
  yield reject('S5 a method that calls itself', ['PT2033'], ['return (self).forward(x, )'])
  yield reject('S5 a ring of 5 000 functions', [], ['return __torch__.f0(x)'], {
    before: lines(5000, (i) => calls(`f${i}`, `f${(i + 1) % 5000}`)).join(''),
  })
  yield bounded('S5 a chain of 5 000 functions', () => ['return __torch__.f0(x)'], {
    before: [...lines(4999, (i) => calls(`f${i}`, `f${i + 1}`)), 'def f4999(x: Tensor) -> Tensor:\n  return torch.neg(x)\n'].join(''),
  })
  const doubling = (count: number, first: string): string =>
    [
      `def f0(x: Tensor) -> Tensor:\n  return ${first}\n`,
      ...lines(count, (i) => `def f${i + 1}(x: Tensor) -> Tensor:\n  return __torch__.f${i}(__torch__.f${i}(x))\n`),
    ].join('')
  yield reject('S6 2^40 calls to inline', ['PT2036'], ['return __torch__.f40(x)'], { before: doubling(40, 'torch.neg(x)') })
  yield bounded('S6 2^40 calls of what does nothing', () => ['return __torch__.f40(x)'], { before: doubling(40, 'x') })
  yield bounded('S6 2^40 calls in branches', () => ['return __torch__.f40(x)'], {
    before: [
      'def f0(x: Tensor) -> Tensor:\n  return torch.neg(x)\n',
      ...lines(
        40,
        (i) =>
          `def f${i + 1}(x: Tensor) -> Tensor:\n  if bool(torch.any(x)):\n    y = __torch__.f${i}(x)\n  else:\n    y = __torch__.f${i}(torch.neg(x))\n  return y\n`,
      ),
    ].join(''),
  })
  yield bounded('S8 classes that hold each other', () => ['return x'], {
    before: 'class A(Module):\n  b : __torch__.B\nclass B(Module):\n  a : __torch__.A\n',
    members: '  a : __torch__.A\n',
  })
  yield bounded('S8 NamedTuples that hold each other', () => ['return x'], {
    before: 'class A(NamedTuple):\n  b : __torch__.B\nclass B(NamedTuple):\n  a : __torch__.A\n',
    params: ['x: Tensor', 'a: Optional[__torch__.A]=None'],
  })
  yield {
    ...reject('S8 a module that is its own attribute', ['PT1215'], SUM),
    bytes: () => withData(selfReference()),
  }
}

/** M whose attribute `me` is M itself. */
function selfReference(): Uint8Array {
  const object = concat(p.global('__torch__', 'M'), p.emptyTuple, p.newObjOp, p.put(70))
  const state = concat(p.emptyDict, p.mark, p.str('training'), p.no, p.str('w'), p.tensor(), p.str('me'), p.get(70), p.ascii('u'))
  return concat(p.proto(), object, state, p.buildOp, p.stop)
}

const NAMES = ['constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'then', 'default']
const WORDS = ['await', 'arguments', 'eval', 'this', 'let', 'new', 'function', 'then']

function* names(): Generator<ScriptCase> {
  yield reject('S7 an unknown operator', ['PT2022'], ['return torch.no_such_operator(x)'])
  yield reject('S7 an unknown name', ['PT2020'], ['return nothing'])
  yield reject('S7 an unknown function', [], ['return __torch__.nothing(x)'])
  yield reject('S7 an unknown class', [], ['return x'], { params: ['x: __torch__.Nothing'] })
  yield reject('S7 an unknown attribute', ['PT2021'], ['return self.nothing'])
  yield reject('S7 an unknown method', ['PT2021'], ['return (self).nothing(x, )'])
  yield reject('S7 an unknown constant', ['PT2024'], ['return torch.add(x, CONSTANTS.c99)'])
  yield reject('S7 an unknown type', ['PT2010'], ['return x'], { params: ['x: Nothing'] })
  for (const name of new Set([...NAMES, ...WORDS])) {
    const control = (): Uint8Array => archiveWith({ 'code/__torch__.py': text(source(SUM)) })
    yield script(`S9 a variable ${name}`, 'either', () => source(['w = self.w', `${name} = torch.add(x, w)`, `return ${name}`]), {
      sum: true,
      control,
    })
    yield script(
      `S9 an input ${name}`,
      'either',
      () => source(['w = self.w', `return torch.add(${name}, w)`], { params: [`${name}: Tensor`] }),
      {
        sum: true,
      },
    )
    const method = `  def ${name}(self: __torch__.M, x: Tensor) -> Tensor:\n    return torch.neg(x)\n`
    yield script(`S9 a method ${name}`, 'either', () => source(SUM, { members: method }), { sum: true })
  }
  for (const name of ['constructor', '__proto__', 'toString', '__defineGetter__', 'hasOwnProperty']) {
    yield reject(`S10 the operator ${name}`, [], [`return torch.${name}(x)`])
    yield reject(`S10 the operator ops.${name}`, [], [`return ops.${name}.${name}(x)`])
    yield reject(`S10 the function ${name}`, [], [`return __torch__.${name}(x)`])
    yield reject(`S10 the built-in ${name}`, [], [`return ${name}(x)`])
    yield reject(`S10 the type ${name}`, [], ['return x'], { params: [`x: ${name}`] })
    yield reject(`S10 the class ${name}`, [], ['return x'], { params: [`x: __torch__.${name}.${name}`] })
    yield reject(`S10 the attribute ${name}`, [], [`return self.${name}`])
    yield reject(`S10 the attribute ${name} of a tensor`, [], [`return x.${name}`])
    yield reject(`S10 the method ${name} of a tensor`, [], [`return (x).${name}()`])
    yield reject(`S10 the constant ${name}`, [], [`return torch.add(x, CONSTANTS.${name})`])
    yield reject(`S10 the keyword ${name}`, [], [`return torch.add(x, 1, ${name}=1)`])
  }
  const results = [
    '"});globalThis.polluted=1;({"',
    "'];globalThis.polluted=1;['",
    '${globalThis.polluted=1}',
    '`',
    '*/globalThis.polluted=1/*',
  ]
  for (const [i, key] of [...results, '</script>', '\u2028', 'a\\nb', '__proto__', 'then', 'constructor', ''].entries()) {
    const literal = `"${key.replaceAll('"', '\\"')}"`
    yield bounded(`S16 a result named ${i}: ${JSON.stringify(key)}`, () => [`return {${literal}: torch.neg(x)}`], {
      result: 'Dict[str, Tensor]',
    })
    yield bounded(`S16 a message ${i}: ${JSON.stringify(key)}`, () => [
      'if bool(torch.any(x)):',
      `  ops.prim.RaiseException(${literal}, ${literal})`,
      'else:',
      '  pass',
      'return x',
    ])
  }
  yield script('S16 JavaScript in a comment', 'accept', () => `# */ globalThis.polluted = 1 /*\n${source(SUM)}`, { sum: true })
  yield reject('S16 JavaScript for a name', [], ['`${globalThis.polluted=1}` = x', 'return x'])
}

/** Python that TorchScript does not have, and what torch itself would run. */
const PYTHON =
  `import os|from os import system|os.system("touch hostile-canary")|y = eval("1")|y = exec("1")|y = open("hostile-canary", "w")
y = __import__("os")|y = lambda: 1|global x|nonlocal x|del x|yield x|await x|async def f(): pass|def f(): return 1|class C: pass|with open("x") as f: pass
try: pass\n    except: pass|y = [i for i in [1]]|y = {i for i in [1]}|y = (i for i in [1])|y = f"{x}"|y = print(x)|y = ^PythonOp()(x)|y = getattr(self, "w")|y := x|print x
exec "1"|match x:\n      case 1: pass|y = x if True|return torch.load("x")|return ops.prim.PythonOp(x)|return ops.aten.__import__(x)|y = torch.ops.load_library("x")`
    .split(/[|\n](?! )/)
    .map((row) => row.replaceAll('\\n', '\n'))

function* python(): Generator<ScriptCase> {
  for (const [i, line] of PYTHON.entries()) {
    const accepted = /print|del x|for i|getattr|with|def f|class C|f"/.test(line)
    yield script(`S11 ${i}: ${line.replaceAll('\n', ' ')}`, accepted ? 'either' : 'reject', () => source([line, 'return x']))
  }
  yield script('S11 code beside the class', 'reject', () => `import os\nos.system("touch hostile-canary")\n${source(SUM)}`)
  yield script('S11 a decorator', 'either', () => `@__import__("os").system("touch hostile-canary")\n${source(SUM)}`)
  yield script('S11 a default that calls', 'reject', () =>
    source(SUM, { params: ['x: Tensor', 'y: int=__import__("os").system("touch hostile-canary")'] }),
  )
  const path = (name: string): ScriptCase => ({
    name: `S17 a source at ${name}`,
    expect: 'either',
    bytes: () => archiveWith({ [name]: text('x = 1\n') }),
  })
  for (const name of [
    'code/../../hostile-canary.py',
    'code//hostile-canary.py',
    'code/C:/hostile-canary.py',
    'code/__torch__/../hostile-canary.py',
  ])
    yield path(name)
}

const BIG = '1099511627776'
const CREATED = 'dtype=6, layout=None, device=None, pin_memory=False'
const INDEX = 'torch.tensor([99], dtype=4, device=None, requires_grad=False)'
const BOMBS: readonly (readonly [name: string, ...body: string[]])[] = [
  ['a constant index that is not there', 'w = self.w', `return torch.add(x, torch.sum(torch.index_select(w, 0, ${INDEX})))`],
  ['constant matrices that do not fit', 'w = self.w', 'return torch.add(x, torch.sum(torch.mm(w, torch.reshape(w, [1, 4]))))'],
  ['a constant reshape that does not fit', 'w = self.w', 'return torch.add(x, torch.sum(torch.reshape(w, [3, 3])))'],
  ['zeros of 10^18', `return torch.add(x, torch.sum(torch.zeros([1000000000000000000], ${CREATED})))`],
  ['zeros of 2^40 by 2^40', `return torch.add(x, torch.sum(torch.zeros([${BIG}, ${BIG}], ${CREATED})))`],
  ['zeros of 10^9', `return torch.add(x, torch.sum(torch.zeros([1000000000], ${CREATED})))`],
  ['full of 2^40', `return torch.add(x, torch.sum(torch.full([${BIG}], 1., ${CREATED})))`],
  ['rand of 2^40', `return torch.add(x, torch.sum(torch.rand([${BIG}], ${CREATED})))`],
  ['arange of 2^40', `return torch.add(x, torch.sum(torch.arange(${BIG}, ${CREATED})))`],
  ['arange by 10^-12', `return torch.add(x, torch.sum(torch.arange(0., 1., 9.9999999999999998e-13, ${CREATED})))`],
  ['linspace of 2^40', `return torch.add(x, torch.sum(torch.linspace(0., 1., ${BIG}, ${CREATED})))`],
  ['eye of 2^20', `return torch.add(x, torch.sum(torch.eye(1048576, ${CREATED})))`],
  ['repeat 2^40 times', 'w = self.w', `return torch.add(x, torch.sum(torch.repeat(w, [${BIG}])))`],
  ['expand to 2^40', 'w = self.w', `return torch.add(x, torch.sum(torch.mul(torch.expand(torch.select(w, 0, 0), [${BIG}]), 2)))`],
  ['pad by 2^40', 'w = self.w', `return torch.add(x, torch.sum(torch.constant_pad_nd(w, [0, ${BIG}], 0)))`],
  [
    'one_hot of 2^40',
    `return torch.add(x, torch.sum(torch.one_hot(torch.arange(4, dtype=4, layout=None, device=None, pin_memory=False), ${BIG})))`,
  ],
  ['cat doubled 40 times', 'w = self.w', ...lines(40, () => 'w = torch.cat([w, w])'), 'return torch.add(x, torch.sum(w))'],
  [
    'outer product doubled 5 times',
    'w = self.w',
    ...lines(5, () => 'w = torch.reshape(torch.outer(w, w), [-1])'),
    'return torch.add(x, torch.sum(w))',
  ],
  ['9 ** 9 ** 9 ** 9', 'n = 9 ** 9 ** 9 ** 9', 'return torch.add(x, n)'],
  ['pow of ints', 'n = torch.pow(9223372036854775807, 9223372036854775807)', 'return torch.add(x, n)'],
  ['a shift by 2^40', `n = torch.__lshift__(1, ${BIG})`, 'return torch.add(x, n)'],
  ['a division by zero', 'n = torch.floordiv(1, 0)', 'return torch.add(x, n)'],
  ['2^63 by -1', 'n = torch.floordiv(-9223372036854775807 - 1, -1)', 'return torch.add(x, n)'],
  ['a string times 2^40', `s = torch.mul("a", ${BIG})`, 'return torch.add(x, torch.len(s))'],
  ['a string doubled 60 times', 's = "a"', ...lines(60, () => 's = torch.add(s, s)'), 'return torch.add(x, torch.len(s))'],
  ['a string formatted 60 times', 's = "a"', ...lines(60, () => 's = torch.format("{}{}", s, s)'), 'return torch.add(x, torch.len(s))'],
  ['a string of 10^9 spaces', 's = torch.rjust("a", 1000000000, " ")', 'return torch.add(x, torch.len(s))'],
  ['a list times 2^40', `n = torch.mul([1], ${BIG})`, 'return torch.add(x, torch.len(n))'],
  ['a list doubled 60 times', 'n = [1]', ...lines(60, () => 'n = torch.add(n, n)'), 'return torch.add(x, torch.len(n))'],
  ['the list of range(2^40)', `n = torch.list(torch.range(${BIG}))`, 'return torch.add(x, torch.len(n))'],
  [
    'a list filled in a loop of 2^40',
    'n = annotate(List[int], [])',
    `for i in range(${BIG}):`,
    '  _0 = torch.append(n, i)',
    'return torch.add(x, torch.len(n))',
  ],
  ['stack of 10^9 splits', `return torch.stack(torch.split(torch.zeros([1000000000], ${CREATED}), 1))`],
  ['reshape to 10 000 dims', `return torch.reshape(x, [${'1, '.repeat(10_000)}4])`],
  ['a stride of 0 over 2^40', 'w = self.w', `return torch.add(x, torch.sum(torch.as_strided(w, [${BIG}], [0])))`],
  ['an upsampling to 2^20 by 2^20', `return torch.upsample_nearest2d(torch.reshape(x, [1, 1, 2, 2]), [1048576, 1048576])`],
]

export function* scriptCases(): Generator<ScriptCase> {
  yield script('S0 the control', 'accept', () => source(SUM), { sum: true, holds: 'same' })
  yield* deepAndHuge()
  yield* endless()
  yield* names()
  yield* python()
  for (const [name, ...body] of BOMBS) yield bounded(`S12 ${name}`, () => body)
  yield {
    ...script('S12 a submodule a hundred times', 'either', () => source(SUM)),
    bytes: () => withData(modulePickle(p.tensor(), ...lines(100, String).flatMap((i) => [p.str(`w${i}`), p.tensor()]))),
  }
}
