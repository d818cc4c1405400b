// Tuples and NamedTuples: always known part by part.

import { Builder } from '../../ir/builder.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { knownInt } from '../../ops/facts.ts'
import { sliceItems } from '../../ops/rules/list.ts'
import type { ContainerRow } from './container-row.ts'

/** The parts of a tuple: of its construction, of a constant, or dead ones of a dead tuple. */
export function tupleParts(tuple: Value, b: Builder): readonly Value[] | undefined {
  const { node, type } = tuple
  if (node.kind === 'prim::TupleConstruct') return node.inputs
  if (type.kind !== 'Tuple') return undefined
  if (node.kind === 'prim::Uninitialized') return type.of.map((of) => b.op('prim::Uninitialized', [], of))
  const constant = node.kind === 'prim::Constant' ? (node.attributes.get('value') as IValue | undefined) : undefined
  if (constant === null || typeof constant !== 'object' || constant.kind !== 'tuple') return undefined
  return constant.items.map((item, i) => b.constant(item, item === null ? undefined : constantType(type.of[i]!)))
}
/** A constant's own type, save for empty containers, whose declared one says more. */
const constantType = (type: Type): Type | undefined =>
  type.kind === 'List' || type.kind === 'Dict' || type.kind === 'Tuple' ? type : undefined

const unpack: ContainerRow = (node) => tupleParts(node.input(), Builder.replacing(node))

const index: ContainerRow = (node, { facts }) => {
  const i = knownInt(facts.of(node.input(1)))
  const parts = i === undefined ? undefined : tupleParts(node.input(), Builder.replacing(node))
  return parts === undefined ? undefined : [parts[i! < 0 ? i! + parts.length : i!]]
}

const slice: ContainerRow = (node) => {
  const [begin, end] = ['beg', 'end'].map((name) => node.attributes.get(name))
  const b = Builder.replacing(node)
  const parts = tupleParts(node.input(), b)
  if (parts === undefined || typeof begin !== 'bigint' || typeof end !== 'bigint') return undefined
  return [b.tuple(sliceItems(parts, Number(begin), Number(end), 1) ?? [], node.output().type as Extract<Type, { kind: 'Tuple' }>)]
}

export const tupleRows: readonly (readonly [string, ContainerRow])[] = [
  ['prim::TupleUnpack', unpack],
  ['prim::TupleIndex', index],
  ['prim::TupleSlice', slice],
]
