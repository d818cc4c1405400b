// Traces of models: what is decided, what is warned of, what is refused. PyTorch's own warnings were taken from torch 2.13.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { CompileHost, CompileResult, ModelOptions } from '../../src/compiler/types.ts'
import { formatProblem, type Problem } from '../../src/diagnostics/compile-error.ts'
import { createEvaluator } from '../../src/onnx/evaluator.ts'
import { fixtureFolder } from '../e2e/fixtures.ts'
import { instantiate } from '../support/model.ts'
import { loadOrt } from '../support/ort.ts'

const host: CompileHost = { evaluator: createEvaluator(loadOrt) }
const model = (name: string, options: ModelOptions = {}, by = host): Promise<CompileResult> =>
  compile(readFileSync(join(fixtureFolder, `${name}.pt`)), { file: name, verifyGraphs: true, ...options }, by)
const traced = (name: string, exampleInputs: NonNullable<ModelOptions['exampleInputs']> = []): Promise<CompileResult> =>
  model(name, { mode: 'trace', exampleInputs })
const vector = (...data: number[]) => ({ data, dims: [data.length] })
const scalar = (value: number) => ({ data: [value], dims: [] })

const warnings = ({ report }: CompileResult): readonly Problem[] => report.notices.filter(({ code }) => code === 'PT3502')
const codes = ({ report }: CompileResult): string[] => report.notices.map(({ code }) => code)

/** torch/csrc/jit/frontend/tracer.cpp, WARN_PYTHON_DATAFLOW. */
const dataflow = (what: string): string =>
  `TracerWarning: Converting a tensor to a Python ${what} might cause the trace to be incorrect. We can't record the data flow of Python ` +
  'values, so this value will be treated as a constant in the future. This means that the trace might not generalize to other inputs!'

describe('the decision gate', () => {
  it('is what the example takes: the input itself, or its negative', async () => {
    const positive = await traced('decision-gate/scripted', [{ x: vector(1, 2) }])
    const negative = await traced('decision-gate/scripted', [{ '0': vector(-1, -2) }])
    expect(positive.report.operators).toEqual({ Identity: 1 })
    expect(negative.report.operators).toEqual({ Neg: 1 })
    const decisions = [positive, negative].map(({ report }) => report.decisions)
    expect(decisions).toEqual([
      [{ kind: 'specialised', place: 'net.py:6:8', taken: true, check: 'differs' }],
      [{ kind: 'specialised', place: 'net.py:6:8', taken: false, check: 'differs' }],
    ])
  })

  it("gives PyTorch's warning with the line", async () => {
    const [warning, ...more] = warnings(await traced('decision-gate/scripted', [{ x: vector(1, 2) }]))
    expect(more).toEqual([])
    expect(warning!.message).toBe(dataflow('boolean'))
    expect(formatProblem(warning!)).toContain('            if x.sum() > 0:\n               ~~~~~~~~~~~ <--- HERE')
  })

  it('takes generated inputs where there are none, the same ones every time', async () => {
    const [one, two] = [await traced('decision-gate/scripted'), await traced('decision-gate/scripted')]
    expect(codes(one)).toEqual(['PT3502', 'PT3503', 'PT3509'])
    expect(one.graph).toEqual(two.graph)
  })

  it('needs an evaluator', async () => {
    await expect(model('decision-gate/scripted', { mode: 'trace' }, {})).rejects.toMatchObject({ code: 'PT3504' })
  })
})

