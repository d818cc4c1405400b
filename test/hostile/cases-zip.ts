// Z1 to Z14: zip archives that lie.

import { deflateRawSync } from 'node:zlib'
import { archiveWith, minimal, records, withItem, type HostileCase } from './control.ts'
import { ascii, bytes, repeat } from './pickle-writer.ts'
import { concat, zipOf, type ZipEnd, type ZipItem } from './zip-writer.ts'

const MiB = 1024 * 1024
const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const deflate = (data: Uint8Array): Uint8Array => deflateRawSync(data, { level: 9 })
const reject = (name: string, codes: readonly string[], file: () => Uint8Array): HostileCase => ({
  name,
  expect: 'reject',
  codes,
  bytes: file,
})
const either = (name: string, file: () => Uint8Array): HostileCase => ({ name, expect: 'either', holds: 'same', bytes: file })
/** The minimal archive with one more entry. */
const plus = (item: ZipItem, end: ZipEnd = {}): Uint8Array => zipOf([...records(), item], end)

const bombs: readonly HostileCase[] = [
  reject('Z1 storage inflates 1000:1', ['PT1115'], () => withItem('data/0', { data: new Uint8Array(100 * MiB), deflate })),
  reject('Z1 pickle inflates 1000:1', ['PT1115'], () => withItem('data.pkl', { data: repeat(ascii('N0'), 40 * MiB), deflate })),
  reject('Z1 source inflates 1000:1', ['PT1115'], () => withItem('code/__torch__.py', { data: repeat(ascii('\n'), 30 * MiB), deflate })),
  reject('Z1 declares 24 bytes, inflates to 64 MiB', ['PT1114'], () =>
    withItem('data/0', { data: new Uint8Array(64 * MiB), deflate, size: 24 }),
  ),
  reject('Z1 declares 2 GiB of 100 bytes', ['PT1114'], () => withItem('data/0', { data: new Uint8Array(1000), deflate, size: 2 ** 31 })),
  reject('Z1 declares more than it inflates to', ['PT1114'], () => withItem('code/__torch__.py', { deflate, size: 5000 })),
  reject('Z1 400 entries on one body', ['PT1107', 'PT1108'], () =>
    zipOf([
      ...records(),
      ...Array.from({ length: 400 }, (_, i) => ({ name: `net/x${i}`, data: new Uint8Array(16), sharesWith: 1, localName: 'net/data/0' })),
    ]),
  ),
  either('Z1 bomb in an entry that nobody asks for', () => plus({ name: 'net/unused', data: new Uint8Array(80 * MiB), deflate })),
  either('Z1 nested archives', () => plus({ name: 'net/inner.zip', data: zipOf([{ name: 'a', data: new Uint8Array(MiB), deflate }]) })),
  reject('Z1 deflated data that is noise', ['PT1114'], () =>
    withItem('code/__torch__.py', { deflate: (data) => data.map((b) => b ^ 0xff) }),
  ),
  reject('Z1 deflated data that is empty', ['PT1114'], () => withItem('code/__torch__.py', { deflate: () => bytes() })),
]

