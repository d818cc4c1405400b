// What graphs weigh once compressed, from build to build: gzip and brotli take a second for 10 MB, and a build from a warm cache does little else.
// One small file of JSON beside the cache's entries, replaced as a whole. Only the table that a build prints reads it: budgets are measured.

import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { COMPRESSION, compressedSizes, type CompressedSizes } from './compressed-sizes.ts'

const FILE = 'sizes.json'
/** Graphs that are remembered; those that were measured first go. */
const MAX_KNOWN = 1000

export type SizesOf = (graph: Uint8Array, sha256: string) => Promise<CompressedSizes>

/** Measures what the file in `folder` does not know. Never throws for a file that cannot be read or written: then sizes are measured each time. */
export function openKnownSizes(folder: string): SizesOf {
  const path = join(folder, FILE)
  let loading: Promise<Map<string, CompressedSizes>> | undefined
  let writing = Promise.resolve()
  return async (graph, sha256) => {
    loading ??= readFile(path, 'utf8').then(parse, () => new Map<string, CompressedSizes>())
    const known = await loading
    const found = known.get(sha256)
    if (found !== undefined) return found
    const sizes = await compressedSizes(graph, sha256)
    known.set(sha256, sizes)
    for (const oldest of known.keys()) if (known.size > MAX_KNOWN) known.delete(oldest)
    writing = writing.then(() => write(folder, path, known)).catch(() => undefined)
    await writing
    return sizes
  }
}

/** Anything may stand in the file: what is no table of sizes by these compressors is none. */
function parse(text: string): Map<string, CompressedSizes> {
  const known = new Map<string, CompressedSizes>()
  try {
    const { compression, sizes } = JSON.parse(text) as { readonly compression?: unknown; readonly sizes?: unknown }
    if (compression !== COMPRESSION || !Array.isArray(sizes)) return known
    for (const row of sizes as readonly unknown[]) {
      if (!Array.isArray(row)) continue
      const [sha256, gzip, brotli] = row as readonly unknown[]
      if (typeof sha256 === 'string' && isSize(gzip) && isSize(brotli)) known.set(sha256, { gzip, brotli })
    }
  } catch {
    known.clear()
  }
  return known
}

const isSize = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

async function write(folder: string, path: string, known: ReadonlyMap<string, CompressedSizes>): Promise<void> {
  const sizes = [...known].map(([sha256, { gzip, brotli }]) => [sha256, gzip, brotli])
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `${FILE}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(JSON.stringify({ compression: COMPRESSION, sizes }))
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw error
  }
}
