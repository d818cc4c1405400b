// The page's side of the run worker. A run that takes too long is ended with its worker; the model is opened again for the next.

import type { CallResult, CompiledModel, OpenResult, RaceResult, RunAnswer, RunRequest, Slot } from './messages.ts'

type Unnumbered = RunRequest extends infer R ? (R extends RunRequest ? Omit<R, 'id'> : never) : never

export class Runner {
  #worker: Worker | undefined
  #next = 0
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()

  async open(slot: Slot, { runnable, graph }: CompiledModel): Promise<OpenResult> {
    return (await this.#ask({ kind: 'open', slot, loader: runnable, graph })) as OpenResult
  }

  /** `calls` one after the other from the saved state; the result is that of the last. Rejects with what the model raises, or says of its arguments. */
  async call(slot: Slot, method: string, calls: readonly (readonly unknown[])[], measure: boolean): Promise<CallResult> {
    return (await this.#ask({ kind: 'call', slot, method, calls, measure })) as CallResult
  }

  async race(method: string, values: readonly unknown[]): Promise<RaceResult> {
    return (await this.#ask({ kind: 'race', method, values })) as RaceResult
  }

  /** Ends what is under way: those who wait are rejected. Open models are closed. */
  stop(reason: string): void {
    this.#worker?.terminate()
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) reject(new Error(reason))
    this.#waiting.clear()
  }

  #ask(request: Unnumbered): Promise<unknown> {
    this.#worker ??= this.#start()
    const id = ++this.#next
    const worker = this.#worker
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      worker.postMessage({ ...request, id } satisfies RunRequest)
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./run-worker.ts', import.meta.url), { type: 'module', name: 'model' })
    worker.onmessage = ({ data }: MessageEvent<RunAnswer>) => {
      const asked = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if ('error' in data) asked?.reject(Object.assign(new Error(data.error.message), data.error))
      else asked?.resolve(data.value)
    }
    worker.onerror = (event) => {
      event.preventDefault()
      this.stop(event.message || 'the worker that runs models could not be loaded')
    }
    return worker
  }
}
