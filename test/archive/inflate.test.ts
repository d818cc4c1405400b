// The TypeScript twins of the host primitives, against zlib.

import { crc32 as zlibCrc32, deflateRawSync, constants } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../src/archive/crc32.ts'
import { inflateRaw } from '../../src/archive/inflate.ts'

/** Reproducible noise. */
function noise(length: number, levels: number, seed: number): Uint8Array {
  let state = seed
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 16) % levels
  })
}

const inputs: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', new Uint8Array(0)],
  ['one byte', Uint8Array.of(7)],
  ['zeros', new Uint8Array(100_000)],
  ['noise', noise(70_000, 256, 1)],
  ['few letters', noise(70_000, 4, 2)],
  ['two letters', noise(33_000, 2, 3)],
]

describe('inflateRaw', () => {
  const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY } = constants
  for (const strategy of [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE]) {
    for (const level of [0, 1, 6, 9]) {
      it.each(inputs)(`strategy ${strategy}, level ${level}: %s`, (_, bytes) => {
        const deflated = deflateRawSync(bytes, { level, strategy })
        expect(Buffer.compare(inflateRaw(deflated, bytes.length), bytes)).toBe(0)
      })
    }
  }

  it('stops at the limit', () => {
    expect(() => inflateRaw(deflateRawSync(new Uint8Array(1000)), 999)).toThrow(/PT1114.*more than the 999 bytes/)
  })

  it('refuses a stream that is cut anywhere', () => {
    const deflated = deflateRawSync(noise(500, 5, 4))
    for (let length = 0; length < deflated.length; length++) expect(() => inflateRaw(deflated.subarray(0, length), 500)).toThrow(/PT1114/)
  })

  it('refuses or decodes, whatever bits are flipped', () => {
    const deflated = deflateRawSync(noise(300, 9, 5))
    for (let bit = 0; bit < deflated.length * 8; bit++) {
      const damaged = Uint8Array.from(deflated)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      try {
        expect(inflateRaw(damaged, 300).length).toBeLessThanOrEqual(300)
      } catch (error) {
        expect(String(error)).toContain('PT1114')
      }
    }
  })
})

describe('crc32', () => {
  it('equals zlib, at every alignment', () => {
    const bytes = noise(100, 256, 6)
    for (let start = 0; start < 10; start++)
      for (let end = start; end <= 100; end += 7) expect(crc32(bytes.subarray(start, end))).toBe(zlibCrc32(bytes.subarray(start, end)))
  })
})
