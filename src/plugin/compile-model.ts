// The compiler as the plugin and the command line call it in Node: results as plain data, and the loader printed anew from that data for each bundler.

import { gpuFacts } from '../compiler/gpu-facts.ts'
import type { CompileResult, LoaderHost, ModelOptions } from '../compiler/types.ts'
import { emitMapped, type ModuleText, type StandIns } from '../loader/emit-module.ts'
import type { CompiledHeader, CompiledModel } from './compiled-model.ts'

/** Loaded when something is compiled: a build from a warm cache needs none of it. To be called ahead where something else takes its time, too. */
export const loadCompiler = () => Promise.all([import('../compiler/compile.ts'), import('./host.ts')])

/** `compile` with what Node has to offer. `file` is how messages and the report name the model. Throws CompileError. */
export async function compileInNode(bytes: Uint8Array, options: ModelOptions, file: string): Promise<CompileResult> {
  const [{ compile }, { nodeHost }] = await loadCompiler()
  return compile(bytes, { ...options, file }, nodeHost())
}

/** The same as plain data. */
export async function compileModel(bytes: Uint8Array, options: ModelOptions, file: string): Promise<CompiledModel> {
  const { graph, sha256, signatures, program, dts, report } = await compileInNode(bytes, options, file)
  return { graph, sha256, signatures, ...(program === undefined ? {} : { program }), dts, report }
}

/** The module that an import of the model becomes: what `CompileResult.loader` and `sourceMap` give. */
export function printLoader(
  { report, sha256, signatures, program }: CompiledHeader,
  options: ModelOptions,
  host: LoaderHost,
  standIns?: StandIns,
): ModuleText {
  const { preprocess, labels } = options
  return emitMapped(
    { bytes: report.bytesOut, sha256, signatures, program, preprocess, labels, gpu: gpuFacts(signatures, options), standIns },
    host,
  )
}

/** The module inside a model's worker. */
export function printWorker(model: CompiledHeader, options: ModelOptions, host: LoaderHost, standIns?: StandIns): ModuleText {
  return printLoader(model, options, { ...host, serve: true }, standIns)
}
