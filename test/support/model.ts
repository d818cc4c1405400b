// A compiled model as a function in Node, the way its generated module makes it: the real runtime, onnxruntime-web, the bytes from memory.

import type { CompileResult } from '../../src/compiler/types.ts'
import { createModel, type Model } from '../../src/runtime/index.ts'
import { loadOrt } from './ort.ts'

/** The methods of a model, `forward` first. */
export function instantiate({ graph, sha256, signatures }: Pick<CompileResult, 'graph' | 'sha256' | 'signatures'>): readonly Model[] {
  const url = `data:application/octet-stream;base64,${Buffer.from(graph.buffer, graph.byteOffset, graph.byteLength).toString('base64')}`
  return createModel({ signatures, url: () => url, bytes: graph.length, sha256, ort: () => loadOrt() as never })
}
