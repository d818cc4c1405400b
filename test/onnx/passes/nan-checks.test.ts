// Checks for NaN that lowering adds go, with their results as they are for inputs without NaN; what a model itself asks of NaN stays.

import { describe, expect, it } from 'vitest'
import { annotate, inferFacts } from '../../../src/analysis/facts.ts'
import { parseGraph } from '../../../src/ir/parser.ts'
import { readElements, tensorFromElements } from '../../../src/ir/tensor-elements.ts'
import { eliminateDead } from '../../../src/onnx/eliminate-dead.ts'
import { encodeModel } from '../../../src/onnx/encode.ts'
import { toOnnxTensor } from '../../../src/onnx/evaluator.ts'
import { lowerGraph } from '../../../src/onnx/lower-graph.ts'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import { dropNanChecks } from '../../../src/onnx/passes/drop-nan-checks.ts'
import { simplifyModel } from '../../../src/onnx/passes/simplify-model.ts'
import { tensorFact } from '../../../src/ops/fact.ts'
import type { Missed } from '../../../src/passes/pass.ts'
import { loadOrt } from '../../support/ort.ts'
import { input, runModel } from './run-pass.ts'

function lowered(
  body: string,
  results: string,
  sizes: readonly number[],
  isStatic: boolean,
  dtype: 'float32' | 'int32' | 'int8' = 'float32',
): OnnxModel {
  const graph = parseGraph(`graph(%x : Tensor):\n${body}\n  return (${results})`)
  const dims = isStatic ? sizes : sizes.map((_, i) => `d${i}`)
  const inputs = new Map([[graph.inputs[0]!, tensorFact(dtype, dims)]])
  annotate(graph, inferFacts(graph, { inputs }))
  const model = lowerGraph(graph, { inputNames: ['x'], outputNames: graph.outputs.map((_, i) => `o${i}`) })
  simplifyModel(model)
  eliminateDead(model)
  return model
}

const INTS = (name: string, ...values: number[]): string => `  %${name} : int[] = prim::Constant[value=[${values.join(', ')}]]()\n`
const BOOL = (name: string, value: 0 | 1): string => `  %${name} : bool = prim::Constant[value=${value}]()\n`
const INT = (name: string, value: number): string => `  %${name} : int = prim::Constant[value=${value}]()\n`
const POOL = (n: number): string =>
  INTS('k', ...Array<number>(n).fill(3)) +
  INTS('s', ...Array<number>(n).fill(2)) +
  INTS('p', ...Array<number>(n).fill(1)) +
  INTS('d', ...Array<number>(n).fill(1)) +
  BOOL('c', 0)

const CASES: readonly (readonly [name: string, body: string, results: string, sizes: readonly number[], left: string])[] = [
  ['max_pool2d', `${POOL(2)}  %y : Tensor = aten::max_pool2d(%x, %k, %s, %p, %d, %c)`, '%y', [2, 3, 7, 8], 'MaxPool'],
  ['max_pool1d', `${POOL(1)}  %y : Tensor = aten::max_pool1d(%x, %k, %s, %p, %d, %c)`, '%y', [2, 3, 9], 'MaxPool'],
  [
    'max_pool2d without a batch',
    `${POOL(2)}  %y : Tensor = aten::max_pool2d(%x, %k, %s, %p, %d, %c)`,
    '%y',
    [3, 7, 8],
    'Unsqueeze MaxPool Squeeze',
  ],
  ['max_pool3d', `${POOL(3)}  %y : Tensor = aten::max_pool3d(%x, %k, %s, %p, %d, %c)`, '%y', [1, 2, 5, 6, 7], 'MaxPool'],
  ['argmax', `${INT('a', 1)}${BOOL('k', 0)}  %y : Tensor = aten::argmax(%x, %a, %k)`, '%y', [3, 5], 'ArgMax'],
  ['argmin', `${INT('a', -1)}${BOOL('k', 1)}  %y : Tensor = aten::argmin(%x, %a, %k)`, '%y', [3, 5], 'ArgMin'],
  ['amax', `${INTS('a', 1, 2)}${BOOL('k', 0)}  %y : Tensor = aten::amax(%x, %a, %k)`, '%y', [3, 5, 2], 'ReduceMax'],
  ['amin', `${INTS('a', -1)}${BOOL('k', 1)}  %y : Tensor = aten::amin(%x, %a, %k)`, '%y', [3, 5, 2], 'ReduceMin'],
]

/** Zeros around `x`, then the greatest of each window. */
const PADDED_POOL =
  INTS('w', 1, 1, 1, 1) +
  '  %m : str = prim::Constant[value="constant"]()\n  %z : float = prim::Constant[value=0.]()\n' +
  INTS('k', 3, 3) +
  INTS('s', 2, 2) +
  INTS('p', 0, 0) +
  INTS('d', 1, 1) +
  BOOL('c', 0) +
  '  %q : Tensor = aten::pad(%x, %w, %m, %z)\n  %y : Tensor = aten::max_pool2d(%q, %k, %s, %p, %d, %c)'

