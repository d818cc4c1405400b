// What tests of passes over emitted models share: a model written with a builder, a pass over it, the run before and behind.

import { expect } from 'vitest'
import type { Dims } from '../../../src/ir/dim.ts'
import type { Tensor } from '../../../src/ir/tensor.ts'
import { readElements, tensorFromElements } from '../../../src/ir/tensor-elements.ts'
import { OnnxBuilder } from '../../../src/onnx/builder.ts'
import { eliminateDead } from '../../../src/onnx/eliminate-dead.ts'
import { encodeModel } from '../../../src/onnx/encode.ts'
import { fromOnnxTensor, toOnnxTensor } from '../../../src/onnx/evaluator.ts'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import type { OnnxValue } from '../../../src/onnx/operand.ts'
import { foldShapes } from '../../../src/onnx/passes/fold-shapes.ts'
import type { OnnxPass } from '../../../src/onnx/passes/onnx-pass.ts'
import { loadOrt } from '../../support/ort.ts'

export type Build = (b: OnnxBuilder, x: OnnxValue) => OnnxValue

export function emitted(build: Build, dims: Dims): OnnxModel {
  const b = OnnxBuilder.create(18)
  const result = build(b, { kind: 'tensor', name: 'x', dtype: 'float32', dims })
  b.emit('Identity', [result.name], ['y'], {})
  return {
    graph: {
      kind: 'graph',
      name: 'g',
      nodes: b.nodes,
      inputs: [{ name: 'x', dtype: 'float32', dims }],
      outputs: [{ name: 'y', dtype: result.dtype, dims: undefined }],
      initializers: b.initializers,
    },
    opset: 18,
    types: b.types,
    origins: new Map(),
  }
}

export async function runModel(model: OnnxModel, x: Tensor): Promise<Tensor> {
  const ort = await loadOrt()
  const session = await ort.InferenceSession.create(encodeModel(model), { graphOptimizationLevel: 'disabled' })
  try {
    return fromOnnxTensor((await session.run({ x: toOnnxTensor(ort, x) } as never))['y']!)
  } finally {
    await session.release()
  }
}

/** Numbers between −1 and 1 that differ from place to place. */
export const floats = (sizes: readonly number[]): Tensor =>
  tensorFromElements(
    'float32',
    sizes,
    Array.from({ length: sizes.reduce((n, size) => n * size, 1) }, (_, i) => Math.sin(i * 1.7)),
  )

/** The operators that a pass leaves, how many inputs each has, and the reasons that it gives; on each of the sizes the results are those of before, but for rounding. */
export async function through(
  pass: OnnxPass,
  build: Build,
  dims: Dims,
  ...sizes: readonly (readonly number[])[]
): Promise<{ readonly left: readonly string[]; readonly inputs: readonly number[]; readonly missed: readonly string[] }> {
  const before = emitted(build, dims)
  const after = emitted(build, dims)
  // Fills in the shapes that a builder was not told.
  foldShapes.run(after, { missed: [] })
  const missed: { readonly pass: string; readonly reason: string }[] = []
  pass.run(after, { missed })
  eliminateDead(after)
  for (const size of sizes) {
    const [is, was] = [await runModel(after, floats(size)), await runModel(before, floats(size))]
    expect(is.sizes).toEqual(was.sizes)
    const expected = readElements(was) as number[]
    for (const [i, x] of (readElements(is) as number[]).entries()) expect(x).toBeCloseTo(expected[i]!, 5)
  }
  const { nodes } = after.graph
  return {
    left: nodes.map(({ opType }) => opType),
    inputs: nodes.map(({ inputs }) => inputs.length),
    missed: missed.map(({ reason }) => reason),
  }
}

export const reshape = (b: OnnxBuilder, x: OnnxValue, sizes: readonly number[], dims: Dims): OnnxValue =>
  b.op('Reshape', [x, b.ints(sizes)], {}, { dims })

/** x·W + bias; without a last factor x·W alone. */
export function linear(b: OnnxBuilder, x: OnnxValue, weight: OnnxValue, bias?: OnnxValue): OnnxValue {
  const dims = [...x.dims!.slice(0, -1), weight.dims!.at(-1)!]
  const product = b.op('MatMul', [x, weight], {}, { dims })
  return bias === undefined ? product : b.op('Add', [product, bias])
}
