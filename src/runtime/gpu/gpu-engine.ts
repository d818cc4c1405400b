// Runs the graph on WebGPU where the page has it, else on wasm: the adapter is asked for first, and the first run decides.
// Outputs that are asked to stay are left on the GPU as cells; all others are read back.

import type { Feeds } from '../arguments.ts'
import type { EngineConfig } from '../engine.ts'
import { TorchLoadError } from '../errors.ts'
import { fetchModel } from '../fetch-model.ts'
import { configure, type Ort, type OrtModule, type OrtSession } from '../ort.ts'
import type { Outputs } from '../results.ts'
import { sharedLoad, type Engine, type Session } from '../shared-load.ts'
import type { Signature } from '../signature.ts'
import { arrayOf, count, tensor } from '../tensor.ts'
import type { DataType, Tensor } from '../tensor-types.ts'
import { Cell, exclusively, type OrtTensor } from './cell.ts'
import { isPlaced } from './device-tensor.ts'
import { tensorOutputs } from './tensor-outputs.ts'

export type Device = 'webgpu' | 'wasm'

export interface GpuConfig {
  /** onnxruntime with WebGPU, e.g. `() => import('onnxruntime-web/jspi')`. */
  readonly ort: () => Promise<OrtModule>
  /** URL of its wasm, where the bundler does not place it by itself. */
  readonly wasm?: (() => string) | undefined
  /** The graph computes in float16: an adapter without `shader-f16` cannot run it. */
  readonly half?: boolean | undefined
  /** False: every output of every call is read back. */
  readonly keep?: boolean | undefined
}

export interface GpuEngineConfig extends EngineConfig {
  readonly gpu: GpuConfig
  /** Absent in a worker, which hands everything to the page. */
  readonly signatures?: readonly Signature[]
}

export interface GpuSession extends Session {
  /** Tells it from a session of another thread. */
  readonly keeps: true
  /** Outputs in `kept` have a Cell for their data. */
  run(feeds: Feeds, kept?: ReadonlySet<string>): Promise<Outputs>
}

export interface GpuEngine extends Engine {
  /** Where the graph runs; undefined before it is loaded. */
  readonly device: Device | undefined
}

/** A session, and the onnxruntime that it is of. */
interface Runner {
  readonly device: Device
  readonly ort: Ort
  readonly session: OrtSession
  /** A run of it on the GPU has failed. */
  failed: boolean
}

/** A run that comes after one that failed: to be made on the session that takes its place. */
const OUTLIVED = Symbol('outlived')

interface Adapter {
  readonly features: { has(name: string): boolean }
}
interface Navigator {
  readonly gpu?: { requestAdapter(): Promise<Adapter | null> }
}

let told = false

/** Why the page cannot run the graph on WebGPU; undefined where it may. `navigator.gpu` alone tells nothing. */
async function obstacle({ half }: GpuConfig): Promise<string | undefined> {
  const adapter = await (globalThis.navigator as Navigator | undefined)?.gpu?.requestAdapter().catch(() => null)
  if (!adapter) return 'no WebGPU adapter'
  return half && !adapter.features.has('shader-f16') ? 'the WebGPU adapter has no shader-f16' : undefined
}

