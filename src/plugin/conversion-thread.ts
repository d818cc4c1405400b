// The module that runs in a conversion thread: a job comes in, a model or its problems go out.

import { parentPort } from 'node:worker_threads'
import { CompileError } from '../diagnostics/compile-error.ts'
import { plainProblem } from '../diagnostics/plain-problem.ts'
import { compileModel } from './compile-model.ts'
import type { ConversionAnswer, ConversionJob } from './thread-pool.ts'

parentPort?.on('message', (job: ConversionJob) => {
  void convert(job).then((answer) => parentPort?.postMessage(answer, 'model' in answer ? ownBuffer(answer.model.graph) : []))
})

async function convert({ bytes, file, options }: ConversionJob): Promise<ConversionAnswer> {
  try {
    return { model: await compileModel(bytes, options, file) }
  } catch (error) {
    if (error instanceof CompileError) {
      const [first, ...rest] = error.problems
      return { problems: [plainProblem(first), ...rest.map(plainProblem)] }
    }
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** The graph's buffer is handed over when the graph is all there is in it. */
function ownBuffer(graph: Uint8Array): ArrayBuffer[] {
  const { buffer } = graph
  return buffer instanceof ArrayBuffer && buffer.byteLength === graph.byteLength ? [buffer] : []
}
