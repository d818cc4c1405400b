// The central directory of a zip archive, checked against the local headers: what lies where. Reads no data.
// Answers to APPNOTE.TXT 4.3 and to what caffe2/serialize/inline_container.cc writes. Anything that two readers could
// understand in two ways (duplicates, overlaps, disagreeing headers) is refused.

import { fail } from '../diagnostics/compile-error.ts'
import type { ProblemCode } from '../diagnostics/catalogue.ts'
import { MAX_ENTRIES, MAX_NAME_BYTES } from './limits.ts'

/** One record of the archive; sizes and offsets in bytes, checked to lie in the file. */
export interface ZipEntry {
  readonly name: string
  readonly method: 'stored' | 'deflated'
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
  /** Of its local header. */
  readonly headerStart: number
  readonly dataStart: number
}

const END = 0x06054b50
const END64 = 0x06064b50
const LOCATOR64 = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const U16 = 0xffff
const U32 = 0xffffffff
/** Encryption: traditional, strong, and masked headers. */
const ENCRYPTED = 0x0001 | 0x0040 | 0x2000
/** Deflate level, data descriptor, UTF-8 names. */
const KNOWN_FLAGS = 0x0006 | 0x0008 | 0x0800
const DATA_DESCRIPTOR = 0x0008
const METHOD_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'shrink'],
  [6, 'implode'],
  [9, 'deflate64'],
  [12, 'bzip2'],
  [14, 'LZMA'],
  [93, 'Zstandard'],
  [95, 'xz'],
  [98, 'PPMd'],
  [99, 'AES encryption'],
])
const DAMAGED = 'the file is damaged: download or export it again.'

interface Directory {
  readonly start: number
  readonly end: number
  readonly count: number
}

/** Little-endian fields of the file; the caller has checked that they are there. */
class Fields {
  readonly bytes: Uint8Array
  readonly view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  u16(at: number): number {
    return this.view.getUint16(at, true)
  }
  u32(at: number): number {
    return this.view.getUint32(at, true)
  }
  /** Numbers beyond 2^53 cannot be places in a file. */
  u64(at: number): number {
    const value = this.view.getBigUint64(at, true)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) bad('PT1103', `a 64-bit field says ${value}, beyond any file`, at)
    return Number(value)
  }
}

function bad(code: ProblemCode, message: string, offset: number, member?: string): never {
  return fail(code, message, { offset, fix: DAMAGED, ...(member === undefined ? {} : { member }) })
}

/** Searched from the end: the comment must reach exactly to the end of the file. */
function findEnd(fields: Fields): number {
  const { length } = fields.bytes
  for (let at = length - 22; at >= Math.max(0, length - 22 - U16); at--) {
    if (fields.u32(at) === END && at + 22 + fields.u16(at + 20) === length) return at
  }
  return fail('PT1003', `the zip archive has no directory at its end: the file ends at byte ${length}, in the middle of the archive`, {
    offset: length,
    fix: 'the download or copy is incomplete: get the file again.',
  })
}

function readEnd(fields: Fields): Directory {
  const at = findEnd(fields)
  const [disk, startDisk, here, count] = [fields.u16(at + 4), fields.u16(at + 6), fields.u16(at + 8), fields.u16(at + 10)]
  const [size, start] = [fields.u32(at + 12), fields.u32(at + 16)]
  const has64 = at >= 20 && fields.u32(at - 20) === LOCATOR64
  if (!has64) {
    if (disk !== 0 || startDisk !== 0 || here !== count) split(at)
    if (count === U16 || size === U32 || start === U32) bad('PT1103', 'the directory needs zip64 records, which are missing', at)
    return placed({ start, end: start + size, count }, at)
  }
  const locator = at - 20
  const end64 = fields.u64(locator + 8)
  if (fields.u32(locator + 4) !== 0 || fields.u32(locator + 16) > 1) split(locator)
  if (end64 + 56 > locator || fields.u32(end64) !== END64) bad('PT1103', 'the zip64 end record is not where its locator says', locator)
  if (end64 + 12 + fields.u64(end64 + 4) !== locator) bad('PT1103', 'the zip64 end record does not reach to its locator', end64)
  if (fields.u32(end64 + 16) !== 0 || fields.u32(end64 + 20) !== 0) split(end64)
  const wide = { here: fields.u64(end64 + 24), count: fields.u64(end64 + 32), size: fields.u64(end64 + 40), start: fields.u64(end64 + 48) }
  if (wide.here !== wide.count) split(end64)
  const agrees = (narrow: number, limit: number, value: number): boolean => narrow === limit || narrow === value
  if (
    !agrees(count, U16, wide.count) ||
    !agrees(here, U16, wide.here) ||
    !agrees(size, U32, wide.size) ||
    !agrees(start, U32, wide.start)
  ) {
    bad('PT1103', 'the zip64 end record and the end record disagree', at)
  }
  return placed({ start: wide.start, end: wide.start + wide.size, count: wide.count }, end64)
}

