// What convolution, pooling and resizing share: a batch axis where torch lets it out, dtypes that their kernels have.

import type { ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'

/** Squeeze of axes whose extent is 1. */
export function squeeze(x: OnnxValue, axes: readonly number[], b: OnnxBuilder): OnnxValue {
  const { dims } = x
  const gone = new Set(axes.map((axis) => (axis < 0 && dims !== undefined ? axis + dims.length : axis)))
  return b.op('Squeeze', [x, b.ints(axes)], {}, { dims: dims?.filter((_, i) => !gone.has(i)) })
}

/** `build` on [N, C, …n axes]: an input of rank n + 1 gets a batch of 1 for it. A rank that is not known is taken to have a batch. */
export function batched(x: OnnxValue, n: number, b: OnnxBuilder, build: (x: OnnxValue) => OnnxValue): OnnxValue {
  if (x.dims?.length !== n + 1) return build(x)
  return squeeze(build(b.unsqueeze(x, [0])), [0], b)
}

/** Of rank `n`, no extent known. */
export const rankOnly = (n: number): { dims: null[] } => ({ dims: Array.from({ length: n }, () => null) })

/** float32 for float64, where onnxruntime has no float64 kernel. float16 stays: onnxruntime puts casts around by itself. */
const singleType = (dtype: ScalarType): ScalarType => (dtype === 'float64' ? 'float32' : dtype)
export const single = (x: OnnxValue, b: OnnxBuilder): OnnxValue => b.cast(x, singleType(x.dtype))
