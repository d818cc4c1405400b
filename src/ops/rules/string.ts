// Strings, which live at build time only. Indices count bytes in torch and UTF-16 units here: equal on ASCII, and rows refuse the rest
// where it matters. Answers to torch/csrc/jit/runtime/register_string_ops.cpp and register_prim_ops.cpp (format, str).

import { formatFloat } from '../../ir/literal.ts'
import type { IList, IValue } from '../../ir/ivalue.ts'
import { constantFact, listFact, unknown, type Fact } from '../fact.ts'
import type { Rule } from '../rule.ts'
import { bound, sliceItems } from './list.ts'
import { evaluated, row, type NamedFacts } from './scalar-row.ts'

/** `%.17g` with torch's trailing point: how a float prints inside str() and format(). */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return formatFloat(value)
  const [mantissa, exponentText] = value.toExponential(16).split('e') as [string, string]
  const exponent = Number(exponentText)
  const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  if (exponent < -4 || exponent >= 17) {
    const digits = String(Math.abs(exponent)).padStart(2, '0')
    return `${trim(mantissa)}e${exponent < 0 ? '-' : '+'}${digits}`
  }
  const text = trim(value.toFixed(Math.max(0, 16 - exponent)))
  const plain = Object.is(value, -0) ? '-0' : text
  return plain.includes('.') ? plain : `${plain}.`
}

/** What `str(value)` gives; undefined for tensors and objects. */
function valueText(value: IValue): string | undefined {
  if (value === null) return 'None'
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False'
    case 'bigint':
      return String(value)
    case 'number':
      return floatText(value)
    case 'string':
      return value
  }
  switch (value.kind) {
    case 'device':
      return value.name
    case 'list':
    case 'tuple': {
      const items = value.items.map(valueText)
      if (items.includes(undefined)) return undefined
      return value.kind === 'list' ? `[${items.join(', ')}]` : `(${items.join(', ')}${items.length === 1 ? ',' : ''})`
    }
    default:
      return undefined
  }
}

/** The further arguments of a vararg operator; the driver hands them in under this name. */
const rest = (args: NamedFacts): readonly (IValue | undefined)[] => (args['...']?.items ?? []).map((fact) => fact.value)

function format(args: NamedFacts): Fact {
  const template = args['self']!.value
  const values = rest(args)
  if (typeof template !== 'string' || values.includes(undefined)) return unknown
  const texts = (values as IValue[]).map(valueText)
  if (texts.includes(undefined)) return unknown
  const parts = template.split('{}')
  if (parts.length - 1 > texts.length) return unknown
  return constantFact(parts.map((part, i) => (i === 0 ? part : `${texts[i - 1]}${part}`)).join(''))
}

/** %s %d %i %f %c %%; other letters and flags are left to torch's error. */
function percentFormat(args: NamedFacts): Fact {
  const template = args['self']!.value
  const values = rest(args)
  if (typeof template !== 'string' || values.includes(undefined)) return unknown
  const [only] = values as IValue[]
  const queue = (
    values.length === 1 && only !== null && typeof only === 'object' && only?.kind === 'tuple' ? only.items : values
  ) as readonly IValue[]
  let next = 0
  let bad = false
  const text = template.replaceAll(/%(.)/gs, (_, letter: string) => {
    if (letter === '%') return '%'
    const value = queue[next++]
    if (value === undefined) bad = true
    else if (letter === 's') return valueText(value) ?? ((bad = true), '')
    else if ((letter === 'd' || letter === 'i') && (typeof value === 'bigint' || typeof value === 'number'))
      return String(BigInt(Math.trunc(Number(value))))
    else if (letter === 'f' && (typeof value === 'bigint' || typeof value === 'number')) return Number(value).toFixed(6)
    else bad = true
    return ''
  })
  return bad || next !== queue.length ? unknown : constantFact(text)
}

const stripped =
  (side: 'left' | 'right' | 'both') =>
  (self: string, chars: string): string => {
    let [from, to] = [0, self.length]
    if (side !== 'right') while (from < to && chars.includes(self[from]!)) from++
    if (side !== 'left') while (to > from && chars.includes(self[to - 1]!)) to--
    return self.slice(from, to)
  }
