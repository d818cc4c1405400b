// Extents of sliding windows, shared by convolution and pooling rules. Mirrors aten/src/ATen/native/Pool.h (pooling_output_shape) and
// ConvUtils.h (conv_output_size).

import { dimAdd, dimFloorDiv, dimMul, dimSub, type Dim } from '../../ir/dim.ts'
import type { Fact } from '../fact.ts'
import { knownInts } from '../facts.ts'

/** A list of one int stands for every axis. */
export function spread<T>(values: readonly T[], n: number): readonly T[] {
  return values.length === 1 ? Array.from({ length: n }, () => values[0]!) : values
}
/** A known list of ints, one per spatial axis. */
export function spreadInts(fact: Fact, n: number): readonly number[] | undefined {
  const ints = knownInts(fact)
  return ints === undefined || ints.length === 0 ? undefined : spread(ints, n)
}

/** floor((n + pads − d·(k − 1) − 1) / s) + 1, `pads` being both sides together. */
export function windowCount(n: Dim, kernel: Dim, stride: Dim, pads: Dim, dilation: Dim): Dim {
  const room = dimSub(dimAdd(n, pads), dimAdd(dimMul(dilation, dimSub(kernel, 1)), 1))
  return dimAdd(dimFloorDiv(room, stride), 1)
}

/** As `windowCount` with the division rounded up; a last window that starts in the right padding is dropped. */
export function ceilWindowCount(n: Dim, kernel: Dim, stride: Dim, padding: Dim, dilation: Dim): Dim {
  if (typeof n !== 'number' || typeof stride !== 'number' || typeof padding !== 'number') return null
  const count = windowCount(n, kernel, stride, 2 * padding + stride - 1, dilation)
  return typeof count === 'number' && (count - 1) * stride >= n + padding ? count - 1 : count
}

/** (n − 1)·s − 2p + d·(k − 1) + output padding + 1. */
export function transposedCount(n: Dim, kernel: Dim, stride: Dim, padding: Dim, dilation: Dim, outputPadding: Dim): Dim {
  const spread = dimMul(dimSub(n, 1), stride)
  const reach = dimMul(dilation, dimSub(kernel, 1))
  return dimAdd(dimAdd(dimSub(spread, dimMul(2, padding)), reach), dimAdd(outputPadding, 1))
}
