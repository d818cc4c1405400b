// Session creation and time per inference of several graphs of one model on onnxruntime-web's wasm, one thread. Runs in Node and in a page.
// The graphs take turns, so that whatever else the machine does meets them all; the fastest of each counts.

/**
 * @param {typeof import('onnxruntime-web')} ort
 * @param {readonly { name: string, bytes: Uint8Array }[]} graphs
 * @param {readonly { dtype: string, dims: number[], data: number[] }[]} inputs of every graph, in order
 * @param {{ rounds: number, creations: number }} options
 */
export async function measure(ort, graphs, inputs, { rounds, creations }) {
  const tensors = inputs.map(
    ({ dtype, dims, data }) => new ort.Tensor(dtype, dtype === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data), dims),
  )
  const results = graphs.map(({ name }) => ({ name, create: Infinity, run: Infinity, output: [] }))
  const sessions = graphs.map(() => undefined)
  for (let round = 0; round < creations; round++) {
    for (const [i, { bytes }] of graphs.entries()) {
      await sessions[i]?.release()
      const start = performance.now()
      sessions[i] = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], logSeverityLevel: 3 })
      results[i].create = Math.min(results[i].create, performance.now() - start)
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, session] of sessions.entries()) {
      const feeds = Object.fromEntries(session.inputNames.map((name, k) => [name, tensors[k]]))
      const start = performance.now()
      const output = await session.run(feeds)
      results[i].run = Math.min(results[i].run, performance.now() - start)
      if (round === 0) results[i].output = Array.from(output[session.outputNames[0]].data.slice(0, 100_000), Number)
    }
  }
  for (const session of sessions) await session.release()
  return results
}
