// Mutated records in honest archives: whatever comes, an error is a coded one. Seeded, so that a find repeats.

import { expect, it } from 'vitest'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'
import { sniff } from '../../src/archive/sniff.ts'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { committed, itemsOf } from './control.ts'
import { zipOf } from './zip-writer.ts'

const RUNS = 1500

function random(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** A few bytes replaced, removed, doubled or swapped with opcodes. */
function mutate(bytes: Uint8Array, next: (limit: number) => number): Uint8Array {
  let out = Uint8Array.from(bytes)
  for (let i = 0; i <= next(4); i++) {
    const at = next(out.length)
    const kind = next(4)
    if (kind === 0) out[at] = next(256)
    else if (kind === 1) out[at]! ^= 1 << next(8)
    else if (kind === 2) out = Uint8Array.from([...out.subarray(0, at), ...out.subarray(at + 1 + next(8))])
    else out = Uint8Array.from([...out.subarray(0, at), ...out.subarray(at, at + next(20)), ...out.subarray(at)])
  }
  return out
}

function coded(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof CompileError) || error.code === 'PT9001') throw error
  }
}

it.each([
  ['fixtures/archives/2.13.0/gate_traced.pt', /\.(pkl|py)$/],
  ['fixtures/archives/1.4.0/containers_scripted.pt', /\.(pkl|py)$/],
  ['archive/fixtures/attributes.pt', /data\.pkl$/],
  ['archive/fixtures/quantized.pt', /data\.pkl$/],
  ['fixtures/archives/2.13.0/rnnloop_mixed.pt', /debug_pkl$/],
  ['archive/fixtures/module.pth', /data\.pkl$/],
])('records of %s', (file, which) => {
  const items = itemsOf(committed(file))
  const targets = items.filter(({ name }) => which.test(name as string))
  expect(targets.length).toBeGreaterThan(0)
  const next = random(file.length)
  for (let i = 0; i < RUNS; i++) {
    const target = targets[next(targets.length)]!
    const data = mutate(target.data, next)
    const archive = zipOf(items.map((item) => (item === target ? { ...item, data } : item)))
    coded(() => {
      const { sources } = readTorchScript(archive)
      for (const source of sources.values()) source.generatedFrom(source.text.length >> 1)
    })
  }
})

it('whole files', () => {
  const next = random(99)
  for (const file of [
    'fixtures/archives/2.13.0/gate_traced.pt',
    'archive/fixtures/state-dict.pth',
    'archive/fixtures/exported.pt2',
    'archive/fixtures/legacy.pth',
  ]) {
    const bytes = committed(file)
    for (let i = 0; i < RUNS; i++) coded(() => sniff(mutate(bytes, next)))
  }
})
