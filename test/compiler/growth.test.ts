// What a conversion makes grows with the graph, not with its square: large models of the benchmark, by counts, which no busy machine changes.

import { expect, test } from 'vitest'
import { callsModel, controlFlowModel, hostModel, tracedModel } from '../../bench/large-models.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { Report } from '../../src/compiler/types.ts'
import { nodeHost } from '../../src/plugin/host.ts'

const reportOf = async (bytes: Uint8Array, options: object = {}): Promise<Report> =>
  (await compile(bytes, { file: 'large.pt', ...options }, nodeHost())).report
const nodesOf = ({ operators }: Report): number => Object.values(operators).reduce((a, b) => a + b, 0)

test.each([
  ['traces', tracedModel, 250],
  ['control flow', controlFlowModel, 60],
  ['calls', callsModel, 200],
])(
  '%s: four times the graph, four times the nodes',
  async (_, model, size) => {
    const [small, large] = [nodesOf(await reportOf(model(size))), nodesOf(await reportOf(model(4 * size)))]
    expect(small).toBeGreaterThan(size / 2)
    expect(large / small).toBeGreaterThan(3)
    expect(large / small).toBeLessThan(4.5)
  },
  60_000,
)

test('host programs: the choice among n regions takes n log n nodes', async () => {
  const host = { controlFlow: 'host' }
  const [small, large] = [await reportOf(hostModel(150), host), await reportOf(hostModel(600), host)]
  const regions = large.methods[0]!.regions / small.methods[0]!.regions
  expect(small.methods[0]!.regions).toBeGreaterThan(10)
  expect(regions).toBeGreaterThan(3.5)
  expect(nodesOf(large) / nodesOf(small)).toBeLessThan(1.6 * regions)
}, 60_000)
