// `.debug_pkl`: which lines of the user's own Python a serialized source came from. File names in it are data, shown and never opened.
// Answers to torch/csrc/jit/serialization/source_range_serialization.cpp, both of its formats:
// rows `(byte offset, ((text, file, line), start, end)[, tag])`, or the same with texts as lists of indices into one table of strings.

import type { Source, SourceRange } from '../diagnostics/source-range.ts'
import type { IValue } from '../ir/ivalue.ts'
import { MAX_DEBUG_TEXT } from './limits.ts'

const WITH_STRING_TABLE = 'FORMAT_WITH_STRING_TABLE'

/** A frame of a recorded stack: traced code keeps the Python stack as its text, innermost first. */
const STACK_FRAME = /^(.+)\((\d{1,9})\): .*$/
const LIBRARY_FRAME = /(?:site|dist)-packages[\\/]torch[\\/]|[\\/]torch[\\/](?:nn|jit|functional|utils|_)/

/** Offsets into a text as torch counts them (UTF-8 bytes), from and to those of a string. */
class ByteOffsets {
  readonly #text: string
  #bytes: Uint32Array | undefined
  readonly #ascii: boolean

  constructor(text: string) {
    this.#text = text
    // oxlint-disable-next-line no-control-regex -- a test for non-ASCII text
    this.#ascii = /^[\x00-\x7f]*$/.test(text)
  }

  /** Bytes before each unit of the text. */
  get #table(): Uint32Array {
    if (this.#bytes !== undefined) return this.#bytes
    const table = new Uint32Array(this.#text.length + 1)
    for (let i = 0; i < this.#text.length; i++) {
      const unit = this.#text.charCodeAt(i)
      // A surrogate pair is four bytes, two for each half.
      table[i + 1] = table[i]! + (unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3)
    }
    this.#bytes = table
    return table
  }

  toByte(offset: number): number {
    if (this.#ascii) return offset
    const table = this.#table
    return table[Math.min(offset, table.length - 1)]!
  }

  fromByte(byte: number): number {
    const { length } = this.#text
    if (this.#ascii) return Math.min(byte, length)
    return Math.min(length, upperBound(this.#table, byte) - 1)
  }
}

/** Index of the first number above `value` in an ascending list. */
function upperBound(sorted: ArrayLike<number>, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}

const place = (value: IValue | undefined): number => (typeof value === 'bigint' && value >= 0n && value <= 0xffffffffn ? Number(value) : -1)
const items = (value: IValue | undefined): readonly IValue[] =>
  typeof value === 'object' && value !== null && (value.kind === 'tuple' || value.kind === 'list') ? value.items : []

interface UserSource {
  readonly source: Source
  readonly offsets: ByteOffsets
  /** For recorded stacks: the one range that matters, the innermost frame outside torch. */
  readonly frame?: readonly [start: number, end: number]
}

/** The map of one serialized source. Rows that make no sense lead nowhere; nothing here fails. */
export class DebugRanges {
  readonly #rows: readonly IValue[]
  readonly #starts: readonly number[]
  readonly #table: readonly IValue[] | undefined
  readonly #own: ByteOffsets
  readonly #sources = new Map<IValue, UserSource | undefined>()

  /** `record` is the unpickled `.debug_pkl`, `text` the serialized source that it belongs to. */
  constructor(record: IValue, text: string) {
    const top = items(record)
    const tabled = top[0] === WITH_STRING_TABLE
    this.#table = tabled ? items(top[1]) : undefined
    const rows = tabled ? items(top[2]) : top
    const starts = rows.map((row) => place(items(row)[0]))
    const sound = starts.every((start, i) => start >= 0 && (i === 0 || start >= starts[i - 1]!))
    this.#rows = sound ? rows : []
    this.#starts = sound ? starts : []
    this.#own = new ByteOffsets(text)
  }

  /** The user's range for an offset of the serialized source. */
  find(offset: number): SourceRange | undefined {
    const row = this.#rows[upperBound(this.#starts, this.#own.toByte(offset)) - 1]
    const [sourceItem, startItem, endItem] = items(items(row)[1])
    if (sourceItem === undefined) return undefined
    if (!this.#sources.has(sourceItem)) this.#sources.set(sourceItem, this.#readSource(sourceItem))
    const known = this.#sources.get(sourceItem)
    if (known === undefined) return undefined
    const { source, offsets, frame } = known
    if (frame !== undefined) return { source, start: frame[0], end: frame[1] }
    const [startByte, endByte] = [place(startItem), place(endItem)]
    if (startByte < 0 || endByte < startByte) return undefined
    return { source, start: offsets.fromByte(startByte), end: offsets.fromByte(endByte) }
  }

  #readSource(item: IValue): UserSource | undefined {
    const [textItem, nameItem, lineItem] = items(item)
    const text = this.#textOf(textItem)
    const name = this.#table === undefined ? nameItem : this.#table[place(nameItem)]
    const line = place(lineItem)
    if (text === undefined || text === '' || typeof name !== 'string' || name === '' || line < 0) return undefined
    return stackSource(text) ?? { source: { name, text, firstLine: line }, offsets: new ByteOffsets(text) }
  }

  #textOf(item: IValue | undefined): string | undefined {
    if (this.#table === undefined) return typeof item === 'string' && item.length <= MAX_DEBUG_TEXT ? item : undefined
    const lines: string[] = []
    let length = 0
    for (const index of items(item)) {
      const line = this.#table[place(index)]
      if (typeof line !== 'string') return undefined
      length += line.length
      if (length > MAX_DEBUG_TEXT) return undefined
      lines.push(line)
    }
    return lines.join('')
  }
}

/** A recorded stack as a source whose marked line is the user's own: the innermost frame outside torch. */
function stackSource(text: string): UserSource | undefined {
  const lines = text.split('\n')
  const frames = lines.map((line) => STACK_FRAME.exec(line))
  if (!lines.every((line, i) => line === '' || frames[i] !== null)) return undefined
  const own = frames.findIndex((frame) => frame !== null && !LIBRARY_FRAME.test(frame[1]!))
  const index = own === -1 ? frames.findIndex((frame) => frame !== null) : own
  const frame = frames[index]
  if (frame === undefined || frame === null) return undefined
  const start = lines.slice(0, index).reduce((sum, line) => sum + line.length + 1, 0)
  const source = { name: frame[1]!, text, firstLine: Number(frame[2]) - index }
  return { source, offsets: new ByteOffsets(text), frame: [start, start + lines[index]!.length] }
}
