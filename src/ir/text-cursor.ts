// A cursor over torch's textual formats (schemas, IR): tokens, literals, types. Both parsers are written on it.
// Mirrors torch/csrc/jit/frontend/schema_type_parser.cpp.

import { fail } from '../diagnostics/compile-error.ts'
import type { Source } from '../diagnostics/source-range.ts'
import type { Dim } from './dim.ts'
import type { AliasInfo } from './function-schema.ts'
import { unquoteByte } from './literal.ts'
import { scalarTypeOfGraphName } from './scalar-type.ts'
import { listOf, optionalOf, tensorType, tensorTypeOf, type Type } from './type.ts'

const SPACE = /[ \t\r]*/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/y
const NUMBER = /-?(?:inf|nan|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)/y
const utf8 = new TextEncoder()
const MAX_TYPE_DEPTH = 200

/** Keywords of printed types that stand for themselves. */
const SIMPLE = new Map<string, Type>([
  ['int', { kind: 'int' }],
  ['SymInt', { kind: 'int' }],
  ['SymBool', { kind: 'bool' }],
  ['SymFloat', { kind: 'float' }],
  ['float', { kind: 'float' }],
  ['bool', { kind: 'bool' }],
  ['complex', { kind: 'complex' }],
  ['Scalar', { kind: 'number' }],
  ['number', { kind: 'number' }],
  ['str', { kind: 'str' }],
  ['Dimname', { kind: 'str' }],
  ['NoneType', { kind: 'None' }],
  ['None', { kind: 'None' }],
  ['Any', { kind: 'Any' }],
  ['Device', { kind: 'Device' }],
  ['DeviceObjType', { kind: 'Device' }],
  ['Stream', { kind: 'Stream' }],
  ['Generator', { kind: 'Generator' }],
  ['Storage', { kind: 'Storage' }],
  ['Capsule', { kind: 'Capsule' }],
  ['QScheme', { kind: 'QScheme' }],
  ['ScalarType', { kind: 'int' }],
  ['Layout', { kind: 'int' }],
  ['MemoryFormat', { kind: 'int' }],
  ['AnyClassType', { kind: 'AnyClass' }],
  ['AnyEnumType', { kind: 'AnyEnum' }],
  ['AnyEnum', { kind: 'AnyEnum' }],
  ['list', { kind: 'AnyList' }],
  ['AnyListType', { kind: 'AnyList' }],
  ['tuple', { kind: 'AnyTuple' }],
  ['Tuple', { kind: 'AnyTuple' }],
  ['AnyTupleType', { kind: 'AnyTuple' }],
  ['Function', { kind: 'Function' }],
])

export interface ParsedType {
  readonly type: Type
  readonly alias?: AliasInfo
  /** N of `T[N]`. */
  readonly size?: number
}

export class TextCursor {
  readonly source: Source
  readonly text: string
  offset = 0
  #aliasCounter = 0

  constructor(source: Source) {
    this.source = source
    this.text = source.text
  }

  /** Fails at the cursor. */
  error(message: string): never {
    fail('PT2090', message, { range: { source: this.source, start: this.offset, end: Math.min(this.offset + 1, this.text.length) } })
  }

