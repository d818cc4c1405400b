// Records of a zip archive: views on the file where stored, inflated where deflated, checked against their checksum when asked for.

import { CompileError, fail } from '../diagnostics/compile-error.ts'
import type { HostPrimitives } from './archive.ts'
import { crc32 } from './crc32.ts'
import { inflateRaw } from './inflate.ts'
import { INFLATE_BUDGET_PER_FILE_BYTE, MAX_INFLATE_RATIO, MIN_INFLATE_BUDGET, RATIO_FREE_BYTES } from './limits.ts'
import { readZipDirectory, type ZipEntry } from './zip-directory.ts'

/** DEFLATE cannot do better than 258 bytes out of two bits. */
const MAX_DEFLATE_RATIO = 1032
const DAMAGED = 'the file is damaged: download or export it again.'

export class ZipArchive {
  readonly entries: ReadonlyMap<string, ZipEntry>
  readonly #bytes: Uint8Array
  readonly #host: HostPrimitives
  readonly #inflated = new Map<string, Uint8Array>()
  #budget: number

  /** @throws CompileError PT1003 and PT1101 to PT1118 when the directory is not sound. Reads no data. */
  constructor(bytes: Uint8Array, host: HostPrimitives = {}) {
    this.entries = readZipDirectory(bytes)
    this.#bytes = bytes
    this.#host = host
    this.#budget = Math.max(MIN_INFLATE_BUDGET, Math.floor(bytes.length * INFLATE_BUDGET_PER_FILE_BYTE))
  }

  /**
   * The bytes of an entry: a view on the file when it is stored. Undefined when there is no such entry.
   * @throws CompileError PT1113, PT1114, PT1115
   */
  read(name: string): Uint8Array | undefined {
    const entry = this.entries.get(name)
    if (entry === undefined) return undefined
    const known = this.#inflated.get(name)
    if (known !== undefined) return known
    const raw = this.#bytes.subarray(entry.dataStart, entry.dataStart + entry.compressedSize)
    const bytes = entry.method === 'stored' ? raw : this.#inflate(entry, raw)
    const crc = (this.#host.crc32 ?? crc32)(bytes) >>> 0
    if (crc !== entry.crc) {
      fail('PT1113', `the entry's checksum is ${hex(crc)}, the directory says ${hex(entry.crc)}`, {
        member: name,
        offset: entry.dataStart,
        fix: DAMAGED,
      })
    }
    if (entry.method === 'deflated') this.#inflated.set(name, bytes)
    return bytes
  }

  #inflate(entry: ZipEntry, raw: Uint8Array): Uint8Array {
    const { name, size } = entry
    const place = { member: name, offset: entry.dataStart }
    if (size > raw.length * MAX_DEFLATE_RATIO) {
      fail('PT1114', `the entry declares ${size} bytes, more than ${raw.length} deflated bytes can hold`, { ...place, fix: DAMAGED })
    }
    if (size > this.#budget || (size > RATIO_FREE_BYTES && size > raw.length * MAX_INFLATE_RATIO)) {
      fail('PT1115', `the entry would inflate from ${raw.length} to ${size} bytes, more than a model of this size may need`, {
        ...place,
        fix: 'export the model again; torch stores tensors uncompressed.',
      })
    }
    this.#budget -= size
    let bytes: Uint8Array
    try {
      bytes = (this.#host.inflateRaw ?? inflateRaw)(raw, size)
    } catch (error) {
      const found =
        error instanceof CompileError ? error.problems[0].message : `the deflated data is damaged or inflates to more than ${size} bytes`
      return fail('PT1114', found, { ...place, fix: DAMAGED })
    }
    if (bytes.length !== size) {
      fail('PT1114', `the entry inflates to ${bytes.length} bytes, the directory says ${size}`, { ...place, fix: DAMAGED })
    }
    return bytes
  }
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0')
}
