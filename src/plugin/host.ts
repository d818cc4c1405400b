// What Node gives to `compile`: fast primitives, and onnxruntime for values that are known at build time. None of them changes the output bytes.

import { createHash } from 'node:crypto'
import * as zlib from 'node:zlib'
import type { CompileHost } from '../compiler/types.ts'
import { createEvaluator, type OnnxRuntime } from '../onnx/evaluator.ts'

/** zlib.crc32 exists from Node 20.15 and 22.2 on. */
const { crc32 } = zlib as { readonly crc32?: (bytes: Uint8Array) => number }

let runtime: Promise<OnnxRuntime> | undefined

/** Loaded for the first model that needs it. One thread: more would keep the process from ending. */
function loadRuntime(): Promise<OnnxRuntime> {
  runtime ??= import('onnxruntime-web').then((ort) => {
    ort.env.wasm.numThreads = 1
    ort.env.logLevel = 'error'
    return ort as unknown as OnnxRuntime
  })
  return runtime
}

export function nodeHost(): CompileHost {
  return {
    ...(crc32 === undefined ? {} : { crc32: (bytes) => crc32(bytes) >>> 0 }),
    inflateRaw: (bytes, maxBytes) => zlib.inflateRawSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }),
    sha256: (pieces) => pieces.reduce((hash, piece) => hash.update(piece), createHash('sha256')).digest('hex'),
    evaluator: createEvaluator(loadRuntime),
    runtime: loadRuntime,
  }
}
