// Converts hostile files in processes of their own, two ways: the built command line once for each dangerous file, and batches for the rest.
// A process that does not end in time is killed, and the rest of its batch goes on in another.

import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Ended } from './convert-batch.ts'

/** A killed process. */
const KILL_MS = 60_000
const BATCH = 60
/** Of the JavaScript heap, so that garbage of many files does not count as the need of one. */
const HEAP = '--max-old-space-size=640'

export interface Outcome extends Ended {
  /** Exit status of the command line; undefined in a batch. */
  readonly status?: number | null
}

export interface Files {
  /** Where each case has a folder with its net.pt. */
  readonly home: string
  /** The built package. */
  readonly dist: string
}

/** Writes `home/NAME/net.pt`. */
export function writeCase(home: string, name: string, bytes: Uint8Array): void {
  mkdirSync(join(home, name))
  writeFileSync(join(home, name, 'net.pt'), bytes)
}

/** `alone` and `together` are names of cases. */
export async function convertCases(files: Files, alone: readonly string[], together: readonly string[]): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>()
  const tasks: (() => Promise<void>)[] = alone.map((name) => async () => void outcomes.set(name, await convertAlone(files, name)))
  for (let i = 0; i < together.length; i += BATCH) {
    const batch = together.slice(i, i + BATCH)
    tasks.push(async () => {
      for (let rest = batch; rest.length > 0; rest = rest.slice(rest.findIndex((name) => !outcomes.has(name)) >>> 0)) {
        for (const ended of await convertTogether(files, rest)) outcomes.set(ended.name, ended)
      }
    })
  }
  const work = async (): Promise<void> => {
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) await task()
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return outcomes
}

function convertAlone({ home, dist }: Files, name: string): Promise<Outcome> {
  const file = join(home, name, 'measured.json')
  const args = ['--import', join(import.meta.dirname, 'measure.mjs'), join(dist, 'cli.js'), 'convert', 'net.pt', '-o', 'out']
  const started = performance.now()
  return new Promise((resolve) => {
    const options = { cwd: join(home, name), env: { ...process.env, MEASURE_FILE: file }, timeout: KILL_MS, killSignal: 'SIGKILL' as const }
    const child = execFile(process.execPath, args, { ...options, maxBuffer: 2 ** 26 }, (error, _, stderr) => {
      const wall = performance.now() - started
      const measured = existsSync(file)
        ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly peakBytes: number; readonly milliseconds: number })
        : { peakBytes: NaN, milliseconds: NaN }
      resolve({
        name,
        status: child.exitCode,
        peakBytes: measured.peakBytes,
        milliseconds: Math.min(wall, measured.milliseconds),
        polluted: [],
        ...(error === null ? {} : { error: stderr.replace(/^error /, '') }),
      })
    })
  })
}

/** The cases that ended; the one that a batch died of is told as such. */
function convertTogether({ home }: Files, names: readonly string[]): Promise<readonly Outcome[]> {
  return new Promise((resolve) => {
    const args = [HEAP, join(import.meta.dirname, 'convert-batch.ts'), ...names]
    const child = spawn(process.execPath, args, { cwd: home, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    const kill = (): boolean => child.kill('SIGKILL')
    let timer = setTimeout(kill, 2 * KILL_MS)
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      clearTimeout(timer)
      timer = setTimeout(kill, KILL_MS)
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const ended = stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Outcome)
      if (ended.length < names.length) {
        const error = `the process ended with ${signal ?? code}: ${stderr.slice(0, 500)}`
        ended.push({ name: names[ended.length]!, error, milliseconds: NaN, peakBytes: NaN, polluted: [] })
      }
      resolve(ended)
    })
  })
}
