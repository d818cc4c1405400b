// Constant lists and tuples of tensors as constructors of their tensors: JavaScript has no literal for a tensor, a region has.
// Torch freezes a list that a module holds into one constant (torch/csrc/jit/passes/freeze_module.cpp).

import { allNodes } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'

// Deeper ones stay constants.
const MAX_DEPTH = 8

export function constructTensorLists(graph: Graph): void {
  for (const node of Array.from(allNodes(graph.block))) {
    if (node.kind !== 'prim::Constant') continue
    const output = node.output()
    const value = constantOf(output)
    if (!output.hasUses || !isContainer(value) || !holdsTensor(value, MAX_DEPTH)) continue
    output.replaceAllUsesWith(construct(value, output.type, Builder.replacing(node)))
    node.destroy()
  }
}

type Container = Extract<IValue, { readonly kind: 'list' | 'tuple' }>

const isContainer = (value: IValue | undefined): value is Container =>
  typeof value === 'object' && value !== null && (value.kind === 'list' || value.kind === 'tuple')

function holdsTensor(value: IValue, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return value.kind === 'tensor' || (depth > 0 && isContainer(value) && value.items.some((item) => holdsTensor(item, depth - 1)))
}

/** As deep as `holdsTensor` has looked. */
function construct(value: IValue, type: Type, b: Builder, depth = MAX_DEPTH): Value {
  if (!isContainer(value) || !holdsTensor(value, depth)) return b.constant(value, type)
  if (value.kind === 'list' && type.kind === 'List')
    return b.list(
      value.items.map((item) => construct(item, type.of, b, depth - 1)),
      type.of,
    )
  if (value.kind === 'tuple' && type.kind === 'Tuple')
    return b.tuple(
      value.items.map((item, i) => construct(item, type.of[i]!, b, depth - 1)),
      type,
    )
  return b.constant(value, type)
}