const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/** torch turns a negative start or end into an offset from the end, −1 as the default end being the whole. */
function window(self: string, start: bigint, end: bigint): string {
  const n = BigInt(self.length)
  const from = start < 0n ? (start + n < 0n ? 0n : start + n) : start
  const to = end < 0n ? (end + n + 1n < 0n ? 0n : end + n + 1n) : end
  return self.slice(Number(from), Number(to))
}
const list = (items: readonly string[]): IList => ({ kind: 'list', items: [...items] })

function splitText(self: string, separator: string | null, max: bigint): IList | undefined {
  if (separator === null) {
    const words = self.trim() === '' ? [] : self.trim().split(/\s+/)
    return max < 0n ? list(words) : undefined
  }
  if (separator === '') return undefined
  const parts = self.split(separator)
  const limit = Number(max)
  return list(max < 0n || parts.length <= limit + 1 ? parts : [...parts.slice(0, limit), parts.slice(limit).join(separator)])
}

function replaceText(self: string, from: string, to: string, max: bigint): string | undefined {
  if (from === '') return undefined
  if (max < 0n) return self.replaceAll(from, to)
  const parts = self.split(from)
  const n = Math.min(Number(max), parts.length - 1)
  return parts.map((part, i) => (i === 0 ? part : `${i <= n ? to : from}${part}`)).join('')
}

const characters = (name: string, test: (text: string) => boolean): Rule =>
  evaluated(`aten::${name}(str self) -> bool`, (self: string) => (isAscii(self) ? test(self) : undefined))

function at(text: IValue | undefined, index: IValue | undefined): Fact {
  if (typeof text !== 'string' || typeof index !== 'bigint' || !isAscii(text)) return unknown
  const c = text.at(Number(index))
  return c === undefined ? unknown : constantFact(c)
}

