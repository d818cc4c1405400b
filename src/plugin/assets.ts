// How each bundler lets generated code reach the graph, onnxruntime and the model's worker: one mechanism a row, each as it was found to work.
// `new URL(…, import.meta.url)` is an absolute address in a page, in a worker and in Node alike.

import type { LoaderHost } from '../compiler/types.ts'

/** JavaScript of an absolute URL beside the module that holds it. */
export const besideModule = (expression: string): string => `new URL(${expression}, import.meta.url).href`

/** JavaScript that starts a module worker; `url` is the expression of its URL. */
const startWorker = (url: string): string => `new Worker(${url}, { type: 'module' })`

/**
 * onnxruntime by dynamic import, so that it gets a chunk of its own: its threads start that chunk again, which must not be the app.
 * A bundle for pages also runs in Node, where onnxruntime has another entry; its name is put together at run time, so that no bundler follows it
 * (it would bring a second wasm of 28 MB along).
 */
export const ortImport = (web = 'import("onnxruntime-web/wasm")'): string => `globalThis.process?.versions?.node ? ${ORT_NODE} : ${web}`

/** JavaScript for browsers that can suspend WebAssembly, whose onnxruntime is 10 MB smaller, and for the others. */
export const bySuspending = (jspi: string, asyncify: string): string => `'Suspending' in WebAssembly ? ${jspi} : ${asyncify}`

/** onnxruntime with WebGPU, in chunks of its own: reached only where a page has an adapter. */
export const GPU_IMPORT = bySuspending('import("onnxruntime-web/jspi")', 'import("onnxruntime-web/webgpu")')

type Device = 'wasm' | 'webgpu' | undefined

const forGpu = (device: Device, gpu: NonNullable<LoaderHost['gpu']>): Pick<LoaderHost, 'gpu'> => (device === 'webgpu' ? { gpu } : {})

/** Never taken in a page. The version only has to be there: it makes the specifier unknowable to a bundler. */
const ORT_NODE = 'import(/* webpackIgnore: true */ /* @vite-ignore */ `onnxruntime-${process.versions.node && "web"}`)'

export interface AssetInput {
  readonly device: Device
  readonly worker: boolean
}

/** Vite's dev server: bytes from our middleware, the worker as a module of the server. */
export function viteDevHost({ device, worker }: AssetInput, graphPath: string, workerPath: string): LoaderHost {
  return {
    // Vite itself must not take the path for a file.
    url: besideModule(`/* @vite-ignore */ ${JSON.stringify(graphPath)}`),
    ort: 'import("onnxruntime-web/wasm")',
    ...forGpu(device, { ort: GPU_IMPORT }),
    ...(worker ? { worker: startWorker(`new URL(${JSON.stringify(workerPath)}, globalThis.location.origin)`) } : {}),
  }
}

/** Modules that a dev server evaluates in Node: the graph is a file in a temporary folder. */
export function nodeDevHost(device: Device, graphUrl: string, entry = 'onnxruntime-web'): LoaderHost {
  const ort = `import(${JSON.stringify(entry)})`
  return { url: JSON.stringify(graphUrl), ort, ...forGpu(device, { ort }) }
}

/** Vite's build for Node: everything it needs lies in the output, since `node_modules` may be pruned there. The texts in `files` are replaced by relative paths once chunks have names. */
export function nodeBuildHost(device: Device, files: { readonly graph: string; readonly glue: string; readonly wasm: string }): LoaderHost {
  const url = (text: string): string => besideModule(JSON.stringify(text))
  const ort = `import('onnxruntime-web').then((ort) => ((ort.env.wasm.wasmPaths ??= { mjs: ${url(files.glue)}, wasm: ${url(files.wasm)} }), ort))`
  return { url: url(files.graph), ort, ...forGpu(device, { ort }) }
}

