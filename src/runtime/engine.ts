// Runs the graph on this thread: fetches it, opens one session, feeds it tensors. Knows nothing of methods, arguments or state.

import { TorchLoadError } from './errors.ts'
import { fetchModel, type ModelFile } from './fetch-model.ts'
import { configure, type OrtModule } from './ort.ts'
import { sharedLoad, type Engine } from './shared-load.ts'
import { arrayOf, count } from './tensor.ts'
import type { DataType, Tensor } from './tensor-types.ts'

export interface EngineConfig extends ModelFile {
  /** The onnxruntime module, e.g. `() => import('onnxruntime-web/wasm')`. */
  readonly ort: () => Promise<OrtModule>
  /** URL of its wasm, where the bundler does not place it by itself. */
  readonly wasm?: (() => string) | undefined
}

export function localEngine(config: EngineConfig): Engine {
  return sharedLoad(async (report, signal) => {
    const failed = (code: string, what: string) => (cause: unknown) => {
      throw new TorchLoadError(code, `onnxruntime could not ${what}: ${cause}`, { cause })
    }
    const [module, bytes] = await Promise.all([config.ort().catch(failed('PT5205', 'be loaded')), fetchModel(config, report, signal)])
    signal.throwIfAborted()
    const ort = configure(module, config.wasm?.())
    const session = await ort.InferenceSession.create(bytes).catch(failed('PT5206', 'open the model'))
    const running = new Set<Promise<unknown>>()
    return {
      run: async (feeds) => {
        signal.throwIfAborted()
        const inputs = Object.create(null) as Record<string, unknown>
        // What means nothing in this call (None, cold state, other methods' inputs) is fed too, since onnxruntime wants every input.
        for (const { name, type: declared = 'float32', shape = [] } of session.inputMetadata) {
          const sizes = shape.map((size) => (Number(size) >= 0 ? Number(size) : 1))
          const { type, data, dims } = feeds.get(name) ?? { type: declared, data: arrayOf(declared as DataType, count(sizes)), dims: sizes }
          inputs[name] = new ort.Tensor(type as never, data as never, dims)
        }
        const outputs = session.run(inputs)
        running.add(outputs)
        return new Map(Object.entries((await outputs.finally(() => running.delete(outputs))) as Record<string, Tensor>))
      },
      close: async () => {
        await Promise.allSettled(running)
        await session.release()
      },
    }
  })
}
