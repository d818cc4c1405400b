// The engine in a module worker: what the page says to it, and the worker's own side.
// The page asks for a load or a run; answers carry the number of the request, results travel by transfer, errors keep name, message and code.

import type { Feeds } from './arguments.ts'
import { localEngine, type EngineConfig } from './engine.ts'
import { TorchLoadError } from './errors.ts'
import type { Outputs } from './results.ts'
import { sharedLoad, type Engine } from './shared-load.ts'
import { tensor } from './tensor.ts'

/** Without feeds: load. */
type Request = readonly [id: number, feeds: Feeds | undefined]
type Answer = readonly [id: number, how: keyof Waiting, value: unknown]

interface Waiting {
  readonly resolve: (outputs: unknown) => void
  readonly reject: (error: unknown) => void
  readonly report: ((progress: unknown) => void) | undefined
}

/** The page's side. `start` makes the worker; a lost or disposed one is started again by the next load. */
export function remoteEngine(start: () => Worker): Engine {
  const engine = sharedLoad(async (report, signal) => {
    const waiting = new Map<number, Waiting>()
    const worker = start()
    let next = 0
    const ask = (feeds?: Feeds): Promise<Outputs> =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        waiting.set(++next, { resolve, reject, report } as Waiting)
        worker.postMessage([next, feeds] satisfies Request)
      })
    const stop = (reason: unknown): void => {
      worker.terminate()
      waiting.forEach(({ reject }) => reject(reason))
    }
    signal.addEventListener('abort', () => stop(signal.reason))
    worker.onmessage = ({ data: [id, how, value] }: MessageEvent<Answer>) => {
      const asked = waiting.get(id)
      if (how !== 'report') waiting.delete(id)
      asked?.[how]?.(
        how === 'reject' ? Object.assign(new ((value as Error).name === 'TorchLoadError' ? TorchLoadError : Error)('', ''), value) : value,
      )
    }
    worker.onerror = ({ message }) => {
      stop(new TorchLoadError('PT5209', `The worker failed: ${message ?? 'not loaded'}.`))
      void engine.dispose()
    }
    await ask()
    return { run: ask, close() {} }
  })
  return engine
}

interface Scope {
  onmessage: ((event: MessageEvent<Request>) => void) | null
  postMessage(answer: Answer, transfer?: Transferable[]): void
}

/** The worker's side: answers the page until it is ended. Called once, by the generated worker module. */
export function serveModel(config: EngineConfig, { load }: Engine = localEngine(config)): void {
  const scope = globalThis as unknown as Scope
  scope.onmessage = async ({ data: [id, feeds] }) => {
    try {
      const session = await load({ onProgress: (progress) => scope.postMessage([id, 'report', progress]) })
      const outputs = feeds ? await session.run(feeds) : []
      const sent = new Map(Array.from(outputs, ([name, { type, data, dims }]) => [name, tensor(type, data, dims)]))
      scope.postMessage([id, 'resolve', sent], [...new Set([...sent.values()].map(({ data }) => data.buffer as ArrayBuffer))])
    } catch (cause) {
      const { name, message, code } = cause as Error & { code?: string }
      scope.postMessage([id, 'reject', { name, message, code }])
    }
  }
}
