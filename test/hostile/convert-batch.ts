// Many files through the whole converter in one process: `node convert-batch.ts CASE…`, in a folder with CASE/net.pt for each. Writes to
// CASE/out as `convert` does, and prints a line of JSON for each case as it ends.

import { writeSync } from 'node:fs'
import { convert } from '../../src/cli/convert.ts'
import { CompileError, formatProblem } from '../../src/diagnostics/compile-error.ts'

/** How one conversion ended. */
export interface Ended {
  readonly name: string
  /** What failed: `PT1206 net.pt: …`, or a stack where it was no coded error; absent on success. */
  readonly error?: string
  readonly milliseconds: number
  /** Of the process, up to now. */
  readonly peakBytes: number
  /** Names that appeared on Object.prototype or on globalThis. */
  readonly polluted: readonly string[]
}

/** Processor time or time on the clock, whichever is less: neither helper threads nor a busy machine count. */
export function stopwatch(): () => number {
  const wall = performance.now()
  const cpu = process.threadCpuUsage()
  return () => {
    const { user, system } = process.threadCpuUsage(cpu)
    return Math.min(performance.now() - wall, (user + system) / 1000)
  }
}

if (import.meta.main) {
  const globals = new Set(Object.getOwnPropertyNames(globalThis))
  console.log = console.error = () => undefined
  for (const name of process.argv.slice(2)) {
    const elapsed = stopwatch()
    let error: string | undefined
    try {
      await convert({ file: `${name}/net.pt`, folder: `${name}/out`, options: {}, json: true })
    } catch (thrown) {
      error = thrown instanceof CompileError ? formatProblem(thrown.problems[0]) : String((thrown as Error).stack ?? thrown)
    }
    const polluted = [...Object.keys(Object.prototype), ...Object.getOwnPropertyNames(globalThis).filter((key) => !globals.has(key))]
    const peakBytes = process.resourceUsage().maxRSS * 1024
    const ended: Ended = { name, milliseconds: elapsed(), peakBytes, polluted, ...(error === undefined ? {} : { error }) }
    writeSync(1, `${JSON.stringify(ended)}\n`)
  }
}