const disagreements: readonly HostileCase[] = [
  reject('Z2 local name differs', ['PT1107'], () => withItem('data/0', { localName: 'net/data/1' })),
  reject('Z2 local name is shorter', ['PT1107'], () => withItem('data/0', { localName: 'net' })),
  reject('Z2 local method differs', ['PT1107'], () => withItem('data/0', { localMethod: 8 })),
  reject('Z2 local flags differ', ['PT1107'], () => withItem('data/0', { localFlags: 1 })),
  reject('Z2 local checksum differs', ['PT1107'], () => withItem('data/0', { localCrc: 1 })),
  reject('Z2 local size differs', ['PT1107'], () => withItem('data/0', { localSize: 15 })),
  reject('Z2 local compressed size differs', ['PT1107'], () => withItem('data/0', { localCompressedSize: 15 })),
  reject('Z2 stored, yet two sizes', ['PT1107'], () => withItem('data/0', { size: 15 })),
  reject('Z3 wrong checksum of a tensor', ['PT1113'], () => withItem('data/0', { crc: 1 })),
  reject('Z3 wrong checksum of a pickle', ['PT1113'], () => withItem('data.pkl', { crc: 0xffffffff })),
  reject('Z3 wrong checksum of deflated source', ['PT1113'], () => withItem('code/__torch__.py', { deflate, crc: 7 })),
  reject('Z4 twice the same name, evil first', ['PT1109'], () =>
    zipOf([{ name: 'net/data.pkl', data: ascii('cos\nsystem\n.') }, ...records()]),
  ),
  reject('Z4 twice the same name, evil last', ['PT1109'], () => plus({ name: 'net/data.pkl', data: ascii('cos\nsystem\n.') })),
  either('Z5 names that differ in case', () => plus({ name: 'net/DATA.pkl', data: ascii('x') })),
  reject('Z6 two roots', ['PT1117'], () => plus({ name: 'other/data.pkl', data: ascii('x') })),
  reject('Z6 an entry at the top', ['PT1117'], () => plus({ name: 'readme.txt', data: ascii('x') })),
  reject('Z6 no folder at all', ['PT1117'], () => zipOf(records().map((item) => ({ ...item, name: (item.name as string).slice(4) })))),
  ...[0x1, 0x40, 0x41, 0x2000].map((flag) =>
    reject(`Z7 encrypted, flags 0x${flag.toString(16)}`, ['PT1105'], () => withItem('data/0', { flags: 0x800 | flag })),
  ),
  ...[0x10, 0x20, 0x4000].map((flag) =>
    reject(`Z7 flags 0x${flag.toString(16)}`, ['PT1118'], () => withItem('data/0', { flags: 0x800 | flag })),
  ),
  ...[1, 6, 9, 12, 14, 93, 95, 98, 99, 255].map((method) =>
    reject(`Z7 method ${method}`, ['PT1106'], () => withItem('data/0', { method })),
  ),
]

const directories: readonly HostileCase[] = [
  reject('Z8 size ffffffff without zip64', ['PT1103'], () => withItem('data/0', { size: 0xffffffff, compressedSize: 0xffffffff })),
  reject('Z8 offset ffffffff without zip64', ['PT1103'], () => withItem('data/0', { centralOffset: 0xffffffff })),
  reject('Z8 zip64 block too short', ['PT1112', 'PT1103'], () =>
    withItem('data/0', { size: 0xffffffff, compressedSize: 0xffffffff, centralExtra: bytes(1, 0, 4, 0, 1, 2, 3, 4) }),
  ),
  reject('Z8 zip64 size beyond 2^53', ['PT1103'], () =>
    withItem('data/0', { size: 0xffffffff, compressedSize: 0xffffffff, centralExtra: concat(bytes(1, 0, 16, 0), repeat(bytes(0xff), 16)) }),
  ),
  { name: 'Z8 honest zip64 records', expect: 'accept', holds: 'same', bytes: () => archiveWith({}, { zip64: {} }) },
  reject('Z8 zip64 count lies', ['PT1103'], () => archiveWith({}, { zip64: { count: 5n } })),
  reject('Z8 zip64 count of 2^63', ['PT1103'], () => archiveWith({}, { zip64: { count: 1n << 63n }, count: 0xffff })),
  reject('Z8 zip64 size lies', ['PT1103'], () => archiveWith({}, { zip64: { size: 3n } })),
  reject('Z8 zip64 size lies in both records', ['PT1102'], () => archiveWith({}, { zip64: { size: 3n }, directorySize: 3 })),
  reject('Z8 zip64 record elsewhere', ['PT1103'], () => archiveWith({}, { zip64: { recordOffset: 0n } })),
  reject('Z8 zip64 record beyond the file', ['PT1103'], () => archiveWith({}, { zip64: { recordOffset: 1n << 40n } })),
  reject('Z8 zip64 of three disks', ['PT1104'], () => archiveWith({}, { zip64: { disks: 3 } })),
  reject('Z8 disk number', ['PT1104'], () => archiveWith({}, { disk: 1 })),
  reject('Z8 entry on another disk', ['PT1104'], () => withItem('data/0', { disk: 2 })),
  reject('Z9 count too high', ['PT1102'], () => archiveWith({}, { count: 7 })),
  reject('Z9 count too low', ['PT1102'], () => archiveWith({}, { count: 5 })),
  reject('Z9 count zero', ['PT1102'], () => archiveWith({}, { count: 0 })),
  reject('Z9 count 65535', ['PT1103'], () => archiveWith({}, { count: 0xffff })),
  reject('Z9 directory too small', ['PT1102'], () => archiveWith({}, { directorySize: 10 })),
  reject('Z9 directory too large', ['PT1102'], () => archiveWith({}, { directorySize: 100_000 })),
  reject('Z9 directory at zero', ['PT1102'], () => archiveWith({}, { directoryOffset: 0 })),
  reject('Z9 directory beyond the file', ['PT1102'], () => archiveWith({}, { directoryOffset: 0x7fffffff })),
  either('Z10 65 000 entries', () =>
    zipOf([...records(), ...Array.from({ length: 65_000 }, (_, i) => ({ name: `net/unused/${i}`, data: bytes() }))]),
  ),
  reject('Z10 200 000 entries declared', ['PT1116'], () => archiveWith({}, { zip64: { count: 200_000n }, count: 0xffff })),
]

