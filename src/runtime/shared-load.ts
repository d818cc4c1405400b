// One session, shared by everyone who asks for it: the last to give up aborts its load, a failed load is tried again, progress reaches all.

import type { Feeds } from './arguments.ts'
import { TorchLoadError } from './errors.ts'
import type { Progress } from './fetch-model.ts'
import type { Outputs } from './results.ts'

type Report = (progress: Progress) => void

export interface LoadOptions {
  /** Called as bytes of the model arrive. */
  readonly onProgress?: Report | undefined
  /** Stops waiting; stops the download too, unless somebody else waits for it. */
  readonly signal?: AbortSignal | undefined
}

/** The graph, opened. */
export interface Session {
  /** All outputs of the graph. Rejects once the session is closed. */
  run(feeds: Feeds): Promise<Outputs>
  /** Settles when nothing is left of it. */
  close(): Promise<unknown> | void
}

export interface Engine {
  /** The session, opened now if there is none. */
  load(options?: LoadOptions): Promise<Session>
  /** Closes the session, or stops the load that is under way. */
  dispose(): Promise<void>
}

/** The promise, or the signal's reason as soon as it aborts. */
export function abortable<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal!.reason)
    signal?.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort))
  })
}

interface Loading {
  readonly session: Promise<Session>
  readonly abort: AbortController
  readonly waiting: Set<LoadOptions>
}

/** `open` is told to stop by its signal, also after it has answered. */
export function sharedLoad(open: (report: Report, signal: AbortSignal) => Promise<Session>): Engine {
  let current: Loading | undefined
  const begin = (): Loading => {
    const abort = new AbortController()
    const waiting = new Set<LoadOptions>()
    return { session: open((progress) => waiting.forEach(({ onProgress }) => onProgress?.(progress)), abort.signal), abort, waiting }
  }
  const end = async (loading: Loading, reason: unknown): Promise<void> => {
    if (current === loading) current = undefined
    loading.abort.abort(reason)
    await (await loading.session.catch(() => undefined))?.close()
  }
  return {
    load: async (options = {}) => {
      options.signal?.throwIfAborted()
      const loading = (current ??= begin())
      const waiter = { ...options }
      loading.waiting.add(waiter)
      return abortable(loading.session, options.signal)
        .finally(() => loading.waiting.delete(waiter))
        .catch((reason: unknown) => {
          if (loading.waiting.size === 0) void end(loading, reason)
          throw reason
        })
    },
    dispose: async () => current && end(current, new TorchLoadError('PT5208', 'Disposed.')),
  }
}
