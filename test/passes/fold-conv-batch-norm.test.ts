// Batch norms into layers: every layer, both sides, dtypes, and each guard. Folded graphs are run beside those they come from.

import { describe, expect, it } from 'vitest'
import { annotate, inferFacts } from '../../src/analysis/facts.ts'
import { allNodes } from '../../src/ir/block.ts'
import { Builder } from '../../src/ir/builder.ts'
import type { Graph } from '../../src/ir/graph.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import type { ScalarType } from '../../src/ir/scalar-type.ts'
import { numel, type Tensor } from '../../src/ir/tensor.ts'
import { readElements, tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { createEvaluator } from '../../src/onnx/evaluator.ts'
import { tensorFact } from '../../src/ops/fact.ts'
import { foldConvBatchNorm } from '../../src/passes/fold-conv-batch-norm.ts'
import { passContext } from '../../src/passes/pass.ts'
import { runPasses } from '../../src/passes/pass-manager.ts'
import { loadOrt } from '../support/ort.ts'

function tensor(dtype: ScalarType, sizes: readonly number[], seed: number, positive = false): Tensor {
  let state = seed * 7919 + 17
  const values = Array.from({ length: numel(sizes) }, () => {
    state = (state * 48271) % 2147483647
    const value = Math.round((state / 2147483647 - 0.5) * 4000) / 1000
    return positive ? Math.abs(value) + 0.25 : value
  })
  return tensorFromElements(dtype, sizes, values)
}

type Weights = Readonly<Record<string, Tensor>>

/** Inputs that are named among the weights become constants; equal tensors one constant each. */
function graphOf(text: string, weights: Weights): Graph {
  const graph = parseGraph(text)
  for (const value of graph.inputs) {
    const constant = weights[value.debugName ?? '']
    if (constant === undefined) continue
    const b = Builder.atEnd(graph.block)
    b.point = graph.block.paramNode.next!
    value.replaceAllUsesWith(b.constant(constant))
  }
  for (let i = graph.inputs.length - 1; i > 0; i--) graph.block.paramNode.eraseOutput(i)
  return graph
}

async function run(graph: Graph, x: Tensor): Promise<number[]> {
  annotate(graph, inferFacts(graph, { inputs: new Map([[graph.inputs[0]!, tensorFact(x.dtype, x.sizes)]]) }))
  const [result] = await createEvaluator(loadOrt).run(graph, [x])
  return readElements(result!).map(Number)
}

interface Folded {
  readonly norms: number
  readonly missed: readonly string[]
}

async function fold(text: string, weights: Weights, x: Tensor, tolerance = 1e-4): Promise<Folded> {
  const [before, after] = [graphOf(text, weights), graphOf(text, weights)]
  const context = passContext({ verifyGraphs: true })
  context.inputs.set(after.inputs[0]!, tensorFact(x.dtype, x.sizes))
  runPasses(after, [foldConvBatchNorm], context)
  const [old, now] = [await run(before, x), await run(after, x)]
  expect(now.length).toBe(old.length)
  for (const [i, value] of old.entries()) expect(Math.abs(value - now[i]!)).toBeLessThan(tolerance * Math.max(1, Math.abs(value)))
  const norms = [...allNodes(after.block)].filter(({ kind }) => kind === 'aten::batch_norm').length
  return { norms, missed: context.missed.map(({ reason }) => reason) }
}

/** Statistics and affine parameters of `c` channels; names end in `suffix`. */
const stats = (c: number, dtype: ScalarType = 'float32', suffix = ''): Weights => ({
  [`g${suffix}`]: tensor(dtype, [c], 3),
  [`be${suffix}`]: tensor(dtype, [c], 4),
  [`m${suffix}`]: tensor(dtype, [c], 5),
  [`v${suffix}`]: tensor(dtype, [c], 6, true),
})

const HEAD = (training = 0): string => `graph(%x : Tensor, %w : Tensor, %b : Tensor, %g : Tensor, %be : Tensor, %m : Tensor, %v : Tensor):
  %none : NoneType = prim::Constant()
  %f : bool = prim::Constant[value=0]()
  %t : bool = prim::Constant[value=${training}]()
  %yes : bool = prim::Constant[value=1]()
  %0 : float = prim::Constant[value=0.1]()
  %eps : float = prim::Constant[value=0.001]()
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %o1 : int[] = prim::Constant[value=[1]]()
  %o2 : int[] = prim::Constant[value=[1, 1]]()
  %o3 : int[] = prim::Constant[value=[1, 1, 1]]()
  %z1 : int[] = prim::Constant[value=[0]]()
  %z2 : int[] = prim::Constant[value=[0, 0]]()
  %z3 : int[] = prim::Constant[value=[0, 0, 0]]()
`
const NORM = (x: string, affine = true): string =>
  `  %y : Tensor = aten::batch_norm(%${x}, ${affine ? '%g, %be' : '%none, %none'}, %m, %v, %t, %0, %eps, %f)\n`
const END = '  return (%y)'
const layerThenNorm = (layer: string, affine = true): string => `${HEAD()}  %c : Tensor = ${layer}\n${NORM('c', affine)}${END}`

const LAYERS: readonly (readonly [string, string, readonly number[], number, readonly number[]])[] = [
  ['conv1d', 'aten::conv1d(%x, %w, %b, %o1, %o1, %o1, %one)', [6, 4, 3], 6, [2, 4, 7]],
  ['conv2d', 'aten::conv2d(%x, %w, %b, %o2, %o2, %o2, %one)', [6, 4, 3, 2], 6, [2, 4, 5, 6]],
  ['conv2d of 2 groups', 'aten::conv2d(%x, %w, %b, %o2, %z2, %o2, %two)', [6, 2, 3, 2], 6, [2, 4, 5, 6]],
  ['conv3d', 'aten::conv3d(%x, %w, %b, %o3, %z3, %o3, %one)', [3, 2, 2, 2, 2], 3, [1, 2, 4, 3, 4]],
  ['conv_transpose1d', 'aten::conv_transpose1d(%x, %w, %b, %o1, %z1, %z1, %one, %o1)', [4, 6, 3], 6, [2, 4, 5]],
  ['conv_transpose2d of 2 groups', 'aten::conv_transpose2d(%x, %w, %b, %o2, %z2, %z2, %two, %o2)', [4, 3, 2, 2], 6, [2, 4, 3, 3]],
  ['_convolution', 'aten::_convolution(%x, %w, %b, %o2, %o2, %o2, %f, %z2, %one, %f, %f, %f, %f)', [6, 4, 3, 3], 6, [2, 4, 5, 6]],
  [
    '_convolution, transposed, of 2 groups',
    'aten::_convolution(%x, %w, %b, %o2, %z2, %o2, %yes, %z2, %two, %f, %f, %f, %f)',
    [4, 3, 2, 2],
    6,
    [2, 4, 3, 3],
  ],
  ['convolution', 'aten::convolution(%x, %w, %b, %o2, %o2, %o2, %f, %z2, %one)', [6, 4, 3, 3], 6, [2, 4, 5, 6]],
  ['linear', 'aten::linear(%x, %w, %b)', [6, 4], 6, [3, 4]],
]

describe('a batch norm behind a layer', () => {
  it.each(LAYERS)('%s', async (_, layer, sizes, channels, input) => {
    const weights = { w: tensor('float32', sizes, 1), b: tensor('float32', [channels], 2), ...stats(channels) }
    const x = tensor('float32', input, 9)
    expect(await fold(layerThenNorm(layer), weights, x)).toEqual({ norms: 0, missed: [] })
    expect(await fold(layerThenNorm(layer.replace('%b', '%none')), weights, x)).toEqual({ norms: 0, missed: [] })
    expect(await fold(layerThenNorm(layer, false), weights, x)).toEqual({ norms: 0, missed: [] })
  })

  it.each([
    ['float64', 1e-5],
    ['float16', 2e-2],
  ] as const)('%s', async (dtype, tolerance) => {
    const weights = { w: tensor(dtype, [6, 4], 1), b: tensor(dtype, [6], 2), ...stats(6, dtype) }
    expect((await fold(layerThenNorm('aten::linear(%x, %w, %b)'), weights, tensor(dtype, [3, 4], 9), tolerance)).norms).toBe(0)
  })
})

describe('a batch norm before a layer', () => {
  const normThenLayer = (layer: string): string => `${HEAD()}${NORM('x').replace('%y', '%n')}  %y : Tensor = ${layer}\n${END}`
  it.each([
    ['conv1d', 'aten::conv1d(%n, %w, %b, %o1, %z1, %o1, %one)', [6, 4, 3], [2, 4, 7]],
    ['conv2d of 2 groups', 'aten::conv2d(%n, %w, %none, %o2, %z2, %o2, %two)', [6, 2, 3, 2], [2, 4, 5, 6]],
    ['linear', 'aten::linear(%n, %w, %b)', [6, 4], [3, 4]],
  ] as const)('%s', async (_, layer, sizes, input) => {
    const weights = { w: tensor('float32', sizes, 1), b: tensor('float32', [6], 2), ...stats(4) }
    expect(await fold(normThenLayer(layer), weights, tensor('float32', input, 9))).toEqual({ norms: 0, missed: [] })
  })
  it('stays where zeros of a padding lie between', async () => {
    const weights = { w: tensor('float32', [6, 4, 3], 1), b: tensor('float32', [6], 2), ...stats(4) }
    const text = normThenLayer('aten::conv1d(%n, %w, %b, %o1, %o1, %o1, %one)')
    expect(await fold(text, weights, tensor('float32', [2, 4, 7], 9))).toEqual({
      norms: 1,
      missed: ['the batch norm stands before a convolution whose padding it does not reach'],
    })
  })
})

describe('what is in the way', () => {
  const LINEAR = '  %c : Tensor = aten::linear(%x, %w, %b)\n'
  const weights = { w: tensor('float32', [6, 4], 1), b: tensor('float32', [6], 2), ...stats(6) }
  const rows = tensor('float32', [3, 4], 9)
  it.each([
    [
      'a result used twice',
      `${HEAD()}${LINEAR}${NORM('c').replace('%y', '%n')}  %y : Tensor = aten::add(%n, %c, %one)\n${END}`,
      weights,
      rows,
      'the result of the linear layer is used elsewhere too',
    ],
    [
      'a weight used twice',
      `${HEAD()}${LINEAR}${NORM('c').replace('%y', '%n')}  %d : Tensor = aten::linear(%x, %w, %none)\n  %y : Tensor = aten::add(%n, %d, %one)\n${END}`,
      weights,
      rows,
      'the weight is used elsewhere too, and a scaled copy of it would be stored beside it',
    ],
    [
      'another axis',
      `${HEAD()}${LINEAR}${NORM('c')}${END}`,
      { ...weights, ...stats(5) },
      tensor('float32', [3, 5, 4], 9),
      'the batch norm counts another axis than that of the features of the linear layer',
    ],
    [
      'no batch axis',
      `${HEAD()}  %c : Tensor = aten::conv2d(%x, %w, %b, %o2, %o2, %o2, %one)\n${NORM('c')}${END}`,
      { w: tensor('float32', [6, 4, 3, 3], 1), b: weights.b, ...stats(6) },
      tensor('float32', [4, 6, 5], 9),
      'the convolution has no batch axis',
    ],
  ] as const)('%s', async (_, text, constants, x, reason) => {
    expect(await fold(text, constants, x)).toEqual({ norms: 1, missed: [reason] })
  })

  it('statistics of the batch', async () => {
    const graph = graphOf(`${HEAD(1)}${LINEAR}${NORM('c')}${END}`, weights)
    const context = passContext()
    expect(foldConvBatchNorm.run(graph, context)).toBe(false)
    expect(context.missed.map(({ reason }) => reason)).toEqual(['the batch norm is in training mode'])
  })

  it('numbers that float16 does not hold', async () => {
    const big = { w: tensor('float16', [6, 4], 1), b: tensor('float16', [6], 2), ...stats(6, 'float16') }
    const graph = graphOf(`${HEAD()}${LINEAR}${NORM('c')}${END}`, {
      ...big,
      g: tensorFromElements('float16', [6], Array<number>(6).fill(65000)),
    })
    const context = passContext()
    context.inputs.set(graph.inputs[0]!, tensorFact('float16', [3, 4]))
    expect(foldConvBatchNorm.run(graph, context)).toBe(false)
    expect(context.missed.map(({ reason }) => reason)).toEqual(['the folded weights are too large for float16'])
  })

  it('is not the same layer called twice with the same norm', async () => {
    const twice = `${HEAD()}${LINEAR}${NORM('c').replace('%y', '%n')}  %u : Tensor = aten::neg(%x)
  %d : Tensor = aten::linear(%u, %w, %b)\n${NORM('d').replace('%y', '%o')}  %y : Tensor = aten::mul(%n, %o)\n${END}`
    expect(await fold(twice, weights, rows)).toEqual({ norms: 0, missed: [] })
  })
})
