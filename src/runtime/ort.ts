// What the runtime needs of an onnxruntime module, and how it is set up before its first session.
// Structural, so that the published types import nothing; a type test keeps onnxruntime-web assignable to it.

export interface OrtSession {
  readonly inputMetadata: readonly { readonly name: string; readonly type?: string; readonly shape?: readonly (number | string)[] }[]
  run(feeds: object, options?: { logSeverityLevel: 4 }): Promise<object>
  release(): Promise<void>
}

/** `onnxruntime-web`, any of its entries. */
export interface Ort {
  readonly env: { readonly wasm: { numThreads?: number | undefined; wasmPaths?: unknown } }
  readonly InferenceSession: { create(bytes: Uint8Array, options: { logSeverityLevel: 3 | 4 }): Promise<OrtSession> }
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => unknown
}

/** As `import()` gives it: with the names beside the default, or behind it where a CommonJS build is loaded. */
export type OrtModule = Ort | { readonly default: Ort }

/** Settings that the user made before win. */
export function configure(module: OrtModule, wasm: string | undefined): Ort {
  const ort = 'InferenceSession' in module ? module : module.default
  const settings = ort.env.wasm
  // Threads need SharedArrayBuffer; in Node they would need the runtime's own file beside the bundle.
  if (!globalThis.crossOriginIsolated) settings.numThreads ??= 1
  // Node's entry finds its wasm by itself.
  if (wasm && !(wasm.startsWith('file:') && 'process' in globalThis)) settings.wasmPaths ??= { wasm }
  return ort
}
