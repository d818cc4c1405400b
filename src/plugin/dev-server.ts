// What Vite's dev server gives out of ours: bytes of converted models, from a table in memory and never from a path,
// and the check that a model may be read at all. A plugin's `load` runs before Vite's own access checks, so it does its own.

import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sep } from 'node:path'
import { fail } from '../diagnostics/compile-error.ts'

export interface DevAssets {
  /** Path of the bytes under the server's base, e.g. `@torch/<token>/<hash>.onnx`. Replaces what `owner` offered before, after a grace for requests under way. */
  offer(owner: string, sha256: string, bytes: Uint8Array): string
  /** Connect middleware; `base` is the server's public base, ending in `/`. */
  middleware(base: string): (request: IncomingMessage, response: ServerResponse, next: () => void) => void
  readonly size: number
}

const PREFIX = '@torch/'

export function devAssets(): DevAssets {
  // Unguessable: a page of another origin cannot fetch a model whose bytes it happens to know the hash of.
  const token = randomBytes(16).toString('hex')
  const table = new Map<string, Uint8Array>()
  const offered = new Map<string, string[]>()
  return {
    offer(owner, sha256, bytes) {
      const path = `${PREFIX}${token}/${sha256}.onnx`
      table.set(path, bytes)
      const paths = (offered.get(owner) ?? []).filter((other) => other !== path)
      paths.push(path)
      while (paths.length > 2) {
        const old = paths.shift()!
        if (![...offered].some(([other, list]) => other !== owner && list.includes(old))) table.delete(old)
      }
      offered.set(owner, paths)
      return path
    },
    middleware(base) {
      return (request, response, next) => {
        const url = request.url ?? ''
        const path = url.startsWith(base) ? url.slice(base.length) : url.startsWith('/') ? url.slice(1) : url
        if (!path.startsWith(PREFIX)) return next()
        const bytes = table.get(path)
        response.setHeader('X-Content-Type-Options', 'nosniff')
        if (bytes === undefined) return end(response, 404)
        if (request.method !== 'GET' && request.method !== 'HEAD') {
          response.setHeader('Allow', 'GET, HEAD')
          return end(response, 405)
        }
        response.setHeader('Content-Type', 'application/octet-stream')
        response.setHeader('Content-Length', bytes.length)
        response.setHeader('Cache-Control', 'no-cache')
        response.statusCode = 200
        response.end(request.method === 'HEAD' ? undefined : bytes)
      }
    },
    get size() {
      return table.size
    },
  }
}

function end(response: ServerResponse, status: number): void {
  response.statusCode = status
  response.setHeader('Content-Length', 0)
  response.end()
}

export interface AccessCheck {
  /** Vite's `isFileLoadingAllowed` for this server's configuration; takes normalized paths. */
  readonly allowed: (path: string) => boolean
  readonly name: (file: string) => string
}

/**
 * Throws PT6013 unless the dev server may read `file` and what it links to. Nothing of the file is read.
 * Vite's own ERR_DENIED_ID is not used: thrown by a plugin it ends the server.
 */
export function checkAccess(file: string, { allowed, name }: AccessCheck): void {
  const paths = [file]
  try {
    paths.push(realpathSync(file))
  } catch {
    // A file that is not there is reported by who reads it, if its path may be looked at.
  }
  for (const path of paths) {
    if (allowed(sep === '\\' ? path.replaceAll('\\', '/') : path)) continue
    fail('PT6013', "The model lies outside of the folders that Vite's dev server may serve.", {
      file: name(file),
      fix: 'add its folder to server.fs.allow in the Vite configuration.',
    })
  }
}
