// Opens one of models/*.onnx as the generated module would, on the real onnxruntime-web in Node.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createModel, type Model, type ModelConfig, type Signature } from '../../src/runtime/index.ts'

const folder = new URL('./models/', import.meta.url)
export const signatures = JSON.parse(readFileSync(new URL('signatures.json', folder), 'utf8')) as Readonly<
  Record<string, readonly Signature[]>
>

export function configOf(name: string, more: Partial<ModelConfig> = {}): ModelConfig {
  const url = new URL(`${name}.onnx`, folder)
  const bytes = readFileSync(url)
  return {
    signatures: signatures[name]!,
    url: () => url.href,
    ort: () => import('onnxruntime-web'),
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...more,
  }
}

export function openModel(name: string, more: Partial<ModelConfig> = {}): Model {
  return createModel(configOf(name, more))[0]!
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  return promise.then(
    () => {
      throw new Error('expected a rejection')
    },
    (error: Error) => error,
  )
}
