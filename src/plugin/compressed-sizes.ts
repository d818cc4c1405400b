// What a file weighs on the wire: gzip and brotli as servers and CDNs make them ahead of time. Each content is compressed once a process.

import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { sha256 } from './canonical.ts'

export interface CompressedSizes {
  readonly gzip: number
  readonly brotli: number
}

// Quality 9 compresses weights no better than 5, and takes ten times as long: 6.6 s for 45 MB against 0.7 s.
const QUALITY = 9
const QUALITY_OF_BIG = 5
const BIG = 8e6

/** Sizes that others made may differ. */
export const COMPRESSION = `zlib ${process.versions.zlib}, brotli ${process.versions['brotli']}, ${QUALITY} and ${QUALITY_OF_BIG}`

const known = new Map<string, Promise<CompressedSizes>>()

/** Bytes of `content` once compressed; `hash` is its SHA-256 where that is known. */
export function compressedSizes(content: Uint8Array, hash: string = sha256(content)): Promise<CompressedSizes> {
  let sizes = known.get(hash)
  if (sizes === undefined) known.set(hash, (sizes = compress(content)))
  return sizes
}

async function compress(content: Uint8Array): Promise<CompressedSizes> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: content.length > BIG ? QUALITY_OF_BIG : QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  }
  const [zipped, brotli] = await Promise.all([promisify(gzip)(content), promisify(brotliCompress)(content, { params })])
  return { gzip: zipped.length, brotli: brotli.length }
}
