// The compiler in a worker of its own: a file in, a model out, then what each step made of it. The page cancels it by ending the worker.

import {
  compile,
  CompileError,
  createEvaluator,
  explore,
  type CompileHost,
  type LoaderHost,
  type OnnxRuntime,
  type Report,
} from 'unplugin-torch/compiler'
import {
  RUNTIME,
  RUNTIME_GPU,
  RUNTIME_HOST,
  type CompileAnswer,
  type CompileRequest,
  type PlainProblem,
  type PlainReport,
} from './messages.ts'

interface Scope {
  onmessage: ((event: MessageEvent<CompileRequest>) => void) | null
  postMessage(answer: CompileAnswer, transfer?: Transferable[]): void
}
const scope = globalThis as unknown as Scope

let runtime: Promise<OnnxRuntime> | undefined

/** Loaded for the first model with constants to be computed. */
function loadRuntime(): Promise<OnnxRuntime> {
  runtime ??= import('onnxruntime-web/wasm').then((ort) => {
    ort.env.wasm.numThreads = 1
    ort.env.logLevel = 'error'
    return ort as unknown as OnnxRuntime
  })
  return runtime
}

const evaluator = createEvaluator(loadRuntime)

/** How the run worker reaches the graph and onnxruntime: by what it keeps under this name. */
const RUN_HOST: LoaderHost = {
  url: 'torchExplorer.url()',
  ort: 'torchExplorer.ort()',
  runtime: RUNTIME,
  runtimeHost: RUNTIME_HOST,
  runtimeGpu: RUNTIME_GPU,
}
const RUN_GPU = { ort: 'torchExplorer.gpuOrt()' }

/** A module beside its graph, for any bundler that follows dynamic imports. */
const fileHost = (stem: string): LoaderHost => ({
  url: `new URL(${JSON.stringify(`./${stem}.onnx`)}, import.meta.url).href`,
  ort: `import('onnxruntime-web/wasm')`,
})
const FILE_GPU = { ort: `'Suspending' in WebAssembly ? import('onnxruntime-web/jspi') : import('onnxruntime-web/webgpu')` }

let last: { readonly file: Blob; readonly bytes: Uint8Array } | undefined

async function bytesOf(file: Blob): Promise<Uint8Array> {
  if (last?.file.size !== file.size || last.file !== file) last = { file, bytes: new Uint8Array(await file.arrayBuffer()) }
  return last.bytes
}

let queue: Promise<unknown> = Promise.resolve()
let newest = 0
scope.onmessage = ({ data }) => {
  newest = data.id
  queue = queue.then(() => answer(data))
}

async function answer({ id, file, name, options, explore: andExplore }: CompileRequest): Promise<void> {
  const host: CompileHost = {
    evaluator,
    runtime: loadRuntime,
    onProgress: (stage, fraction) => scope.postMessage({ id, kind: 'progress', stage, fraction }),
  }
  if (id !== newest) return
  try {
    scope.postMessage({ id, kind: 'progress', stage: 'open', fraction: 0 })
    const bytes = await bytesOf(file)
    const start = performance.now()
    const result = await compile(bytes, { ...options, file: name }, host)
    const milliseconds = performance.now() - start
    const graph = result.graph as Uint8Array<ArrayBuffer>
    const { signatures, dts } = result
    const onGpu = options.device === 'webgpu'
    const stem = name.replace(/\.[^.]*$/, '')
    const report = plainReport(result.report)
    const model = {
      graph,
      signatures,
      dts,
      report,
      loader: result.loader({ ...fileHost(stem), ...(onGpu ? { gpu: FILE_GPU } : {}) }),
      runnable: result.loader({ ...RUN_HOST, ...(onGpu ? { gpu: RUN_GPU } : {}) }),
      milliseconds,
    }
    scope.postMessage({ id, kind: 'compiled', model }, [graph.buffer])
  } catch (error) {
    scope.postMessage({ id, kind: 'failed', problems: problemsOf(error) })
  }
  if (!andExplore || id !== newest) return
  try {
    scope.postMessage({ id, kind: 'progress', stage: 'explore', fraction: 1 })
    // Compiled once more, by someone who looks: so that what can be run is not kept waiting by what is to be read.
    const exploration = await explore(await bytesOf(file), { ...options, file: name }, { evaluator, runtime: loadRuntime })
    scope.postMessage({ id, kind: 'explored', exploration })
  } catch (error) {
    scope.postMessage({ id, kind: 'unexplored', message: error instanceof Error ? error.message : String(error) })
  }
}

/** Places as text: ranges hold the sources that they are in. */
function plainReport({ notices: [first, ...more], verification: _, ...report }: Report): PlainReport {
  return { ...report, notices: first === undefined ? [] : problemsOf(new CompileError([first, ...more])) }
}

function problemsOf(error: unknown): readonly PlainProblem[] {
  if (error instanceof CompileError) return error.toJSON().problems as readonly PlainProblem[]
  const message = error instanceof Error ? error.message : String(error)
  const isMemory = error instanceof RangeError || /memory|allocation/i.test(message)
  return [
    {
      code: 'PT9001',
      message: isMemory ? `this tab has not the memory for this model (${message})` : message,
      fix: isMemory
        ? 'convert it with the command line: npx unplugin-torch convert.'
        : 'this should not happen; please report it with the model.',
    },
  ]
}