function split(at: number): never {
  return fail('PT1104', 'the zip archive is one part of several', { offset: at, fix: 'join the parts, or export the model as one file.' })
}

function placed(directory: Directory, endRecord: number): Directory {
  const { start, end, count } = directory
  if (count > MAX_ENTRIES) {
    fail('PT1116', `the archive declares ${count} entries; the limit is ${MAX_ENTRIES}`, {
      offset: endRecord,
      fix: 'export the model again.',
    })
  }
  if (end !== endRecord) bad('PT1102', `the directory should end at byte ${end}, but its end record is at byte ${endRecord}`, endRecord)
  if (count * 46 > end - start) bad('PT1102', `${count} entries do not fit in a directory of ${end - start} bytes`, start)
  return directory
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function entryName(bytes: Uint8Array, at: number): string {
  const unsafe = (why: string): never =>
    fail('PT1110', `an entry's name ${why}`, { offset: at, fix: 'export the model again; torch never writes such names.' })
  if (bytes.length > MAX_NAME_BYTES) return unsafe(`is ${bytes.length} bytes long; the limit is ${MAX_NAME_BYTES}`)
  let name: string
  try {
    name = decoder.decode(bytes)
  } catch {
    return unsafe('is not UTF-8')
  }
  if (name === '') return unsafe('is empty')
  // oxlint-disable-next-line no-control-regex -- such names would reach terminals
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) return unsafe('holds a control character')
  if (name.includes('\\')) return unsafe(`holds a backslash: ${JSON.stringify(name)}`)
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return unsafe(`is an absolute path: ${JSON.stringify(name)}`)
  if (name.split('/').some((part) => part === '..' || part === '.')) return unsafe(`leaves its folder: ${JSON.stringify(name)}`)
  return name
}

/** Sizes and offset of an entry, with the zip64 extra block read where a 32-bit field is full. */
function wideSizes(fields: Fields, extra: number, length: number, values: readonly number[], at: number): number[] {
  const out = [...values]
  if (!out.includes(U32)) return out
  for (let p = extra; p + 4 <= extra + length; p += 4 + fields.u16(p + 2)) {
    if (fields.u16(p) !== 1) continue
    const blockEnd = p + 4 + fields.u16(p + 2)
    if (blockEnd > extra + length) break
    let q = p + 4
    for (let i = 0; i < out.length; i++) {
      if (out[i] !== U32) continue
      if (q + 8 > blockEnd) break
      out[i] = fields.u64(q)
      q += 8
    }
    return out
  }
  return bad('PT1103', 'an entry has a full 32-bit size but no zip64 block', at)
}

function readCentral(fields: Fields, at: number, directoryEnd: number): { readonly entry: ZipEntry; readonly next: number } {
  if (at + 46 > directoryEnd || fields.u32(at) !== CENTRAL) bad('PT1102', 'the directory is damaged: an entry is missing', at)
  const [nameLength, extraLength, commentLength] = [fields.u16(at + 28), fields.u16(at + 30), fields.u16(at + 32)]
  const next = at + 46 + nameLength + extraLength + commentLength
  if (next > directoryEnd) bad('PT1102', 'an entry reaches beyond the directory', at)
  const nameBytes = fields.bytes.subarray(at + 46, at + 46 + nameLength)
  const name = entryName(nameBytes, at)
  const flags = fields.u16(at + 8)
  if (flags & ENCRYPTED) fail('PT1105', 'the entry is encrypted', { member: name, offset: at, fix: 'save the archive without a password.' })
  if (flags & ~KNOWN_FLAGS) bad('PT1118', `the entry has flags 0x${flags.toString(16)}`, at, name)
  const code = fields.u16(at + 10)
  if (code !== 0 && code !== 8) {
    const called = METHOD_NAMES.get(code)
    fail(
      'PT1106',
      `the entry is compressed with method ${code}${called === undefined ? '' : ` (${called})`}; PyTorch knows 0 (stored) and 8 (deflate)`,
      {
        member: name,
        offset: at,
        fix: 'pack the archive again with deflate or without compression, or export the model again.',
      },
    )
  }
  if ((fields.u16(at + 40) & 0xf000) === 0xa000) {
    fail('PT1111', 'the entry is a symbolic link', { member: name, offset: at, fix: 'export the model again; torch never writes links.' })
  }
  if (fields.u16(at + 34) !== 0) split(at)
  const extra = at + 46 + nameLength
  const narrow = [fields.u32(at + 24), fields.u32(at + 20), fields.u32(at + 42)]
  const [size, compressedSize, headerStart] = wideSizes(fields, extra, extraLength, narrow, at) as [number, number, number]
  const crc = fields.u32(at + 16)
  const dataStart = checkLocal(fields, { name, nameBytes, flags, code, crc, size, compressedSize, headerStart })
  if (code === 0 && size !== compressedSize) {
    bad('PT1107', `the entry is stored, yet ${compressedSize} bytes in the file stand for ${size}`, at, name)
  }
  return { entry: { name, method: code === 0 ? 'stored' : 'deflated', crc, compressedSize, size, headerStart, dataStart }, next }
}

