// A pickle assembler: each function gives the bytes of one construct, so that a case reads as what it pickles.

import { concat } from './zip-writer.ts'

export type Bytes = Uint8Array

export const bytes = (...values: readonly number[]): Bytes => Uint8Array.from(values)
export const ascii = (text: string): Bytes => Uint8Array.from(text, (c) => c.charCodeAt(0))
export const repeat = (part: Bytes, times: number): Bytes => {
  const out = new Uint8Array(part.length * times)
  for (let i = 0; i < times; i++) out.set(part, i * part.length)
  return out
}
const u32 = (value: number): Bytes => new Uint8Array(Uint32Array.of(value).buffer)
const u64 = (value: bigint): Bytes => new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, value)).buffer)

export const proto = (version = 2): Bytes => bytes(0x80, version)
export const stop = ascii('.')
export const mark = ascii('(')
export const none = ascii('N')
export const yes = bytes(0x88)
export const no = bytes(0x89)
export const emptyTuple = ascii(')')
export const emptyList = ascii(']')
export const emptyDict = ascii('}')
export const reduceOp = ascii('R')
export const buildOp = ascii('b')
export const newObjOp = bytes(0x81)
export const persidOp = ascii('Q')
export const dup = ascii('2')
export const pop = ascii('0')

/** GLOBAL */
export const global = (module: string, name: string): Bytes => concat(ascii('c'), new TextEncoder().encode(`${module}\n${name}\n`))
/** BINUNICODE, with another length where one is given. */
export const str = (text: string, length?: number): Bytes => {
  const utf8 = new TextEncoder().encode(text)
  return concat(ascii('X'), u32(length ?? utf8.length), utf8)
}
/** BININT1 or LONG1. */
export const int = (value: bigint | number): Bytes => {
  const n = BigInt(value)
  if (n >= 0n && n < 256n) return bytes(0x4b, Number(n))
  const out: number[] = []
  let rest = n
  do {
    out.push(Number(BigInt.asUintN(8, rest)))
    rest >>= 8n
  } while (!((rest === 0n && out.at(-1)! < 128) || (rest === -1n && out.at(-1)! >= 128)))
  return bytes(0x8a, out.length, ...out)
}
/** BINFLOAT */
export const float = (value: number): Bytes => {
  const out = new Uint8Array(9)
  out[0] = 0x47
  new DataView(out.buffer).setFloat64(1, value, false)
  return out
}
export const tuple = (...items: readonly Bytes[]): Bytes => concat(mark, ...items, ascii('t'))
export const list = (...items: readonly Bytes[]): Bytes => concat(emptyList, mark, ...items, ascii('e'))
export const dict = (...pairs: readonly (readonly [Bytes, Bytes])[]): Bytes => concat(emptyDict, mark, ...pairs.flat(), ascii('u'))
export const reduce = (callee: Bytes, ...args: readonly Bytes[]): Bytes => concat(callee, tuple(...args), reduceOp)
export const put = (slot: number): Bytes => concat(ascii('r'), u32(slot))
export const get = (slot: number): Bytes => concat(ascii('j'), u32(slot))
/** An opcode byte with a length of 4 or 8 bytes and what follows. */
export const sized4 = (op: number, length: number, body: Bytes = new Uint8Array(0)): Bytes => concat(bytes(op), u32(length), body)
export const sized8 = (op: number, length: bigint, body: Bytes = new Uint8Array(0)): Bytes => concat(bytes(op), u64(length), body)

/** Parts of a tensor's pickle that a case may replace. */
export interface TensorParts {
  readonly storageClass?: Bytes
  readonly tag?: Bytes
  readonly key?: Bytes
  readonly location?: Bytes
  readonly numel?: Bytes
  /** The whole persistent id. */
  readonly id?: Bytes
  readonly offset?: Bytes
  readonly size?: Bytes
  readonly stride?: Bytes
  readonly requiresGrad?: Bytes
  readonly hooks?: Bytes
  readonly rest?: readonly Bytes[]
  readonly callee?: Bytes
}

/** The 2x2 float tensor of storage 0, or what `parts` make of it. */
export function tensor(parts: TensorParts = {}): Bytes {
  const id =
    parts.id ??
    tuple(
      parts.tag ?? str('storage'),
      parts.storageClass ?? global('torch', 'FloatStorage'),
      parts.key ?? str('0'),
      parts.location ?? str('cpu'),
      parts.numel ?? int(4),
    )
  return reduce(
    parts.callee ?? global('torch._utils', '_rebuild_tensor_v2'),
    concat(id, persidOp),
    parts.offset ?? int(0),
    parts.size ?? tuple(int(2), int(2)),
    parts.stride ?? tuple(int(2), int(1)),
    parts.requiresGrad ?? no,
    parts.hooks ?? concat(global('collections', 'OrderedDict'), emptyTuple, reduceOp),
    ...(parts.rest ?? []),
  )
}
