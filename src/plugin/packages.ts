// Where the packages lie that generated code needs: onnxruntime-web, and our own runtime.
// Looked for from the model's folder, then from the project's root, then from here, so that a model outside the app, a linked package and
// pnpm's strict layout all work.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fail } from '../diagnostics/compile-error.ts'

export const RUNTIME = 'unplugin-torch/runtime'

/** Folder of our own built files, or of the sources when those are run. */
const here = dirname(fileURLToPath(import.meta.url))

/** What the generated JavaScript of host programs imports. */
export const RUNTIME_HOST = 'unplugin-torch/runtime/host'

/** What the generated JavaScript of models for device webgpu imports. */
export const RUNTIME_GPU = 'unplugin-torch/runtime/gpu'

/** Path of the runtime's module in this package. */
export function runtimePath(name: 'runtime' | 'runtime-host' | 'runtime-gpu' = 'runtime'): string {
  const built = join(here, `${name}.js`)
  return existsSync(built) ? built : resolve(here, `../../dist/${name}.js`)
}

/** Folder `dist` of onnxruntime-web as seen from `folders`, the first that has it. Throws PT6040. */
export function ortFolder(folders: readonly string[]): string {
  for (const start of [...folders, here]) {
    for (let folder = start; ; folder = dirname(folder)) {
      const found = join(folder, 'node_modules', 'onnxruntime-web', 'dist')
      if (existsSync(join(found, WASM))) return found
      if (dirname(folder) === folder) break
    }
  }
  return fail('PT6040', 'The package onnxruntime-web is not installed; models run on it.', { fix: 'npm install onnxruntime-web' })
}

export const WASM = 'ort-wasm-simd-threaded.wasm'
/** The same with WebGPU: by suspension of promises, and where a browser has none. */
export const WASM_JSPI = 'ort-wasm-simd-threaded.jspi.wasm'
export const WASM_ASYNCIFY = 'ort-wasm-simd-threaded.asyncify.wasm'
export const ORT_NODE = 'ort.node.min.mjs'
export const GLUE = 'ort-wasm-simd-threaded.mjs'

/** Whether the package can be resolved from a project's root by its name. */
export function isInstalled(name: string, root: string): boolean {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return true
    if (dirname(folder) === folder) return false
  }
}

/** Version of the onnxruntime-web that a project uses; empty when it has none. */
export function ortVersion(root: string): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(ortFolder([root]), '../package.json'), 'utf8'))
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : ''
  } catch {
    return ''
  }
}

/** The module file behind one of the specifiers that generated code imports, where the bundler itself finds none. */
export function fallbackPath(specifier: string, folders: readonly string[]): string | undefined {
  if (specifier === RUNTIME) return runtimePath()
  if (specifier === RUNTIME_HOST) return runtimePath('runtime-host')
  if (specifier === RUNTIME_GPU) return runtimePath('runtime-gpu')
  const entry = ORT_ENTRIES.get(specifier)
  return entry === undefined ? undefined : join(ortFolder(folders), entry)
}

const ORT_ENTRIES = new Map([
  ['onnxruntime-web/wasm', 'ort.wasm.bundle.min.mjs'],
  ['onnxruntime-web/jspi', 'ort.jspi.bundle.min.mjs'],
  ['onnxruntime-web/webgpu', 'ort.webgpu.bundle.min.mjs'],
])

/** What generated code imports by name. */
export const SPECIFIER_FILTER = /^(?:unplugin-torch\/runtime(?:\/host|\/gpu)?|onnxruntime-web(?:\/wasm|\/webgpu|\/jspi)?)$/
