// Runs models: imports the very module that was generated, from memory, and calls it. A worker of its own, so that a model that does not come to
// its end can be ended, and so that nowhere else in the page generated code may run (its policy alone allows `blob:` scripts).

import * as runtime from 'unplugin-torch/runtime'
import * as gpu from 'unplugin-torch/runtime/gpu'
import * as host from 'unplugin-torch/runtime/host'
import {
  RUNTIME,
  RUNTIME_GPU,
  RUNTIME_HOST,
  type CallResult,
  type OpenResult,
  type RaceResult,
  type RunAnswer,
  type RunRequest,
  type Slot,
} from './messages.ts'
import { Timer } from './timer.ts'

interface Scope {
  onmessage: ((event: MessageEvent<RunRequest>) => void) | null
  postMessage(answer: RunAnswer): void
  /** What generated modules find their graph, onnxruntime and the runtime by. */
  torchExplorer: {
    readonly url: () => string
    readonly ort: () => Promise<unknown>
    readonly gpuOrt: () => Promise<unknown>
    readonly modules: Readonly<Record<string, object>>
  }
}
type Method = ((...values: unknown[]) => Promise<unknown>) & { reset(): void; dispose(): Promise<void> }
type Generated = Method & { readonly methods: Readonly<Record<string, Method>> }

const scope = globalThis as unknown as Scope
const SILENT = { logSeverityLevel: 4 } as const

/** What a model does not take comes back as an error; nothing of it is on the console. */
async function ort(): Promise<unknown> {
  const { env, Tensor, InferenceSession } = await import('onnxruntime-web/wasm')
  const create = async (graph: Uint8Array, options: object): Promise<unknown> => {
    const session = await InferenceSession.create(graph, { ...options, ...SILENT })
    const run = session.run.bind(session) as (...values: unknown[]) => Promise<never>
    return Object.assign(session, { run: (...values: unknown[]) => run(...values, ...(values.length === 1 ? [SILENT] : [])) })
  }
  return { env, Tensor, InferenceSession: { create } }
}

let graphUrl = ''
scope.torchExplorer = { url: () => graphUrl, ort, gpuOrt: () => import('onnxruntime-web/webgpu'), modules: { runtime, host, gpu } }

const scriptUrl = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))

/** The address of a module that exports what a library of this bundle has. */
function library(name: 'runtime' | 'host' | 'gpu'): string {
  const names = Object.keys(scope.torchExplorer.modules[name]!)
  return scriptUrl(`export const { ${names.join(', ')} } = torchExplorer.modules.${name}\n`)
}
const addresses = { [RUNTIME]: library('runtime'), [RUNTIME_HOST]: library('host'), [RUNTIME_GPU]: library('gpu') }

const open = new Map<Slot, Generated>()

async function openModel(slot: Slot, loader: string, graph: Uint8Array<ArrayBuffer>): Promise<OpenResult> {
  await open.get(slot)?.dispose()
  open.delete(slot)
  // The imports are the first lines: nothing of the model stands before them. The longer names first, which have the other as their beginning.
  const text = loader
    .replace(RUNTIME_HOST, addresses[RUNTIME_HOST])
    .replace(RUNTIME_GPU, addresses[RUNTIME_GPU])
    .replace(RUNTIME, addresses[RUNTIME])
  const address = scriptUrl(text)
  graphUrl = URL.createObjectURL(new Blob([graph]))
  const own = graphUrl
  try {
    const start = performance.now()
    const { default: model } = (await import(/* @vite-ignore */ address)) as {
      readonly default: Generated & { load(): Promise<void>; readonly device?: string }
    }
    await model.load()
    open.set(slot, model)
    return { milliseconds: performance.now() - start, device: model.device ?? 'wasm' }
  } finally {
    URL.revokeObjectURL(own)
    URL.revokeObjectURL(address)
  }
}

const BUDGET = 600

function methodOf(slot: Slot, name: string): Method {
  const model = open.get(slot)
  if (model === undefined) throw new Error('the model is not open')
  return model.methods[name] ?? model
}

async function call(slot: Slot, method: string, calls: readonly (readonly unknown[])[], measure: boolean): Promise<CallResult> {
  const run = methodOf(slot, method)
  run.reset()
  for (const values of calls.slice(0, -1)) await run(...values)
  const values = calls.at(-1) ?? []
  const start = performance.now()
  const value = plain(await run(...values))
  const first = performance.now() - start
  if (!measure) return { value, first, runs: 0 }
  const timer = new Timer(() => run(...values))
  await timer.measure(BUDGET - first)
  const { median, runs } = timer
  return { value, first, runs, ...(median === undefined ? {} : { median }) }
}

async function race(method: string, values: readonly unknown[]): Promise<RaceResult> {
  const [shown, without] = (['shown', 'plain'] as const).map((slot) => new Timer(() => methodOf(slot, method)(...values)))
  const end = performance.now() + 2 * BUDGET
  do {
    await shown!.measure(0)
    await without!.measure(0)
  } while (performance.now() < end)
  return { shown: shown!.least, plain: without!.least }
}

/** A result without classes of onnxruntime: tensors become plain objects. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return new Map(Array.from(value, ([key, item]) => [key, plain(item)]))
  if ('dims' in value && 'data' in value && 'type' in value) {
    const { type, data, dims, label } = value as unknown as Readonly<Record<string, unknown>>
    return { type, data, dims: [...(dims as number[])], ...(label === undefined ? {} : { label }) }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

let queue: Promise<unknown> = Promise.resolve()
scope.onmessage = ({ data }) => void (queue = queue.then(() => answer(data)))

async function answer(request: RunRequest): Promise<void> {
  const { id } = request
  try {
    const value =
      request.kind === 'open'
        ? await openModel(request.slot, request.loader, request.graph)
        : request.kind === 'race'
          ? await race(request.method, request.values)
          : await call(request.slot, request.method, request.calls, request.measure)
    scope.postMessage({ id, value })
  } catch (cause) {
    const { name, message, code } = cause as Error & { readonly code?: string }
    scope.postMessage({ id, error: { name, message, ...(code === undefined ? {} : { code }) } })
  }
}
