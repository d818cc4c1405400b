// Model texts before and after a pass over the emitted model, and that onnxruntime computes the same with both.

import { expect } from 'vitest'
import { numel, type Tensor } from '../../../src/ir/tensor.ts'
import { readElements, tensorFromElements } from '../../../src/ir/tensor-elements.ts'
import { eliminateDead } from '../../../src/onnx/eliminate-dead.ts'
import { encodeModel } from '../../../src/onnx/encode.ts'
import { fromOnnxTensor, toOnnxTensor } from '../../../src/onnx/evaluator.ts'
import type { OnnxModel } from '../../../src/onnx/model.ts'
import { parseModel } from '../../../src/onnx/parse-model.ts'
import type { OnnxPass, OnnxPassContext } from '../../../src/onnx/passes/onnx-pass.ts'
import { loadOrt } from '../../support/ort.ts'

/** Numbers between −2 and 2, the same for the same seed, as a text or a tensor has them. */
export function numbers(count: number, seed = 1): number[] {
  let state = seed * 7919 + 17
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647
    return Math.round((state / 2147483647 - 0.5) * 4000) / 1000
  })
}
/** `{0.5, …}`: the elements of a weight. */
export const weight = (count: number, seed?: number): string => `{${numbers(count, seed).join(', ')}}`

export const input = (sizes: readonly number[], seed?: number): Tensor => tensorFromElements('float32', sizes, numbers(numel(sizes), seed))

export async function runModel(model: OnnxModel, feeds: readonly Tensor[]): Promise<Tensor[]> {
  const ort = await loadOrt()
  const session = await ort.InferenceSession.create(encodeModel(model), { graphOptimizationLevel: 'disabled' })
  try {
    const named = Object.fromEntries(model.graph.inputs.map(({ name }, i) => [name, toOnnxTensor(ort, feeds[i]!)]))
    const results = await session.run(named as never)
    return model.graph.outputs.map(({ name }) => fromOnnxTensor(results[name]!))
  } finally {
    await session.release()
  }
}

export interface Passed {
  readonly model: OnnxModel
  readonly changed: boolean
  /** Operators left, those of com.microsoft by their bare names. */
  readonly operators: readonly string[]
  readonly missed: readonly string[]
}

/** Runs passes on a model text, and both forms on each set of inputs. */
export async function passed(
  text: string,
  passes: readonly OnnxPass[],
  feeds: readonly (readonly Tensor[])[],
  options: Pick<OnnxPassContext, 'device'> = {},
): Promise<Passed> {
  const [before, after] = [parseModel(text), parseModel(text)]
  eliminateDead(before)
  const context: OnnxPassContext = { ...options, missed: [] }
  let changed = false
  for (const pass of passes) {
    if (pass.run(after, context)) changed = true
    eliminateDead(after)
  }
  for (const given of feeds) {
    const [old, now] = [await runModel(before, given), await runModel(after, given)]
    for (const [i, tensor] of old.entries()) {
      expect({ dtype: now[i]!.dtype, sizes: now[i]!.sizes }).toEqual({ dtype: tensor.dtype, sizes: tensor.sizes })
      const [a, b] = [readElements(tensor).map(Number), readElements(now[i]!).map(Number)]
      for (const [k, value] of a.entries())
        if (!Object.is(value, b[k])) expect(Math.abs(value - b[k]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)))
    }
  }
  return {
    model: after,
    changed,
    operators: after.graph.nodes.map(({ opType }) => opType),
    missed: context.missed.map(({ reason }) => reason),
  }
}
