// Parses one schema as torch prints it: `aten::gelu(Tensor self, *, str approximate='none') -> Tensor`.
// Mirrors torch/csrc/jit/frontend/function_schema_parser.cpp.

import type { Argument, FunctionSchema } from './function-schema.ts'
import type { IValue } from './ivalue.ts'
import { TextCursor } from './text-cursor.ts'
import type { Type } from './type.ts'

export function parseSchema(text: string): FunctionSchema {
  const cursor = new TextCursor({ name: 'schema', text })
  const qualified =
    cursor.match(/[A-Za-z0-9_]+::[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*|[A-Za-z0-9_.]+/y) ?? cursor.error('expected an operator name')
  const dot = qualified.indexOf('.', qualified.indexOf('::') + 2)
  const name = dot === -1 ? qualified : qualified.slice(0, dot)
  const overload = dot === -1 ? '' : qualified.slice(dot + 1)
  const args: Argument[] = []
  let kwargOnly = false
  let isVararg = false
  cursor.expect('(')
  while (!cursor.tryEat(')')) {
    if (cursor.tryEat('...')) isVararg = true
    else if (cursor.tryEat('*')) kwargOnly = true
    else args.push(argument(cursor, kwargOnly))
    if (!cursor.startsWith(')')) cursor.expect(',')
  }
  cursor.expect('->')
  const { returns, isVarret } = results(cursor)
  return { name, overload, args, returns, isVararg, isVarret, text }
}

function results(cursor: TextCursor): { returns: Argument[]; isVarret: boolean } {
  const returns: Argument[] = []
  let isVarret = false
  const one = (): void => {
    if (cursor.tryEat('...')) {
      isVarret = true
      return
    }
    const parsed = cursor.type()
    const name = cursor.match(/[A-Za-z_][A-Za-z0-9_]*/y) ?? ''
    returns.push({ name, kwargOnly: false, ...parsed })
  }
  // A parenthesis is a list of results, unless it is one tuple result: torch prints `(Tensor, Tensor)` for two results.
  if (cursor.tryEat('(')) {
    while (!cursor.tryEat(')')) {
      one()
      if (!cursor.startsWith(')')) cursor.expect(',')
    }
  } else one()
  return { returns, isVarret }
}

function argument(cursor: TextCursor, kwargOnly: boolean): Argument {
  const parsed = cursor.type()
  const name = cursor.match(/[A-Za-z_][A-Za-z0-9_]*/y) ?? ''
  if (!cursor.tryEat('=')) return { name, kwargOnly, ...parsed }
  return { name, kwargOnly, ...parsed, default: defaultValue(cursor, parsed.type, parsed.size) }
}

/** Words that torch's schemas use for c10 constants. */
const WORDS = new Map<string, IValue>([
  ['None', null],
  ['True', true],
  ['False', false],
  ['Mean', 1n],
  ['contiguous_format', 0n],
  ['strided', 0n],
  ['long', 4n],
  ['float', 6n],
])

function defaultValue(cursor: TextCursor, type: Type, size: number | undefined): IValue {
  if (cursor.tryEat('[')) {
    const items: IValue[] = []
    const element = elementOf(type)
    while (!cursor.tryEat(']')) {
      items.push(defaultValue(cursor, element, undefined))
      if (!cursor.startsWith(']')) cursor.expect(',')
    }
    return { kind: 'list', items }
  }
  if (cursor.startsWith('"') || cursor.startsWith("'")) {
    const text = cursor.string()
    return type.kind === 'Device' ? { kind: 'device', name: text } : text
  }
  if (/[-\d.]/.test(cursor.text[cursor.offset] ?? '') || cursor.startsWith('inf') || cursor.startsWith('nan')) {
    const value = coerce(cursor.number(), type)
    // `int[2] stride=1` stands for [1, 1].
    return type.kind === 'List' && size !== undefined
      ? { kind: 'list', items: Array.from({ length: size }, () => coerce(value as bigint, type.of)) }
      : value
  }
  const word = cursor.name()
  return WORDS.get(word) ?? (word === 'None' ? null : word)
}

function elementOf(type: Type): Type {
  if (type.kind === 'Optional') return elementOf(type.of)
  return type.kind === 'List' ? type.of : type
}

/** An integral literal where a float is declared is a float. */
function coerce(value: bigint | number, type: Type): bigint | number {
  const target = type.kind === 'Optional' ? type.of : type
  return target.kind === 'float' && typeof value === 'bigint' ? Number(value) : value
}
