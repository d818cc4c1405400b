// Conversion threads that die, hang or run out of memory: a coded error each, and the next job is done.

import { afterEach, expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { threadPool, type ThreadPool } from '../../src/plugin/thread-pool.ts'
import { entry } from './cache-entry.ts'

const THREAD = new URL('./bad-thread.ts', import.meta.url)
const job = (file: string): Parameters<ThreadPool['run']>[0] => ({ file, bytes: new Uint8Array(4), options: {} })

let pool: ThreadPool
afterEach(() => pool.close())

test.each([
  ['exits', 'PT6020', 'status 7'],
  ['throws', 'PT6020', 'a bug'],
  ['fails', 'PT6010', 'told'],
])('%s: %s', async (file, code, text) => {
  pool = threadPool(THREAD)
  const error: unknown = await pool.run(job(file)).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(CompileError)
  expect((error as CompileError).code).toBe(code)
  expect((error as CompileError).message).toContain(text)
  expect((await pool.run(job('good'))).sha256).toBe(entry(1, 10).sha256)
})

test('out of memory', async () => {
  pool = threadPool(THREAD, 60_000, { maxOldGenerationSizeMb: 24 })
  await expect(pool.run(job('out of memory'))).rejects.toThrow('ran out of memory')
  expect((await pool.run(job('good'))).sha256).toBe(entry(1, 10).sha256)
}, 60_000)

test('one that hangs is ended', async () => {
  pool = threadPool(THREAD, 3_000)
  await expect(pool.run(job('hangs'))).rejects.toThrow('PT6021')
  expect((await pool.run(job('good'))).sha256).toBe(entry(1, 10).sha256)
})

test('a thousand jobs use few threads, and closing ends them', async () => {
  pool = threadPool(THREAD)
  const before = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
  const done = await Promise.all(Array.from({ length: 1000 }, () => pool.run(job('good'))))
  expect(done).toHaveLength(1000)
  expect(process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length - before).toBeLessThanOrEqual(8)
  await pool.close()
})
