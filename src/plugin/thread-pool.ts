// Conversions off the main thread: a few worker threads that are started when needed, reused, and ended when idle.
// A thread that dies or takes too long becomes a coded error; the next conversion gets a new one.

import { availableParallelism } from 'node:os'
import { Worker, type ResourceLimits } from 'node:worker_threads'
import type { ModelOptions } from '../compiler/types.ts'
import { CompileError, fail, type Problem } from '../diagnostics/compile-error.ts'
import type { CompiledModel } from './compiled-model.ts'
import { MAX_CONVERSION_MS } from './options.ts'

export interface ConversionJob {
  /** Handed over to the thread: detached afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly file: string
  readonly options: ModelOptions
}

/** What the thread answers. */
export type ConversionAnswer =
  | { readonly model: CompiledModel }
  | { readonly problems: readonly [Problem, ...Problem[]] }
  | { readonly bug: string }

const IDLE_MS = 5_000
const MAX_THREADS = Math.max(1, Math.min(4, availableParallelism() - 1))

// The thread's module lies beside this one, as TypeScript in the source tree and as JavaScript in the package.
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './conversion-thread.ts' : './conversion-thread.js', import.meta.url)

interface Idle {
  readonly worker: Worker
  readonly timer: NodeJS.Timeout
  readonly died: () => void
}

export interface ThreadPool {
  run(job: ConversionJob): Promise<CompiledModel>
  /** Ends the threads that are idle; those at work end when they are done, with the process. */
  close(): Promise<void>
}

export function threadPool(thread: URL = THREAD, limitMs: number = MAX_CONVERSION_MS, resourceLimits: ResourceLimits = {}): ThreadPool {
  const idle: Idle[] = []
  const waiting: (() => void)[] = []
  let busy = 0

  /** Takes a thread out of the idle ones; false when it is gone already. */
  const wake = (entry: Idle | undefined): entry is Idle => {
    const at = entry === undefined ? -1 : idle.indexOf(entry)
    if (entry === undefined || at === -1) return false
    idle.splice(at, 1)
    clearTimeout(entry.timer)
    entry.worker.removeListener('error', entry.died).removeListener('exit', entry.died)
    return true
  }
  const take = (): Worker => {
    const free = idle.at(-1)
    if (!wake(free)) return new Worker(thread, { resourceLimits })
    free.worker.ref()
    return free.worker
  }
  const giveBack = (worker: Worker): void => {
    worker.unref()
    const timer = setTimeout(() => {
      if (wake(entry)) void worker.terminate()
    }, IDLE_MS)
    timer.unref()
    // One that dies while idle must not end the process that it belongs to, nor be handed out again.
    const entry: Idle = { worker, timer, died: () => void wake(entry) }
    worker.once('error', entry.died).once('exit', entry.died)
    idle.push(entry)
  }

  return {
    async run(job) {
      while (busy >= MAX_THREADS) await new Promise<void>((resolve) => waiting.push(resolve))
      busy++
      try {
        const worker = take()
        const answer = await ask(worker, job, limitMs)
        giveBack(worker)
        if ('model' in answer) return answer.model
        if ('problems' in answer) throw new CompileError(answer.problems)
        return fail('PT6020', `The conversion ended with an error: ${answer.bug}`, { file: job.file, fix: 'please report this model.' })
      } finally {
        busy--
        waiting.shift()?.()
      }
    },
    async close() {
      await Promise.all([...idle].filter(wake).map(({ worker }) => worker.terminate()))
    },
  }
}

function ask(worker: Worker, job: ConversionJob, limitMs: number): Promise<ConversionAnswer> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      worker.removeAllListeners('message').removeAllListeners('error').removeListener('exit', died)
      settle()
    }
    const problem = (code: 'PT6020' | 'PT6021', message: string, fix: string): CompileError =>
      new CompileError([{ code, message, file: job.file, fix }])
    const died = (status: number): void =>
      end(() =>
        reject(
          problem(
            'PT6020',
            `The conversion's thread ended with status ${status}.`,
            'give Node more memory, for example with NODE_OPTIONS=--max-old-space-size=8192.',
          ),
        ),
      )
    const timer = setTimeout(
      () =>
        end(() => {
          void worker.terminate()
          reject(
            problem(
              'PT6021',
              `The conversion took longer than ${Math.round(limitMs / 1000)} s and was ended.`,
              'please report this model.',
            ),
          )
        }),
      limitMs,
    )
    worker.on('message', (answer: ConversionAnswer) => end(() => resolve(answer)))
    worker.on('error', (error: Error) =>
      end(() => {
        void worker.terminate()
        const memory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        reject(
          problem(
            'PT6020',
            memory ? 'The conversion ran out of memory.' : `The conversion's thread ended: ${error.message}`,
            'give Node more memory, for example with NODE_OPTIONS=--max-old-space-size=8192.',
          ),
        )
      }),
    )
    worker.on('exit', died)
    worker.postMessage(job, [job.bytes.buffer])
  })
}