const names: readonly HostileCase[] = [
  ...[
    'net/../../evil',
    '../evil',
    '/etc/evil',
    'C:/evil',
    'C:\\evil',
    'net\\data.pkl',
    'net/a\0b',
    'net/\u001b[2J',
    'net/a\nb',
    '',
    'net/./x',
    'net/..',
  ].map((name) => reject(`Z11 name ${JSON.stringify(name)}`, ['PT1110'], () => plus({ name, data: ascii('x') }))),
  reject('Z11 name of 60 kB', ['PT1110'], () => plus({ name: `net/${'a'.repeat(60_000)}`, data: ascii('x') })),
  reject('Z11 name that is not UTF-8', ['PT1110'], () => plus({ name: bytes(0x6e, 0xff, 0xfe), data: ascii('x') })),
  ...['net/CON', 'net/__proto__', 'net/constructor', 'net/\u202efdp.exe', 'net/🎉', 'net/a b%2e%2e'].map((name) =>
    either(`Z11 name ${JSON.stringify(name)}`, () => plus({ name, data: ascii('x') })),
  ),
  reject('Z12 symbolic link', ['PT1111'], () =>
    plus({ name: 'net/data/1', data: ascii('/etc/passwd'), externalAttributes: (0xa1ff << 16) >>> 0 }),
  ),
  reject('Z13 two entries overlap', ['PT1107', 'PT1108'], () => plus({ name: 'net/evil', data: ascii('x'), centralOffset: 10 })),
  reject('Z13 header hidden in another entry', ['PT1108'], () => {
    const hidden = zipOf([{ name: 'net/evil', data: ascii('evil') }])
    const body = hidden.subarray(0, 30 + 'net/evil'.length + 4)
    return zipOf([
      { name: 'net/cover', data: body },
      ...records(),
      { name: 'net/evil', data: ascii('evil'), sharesWith: 0, centralOffset: 30 + 'net/cover'.length },
    ])
  }),
  reject('Z13 data reaches into the directory', ['PT1107', 'PT1108', 'PT1112'], () =>
    withItem('byteorder', { size: 200, compressedSize: 200, localSize: 200, localCompressedSize: 200 }),
  ),
  reject('Z13 data reaches beyond the file', ['PT1112'], () =>
    withItem('byteorder', { size: 1e6, compressedSize: 1e6, localSize: 1e6, localCompressedSize: 1e6 }),
  ),
  reject('Z13 header beyond the file', ['PT1112'], () => withItem('byteorder', { centralOffset: 0x7fffffff })),
  reject('Z14 shell script in front', ['PT1026', 'PT1002'], () => concat(text('#!/bin/sh\ntouch hostile-canary\n'), minimal())),
  reject('Z14 pickle in front', ['PT1025', 'PT1002', 'PT1026'], () =>
    concat(ascii('cos\nsystem\n(S"touch hostile-canary"\ntR.'), minimal()),
  ),
  either('Z14 zip header in front', () => archiveWith({}, { prefix: bytes(0x50, 0x4b, 3, 4, 0, 0, 0, 0) })),
  reject('Z14 bytes behind', ['PT1003'], () => concat(minimal(), ascii('tail'))),
  reject('Z14 another archive behind', ['PT1102', 'PT1107'], () => concat(minimal(), archiveWith({ version: text('10') }))),
  reject('Z14 archive in the comment', ['PT1102', 'PT1107'], () => archiveWith({}, { comment: archiveWith({ version: text('10') }) })),
  either('Z14 comment', () => archiveWith({}, { comment: text('a comment') })),
  reject('Z14 comment longer than the file', ['PT1003'], () => {
    const file = minimal()
    file[file.length - 2] = 0xff
    return file
  }),
]

export function* zipCases(): Generator<HostileCase> {
  yield* bombs
  yield* disagreements
  yield* directories
  yield* names
}