function intText(text: string): bigint | undefined {
  return /^\s*[+-]?\d+$/.test(text) ? BigInt.asIntN(64, BigInt(text.trim().replace(/^\+/, ''))) : undefined
}
function floatOf(text: string): number | undefined {
  const word = /^([+-]?)(inf|nan)$/i.exec(text.trim())
  if (word) return (word[1] === '-' ? -1 : 1) * (word[2]!.toLowerCase() === 'inf' ? Infinity : NaN)
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

export const stringRules: readonly Rule[] = [
  row('aten::format(str self, ...) -> str', format),
  row('aten::percentFormat(str self, ...) -> str', percentFormat),
  evaluated('aten::str(t elem) -> str', valueText),
  evaluated('aten::add.str(str a, str b) -> str', (a: string, b: string) => a + b),
  evaluated('aten::len.str(str s) -> int', (s: string) => BigInt(new TextEncoder().encode(s).length)),
  row('aten::__getitem__.str(str s, int index) -> str', ({ s, index }) => at(s!.value, index!.value)),
  row('prim::StringIndex(str string, int index) -> str', (args) => at(args['string']!.value, args['index']!.value)),
  row('aten::slice.str(str string, int? start=None, int? end=None, int step=1) -> str', (args) => {
    const text = args['string']!.value
    const [start, end] = [bound(args['start']!), bound(args['end']!)]
    const step = args['step']!.value
    if (typeof text !== 'string' || start === undefined || end === undefined || typeof step !== 'bigint' || !isAscii(text)) return unknown
    const out = sliceItems([...text], start, end, Number(step))
    return out === undefined ? unknown : constantFact(out.join(''))
  }),
  row('aten::list(str t) -> str[]', ({ t }) =>
    typeof t!.value === 'string' && isAscii(t!.value) ? listFact([...t!.value].map(constantFact)) : unknown,
  ),
  evaluated('aten::join(str self, str[] values) -> str', (self: string, values: IList) => values.items.join(self)),
  evaluated('aten::split.str(str self, str? separator=None, int max=-1) -> str[]', splitText as never),
  evaluated('aten::splitlines(str self, bool keepends=False) -> str[]', (self: string, keep: boolean) => {
    const lines = self.split(/(?<=\n)/)
    if (lines.at(-1) === '') lines.pop()
    return list(keep ? lines : lines.map((line) => line.replace(/\n$/, '')))
  }),
  ...(['lstrip', 'rstrip', 'strip'] as const).map((name) =>
    evaluated(
      `aten::${name}(str self, str chars=" \\n\\t\\f\\v") -> str`,
      stripped(name === 'lstrip' ? 'left' : name === 'rstrip' ? 'right' : 'both') as never,
    ),
  ),
  evaluated('aten::lower(str self) -> str', (self: string) => (isAscii(self) ? self.toLowerCase() : undefined)),
  evaluated('aten::upper(str self) -> str', (self: string) => (isAscii(self) ? self.toUpperCase() : undefined)),
  evaluated('aten::capitalize(str self) -> str', (self: string) =>
    isAscii(self) ? self.slice(0, 1).toUpperCase() + self.slice(1).toLowerCase() : undefined,
  ),
  evaluated('aten::replace(str self, str old, str new, int max=-1) -> str', replaceText as never),
  evaluated(
    'aten::find(str self, str substr, int start=0, int end=-1) -> int',
    (self: string, substr: string, start: bigint, end: bigint) => {
      if (!isAscii(self)) return undefined
      const i = window(self, start, end).indexOf(substr)
      return i === -1 ? -1n : BigInt(i) + (start < 0n ? BigInt(self.length) + start : start)
    },
  ),
  evaluated(
    'aten::startswith(str self, str substr, int start=0, int end=-1) -> bool',
    (self: string, substr: string, start: bigint, end: bigint) => window(self, start, end).startsWith(substr),
  ),
  evaluated(
    'aten::endswith(str self, str substr, int start=0, int end=-1) -> bool',
    (self: string, substr: string, start: bigint, end: bigint) => window(self, start, end).endsWith(substr),
  ),
  evaluated(
    'aten::count(str self, str substr, int start=0, int end=-1) -> int',
    (self: string, substr: string, start: bigint, end: bigint) =>
      substr === '' ? undefined : BigInt(window(self, start, end).split(substr).length - 1),
  ),
  characters('isdigit', (text) => /^\d+$/.test(text)),
  characters('isalpha', (text) => /^[A-Za-z]+$/.test(text)),
  characters('isalnum', (text) => /^[A-Za-z0-9]+$/.test(text)),
  characters('isspace', (text) => /^[ \t\n\r\f\v]+$/.test(text)),
  characters('isupper', (text) => /[A-Z]/.test(text) && !/[a-z]/.test(text)),
  characters('islower', (text) => /[a-z]/.test(text) && !/[A-Z]/.test(text)),
  evaluated('aten::ord(str string) -> int', (text: string) =>
    text.length === 1 && isAscii(text) ? BigInt(text.codePointAt(0)!) : undefined,
  ),
  evaluated('aten::chr(int i) -> str', (i: bigint) => (i >= 0n && i < 128n ? String.fromCodePoint(Number(i)) : undefined)),
  evaluated('aten::hex(int i) -> str', (i: bigint) => (i < 0n ? `-0x${(-i).toString(16)}` : `0x${i.toString(16)}`)),
  evaluated('aten::bin(int i) -> str', (i: bigint) => (i < 0n ? `-0b${(-i).toString(2)}` : `0b${i.toString(2)}`)),
  evaluated('aten::oct(int i) -> str', (i: bigint) => (i < 0n ? `-0o${(-i).toString(8)}` : `0o${i.toString(8)}`)),
  evaluated('aten::zfill(str self, int width) -> str', (self: string, width: bigint) =>
    width > 10_000n
      ? undefined
      : /^[+-]/.test(self)
        ? self[0]! + self.slice(1).padStart(Number(width) - 1, '0')
        : self.padStart(Number(width), '0'),
  ),
  evaluated('aten::Int.str(str a) -> int', intText),
  evaluated('aten::Float.str(str a) -> float', floatOf),
]
