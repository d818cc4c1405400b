// Which branch ran, found out from outside: by the model's outputs alone.
//
// forward(x) is body(x) or body(body(x)), as mean(x) says. Beside a bright sheet in one batch the mean is positive, so the body runs once: that shows
// body(x) for any x. A ReLU's output has no negative mean, so one more call is one more body. Which of the two equals forward(x) is what ran.

import type controlFlowNet from '../models/control-flow-net.pt'
import { SIDE } from './picture.ts'

export interface Observation {
  readonly passes: 1 | 2
  /** body(x) and body(body(x)). */
  readonly images: readonly [Float32Array, Float32Array]
  /** Largest difference between forward(x) and each of them. */
  readonly distances: readonly [number, number]
  /** Milliseconds of forward(x) itself. */
  readonly time: number
}

const BRIGHT = 4

/** `x` is float32 [3, 64, 64]. */
export async function observe(net: typeof controlFlowNet, x: Float32Array<ArrayBuffer>): Promise<Observation> {
  const start = performance.now()
  const y = await net({ type: 'float32', data: x, dims: [1, 3, SIDE, SIDE] })
  const time = performance.now() - start
  const both = new Float32Array(2 * x.length).fill(BRIGHT)
  both.set(x)
  const batch = await net({ type: 'float32', data: both, dims: [2, 3, SIDE, SIDE] })
  const once = Float32Array.from(batch.data.subarray(0, x.length))
  const twice = await net({ type: 'float32', data: once, dims: [1, 3, SIDE, SIDE] })
  const distances = [distance(y.data, once), distance(y.data, twice.data)] as const
  return { passes: distances[0] <= distances[1] ? 1 : 2, images: [once, twice.data], distances, time }
}

const distance = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
