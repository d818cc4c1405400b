// PNG → RGBA pixels of 8 bits, as a canvas gives them: every colour type, bit depth and interlace; no colour management, no animation.
// https://www.w3.org/TR/png-3/

import { inflateSync } from 'node:zlib'
import { fail } from '../diagnostics/compile-error.ts'

/** RGBA, 8 bits a channel, row by row: what the page calls ImageData. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** What a photo of a large camera has. */
export const MAX_PIXELS = 2 ** 27

/** Samples a pixel, by colour type. */
const SAMPLES = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
])
const DEPTHS = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
])
/** Adam7: first column and row of each pass, and the steps between. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

export const isPng = (bytes: Uint8Array): boolean => bytes.length > 8 && bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e

/** Throws PT6016. Checksums are not looked at. */
export function decodePng(bytes: Uint8Array, file: string): Pixels {
  const malformed = (message: string): never => fail('PT6016', message, { file, fix: 'save the image again.' })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  let header: Uint8Array | undefined
  let palette = new Uint8Array(0)
  let transparency = new Uint8Array(0)
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at)
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (length > bytes.length - at - 12) malformed('The PNG file ends inside a chunk.')
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (kind === 'IHDR') header = body
    else if (kind === 'PLTE') palette = new Uint8Array(body)
    else if (kind === 'tRNS') transparency = new Uint8Array(body)
    else if (kind === 'IDAT') parts.push(body)
    else if (kind === 'IEND') break
    at += length + 12
  }
  if (header?.length !== 13) return malformed('The PNG file has no header.')
  const own = new DataView(header.buffer, header.byteOffset, 13)
  const [width, height] = [own.getUint32(0), own.getUint32(4)]
  const [depth, type, compression, filtering, interlace] = header.subarray(8) as unknown as [number, number, number, number, number]
  const samples = SAMPLES.get(type)
  if (samples === undefined || !DEPTHS.get(type)!.includes(depth) || compression !== 0 || filtering !== 0 || interlace > 1)
    return malformed(`The PNG file is of a kind that is not known (colour type ${type}, ${depth} bits).`)
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) malformed(`The PNG file says that it has ${width} × ${height} pixels.`)
  const bitsPerPixel = samples * depth
  const passes = (interlace === 0 ? [[0, 0, 1, 1] as const] : PASSES)
    .map(([x, y, dx, dy]) => ({ x, y, dx, dy, columns: Math.ceil((width - x) / dx), rows: Math.ceil((height - y) / dy) }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0)
  const rowBytes = (columns: number): number => Math.ceil((columns * bitsPerPixel) / 8)
  const expected = passes.reduce((sum, { columns, rows }) => sum + rows * (1 + rowBytes(columns)), 0)
  let raw: Uint8Array
  try {
    raw = inflateSync(Buffer.concat(parts), { maxOutputLength: expected })
  } catch {
    return malformed('The pixels of the PNG file are damaged.')
  }
  if (raw.length !== expected) malformed('The PNG file ends before its last row.')

  const data = new Uint8Array(width * height * 4)
  const write = colourWriter(type, depth, palette, transparency, data)
  let at = 0
  for (const { x, y, dx, dy, columns, rows } of passes) {
    const size = rowBytes(columns)
    let before = new Uint8Array(size)
    for (let row = 0; row < rows; row++, at += 1 + size) {
      const line = raw.subarray(at + 1, at + 1 + size) as Uint8Array<ArrayBuffer>
      if (!unfilter(raw[at]!, line, before, Math.max(1, bitsPerPixel >> 3))) malformed('A row of the PNG file has an unknown filter.')
      for (let column = 0; column < columns; column++) write(line, column, ((y + row * dy) * width + x + column * dx) * 4)
      before = line
    }
  }
  return { data, width, height }
}

/** In place; false for a filter that does not exist. `step`: bytes to the pixel on the left. */
function unfilter(filter: number, line: Uint8Array, before: Uint8Array, step: number): boolean {
  if (filter > 4) return false
  if (filter === 0) return true
  for (let i = 0; i < line.length; i++) {
    const left = i < step ? 0 : line[i - step]!
    const up = before[i]!
    const corner = i < step ? 0 : before[i - step]!
    const predicted = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner)
    line[i] = line[i]! + predicted
  }
  return true
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

type Write = (line: Uint8Array, column: number, to: number) => void

function colourWriter(type: number, depth: number, palette: Uint8Array, transparency: Uint8Array, data: Uint8Array): Write {
  const top = 2 ** depth - 1
  const sample = (line: Uint8Array, i: number): number => {
    if (depth === 8) return line[i]!
    if (depth === 16) return (line[2 * i]! << 8) | line[2 * i + 1]!
    return (line[(i * depth) >> 3]! >> (8 - depth - ((i * depth) & 7))) & top
  }
  const byte = (value: number): number => (depth === 8 ? value : Math.round((value * 255) / top))
  /** The one colour that is clear, sample by sample. */
  const clear = Array.from({ length: transparency.length >> 1 }, (_, i) => (transparency[2 * i]! << 8) | transparency[2 * i + 1]!)
  const put = (to: number, red: number, green: number, blue: number, alpha: number): void => {
    data[to] = red
    data[to + 1] = green
    data[to + 2] = blue
    data[to + 3] = alpha
  }
  if (type === 3)
    return (line, column, to) => {
      const i = sample(line, column)
      put(to, palette[3 * i] ?? 0, palette[3 * i + 1] ?? 0, palette[3 * i + 2] ?? 0, transparency[i] ?? 255)
    }
  if (type === 0 || type === 4)
    return (line, column, to) => {
      const grey = sample(line, type === 0 ? column : 2 * column)
      const alpha = type === 4 ? byte(sample(line, 2 * column + 1)) : grey === clear[0] ? 0 : 255
      put(to, byte(grey), byte(grey), byte(grey), alpha)
    }
  const step = type === 2 ? 3 : 4
  return (line, column, to) => {
    const [red, green, blue] = [0, 1, 2].map((i) => sample(line, step * column + i)) as [number, number, number]
    const alpha = type === 6 ? byte(sample(line, 4 * column + 3)) : red === clear[0] && green === clear[1] && blue === clear[2] ? 0 : 255
    put(to, byte(red), byte(green), byte(blue), alpha)
  }
}
