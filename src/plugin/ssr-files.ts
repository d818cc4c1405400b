// Files that modules of a dev server read in Node: graphs in a temporary folder of this process, removed with it.
// The cache is not used for this: it may be off, unwritable or cleared while the server runs.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface NodeFiles {
  /** `file:` URL of a file with these bytes. */
  offer(sha256: string, bytes: Uint8Array): string
  close(): void
}

export function nodeFiles(): NodeFiles {
  let folder: string | undefined
  const written = new Map<string, string>()
  const close = (): void => {
    process.removeListener('exit', close)
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    folder = undefined
    written.clear()
  }
  return {
    offer(sha256, bytes) {
      const known = written.get(sha256)
      if (known !== undefined) return known
      if (folder === undefined) {
        folder = mkdtempSync(join(tmpdir(), 'unplugin-torch-'))
        process.once('exit', close)
      }
      const path = join(folder, `${sha256}.onnx`)
      writeFileSync(path, bytes, { mode: 0o600 })
      const url = pathToFileURL(path).href
      written.set(sha256, url)
      return url
    },
    close,
  }
}
