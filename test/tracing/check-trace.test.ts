// The generalizability check: a trace against the scripted form on inputs that make each decision go another way.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { CompileHost, CompileResult, DecisionReport, ModelOptions } from '../../src/compiler/types.ts'
import { formatProblem, type Problem } from '../../src/diagnostics/compile-error.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { createEvaluator } from '../../src/onnx/evaluator.ts'
import { capture, complete } from '../../src/passes/pipeline.ts'
import { checkTrace } from '../../src/tracing/check-trace.ts'
import { leaveTrail } from '../../src/tracing/decision-trail.ts'
import type { ExampleInputs } from '../../src/tracing/example.ts'
import { trace } from '../../src/tracing/trace.ts'
import { variationsOf } from '../../src/tracing/variations.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { fixtureFolder } from '../e2e/fixtures.ts'
import { loadOrt } from '../support/ort.ts'

const evaluator = createEvaluator(loadOrt)
const host: CompileHost = { evaluator }
const traced = (name: string, options: ModelOptions = {}, by = host): Promise<CompileResult> =>
  compile(readFileSync(join(fixtureFolder, `${name}.pt`)), { file: name, mode: 'trace', ...options }, by)
const vector = (...data: number[]) => ({ data, dims: [data.length], dtype: 'float32' as const })
const differences = ({ report }: CompileResult): readonly Problem[] => report.notices.filter(({ code }) => code === 'PT3509')
const checks = ({ report }: CompileResult): DecisionReport['check'][] => report.decisions.map(({ check }) => check)

/** A graph traced on the first example, with what the check says of it. */
async function checked(text: string, ...examples: ExampleInputs[]): Promise<readonly Problem[]> {
  const again = () => capture(parseGraph(text), { mode: 'trace', verifyGraphs: true, examples })
  const captured = again()
  const run = await trace(captured, { examples, evaluator })
  const result = complete(captured)
  await checkTrace({ capture: captured, run, traced: result, examples, again, evaluator, mode: 'warn' })
  return captured.context.notices.filter(({ code }) => code !== 'PT3502')
}

describe('the decision gate', () => {
  it('names the branch, its line, the input and the difference, for other examples first', async () => {
    const result = await traced('decision-gate/scripted', {
      exampleInputs: [vector(1, 2), vector(3, 1), vector(-1, -2)].map((x) => ({ x })),
    })
    expect(checks(result)).toEqual(['differs'])
    const [only, ...more] = differences(result)
    expect(more).toEqual([])
    expect(only!.message).toBe(
      'On example inputs 3 (x = float32[2] {-1, -2}) this branch goes another way, and the trace is not the model: Output nr 1. of the traced ' +
        'function does not match the corresponding output of the scripted function. Detailed error:\nTensor-likes are not close!\n\n' +
        'Mismatched elements: 2 / 2 (100.0%)\nGreatest absolute difference: 4 at index (1,) (up to 0.000510 allowed)',
    )
    expect(formatProblem(only!)).toContain('            if x.sum() > 0:')
  })

  it('is turned over by a variation where no example does it', async () => {
    const result = await traced('decision-gate/scripted', { exampleInputs: [{ x: vector(1, 2) }] })
    expect(differences(result).map(({ message }) => message.split(' this branch')[0])).toEqual([
      'On the traced inputs negated (x = float32[2] {-1, -2})',
    ])
  })

  it('is an error when asked', async () => {
    await expect(traced('decision-gate/scripted', { checkTrace: 'error', exampleInputs: [{ x: vector(1, 2) }] })).rejects.toMatchObject({
      code: 'PT3509',
      message: expect.stringContaining('if x.sum() > 0:'),
    })
  })

  it('is left alone when asked', async () => {
    const result = await traced('decision-gate/scripted', { checkTrace: 'off', exampleInputs: [{ x: vector(1, 2) }] })
    expect(differences(result)).toEqual([])
    expect(checks(result)).toEqual([undefined])
  })
})

it('a loop of another number of turns differs', async () => {
  const image = { x: { data: new Float32Array(192).fill(1), dims: [1, 3, 8, 8] } }
  const result = await traced('control-flow-net/model', { exampleInputs: [image] })
  expect(checks(result)).toEqual(['differs', 'differs'])
  expect(differences(result).map(({ message }) => / this (.*?), and/.exec(message)![1])).toEqual([
    'branch goes another way',
    'loop makes another number of turns',
  ])
})

