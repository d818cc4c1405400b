// How long a call takes. A browser's clock is coarse: quick calls are timed several at once.

/** Milliseconds that are timed at once, and calls in them. */
const BATCH = 5
const MOST_BATCH = 64

export class Timer {
  readonly #call: () => Promise<unknown>
  readonly #times: number[] = []
  #batch = 1
  runs = 0

  constructor(call: () => Promise<unknown>) {
    this.#call = call
  }

  /** Milliseconds of one call. */
  get median(): number | undefined {
    return this.#times.toSorted((a, b) => a - b)[this.#times.length >> 1]
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
      if (time < BATCH && this.#batch < MOST_BATCH) this.#batch *= 2
      else this.#times.push(time / this.#batch)
    }
  }
}
