// Option precision on whole models: sizes, what the results are worth against PyTorch's fp32 goldens, the report, and what goes wrong.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile, type CompileOptions } from '../../src/compiler/compile.ts'
import type { CompileResult } from '../../src/compiler/types.ts'
import type { Tensor } from '../../src/ir/tensor.ts'
import { readElements, tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { fixtureFolder, type Golden, type GoldenCase } from '../e2e/fixtures.ts'
import { decodeLeaf, type Leaf } from '../support/leaf.ts'
import { loadOrt } from '../support/ort.ts'
import { fromOnnxTensor, toOnnxTensor } from '../../src/onnx/evaluator.ts'

const archive = (name: string): Buffer => readFileSync(join(fixtureFolder, `${name}.pt`))
const golden = (name: string): Golden => JSON.parse(readFileSync(join(fixtureFolder, `${name}.json`), 'utf8')) as Golden
const convert = (name: string, options: Partial<CompileOptions>): Promise<CompileResult> =>
  compile(archive(name), { file: 'net.pt', ...options }, nodeHost())
const tensorOfLeaf = (leaf: Leaf): Tensor => decodeLeaf(leaf) as Tensor

async function firstOutput({ graph }: CompileResult, inputs: readonly Tensor[]): Promise<Tensor> {
  const ort = await loadOrt()
  const session = await ort.InferenceSession.create(graph)
  try {
    const feeds = Object.fromEntries(session.inputNames.map((name, i) => [name, toOnnxTensor(ort, inputs[i]!)]))
    return fromOnnxTensor((await session.run(feeds as never))[session.outputNames[0]!]!)
  } finally {
    await session.release()
  }
}

/** The cases whose inputs have the ranks that the model was compiled for. */
function casesOf({ report }: CompileResult, name: string): readonly GoldenCase[] {
  const ranks = report.inputs.map(({ dims }) => dims?.length)
  const cases = golden(name).cases.filter(({ inputs }) => inputs.every((leaf, i) => tensorOfLeaf(leaf).sizes.length === ranks[i]))
  expect(cases.length).toBeGreaterThan(0)
  return cases
}

/** Root mean square of the error over all cases, relative to the standard deviation of the goldens. */
async function errorOf(result: CompileResult, name: string): Promise<number> {
  let [count, sum, squares, errors] = [0, 0, 0, 0]
  for (const { inputs, outputs } of casesOf(result, name)) {
    const first = outputs !== null && typeof outputs === 'object' && 'tuple' in outputs ? outputs.tuple[0]! : outputs
    const expected = tensorOfLeaf(first)
    const actual = await firstOutput(result, inputs.map(tensorOfLeaf))
    expect(actual.sizes).toEqual(expected.sizes)
    const values = readElements(actual) as number[]
    for (const [i, value] of (readElements(expected) as number[]).entries()) {
      count++
      sum += value
      squares += value ** 2
      errors += (value - values[i]!) ** 2
    }
  }
  return Math.sqrt(errors / count) / Math.sqrt(squares / count - (sum / count) ** 2)
}

/** The examples of a fixture as option exampleInputs takes them. */
const examplesOf = (name: string): NonNullable<CompileOptions['exampleInputs']> =>
  golden(name)
    .cases.slice(0, 1)
    .map(({ inputs }) =>
      Object.fromEntries(
        inputs.map((leaf, i) => {
          const tensor = tensorOfLeaf(leaf)
          return [String(i), { data: readElements(tensor) as number[], dims: tensor.sizes, dtype: tensor.dtype }]
        }),
      ),
    )

const MODELS = [
  'resnet18-narrow/model',
  'lstm-classifier/traced',
  'transformer-encoder/traced',
  'audio-conv/model',
  'encoder-rnn/traced',
  'control-flow-net/model',
  'attn-decoder-rnn/traced',
]

describe.each(MODELS)('%s', (name) => {
  it.each([
    ['fp16', 2e-3],
    ['int8', 0.06],
    ['int4', 0.6],
    ['int8-static', 0.12],
  ] as const)('%s', async (precision, tolerance) => {
    const options = precision === 'int8-static' ? { calibration: { data: examplesOf(name) } } : {}
    const result = await convert(name, { precision, ...options })
    expect(await errorOf(result, name)).toBeLessThan(tolerance)
  })
})

describe('sizes', () => {
  it('are what the bits say, where weights are most of the file', async () => {
    const sizes = new Map<string, number>()
    for (const precision of ['fp32', 'fp16', 'int8', 'int4'] as const)
      sizes.set(precision, (await convert('resnet18-narrow/model', { precision })).graph.length)
    const ratio = (precision: string): number => sizes.get(precision)! / sizes.get('fp32')!
    expect(ratio('fp16')).toBeLessThan(0.53)
    expect(ratio('int8')).toBeLessThan(0.3)
    expect(ratio('int4')).toBeLessThan(0.2)
  })
})

describe('a trained classifier', () => {
  interface Split {
    readonly images: Leaf
    readonly labels: Leaf
  }
  const split = JSON.parse(readFileSync(join(fixtureFolder, 'digits/test-split.json'), 'utf8')) as Split
  const pixels = (readElements(tensorOfLeaf(split.images)) as bigint[]).map((value) => Number(value) / 16)
  const labels = (readElements(tensorOfLeaf(split.labels)) as bigint[]).map(Number)
  const images = tensorFromElements('float32', [labels.length, 1, 8, 8], pixels)
  const data = [0, 1, 2, 3].map((i) => ({ '0': { data: pixels.slice(i * 1024, (i + 1) * 1024), dims: [16, 1, 8, 8] } }))

  it.each(['fp32', 'fp16', 'int8', 'int8-static', 'int4'] as const)('%s keeps its accuracy', async (precision) => {
    const result = await convert('digits/model', { precision, calibration: { data }, exampleInputs: data })
    const scores = await firstOutput(result, [images])
    const [, classes] = scores.sizes as [number, number]
    const values = readElements(scores) as number[]
    const right = labels.filter((label, row) => {
      const own = values.slice(row * classes, (row + 1) * classes)
      return own.indexOf(Math.max(...own)) === label
    })
    expect(right.length / labels.length).toBeGreaterThan(precision === 'int4' ? 0.97 : 0.985)
    if (precision !== 'fp32') {
      expect(result.report.precision!.error).toMatchObject({ on: 'exampleInputs', inputs: 4, outputs: [{ top1: expect.any(Number) }] })
      const { error } = result.report.precision!
      const { max, mean, scale, cosine, top1 } = 'outputs' in error ? error.outputs[0]! : expect.unreachable(error.notMeasured)
      expect(max).toBeGreaterThanOrEqual(mean)
      expect(mean).toBeGreaterThan(0)
      expect(scale).toBeGreaterThan(mean)
      expect(cosine).toBeGreaterThan(0.97)
      expect(top1).toBeGreaterThan(0.9)
    }
  })
})

describe('the report', () => {
  it('has bytes by dtype, and the error on generated inputs', async () => {
    const { report, graph } = await convert('resnet18-narrow/model', { precision: 'int8' })
    const { bytes, error } = report.precision!
    expect(bytes['int8']! + bytes['float32']!).toBeLessThan(graph.length)
    expect(bytes['int8']).toBeGreaterThan(10 * bytes['float32']!)
    expect(error).toMatchObject({ on: 'generated inputs', outputs: [{ cosine: expect.any(Number), top1: expect.any(Number) }] })
  })

  it('says when nothing was measured', async () => {
    const { evaluator: _, ...host } = nodeHost()
    const { report } = await compile(archive('audio-conv/model'), { file: 'net.pt', precision: 'fp16' }, host)
    expect(report.precision!.error).toEqual({ notMeasured: 'there is no runtime to run it on' })
  })

  it('weights that the lowering rearranges are weights still', async () => {
    const { report } = await convert('lstm-classifier/traced', { precision: 'int8' })
    expect(report.precision!.bytes['int8']).toBeGreaterThan(report.precision!.bytes['float32']!)
  })

  it('is not there without the options', async () => {
    expect((await convert('audio-conv/model', {})).report.precision).toBeUndefined()
  })

  it('counts what was pruned, and zeros stay zeros in int8', async () => {
    const { report } = await convert('resnet18-narrow/model', { precision: 'int8', prune: { sparsity: 0.5 } })
    const sparsity = report.precision!.sparsity!
    expect(sparsity.length).toBeGreaterThan(10)
    for (const { zeros, elements } of sparsity) expect(Math.abs(zeros / elements - 0.5)).toBeLessThan(0.01)
    expect(sparsity.map(({ path }) => path)).toContain('classify.weight')
  })
})

describe('options', () => {
  it('the same bytes each time', async () => {
    for (const precision of ['int8', 'int4', 'int8-static'] as const) {
      const options = { precision, exampleInputs: examplesOf('audio-conv/model') }
      const [one, other] = [await convert('audio-conv/model', options), await convert('audio-conv/model', options)]
      expect(one.sha256).toBe(other.sha256)
    }
  })

  it('overrides by module path', async () => {
    const precision = { default: 'int8', 'blocks.0': 'fp32', classify: 'fp16' } as const
    const { report } = await convert('resnet18-narrow/model', { precision })
    expect(Object.keys(report.precision!.bytes).sort()).toEqual(expect.arrayContaining(['float16', 'float32', 'int8']))
    await expect(convert('resnet18-narrow/model', { precision: { 'blcks.0': 'int8' } })).rejects.toMatchObject({
      problems: [{ code: 'PT4010', fix: 'did you mean "blocks.0"?' }],
    })
  })

  it('int8-static wants data that the model runs on', async () => {
    const precision = 'int8-static'
    await expect(convert('audio-conv/model', { precision })).rejects.toMatchObject({ problems: [{ code: 'PT4012' }] })
    await expect(
      convert('audio-conv/model', { precision, calibration: { data: [{ '0': { data: [1, 2], dims: [3] } }] } }),
    ).rejects.toMatchObject({ problems: [{ code: 'PT4012', message: expect.stringContaining('Item 0') }] })
  })

  it('int8-static tells which convolutions run in bytes', async () => {
    const { report } = await convert('resnet18-narrow/model', {
      precision: 'int8-static',
      exampleInputs: examplesOf('resnet18-narrow/model'),
    })
    const { inBytes, slowerInBytes } = report.precision!.convolutions!
    expect(inBytes).toBeGreaterThan(0)
    // All but the first, whose weight is too small to be worth anything.
    expect(inBytes + slowerInBytes).toBe(19)
    const pairs = report.operators['QuantizeLinear'] ?? 0
    expect(pairs).toBeGreaterThan(0)
    expect((await convert('audio-conv/model', { precision: 'int8' })).report.precision!.convolutions).toBeUndefined()
  })

  it('int8-static on WebGPU is weights only, with a notice', async () => {
    const { report } = await convert('audio-conv/model', { precision: 'int8-static', device: 'webgpu' })
    expect(report.notices.map(({ code }) => code)).toContain('PT4013')
    expect(Object.keys(report.operators)).not.toContain('QuantizeLinear')
  })
})