it('without an evaluator is a code of its own', async () => {
  const text = `graph(%x : Tensor, %n : int):
  %zero : int = prim::Constant[value=0]()
  %is : bool = aten::gt(%n, %zero)
  %y : Tensor = prim::If(%is)
    block0():
      -> (%x)
    block1():
      %b : Tensor = aten::neg(%x)
      -> (%b)
  return (%y)
`
  for (const mode of ['warn', 'error'] as const) {
    const captured = capture(parseGraph(text), { mode: 'trace' })
    const examples = [{ n: { data: [1], dims: [] } }]
    const run = await trace(captured, { examples })
    const check = checkTrace({
      capture: captured,
      run,
      traced: complete(captured),
      examples,
      again: () => captured,
      evaluator: undefined,
      mode,
    })
    if (mode === 'error') await expect(check).rejects.toMatchObject({ code: 'PT3512' })
    else {
      await check
      expect(captured.context.notices.map(({ code }) => code)).toContain('PT3512')
    }
  }
})

it('inputs that the model raises on, and the trace cannot run on, show no difference', async () => {
  const text = `graph(%x : Tensor):
  %none : NoneType = prim::Constant()
  %axis : int = prim::Constant[value=0]()
  %three : int = prim::Constant[value=3]()
  %message : str = prim::Constant[value="three features"]()
  %class : str = prim::Constant[value="builtins.ValueError"]()
  %ones : int[] = prim::ListConstruct(%three)
  %dtype : int = prim::Constant[value=6]()
  %weight : Tensor = aten::ones(%ones, %dtype, %none, %none, %none)
  %n : int = aten::size(%x, %axis)
  %wrong : bool = aten::ne(%n, %three)
   = prim::If(%wrong)
    block0():
       = prim::RaiseException(%message, %class)
      -> ()
    block1():
      -> ()
  %y : Tensor = aten::dot(%x, %weight)
  return (%y)
`
  expect((await checked(text, { x: vector(1, 2, 3) })).map(({ code }) => code)).toEqual([])
})

/** If the sum is positive, one of two spellings of the same. */
const HARMLESS = `graph(%x : Tensor):
  %none : NoneType = prim::Constant()
  %zero : int = prim::Constant[value=0]()
  %two : int = prim::Constant[value=2]()
  %one : int = prim::Constant[value=1]()
  %s : Tensor = aten::sum(%x, %none)
  %g : Tensor = aten::gt(%s, %zero)
  %is : bool = aten::Bool(%g)
  %y : Tensor = prim::If(%is)
    block0():
      %a : Tensor = aten::mul(%x, %two)
      -> (%a)
    block1():
      %b : Tensor = aten::add(%x, %x, %one)
      -> (%b)
  return (%y)
`

it('a branch that changes no number is no difference', async () => {
  expect(await checked(HARMLESS, { x: vector(1, 2) })).toEqual([])
})

it('a trace that does not run where the model does is a difference', async () => {
  // Rows beyond the second are dropped: the trace, made on two rows, adds all of them.
  const text = `graph(%x : Tensor, %y : Tensor):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %n : int = aten::size(%x, %zero)
  %many : bool = aten::gt(%n, %two)
  %r : Tensor = prim::If(%many)
    block0():
      %a : Tensor = aten::slice(%x, %zero, %zero, %two, %one)
      -> (%a)
    block1():
      -> (%x)
  %z : Tensor = aten::add(%r, %y, %one)
  return (%z)
`
  const [only] = await checked(text, { x: vector(1, 2), y: vector(3, 4) }, { x: vector(1, 2, 3), y: vector(3, 4) })
  expect(only).toMatchObject({ code: 'PT3509', message: expect.stringContaining('the trace does not run on them') })
})

it('random numbers are told of in the words of PyTorch, and not compared', async () => {
  const text = HARMLESS.replace('aten::mul(%x, %two)', 'aten::rand_like(%x, %none, %none, %none, %none, %none)')
  const notices = await checked(text, { x: vector(1, 2) })
  expect(notices.map(({ code }) => code)).not.toContain('PT3509')
  const only = notices.find(({ code }) => code === 'PT3513')
  expect(only!.message).toMatch(
    /^TracerWarning: Trace had nondeterministic nodes\. Did you forget call \.eval\(\) on your model\? Nodes:\n\t.*aten::rand_like/,
  )
  expect(only!.message).toMatch(
    /\nThis may cause errors in trace checking\. To disable trace checking, pass check_trace=False to torch\.jit\.trace\(\)$/,
  )
})

