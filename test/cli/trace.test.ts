// `convert --mode` and `--example` as a user runs them: the built file, in a process of its own.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { built } from '../bundlers/built.ts'
import { REPOSITORY } from '../bundlers/project.ts'

const GATE = join(REPOSITORY, 'test/fixtures/decision-gate/scripted.pt')
const DECODER = join(REPOSITORY, 'test/fixtures/greedy-search-decoder/model.pt')
let folder: string

beforeAll(async () => {
  await built()
  folder = mkdtempSync(join(tmpdir(), 'torch-trace-'))
  npy('up', '<f4', [2], Float32Array.of(1, 2))
  npy('down', '<f4', [2], Float32Array.of(-1, -2))
  npy('words', '<i8', [3, 1], BigInt64Array.of(4n, 33n, 7n))
  npy('length', '<i8', [1], BigInt64Array.of(3n))
  npy('four', '<i8', [], BigInt64Array.of(4n))
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** NumPy's format 1.0. */
function npy(name: string, descr: string, dims: readonly number[], data: Float32Array | BigInt64Array): void {
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n'
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8])
  writeFileSync(join(folder, `${name}.npy`), Buffer.concat([start, Buffer.from(header), Buffer.from(data.buffer)]))
}

interface Report {
  readonly mode: string
  readonly operators: Readonly<Record<string, number>>
  readonly decisions: readonly object[]
  readonly notices: readonly { readonly code: string }[]
}
function convert(file: string, ...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [join(REPOSITORY, 'dist/cli.js'), 'convert', file, '-o', 'out', ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
}
const reportOf = (file: string, ...args: string[]): Report => JSON.parse(convert(file, ...args, '--json').stdout) as Report

test('--mode trace --example takes the branch of the example', () => {
  const up = reportOf(GATE, '--mode', 'trace', '--example', 'up.npy')
  expect(up).toMatchObject({
    mode: 'trace',
    operators: { Identity: 1 },
    decisions: [{ kind: 'specialised', place: 'net.py:6:8', taken: true }],
    // The other way of the branch gives other numbers.
    notices: [{ code: 'PT3502' }, { code: 'PT3509' }],
  })
  expect(reportOf(GATE, '--mode', 'trace', '--example', 'x=down.npy')).toMatchObject({ operators: { Neg: 1 } })
})

test("prints PyTorch's warning and the line", () => {
  const { status, stderr } = convert(GATE, '--mode', 'trace', '--example', 'up.npy')
  expect(status).toBe(0)
  expect(stderr).toContain('TracerWarning: Converting a tensor to a Python boolean might cause the trace to be incorrect.')
  expect(stderr).toContain('if x.sum() > 0:')
})

test('several examples are the arguments in order', () => {
  const report = reportOf(DECODER, '--mode', 'trace', '--example', 'words.npy', 'length.npy', 'four.npy')
  expect(report.decisions).toContainEqual({ kind: 'specialised', place: 'net.py:74:8', turns: 4, check: 'not flipped' })
  expect(report.operators).not.toHaveProperty('Loop')
})

test.each(['auto', 'script'])('--mode %s keeps the branch, with one calm notice', (mode) => {
  const report = reportOf(GATE, '--mode', mode)
  expect(report).toMatchObject({ mode, decisions: [{ kind: 'kept', place: 'net.py:6:8' }], notices: [{ code: 'PT3501' }] })
  expect(report.operators).toHaveProperty('If', 1)
})

test('an example for an input that is none', () => {
  const { status, stderr } = convert(GATE, '--mode', 'trace', '--example', 'y=up.npy')
  expect(status).toBe(1)
  expect(stderr).toContain('error PT3507')
  expect(stderr).toContain("the parameters are 'x'.")
})