interface Declared {
  readonly name: string
  readonly nameBytes: Uint8Array
  readonly flags: number
  readonly code: number
  readonly crc: number
  readonly size: number
  readonly compressedSize: number
  readonly headerStart: number
}

/** Compares the local header with the directory; gives the place of the data. */
function checkLocal(fields: Fields, declared: Declared): number {
  const { name, nameBytes, headerStart: at, flags, code, crc, size, compressedSize } = declared
  const { length } = fields.bytes
  if (at + 30 > length) bad('PT1112', `the entry should start at byte ${at}, but the file has ${length} bytes`, at, name)
  const differ = (what: string): never => bad('PT1107', `the entry's own header and the directory disagree on its ${what}`, at, name)
  if (fields.u32(at) !== LOCAL) differ('place')
  const [nameLength, extraLength] = [fields.u16(at + 26), fields.u16(at + 28)]
  const dataStart = at + 30 + nameLength + extraLength
  if (dataStart + compressedSize > length) {
    bad('PT1112', `the entry should reach to byte ${dataStart + compressedSize}, but the file has ${length} bytes`, at, name)
  }
  if (fields.u16(at + 6) !== flags) differ('flags')
  if (fields.u16(at + 8) !== code) differ('method')
  if (nameLength !== nameBytes.length) differ('name')
  for (let i = 0; i < nameLength; i++) if (fields.bytes[at + 30 + i] !== nameBytes[i]) differ('name')
  // With a data descriptor the header may leave the numbers at zero.
  const streamed = (flags & DATA_DESCRIPTOR) !== 0
  const same = (local: number, central: number): boolean => local === central || (streamed && local === 0)
  if (!same(fields.u32(at + 14), crc)) differ('checksum')
  const narrow = [fields.u32(at + 22), fields.u32(at + 18)]
  const [localSize, localCompressed] = wideSizes(fields, at + 30 + nameLength, extraLength, narrow, at) as [number, number]
  if (!same(localSize, size)) differ('size')
  if (!same(localCompressed, compressedSize)) differ('compressed size')
  return dataStart
}

/**
 * Every entry of the archive, folders left out.
 * @throws CompileError PT1003 and PT1101 to PT1118.
 */
export function readZipDirectory(bytes: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const fields = new Fields(bytes)
  const directory = readEnd(fields)
  const all: ZipEntry[] = []
  const names = new Map<string, ZipEntry>()
  let at = directory.start
  for (let i = 0; i < directory.count; i++) {
    const { entry, next } = readCentral(fields, at, directory.end)
    at = next
    all.push(entry)
    if (names.has(entry.name)) bad('PT1109', 'two entries have this name', entry.headerStart, entry.name)
    names.set(entry.name, entry)
  }
  if (at !== directory.end) bad('PT1102', `the directory counts ${directory.count} entries, yet goes on after them`, at)
  checkOverlaps(all, directory.start)
  for (const name of names.keys()) if (name.endsWith('/')) names.delete(name)
  return names
}

function checkOverlaps(entries: readonly ZipEntry[], directoryStart: number): void {
  const byPlace = [...entries].sort((a, b) => a.headerStart - b.headerStart)
  for (const [i, entry] of byPlace.entries()) {
    const end = entry.dataStart + entry.compressedSize
    const limit = byPlace[i + 1]?.headerStart ?? directoryStart
    if (end > limit) bad('PT1108', `the entry reaches to byte ${end}, over what starts at byte ${limit}`, entry.headerStart, entry.name)
  }
}