export function gpuEngine(config: GpuEngineConfig): GpuEngine {
  const { gpu, signatures = [] } = config
  let device: Device | undefined
  const locations = gpu.keep === false ? {} : Object.fromEntries(tensorOutputs(signatures).map((id) => [id, 'gpu-buffer']))
  const engine = sharedLoad(async (report, signal) => {
    const failed = (code: string) => (cause: unknown) => {
      throw new TorchLoadError(code, `onnxruntime: ${cause}`, { cause })
    }
    // Kept until a run has shown where the graph runs.
    let fetched: Promise<Uint8Array> | undefined
    const bytes = (): Promise<Uint8Array> => {
      if (fetched === undefined) {
        fetched = fetchModel(config, report, signal)
        // Told once the runtime is there.
        fetched.catch(() => {})
      }
      return fetched
    }
    const onWasm = async (): Promise<Runner> => {
      const [module, model] = await Promise.all([config.ort().catch(failed('PT5205')), bytes()])
      signal.throwIfAborted()
      const ort = configure(module, config.wasm?.())
      const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 }).catch(failed('PT5206'))
      return { device: 'wasm', ort, session, failed: false }
    }
    const onGpu = async (): Promise<Runner> => {
      const [module, model] = await Promise.all([gpu.ort(), bytes()])
      signal.throwIfAborted()
      const ort = configure(module, gpu.wasm?.())
      // Nothing is printed: what fails here runs on wasm.
      const options = { logSeverityLevel: 4, executionProviders: ['webgpu'], preferredOutputLocation: locations } as const
      return { device: 'webgpu', ort, session: await exclusively(() => ort.InferenceSession.create(model, options)), failed: false }
    }
    const open = async (): Promise<Runner> => {
      void bytes()
      const reason = await obstacle(gpu)
      if (reason === undefined)
        try {
          return await onGpu()
        } catch (cause) {
          if (signal.aborted || (await bytes().catch(() => undefined)) === undefined) throw cause
          tell(cause)
        }
      else tell(reason)
      return onWasm()
    }

    const cells = new Set<Cell>()
    const running = new Set<Promise<unknown>>()
    let runner = open()
    // Until a run has shown that the GPU can do it all.
    let isProven = (await runner).device === 'wasm'

    const close = async ({ session, device: of }: Runner): Promise<void> => {
      await Promise.allSettled(Array.from(cells, (cell) => cell.unload()))
      await (of === 'wasm' ? session.release() : exclusively(() => session.release()))
    }
    const replace = (by: Promise<Runner>): void => {
      runner = by
      by.catch(() => {})
    }
    /** What wasm makes of inputs that failed on the GPU; nothing where it cannot run them either, and the inputs are at fault. */
    const onTrial = async (feeds: Feeds, kept?: ReadonlySet<string>): Promise<{ wasm: Runner; outputs: Outputs } | undefined> => {
      const wasm = await onWasm()
      try {
        return { wasm, outputs: await runOn(wasm, feeds, kept, cells) }
      } catch {
        await wasm.session.release()
        return undefined
      }
    }
    const run = async (feeds: Feeds, kept?: ReadonlySet<string>): Promise<Outputs> => {
      for (;;) {
        signal.throwIfAborted()
        const current = await runner
        device = current.device
        try {
          const outputs = await runOn(current, feeds, kept, cells)
          isProven = true
          fetched = undefined
          return outputs
        } catch (cause) {
          if (cause === OUTLIVED) {
            await new Promise((resolve) => setTimeout(resolve))
            continue
          }
          if (current.device === 'wasm') throw cause
          // A session with outputs on the GPU takes no other inputs once a run of it has failed.
          const trial = onTrial(feeds, kept)
          const wasProven = isProven
          replace(
            trial.then(async (passed) => {
              await close(current)
              if (passed !== undefined && !wasProven) return passed.wasm
              await passed?.wasm.session.release()
              return open()
            }),
          )
          const passed = await trial
          if (passed === undefined) throw cause
          if (!wasProven) {
            tell(cause)
            device = 'wasm'
            isProven = true
          }
          return passed.outputs
        }
      }
    }
    device = (await runner).device
    if (!isProven) await warmUp(await runner, run)
    return {
      keeps: true,
      run: (feeds: Feeds, kept?: ReadonlySet<string>) => {
        const outputs = run(feeds, kept)
        running.add(outputs)
        return outputs.finally(() => running.delete(outputs))
      },
      close: async () => {
        device = undefined
        await Promise.allSettled(running)
        device = undefined
        await runner.then(close, () => {})
      },
    } satisfies GpuSession
  })
  return Object.defineProperty(engine, 'device', { get: () => device }) as GpuEngine
}

/** Once, and not where nobody expects a GPU. */
function tell(reason: unknown): void {
  if (!told && !('process' in globalThis)) console.info(`unplugin-torch: runs on wasm: ${reason}.`)
  told = true
}

/** Shaders are compiled by the first run: now, where the shapes are known, and zeros mean nothing else than other numbers. */
async function warmUp({ session }: Runner, run: GpuSession['run']): Promise<void> {
  const isKnown = session.inputMetadata.every(
    ({ type, shape = [] }) => type?.startsWith('float') && shape.every((size) => typeof size === 'number' && size > 0),
  )
  if (isKnown) await run(new Map()).catch(() => {})
}

function runOn(runner: Runner, feeds: Feeds, kept: ReadonlySet<string> | undefined, cells: Set<Cell>): Promise<Outputs> {
  const { device, ort, session } = runner
  const input = async ({
    name,
    type: declared = 'float32',
    shape = [],
  }: OrtSession['inputMetadata'][number]): Promise<[string, unknown]> => {
    const given = feeds.get(name)
    if (given === undefined) {
      // What means nothing in this call is fed too, since onnxruntime wants every input.
      const sizes = shape.map((size) => ((size as number) >= 0 ? (size as number) : 1))
      return [name, new ort.Tensor(declared as never, arrayOf(declared as DataType, count(sizes)) as never, sizes)]
    }
    const { type, dims, data } = given
    if (!isPlaced(given)) return [name, new ort.Tensor(type as never, data as never, dims)]
    const cell = given.data
    return [name, (device === 'webgpu' && cell.device) || new ort.Tensor(type as never, (await cell.elements()) as never, dims)]
  }
  const output = async ([name, value]: readonly [string, OrtTensor]): Promise<[string, Tensor]> => {
    const { type, dims } = value
    const inMemory = value.location === 'cpu'
    if (!kept?.has(name)) return [name, tensor(type, (inMemory ? value.data : await value.getData(true)) as never, dims)]
    const data = inMemory ? new Cell(value.data) : new Cell(undefined, value, cells)
    return [name, { type, dims, data, size: count(dims) } as unknown as Tensor]
  }
  return exclusively(async () => {
    if (runner.failed) throw OUTLIVED
    try {
      const inputs = await Promise.all(session.inputMetadata.map(input))
      const outputs = await session.run(Object.fromEntries(inputs) as object, { logSeverityLevel: 4 })
      return new Map(await Promise.all(Object.entries(outputs as Record<string, OrtTensor>).map(output)))
    } catch (cause) {
      runner.failed = device === 'webgpu'
      throw cause
    }
  })
}
