// The exploration of models: it is the same compilation, its texts are those of the compiler, and it is plain data.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/compiler/compile.ts'
import { explore, exploreCompiled } from '../../../src/compiler/explore/explore.ts'
import { StageTexts } from '../../../src/compiler/explore/stage-text.ts'
import type { Drawing, DrawnNode, Exploration, Stage } from '../../../src/compiler/explore/types.ts'
import { modelCode, modelGraphs } from '../../../src/compiler/inspect.ts'
import { nodeHost } from '../../../src/plugin/host.ts'
import { fixtureFolder } from '../../e2e/fixtures.ts'
import { archiveWith, SOURCE } from '../../hostile/control.ts'

const fixture = (name: string): Uint8Array => readFileSync(join(fixtureFolder, `${name}.pt`))
const explored = (name: string): Promise<Exploration> => explore(fixture(name), { file: `${name}.pt` }, nodeHost())
const textOf = (exploration: Exploration, id: string): string[] => new StageTexts(exploration.stages).linesOf(id).map(({ text }) => text)
const stagesOf = ({ stages }: Exploration, kind: Stage['kind'], method?: string): Stage[] =>
  stages.filter((stage) => stage.kind === kind && (method === undefined || stage.method === method))
const allNodes = (drawing: Drawing | undefined): DrawnNode[] =>
  drawing === undefined ? [] : drawing.nodes.flatMap((node) => [node, ...node.subgraphs.flatMap(([, graph]) => allNodes(graph))])

const MODELS = [
  'resnet18-narrow/model',
  'decision-gate/scripted',
  'multi-method/model',
  'beam-search/beam',
  'buffer-counter/attributes',
  'lstm-classifier/scripted',
]

