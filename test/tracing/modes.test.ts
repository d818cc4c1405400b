// Modes auto, script and trace: one graph where nothing is to be decided, and what each makes of branches and loops.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { CompileResult, ModelOptions } from '../../src/compiler/types.ts'
import { fixtureFolder } from '../e2e/fixtures.ts'

const model = (name: string, options: ModelOptions = {}): Promise<CompileResult> =>
  compile(readFileSync(join(fixtureFolder, `${name}.pt`)), { file: name, verifyGraphs: true, ...options })
const notices = ({ report }: CompileResult): string[] => report.notices.map(({ code }) => code)

describe('a straight-line module is the same graph in every mode', () => {
  it.each([
    'resnet18-narrow/model',
    'audio-conv/model',
    'digits/model',
    'image-preprocess/model',
    'transformer-encoder/traced',
    'lstm-classifier/traced',
  ])('%s', async (name) => {
    const [auto, script, trace] = await Promise.all((['auto', 'script', 'trace'] as const).map((mode) => model(name, { mode })))
    expect(script!.graph).toEqual(auto!.graph)
    expect(trace!.graph).toEqual(auto!.graph)
    // Nothing had to be run, nothing was scripted.
    for (const result of [auto!, script!, trace!]) expect(notices(result).filter((code) => code.startsWith('PT35'))).toEqual([])
  })
})

describe('control flow that inputs decide', () => {
  it.each(['auto', 'script'] as const)('stays in mode %s, with one notice', async (mode) => {
    for (const name of ['decision-gate/scripted', 'while-on-data/newton', 'control-flow-net/model', 'beam-search/beam']) {
      const result = await model(name, { mode })
      expect(notices(result).filter((code) => code === 'PT3501')).toHaveLength(1)
      expect(result.report.decisions.some(({ kind }) => kind === 'kept')).toBe(true)
    }
  })
})

describe('the notice of a scripted capture', () => {
  const text = async (name: string, options: ModelOptions = {}): Promise<string[]> =>
    (await model(name, options)).report.notices.filter(({ code }) => code === 'PT3501').map(({ message }) => message)
  const says = (where: string) => [
    `This model was scripted: control flow that its inputs decide ${where}. Support for scripted models is experimental.`,
  ]

  it('tells once where the control flow is', async () => {
    expect(await text('decision-gate/scripted')).toEqual(says('is part of the graph'))
    expect(await text('decision-gate/scripted', { controlFlow: 'host' })).toEqual(says('runs as generated JavaScript'))
    // Several methods, many branches: one notice.
    expect(await text('beam-search/beam')).toHaveLength(1)
  })

  it('is none where no control flow is kept, and for a trace', async () => {
    expect(await text('digits/model')).toEqual([])
    expect(await text('digits/model', { controlFlow: 'host' })).toEqual([])
    expect(await text('decision-gate/traced')).toEqual([])
  })

  it('comes with the decisions that are JavaScript', async () => {
    const { report } = await model('decision-gate/scripted', { controlFlow: 'host' })
    expect(report.decisions).toEqual([{ kind: 'kept', host: true, place: 'net.py:6:8' }])
  })
})

describe('declared extents', () => {
  const inputs = { x: { shape: [2, 3] } }

  it('decide branches and unroll loops in mode auto', async () => {
    const rows = await model('raiser/rows', { inputs })
    expect(rows.report.decisions).toContainEqual({ kind: 'specialised', place: 'net.py:19:8', taken: false })
    const filter = await model('beam-search/filter', { inputs })
    expect(filter.report.operators).not.toHaveProperty('Loop', 3)
    expect(filter.report.decisions).toContainEqual({ kind: 'specialised', place: 'net.py:30:8', turns: 2 })
  })

  it('decide nothing in mode script', async () => {
    const rows = await model('raiser/rows', { inputs, mode: 'script' })
    expect(rows.report.decisions.filter(({ kind }) => kind === 'specialised')).toEqual([])
    // Its messages are made when it happens: in JavaScript.
    expect(rows.report.decisions).toContainEqual({ kind: 'kept', host: true, place: 'net.py:19:8' })
    expect(rows.report.inputs[0]).toEqual({ name: 'x', dtype: 'float32', dims: [2, 3], known: 'declared' })
    const filter = await model('beam-search/filter', { inputs, mode: 'script' })
    expect(filter.report.decisions).toContainEqual({ kind: 'kept', place: 'net.py:30:8' })
  })
})

describe('example inputs', () => {
  it('tell dtype and rank in every mode, extents never', async () => {
    const example = { x: { data: new Float64Array(4), dims: [2, 2] } }
    const { report } = await model('decision-gate/scripted', { exampleInputs: [example] })
    expect(report.inputs).toEqual([{ name: 'x', dtype: 'float64', dims: ['x_0', 'x_1'], known: 'recorded' }])
  })

  it('of several ranks tell none', async () => {
    const of = (dims: number[]) => ({ x: { data: new Float32Array(4), dims } })
    const { report } = await model('decision-gate/scripted', { exampleInputs: [of([4]), of([2, 2])] })
    expect(report.inputs[0]).not.toHaveProperty('dims')
  })

  it('give way to what is declared', async () => {
    const options: ModelOptions = {
      inputs: { x: { dtype: 'float16', shape: ['n', 2] } },
      exampleInputs: [{ x: { data: new Float32Array(4), dims: [2, 2] } }],
    }
    const { report } = await model('decision-gate/scripted', options)
    expect(report.inputs).toEqual([{ name: 'x', dtype: 'float16', dims: ['n', 2], known: 'declared' }])
  })
})
