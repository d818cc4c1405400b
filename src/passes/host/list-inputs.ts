// Lists of tensors that a region is handed. One of known length goes in as its tensors, each of a dtype of its own; one whose length only the call
// knows goes in as tensors of one dtype, and where the region only joins them, those of other dtypes may be promoted on the way in: cat does.

import type { Graph } from '../../ir/graph.ts'
import { tensorType, tupleOf, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Fact } from '../../ops/fact.ts'

// Beyond that, one tensor of all elements is the better form.
const MAX_PARTS = 16

const JOINS = new Set(
  'cat concat concatenate stack hstack vstack dstack column_stack row_stack len'.split(' ').map((name) => `aten::${name}`),
)

const isTensorList = (type: Type): boolean => type.kind === 'List' && type.of.kind === 'Tensor'

/** The type by which a list enters where its tensors are known one by one and no one dtype is that of all. */
export function partsOf(list: Value, { items }: Fact): Type | undefined {
  if (!isTensorList(list.type) || items === undefined || items.length === 0 || items.length > MAX_PARTS) return undefined
  if (items.every(({ dtype }) => dtype === items[0]!.dtype)) return undefined
  return tupleOf(items.map(() => tensorType))
}

/** A parameter of type `parts`, and the list of what is in it. */
export function addParts(graph: Graph, list: Value, parts: Type): Value {
  const input = graph.addInput(parts, list.debugName)
  const unpacked = graph.block.append(graph.create('prim::TupleUnpack', [input], parts.kind === 'Tuple' ? parts.of : []))
  return graph.block.append(graph.create('prim::ListConstruct', unpacked.outputs, [list.type])).output()
}

/** Nothing is done with the list but to join its tensors, which promotes them. */
export const isOnlyJoined = (list: Value): boolean =>
  isTensorList(list.type) && [...list.uses].every(({ user, index }) => index === 0 && JOINS.has(user.kind))
