// Python's str as TorchScript has it: bytes. A JavaScript string of ASCII is its own bytes; any other is taken apart into UTF-8, one
// character a byte, and put together again. A byte that is no UTF-8 by itself is kept as a lone surrogate, U+DC00 + byte, as Python's
// surrogateescape does. Answers to torch/csrc/jit/runtime/register_string_ops.cpp.

import { fail } from './error.ts'
import { slice } from './list.ts'

// oxlint-disable-next-line no-control-regex -- ASCII is what it says
const ascii = /^[\0-\x7f]*$/
const loneByte = /[\udc80-\udcff]/

/** One character for each byte. */
export function toBytes(text: string): string {
  if (ascii.test(text)) return text
  let out = ''
  for (const c of text) {
    const code = c.codePointAt(0)!
    if (code < 0x80) out += c
    else if (code >= 0xdc80 && code <= 0xdcff) out += String.fromCharCode(code - 0xdc00)
    else for (const byte of new TextEncoder().encode(c)) out += String.fromCharCode(byte)
  }
  return out
}

/** The text of bytes. */
export function fromBytes(bytes: string): string {
  if (ascii.test(bytes)) return bytes
  // Well-formed UTF-8: RFC 3629, section 4.
  const sequence =
    /[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}|[\x80-\xff]/g
  return bytes.replace(sequence, (part) => {
    if (part.length === 1) return String.fromCharCode(0xdc00 + part.charCodeAt(0))
    return new TextDecoder().decode(Uint8Array.from(part, (c) => c.charCodeAt(0)))
  })
}

/** `a + b`: bytes that belong together come together. */
export function concat(a: string, b: string): string {
  const text = a + b
  return loneByte.test(text) ? fromBytes(toBytes(text)) : text
}
export function lenText(text: string): bigint {
  return BigInt(toBytes(text).length)
}
/** `text[index]` */
export function charAt(text: string, index: bigint): string {
  const bytes = toBytes(text)
  const at = Number(index < 0n ? index + BigInt(bytes.length) : index)
  return at < 0 || at >= bytes.length
    ? fail(`basic_string::at: __n (which is ${BigInt.asUintN(64, BigInt(at))}) >= this->size() (which is ${bytes.length})`)
    : fromBytes(bytes[at]!)
}
/** `text[start:end:step]` */
export function sliceText(text: string, start: bigint | null = null, end: bigint | null = null, step = 1n): string {
  return fromBytes(slice([...toBytes(text)], start, end, step, 'String').join(''))
}
/** `list(text)` */
export function characters(text: string): string[] {
  return Array.from(toBytes(text), fromBytes)
}

// Only ASCII letters have two cases.
const upperOf = (bytes: string): string => bytes.replace(/[a-z]+/g, (letters) => letters.toUpperCase())
const lowerOf = (bytes: string): string => bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

export function upper(text: string): string {
  return upperOf(text)
}
export function lower(text: string): string {
  return lowerOf(text)
}
export function swapcase(text: string): string {
  return text.replace(/[A-Za-z]/g, (c) => (c < 'a' ? c.toLowerCase() : c.toUpperCase()))
}
export function capitalize(text: string): string {
  return upperOf(text.slice(0, 1)) + lowerOf(text.slice(1))
}
export function title(text: string): string {
  return text.replace(/[A-Za-z]+/g, capitalize)
}

export function isDigit(text: string): boolean {
  return /^[0-9]+$/.test(text)
}
export function isSpace(text: string): boolean {
  return /^[ \t\n\r\f\v]+$/.test(text)
}
export function isAlnum(text: string): boolean {
  return /^[A-Za-z0-9]+$/.test(text)
}
export function isAlpha(text: string): boolean {
  return /^[A-Za-z]+$/.test(text)
}
export function isUpper(text: string): boolean {
  return /[A-Z]/.test(text) && !/[a-z]/.test(text)
}
export function isLower(text: string): boolean {
  return /[a-z]/.test(text) && !/[A-Z]/.test(text)
}
/** As torch has it: letters and digits only, and no digit first. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(text)
}
export function isPrintable(text: string): boolean {
  return /^[ -~]*$/.test(text)
}
export function isTitle(text: string): boolean {
  return /[A-Za-z]/.test(text) && title(text) === text
}

function padding(text: string, width: bigint, fill: string): string {
  return fill.repeat(Math.max(0, Number(width) - toBytes(text).length))
}
const oneFill = (fill: string): string =>
  toBytes(fill).length === 1 ? fill : fail('TypeError: The fill character must be exactly one character long')
export function ljust(text: string, width: bigint, fill = ' '): string {
  return text + padding(text, width, oneFill(fill))
}
export function rjust(text: string, width: bigint, fill = ' '): string {
  return padding(text, width, oneFill(fill)) + text
}
/** Torch's does not know signs. */
export function zfill(text: string, width: bigint): string {
  return padding(text, width, '0') + text
}
export function center(text: string, width: bigint, fill = ' '): string {
  const full = padding(text, width, oneFill(fill)).length
  const left = width % 2n === 0n ? Math.floor(full / 2) : Math.ceil(full / 2)
  return fill.repeat(left) + text + fill.repeat(full - left)
}
export function expandTabs(text: string, size = 8n): string {
  const tab = Number(size)
  let out = ''
  for (const c of toBytes(text)) out += c !== '\t' ? c : tab <= 0 ? '' : ' '.repeat(tab - (out.length % tab))
  return fromBytes(out)
}

