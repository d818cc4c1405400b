// What Node gives to `compile`: fast primitives. None of them changes the output bytes.

import * as zlib from 'node:zlib'
import type { CompileHost } from '../compiler/types.ts'
import { sha256 } from './canonical.ts'

/** zlib.crc32 exists from Node 20.15 and 22.2 on. */
const { crc32 } = zlib as { readonly crc32?: (bytes: Uint8Array) => number }

export function nodeHost(): CompileHost {
  return {
    ...(crc32 === undefined ? {} : { crc32: (bytes) => crc32(bytes) >>> 0 }),
    inflateRaw: (bytes, maxBytes) => zlib.inflateRawSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }),
    sha256,
  }
}
