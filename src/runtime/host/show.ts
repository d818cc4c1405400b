// Values as text, as str() and print() have them in TorchScript. Lists and tuples are both arrays: `shown` says which is which.
// Answers to operator<<(std::ostream&, const IValue&) in aten/src/ATen/core/ivalue.cpp.

import { fail } from './error.ts'
import { isTensor, type HostTensor } from './tensor.ts'
import { general, tensorText } from './tensor-text.ts'

/** How a value with tuples in it is laid out; null where it tells by itself. */
export type Layout = null | 'complex' | readonly ['tuple', readonly Layout[]] | readonly ['list', Layout] | readonly ['dict', Layout]

class Shown {
  readonly value: unknown
  readonly layout: Layout
  constructor(value: unknown, layout: Layout) {
    this.value = value
    this.layout = layout
  }
}
/** A value on its way into text, with its layout. */
export function shown(value: unknown, layout: Layout): unknown {
  return new Shown(value, layout)
}

/** `%.17g`, and what fits an int64 with a point behind it. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return `${BigInt(value)}.`
  return general(value, 17)
}

/** `str(value)` */
export function str(given: unknown): string {
  const [value, layout] = given instanceof Shown ? [given.value, given.layout] : [given, null]
  if (value === null || value === undefined) return 'None'
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False'
    case 'bigint':
    case 'string':
      return String(value)
    case 'number':
      return floatText(value)
  }
  if (layout === 'complex') {
    const [re, im] = (value as HostTensor).data as ArrayLike<number> as [number, number]
    return `${floatText(re)}${im >= 0 ? '+' : '-'}${floatText(Math.abs(im))}j`
  }
  if (Array.isArray(value)) {
    if (layout?.[0] !== 'tuple')
      return `[${value.map((item) => str(new Shown(item, layout?.[0] === 'list' ? layout[1] : null))).join(', ')}]`
    return `(${value.map((item, i) => str(new Shown(item, layout[1][i] ?? null))).join(', ')}${value.length === 1 ? ',' : ''})`
  }
  if (value instanceof Map) {
    const inner = layout?.[0] === 'dict' ? layout[1] : null
    return `{${[...value].map(([key, item]) => `${str(key)}: ${str(new Shown(item, inner))}`).join(', ')}}`
  }
  if (isTensor(value)) return tensorText(value as HostTensor)
  if (value instanceof Member) return `Enum<${value.type}.${value.name}>`
  return '<object>'
}

/** A member of an enum; there is one of each. */
export class Member {
  readonly type: string
  readonly name: string
  readonly value: unknown
  constructor(type: string, name: string, value: unknown) {
    this.type = type
    this.name = name
    this.value = value
    // Told by what it is: a copy would be another member.
    Object.freeze(this)
  }
}
const members = new Map<string, Member>()
export function member(type: string, name: string, value: unknown): Member {
  const key = `${type} ${name}`
  let found = members.get(key)
  if (found === undefined) members.set(key, (found = new Member(type, name, value)))
  return found
}

/** `'…{}…'.format(…)` */
export function format(template: string, ...values: readonly unknown[]): string {
  const parts = template.split('{}')
  if (parts.length - 1 > values.length) fail(`Too few arguments for format string: ${template}`)
  return parts.map((part, i) => (i === 0 ? part : str(values[i - 1]) + part)).join('')
}

/** `print(…)` */
export function print(...values: readonly unknown[]): void {
  console.log(values.map(str).join(' '))
}
/** `warnings.warn(…)` */
export function warn(message: string): void {
  console.warn(message)
}

/** `template % value` */
export function percentFormat(template: string, value: unknown): string {
  const isTuple = value instanceof Shown && value.layout?.[0] === 'tuple'
  const tuple = isTuple ? (value.value as readonly unknown[]) : [value]
  const layouts = isTuple ? (value.layout as readonly ['tuple', readonly Layout[]])[1] : []
  let used = 0
  const text = template.replace(/%([^]?)/g, (_, letter: string) => {
    if (letter === '') return fail('Incomplete format specifier')
    if (letter === '%') return '%'
    if (used >= tuple.length) return fail('Too few arguments for format string')
    const item = tuple[used]
    const layout = layouts[used] ?? null
    used++
    return formatted(letter, layout === null ? item : new Shown(item, layout))
  })
  return used === tuple.length ? text : fail('Too many arguments for format string')
}

function formatted(letter: string, value: unknown): string {
  const isNumber = typeof value === 'bigint' || typeof value === 'number'
  const need = (what: string): never => fail(`%${letter} requires ${what} for formatting, but got ${kindOf(value)}`)
  switch (letter) {
    case 'd':
    case 'i':
      return isNumber ? String(typeof value === 'bigint' ? value : toInt32(value)) : need('a number')
    case 'e':
    case 'E': {
      if (!isNumber) return need('a number')
      const text =
        special(value) ??
        Math.fround(Number(value))
          .toExponential(6)
          .replace(/e([+-])(\d)$/, 'e$10$2')
      return letter === 'E' ? text.toUpperCase() : text
    }
    case 'f':
    case 'F':
      return isNumber ? (special(value) ?? fixed(Math.fround(Number(value)))) : need('a number')
    case 'c':
      if (typeof value === 'bigint') return String.fromCharCode(Number(value & 0xffn))
      return typeof value === 'string' && value.length === 1 ? value : need('an int or char')
    case 's':
      return str(value)
    default:
      return fail(`The specifier %${letter} is not supported in TorchScript format strings`)
  }
}
/** A cast to a C int: what does not fit is the least one. */
const toInt32 = (value: number): number => (Math.abs(Math.trunc(value)) < 2 ** 31 ? Math.trunc(value) : -(2 ** 31))
const special = (value: bigint | number): string | undefined => {
  const float = Math.fround(Number(value))
  return Number.isFinite(float) ? undefined : floatText(float)
}
/** Six decimals, exactly: toFixed gives up at 1e21. */
function fixed(value: number): string {
  if (Math.abs(value) < 1e21) return Object.is(value, -0) ? '-0.000000' : value.toFixed(6)
  return `${BigInt(value)}.000000`
}
function kindOf(value: unknown): string {
  if (value === null) return 'None'
  if (value instanceof Shown) return value.layout?.[0] === 'tuple' ? 'Tuple' : kindOf(value.value)
  const kinds = { string: 'String', boolean: 'Bool', bigint: 'Int', number: 'Double' } as Readonly<Record<string, string>>
  return (
    kinds[typeof value] ??
    (Array.isArray(value) ? 'GenericList' : value instanceof Map ? 'GenericDict' : isTensor(value) ? 'Tensor' : 'Object')
  )
}
