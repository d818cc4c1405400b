// F: realistic faults, as downloads and wrong suffixes make them. Z15 to Z18: archives with records missing, odd or damaged.

import { gzipSync } from 'node:zlib'
import { archiveWith, committed, minimal, real, type HostileCase } from './control.ts'
import { ascii, bytes, repeat } from './pickle-writer.ts'
import { concat, zipOf } from './zip-writer.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const reject = (name: string, codes: readonly string[], file: () => Uint8Array): HostileCase => ({
  name,
  expect: 'reject',
  codes,
  bytes: file,
})

function* cuts(): Generator<HostileCase> {
  const files: readonly (readonly [string, () => Uint8Array])[] = [
    ['TorchScript', real],
    ['torch.save', () => committed('archive/fixtures/state-dict.pth')],
    ['torch.export', () => committed('archive/fixtures/exported.pt2')],
  ]
  for (const [what, file] of files) {
    for (let i = 1; i < 20; i++) {
      yield {
        name: `F3 ${what} cut at ${i * 5} %`,
        expect: 'reject',
        codes: ['PT1003'],
        bytes: () => file().subarray(0, Math.floor((file().length * i) / 20)),
      }
    }
    yield {
      name: `F3 ${what} without its last byte`,
      expect: 'reject',
      codes: ['PT1003'],
      bytes: () => file().subarray(0, file().length - 1),
    }
  }
}

const kinds: readonly HostileCase[] = [
  reject('F1 empty', ['PT1001'], () => bytes()),
  reject('F2 one byte', ['PT1002'], () => bytes(0x50)),
  reject('F2 seven bytes of a zip', ['PT1002'], () => minimal().subarray(0, 7)),
  reject('F4 Git LFS pointer', ['PT1004'], () => text('version https://git-lfs.github.com/spec/v1\noid sha256:4665\nsize 1234\n')),
  reject('F5 HTML page', ['PT1005'], () => text('<html><body>Please log in</body></html>')),
  reject('F5 HTML page of 5 MB', ['PT1005'], () => concat(text('<!doctype html>'), repeat(ascii('<p>x</p>'), 600_000))),
  reject('F5 JSON error', ['PT1006'], () => text('{"message":"Not Found"}')),
  reject('F5 JSON nested 200 000 deep', ['PT1006'], () => repeat(ascii('['), 200_000)),
  reject('F5 plain text', ['PT1026'], () => text('404: Not Found')),
  reject('F6 zip around the model', ['PT1008'], () => zipOf([{ name: 'download/net.pt', data: minimal() }])),
  reject('F6 gzip around the model', ['PT1007'], () => gzipSync(minimal())),
  reject('F7 ONNX bytes', ['PT1009'], () => bytes(0x08, 8, 0x3a, 4, 0x12, 2, 0x67, 0x30, 0x42, 2, 0x10, 18)),
  reject('F7 safetensors bytes', ['PT1010'], () => concat(bytes(2, 0, 0, 0, 0, 0, 0, 0), text('{}'))),
  reject('F7 torch.export bytes', ['PT1012'], () => committed('archive/fixtures/exported.pt2')),
  reject('F8 state_dict', ['PT1014'], () => committed('archive/fixtures/state-dict.pth')),
  reject('F9 pickled module', ['PT1015'], () => committed('archive/fixtures/module.pth')),
  reject('F10 checkpoint', ['PT1016'], () => committed('archive/fixtures/checkpoint.ckpt')),
  reject('P28 legacy stream', ['PT1017'], () => committed('archive/fixtures/legacy.pth')),
  reject('F7 Python source', ['PT1026'], () => text('import os\nos.system("touch hostile-canary")\n')),
  reject('F7 ELF program', ['PT1002'], () => concat(bytes(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), repeat(bytes(0), 100))),
]

const recordsOf: readonly HostileCase[] = [
  ...['data.pkl', 'constants.pkl', 'version', 'code/__torch__.py', 'data/0'].map((name) =>
    reject(`Z15 without ${name}`, name === 'data/0' ? ['PT1301'] : ['PT1401'], () => archiveWith({ [name]: null })),
  ),
  { name: 'Z15 without byteorder', expect: 'accept', holds: 'same', bytes: () => archiveWith({ byteorder: null }) },
  ...['999999999', '11', '0', '-1', '', 'three', '3.0', '0x3', ' 3', '3\n3', '1'.repeat(100_000)].map((version) =>
    reject(`Z16 version ${JSON.stringify(version.slice(0, 12))}`, ['PT1402'], () => archiveWith({ version: text(version) })),
  ),
  ...['big', 'middle', '', 'little'.repeat(10_000)].map((order) =>
    reject(`Z17 byteorder ${JSON.stringify(order.slice(0, 8))}`, ['PT1403'], () => archiveWith({ byteorder: text(order) })),
  ),
  ...(
    [
      ['NUL', concat(text('class M'), bytes(0), text('(Module):\n'))],
      ['invalid UTF-8', concat(text('# '), bytes(0xff, 0xfe), text('\n'))],
      ['UTF-16', Uint8Array.from('class M', (c) => c.charCodeAt(0)).reduce((all, c) => concat(all, bytes(c, 0)), bytes())],
      ['a lone surrogate', concat(text('# '), bytes(0xed, 0xa0, 0x80), text('\n'))],
      ['an overlong form', concat(text('# '), bytes(0xc0, 0xaf), text('\n'))],
    ] as const
  ).map(([what, source]) => reject(`S13 source with ${what}`, ['PT1404'], () => archiveWith({ 'code/__torch__.py': source }))),
  reject('S13 source of 40 MiB', ['PT1404'], () => archiveWith({ 'code/__torch__.py': repeat(ascii('# comment\n'), 4_200_000) })),
  reject('S17 two sources for one module', ['PT1405'], () =>
    archiveWith({ 'code/__torch__/a/b.py': text(''), 'code/__torch__/a.b.py': text('') }),
  ),
]

/** One to three bits of a real archive flipped: never another result than the control's. */
function* flips(): Generator<HostileCase> {
  let state = 12345
  const next = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  for (let i = 0; i < 54; i++) {
    const length = real().length
    const bits = Array.from({ length: 1 + (i % 3) }, () => next(length * 8))
    yield {
      name: `Z18 bits ${bits.join(', ')} flipped`,
      expect: 'either',
      holds: 'same',
      control: real,
      bytes: () => {
        const damaged = Uint8Array.from(real())
        for (const bit of bits) damaged[bit >> 3]! ^= 1 << (bit & 7)
        return damaged
      },
    }
  }
}

export function* fileCases(): Generator<HostileCase> {
  yield* kinds
  yield* cuts()
  yield* recordsOf
  yield* flips()
}
