// Real numbers → small integers with scales, and what they stand for. w ≈ scale · q, symmetric: no zero point.
// Rounding is to nearest, ties to even, as ONNX's QuantizeLinear-21 does.

/**
 * A row-major tensor as [outer, length, inner]: the elements along the middle axis are summed over by the operator that reads the weight, so
 * that they may share a scale.
 */
export interface WeightView {
  readonly outer: number
  readonly length: number
  readonly inner: number
}

export interface Rounded {
  /** Signed, in the order of the weight. */
  readonly values: Int8Array
  /** One for each [outer, block, inner]. */
  readonly scales: Float32Array
  /** Elements along the middle axis that share a scale; it divides `length`. */
  readonly block: number
}

/** Nearest whole number, ties to even. */
export function roundHalfEven(x: number): number {
  const down = Math.floor(x)
  const rest = x - down
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1
}

/** int8 in −127…127, one scale for the whole middle axis: scale = max|w| / 127. */
export function toInt8(weights: Float32Array, view: WeightView): Rounded {
  return roundBlocks(weights, view, view.length, 127, (largest) => [largest / 127])
}

/**
 * int4 in −8…7. The scale of a block is the candidate that leaves the least squared error: the signed extreme at −8, the largest magnitude
 * at 7, or somewhat less than either, which clips a lone outlier to keep the rest finer.
 */
export function toInt4(weights: Float32Array, view: WeightView, block: number, toScale: (scale: number) => number): Rounded {
  return roundBlocks(weights, view, block, 7, (largest, extreme) =>
    [-extreme / 8, largest / 7, (-extreme / 8) * 0.9, (largest / 7) * 0.88].map(toScale),
  )
}

function roundBlocks(
  weights: Float32Array,
  { outer, length, inner }: WeightView,
  block: number,
  top: number,
  candidates: (largest: number, extreme: number) => readonly number[],
): Rounded {
  const bottom = top === 7 ? -8 : -top
  const values = new Int8Array(weights.length)
  const scales = new Float32Array((outer * length * inner) / block)
  const clip = (x: number): number => Math.min(top, Math.max(bottom, roundHalfEven(x)))
  let at = 0
  for (let o = 0; o < outer; o++) {
    for (let start = 0; start < length; start += block) {
      for (let i = 0; i < inner; i++, at++) {
        const first = (o * length + start) * inner + i
        const last = first + block * inner
        let extreme = 0
        for (let k = first; k < last; k += inner) if (Math.abs(weights[k]!) > Math.abs(extreme)) extreme = weights[k]!
        const scale = best(candidates(Math.abs(extreme), extreme).map(Math.fround), (chosen) => {
          let error = 0
          for (let k = first; k < last; k += inner) {
            const difference = weights[k]! - (chosen === 0 ? 0 : chosen * clip(weights[k]! / chosen))
            error += difference * difference
          }
          return error
        })
        scales[at] = scale
        if (scale !== 0) for (let k = first; k < last; k += inner) values[k] = clip(weights[k]! / scale)
      }
    }
  }
  return { values, scales, block }
}

/** The candidate of the least cost; the first of equals. */
function best(candidates: readonly number[], cost: (candidate: number) => number): number {
  let chosen = candidates[0]!
  if (candidates.length === 1) return chosen
  let least = Infinity
  for (const candidate of candidates) {
    const now = cost(candidate)
    if (now < least) [chosen, least] = [candidate, now]
  }
  return chosen
}

/** What the integers stand for. */
export function fromRounded({ values, scales, block }: Rounded, { outer, length, inner }: WeightView): Float32Array {
  const weights = new Float32Array(values.length)
  for (let o = 0, at = 0; o < outer; o++)
    for (let k = 0; k < length; k++) {
      const row = (o * (length / block) + Math.floor(k / block)) * inner
      for (let i = 0; i < inner; i++, at++) weights[at] = values[at]! * scales[row + i]!
    }
  return weights
}

// An even half of it is what MatMulNBits and ggml have too: a scale of 2 bytes costs half a bit a weight.
const BLOCK = 32

/** How many elements share a scale in int4: 32 where that divides, else the divisor next to it; undefined where scales would cost too much. */
export function int4Block(length: number): number | undefined {
  for (let off = 0; off <= BLOCK; off++)
    for (const block of [BLOCK - off, BLOCK + off]) if (block >= BLOCK / 2 && length % block === 0) return block
  return length >= 8 && length <= 2 * BLOCK ? length : undefined
}
