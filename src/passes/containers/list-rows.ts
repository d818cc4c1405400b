// Lists of known length. Changes of a list are `functional::` operators: each gives the construction of the changed list.

import { Builder } from '../../ir/builder.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Node } from '../../ir/node.ts'
import { intType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { knownInt } from '../../ops/facts.ts'
import { bound, sliceItems } from '../../ops/rules/list.ts'
import { MAX_PARTS, type ContainerRow, type Dissolving } from './container-row.ts'

const elementType = (list: Value): Type => (list.type.kind === 'List' ? list.type.of : { kind: 'Any' })

/** The items of a list that was constructed, is constant or dead; undefined when only its length, or not even that, is known. */
export function constructedItems(list: Value, b: Builder): readonly Value[] | undefined {
  const { node } = list
  if (node.kind === 'prim::ListConstruct') return node.inputs
  if (node.kind !== 'prim::Constant' || list.type.kind !== 'List') return undefined
  const constant = node.attributes.get('value') as IValue | undefined
  if (constant === null || typeof constant !== 'object' || constant.kind !== 'list' || constant.items.length > MAX_PARTS) return undefined
  return constant.items.map((item) => b.constant(item))
}

/** The items of any list whose length is known, taken out of it where it was not constructed here. */
export function listItems(list: Value, b: Builder, { facts }: Dissolving): readonly Value[] | undefined {
  const constructed = constructedItems(list, b)
  if (constructed !== undefined) return constructed
  const length = facts.of(list).items?.length
  if (length === undefined || length > MAX_PARTS) return undefined
  if (list.node.kind === 'prim::Uninitialized') return Array.from({ length }, () => b.op('prim::Uninitialized', [], elementType(list)))
  if (list.node.kind === 'aten::size' && list.node.inputs.length === 1)
    return Array.from({ length }, (_, i) => b.op('aten::size', [list.node.input(), b.int(i)], intType))
  return b.node(
    'prim::ListUnpack',
    [list],
    Array.from({ length }, () => elementType(list)),
  ).outputs
}

const unpack: ContainerRow = (node, { facts }) => {
  const b = Builder.replacing(node)
  if (node.input().node.kind === 'prim::Uninitialized') return node.outputs.map((output) => b.op('prim::Uninitialized', [], output.type))
  const { node: producer } = node.input()
  // Where the rank is not known yet, the unpacking is what tells it.
  if (producer.kind === 'aten::size' && producer.inputs.length === 1 && facts.of(producer.input()).dims !== undefined)
    return node.outputs.map((_, i) => b.op('aten::size', [producer.input(), b.int(i)], intType))
  const items = constructedItems(node.input(), b)
  return items?.length === node.outputs.length ? items : undefined
}

/** Where a constant index points in a list of this length; undefined where torch would raise. */
function place(node: Node, at: Dissolving, argument: number, length: number): number | undefined {
  const i = knownInt(at.facts.of(node.input(argument)))
  if (i === undefined) return undefined
  const wrapped = i < 0 ? i + length : i
  return wrapped >= 0 && wrapped < length ? wrapped : undefined
}

const getItem: ContainerRow = (node, at) => {
  if (node.input().type.kind !== 'List') return undefined
  const items = constructedItems(node.input(), Builder.replacing(node))
  const i = items === undefined ? undefined : place(node, at, 1, items.length)
  return i === undefined ? undefined : [items![i]]
}

/** A row over the items of the list that is the first input: gives the items of the new list. */
const rebuilt =
  (change: (items: readonly Value[], node: Node, at: Dissolving, b: Builder) => readonly Value[] | undefined): ContainerRow =>
  (node, at) => {
    if (node.input().type.kind !== 'List' || node.output().type.kind !== 'List') return undefined
    const b = Builder.replacing(node)
    const items = listItems(node.input(), b, at)
    const changed = items === undefined ? undefined : change(items, node, at, b)
    return changed === undefined || changed.length > MAX_PARTS ? undefined : [b.list(changed, elementType(node.output()))]
  }

const pop: ContainerRow = (node, at) => {
  if (node.input().type.kind !== 'List') return undefined
  const b = Builder.replacing(node)
  const items = listItems(node.input(), b, at)
  const i = items === undefined ? undefined : place(node, at, 1, items.length)
  return i === undefined ? undefined : [b.list(items!.toSpliced(i, 1), elementType(node.output(0))), items![i]]
}

const repeat = (items: readonly Value[], times: number | undefined): Value[] | undefined =>
  times === undefined || items.length * times > MAX_PARTS ? undefined : Array.from({ length: Math.max(0, times) }, () => items).flat()

/** min([a, b, c]) of lists of ints known by length only. */
const extreme: ContainerRow = (node) => {
  if (node.inputs.length !== 1 || node.input().type.kind !== 'List') return undefined
  const b = Builder.replacing(node)
  const items = constructedItems(node.input(), b)
  if (items === undefined || items.length === 0) return undefined
  return [items.reduce((a, c) => b.op(node.kind, [a, c], node.output().type))]
}

export const listRows: readonly (readonly [string, ContainerRow])[] = [
  ['prim::ListUnpack', unpack],
  ['aten::__getitem__', getItem],
  ['aten::select', getItem],
  [
    'aten::slice',
    rebuilt((items, node, { facts }) => {
      const [start, end, step] = [bound(facts.of(node.input(1))), bound(facts.of(node.input(2))), knownInt(facts.of(node.input(3)))]
      return start === undefined || end === undefined || step === undefined ? undefined : sliceItems(items, start, end, step)
    }),
  ],
  ...['aten::add', 'functional::extend', 'functional::add_'].map((kind): [string, ContainerRow] => [
    kind,
    rebuilt((items, node, at, b) => {
      const other = listItems(node.input(1), b, at)
      return other === undefined ? undefined : [...items, ...other]
    }),
  ]),
  ...['aten::mul', 'functional::mul_'].map((kind): [string, ContainerRow] => [
    kind,
    (node, at) => {
      const list = node.inputs.findIndex((value) => value.type.kind === 'List')
      if (list === -1) return undefined
      const b = Builder.replacing(node)
      const items = listItems(node.input(list), b, at)
      const out = items === undefined ? undefined : repeat(items, knownInt(at.facts.of(node.input(1 - list))))
      return out === undefined ? undefined : [b.list(out, elementType(node.output()))]
    },
  ]),
  ['functional::append', rebuilt((items, node) => [...items, node.input(1)])],
  [
    'functional::insert',
    rebuilt((items, node, { facts }) => {
      const i = knownInt(facts.of(node.input(1)))
      if (i === undefined) return undefined
      return items.toSpliced(i < 0 ? Math.max(0, i + items.length) : i, 0, node.input(2))
    }),
  ],
  ['functional::pop', pop],
  ['functional::clear', rebuilt(() => [])],
  ['functional::reverse', rebuilt((items) => items.toReversed())],
  [
    'functional::_set_item',
    rebuilt((items, node, at) => {
      const i = place(node, at, 1, items.length)
      return i === undefined ? undefined : items.with(i, node.input(2))
    }),
  ],
  [
    'functional::Delete',
    rebuilt((items, node, at) => {
      const i = place(node, at, 1, items.length)
      return i === undefined ? undefined : items.toSpliced(i, 1)
    }),
  ],
  ['prim::min', extreme],
  ['prim::max', extreme],
]
