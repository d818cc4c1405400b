// The opcodes of pickle protocols 0 to 5 as a table: byte, name, how the argument is read, what it does to the machine.
// Answers to Lib/pickletools.py. EXT1/2/4, NEXT_BUFFER, READONLY_BUFFER and the text persistent id are named only to be refused:
// they reach outside the record.

import type { PickleMachine } from './pickle-machine.ts'
import { held, isKind, itemName, tupleOf, type PickleItem } from './pickle-item.ts'
import type { PickleReader } from './pickle-reader.ts'

export interface Opcode {
  readonly name: string
  readonly run: (machine: PickleMachine, reader: PickleReader) => void
}

const table = new Map<number, Opcode>()

function op<T>(
  byte: number | string,
  name: string,
  read: (reader: PickleReader) => T,
  run: (machine: PickleMachine, argument: T) => void,
): void {
  const code = typeof byte === 'string' ? byte.charCodeAt(0) : byte
  table.set(code, { name, run: (machine, reader) => run(machine, read(reader)) })
}

const nothing = (): void => undefined
const u1 = (r: PickleReader): number => r.u1()
const u2 = (r: PickleReader): number => r.u2()
const i4 = (r: PickleReader): number => r.i4()
const u4 = (r: PickleReader): number => r.u4()
const twoLines = (r: PickleReader): readonly [string, string] => [r.line(), r.line()]
const index = (r: PickleReader): bigint => r.decimalInt()

type Push<T> = (argument: T) => PickleItem
function pushing<T>(byte: number | string, name: string, read: (reader: PickleReader) => T, make: Push<T>): void {
  op(byte, name, read, (m, argument) => m.push(make(argument)))
}
const bytesItem = (bytes: Uint8Array): PickleItem => ({ kind: 'bytes', bytes })

// Frame.
op(0x80, 'PROTO', u1, (m, version) => {
  if (version > 5) m.fail('PT1202', `pickle protocol ${version}; 5 is the newest there is`)
})
op(0x95, 'FRAME', (r) => r.frame(), nothing)
op('.', 'STOP', nothing, (m) => m.stop())

// Constants.
pushing('N', 'NONE', nothing, () => null)
pushing(0x88, 'NEWTRUE', nothing, () => true)
pushing(0x89, 'NEWFALSE', nothing, () => false)
pushing(
  'I',
  'INT',
  (r) => r.decimalIntOrBool(),
  (value) => value,
)
pushing('L', 'LONG', index, (value) => value)
pushing('J', 'BININT', i4, BigInt)
pushing('K', 'BININT1', u1, BigInt)
pushing('M', 'BININT2', u2, BigInt)
pushing(
  0x8a,
  'LONG1',
  (r) => r.int(r.u1()),
  (value) => value,
)
pushing(
  0x8b,
  'LONG4',
  (r) => r.int(r.i4()),
  (value) => value,
)
pushing(
  'F',
  'FLOAT',
  (r) => r.decimalFloat(),
  (value) => value,
)
pushing(
  'G',
  'BINFLOAT',
  (r) => r.f8(),
  (value) => value,
)
pushing(
  'S',
  'STRING',
  (r) => r.quoted(),
  (value) => value,
)
pushing(
  'T',
  'BINSTRING',
  (r) => r.text(r.i4()),
  (value) => value,
)
pushing(
  'U',
  'SHORT_BINSTRING',
  (r) => r.text(r.u1()),
  (value) => value,
)
pushing(
  'V',
  'UNICODE',
  (r) => r.rawUnicodeLine(),
  (value) => value,
)
pushing(
  0x8c,
  'SHORT_BINUNICODE',
  (r) => r.text(r.u1()),
  (value) => value,
)
pushing(
  'X',
  'BINUNICODE',
  (r) => r.text(r.u4()),
  (value) => value,
)
pushing(
  0x8d,
  'BINUNICODE8',
  (r) => r.text(r.u8()),
  (value) => value,
)
pushing('B', 'BINBYTES', (r) => r.raw(r.u4()), bytesItem)
pushing('C', 'SHORT_BINBYTES', (r) => r.raw(r.u1()), bytesItem)
pushing(0x8e, 'BINBYTES8', (r) => r.raw(r.u8()), bytesItem)
pushing(0x96, 'BYTEARRAY8', (r) => r.raw(r.u8()), bytesItem)

// Stack and memo.
op('(', 'MARK', nothing, (m) => m.mark())
op('0', 'POP', nothing, (m) => m.popAny())
op('1', 'POP_MARK', nothing, (m) => void m.popToMark())
op('2', 'DUP', nothing, (m) => m.push(m.peek()))
op('p', 'PUT', index, (m, at) => m.memoize(at))
op('q', 'BINPUT', u1, (m, at) => m.memoize(at))
op('r', 'LONG_BINPUT', u4, (m, at) => m.memoize(at))
op(0x94, 'MEMOIZE', nothing, (m) => m.memoize(m.memoSize))
op('g', 'GET', index, (m, at) => m.recall(at))
op('h', 'BINGET', u1, (m, at) => m.recall(at))
op('j', 'LONG_BINGET', u4, (m, at) => m.recall(at))

