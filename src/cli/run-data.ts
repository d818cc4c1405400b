// What a page needs to run its model by itself: the generated module, onnxruntime as it is installed, and the graph.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { GRAPH_URL, ONNXRUNTIME, type NoRunData, type RunData } from './page-data.ts'
import type { CompileResult, ModelOptions } from '../compiler/types.ts'
import { formatBytes } from '../plugin/report-line.ts'
import { standaloneModule } from './standalone-module.ts'

/** A page is one text: a bigger graph is for the playground, or a bundler. */
const MAX_GRAPH = 20_000_000

export function runData(result: CompileResult, options: ModelOptions, file: string): RunData | NoRunData {
  const { graph, signatures } = result
  if (graph.length > MAX_GRAPH)
    return {
      reason: `The page does not run the model: its graph of ${formatBytes(graph.length)} is more than the ${formatBytes(MAX_GRAPH)} that a page takes along.`,
    }
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))
  return {
    signatures,
    // The page's onnxruntime is the one for wasm.
    module: standaloneModule(result, { ...options, device: 'wasm' }, file, { url: GRAPH_URL, ort: ONNXRUNTIME }).code.replace(
      /\n\/\/# sourceMappingURL=.*\n$/,
      '\n',
    ),
    onnxruntime: readFileSync(join(folder, 'ort.wasm.bundle.min.mjs'), 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'),
    wasm: readFileSync(join(folder, 'ort-wasm-simd-threaded.wasm')).toString('base64'),
    graph: Buffer.from(graph).toString('base64'),
  }
}
