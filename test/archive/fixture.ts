// Files of the fixtures folders as bytes, and the code of the error that reading gives.

import { readFileSync } from 'node:fs'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { readTorchScript } from '../../src/archive/read-torchscript.ts'

/** A file of test/archive/fixtures. */
export const fixture = (name: string): Uint8Array => bytesOf(new URL(`fixtures/${name}`, import.meta.url))
/** An archive of test/fixtures/archives, e.g. `2.13.0/gate_traced`. */
export const archive = (name: string): Uint8Array => bytesOf(new URL(`../fixtures/archives/${name}.pt`, import.meta.url))
export const json = <T>(url: URL): T => JSON.parse(readFileSync(url, 'utf8')) as T

function bytesOf(url: URL): Uint8Array {
  const buffer = readFileSync(url)
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

/** What reading `bytes` fails with. */
export function readingError(bytes: Uint8Array): CompileError {
  try {
    readTorchScript(bytes)
  } catch (error) {
    if (error instanceof CompileError) return error
    throw error
  }
  throw new TypeError('reading did not fail')
}
