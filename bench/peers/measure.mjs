// Session creation and time per inference of several graphs of one model on onnxruntime-web's wasm, one thread. Runs in Node and in a page.
// The graphs take turns, so that whatever else the machine does meets them all; the fastest of each counts. A graph that cannot be opened or run says why.

// A turn of a fast graph is several runs: timers are coarse.
const TURN_MS = 10

/**
 * @param {typeof import('onnxruntime-web')} ort
 * @param {readonly { name: string, load: () => Promise<Uint8Array> }[]} graphs
 * @param {readonly { dtype: string, dims: number[], data: number[] }[]} inputs of every graph, in order
 * @param {{ rounds: number, creations: number }} options
 */
export async function measure(ort, graphs, inputs, { rounds, creations }) {
  const tensors = inputs.map(
    ({ dtype, dims, data }) => new ort.Tensor(dtype, dtype === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data), dims),
  )
  const results = graphs.map(({ name }) => ({ name, create: Infinity, run: Infinity, output: [], failure: undefined }))
  const sessions = graphs.map(() => undefined)
  // Each round another one goes first: whoever does pays for what the engine has not compiled yet.
  const each = async (round, act) => {
    for (let k = 0; k < results.length; k++) {
      const i = (k + round) % results.length
      const result = results[i]
      if (result.failure !== undefined) continue
      try {
        await act(i, result)
      } catch (error) {
        result.failure = String(error?.message ?? error).split('\n')[0]
      }
    }
  }
  for (let round = 0; round < creations; round++) {
    await each(round, async (i, result) => {
      await sessions[i]?.release()
      sessions[i] = undefined
      const bytes = await graphs[i].load()
      const start = performance.now()
      sessions[i] = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], logSeverityLevel: 4 })
      result.create = Math.min(result.create, performance.now() - start)
    })
  }
  for (let round = 0; round < rounds; round++) {
    await each(round, async (i, result) => {
      const session = sessions[i]
      const feeds = Object.fromEntries(session.inputNames.map((name, k) => [name, tensors[k]]))
      for (const turn = performance.now(); ;) {
        const start = performance.now()
        const output = await session.run(feeds, { logSeverityLevel: 4 })
        const end = performance.now()
        result.run = Math.min(result.run, end - start)
        if (result.output.length === 0) result.output = Array.from(output[session.outputNames[0]].data.slice(0, 100_000), Number)
        if (end - turn > TURN_MS) break
      }
    })
  }
  for (const session of sessions) await session?.release()
  return results
}
