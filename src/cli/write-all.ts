// Several files of one result, all written or none: temporary files first, renamed when every one of them is complete.

import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rmdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { CompileError, fail } from '../diagnostics/compile-error.ts'

export interface Written {
  readonly path: string
  readonly bytes: number
}

/** Throws PT6051, and then leaves the folder as it was. */
export async function writeAll(
  folder: string,
  files: readonly (readonly [name: string, content: readonly Uint8Array[] | string])[],
): Promise<Written[]> {
  const suffix = `.${randomBytes(6).toString('hex')}.tmp`
  const made: string[] = []
  const written: Written[] = []
  let created: string | undefined
  try {
    created = await mkdir(folder, { recursive: true })
    for (const [name, content] of files) {
      const path = join(folder, name)
      const existing = await stat(path).catch(() => undefined)
      if (existing?.isDirectory() === true) fail('PT6051', `${path} is a folder.`, { fix: 'choose another folder with -o.' })
      made.push(path + suffix)
      const handle = await open(path + suffix, 'wx')
      try {
        const pieces = typeof content === 'string' ? [Buffer.from(content)] : content
        // Renamed when complete: a process that dies leaves temporary files at most.
        await handle.writeFile(pieces)
        const bytes = pieces.reduce((n, piece) => n + piece.length, 0)
        written.push({ path, bytes })
      } finally {
        await handle.close()
      }
    }
    for (const { path } of written) await rename(path + suffix, path)
    return written
  } catch (error) {
    for (const path of made) await unlink(path).catch(() => undefined)
    if (created !== undefined) await rmdir(folder).catch(() => undefined)
    if (error instanceof CompileError) throw error
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return fail('PT6051', `The folder ${folder} cannot be written to (${reason}).`, {
      fix: 'choose another folder with -o, or free some space.',
    })
  }
}
