// Runs the graph on this thread: fetches it, opens one session, feeds it tensors. Knows nothing of methods, arguments or state.

import type { Feeds } from './arguments.ts'
import { TorchLoadError } from './errors.ts'
import { fetchModel, type ModelFile } from './fetch-model.ts'
import { configure, type OrtModule } from './ort.ts'
import type { Outputs } from './results.ts'
import { sharedLoad, type LoadOptions } from './shared-load.ts'
import { arrayOf, count } from './tensor.ts'
import type { DataType, Tensor } from './tensor-types.ts'

export interface Engine {
  load(options?: LoadOptions): Promise<unknown>
  /** All outputs of the graph. */
  run(feeds: Feeds): Promise<Outputs>
  dispose(): Promise<void>
}

export interface EngineConfig extends ModelFile {
  /** The onnxruntime module, e.g. `() => import('onnxruntime-web/wasm')`. */
  readonly ort: () => Promise<OrtModule>
  /** URL of its wasm, where the bundler does not place it by itself. */
  readonly wasm?: (() => string) | undefined
}

export const disposed = (): TorchLoadError => new TorchLoadError('PT5208', 'The model was disposed.')

export function localEngine(config: EngineConfig): Engine {
  const running = new Set<Promise<unknown>>()

  const { get, end } = sharedLoad(async (report, signal) => {
    const failed = (code: string, what: string) => (cause: unknown) => {
      throw new TorchLoadError(code, `onnxruntime could not ${what}: ${cause}`, { cause })
    }
    const [module, bytes] = await Promise.all([config.ort().catch(failed('PT5205', 'be loaded')), fetchModel(config, report, signal)])
    const ort = configure(module, config.wasm?.())
    const session = await ort.InferenceSession.create(bytes).catch(failed('PT5206', 'open the model'))
    if (signal.aborted) await session.release()
    signal.throwIfAborted()
    return { ort, session }
  })

  const run = async (feeds: Feeds): Promise<Outputs> => {
    const { ort, session } = await get()
    const inputs = Object.create(null) as Record<string, unknown>
    // What means nothing in this call (None, cold state, other methods' inputs) is fed too, since onnxruntime wants every input.
    for (const { name, type: declared = 'float32', shape = [] } of session.inputMetadata) {
      const sizes = shape.map((size) => (Number(size) >= 0 ? Number(size) : 1))
      const { type, data, dims } = feeds.get(name) ?? { type: declared, data: arrayOf(declared as DataType, count(sizes)), dims: sizes }
      inputs[name] = new ort.Tensor(type as never, data as never, dims)
    }
    return new Map(Object.entries((await session.run(inputs)) as Record<string, Tensor>))
  }

  return {
    load: get,
    run: (feeds) => {
      const outputs = run(feeds)
      running.add(outputs)
      return outputs.finally(() => running.delete(outputs))
    },
    dispose: async () => {
      const open = await end(disposed())
      await Promise.allSettled(running)
      await open?.session.release()
    },
  }
}
