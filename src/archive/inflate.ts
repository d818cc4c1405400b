// Raw DEFLATE (RFC 1951): the twin behind HostPrimitives.inflateRaw, for places without a native one (the browser).
// Canonical Huffman codes are decoded by counting, a bit at a time beyond a nine-bit table.

import { fail } from '../diagnostics/compile-error.ts'

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
  24577,
]
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]
/** The order in which a dynamic block lists the lengths of its code-length code. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const MAX_BITS = 15
const FAST_BITS = 9

/** A canonical Huffman code: how many codes there are of each length, the symbols in code order, and a table for the short ones. */
interface Huffman {
  readonly counts: Uint16Array
  readonly symbols: Uint16Array
  /** By the next nine bits: `symbol << 4 | length`, 0 where the code is longer. */
  readonly fast: Uint16Array
}

function damaged(what: string): never {
  return fail('PT1114', `the deflated data ${what}`, { fix: 'the file is damaged: download or export it again.' })
}

function huffman(lengths: Uint8Array): Huffman {
  const counts = new Uint16Array(MAX_BITS + 1)
  for (const length of lengths) counts[length]!++
  const codes = lengths.length - counts[0]!
  counts[0] = 0
  let left = 1
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    left = left * 2 - counts[bits]!
    if (left < 0) damaged('has an over-subscribed Huffman code')
  }
  // An incomplete code is legal only when it holds a single symbol (or none at all: no distances).
  if (left > 0 && codes > 1) damaged('has an incomplete Huffman code')
  const offsets = new Uint16Array(MAX_BITS + 2)
  for (let bits = 1; bits <= MAX_BITS; bits++) offsets[bits + 1] = offsets[bits]! + counts[bits]!
  const symbols = new Uint16Array(lengths.length)
  const firstCode = new Uint16Array(MAX_BITS + 2)
  for (let bits = 1, code = 0; bits <= MAX_BITS; bits++) {
    code = (code + counts[bits - 1]!) << 1
    firstCode[bits] = code
  }
  const fast = new Uint16Array(1 << FAST_BITS)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!
    if (length === 0) continue
    symbols[offsets[length]!++] = symbol
    const code = firstCode[length]!++
    if (length > FAST_BITS) continue
    for (let index = reverse(code, length); index < fast.length; index += 1 << length) fast[index] = (symbol << 4) | length
  }
  return { counts, symbols, fast }
}

function reverse(code: number, length: number): number {
  let out = 0
  for (let i = 0; i < length; i++) out |= ((code >> i) & 1) << (length - 1 - i)
  return out
}

function fixedCodes(): readonly [Huffman, Huffman] {
  const lengths = new Uint8Array(288).fill(8)
  lengths.fill(9, 144, 256)
  lengths.fill(7, 256, 280)
  return [huffman(lengths), huffman(new Uint8Array(32).fill(5))]
}
let fixed: readonly [Huffman, Huffman] | undefined

class Inflater {
  readonly input: Uint8Array
  readonly maxBytes: number
  out: Uint8Array
  size = 0
  position = 0
  buffer = 0
  buffered = 0

  constructor(input: Uint8Array, maxBytes: number) {
    this.input = input
    this.maxBytes = maxBytes
    this.out = new Uint8Array(Math.min(maxBytes, Math.max(1024, input.length * 4)))
  }

  /** The next `count` bits, low bit first; at most 16. */
  bits(count: number): number {
    while (this.buffered < count) {
      if (this.position >= this.input.length) damaged('ends too early')
      this.buffer |= this.input[this.position++]! << this.buffered
      this.buffered += 8
    }
    const value = this.buffer & ((1 << count) - 1)
    this.buffer >>>= count
    this.buffered -= count
    return value
  }