const SPACE = ' \n\t\f\v'
export function lstrip(text: string, chars = SPACE): string {
  const [bytes, set] = [toBytes(text), toBytes(chars)]
  let from = 0
  while (from < bytes.length && set.includes(bytes[from]!)) from++
  return fromBytes(bytes.slice(from))
}
export function rstrip(text: string, chars = SPACE): string {
  const [bytes, set] = [toBytes(text), toBytes(chars)]
  let to = bytes.length
  while (to > 0 && set.includes(bytes[to - 1]!)) to--
  return fromBytes(bytes.slice(0, to))
}
export function strip(text: string, chars = SPACE): string {
  return lstrip(rstrip(text, chars), chars)
}

/** A window of the text: bytes from `start` up to `end`, negative from behind, where -1 is the end itself. */
function window(bytes: string, start: bigint, end: bigint): [number, number] {
  const length = BigInt(bytes.length)
  const at = (value: bigint): number => Number(value < 0n ? 0n : value)
  return [at(start < 0n ? length + start : start), at(end < 0n ? length + end + 1n : end)]
}
function search(text: string, part: string, start: bigint, end: bigint, reverse: boolean): bigint {
  const bytes = toBytes(text)
  const [from, to] = window(bytes, start, end)
  if (to > from && from > bytes.length) fail(`basic_string::substr: __pos (which is ${from}) > this->size() (which is ${bytes.length})`)
  const inside = to > from ? bytes.slice(from, to) : ''
  const wanted = toBytes(part)
  const at = reverse ? inside.lastIndexOf(wanted) : inside.indexOf(wanted)
  return at < 0 ? -1n : BigInt(at + from)
}
export function find(text: string, part: string, start = 0n, end = -1n): bigint {
  return search(text, part, start, end, false)
}
export function rfind(text: string, part: string, start = 0n, end = -1n): bigint {
  return search(text, part, start, end, true)
}
const found = (at: bigint): bigint => (at < 0n ? fail('ValueError: substring not found') : at)
export function index(text: string, part: string, start = 0n, end = -1n): bigint {
  return found(find(text, part, start, end))
}
export function rindex(text: string, part: string, start = 0n, end = -1n): bigint {
  return found(rfind(text, part, start, end))
}
export function startsWith(text: string, part: string, start = 0n, end = -1n): boolean {
  return inWindow(text, start, end).startsWith(toBytes(part))
}
export function endsWith(text: string, part: string, start = 0n, end = -1n): boolean {
  return inWindow(text, start, end).endsWith(toBytes(part))
}
function inWindow(text: string, start: bigint, end: bigint): string {
  const bytes = toBytes(text)
  const [from, to] = window(bytes, start, end)
  if (from > bytes.length) fail(`basic_string::substr: __pos (which is ${from}) > this->size() (which is ${bytes.length})`)
  // An end before the start wraps around in C++, and means all that is left.
  return to < from ? bytes.slice(from) : bytes.slice(from, to)
}
export function countText(text: string, part: string, start = 0n, end = -1n): bigint {
  const [bytes, wanted] = [toBytes(text), toBytes(part)]
  const [from, to] = window(bytes, start, end)
  if (start > BigInt(bytes.length)) return 0n
  let n = 0n
  for (let at = bytes.indexOf(wanted, from); at >= 0 && at < to; at = bytes.indexOf(wanted, at + wanted.length)) {
    n++
    if (wanted === '' && at >= bytes.length) break
    if (wanted === '') return fail('count() of an empty text does not end')
  }
  return n
}
/** The first `max` of them, or all. */
export function replace(text: string, old: string, by: string, max = -1n): string {
  const [bytes, from, to] = [toBytes(text), toBytes(old), toBytes(by)]
  let out = ''
  let at = 0
  for (let n = 0n; max < 0n || n < max; n++) {
    const next = bytes.indexOf(from, at)
    if (next < 0 || (from === '' && next >= bytes.length)) break
    out += bytes.slice(at, next) + to
    at = next + from.length
    if (from === '') out += bytes[at++] ?? ''
  }
  return fromBytes(out + bytes.slice(at))
}

