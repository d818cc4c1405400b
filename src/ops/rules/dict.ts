// Dicts as values: entries in insertion order, looked up by constant keys. Answers to torch/csrc/jit/runtime/register_ops_utils.h.

import type { IValue } from '../../ir/ivalue.ts'
import { constantFact, intFact, listFact, tupleFact, unknown, type Fact } from '../fact.ts'
import { isNone } from '../facts.ts'
import type { Rule } from '../rule.ts'
import { valuesEqual } from './compare.ts'
import { boolFact, row } from './scalar-row.ts'

type Entries = NonNullable<Fact['entries']>

/** The entry of a key; `null` when there is none, undefined when that is not known. */
export function lookUp(dict: Fact, key: Fact): Fact | null | undefined {
  if (dict.entries === undefined || key.value === undefined) return undefined
  return dict.entries.find(([k]) => valuesEqual(k, key.value!) === true)?.[1] ?? null
}
/** A Dict with these entries; its whole value when every part is known. */
export function dictFact(entries: Entries): Fact {
  const values = entries.map(([, fact]) => fact.value)
  if (values.includes(undefined)) return { entries }
  return { entries, value: { kind: 'dict', entries: entries.map(([key], i) => [key, values[i] as IValue] as const) } }
}

const KEYS = ['str', 'int', 'bool', 'float'] as const

const fromItems = (inputs: Fact): Fact => {
  const entries: (readonly [IValue, Fact])[] = []
  for (const item of inputs.items ?? []) {
    const [key, value] = item.items ?? []
    if (key?.value === undefined || value === undefined) return unknown
    const i = entries.findIndex(([k]) => valuesEqual(k, key.value!) === true)
    if (i === -1) entries.push([key.value, value])
    else entries[i] = [key.value, value]
  }
  return inputs.items === undefined ? unknown : dictFact(entries)
}

export const dictRules: readonly Rule[] = KEYS.flatMap((key) => [
  row(`aten::__getitem__.Dict_${key}(Dict(${key}, t) self, ${key} key) -> t(*)`, (args) => lookUp(args['self']!, args['key']!) ?? unknown),
  row(`aten::get.${key}(Dict(${key}, t) self, ${key} key) -> t(*)?`, (args) => {
    const found = lookUp(args['self']!, args['key']!)
    return found === undefined ? unknown : found === null ? constantFact(null) : isNone(found) ? found : { ...found, present: true }
  }),
  row(`aten::get.default_${key}(Dict(${key}, t) self, ${key} key, t default_value) -> t(*)`, (args) => {
    const found = lookUp(args['self']!, args['key']!)
    return found === undefined ? unknown : (found ?? args['default_value']!)
  }),
  row(`aten::__contains__.${key}(Dict(${key}, t) dict, ${key} key) -> bool`, (args) => {
    const found = lookUp(args['dict']!, args['key']!)
    return boolFact(found === undefined ? undefined : found !== null)
  }),
  row(`aten::len.Dict_${key}(Dict(${key}, t) self) -> int`, ({ self }) =>
    self!.entries === undefined ? unknown : intFact(self!.entries.length),
  ),
  row(`aten::keys.${key}(Dict(${key}, t) self) -> ${key}[](*)`, ({ self }) =>
    self!.entries === undefined ? unknown : listFact(self!.entries.map(([k]) => constantFact(k))),
  ),
  row(`aten::values.${key}(Dict(${key}, t) self) -> t[](*)`, ({ self }) =>
    self!.entries === undefined ? unknown : listFact(self!.entries.map(([, v]) => v)),
  ),
  row(`aten::items.${key}(Dict(${key}, t) self) -> ((${key}, t)[])`, ({ self }) =>
    self!.entries === undefined ? unknown : listFact(self!.entries.map(([k, v]) => tupleFact([constantFact(k), v]))),
  ),
  row(`aten::copy.Dict_${key}(Dict(${key}, t)(a) self) -> Dict(${key}, t)`, ({ self }) => self!),
  row(`aten::dict.Dict_${key}(Dict(${key}, t)(a) self) -> Dict(${key}, t)`, ({ self }) => self!),
  row(`aten::dict.${key}((${key}, tVal)[] inputs) -> Dict(${key}, tVal)`, ({ inputs }) => fromItems(inputs!)),
])