/** Rollup, Rolldown and Vite's build: references to emitted files. Vite places onnxruntime's wasm by itself. */
export function rollupHost(
  { device }: AssetInput,
  references: {
    readonly graph: string
    readonly wasm?: string
    readonly jspi?: string
    readonly asyncify?: string
    readonly worker?: string
  },
): LoaderHost {
  const url = (reference: string): string => `import.meta.ROLLUP_FILE_URL_${reference}`
  return {
    url: url(references.graph),
    ort: ortImport(),
    ...(references.wasm === undefined ? {} : { wasm: url(references.wasm) }),
    ...forGpu(device, {
      ort: GPU_IMPORT,
      ...(references.jspi === undefined || references.asyncify === undefined
        ? {}
        : { wasm: bySuspending(url(references.jspi), url(references.asyncify)) }),
    }),
    ...(references.worker === undefined ? {} : { worker: startWorker(url(references.worker)) }),
  }
}

/** webpack and Rspack: their own asset module and worker syntax; the requests carry a query that our rule answers. */
export function webpackHost({ device, worker }: AssetInput, assetRequest: string, workerRequest: string): LoaderHost {
  return {
    url: besideModule(JSON.stringify(assetRequest)),
    ort: ortImport(),
    ...forGpu(device, { ort: GPU_IMPORT }),
    ...(worker ? { worker: startWorker(`new URL(${JSON.stringify(workerRequest)}, import.meta.url)`) } : {}),
  }
}

/** Requests of both kinds of onnxruntime with WebGPU: the wasm, and without code splitting the module as well. */
export interface EsbuildGpu {
  readonly wasmJspi: string
  readonly wasmAsyncify: string
  readonly jspi?: string
  readonly asyncify?: string
}

/** esbuild: imports of files from a namespace of ours; its `file` loader gives a path relative to the chunk, or a public one. */
export function esbuildHost(
  { device, worker }: AssetInput,
  requests: { readonly graph: string; readonly wasm: string; readonly ort?: string; readonly worker: string; readonly gpu?: EsbuildGpu },
): LoaderHost {
  const { gpu } = requests
  const prelude = [`import torchGraph from ${JSON.stringify(requests.graph)}`, `import torchWasm from ${JSON.stringify(requests.wasm)}`]
  if (requests.ort !== undefined) prelude.push(`import torchOrt from ${JSON.stringify(requests.ort)}`)
  if (gpu !== undefined)
    prelude.push(
      `import torchWasmJspi from ${JSON.stringify(gpu.wasmJspi)}`,
      `import torchWasmAsyncify from ${JSON.stringify(gpu.wasmAsyncify)}`,
    )
  if (gpu?.jspi !== undefined && gpu.asyncify !== undefined)
    prelude.push(`import torchJspi from ${JSON.stringify(gpu.jspi)}`, `import torchAsyncify from ${JSON.stringify(gpu.asyncify)}`)
  if (worker) prelude.push(`import torchWorker from ${JSON.stringify(requests.worker)}`)
  const file = (name: string): string => `import(${besideModule(name)})`
  return {
    prelude: prelude.join('\n'),
    url: besideModule('torchGraph'),
    wasm: besideModule('torchWasm'),
    ort: requests.ort === undefined ? ortImport() : ortImport(file('torchOrt')),
    ...forGpu(device, {
      ort: gpu?.jspi === undefined ? GPU_IMPORT : bySuspending(file('torchJspi'), file('torchAsyncify')),
      wasm: besideModule(`(${bySuspending('torchWasmJspi', 'torchWasmAsyncify')})`),
    }),
    ...(worker ? { worker: startWorker(besideModule('torchWorker')) } : {}),
  }
}

/** Farm: files under its public path; its scanner cannot read onnxruntime's bundle, so that comes as a file too. Without WebGPU: models for it run on wasm. */
export function farmHost(
  device: Device,
  files: { readonly graph: string; readonly ort: string; readonly glue: string; readonly wasm: string },
): LoaderHost {
  const url = (path: string): string => `new URL(${JSON.stringify(path)}, globalThis.location?.href ?? 'file:///').href`
  const ort = `import(${url(files.ort)}).then((ort) => ((ort.env.wasm.wasmPaths ??= { mjs: ${url(files.glue)}, wasm: ${url(files.wasm)} }), ort))`
  return { url: url(files.graph), ort, ...forGpu(device, { ort }) }
}