  skipSpace(): void {
    SPACE.lastIndex = this.offset
    SPACE.exec(this.text)
    this.offset = SPACE.lastIndex
  }
  /** Spaces, newlines and `#` comments. */
  skipBlank(): void {
    for (;;) {
      this.skipSpace()
      const c = this.text[this.offset]
      if (c === '\n') this.offset++
      else if (c === '#') this.offset = (this.text.indexOf('\n', this.offset) + 1 || this.text.length + 1) - 1
      else return
    }
  }
  startsWith(token: string): boolean {
    this.skipSpace()
    return this.text.startsWith(token, this.offset)
  }
  tryEat(token: string): boolean {
    if (!this.startsWith(token)) return false
    this.offset += token.length
    return true
  }
  expect(token: string): void {
    if (!this.tryEat(token)) this.error(`expected '${token}'`)
  }
  match(pattern: RegExp): string | undefined {
    this.skipSpace()
    pattern.lastIndex = this.offset
    const found = pattern.exec(this.text)
    if (found === null) return undefined
    this.offset = pattern.lastIndex
    return found[0]
  }
  name(): string {
    return this.match(NAME) ?? this.error('expected a name')
  }
  /** An integer as bigint, anything with `.`, `e`, inf or nan as number. */
  number(): bigint | number {
    const text = this.match(NUMBER) ?? this.error('expected a number')
    if (/^-?\d+$/.test(text)) return BigInt(text)
    if (text.endsWith('inf')) return text.startsWith('-') ? -Infinity : Infinity
    return text.endsWith('nan') ? Number.NaN : Number(text)
  }
  /** A quoted string with C escapes. */
  string(): string {
    this.skipSpace()
    const quote = this.text[this.offset]
    if (quote !== '"' && quote !== "'") this.error('expected a string')
    // Gathered as bytes: escapes of non-ASCII text are bytes of its UTF-8.
    const bytes: number[] = []
    let i = this.offset + 1
    for (; this.text[i] !== quote; i++) {
      const c = this.text[i]
      if (c === undefined) this.error('string does not end')
      if (c !== '\\') {
        const code = this.text.codePointAt(i)!
        if (code < 0x80) bytes.push(code)
        else {
          const whole = String.fromCodePoint(code)
          bytes.push(...utf8.encode(whole))
          i += whole.length - 1
        }
        continue
      }
      const numeric = /[./0-3][)-7][)-7]/y
      numeric.lastIndex = i + 1
      const found = numeric.exec(this.text)?.[0]
      if (found === undefined) {
        i++
        bytes.push((ESCAPES.get(this.text[i] ?? '') ?? this.text[i] ?? '').charCodeAt(0))
      } else {
        i += 3
        bytes.push(unquoteByte(found))
      }
    }
    const out = new TextDecoder().decode(Uint8Array.from(bytes))
    this.offset = i + 1
    return out
  }

  /** A type in graph spelling, with alias annotations where a schema has them. */
  type(depth = 0): ParsedType {
    if (depth > MAX_TYPE_DEPTH) this.error('type nested too deep')
    let type: Type
    let alias: AliasInfo | undefined
    let size: number | undefined
    if (this.tryEat('(')) {
      const of: Type[] = []
      let contained: AliasInfo | undefined
      while (!this.tryEat(')')) {
        const item = this.type(depth + 1)
        of.push(item.type)
        contained ??= item.alias
        if (!this.startsWith(')')) this.expect(',')
      }
      type = { kind: 'Tuple', of }
      if (contained !== undefined) alias = { before: [], after: [], isWrite: false, contained }
    } else {
      ;({ type, alias } = this.#namedType(depth))
    }
    for (;;) {
      if (this.text[this.offset] === '?') {
        this.offset++
        type = optionalOf(type)
      } else if (this.text[this.offset] === '[' && /[\]\d]/.test(this.text[this.offset + 1] ?? '')) {
        this.offset++
        const count = this.match(/\d+/y)
        if (count !== undefined) size = Number(count)
        this.expect(']')
        type = listOf(type)
        const contained = alias
        alias = this.text[this.offset] === '(' ? this.#alias() : undefined
        if (contained !== undefined) alias = { ...(alias ?? { before: [], after: [], isWrite: false }), contained }
      } else break
    }
    return { type, ...(alias === undefined ? {} : { alias }), ...(size === undefined ? {} : { size }) }
  }

  #namedType(depth: number): { type: Type; alias: AliasInfo | undefined } {
    const start = this.offset
    const name = this.name()
    if (name === 'Tensor' || name === '__torch__.Tensor') {
      // `Tensor(a!)` of a schema, or `Tensor(2, *)` of a graph.
      if (this.text[this.offset] !== '(') return { type: tensorType, alias: undefined }
      if (
        /^\(\s*(?:[a-z*|]+\s*!?\s*(?:->[^)]*)?)\)/.test(this.text.slice(this.offset, this.offset + 40)) &&
        !/^\(\s*\*\s*[,)]/.test(this.text.slice(this.offset, this.offset + 8))
      )
        return { type: tensorType, alias: this.#alias() }
      return { type: tensorTypeOf(undefined, this.#dims()), alias: undefined }
    }
    const dtype = scalarTypeOfGraphName(name)
    if (dtype !== undefined)
      return { type: tensorTypeOf(dtype, this.text[this.offset] === '(' ? this.#dims() : undefined), alias: undefined }
    switch (name) {
      case 'Optional':
      case 'Future':
      case 'RRef':
      case 'Await': {
        const close = this.text[this.offset] === '(' ? ')' : this.text[this.offset] === '[' ? ']' : undefined
        if (close === undefined) break
        this.offset++
        const of = this.type(depth + 1).type
        this.expect(close)
        return { type: name === 'Optional' ? optionalOf(of) : { kind: name, of }, alias: this.#tryAlias() }
      }
      case 'Dict': {
        this.expect('(')
        const key = this.type(depth + 1).type
        this.expect(',')
        const value = this.type(depth + 1)
        this.expect(')')
        return { type: { kind: 'Dict', key, value: value.type }, alias: this.#tryAlias() }
      }
      case 'Union':
      case 'NamedTuple':
        return { type: this.#memberList(name, depth), alias: this.#tryAlias() }
      case 'InterfaceType': {
        this.expect('<')
        const interfaceName = this.name()
        this.expect('>')
        return { type: { kind: 'Interface', name: interfaceName }, alias: undefined }
      }
      case 'Enum': {
        this.expect('<')
        const enumName = this.name()
        this.expect('>')
        return { type: { kind: 'Enum', name: enumName, value: { kind: 'Any' } }, alias: undefined }
      }
    }
    const plain = SIMPLE.get(name)
    if (plain !== undefined) return { type: plain, alias: this.#tryAlias() }
    if (name.startsWith('__torch__')) return { type: { kind: 'Class', name }, alias: this.#tryAlias() }
    if (/^[a-z][A-Za-z0-9]?$|^t[A-Za-z0-9]*$/.test(name)) return { type: { kind: 'Var', name }, alias: this.#tryAlias() }
    this.offset = start
    this.error(`unknown type '${name}'`)
  }

  #memberList(name: 'Union' | 'NamedTuple', depth: number): Type {
    const of: Type[] = []
    const fields: string[] = []
    this.expect('(')
    while (!this.tryEat(')')) {
      if (name === 'NamedTuple') {
        fields.push(this.name())
        this.expect(':')
      }
      of.push(this.type(depth + 1).type)
      if (!this.startsWith(')')) this.expect(',')
    }
    return name === 'Union' ? { kind: 'Union', of } : { kind: 'Tuple', of, fields }
  }

  /** `(2, n, *, strides=[…], requires_grad=0, device=cpu)`; undefined when no dims are listed but properties are. */
  #dims(): Dim[] | undefined {
    this.expect('(')
    const dims: Dim[] = []
    let properties = false
    while (!this.tryEat(')')) {
      if (this.tryEat('*')) dims.push(null)
      else if (/[-\d]/.test(this.text[this.offset] ?? '')) dims.push(Number(this.number()))
      else {
        const name = this.name()
        if (this.tryEat('=')) {
          properties = true
          if (this.tryEat('[')) this.offset = this.text.indexOf(']', this.offset) + 1
          else this.match(/[^,)]+/y)
        } else dims.push(name)
      }
      if (!this.startsWith(')')) this.expect(',')
    }
    // `Long(device=cpu)` and `Long()` are 0-d; `Long(requires_grad=…)` too: torch omits nothing else.
    return properties || dims.length > 0 ? dims : []
  }

  #tryAlias(): AliasInfo | undefined {
    return this.text[this.offset] === '(' ? this.#alias() : undefined
  }
  /** `(a)`, `(a!)`, `(a -> *)`, `(a|b!)`, `(!)`. */
  #alias(): AliasInfo {
    this.expect('(')
    const before: string[] = []
    let isWrite = this.tryEat('!')
    if (isWrite) before.push(`$${this.#aliasCounter++}`)
    while (!this.startsWith(')') && !this.startsWith('->')) {
      before.push(this.match(/[A-Za-z0-9_]+|\*/y) ?? this.error('expected an alias set'))
      if (this.tryEat('!')) isWrite = true
      this.tryEat('|')
    }
    let after = before
    if (this.tryEat('->')) {
      after = []
      while (!this.startsWith(')')) {
        after.push(this.match(/[A-Za-z0-9_]+|\*/y) ?? this.error('expected an alias set'))
        this.tryEat('|')
      }
    }
    this.expect(')')
    return { before, after, isWrite }
  }
}

const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
])
