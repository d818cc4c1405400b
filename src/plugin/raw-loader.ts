// The loader behind `./net.pt?torch-asset` in webpack and Rspack: gives the graph's bytes. It pitches, so that the model file is not read twice.

import { bundlerError } from './model-module.ts'
import type { Converter } from './converter.ts'
import { parseModelId } from './ids.ts'

// Options of loaders must survive JSON: a loader finds its converter by number.
const converters: Converter[] = []

/** The number under which the loader finds `converter`. */
export function rememberConverter(converter: Converter): number {
  return converters.push(converter) - 1
}

interface LoaderContext {
  readonly resource: string
  getOptions(): { readonly converter: number }
  async(): (error: Error | null, content?: Buffer) => void
  addDependency(file: string): void
}

/** Buffers in, buffers out. */
export const raw = true

export function pitch(this: LoaderContext): void {
  const done = this.async()
  const id = this.resource.replaceAll('\0', '')
  const convert = async (): Promise<Buffer> => {
    const request = parseModelId(id)
    const converter = converters[this.getOptions().converter]
    if (request === undefined || converter === undefined) throw new Error(`unplugin-torch cannot load ${id}`)
    this.addDependency(request.file)
    const { model, dependencies } = await converter.convert(request)
    for (const file of dependencies) this.addDependency(file)
    return Buffer.from(model.graph.buffer, model.graph.byteOffset, model.graph.byteLength)
  }
  convert().then(
    (content) => done(null, content),
    (error: unknown) => {
      const { message, stack } = bundlerError(error, id)
      done(Object.assign(new Error(message), { stack: stack === '' ? message : stack }))
    },
  )
}

/** Never reached: the pitch answers. */
export default function rawLoader(content: Buffer): Buffer {
  return content
}