describe('drop-nan-checks', () => {
  it('leaves a pool behind a Pad as it is: onnxruntime would take the zeros for padding of the pool', async () => {
    const model = lowered(PADDED_POOL, '%y', [1, 1, 3, 3], true)
    const missed: Missed[] = []
    expect(dropNanChecks.run(model, { missed })).toBe(false)
    expect(missed).toHaveLength(1)
    const x = tensorFromElements('float32', [1, 1, 3, 3], Array<number>(9).fill(-1))
    const ort = await loadOrt()
    // With all that onnxruntime does of its own.
    const session = await ort.InferenceSession.create(encodeModel(model), { logSeverityLevel: 4 })
    const { o0 } = await session.run({ x: toOnnxTensor(ort, x) } as never)
    // Each window meets a zero of the border.
    expect([...(o0!.data as Float32Array)]).toEqual([0, 0, 0, 0])
    await session.release()
  })

  it.each(['int8', 'int32'] as const)('keeps a pool of %s apart from a Pad, though nothing looks for NaN', async (dtype) => {
    const model = lowered(PADDED_POOL, '%y', [1, 1, 3, 3], true, dtype)
    dropNanChecks.run(model, { missed: [] })
    const x = tensorFromElements(dtype, [1, 1, 3, 3], Array<bigint>(9).fill(-7n))
    const ort = await loadOrt()
    const session = await ort.InferenceSession.create(encodeModel(model), { logSeverityLevel: 4 })
    const { o0 } = await session.run({ x: toOnnxTensor(ort, x) } as never)
    expect([...(o0!.data as Int32Array)]).toEqual([0, 0, 0, 0])
    await session.release()
  })

  it.each(CASES.flatMap((row) => [[...row, true] as const, [...row, false] as const]))(
    '%s',
    async (_, body, results, sizes, left, isStatic) => {
      const [before, after] = [lowered(body, results, sizes, isStatic), lowered(body, results, sizes, isStatic)]
      expect(dropNanChecks.run(after, { missed: [] })).toBe(true)
      eliminateDead(after)
      expect(after.graph.nodes.map(({ opType }) => opType)).toEqual(left.split(' '))
      const x = input(sizes)
      const [old, now] = [await runModel(before, [x]), await runModel(after, [x])]
      expect(now.map(readElements)).toEqual(old.map(readElements))
      // What went was a check: the graph before hands NaN on.
      const bad = readElements(x).map((value, i) => (i === 1 ? Number.NaN : value))
      const nan = await runModel(before, [tensorFromElements('float32', sizes, bad)])
      expect(nan.map(readElements)).not.toEqual(old.map(readElements))
    },
  )

  it('keeps the places of maxima', async () => {
    const body = `${POOL(2)}  %y : Tensor, %i : Tensor = aten::max_pool2d_with_indices(%x, %k, %s, %p, %d, %c)`
    for (const isStatic of [true, false]) {
      const [before, after] = [lowered(body, '%y, %i', [2, 3, 7, 8], isStatic), lowered(body, '%y, %i', [2, 3, 7, 8], isStatic)]
      expect(dropNanChecks.run(after, { missed: [] })).toBe(true)
      eliminateDead(after)
      expect(after.graph.nodes.some(({ opType }) => opType === 'IsNaN' || opType === 'Where')).toBe(false)
      const x = input([2, 3, 7, 8])
      expect((await runModel(after, [x])).map(readElements)).toEqual((await runModel(before, [x])).map(readElements))
    }
  })

  it.each([
    ['where', '  %n : Tensor = aten::isnan(%x)\n  %m : Tensor = aten::neg(%x)\n  %y : Tensor = aten::where(%n, %m, %x)'],
    ['nan_to_num', '  %0 : NoneType = prim::Constant()\n  %y : Tensor = aten::nan_to_num(%x, %0, %0, %0)'],
    [
      'a pool of another input',
      `${POOL(2)}  %m : Tensor = aten::neg(%x)\n  %n : Tensor = aten::isnan(%m)\n  %t : int = prim::Constant[value=6]()\n  %f : Tensor = aten::to(%n, %t, %c, %c)\n  %q : Tensor = aten::max_pool2d(%f, %k, %s, %p, %d, %c)`.replace(
        '%f : Tensor = aten::to(%n, %t, %c, %c)',
        '%nn : NoneType = prim::Constant()\n  %f : Tensor = aten::to(%n, %t, %c, %c, %nn)',
      ) + '\n  %y : Tensor = aten::neg(%q)',
    ],
  ])('keeps what the model asks: %s', (name, body) => {
    const model = lowered(body, '%y', [1, 2, 7, 8], true)
    const before = model.graph.nodes.filter(({ opType }) => opType === 'IsNaN').length
    dropNanChecks.run(model, { missed: [] })
    eliminateDead(model)
    const after = model.graph.nodes.filter(({ opType }) => opType === 'IsNaN').length
    // Of the last, the check of the pool of flags goes; the flags stay.
    expect(after).toBe(name === 'a pool of another input' ? 1 : before)
  })
})
