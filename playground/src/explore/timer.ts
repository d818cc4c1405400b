// How long a call takes. A browser's clock is coarse: quick calls are timed several at once.

/** Milliseconds that are timed at once, and calls in them. */
const BATCH = 5
const MOST_BATCH = 64

export class Timer {
  readonly #call: () => Promise<unknown>
  readonly #times: number[] = []
  #batch = 1
  #quickest = Infinity
  runs = 0

  constructor(call: () => Promise<unknown>) {
    this.#call = call
  }

  /** Milliseconds of one call. */
  get median(): number | undefined {
    return this.#times.toSorted((a, b) => a - b)[this.#times.length >> 1]
  }

  /** The same of the quickest: what the model takes where nothing else is in its way. */
  get least(): number {
    return Math.min(...this.#times)
  }

  /** Calls until `budget` milliseconds are over and one time is there; nothing for a budget below zero. */
  async measure(budget: number): Promise<void> {
    const end = performance.now() + budget
    const known = this.#times.length
    while (budget >= 0 && (performance.now() < end || this.#times.length === known)) {
      const begin = performance.now()
      for (let i = 0; i < this.#batch; i++) await this.#call()
      const time = performance.now() - begin
      this.runs += this.#batch
      const isEnough = time >= BATCH || this.#batch === MOST_BATCH
      if (isEnough) this.#times.push(time / this.#batch)
      // By the quickest: what else the machine did meanwhile would make the batch too small.
      this.#quickest = Math.min(this.#quickest, time / this.#batch)
      this.#batch = Math.min(MOST_BATCH, this.#quickest === 0 ? this.#batch * 2 : Math.ceil(BATCH / this.#quickest))
    }
  }
}
