// The range of an activation from its values: all of them, most of them, or the range that loses least. Values come batch by batch and are not kept:
// a histogram that doubles its reach holds them. onnxruntime/python/tools/quantization/calibrate.py: MinMax-, Percentile- and EntropyCalibrater.

export const CALIBRATION_METHODS = ['MinMax', 'Percentile', 'Entropy'] as const
export type CalibrationMethod = (typeof CALIBRATION_METHODS)[number]

export interface RangeOptions {
  readonly method?: CalibrationMethod | undefined
  /** Of method `Percentile`: part of the values, in percent, that lie in the range. */
  readonly percentile?: number | undefined
}

/** Bins on each side of zero. */
const HALF = 2048
/** Steps of a range in bytes. */
const STEPS = 255
/** Ranges that method `Entropy` tries: every so many bins. */
const STRIDE = 16

export class RangeObserver {
  #low = 0
  #high = 0
  /** Of values in −reach…reach; undefined where extremes are all that is asked for. */
  readonly #bins: Float64Array | undefined
  readonly #options: RangeOptions
  #reach = 0

  constructor(options: RangeOptions) {
    this.#options = options
    this.#bins = (options.method ?? 'MinMax') === 'MinMax' ? undefined : new Float64Array(2 * HALF)
  }

  /** Values that are not finite tell nothing of a range. */
  observe(values: ArrayLike<number>): void {
    let [low, high] = [this.#low, this.#high]
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (value < low && value > -Infinity) low = value
      if (value > high && value < Infinity) high = value
    }
    this.#low = low
    this.#high = high
    const bins = this.#bins
    if (bins === undefined) return
    this.#reachOut(Math.max(-low, high))
    if (this.#reach === 0) return
    const perBin = HALF / this.#reach
    // Zero is exact in every range: what clamps make of half of the values says nothing of where the other half lies.
    const skipped = this.#options.method === 'Entropy' ? 0 : Number.NaN
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (value !== skipped && Number.isFinite(value)) bins[Math.min(2 * HALF - 1, HALF + Math.floor(value * perBin))]!++
    }
  }

  /** The reach is a power of two, so that it does not hang on the order of the data; bins are joined in pairs. */
  #reachOut(largest: number): void {
    if (largest === 0) return
    if (this.#reach === 0) this.#reach = 2 ** Math.ceil(Math.log2(largest))
    const bins = this.#bins!
    while (this.#reach < largest) {
      const wider = new Float64Array(2 * HALF)
      for (let i = 0; i < 2 * HALF; i++) wider[HALF / 2 + (i >> 1)]! += bins[i]!
      bins.set(wider)
      this.#reach *= 2
    }
  }

  /** Holds zero. */
  get range(): readonly [low: number, high: number] {
    const bins = this.#bins
    if (bins === undefined || this.#reach === 0) return [this.#low, this.#high]
    const within = ([low, high]: readonly [number, number]): readonly [number, number] => [
      Math.max(this.#low, low),
      Math.min(this.#high, high),
    ]
    const width = this.#reach / HALF
    if (this.#options.method === 'Percentile') return within(this.#percentile(bins, width))
    const reach = leastDivergence(bins, Math.ceil(this.#low / width) - 1, Math.ceil(this.#high / width)) * width
    return within([-reach, reach])
  }

  #percentile(bins: Float64Array, width: number): readonly [number, number] {
    const total = bins.reduce((sum, count) => sum + count, 0)
    const cut = (total * (100 - (this.#options.percentile ?? DEFAULT_PERCENTILE))) / 200
    let [low, below] = [0, 0]
    while (low < HALF && below + bins[low]! <= cut) below += bins[low++]!
    let [high, above] = [2 * HALF, 0]
    while (high > HALF && above + bins[high - 1]! <= cut) above += bins[--high]!
    return [(low - HALF) * width, (high - HALF) * width]
  }
}

const DEFAULT_PERCENTILE = 99.999

/**
 * Bins on each side of zero that a range should keep: the one whose values, rounded to its steps, are distributed most like all values clipped to it
 * (Kullback–Leibler). `low` and `high`: the outermost bins, from zero, that hold anything.
 */
function leastDivergence(bins: Float64Array, low: number, high: number): number {
  const most = Math.max(-low, high)
  let [best, least] = [most, Infinity]
  for (let reach = Math.min(most, STEPS); reach <= most; reach = reach === most ? most + 1 : Math.min(most, reach + STRIDE)) {
    const divergence = divergenceOf(bins, HALF + Math.max(low, -reach), HALF + Math.min(high, reach))
    if (divergence < least) [best, least] = [reach, divergence]
  }
  return best
}

/** Σ p log(p / q): p is what lies in the bins `from`…`to`, all outside at their ends; q the same without what is outside, even over each step. */
function divergenceOf(bins: Float64Array, from: number, to: number): number {
  const count = to - from
  const clipped = bins.slice(from, to)
  for (let i = 0; i < from; i++) clipped[0]! += bins[i]!
  for (let i = to; i < bins.length; i++) clipped[count - 1]! += bins[i]!
  let [inside, total] = [0, 0]
  for (let i = 0; i < count; i++) {
    inside += bins[from + i]!
    total += clipped[i]!
  }
  if (inside === 0) return Infinity
  let sum = 0
  for (let step = 0; step < STEPS; step++) {
    const [first, last] = [Math.floor((step * count) / STEPS), Math.floor(((step + 1) * count) / STEPS)]
    let [held, filled] = [0, 0]
    for (let i = first; i < last; i++) {
      held += bins[from + i]!
      if (clipped[i] !== 0) filled++
    }
    for (let i = first; i < last; i++) {
      const p = clipped[i]! / total
      // What was clipped to an end where nothing else lies: as good as lost.
      if (p > 0) sum += p * Math.log(p / (held === 0 ? LOST : held / filled / inside))
    }
  }
  return sum
}

const LOST = 1e-9
