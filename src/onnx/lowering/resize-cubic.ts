// Cubic resampling along an axis that keeps its extent though a scale is given: Resize copies such an axis, torch steps by the scale.
// Answers to aten/src/ATen/native/cpu/UpSampleKernel.cpp (HelperInterpCubic).

import { range } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'

const A = -0.75
/** Weights of the four neighbours at −1, 0, 1, 2 of a point t beyond the second. */
function weights(t: number): number[] {
  const near = (x: number): number => ((A + 2) * x - (A + 3)) * x * x + 1
  const far = (x: number): number => ((A * x - 5 * A) * x + 8 * A) * x - 4 * A
  return [far(t + 1), near(t), near(1 - t), far(2 - t)]
}

/** Every output is a sum over its axis: a product with a constant matrix. */
export function cubicInPlace(x: OnnxValue, axis: number, extent: number, scale: number, b: OnnxBuilder): OnnxValue {
  const matrix = range(extent).map(() => range(extent).map(() => 0))
  for (const i of range(extent)) {
    const source = (i + 0.5) / scale - 0.5
    const first = Math.floor(source)
    for (const [k, weight] of weights(source - first).entries()) {
      const place = Math.min(Math.max(first - 1 + k, 0), extent - 1)
      matrix[place]![i]! += weight
    }
  }
  const table = b.elements(x.dtype, [extent, extent], matrix.flat())
  const rank = x.dims!.length
  // The axis goes last and back.
  const perm = range(rank).map((i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i))
  const turned = b.transpose(x, perm)
  return b.transpose(b.op('MatMul', [turned, table], {}, { dims: turned.dims }), perm)
}
