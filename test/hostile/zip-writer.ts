// A small zip writer whose every field can be made to lie.

import { crc32 } from '../../src/archive/crc32.ts'

/** One entry; fields named `central…` or `local…` are written in place of the true ones. */
export interface ZipItem {
  readonly name: string | Uint8Array
  readonly data: Uint8Array
  /** Compresses the data; stored without. */
  readonly deflate?: (data: Uint8Array) => Uint8Array
  readonly method?: number
  readonly flags?: number
  readonly crc?: number
  readonly size?: number
  readonly compressedSize?: number
  readonly externalAttributes?: number
  readonly disk?: number
  readonly centralExtra?: Uint8Array
  readonly centralOffset?: number
  readonly localName?: string
  readonly localMethod?: number
  readonly localFlags?: number
  readonly localCrc?: number
  readonly localSize?: number
  readonly localCompressedSize?: number
  readonly localExtra?: Uint8Array
  /** Local header and data are not written: the directory points at an earlier entry's. */
  readonly sharesWith?: number
}

export interface ZipEnd {
  readonly comment?: Uint8Array
  readonly count?: number
  readonly directorySize?: number
  readonly directoryOffset?: number
  readonly disk?: number
  /** Adds zip64 records, with these values where given. */
  readonly zip64?: {
    readonly count?: bigint
    readonly size?: bigint
    readonly offset?: bigint
    readonly recordOffset?: bigint
    readonly disks?: number
  }
  readonly prefix?: Uint8Array
  readonly suffix?: Uint8Array
}

type Field = readonly [width: 2 | 4 | 8, value: number | bigint]

function fields(...list: readonly Field[]): Uint8Array {
  const out = new Uint8Array(list.reduce((sum, [width]) => sum + width, 0))
  const view = new DataView(out.buffer)
  let at = 0
  for (const [width, value] of list) {
    if (width === 2) view.setUint16(at, Number(value), true)
    else if (width === 4) view.setUint32(at, Number(value), true)
    else view.setBigUint64(at, BigInt(value), true)
    at += width
  }
  return out
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => join(parts)

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

const encode = (name: string | Uint8Array): Uint8Array => (typeof name === 'string' ? new TextEncoder().encode(name) : name)

/** A zip archive of `items`, in their order. */
export function zipOf(items: readonly ZipItem[], end: ZipEnd = {}): Uint8Array {
  const prefix = end.prefix ?? new Uint8Array(0)
  const locals: Uint8Array[] = [prefix]
  const central: Uint8Array[] = []
  const places: number[] = []
  let offset = prefix.length
  for (const item of items) {
    const body = item.deflate === undefined ? item.data : item.deflate(item.data)
    const method = item.method ?? (item.deflate === undefined ? 0 : 8)
    const crc = item.crc ?? crc32(item.data)
    const size = item.size ?? item.data.length
    const packed = item.compressedSize ?? body.length
    const flags = item.flags ?? 0x0800
    const name = encode(item.name)
    const localName = encode(item.localName ?? item.name)
    const place = item.sharesWith === undefined ? offset : places[item.sharesWith]!
    places.push(place)
    if (item.sharesWith === undefined) {
      const extra = item.localExtra ?? new Uint8Array(0)
      const local = concat(
        fields([4, 0x04034b50], [2, 20], [2, item.localFlags ?? flags], [2, item.localMethod ?? method], [4, 0]),
        fields([4, item.localCrc ?? crc], [4, item.localCompressedSize ?? packed], [4, item.localSize ?? size]),
        fields([2, localName.length], [2, extra.length]),
        localName,
        extra,
        body,
      )
      locals.push(local)
      offset += local.length
    }
    const extra = item.centralExtra ?? new Uint8Array(0)
    central.push(
      concat(
        fields([4, 0x02014b50], [2, 0x0314], [2, 20], [2, flags], [2, method], [4, 0], [4, crc], [4, packed], [4, size]),
        fields([2, name.length], [2, extra.length], [2, 0], [2, item.disk ?? 0], [2, 0], [4, item.externalAttributes ?? 0]),
        fields([4, item.centralOffset ?? place]),
        name,
        extra,
      ),
    )
  }
  const directory = concat(...central)
  const count = end.count ?? items.length
  const records: Uint8Array[] = []
  if (end.zip64 !== undefined) {
    const { zip64 } = end
    const n = zip64.count ?? BigInt(items.length)
    records.push(
      fields([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, n], [8, n]),
      fields([8, zip64.size ?? directory.length], [8, zip64.offset ?? offset]),
      fields([4, 0x07064b50], [4, 0], [8, zip64.recordOffset ?? offset + directory.length], [4, zip64.disks ?? 1]),
    )
  }
  const comment = end.comment ?? new Uint8Array(0)
  const last = concat(
    fields([4, 0x06054b50], [2, end.disk ?? 0], [2, end.disk ?? 0], [2, count], [2, count]),
    fields([4, end.directorySize ?? directory.length], [4, end.directoryOffset ?? offset], [2, comment.length]),
    comment,
  )
  return concat(...locals, directory, ...records, last, end.suffix ?? new Uint8Array(0))
}
