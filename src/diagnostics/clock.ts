// Where the time of a compilation goes. Whatever takes long names the stage that it is; who asked for the times brings the clock.

export interface Clock {
  /** Runs a stage. A stage inside of another counts for itself alone. */
  readonly time: <T>(stage: string, run: () => T) => T
}

/** For those who do not ask. */
export const noClock: Clock = { time: (_stage, run) => run() }
