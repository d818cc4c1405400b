// Ranges of activations, as they were measured, and the bytes that stand for them.

import { roundHalfEven } from './rounding.ts'

/** Smallest and largest value of an activation, over the calibration data. */
export type Ranges = ReadonlyMap<string, readonly [low: number, high: number]>

/** x ≈ scale · (q − zeroPoint), q in 0…255; zero is exact, as padding needs. ONNX spec: DynamicQuantizeLinear-11. */
export function byteScale([low, high]: readonly [number, number]): { readonly scale: number; readonly zeroPoint: number } {
  const [least, most] = [Math.min(0, low), Math.max(0, high)]
  const scale = Math.fround((most - least) / 255)
  if (scale === 0 || !Number.isFinite(scale)) return { scale: 1, zeroPoint: 0 }
  return { scale, zeroPoint: Math.min(255, Math.max(0, roundHalfEven(-least / scale))) }
}
