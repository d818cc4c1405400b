// One load, shared by everyone who waits for it: the last to give up aborts it, a failed one is tried again, progress reaches all.

import type { Progress } from './fetch-model.ts'

type Report = (progress: Progress) => void

export interface LoadOptions {
  /** Called as bytes of the model arrive. */
  readonly onProgress?: Report | undefined
  /** Stops waiting; stops the download too, unless somebody else waits for it. */
  readonly signal?: AbortSignal | undefined
}

/** The promise, or the signal's reason as soon as it aborts; `stop` is then called. */
export function abortable<T>(promise: Promise<T>, signal?: AbortSignal, stop?: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal!.reason)
      stop?.()
    }
    signal?.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort))
  })
}

interface Loading<T> {
  readonly value: Promise<T>
  readonly abort: AbortController
  readonly waiting: Set<LoadOptions>
}

export interface SharedLoad<T> {
  get(options?: LoadOptions): Promise<T>
  /** Forgets the value, or stops the load that is under way; answers with what was there. */
  end(reason: unknown): Promise<T | undefined>
}

export function sharedLoad<T>(start: (report: Report, signal: AbortSignal) => Promise<T>): SharedLoad<T> {
  let current: Loading<T> | undefined
  const begin = (): Loading<T> => {
    const abort = new AbortController()
    const waiting = new Set<LoadOptions>()
    const report: Report = (progress) => waiting.forEach(({ onProgress }) => onProgress?.(progress))
    const loading = { value: Promise.resolve().then(() => start(report, abort.signal)), abort, waiting }
    loading.value.catch(() => current === loading && (current = undefined))
    return loading
  }
  return {
    get: async (options = {}) => {
      options.signal?.throwIfAborted()
      const loading = (current ??= begin())
      const { waiting, abort, value } = loading
      const waiter = { ...options }
      waiting.add(waiter)
      return abortable(value, options.signal, () => {
        waiting.delete(waiter)
        if (waiting.size > 0) return
        if (current === loading) current = undefined
        abort.abort(options.signal!.reason)
      }).finally(() => waiting.delete(waiter))
    },
    end: async (reason) => {
      const loading = current
      current = undefined
      loading?.abort.abort(reason)
      return loading?.value.catch(() => undefined)
    },
  }
}
