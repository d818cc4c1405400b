// Arguments of pickle opcodes, read from the bytes of one record. Lengths are compared with the bytes that are there before anything is made.
// Answers to Lib/pickletools.py (ArgumentDescriptor).

import { MAX_PICKLE_INT_BYTES, MAX_PICKLE_NUMBER_CHARS, MAX_PICKLE_STRING_BYTES } from './limits.ts'
import { shown, type PickleFail } from './pickle-item.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Bytes to the characters of the same numbers; TextDecoder's own latin1 is Windows-1252. */
function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  return text
}

export class PickleReader {
  readonly bytes: Uint8Array
  readonly fail: PickleFail
  readonly #view: DataView
  position = 0

  constructor(bytes: Uint8Array, fail: PickleFail) {
    this.bytes = bytes
    this.fail = fail
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Steps over `count` bytes; gives where they start. */
  #take(count: number): number {
    const at = this.position
    if (count > this.bytes.length - at) {
      this.fail('PT1201', `the pickle ends at byte ${this.bytes.length}, yet ${count} bytes are to follow byte ${at}`)
    }
    this.position = at + count
    return at
  }

  u1(): number {
    return this.bytes[this.#take(1)]!
  }
  u2(): number {
    return this.#view.getUint16(this.#take(2), true)
  }
  i4(): number {
    return this.#view.getInt32(this.#take(4), true)
  }
  u4(): number {
    return this.#view.getUint32(this.#take(4), true)
  }
  /** Big-endian, as BINFLOAT has it. */
  f8(): number {
    return this.#view.getFloat64(this.#take(8), false)
  }
  /** A 64-bit length; whatever is beyond 2^53 is beyond the record too. */
  u8(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true))
  }

  /** A frame is only a hint for readers of streams; one that goes beyond the record is a lie. */
  frame(): void {
    const length = this.u8()
    if (length > this.bytes.length - this.position) this.fail('PT1201', `a frame of ${length} bytes goes beyond the pickle`)
  }

  /** Two's complement, little-endian, of any length. */
  int(length: number): bigint {
    if (length < 0 || length > MAX_PICKLE_INT_BYTES) {
      this.fail('PT1210', `an integer of ${length} bytes; the limit is ${MAX_PICKLE_INT_BYTES}`)
    }
    const at = this.#take(length)
    let value = 0n
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[at + i]!)
    return length > 0 ? BigInt.asIntN(length * 8, value) : 0n
  }

  raw(length: number): Uint8Array {
    if (length < 0) this.fail('PT1208', `a length of ${length}`)
    if (length > MAX_PICKLE_STRING_BYTES && length <= this.bytes.length - this.position) {
      this.fail('PT1210', `a string of ${length} bytes; the limit is ${MAX_PICKLE_STRING_BYTES}`)
    }
    const at = this.#take(length)
    return this.bytes.subarray(at, at + length)
  }

  text(length: number): string {
    return this.#decode(this.raw(length))
  }

  /** Up to the next newline, without it. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position)
    if (end === -1) this.fail('PT1201', 'a line of the pickle has no end')
    const line = this.text(end - this.position)
    this.position = end + 1
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }

  /** A line in raw-unicode-escape: Latin-1, with \\uXXXX for the rest (protocol 0). */
  rawUnicodeLine(): string {
    const end = this.bytes.indexOf(0x0a, this.position)
    if (end === -1) this.fail('PT1201', 'a line of the pickle has no end')
    const raw = latin1(this.raw(end - this.position))
    this.position = end + 1
    return raw.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short: string | undefined, long: string | undefined) => {
      const code = Number.parseInt(short ?? long!, 16)
      return code <= 0x10ffff
        ? String.fromCodePoint(code)
        : this.fail('PT1209', 'a string of the pickle holds a character that does not exist')
    })
  }

  /** A Python string literal in quotes on its line (protocol 0); escapes other than of the quote itself do not occur in names. */
  quoted(): string {
    const line = this.line()
    const quote = line[0]
    if (line.length < 2 || (quote !== "'" && quote !== '"') || !line.endsWith(quote) || line.includes('\\')) {
      this.fail('PT1209', `a string literal that cannot be read: ${shown(line)}`)
    }
    return line.slice(1, -1)
  }

  decimalInt(): bigint {
    const line = this.line()
    if (line.length > MAX_PICKLE_NUMBER_CHARS)
      this.fail('PT1210', `an integer of ${line.length} digits; the limit is ${MAX_PICKLE_NUMBER_CHARS}`)
    const digits = line.endsWith('L') ? line.slice(0, -1) : line
    if (!/^[+-]?[0-9]+$/.test(digits)) this.fail('PT1208', `an integer that cannot be read: ${shown(line)}`)
    return digits.startsWith('+') ? BigInt(digits.slice(1)) : BigInt(digits)
  }

  /** INT writes bools as `01` and `00`. */
  decimalIntOrBool(): bigint | boolean {
    const at = this.position
    const value = this.decimalInt()
    const length = this.position - at - 1
    return length === 2 && this.bytes[at] === 0x30 && value <= 1n ? value === 1n : value
  }

  decimalFloat(): number {
    const line = this.line()
    if (line.length > MAX_PICKLE_NUMBER_CHARS)
      this.fail('PT1210', `a float of ${line.length} digits; the limit is ${MAX_PICKLE_NUMBER_CHARS}`)
    if (line === 'nan') return Number.NaN
    if (line === 'inf' || line === '-inf') return line === 'inf' ? Infinity : -Infinity
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(line)) this.fail('PT1208', `a float that cannot be read: ${shown(line)}`)
    return Number(line)
  }

  #decode(bytes: Uint8Array): string {
    try {
      return utf8.decode(bytes)
    } catch {
      return this.fail('PT1209', 'a string of the pickle is not UTF-8')
    }
  }
}