describe.each(MODELS)('%s', (name) => {
  it('is compiled as it is without being watched', async () => {
    const options = { file: `${name}.pt` }
    const { exploration, result } = await exploreCompiled(fixture(name), options, nodeHost())
    const plain = await compile(fixture(name), options, nodeHost())
    expect(result!.sha256).toBe(plain.sha256)
    expect(exploration.report!.operators).toEqual(plain.report.operators)
    expect(exploration.problems).toEqual([])
  })

  it('is plain data', async () => {
    const exploration = await explored(name)
    expect(JSON.parse(JSON.stringify(exploration))).toEqual(structuredClone(exploration))
  })

  it('begins with the graph as torch prints it, and ends with the emitted one', async () => {
    const exploration = await explored(name)
    for (const { name: method, text } of modelGraphs(fixture(name), nodeHost())) {
      const first = stagesOf(exploration, 'ir', method)[0]!
      const plain = text.replaceAll(/ # \S+:\d+:\d+$/gm, '').trimEnd()
      expect(textOf(exploration, first.id).join('\n')).toBe(plain)
    }
    for (const { name: module, text } of modelCode(fixture(name), nodeHost())) {
      const stage = stagesOf(exploration, 'code').find(({ title }) => title === `code/${module.replaceAll('.', '/')}.py`)
      expect(textOf(exploration, stage!.id).join('\n')).toBe(text.trimEnd())
    }
    const counts = new Map<string, number>()
    for (const { op } of allNodes(exploration.graphs.emitted)) counts.set(op, (counts.get(op) ?? 0) + 1)
    expect(Object.fromEntries(counts)).toEqual({ ...exploration.report!.operators })
    expect(stagesOf(exploration, 'onnx').at(-1)!.nodes).toBe(allNodes(exploration.graphs.emitted).length)
    expect(exploration.cost!.nodes).toBe(allNodes(exploration.graphs.emitted).length)
  })

  it('tells each stage by what it changed', async () => {
    const { stages } = await explored(name)
    expect(new Set(stages.map(({ id }) => id)).size).toBe(stages.length)
    const texts = new StageTexts(stages)
    for (const stage of stages) {
      const own = texts.linesOf(stage.id)
      expect(own.length).toBe(stage.length)
      if (stage.before === undefined) continue
      const before = texts.linesOf(stage.before).map(({ text }) => text)
      const difference = texts.differenceOf(stage.id)
      expect(difference.filter(({ change }) => change !== 'removed').map(({ text }) => text)).toEqual(own.map(({ text }) => text))
      expect(difference.filter(({ change }) => change !== 'new').map(({ text }) => text)).toEqual(before)
      expect(difference.some(({ change }) => change !== 'kept')).toBe(true)
    }
  })
})

describe('stages', () => {
  it('show the user’s own source, and which line each step comes from', async () => {
    const exploration = await explored('decision-gate/scripted')
    const [source] = stagesOf(exploration, 'source')
    expect(source!.title).toMatch(/net\.py$/)
    const own = readFileSync(join(fixtureFolder, 'decision-gate/net.py'), 'utf8').split('\n')
    const shown = textOf(exploration, source!.id)
    expect(own.slice(source!.firstLine! - 1, source!.firstLine! - 1 + shown.length).map((line) => line.trim())).toEqual(
      shown.map((line) => line.trim()),
    )
    const texts = new StageTexts(exploration.stages)
    const places = texts.linesOf('ir:forward:0').map(({ text, place }) => [text, exploration.places[place]?.line] as const)
    const [, line] = places.find(([text]) => text.includes('prim::If'))!
    expect(own[line! - 1]).toContain('if ')
  })

  it('keep the names of values, so that passes change no more than they do', async () => {
    const exploration = await explored('resnet18-narrow/model')
    const texts = new StageTexts(exploration.stages)
    const stage = stagesOf(exploration, 'ir').find(({ pass }) => pass?.name === 'eliminate-dead-code')!
    const difference = texts.differenceOf(stage.id)
    expect(difference.some(({ change }) => change === 'removed')).toBe(true)
    expect(difference.some(({ change }) => change === 'new')).toBe(false)
  })

  it('of a host program are its regions, and the program that calls them', async () => {
    const host = await explore(fixture('decision-gate/scripted'), { file: 'net.pt', controlFlow: 'host' }, nodeHost())
    const names = new Set(stagesOf(host, 'ir').map(({ method }) => method!))
    expect(names).toContain('forward')
    expect(names).toContain('forward (program)')
    expect([...names].some((method) => /^forward\.\d+/.test(method))).toBe(true)
    expect(textOf(host, 'ir:forward (program):0').join('\n')).toContain('host::region')
  })

  it('of a model that cannot be compiled are those that were reached, with the problem', async () => {
    const bytes = archiveWith({ 'code/__torch__.py': new TextEncoder().encode(SOURCE.replace('torch.add(x, w)', 'torch.nonsense(x, w)')) })
    const broken = await explore(bytes, { file: 'broken.pt' }, nodeHost())
    expect(broken.problems.length).toBeGreaterThan(0)
    expect(broken.problems[0]!.text).toContain(broken.problems[0]!.code)
    expect(broken.report).toBeUndefined()
    expect(textOf(broken, 'code:code/__torch__.py').join('\n')).toContain('torch.nonsense')
    expect(broken.places[broken.problems[0]!.place!]).toMatchObject({ line: 9 })
    const none = await explore(Uint8Array.of(1, 2, 3), { file: 'none.pt' }, nodeHost())
    expect(none).toMatchObject({ stages: [], graphs: {}, weights: [] })
    expect(none.problems).toHaveLength(1)
  })
})

describe('figures', () => {
  it('are those of torch.utils.flop_counter', async () => {
    const { cost, weights, report } = await explored('resnet18-narrow/model')
    // FlopCounterMode counts 6,746,624 for (1, 3, 64, 64).
    expect(cost!.macs * 2).toBe(6_746_624)
    expect(cost!.sizes.map(({ size, from }) => [size, from])).toEqual([1, 3, 64, 64].map((size) => [size, 'recorded']))
    expect(cost!.unknown).toBe(0)
    expect(cost!.byModule.find(({ module }) => module === '')).toMatchObject({ macs: cost!.macs, nodes: cost!.nodes })
    const sum = weights.reduce((n, { bytes }) => n + bytes, 0)
    expect(sum).toBeLessThan(report!.bytesOut)
    expect(sum).toBeGreaterThan(0.95 * report!.bytesOut)
  })

  it('follow the sizes of an example', async () => {
    const exampleInputs = [{ x: { data: new Float32Array(2 * 3 * 32 * 32), dims: [2, 3, 32, 32] } }]
    const { cost } = await explore(fixture('resnet18-narrow/model'), { file: 'net.pt', exampleInputs }, nodeHost())
    expect(cost!.sizes.map(({ size }) => size)).toEqual([2, 3, 32, 32])
    expect(cost!.macs).toBeLessThan(3_373_312)
  })

  it('tell the modules that nodes belong to, and the lines', async () => {
    const { graphs, places } = await explored('resnet18-narrow/model')
    const convolutions = graphs.emitted!.nodes.filter(({ op }) => op.endsWith('Conv'))
    expect(new Set(convolutions.map(({ module }) => module)).size).toBe(convolutions.length)
    for (const { place, module } of convolutions) {
      expect(module).not.toBe('')
      expect(places[place!]!.source).toMatch(/\.py$/)
    }
  })
})
