// Reads a model file once, whole and consistent: a regular file, within the size limit, the same before and after.

import { open, type FileHandle } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { CompileError, fail } from '../diagnostics/compile-error.ts'
import { MAX_FILE_BYTES } from './options.ts'

/** What tells one state of a file from another without reading it. */
export interface FileIdentity {
  readonly text: string
  readonly modifiedMs: number
}

export interface ModelFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly identity: FileIdentity
}

const ATTEMPTS = 3
const PAUSE_MS = 80

/** Throws PT6010, PT6011 or PT6012; `name` is the file as messages show it. */
export async function readModel(path: string, name: string): Promise<ModelFile> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(path, name)
    } catch (error) {
      // A file that is being copied or saved is given a moment.
      if (!(error instanceof CompileError) || error.code !== 'PT6011' || attempt === ATTEMPTS) throw error
      await delay(PAUSE_MS)
    }
  }
}

/** The file's identity; undefined when it is not there. */
export async function identify(path: string): Promise<FileIdentity | undefined> {
  const handle = await open(path).catch(() => undefined)
  if (handle === undefined) return undefined
  try {
    return await identityOf(handle)
  } finally {
    await handle.close()
  }
}

async function identityOf(handle: FileHandle): Promise<FileIdentity> {
  const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs } = await handle.stat({ bigint: true })
  return { text: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`, modifiedMs: Number(mtimeMs) }
}

async function readOnce(path: string, name: string): Promise<ModelFile> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => unreadable(name, error))
  try {
    const stat = await handle.stat()
    if (!stat.isFile())
      fail('PT6010', `${stat.isDirectory() ? 'The path is a folder' : 'The path is not a regular file'}; a model file was expected.`, {
        file: name,
        fix: 'give the model file itself.',
      })
    if (stat.size > MAX_FILE_BYTES)
      fail('PT6012', `The file holds ${stat.size} bytes; at most ${MAX_FILE_BYTES} are read.`, {
        file: name,
        fix: 'save the weights in half precision, or split the model.',
      })
    const before = await identityOf(handle)
    const bytes = new Uint8Array(stat.size)
    let at = 0
    while (at < bytes.length) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(bytes.length - at, 2 ** 30), at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    const after = await identityOf(handle)
    if (at < bytes.length || before.text !== after.text)
      fail('PT6011', 'The file changed while it was read.', { file: name, fix: 'build again once the file is complete.' })
    return { bytes, identity: after }
  } catch (error) {
    if (error instanceof CompileError) throw error
    return unreadable(name, error as NodeJS.ErrnoException)
  } finally {
    await handle.close()
  }
}

const REASONS = new Map<string, readonly [message: string, fix: string]>([
  ['ENOENT', ['The file does not exist.', 'check the path.']],
  ['EACCES', ['The file may not be read.', 'give the user that builds permission to read it.']],
  ['EPERM', ['The file may not be read.', 'give the user that builds permission to read it.']],
  ['EISDIR', ['The path is a folder; a model file was expected.', 'give the model file itself.']],
])

function unreadable(name: string, error: NodeJS.ErrnoException): never {
  const [message, fix] = REASONS.get(error.code ?? '') ?? [
    `The file cannot be read (${error.code ?? error.message}).`,
    'check the disk and the path.',
  ]
  return fail('PT6010', message, { file: name, fix })
}
