// Wall time of a model in this browser: loading, the first call, and the median of the calls after it.

export interface Timings {
  readonly load: number
  readonly first: number
  readonly median: number
  /** How many calls the median is of. */
  readonly runs: number
}

/** `model.load` and calls of `run`, one after the other. Milliseconds. */
export async function measure(load: () => Promise<void>, run: () => Promise<unknown>, runs = 40): Promise<Timings> {
  const times = { load: await time(load), first: await time(run) }
  const later: number[] = []
  for (let i = 0; i < runs; i++) later.push(await time(run))
  later.sort((a, b) => a - b)
  return { ...times, median: later[runs >> 1]!, runs }
}

export async function time(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await task()
  return performance.now() - start
}