describe('loops', () => {
  it('make the turns of the example', async () => {
    const image = (value: number) => ({ x: { data: new Float32Array(192).fill(value), dims: [1, 3, 8, 8] } })
    for (const [value, turns] of [
      [-1, 2],
      [1, 1],
    ] as const) {
      const result = await traced('control-flow-net/model', [image(value)])
      expect(result.report.operators).toEqual({ 'com.microsoft.FusedConv': turns })
      expect(warnings(result).map(({ message }) => message)).toEqual([dataflow('number')])
      expect(result.report.decisions.map(({ kind, taken, turns: n }) => ({ kind, taken, n }))).toEqual([
        { kind: 'specialised', taken: turns === 2, n: undefined },
        { kind: 'specialised', taken: undefined, n: turns },
      ])
      // Nothing bakes extents in.
      expect(result.report.inputs[0]!.dims).toEqual(['x_0', 'x_1', 'x_2', 'x_3'])
    }
  })

  it('that data ends are counted', async () => {
    const result = await traced('while-on-data/newton', [{ a: vector(1, 2, 30) }])
    expect(result.report.decisions).toContainEqual({ kind: 'specialised', place: 'net.py:13:8', turns: 5, check: 'differs' })
    // The tolerance was on the way to the condition only: no other value means anything now.
    const [net] = instantiate(result)
    const a = { type: 'float32', data: Float32Array.of(1, 2, 30), dims: [3] }
    await expect(net!(a, 0.5)).rejects.toMatchObject({ code: 'PT5104' })
    expect(await net!(a)).toMatchObject([{ dims: [3] }, 5])
  })

  it('that shapes end give the warning of an index', async () => {
    const matrix = { data: [1, 2, 3, 4, 5, 6], dims: [2, 3] }
    const result = await traced('raiser/rows', [{ x: matrix, weight: { data: [1, 0, 0, 0, 1, 0], dims: [2, 3] } }])
    expect(warnings(result).map(({ message, range }) => [message, range!.source.text.slice(range!.start).split('\n')[0]])).toEqual([
      [dataflow('boolean'), 'if x.size(0) > 4:'],
      [dataflow('float'), 'float(x[i].max()) > 10.0:'],
      [dataflow('index'), 'for i in range(x.size(0)):'],
    ])
  })

  it('over Python numbers fix the argument', async () => {
    const example = {
      '0': { data: [4, 33, 7], dims: [3, 1], dtype: 'int64' as const },
      '1': { data: [3], dims: [1], dtype: 'int64' as const },
      max_length: scalar(4),
    }
    const result = await traced('greedy-search-decoder/model', [example])
    expect(warnings(result)).toEqual([])
    expect(Object.keys(result.report.operators)).not.toContain('Loop')
    expect(result.signatures[0]!.params[2]).toMatchObject({ spec: { kind: 'constant', value: 4 }, default: 4 })
    expect(result.report.outputs.map(({ dims }) => dims)).toEqual([[4], [4]])
  })
})

it('an example that raises is refused with what the model says', async () => {
  await expect(traced('raiser/model', [{ x: vector(1, -2) }])).rejects.toMatchObject({
    code: 'PT3506',
    message: expect.stringContaining('ValueError: expected no negative number'),
  })
})

describe('examples that do not fit', () => {
  const cases: readonly (readonly [string, string, NonNullable<ModelOptions['exampleInputs']>[number]])[] = [
    ['a name that is none', 'decision-gate/scripted', { y: vector(1) }],
    ['a position that is none', 'decision-gate/scripted', { '1': vector(1) }],
    ['dims that are not its own', 'decision-gate/scripted', { x: { data: [1, 2, 3], dims: [2] } }],
    ['a fraction for an integer', 'beam-search/history', { steps: scalar(1.5) }],
    ['several numbers for one', 'beam-search/history', { steps: vector(1, 2) }],
  ]
  it.each(cases)('%s', async (_, name, example) => {
    await expect(traced(name, [example])).rejects.toMatchObject({ code: 'PT3507' })
  })

  it('declared dims', async () => {
    const options: ModelOptions = { mode: 'trace', inputs: { x: { dtype: 'float32', shape: [2, 'n'] } }, exampleInputs: [{ x: vector(1) }] }
    await expect(model('decision-gate/scripted', options)).rejects.toMatchObject({ code: 'PT3507' })
  })
})

it('a loop of too many turns is refused', async () => {
  const rows = { data: new Float32Array(10_001), dims: [10_001, 1] }
  await expect(traced('beam-search/filter', [{ x: rows }])).rejects.toMatchObject({ code: 'PT3505' })
})
