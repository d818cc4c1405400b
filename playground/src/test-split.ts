// The 450 images that DigitNet never saw, with their labels and PyTorch's own answers, as the golden beside the model keeps them.

import golden from '../../test/fixtures/digits/test-split.json'
import type digitsModel from '../models/digits.pt'
import { GRID } from './ink.ts'
import { largest } from './largest.ts'

export interface Comparison {
  /** Shares of ink, 8 × 8 each. */
  readonly images: readonly Float32Array[]
  /** What this browser says, image by image. */
  readonly predictions: readonly number[]
  readonly labels: readonly number[]
  /** What PyTorch said. */
  readonly torch: readonly number[]
  readonly torchVersion: string
}

const PIXELS = GRID * GRID
/** Images are kept as 0 … 16 inked pixels of each 4 × 4 block. */
const FULL = 16

/** Runs all images in one batch. */
export async function compareWithTorch(digits: typeof digitsModel): Promise<Comparison> {
  const pixels = bytesOf(golden.images.data)
  const labels = indices(golden.labels.data)
  const data = Float32Array.from(pixels, (count) => count / FULL)
  const logits = await digits({ type: 'float32', data, dims: [labels.length, 1, GRID, GRID] })
  return {
    images: labels.map((_, i) => data.subarray(i * PIXELS, (i + 1) * PIXELS)),
    predictions: labels.map((_, i) => largest(logits.data.subarray(i * 10, (i + 1) * 10))),
    labels,
    torch: indices(golden.predictions.data),
    torchVersion: golden.torch,
  }
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
const indices = (base64: string): number[] => Array.from(new BigInt64Array(bytesOf(base64).buffer), Number)
