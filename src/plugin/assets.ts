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
export function ortImport(device: 'wasm' | 'webgpu' | undefined, web: string = ortSpecifier(device)): string {
  return `globalThis.process?.versions?.node ? ${ORT_NODE} : import(${JSON.stringify(web)})`
}
export const ortSpecifier = (device: 'wasm' | 'webgpu' | undefined): string =>
  device === 'webgpu' ? 'onnxruntime-web/webgpu' : 'onnxruntime-web/wasm'

/** Never taken in a page. The version only has to be there: it makes the specifier unknowable to a bundler. */
const ORT_NODE = 'import(/* webpackIgnore: true */ /* @vite-ignore */ `onnxruntime-${process.versions.node && "web"}`)'

export interface AssetInput {
  readonly device: 'wasm' | 'webgpu' | undefined
  readonly worker: boolean
}

/** Vite's dev server: bytes from our middleware, the worker as a module of the server. */
export function viteDevHost({ device, worker }: AssetInput, graphPath: string, workerPath: string): LoaderHost {
  return {
    // Vite itself must not take the path for a file.
    url: besideModule(`/* @vite-ignore */ ${JSON.stringify(graphPath)}`),
    ort: `import(${JSON.stringify(ortSpecifier(device))})`,
    ...(worker ? { worker: startWorker(`new URL(${JSON.stringify(workerPath)}, globalThis.location.origin)`) } : {}),
  }
}

/** Modules that a dev server evaluates in Node: the graph is a file in a temporary folder. */
export function nodeDevHost(graphUrl: string, ort = 'onnxruntime-web'): LoaderHost {
  return { url: JSON.stringify(graphUrl), ort: `import(${JSON.stringify(ort)})` }
}

/** Vite's build for Node: everything it needs lies in the output, since `node_modules` may be pruned there. The texts in `files` are replaced by relative paths once chunks have names. */
export function nodeBuildHost(files: { readonly graph: string; readonly glue: string; readonly wasm: string }): LoaderHost {
  const url = (text: string): string => besideModule(JSON.stringify(text))
  return {
    url: url(files.graph),
    ort: `import('onnxruntime-web').then((ort) => ((ort.env.wasm.wasmPaths ??= { mjs: ${url(files.glue)}, wasm: ${url(files.wasm)} }), ort))`,
  }
}

/** Rollup, Rolldown and Vite's build: references to emitted files. Vite places onnxruntime's wasm by itself. */
export function rollupHost(
  { device }: AssetInput,
  references: { readonly graph: string; readonly wasm?: string; readonly worker?: string },
): LoaderHost {
  const url = (reference: string): string => `import.meta.ROLLUP_FILE_URL_${reference}`
  return {
    url: url(references.graph),
    ort: ortImport(device),
    ...(references.wasm === undefined ? {} : { wasm: url(references.wasm) }),
    ...(references.worker === undefined ? {} : { worker: startWorker(url(references.worker)) }),
  }
}

/** webpack and Rspack: their own asset module and worker syntax; the requests carry a query that our rule answers. */
export function webpackHost({ device, worker }: AssetInput, assetRequest: string, workerRequest: string): LoaderHost {
  return {
    url: besideModule(JSON.stringify(assetRequest)),
    ort: ortImport(device),
    ...(worker ? { worker: startWorker(`new URL(${JSON.stringify(workerRequest)}, import.meta.url)`) } : {}),
  }
}

/** esbuild: imports of files from a namespace of ours; its `file` loader gives a path relative to the chunk, or a public one. */
export function esbuildHost(
  { device, worker }: AssetInput,
  requests: { readonly graph: string; readonly wasm: string; readonly ort?: string; readonly worker: string },
): LoaderHost {
  const prelude = [`import torchGraph from ${JSON.stringify(requests.graph)}`, `import torchWasm from ${JSON.stringify(requests.wasm)}`]
  if (requests.ort !== undefined) prelude.push(`import torchOrt from ${JSON.stringify(requests.ort)}`)
  if (worker) prelude.push(`import torchWorker from ${JSON.stringify(requests.worker)}`)
  const web = `import(${besideModule('torchOrt')})`
  return {
    prelude: prelude.join('\n'),
    url: besideModule('torchGraph'),
    wasm: besideModule('torchWasm'),
    ort: requests.ort === undefined ? ortImport(device) : `globalThis.process?.versions?.node ? ${ORT_NODE} : ${web}`,
    ...(worker ? { worker: startWorker(besideModule('torchWorker')) } : {}),
  }
}

/** Farm: files under its public path; its scanner cannot read onnxruntime's bundle, so that comes as a file too. */
export function farmHost(files: {
  readonly graph: string
  readonly ort: string
  readonly glue: string
  readonly wasm: string
}): LoaderHost {
  const url = (path: string): string => `new URL(${JSON.stringify(path)}, globalThis.location?.href ?? 'file:///').href`
  return {
    url: url(files.graph),
    ort: `import(${url(files.ort)}).then((ort) => ((ort.env.wasm.wasmPaths ??= { mjs: ${url(files.glue)}, wasm: ${url(files.wasm)} }), ort))`,
  }
}
