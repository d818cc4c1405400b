// onnxruntime-web in Node, as the tests run graphs on it: one thread, errors only.

import type { OnnxRuntime } from '../../src/onnx/evaluator.ts'

let loaded: Promise<OnnxRuntime> | undefined

export function loadOrt(): Promise<OnnxRuntime> {
  loaded ??= import('onnxruntime-web').then((ort) => {
    ort.env.wasm.numThreads = 1
    ort.env.logLevel = 'error'
    return ort as unknown as OnnxRuntime
  })
  return loaded
}
