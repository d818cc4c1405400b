// Protocol Buffers wire format, writing only. Large byte fields are kept as views and copied once, into the final array.
// Spec: protobuf.dev/programming-guides/encoding.

const encoder = new TextEncoder()
// Byte fields from this size on are kept as views.
const VIEW = 1024

export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = []
  #open = new Uint8Array(64)
  #length = 0
  /** Bytes in closed chunks. */
  #closed = 0

  get size(): number {
    return this.#closed + this.#length
  }

  /** varint field. Negative numbers take ten bytes, as int64 does. */
  int(field: number, value: number | bigint): this {
    this.#tag(field, 0)
    this.#varint(value)
    return this
  }
  /** 32-bit float field. */
  float(field: number, value: number): this {
    this.#tag(field, 5)
    this.#reserve(4)
    new DataView(this.#open.buffer).setFloat32(this.#length, value, true)
    this.#length += 4
    return this
  }
  string(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value))
  }
  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, 2)
    this.#varint(value.length)
    if (value.length >= VIEW) {
      this.#close()
      this.#chunks.push(value)
      this.#closed += value.length
    } else {
      this.#reserve(value.length)
      this.#open.set(value, this.#length)
      this.#length += value.length
    }
    return this
  }
  message(field: number, child: ProtobufWriter): this {
    this.#tag(field, 2)
    this.#varint(child.size)
    if (child.#chunks.length === 0) {
      this.#reserve(child.#length)
      this.#open.set(child.#open.subarray(0, child.#length), this.#length)
      this.#length += child.#length
    } else {
      this.#close()
      child.#close()
      this.#chunks.push(...child.#chunks)
      this.#closed += child.#closed
    }
    return this
  }
  packedInts(field: number, values: readonly (number | bigint)[]): this {
    const child = new ProtobufWriter()
    for (const value of values) child.#varint(value)
    return this.message(field, child)
  }
  packedFloats(field: number, values: readonly number[]): this {
    const data = new Uint8Array(values.length * 4)
    const view = new DataView(data.buffer)
    values.forEach((value, i) => view.setFloat32(i * 4, value, true))
    return this.bytes(field, data)
  }

  /** The pieces in order; long byte fields are views on what was handed in. */
  chunks(): readonly Uint8Array[] {
    this.#close()
    return this.#chunks
  }
  /** One array: the only copy of the bytes. */
  finish(): Uint8Array {
    const out = new Uint8Array(this.size)
    let at = 0
    for (const chunk of this.chunks()) {
      out.set(chunk, at)
      at += chunk.length
    }
    return out
  }

  #close(): void {
    if (this.#length === 0) return
    this.#chunks.push(this.#open.subarray(0, this.#length))
    this.#closed += this.#length
    this.#open = new Uint8Array(64)
    this.#length = 0
  }
  #reserve(count: number): void {
    if (this.#length + count <= this.#open.length) return
    const grown = new Uint8Array(Math.max(this.#open.length * 2, this.#length + count))
    grown.set(this.#open.subarray(0, this.#length))
    this.#open = grown
  }
  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType)
  }
  #varint(value: number | bigint): void {
    this.#reserve(10)
    if (typeof value === 'bigint' || value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value))
      while (rest > 0x7fn) {
        this.#open[this.#length++] = Number(rest & 0x7fn) | 0x80
        rest >>= 7n
      }
      this.#open[this.#length++] = Number(rest)
      return
    }
    let rest = value
    while (rest > 0x7f) {
      this.#open[this.#length++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.#open[this.#length++] = rest
  }
}
