// Bytes of the graph: a streamed read with progress and abort, and the check that they are the bytes that were built.
// Web: Fetch, Streams, Web Cryptography. A `file:` URL is read with node:fs.

import { TorchLoadError } from './errors.ts'

export interface Progress {
  /** Bytes so far. */
  readonly loaded: number
  /** Bytes of the whole graph. */
  readonly total: number
}

export interface ModelFile {
  readonly url: () => string
  /** Exact size of the graph. */
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

interface NodeProcess {
  readonly getBuiltinModule?: (name: 'node:fs/promises') => {
    readFile(url: URL, options: { signal: AbortSignal }): Promise<Uint8Array>
  }
}

let told = false

/** @throws TorchLoadError PT5201 no answer, PT5202 a page instead of the model, PT5203 length, PT5204 SHA-256; the signal's reason when aborted */
export async function fetchModel(
  { url: locate, bytes, sha256 }: ModelFile,
  report: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const url = locate()
  const failed = (code: string, what: string, cause?: unknown): TorchLoadError =>
    new TorchLoadError(code, `The model at ${url}: ${what}.`, { cause })
  const data = new Uint8Array(bytes)
  let loaded = 0
  const add = (chunk: Uint8Array): void => {
    if (loaded + chunk.length <= bytes) data.set(chunk, loaded)
    report({ loaded: (loaded += chunk.length), total: bytes })
  }
  try {
    const files = url.startsWith('file:') && (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.('node:fs/promises')
    if (files) add(await files.readFile(new URL(url), { signal }))
    else {
      const response = await fetch(url, { signal })
      if (!response.ok) throw `HTTP ${response.status}`
      if (response.headers.get('content-type')?.startsWith('text/html')) throw failed('PT5202', 'found text/html')
      const reader = response.body!.getReader()
      for (let chunk; loaded <= bytes && (chunk = (await reader.read()).value);) add(chunk)
      void reader.cancel()
    }
  } catch (cause) {
    throw cause instanceof TorchLoadError || signal.aborted ? cause : failed('PT5201', `${cause}`, cause)
  }
  if (loaded !== bytes) throw failed('PT5203', `expected ${bytes} bytes, found ${loaded}`)
  if (globalThis.crypto?.subtle) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
    const found = Array.from(digest, (byte) => (byte + 256).toString(16).slice(1)).join('')
    if (found !== sha256) throw failed('PT5204', `expected ${sha256}, found ${found}`)
  } else if (!told) {
    told = true
    console.info('unplugin-torch: no SHA-256 without HTTPS.')
  }
  return data
}
