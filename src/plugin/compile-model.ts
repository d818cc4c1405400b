// The compiler as the plugin and the command line call it in Node: results as plain data, and the loader printed anew from that data for each bundler.

import type { LoaderHost, ModelOptions } from '../compiler/types.ts'
import { emitModule } from '../loader/emit-module.ts'
import type { CompiledModel } from './compiled-model.ts'

/** `file` is how messages and the report name the model. Throws CompileError. */
export async function compileModel(bytes: Uint8Array, options: ModelOptions, file: string): Promise<CompiledModel> {
  // Loaded when something is compiled: a build from a warm cache needs none of it.
  const [{ compile }, { nodeHost }] = await Promise.all([import('../compiler/compile.ts'), import('./host.ts')])
  const { graph, sha256, signatures, dts, report } = await compile(bytes, { ...options, file }, nodeHost())
  return { graph, sha256, signatures, dts, report }
}

/** The module that an import of the model becomes: what `CompileResult.loader` gives. */
export function printLoader({ graph, sha256, signatures }: CompiledModel, { preprocess, labels }: ModelOptions, host: LoaderHost): string {
  return emitModule({ bytes: graph.length, sha256, signatures, preprocess, labels }, host)
}

/** The module inside a model's worker. */
export function printWorker(model: CompiledModel, options: ModelOptions, host: LoaderHost): string {
  return printLoader(model, options, { ...host, serve: true })
}