// Containers.
pushing(')', 'EMPTY_TUPLE', nothing, () => tupleOf([]))
op('t', 'TUPLE', nothing, (m) => m.push(tupleOf(m.popToMark())))
op(0x85, 'TUPLE1', nothing, (m) => m.push(tupleOf(m.popMany(1))))
op(0x86, 'TUPLE2', nothing, (m) => m.push(tupleOf(m.popMany(2))))
op(0x87, 'TUPLE3', nothing, (m) => m.push(tupleOf(m.popMany(3))))
pushing(']', 'EMPTY_LIST', nothing, () => ({ kind: 'list', items: [] }))
op('l', 'LIST', nothing, (m) => m.push({ kind: 'list', items: m.popToMark().map(held) }))
op('a', 'APPEND', nothing, (m) => append(m, m.popMany(1)))
op('e', 'APPENDS', nothing, (m) => append(m, m.popToMark()))
pushing('}', 'EMPTY_DICT', nothing, () => ({ kind: 'dict', entries: [] }))
op('d', 'DICT', nothing, (m) => {
  const pairs = m.popToMark()
  m.push({ kind: 'dict', entries: [] })
  m.setItems(pairs)
})
op('s', 'SETITEM', nothing, (m) => m.setItems(m.popMany(2)))
op('u', 'SETITEMS', nothing, (m) => m.setItems(m.popToMark()))
pushing(0x8f, 'EMPTY_SET', nothing, () => ({ kind: 'set', items: [] }))
op(0x91, 'FROZENSET', nothing, (m) => m.push({ kind: 'set', items: m.popToMark() }))
op(0x90, 'ADDITEMS', nothing, (m) => append(m, m.popToMark()))

// Names and what is made of them.
op('c', 'GLOBAL', twoLines, (m, [module, name]) => m.pushGlobal(module, name))
op(0x93, 'STACK_GLOBAL', nothing, (m) => {
  const [module, name] = m.popMany(2)
  if (typeof module !== 'string' || typeof name !== 'string') {
    return m.fail('PT1207', `STACK_GLOBAL takes two strings, not ${itemName(module)} and ${itemName(name)}`)
  }
  return m.pushGlobal(module, name)
})
op('R', 'REDUCE', nothing, (m) => {
  const [callee, args] = m.popMany(2)
  m.push(m.reduce(callee, args))
})
op(0x81, 'NEWOBJ', nothing, (m) => {
  const [type, args] = m.popMany(2)
  m.push(m.newObject(type, args))
})
op(0x92, 'NEWOBJ_EX', nothing, (m) => {
  const [type, args, keywords] = m.popMany(3)
  if (!isKind(keywords, 'dict') || keywords.entries.length > 0)
    m.fail('PT1207', 'NEWOBJ_EX with keyword arguments, which no class here takes')
  m.push(m.newObject(type, args))
})
op('i', 'INST', twoLines, (m, [module, name]) => {
  const args = tupleOf(m.popToMark())
  m.pushGlobal(module, name)
  m.push(m.reduce(m.pop(), args))
})
op('o', 'OBJ', nothing, (m) => {
  const [callee, ...args] = m.popToMark()
  m.push(m.reduce(callee, tupleOf(args)))
})
op('b', 'BUILD', nothing, (m) => m.build(m.pop()))
op('Q', 'BINPERSID', nothing, (m) => m.push(m.persistent(m.pop())))

// Refused.
for (const [byte, name, why] of [
  ['P', 'PERSID', 'torch writes persistent ids as tuples, not as text'],
  [0x82, 'EXT1', 'it refers to a registry of the running Python'],
  [0x83, 'EXT2', 'it refers to a registry of the running Python'],
  [0x84, 'EXT4', 'it refers to a registry of the running Python'],
  [0x97, 'NEXT_BUFFER', 'it refers to a buffer outside the file'],
  [0x98, 'READONLY_BUFFER', 'it refers to a buffer outside the file'],
] as const) {
  op(byte, name, nothing, (m) => m.fail('PT1203', `the opcode ${name} is refused: ${why}`))
}

function append(m: PickleMachine, items: readonly PickleItem[]): void {
  const target = m.peek()
  if (isKind(target, 'list')) for (const item of items) target.items.push(held(item))
  else if (isKind(target, 'set')) for (const item of items) target.items.push(item)
  else if (!isKind(target, 'inert')) m.fail('PT1207', `items are appended to ${itemName(target)}, which is no list`)
}

/** By opcode byte. */
export const opcodes: ReadonlyMap<number, Opcode> = table
