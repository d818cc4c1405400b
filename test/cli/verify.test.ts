// The command verify: its table, and what it writes of a pass that is wrong.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { verify } from '../../src/cli/verify.ts'
import { allNodes, definePass } from '../../src/custom-passes.ts'
import { fixtureFolder } from '../e2e/fixtures.ts'

const file = join(fixtureFolder, 'decision-gate/scripted.pt')
const exampleInputs = [{ x: { data: Float32Array.of(1, 2, 3), dims: [3] } }]

const wrong = definePass({
  name: 'drop-sign',
  doc: 'Wrong.',
  run: (graph) => {
    const node = [...allNodes(graph.block)].find(({ kind }) => kind === 'aten::neg')
    node?.output().replaceAllUsesWith(node.input(0))
    return node !== undefined
  },
})

let folder: string
let lines: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-verify-'))
  lines = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

describe('verify', () => {
  it('prints what each pass did', async () => {
    await verify({ file, folder: undefined, options: { exampleInputs }, json: false })
    expect(lines[0]).toMatch(/^pass +changes +compared +difference\/σ +a run$/)
    expect(lines).toContainEqual(expect.stringMatching(/^simplify-model +1 +1 +0 +\d/))
    expect(lines.at(-1)).toMatch(/scripted\.pt: \d sets of inputs; every pass leaves the results as they were\.$/)
  })

  it('names a wrong pass, and writes what shows it', async () => {
    const options = { exampleInputs, passes: [wrong] }
    await expect(verify({ file, folder, options, json: false })).rejects.toMatchObject({ code: 'PT3907' })
    expect(readdirSync(folder).sort()).toEqual(
      ['after.onnx', 'after.txt', 'before.onnx', 'before.txt', 'inputs.json'].map((end) => `drop-sign.${end}`),
    )
    expect(readFileSync(join(folder, 'drop-sign.before.txt'), 'utf8')).toMatch(/^graph\(%x : /)
    const inputs = JSON.parse(readFileSync(join(folder, 'drop-sign.inputs.json'), 'utf8')) as object
    expect(inputs).toEqual({ x: { dtype: 'float32', dims: [3], data: [-1, -2, -3] } })
    expect(lines.at(-1)).toMatch(/^written .*drop-sign\.before\.txt/)
  })

  it('gives the same as JSON', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { exitCode } = process
    await verify({ file, folder: undefined, options: { exampleInputs, passes: [wrong] }, json: true })
    expect(process.exitCode).toBe(1)
    process.exitCode = exitCode
    expect(JSON.parse(lines.join('\n'))).toMatchObject({
      inputs: expect.any(Number) as number,
      passes: expect.arrayContaining([expect.objectContaining({ name: 'drop-sign', changes: 1 })]) as object,
      failures: [{ method: 'forward', passes: ['drop-sign'], optional: true, problem: { code: 'PT3907' } }],
    })
  })
})
