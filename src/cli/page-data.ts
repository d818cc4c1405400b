// What a page needs to run its model by itself: stands in it as JSON.

import type { Signature } from '../ir/signature.ts'

export interface RunData {
  readonly signatures: readonly Signature[]
  /** The generated module. It finds its graph and onnxruntime by `globalThis.torchExplorer`. */
  readonly module: string
  /** onnxruntime's module, and its WebAssembly and the graph in base 64. */
  readonly onnxruntime: string
  readonly wasm: string
  readonly graph: string
}

/** Why a page cannot. */
export interface NoRunData {
  readonly reason: string
}

/** JavaScript by which the generated module reaches what is in the page. */
export const GRAPH_URL = 'globalThis.torchExplorer.url()'
export const ONNXRUNTIME = 'globalThis.torchExplorer.onnxruntime()'
