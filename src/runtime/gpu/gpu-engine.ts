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
}

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
    const fetched = fetchModel(config, report, signal)
    // Told below, once the runtime is there.
    fetched.catch(() => {})

    const onWasm = async (reason: unknown): Promise<Runner> => {
      if (!told && !('process' in globalThis)) console.info(`unplugin-torch: runs on wasm: ${reason}.`)
      told = true
      const [module, bytes] = await Promise.all([config.ort().catch(failed('PT5205')), fetched])
      signal.throwIfAborted()
      const ort = configure(module, config.wasm?.())
      return { device: 'wasm', ort, session: await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 }).catch(failed('PT5206')) }
    }
    const onGpu = async (): Promise<Runner> => {
      const [module, bytes] = await Promise.all([gpu.ort(), fetched])
      signal.throwIfAborted()
      const ort = configure(module, gpu.wasm?.())
      const options = { logSeverityLevel: 3, executionProviders: ['webgpu'], preferredOutputLocation: locations } as const
      return { device: 'webgpu', ort, session: await exclusively(() => ort.InferenceSession.create(bytes, options)) }
    }

    const reason = await obstacle(gpu)
    let runner = await (reason === undefined
      ? onGpu().catch((cause: unknown) => {
          if (signal.aborted) throw cause
          return onWasm(cause)
        })
      : onWasm(reason))
    device = runner.device
    // Until a run has shown that the GPU can do it all.
    let isProven = device === 'wasm'
    let second: Promise<Runner> | undefined
    const cells = new Set<Cell>()
    const running = new Set<Promise<unknown>>()

    const run = async (feeds: Feeds, kept?: ReadonlySet<string>): Promise<Outputs> => {
      signal.throwIfAborted()
      const first = runner
      try {
        const outputs = await runOn(first, feeds, kept, cells)
        isProven = true
        return outputs
      } catch (cause) {
        if (isProven) throw cause
        // The GPU's fault, or that of the inputs? Where wasm cannot run them either, it is theirs.
        const other = await (second ??= onWasm(cause))
        const outputs = await runOn(other, feeds, kept, cells)
        if (runner === first) {
          runner = other
          device = 'wasm'
          isProven = true
          await exclusively(() => first.session.release())
        }
        return outputs
      }
    }
    if (!isProven) await warmUp(runner, run)
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
        await Promise.allSettled(Array.from(cells, (cell) => cell.unload()))
        await exclusively(() => runner.session.release())
        const other = await second?.catch(() => undefined)
        if (other !== undefined && other !== runner) await other.session.release()
      },
    } satisfies GpuSession
  })
  return Object.defineProperty(engine, 'device', { get: () => device }) as GpuEngine
}

/** Shaders are compiled by the first run: now, where the shapes are known. What is wrong with zeros alone is not the GPU's fault. */
async function warmUp({ session }: Runner, run: GpuSession['run']): Promise<void> {
  const isStatic = session.inputMetadata.every(({ shape = [] }) => shape.every((size) => typeof size === 'number' && size >= 0))
  if (isStatic) await run(new Map()).catch(() => {})
}

async function runOn(
  { device, ort, session }: Runner,
  feeds: Feeds,
  kept: ReadonlySet<string> | undefined,
  cells: Set<Cell>,
): Promise<Outputs> {
  const inputs = await Promise.all(
    session.inputMetadata.map(async ({ name, type: declared = 'float32', shape = [] }) => {
      const given = feeds.get(name)
      if (given === undefined) {
        // What means nothing in this call is fed too, since onnxruntime wants every input.
        const sizes = shape.map((size) => ((size as number) >= 0 ? (size as number) : 1))
        return [name, new ort.Tensor(declared as never, arrayOf(declared as DataType, count(sizes)) as never, sizes)]
      }
      const { type, dims } = given
      if (!isPlaced(given)) return [name, new ort.Tensor(type as never, given.data as never, dims)]
      if (device === 'webgpu' && given.data.device !== undefined) return [name, given.data.device]
      return [name, new ort.Tensor(type as never, (await given.data.read()) as never, dims)]
    }),
  )
  return exclusively(async () => {
    const made = (await session.run(Object.fromEntries(inputs) as object)) as Record<string, OrtTensor>
    return new Map(
      await Promise.all(
        Object.entries(made).map(async ([name, value]): Promise<[string, Tensor]> => {
          const { type, dims } = value
          if (kept?.has(name))
            return [
              name,
              {
                type,
                dims,
                data: value.location === 'cpu' ? new Cell(value.data) : new Cell(undefined, value, cells),
                size: count(dims),
              } as unknown as Tensor,
            ]
          return [name, tensor(type, (value.location === 'cpu' ? value.data : await value.getData(true)) as never, dims)]
        }),
      ),
    )
  })
}