it('what no inputs turn over is told, too', async () => {
  // No number squared is negative.
  const text = HARMLESS.replace('aten::sum(%x, %none)', 'aten::sum(%q, %none)')
    .replace('  %s :', '  %q : Tensor = aten::mul(%x, %x)\n  %s :')
    .replace('aten::gt', 'aten::ge')
  const source = { name: 'net.py', text: 'if (x * x).sum() >= 0:\n' }
  const again = () => {
    const graph = parseGraph(text)
    for (const node of graph.block.nodes()) if (node.kind === 'prim::If') node.range = { source, start: 0, end: 22 }
    return capture(graph, { mode: 'trace', examples: [{ x: vector(1, 2) }] })
  }
  const captured = again()
  const examples = [{ x: vector(1, 2) }]
  const run = await trace(captured, { examples, evaluator })
  await checkTrace({ capture: captured, run, traced: complete(captured), examples, again, evaluator, mode: 'warn' })
  expect(captured.context.decisions).toMatchObject([{ kind: 'specialised', taken: true, check: 'not flipped' }])
  expect(captured.context.notices.find(({ code }) => code === 'PT3511')).toMatchObject({ range: { source, start: 0 } })
})

describe('variations', () => {
  const x = tensorFromElements('float32', [2, 2], [1, -2, 3, 4])
  const names = (values: ReadonlyMap<string, typeof x | bigint>, dims: readonly (string | number)[]): string[] =>
    [
      ...variationsOf(values, [
        { id: 'x', kind: 'tensor', dims },
        { id: 'n', kind: 'elements' },
      ]),
    ].map(({ name }) => name)

  it('change numbers, and sizes of dynamic dims only', () => {
    const found = [...variationsOf(new Map([['x', x]]), [{ id: 'x', kind: 'tensor', dims: ['n', 2] }])]
    expect(found.map(({ name }) => name)).toEqual([
      'negated', 'made of zeros', 'of one more in each dynamic dim', 'of dynamic dims of 1', 'of twice the dynamic dims', 'without signs',
      'with all signs negative', 'made of ones', 'scaled by 100', 'scaled by 0.01', 'in reverse order', 'shuffled',
      'made of random numbers (seed 1)', 'made of random numbers (seed 2)', 'made of random numbers (seed 3)',
    ]) // prettier-ignore
    expect(found.map(({ values }) => (values.get('x') as typeof x).sizes[0])).toEqual([2, 2, 3, 1, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    expect(found.every(({ values }) => (values.get('x') as typeof x).sizes[1] === 2)).toBe(true)
  })

  it('of several inputs and symbols take each alone, too', () => {
    const found = names(new Map<string, typeof x | bigint>([['x', x], ['n', 3n]]), ['a', 'b']) // prettier-ignore
    expect(found).toContain("'x' negated")
    expect(found).toContain("'n' made of zeros")
    expect(found).toContain('with a = 3')
    expect(found).toContain('with b = 1')
  })

  it('are the same every time', () => {
    const once = () =>
      JSON.stringify(
        [...variationsOf(new Map([['x', x]]), [{ id: 'x', kind: 'tensor' }])].map(({ values }) => [
          ...(values.get('x') as typeof x).storage.bytes,
        ]),
      )
    expect(once()).toBe(once())
  })
})

it('a trail tells branches and turns of nested control flow apart', async () => {
  const graph = parseGraph(`graph(%n : int, %c : bool):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %true : bool = prim::Constant[value=1]()
  %y : int = prim::If(%c)
    block0():
      %r : int = prim::Loop(%n, %true, %zero)
        block0(%i : int, %a : int):
          %b : int = aten::add(%a, %one)
          -> (%true, %b)
      -> (%r)
    block1():
      -> (%zero)
  return (%y)
`)
  const source = { name: 'net.py', text: 'if c:\n  for i in range(n):\n' }
  const [branch] = [...graph.block.nodes()].filter(({ kind }) => kind === 'prim::If')
  branch!.range = { source, start: 0, end: 4 }
  for (const node of branch!.blocks[0]!.nodes()) if (node.kind === 'prim::Loop') node.range = { source, start: 8, end: 26 }
  const places = leaveTrail(graph)
  expect(places).toEqual(['net.py:1:0', 'net.py:2:2'])
  expect(printGraph(graph)).toContain('prim::Loop')
  const way = async (n: bigint, c: boolean): Promise<string> => {
    const inputs = [tensorFromElements('int64', [], [n]), tensorFromElements('bool', [], [c])]
    const outputs = await evaluator.run(graph, inputs)
    return outputs.slice(1).map((tensor) => Number(new DataView(tensor.storage.bytes.slice().buffer).getBigInt64(0, true))).join(' ') // prettier-ignore
  }
  expect([await way(0n, true), await way(1n, true), await way(3n, true), await way(3n, false)]).toEqual(['1 1', '1 2', '1 4', '2 0'])
})
