// The page's side of the compile worker. One compilation at a time: a new one takes the place of the one before.

import type { Exploration, ModelOptions } from 'unplugin-torch/compiler'
import type { CompileAnswer, CompiledModel, CompileRequest, PlainProblem } from './messages.ts'

export interface CompileListener {
  readonly progress: (stage: string, fraction: number) => void
  readonly compiled: (model: CompiledModel) => void
  readonly failed: (problems: readonly PlainProblem[]) => void
  readonly explored?: (exploration: Exploration) => void
  readonly unexplored?: (message: string) => void
}

const SOON = 4e6

export class Compiler {
  #worker: Worker | undefined
  #listener: CompileListener | undefined
  #id = 0

  get busy(): boolean {
    return this.#listener !== undefined
  }

  compile(file: Blob, name: string, options: Readonly<ModelOptions>, listener: CompileListener): void {
    // What a small model still has to do is waited for: a new worker would take longer to be there.
    if (this.busy && file.size > SOON) this.cancel()
    this.#listener = listener
    this.#worker ??= this.#start()
    const request: CompileRequest = { id: ++this.#id, file, name, options, explore: listener.explored !== undefined }
    this.#worker.postMessage(request)
  }

  /** Ends what is under way. Nobody is told. */
  cancel(): void {
    this.#worker?.terminate()
    this.#worker = undefined
    this.#listener = undefined
  }

  #start(): Worker {
    const worker = new Worker(new URL('./compile-worker.ts', import.meta.url), { type: 'module', name: 'compiler' })
    worker.onmessage = ({ data }: MessageEvent<CompileAnswer>) => this.#hear(data)
    worker.onerror = (event) => {
      event.preventDefault()
      const listener = this.#listener
      this.cancel()
      listener?.failed([
        {
          code: 'PT9001',
          message: event.message ? `the compiler stopped: ${event.message}` : 'the compiler could not be loaded, or the browser ended it',
          fix: 'a model may need more memory than a tab has; the command line has no such limit: npx unplugin-torch convert.',
        },
      ])
    }
    return worker
  }

  #hear(answer: CompileAnswer): void {
    const listener = this.#listener
    if (answer.id !== this.#id || listener === undefined) return
    if (answer.kind === 'progress') return listener.progress(answer.stage, answer.fraction)
    const isLast = listener.explored === undefined || answer.kind === 'explored' || answer.kind === 'unexplored'
    if (isLast) this.#listener = undefined
    if (answer.kind === 'compiled') listener.compiled(answer.model)
    else if (answer.kind === 'failed') listener.failed(answer.problems)
    else if (answer.kind === 'explored') listener.explored?.(answer.exploration)
    else listener.unexplored?.(answer.message)
  }
}