  symbol(code: Huffman): number {
    while (this.buffered < MAX_BITS && this.position < this.input.length) {
      this.buffer |= this.input[this.position++]! << this.buffered
      this.buffered += 8
    }
    const hit = code.fast[this.buffer & ((1 << FAST_BITS) - 1)]!
    if (hit !== 0 && (hit & 15) <= this.buffered) {
      this.buffer >>>= hit & 15
      this.buffered -= hit & 15
      return hit >> 4
    }
    let value = 0
    let first = 0
    let index = 0
    for (let length = 1; length <= MAX_BITS; length++) {
      value |= this.bits(1)
      const count = code.counts[length]!
      if (value - first < count) return code.symbols[index + value - first]!
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    return damaged('holds a code that stands for nothing')
  }

  /** Makes room for `count` more bytes, doubling; stops at the caller's limit. */
  room(count: number): void {
    const need = this.size + count
    if (need > this.maxBytes) damaged(`inflates to more than the ${this.maxBytes} bytes it may`)
    if (need <= this.out.length) return
    const grown = new Uint8Array(Math.min(this.maxBytes, Math.max(need, this.out.length * 2)))
    grown.set(this.out.subarray(0, this.size))
    this.out = grown
  }

  stored(): void {
    this.position -= this.buffered >> 3
    this.buffer = 0
    this.buffered = 0
    const { input, position } = this
    if (position + 4 > input.length) damaged('ends too early')
    const length = input[position]! | (input[position + 1]! << 8)
    const inverse = input[position + 2]! | (input[position + 3]! << 8)
    if (length !== (~inverse & 0xffff)) damaged('has a stored block whose length is wrong')
    if (position + 4 + length > input.length) damaged('ends too early')
    this.room(length)
    this.out.set(input.subarray(position + 4, position + 4 + length), this.size)
    this.size += length
    this.position += 4 + length
  }

  dynamicCodes(): readonly [Huffman, Huffman] {
    const literals = this.bits(5) + 257
    const distances = this.bits(5) + 1
    const codeLengths = this.bits(4) + 4
    if (literals > 286 || distances > 30) damaged('declares too many codes')
    const orderLengths = new Uint8Array(19)
    for (let i = 0; i < codeLengths; i++) orderLengths[CODE_LENGTH_ORDER[i]!] = this.bits(3)
    const order = huffman(orderLengths)
    const lengths = new Uint8Array(literals + distances)
    for (let i = 0; i < lengths.length;) {
      const symbol = this.symbol(order)
      if (symbol < 16) {
        lengths[i++] = symbol
        continue
      }
      if (symbol === 16 && i === 0) damaged('repeats a code length before there is one')
      const value = symbol === 16 ? lengths[i - 1]! : 0
      const repeat = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7)
      if (i + repeat > lengths.length) damaged('repeats a code length too often')
      lengths.fill(value, i, i + repeat)
      i += repeat
    }
    if (lengths[256] === 0) damaged('has a block without an end')
    return [huffman(lengths.subarray(0, literals)), huffman(lengths.subarray(literals))]
  }

  compressed(literal: Huffman, distance: Huffman): void {
    for (;;) {
      const symbol = this.symbol(literal)
      if (symbol < 256) {
        if (this.size === this.out.length) this.room(1)
        this.out[this.size++] = symbol
        continue
      }
      if (symbol === 256) return
      if (symbol > 285) damaged('holds a length that does not exist')
      const length = LENGTH_BASE[symbol - 257]! + this.bits(LENGTH_BITS[symbol - 257]!)
      const far = this.symbol(distance)
      if (far > 29) damaged('holds a distance that does not exist')
      const back = DISTANCE_BASE[far]! + this.bits(DISTANCE_BITS[far]!)
      if (back > this.size) damaged('refers to bytes before its start')
      this.room(length)
      const { out } = this
      for (let i = 0; i < length; i++, this.size++) out[this.size] = out[this.size - back]!
    }
  }

  run(): Uint8Array {
    for (let last = 0; last === 0;) {
      last = this.bits(1)
      const type = this.bits(2)
      if (type === 0) this.stored()
      else if (type === 1) this.compressed(...(fixed ??= fixedCodes()))
      else if (type === 2) this.compressed(...this.dynamicCodes())
      else damaged('has a block of a type that does not exist')
    }
    return this.out.length === this.size ? this.out : this.out.slice(0, this.size)
  }
}

/**
 * Inflates the raw DEFLATE stream at the start of `bytes`. What follows the stream is ignored, as zlib does.
 * @throws CompileError PT1114 when it is damaged or when more than `maxBytes` come out.
 */
export function inflateRaw(bytes: Uint8Array, maxBytes: number): Uint8Array {
  return new Inflater(bytes, maxBytes).run()
}
