// How often a call of a host program runs the graph: each region costs a call of onnxruntime, so a split that makes more of them is a worse one.
// The numbers are exact; `UPDATE_RUNS=1` writes them anew, to be looked at in the diff. The first call of a model with saved tensors fetches those too.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import type { Golden } from '../e2e/fixtures.ts'
import { toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import { watchedOrt } from '../support/ort.ts'

const folder = import.meta.dirname
const table = join(folder, 'runs.expected.json')
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.pt'))
  .map((name) => name.slice(0, -3))

/** Regions of the model, and runs of each case, as text: `regions 2, runs 1 1 3`. */
async function runsOf(name: string): Promise<string> {
  const { cases, sequence } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Golden
  const compiled = await compile(readFileSync(join(folder, `${name}.pt`)), { file: name }, nodeHost())
  let runs = 0
  const methods = instantiate(compiled, { ort: () => watchedOrt(() => runs++) as never })
  await methods[0]!.load()
  const counts: number[] = []
  for (const { method = 'forward', inputs } of cases) {
    const net = methods[compiled.signatures.findIndex((signature) => signature.name === method)]!
    runs = 0
    await (sequence === true ? net : net.clone())(...inputs.map((leaf) => toJs(decodeLeaf(leaf)))).catch(() => undefined)
    counts.push(runs)
  }
  if (compiled.program === undefined) return `one graph, runs ${counts.join(' ')}`
  const regions = compiled.program.methods.find(({ method }) => method === 0)!.regions.length
  return `regions ${regions}, runs ${counts.join(' ')}`
}

it('runs the graph as often as it should', async () => {
  const found: Record<string, string> = {}
  for (const name of names) found[name] = await runsOf(name)
  if (process.env['UPDATE_RUNS'] !== undefined) writeFileSync(table, `${JSON.stringify(found, null, 2)}\n`)
  expect(found).toEqual(JSON.parse(readFileSync(table, 'utf8')))
})
