// Whether two constants hold the same bytes, cheaply for weights that differ: most are told apart by their dtype, sizes and a few bytes.

import { contiguousBytes, numel, type Tensor } from '../ir/tensor.ts'

/** Elements up to which a constant is one of lowering's own, and no weight. */
export const TINY = 64

const SAMPLES = 48

/** Equal for equal contents; seldom equal for others. */
export function contentKey(tensor: Tensor): string {
  const bytes = contiguousBytes(tensor)
  const step = Math.max(1, Math.floor(bytes.length / SAMPLES))
  let key = `${tensor.dtype}(${tensor.sizes.join()})`
  for (let at = 0; at < bytes.length; at += step) key += `,${bytes[at]}`
  return key
}

/** Of two tensors with one key. */
export function sameContent(a: Tensor, b: Tensor): boolean {
  if (numel(a.sizes) !== numel(b.sizes)) return false
  const [left, right] = [contiguousBytes(a), contiguousBytes(b)]
  return left.length === right.length && left.every((byte, i) => byte === right[i])
}
