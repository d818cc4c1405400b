// Random operators of a model: what the build says of them, and what `seed` promises. That the numbers are distributed as they should be
// is proved in test/ops/random-distribution.test.ts.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { CompileResult, ModelOptions } from '../../src/compiler/types.ts'
import { scalarTensor, tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { toOnnxTensor } from '../../src/onnx/evaluator.ts'
import { loadOrt } from '../support/ort.ts'
import { fixtureFolder } from './fixtures.ts'

const bytes = readFileSync(join(fixtureFolder, 'random-draws/model.pt'))
const converted = (options: ModelOptions = {}): Promise<CompileResult> =>
  compile(bytes, { file: 'model.pt', methods: ['draw'], verifyGraphs: true, ...options })

/** What `draw` gives in so many runs of a session of its own. */
async function runs({ graph }: CompileResult, count: number): Promise<number[][]> {
  const ort = await loadOrt()
  const session = await ort.InferenceSession.create(graph)
  const results: number[][] = []
  for (let i = 0; i < count; i++) {
    const feeds = session.inputNames.map((name) => [
      name,
      toOnnxTensor(
        ort,
        name === 'x'
          ? tensorFromElements(
              'float32',
              [2, 4],
              Array.from({ length: 8 }, () => 0),
            )
          : scalarTensor('float64', 1),
      ),
    ])
    const output = await session.run(Object.fromEntries(feeds) as Record<string, never>)
    results.push([...(Object.values(output)[0]!.data as Float32Array)])
  }
  await session.release()
  return results
}

describe('notices', () => {
  test('each random operator once, with its place in the model', async () => {
    const { notices } = (await converted()).report
    const random = notices.filter(({ code }) => code === 'PT3042')
    expect(random.map(({ message }) => message.split(' ')[0]).sort()).toEqual(['normal', 'rand', 'randn_like'])
    for (const { range, fix } of random) {
      expect(JSON.stringify(range)).toContain('net.py')
      expect(fix).toContain('seed')
    }
  })
  test('a seed in the model', async () => {
    const { notices } = (await converted()).report
    expect(notices.filter(({ code }) => code === 'PT3043').map(({ message }) => message)).toEqual([
      'manual_seed() sets a seed, which has no effect in the converted model.',
    ])
  })
})

describe('seed', () => {
  test('each session draws the same numbers, and each run others', async () => {
    const model = await converted({ seed: 7 })
    const [first, second] = [await runs(model, 2), await runs(model, 2)]
    expect(second).toEqual(first)
    expect(first[0]).not.toEqual(first[1])
  })
  test('another seed, other numbers; the same seed, the same bytes', async () => {
    const [a, b, again] = [await converted({ seed: 7 }), await converted({ seed: 8 }), await converted({ seed: 7 })]
    expect((await runs(a, 1))[0]).not.toEqual((await runs(b, 1))[0])
    expect(again.sha256).toBe(a.sha256)
  })
  test('two draws of one run are different, also where they are made alike', async () => {
    const [[, , ...rest] = []] = await runs(await converted({ seed: 1 }), 1)
    expect(new Set(rest).size).toBe(rest.length)
  })
  test('without one nothing is fixed', async () => {
    const text = Buffer.from((await converted()).graph).toString('latin1')
    expect(text).not.toContain('seed')
    expect(Buffer.from((await converted({ seed: 7 })).graph).toString('latin1')).toContain('seed')
  })
})
