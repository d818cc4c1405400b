// onnxruntime-web in Node, as the tests run graphs on it: one thread, errors only.

import type { OnnxRuntime } from '../../src/onnx/evaluator.ts'

/** onnxruntime whose sessions call `onRun` before each run. */
export async function watchedOrt(onRun: () => void): Promise<OnnxRuntime> {
  const ort = await loadOrt()
  return {
    ...ort,
    InferenceSession: {
      create: async (...given: Parameters<OnnxRuntime['InferenceSession']['create']>) => {
        const session = await ort.InferenceSession.create(...given)
        return new Proxy(session, {
          get: (target, key) => {
            const value: unknown = Reflect.get(target, key, target)
            if (typeof value !== 'function') return value
            return (...values: unknown[]): unknown => {
              if (key === 'run') onRun()
              return (value as (...values: unknown[]) => unknown).apply(target, values)
            }
          },
        })
      },
    },
  } as OnnxRuntime
}

let loaded: Promise<OnnxRuntime> | undefined

export function loadOrt(): Promise<OnnxRuntime> {
  loaded ??= import('onnxruntime-web').then((ort) => {
    ort.env.wasm.numThreads = 1
    ort.env.logLevel = 'error'
    return ort as unknown as OnnxRuntime
  })
  return loaded
}
