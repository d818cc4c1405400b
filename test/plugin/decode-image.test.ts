// PNG files against the pixels that Pillow reads from them, damaged ones, and other formats, which the project's sharp decodes.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeImage } from '../../src/plugin/decode-image.ts'
import { decodePng } from '../../src/plugin/decode-png.ts'

interface Case {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly png: string
  readonly rgba: string
}
const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'images/cases.json'), 'utf8')) as readonly Case[]
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

describe('PNG', () => {
  test.each(cases)('$name', ({ name, width, height, png, rgba }) => {
    const pixels = decodePng(bytesOf(png), 'x.png')
    expect([pixels.width, pixels.height]).toEqual([width, height])
    const expected = bytesOf(rgba)
    expect(pixels.data.length).toBe(expected.length)
    // Pillow cuts 16 bits off, we round.
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - pixels.data[i]!)), 0)
    expect(worst).toBeLessThanOrEqual(name.includes('16 bits') ? 1 : 0)
  })

  const [first] = cases
  const good = bytesOf(first!.png)
  const changed = (at: number, value: number): Uint8Array => good.map((byte, i) => (i === at ? value : byte))
  test.each([
    ['cut in a chunk', good.subarray(0, 50), 'ends inside a chunk'],
    ['cut after the header', good.subarray(0, 33), 'damaged'],
    ['without a header', good.subarray(0, 9), 'no header'],
    ['of no width', changed(19, 0), '0 × 9'],
    ['of many pixels', changed(16, 0x7f), 'pixels'],
    ['of three bits', changed(24, 3), 'colour type 0, 3 bits'],
    ['with damaged pixels', changed(45, 0xff), 'damaged'],
    ['that says it has more rows', changed(23, 200), 'ends before'],
    ['that says it has fewer rows', changed(23, 2), 'damaged'],
  ])('%s', (_, bytes, message) => {
    expect(() => decodePng(bytes, 'x.png')).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ code: 'PT6016', file: 'x.png', message: expect.stringContaining(message) })],
      }),
    )
  })
})

describe('other formats', () => {
  let root: string
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'torch-images-'))
    // Answers with the bytes it was given as one row of pixels, and fails on those with a 0.
    mkdirSync(join(root, 'node_modules/sharp'), { recursive: true })
    writeFileSync(join(root, 'node_modules/sharp/package.json'), '{"name": "sharp", "main": "index.cjs"}')
    writeFileSync(
      join(root, 'node_modules/sharp/index.cjs'),
      `module.exports = (bytes) => {
        const calls = []
        const self = new Proxy({}, { get: (_, name) => (...args) => {
          calls.push(name)
          if (name !== 'toBuffer') return self
          if (bytes.includes(0)) return Promise.reject(new Error('unsupported'))
          const wanted = ['rotate', 'toColourspace', 'ensureAlpha', 'raw']
          const channels = wanted.every((call) => calls.includes(call)) ? 4 : 3
          return Promise.resolve({ data: bytes, info: { width: bytes.length / 4, height: 1, channels } })
        } })
        return self
      }`,
    )
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  test('the sharp of the project decodes them', async () => {
    const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 4, 5, 6, 7, 8)
    expect(await decodeImage(bytes, 'x.jpg', root)).toEqual({ data: bytes, width: 2, height: 1 })
    await expect(decodeImage(Uint8Array.of(0xff, 0xd8, 0xff, 0), 'x.jpg', root)).rejects.toMatchObject({
      problems: [{ code: 'PT6016', file: 'x.jpg' }],
    })
  })

  test.each([
    ['GIF', 'GIF89a'],
    ['WebP', 'RIFF1234WEBPVP8 '],
    ['AVIF', '1234ftypavif'],
  ])('%s is known by its first bytes', async (_, text) => {
    const bytes = new Uint8Array(Buffer.from(text))
    expect((await decodeImage(bytes, 'x', root)).data).toEqual(bytes)
  })

  test('what is no image', async () => {
    await expect(decodeImage(new Uint8Array(Buffer.from('<html>')), 'x.jpg', root)).rejects.toMatchObject({
      problems: [{ code: 'PT6016', message: 'The file is no image.' }],
    })
  })

  test('without it, the error says what to install', async () => {
    await expect(decodeImage(Uint8Array.of(0xff, 0xd8, 0xff), 'x.jpg', tmpdir())).rejects.toMatchObject({
      problems: [{ code: 'PT6040', file: 'x.jpg', fix: expect.stringContaining('npm install --save-dev sharp') }],
    })
  })
})