// What splitlines and split without a separator take for white: the bytes of torch's own list, UTF-8 of U+2028 and U+2029 among them.
const ENDS = '\n\r\v\f\x1c\x1d\x1e\x85\xe2\x80\xa8\xa9'
const LINE_ENDS = new RegExp(`([${ENDS}])`)
const WHITE = new RegExp(`[ \t${ENDS}]`)

export function split(text: string, separator: string | null = null, max = -1n): string[] {
  const bytes = toBytes(text)
  if (separator === null)
    return bytes
      .split(WHITE)
      .filter((part) => part !== '')
      .map(fromBytes)
  const by = toBytes(separator)
  if (by === '') fail('ValueError: empty separator')
  const parts = bytes.split(by)
  const limit = max < 0n ? parts.length : Number(max)
  return (parts.length <= limit + 1 ? parts : [...parts.slice(0, limit), parts.slice(limit).join(by)]).map(fromBytes)
}
export function rsplit(text: string, separator = ' ', max = -1n): string[] {
  const reverse = (bytes: string): string => [...bytes].reverse().join('')
  const by = reverse(toBytes(separator))
  if (by === '') fail('ValueError: empty separator')
  const parts = reverse(toBytes(text)).split(by)
  const limit = max < 0n ? parts.length : Number(max)
  const kept = parts.length <= limit + 1 ? parts : [...parts.slice(0, limit), parts.slice(limit).join(by)]
  return kept.map((part) => fromBytes(reverse(part))).reverse()
}
/** With `keepEnds` the ends are items of their own, as torch has it. */
export function splitLines(text: string, keepEnds = false): string[] {
  const parts = toBytes(text)
    .split(LINE_ENDS)
    .filter((_, i) => keepEnds || i % 2 === 0)
  if (parts.at(-1) === '') parts.pop()
  return parts.map(fromBytes)
}
export function join(separator: string, parts: readonly string[]): string {
  return concat(parts.join(separator), '')
}
export function partition(text: string, separator: string): [string, string, string] {
  const [bytes, by] = [toBytes(text), toBytes(separator)]
  const at = bytes.indexOf(by)
  return at < 0 ? [text, '', ''] : [fromBytes(bytes.slice(0, at)), separator, fromBytes(bytes.slice(at + by.length))]
}
export function rpartition(text: string, separator: string): [string, string, string] {
  const [bytes, by] = [toBytes(text), toBytes(separator)]
  const at = bytes.lastIndexOf(by)
  return at < 0 ? ['', '', text] : [fromBytes(bytes.slice(0, at)), separator, fromBytes(bytes.slice(at + by.length))]
}

export function ord(text: string): bigint {
  const bytes = toBytes(text)
  return bytes.length === 1 ? BigInt(bytes.charCodeAt(0)) : fail(`String for ord() must be 1 character, found ${bytes.length}`)
}
/** One byte: torch cuts off what is above. */
export function chr(code: bigint): string {
  if (code < 0n || code > 0x10ffffn) fail(`chr() arg not in range(0x110000), found ${code}`)
  return fromBytes(String.fromCharCode(Number(code & 0xffn)))
}
const based = (value: bigint, prefix: string, base: number): string =>
  (value < 0n ? '-' : '') + prefix + (value < 0n ? -value : value).toString(base)
export function hex(value: bigint): string {
  return based(value, '0x', 16)
}
export function oct(value: bigint): string {
  return based(value, '0o', 8)
}
export function bin(value: bigint): string {
  return based(value, '0b', 2)
}

/** `int(text)`, as stoll reads it. */
export function parseInteger(text: string): bigint {
  const digits = /^[ \t\n\r\f\v]*([+-]?\d+)/.exec(text)
  if (digits === null) return fail('stoll')
  if (digits[0].length < text.length) fail(`invalid literal for int() with base 10: '${text}'`)
  const value = BigInt(digits[1]!.replace('+', ''))
  return value === BigInt.asIntN(64, value) ? value : fail('stoll')
}
/** `float(text)`, as stod reads it. */
export function parseReal(text: string): number {
  const number = /^[ \t\n\r\f\v]*([+-]?)(?:(inf(?:inity)?|nan)|((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))/i.exec(text)
  if (number === null) return fail('stod')
  if (number[0].length < text.length) fail(`could not convert string to float: '${text}'`)
  const [, sign, word, digits] = number
  const size = word === undefined ? Number(digits) : word[0]!.toLowerCase() === 'i' ? Infinity : NaN
  if (word === undefined && (size === Infinity || (size < 2 ** -1022 && /[1-9]/.test(digits!.split(/e/i)[0]!)))) fail('stod')
  return sign === '-' ? -size : size
}
