// The table of a model's operators: every status, code that does not compile, and the methods of the build report.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { modelOperators } from '../../src/compiler/operators.ts'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { hostLines } from '../../src/plugin/report-line.ts'
import { archiveWith } from '../hostile/control.ts'

const HEAD = `class M(Module):
  __parameters__ = []
  __buffers__ = ["w", ]
  training : bool
  w : Tensor
`
const net = (body: string, before = ''): Uint8Array =>
  archiveWith({
    'code/__torch__.py': new TextEncoder().encode(
      `${before}${HEAD}  def forward(self: __torch__.M,\n    x: Tensor) -> Tensor:\n${body.replaceAll(/^/gm, '    ')}\n`,
    ),
  })
const file = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../${path}`, import.meta.url)))

test('each status, calls inlined', () => {
  const code = `w = self.w
a = torch.add_(torch.relu(x), w)
b = __torch__.twice(__torch__.twice(a))
if bool(torch.any(b)):
  print(torch.format("{}", 1))
  c = torch.neg(b)
else:
  c = b
d = torch.hash_tensor(torch.reshape(c, [1, 1, 2, 2]))
e = torch.from_file("x")
return torch.mul(d, e)`
  const { methods, operators, problems } = modelOperators(
    net(code, 'def twice(x: Tensor) -> Tensor:\n  return torch.mul(torch.neg(x), 2)\n'),
    nodeHost(),
  )
  expect([methods, problems]).toEqual([['forward'], []])
  const rows = new Map(operators.map((row) => [row.operator, row]))
  expect(rows.get('aten::neg')).toEqual({ operator: 'aten::neg', count: 3, status: 'graph' })
  expect(rows.get('aten::mul.Scalar')).toMatchObject({ count: 2, status: 'graph' })
  expect(rows.get('aten::add_.Tensor')).toMatchObject({ count: 1, status: 'graph' })
  expect(rows.get('aten::format')).toMatchObject({ status: 'host' })
  expect(rows.get('prim::If')).toMatchObject({ count: 1, status: 'dissolved' })
  expect(rows.get('prim::ListConstruct')).toMatchObject({ status: 'dissolved' })
  expect(rows.has('prim::Constant')).toBe(false)
  // Those without a row come first, with their place and, where no conversion can have them, the reason.
  expect(operators.slice(0, 2).map(({ operator }) => operator)).toEqual(['aten::from_file', 'aten::hash_tensor'])
  expect(operators.slice(2).every(({ status }) => status !== 'not supported')).toBe(true)
  expect(rows.get('aten::hash_tensor')).toMatchObject({ status: 'not supported', place: 'code/__torch__.py:18:8' })
  expect(rows.get('aten::from_file')).toMatchObject({ status: 'not supported', reason: expect.stringContaining('no file system') })
})

test('operators that torch itself does not have: read from the code', () => {
  const { methods, operators, problems } = modelOperators(
    net('k = ops.detectron2.nms_rotated(x, x, 0.5)\nreturn torch.relu(torch.index_select(x, 0, k))'),
    nodeHost(),
  )
  expect(methods).toEqual([])
  expect(problems).toMatchObject([{ code: 'PT2022' }])
  expect(operators).toEqual([
    { operator: 'detectron2::nms_rotated', count: 1, status: 'not supported', place: expect.stringMatching(/^code\/__torch__\.py:8:\d+$/) },
    { operator: 'aten::index_select', count: 1, status: 'graph' },
    { operator: 'aten::relu', count: 1, status: 'graph' },
  ])
})

test('a file that is no archive is an error', () => {
  expect(() => modelOperators(Uint8Array.of(1, 2, 3), nodeHost())).toThrow(CompileError)
})

test('packed and quantized weights', () => {
  const { operators } = modelOperators(file('fixtures/quantized/dynamic-conv.scripted.pt'), nodeHost())
  const quantized = operators.filter(({ operator }) => operator.startsWith('quantized::'))
  expect(quantized.length).toBeGreaterThan(0)
  expect(new Set(quantized.map(({ status }) => status))).toEqual(new Set(['graph']))
})

test('the report tells what each method becomes', async () => {
  const { report } = await compile(file('programs/decoder.pt'), { file: 'decoder.pt' }, nodeHost())
  const forward = report.methods[0]!
  expect(forward).toMatchObject({ name: 'forward', form: 'host' })
  expect(forward.regionsInLoops).toBeGreaterThan(0)
  expect(forward.regions).toBeGreaterThanOrEqual(forward.regionsInLoops)
  expect(hostLines(report)[0]).toMatch(/^forward runs as JavaScript: \d+ regions?, (\d+ of them in loops|all in loops|in a loop)$/)
  const gate = await compile(file('fixtures/decision-gate/scripted.pt'), { file: 'gate.pt' }, nodeHost())
  expect(gate.report.methods).toEqual([{ name: 'forward', form: 'graph', regions: 1, regionsInLoops: 0 }])
  expect(hostLines(gate.report)).toEqual([])
})

test('the line of a host program', () => {
  const line = (regions: number, regionsInLoops: number): string =>
    hostLines({ methods: [{ name: 'f', form: 'host', regions, regionsInLoops }] })[0]!
  expect(line(5, 2)).toBe('f runs as JavaScript: 5 regions, 2 of them in loops')
  expect(line(1, 0)).toBe('f runs as JavaScript: 1 region')
  expect(line(0, 0)).toBe('f runs as JavaScript: no region')
  expect(line(1, 1)).toBe('f runs as JavaScript: 1 region, in a loop')
  expect(line(3, 3)).toBe('f runs as JavaScript: 3 regions, all in loops')
})
