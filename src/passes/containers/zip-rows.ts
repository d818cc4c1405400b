// Lists of tuples whose length is known only at run time: one list for each part of the tuples, side by side. The nodes at the borders:
//   prim::ZipLists(A[] a, B[] b) -> (A, B)[]    prim::UnzipList((A, B)[] list) -> A[], B[]
// Operators on the list of tuples become the same operators on the lists of parts.

import { Builder } from '../../ir/builder.ts'
import type { Node } from '../../ir/node.ts'
import { listOf, type TupleType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { ContainerRow } from './container-row.ts'
import { constructedItems } from './list-rows.ts'
import { tupleParts } from './tuple-rows.ts'

/** The tuple type of a list of tuples that has parts. */
export function rowType(type: Type): TupleType | undefined {
  return type.kind === 'List' && type.of.kind === 'Tuple' && type.of.of.length > 0 ? type.of : undefined
}

export function zipLists(b: Builder, lists: readonly Value[], type: Type): Value {
  return b.op('prim::ZipLists', lists, type)
}

/** The lists of parts of a list of such tuples. */
export function unzipList(b: Builder, list: Value, of: TupleType): readonly Value[] {
  if (list.node.kind === 'prim::ZipLists') return list.node.inputs
  return b.node('prim::UnzipList', [list], of.of.map(listOf)).outputs
}

const unzip: ContainerRow = (node) => {
  const b = Builder.replacing(node)
  const { node: producer } = node.input()
  const parts = node.outputs.map(({ type }) => (type.kind === 'List' ? type.of : type))
  if (producer.kind === 'prim::ZipLists') return producer.inputs
  if (producer.kind === 'prim::Uninitialized') return parts.map((part) => b.op('prim::Uninitialized', [], listOf(part)))
  const items = constructedItems(node.input(), b)
  if (items === undefined) return undefined
  const rows = items.map((row) => tupleParts(row, b) ?? b.node('prim::TupleUnpack', [row], parts).outputs)
  const column = (i: number): Value[] => rows.map((row) => row[i]!)
  return parts.map((part, i) => b.list(column(i), part))
}

/** Index of an argument that is one tuple of the list, and of one that is another list of tuples. */
interface Places {
  readonly row?: number
  readonly list?: number
  /** Index among results: the list, and one tuple of it. */
  readonly results: readonly ('list' | 'row' | 'plain')[]
  /** Asked of the first list only: all are of one length. */
  readonly once?: boolean
}

const PLACES = new Map<string, Places>([
  ['aten::len', { results: ['plain'], once: true }],
  ['aten::__getitem__', { results: ['row'] }],
  ['aten::select', { results: ['row'] }],
  ['aten::slice', { results: ['list'] }],
  ['aten::add', { list: 1, results: ['list'] }],
  ['aten::list', { results: ['list'] }],
  ['aten::copy', { results: ['list'] }],
  ['functional::append', { row: 1, results: ['list'] }],
  ['functional::extend', { list: 1, results: ['list'] }],
  ['functional::add_', { list: 1, results: ['list'] }],
  ['functional::insert', { row: 2, results: ['list'] }],
  ['functional::_set_item', { row: 2, results: ['list'] }],
  ['functional::Delete', { results: ['list'] }],
  ['functional::clear', { results: ['list'] }],
  ['functional::reverse', { results: ['list'] }],
  ['functional::pop', { results: ['list', 'row'] }],
])

/** The operator on each list of parts, where the list of tuples is one of lists side by side. */
const apart =
  (places: Places): ContainerRow =>
  (node) => {
    const list = node.inputs[0]
    const of = list === undefined ? undefined : rowType(list.type)
    if (of === undefined || list!.node.kind !== 'prim::ZipLists') return undefined
    const b = Builder.replacing(node)
    const others = [...unzipArgument(node, places, of, b)]
    const lists = list!.node.inputs
    const nodes = (places.once === true ? lists.slice(0, 1) : lists).map((part, i) => {
      const inputs = node.inputs.map((value, k) => (k === 0 ? part : (others[i]?.get(k) ?? value)))
      const types = places.results.map((result, k) => (result === 'list' ? part.type : result === 'row' ? of.of[i]! : node.output(k).type))
      return b.node(node.kind, inputs, types)
    })
    return places.results.map((result, k) => {
      const parts = nodes.map((each) => each.output(k))
      return result === 'list' ? zipLists(b, parts, list!.type) : result === 'row' ? b.tuple(parts, of) : parts[0]
    })
  }

/** For each part: the arguments that stand for the tuple, or the other list, that the operator was given. */
function unzipArgument(node: Node, { row, list }: Places, of: TupleType, b: Builder): ReadonlyMap<number, Value>[] {
  if (row !== undefined) {
    const parts = tupleParts(node.input(row), b) ?? b.node('prim::TupleUnpack', [node.input(row)], of.of).outputs
    return parts.map((part) => new Map([[row, part]]))
  }
  if (list !== undefined) return unzipList(b, node.input(list), of).map((part) => new Map([[list, part]]))
  return []
}

export const zipRows: readonly (readonly [string, ContainerRow])[] = [
  ['prim::UnzipList', unzip],
  ...[...PLACES].map(([kind, places]): [string, ContainerRow] => [kind, apart(places)]),
]
