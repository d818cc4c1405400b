// The cache of converted models: one file an entry, named by a hash of everything that decides its content.
// Written to a temporary file, synced, then renamed; verified on read by a footer with length and SHA-256. So a killed or a parallel build never leaves
// a half entry, and a damaged one is only built again. No locks: double work is allowed, wrong bytes are not. Generated code never refers to these files.

import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, unlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../diagnostics/compile-error.ts'
import type { CompiledHeader, CompiledModel } from './compiled-model.ts'

const MAGIC = Buffer.from('torch\x00c2')
const FOOTER_BYTES = 32 + 8 + MAGIC.length
const EXTENSION = '.entry'
const TEMPORARY = '.tmp'
/** A temporary file this old belongs to a build that died. */
const STALE_MS = 60 * 60_000
/** An entry used this recently may be in use by a build next door. */
const GRACE_MS = 60_000

export interface Cache {
  /** The entry, or undefined when there is none or it is damaged. Never throws. */
  read(key: string): Promise<CompiledModel | undefined>
  /** Keeps `model`. Never throws: a cache that cannot be written is one warning. */
  write(key: string, model: CompiledModel): Promise<void>
}

export interface CacheOptions {
  readonly folder: string
  /** Bytes kept; what was unused for longest goes first. */
  readonly limit: number
  /** Called once for a folder that cannot be used, and once for the first damaged entry. */
  readonly warn: (problem: Problem) => void
}

export const noCache: Cache = { read: () => Promise.resolve(undefined), write: () => Promise.resolve() }

export function openCache({ folder, limit, warn }: CacheOptions): Cache {
  const warned = new Set<string>()
  const warnOnce = (problem: Problem): void => {
    if (warned.has(problem.code)) return
    warned.add(problem.code)
    warn(problem)
  }
  let swept = false

  return {
    async read(key) {
      const path = join(folder, key + EXTENSION)
      let bytes: Buffer
      try {
        // A symbolic link is not followed, so that an entry cannot point outside the folder. Windows has no such flag.
        const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
        try {
          if (!(await handle.stat()).isFile()) throw new Error('not a regular file')
          bytes = await handle.readFile()
        } finally {
          await handle.close()
        }
      } catch (error) {
        if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') warnOnce(damaged(path))
        return undefined
      }
      const model = decode(bytes)
      if (model === undefined) warnOnce(damaged(path))
      else await utimes(path, new Date(), new Date()).catch(() => undefined)
      return model
    },

    async write(key, model) {
      const path = join(folder, key + EXTENSION)
      const temporary = join(folder, `${key}.${process.pid}.${randomBytes(6).toString('hex')}${TEMPORARY}`)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const handle = await open(temporary, 'wx', 0o600)
        try {
          for (const part of encode(model)) await handle.writeFile(part)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await moveOver(temporary, path)
        if (!swept) {
          swept = true
          await sweep(folder, limit)
        }
      } catch (error) {
        await unlink(temporary).catch(() => undefined)
        warnOnce({
          code: 'PT6030',
          message: `The cache folder ${folder} cannot be written (${errorCode(error)}); models are converted anew in each build.`,
          fix: "make the folder writable, or set the plugin's option cache to another folder or to false.",
        })
      }
    },
  }
}

const errorCode = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : String(error))

const damaged = (path: string): Problem => ({
  code: 'PT6031',
  message: `The cache entry ${path} is damaged; the model is converted anew.`,
  fix: 'nothing needs to be done.',
})

/** A rename that also replaces what is not a file, for example a folder that a broken restore left under the entry's name. */
async function moveOver(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    const existing = await stat(to).catch(() => undefined)
    if (existing === undefined || existing.isFile()) throw error
    await rm(to, { recursive: true })
    await rename(from, to)
  }
}

/** Key of an object that stands for a float which JSON lacks: a default may be −∞. No other object of a header has it. */
const FLOAT = '$float'
const isOutsideJson = (value: unknown): value is number => typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
const printFloat = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

// Entry: magic, header length (u32), header (JSON), graph; footer: SHA-256 of all before, its length (u64), magic.
function encode(model: CompiledModel): readonly Uint8Array[] {
  const { graph, ...rest } = model
  const header: CompiledHeader = rest
  const json = Buffer.from(JSON.stringify(header, (_, value: unknown) => (isOutsideJson(value) ? { [FLOAT]: printFloat(value) } : value)))
  const start = Buffer.alloc(MAGIC.length + 4)
  MAGIC.copy(start)
  start.writeUInt32LE(json.length, MAGIC.length)
  const parts = [start, json, graph]
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(start.length + json.length + graph.length))
  return [...parts, hash.digest(), length, MAGIC]
}

function decode(bytes: Buffer): CompiledModel | undefined {
  const end = bytes.length - FOOTER_BYTES
  if (end < MAGIC.length + 4) return undefined
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || !bytes.subarray(bytes.length - MAGIC.length).equals(MAGIC)) return undefined
  if (bytes.readBigUInt64LE(end + 32) !== BigInt(end)) return undefined
  if (
    !createHash('sha256')
      .update(bytes.subarray(0, end))
      .digest()
      .equals(bytes.subarray(end, end + 32))
  )
    return undefined
  const headerEnd = MAGIC.length + 4 + bytes.readUInt32LE(MAGIC.length)
  if (headerEnd > end) return undefined
  try {
    const text = bytes.toString('utf8', MAGIC.length + 4, headerEnd)
    const header = JSON.parse(text, (_, value: unknown) => {
      const float =
        typeof value === 'object' && value !== null && Object.hasOwn(value, FLOAT) ? (value as { [FLOAT]: string })[FLOAT] : undefined
      return float === undefined ? value : Number(float)
    }) as CompiledHeader
    return { ...header, graph: bytes.subarray(headerEnd, end) }
  } catch {
    return undefined
  }
}

/** Deletes what dead builds left behind, then the entries unused for longest until the folder is within `limit`. */
async function sweep(folder: string, limit: number): Promise<void> {
  const now = Date.now()
  const entries: { readonly path: string; readonly size: number; readonly used: number }[] = []
  let total = 0
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found === undefined || !found.isFile()) continue
    if (name.endsWith(TEMPORARY) && now - found.mtimeMs > STALE_MS) await unlink(path).catch(() => undefined)
    if (!name.endsWith(EXTENSION)) continue
    entries.push({ path, size: found.size, used: found.mtimeMs })
    total += found.size
  }
  entries.sort((a, b) => a.used - b.used)
  for (const { path, size, used } of entries) {
    if (total <= limit || now - used < GRACE_MS) break
    await unlink(path).catch(() => undefined)
    total -= size
  }
}
