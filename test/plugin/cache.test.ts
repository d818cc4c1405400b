// The cache under what happens to caches: killed and parallel writers, damage of every kind, folders that cannot be written, growth.

import { spawn } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Problem } from '../../src/diagnostics/compile-error.ts'
import { openCache, type Cache } from '../../src/plugin/cache.ts'
import { compileModel, printLoader } from '../../src/plugin/compile-model.ts'
import { entry, keyOf } from './cache-entry.ts'

let folder: string
let warnings: Problem[]
const open = (limit = 2 ** 40): Cache => openCache({ folder, limit, warn: (problem) => warnings.push(problem) })
const pathOf = (i: number): string => join(folder, `${keyOf(i)}.entry`)

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'torch-cache-')), 'cache')
  warnings = []
})
afterEach(() => {
  chmodSync(join(folder, '..'), 0o700)
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

test('what is written is read back; what is not there is not', async () => {
  const cache = open()
  expect(await cache.read(keyOf(1))).toBeUndefined()
  await cache.write(keyOf(1), entry(1))
  const found = await open().read(keyOf(1))
  expect({ ...found, graph: undefined }).toEqual({ ...entry(1), graph: undefined })
  expect(Buffer.from(found!.graph).equals(entry(1).graph)).toBe(true)
  expect(warnings).toEqual([])
  if (process.platform !== 'win32') expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test.each(['cache', 'words', 'memory'])('the host program of %s comes back as it was, and prints the same module', async (name) => {
  const model = await compileModel(readFileSync(join(import.meta.dirname, `../programs/${name}.pt`)), {}, `${name}.pt`)
  expect(model.program?.map.sources).toContain('models.py')
  await open().write(keyOf(1), model)
  const found = (await open().read(keyOf(1)))!
  const host = { url: '""', ort: `import('onnxruntime-web/wasm')` }
  expect(printLoader(found, {}, host)).toEqual(printLoader(model, {}, host))
  expect(found.program).toEqual(model.program)
})

describe('damage is one warning and a miss, and the next write mends it', () => {
  const whole = 300_000
  const damages: readonly (readonly [name: string, damage: () => void])[] = [
    ['empty', () => truncateSync(pathOf(0), 0)],
    ['cut in the header', () => truncateSync(pathOf(0), 20)],
    ['cut in the graph', () => truncateSync(pathOf(0), whole / 2)],
    ['cut in the footer', () => truncateSync(pathOf(0), statSync(pathOf(0)).size - 1)],
    ['one bit of the graph', () => flip(whole / 2)],
    ['one bit of the header', () => flip(40)],
    ['one bit of the footer', () => flip(statSync(pathOf(0)).size - 20)],
    ['bytes after the end', () => writeFileSync(pathOf(0), 'more', { flag: 'a' })],
    ['other content', () => writeFileSync(pathOf(0), '{"graph":"AAAA"}')],
    ['zeros', () => writeFileSync(pathOf(0), new Uint8Array(whole))],
    ['a folder', () => (rmSync(pathOf(0)), mkdirSync(join(pathOf(0), 'deep'), { recursive: true }))],
    ['a link to another entry', () => (rmSync(pathOf(0)), symlinkSync('/etc/hostname', pathOf(0)))],
  ]
  const flip = (at: number): void => {
    const bytes = readFileSync(pathOf(0))
    bytes[at]! ^= 1
    writeFileSync(pathOf(0), bytes)
  }
  test.each(damages)('%s', async (_, damage) => {
    await open().write(keyOf(0), entry(0))
    damage()
    const cache = open()
    expect(await cache.read(keyOf(0))).toBeUndefined()
    expect(await cache.read(keyOf(0))).toBeUndefined()
    expect(warnings.map(({ code }) => code)).toEqual(['PT6031'])
    await cache.write(keyOf(0), entry(0))
    expect((await cache.read(keyOf(0)))?.sha256).toBe(entry(0).sha256)
    expect(warnings).toHaveLength(1)
  })

  test('an entry under another name is not taken for it by its bytes alone', async () => {
    await open().write(keyOf(0), entry(0))
    // A flipped length field must not be believed before it is compared with the file.
    for (let at = 0; at < 12; at++) {
      const bytes = readFileSync(pathOf(0))
      bytes[at]! ^= 0x80
      writeFileSync(pathOf(0), bytes)
      expect(await open().read(keyOf(0))).toBeUndefined()
      bytes[at]! ^= 0x80
      writeFileSync(pathOf(0), bytes)
    }
    expect((await open().read(keyOf(0)))?.sha256).toBe(entry(0).sha256)
  })
})

test('killed writers leave nothing half, and nothing that disturbs', async () => {
  for (let round = 0; round < 12; round++) {
    const writer = spawn(process.execPath, [new URL('write-forever.ts', import.meta.url).pathname, folder], { stdio: 'ignore' })
    await new Promise((resolve) => setTimeout(resolve, 90 + round * 17))
    const ended = new Promise((resolve) => writer.once('exit', resolve))
    writer.kill('SIGKILL')
    await ended
    const cache = open()
    for (let i = 0; i < 8; i++) {
      const found = await cache.read(keyOf(i))
      if (found !== undefined) expect(Buffer.from(found.graph).equals(entry(i).graph)).toBe(true)
    }
    expect(warnings).toEqual([])
  }
  expect(readdirSync(folder).filter((name) => name.endsWith('.entry')).length).toBeGreaterThan(0)
}, 60_000)

test('parallel writers and readers see whole entries only', async () => {
  const caches = Array.from({ length: 8 }, () => open())
  await Promise.all(
    caches.map(async (cache, i) => {
      for (let round = 0; round < 6; round++) {
        await cache.write(keyOf(round % 3), entry(round % 3))
        const found = await cache.read(keyOf((round + i) % 3))
        if (found !== undefined) expect(found.sha256).toBe(entry((round + i) % 3).sha256)
      }
    }),
  )
  expect(warnings).toEqual([])
  expect(readdirSync(folder).sort()).toEqual([0, 1, 2].map((i) => `${keyOf(i)}.entry`).sort())
})

describe('folders that cannot be used', () => {
  test('a file in its place: one warning, and work goes on', async () => {
    writeFileSync(folder, 'not a folder')
    const cache = open()
    expect(await cache.read(keyOf(0))).toBeUndefined()
    await cache.write(keyOf(0), entry(0))
    await cache.write(keyOf(1), entry(1))
    expect(warnings.map(({ code }) => code)).toEqual(['PT6030'])
  })

  test('read-only: one warning', async () => {
    // A superuser may write anywhere but there.
    const readOnly = process.getuid?.() === 0 ? '/proc/self' : folder
    if (readOnly === folder) mkdirSync(folder, { mode: 0o500 })
    const cache = openCache({ folder: readOnly, limit: 2 ** 40, warn: (problem) => warnings.push(problem) })
    await cache.write(keyOf(0), entry(0))
    await cache.write(keyOf(1), entry(1))
    expect(await cache.read(keyOf(0))).toBeUndefined()
    expect(warnings.map(({ code }) => code)).toEqual(['PT6030'])
  })

  test('deleted while in use', async () => {
    const cache = open()
    await cache.write(keyOf(0), entry(0))
    rmSync(folder, { recursive: true })
    expect(await cache.read(keyOf(0))).toBeUndefined()
    await cache.write(keyOf(0), entry(0))
    expect((await cache.read(keyOf(0)))?.sha256).toBe(entry(0).sha256)
    expect(warnings).toEqual([])
  })
})

test('it is bounded: what was unused for longest goes, what is fresh stays, dead temporary files go', async () => {
  for (let i = 0; i < 6; i++) {
    await open().write(keyOf(i), entry(i))
    const age = new Date(Date.now() - (10 - i) * 600_000)
    utimesSync(pathOf(i), age, age)
  }
  const dead = join(folder, 'dead.tmp')
  const young = join(folder, 'young.tmp')
  writeFileSync(dead, 'x')
  writeFileSync(young, 'x')
  utimesSync(dead, new Date(0), new Date(0))
  // A read counts as use.
  expect(Buffer.from((await open().read(keyOf(0)))!.graph).equals(entry(0).graph)).toBe(true)
  await open(1_000_000).write(keyOf(6), entry(6))
  const left = readdirSync(folder)
  expect(left).toContain(`${keyOf(0)}.entry`)
  expect(left).toContain(`${keyOf(6)}.entry`)
  expect(left).not.toContain(`${keyOf(1)}.entry`)
  expect(left).toContain('young.tmp')
  expect(left).not.toContain('dead.tmp')
  expect(left.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)).toBeLessThan(1_100_000)
})
