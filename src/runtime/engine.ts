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
    const failed = (code: string) => (cause: unknown) => {
      throw new TorchLoadError(code, `onnxruntime: ${cause}`, { cause })
    }
    const [module, bytes] = await Promise.all([config.ort().catch(failed('PT5205')), fetchModel(config, report, signal)])
    signal.throwIfAborted()
    const ort = configure(module, config.wasm?.())
    // Errors only: what its optimizer has to say of the graph is nothing to a page.
    const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 }).catch(failed('PT5206'))
    const running = new Set<Promise<unknown>>()
    return {
      run: async (feeds) => {
        signal.throwIfAborted()
        // What means nothing in this call (None, cold state, other methods' inputs) is fed too, since onnxruntime wants every input.
        const inputs = session.inputMetadata.map(({ name, type: declared = 'float32', shape = [] }) => {
          const sizes = shape.map((size) => ((size as number) >= 0 ? (size as number) : 1))
          const { type, data, dims } = feeds.get(name) ?? { type: declared, data: arrayOf(declared as DataType, count(sizes)), dims: sizes }
          return [name, new ort.Tensor(type as never, data as never, dims)]
        })
        const outputs = session.run(Object.fromEntries(inputs) as object)
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
