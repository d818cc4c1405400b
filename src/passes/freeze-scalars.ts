// Numbers, flags and strings that no code assigns become constants before anything else: `self.training` decides whether a buffer is
// written at all, and a buffer whose only writes are on dead branches is no state. The first half of freezing; tensors follow in freeze-module.

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Graph } from '../ir/graph.ts'
import type { IObject, IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { definePass, type ChangedAttribute } from './pass.ts'

export const freezeScalars = definePass({
  name: 'freeze-scalars',
  doc: 'Replaces attributes that are numbers, flags, strings or None, and that no code assigns, by constants.',
  run: (graph, { self, changed = [] }) => self !== undefined && freeze(graph, self, changed),
})

function freeze(graph: Graph, self: IObject, changed: readonly ChangedAttribute[]): boolean {
  const [receiver] = graph.inputs
  if (receiver === undefined) return false
  const nodes = [...allNodes(graph.block)]
  // By name alone: which object a SetAttr means may depend on control flow.
  const assigned = new Set([
    ...nodes.filter((node) => node.kind === 'prim::SetAttr').map(attributeName),
    ...changed.map(({ attribute }) => attribute.slice(attribute.lastIndexOf('.') + 1)),
  ])
  const objects = new Map<Value, IObject>([[receiver, self]])
  let modified = false
  for (const node of nodes) {
    if (node.kind !== 'prim::GetAttr') continue
    const name = attributeName(node)
    const value = objects.get(node.input())?.attributes.get(name)
    if (value === undefined || assigned.has(name)) continue
    if (value !== null && typeof value === 'object' && value.kind === 'object') objects.set(node.output(), value)
    if (!isScalar(value)) continue
    node.output().replaceAllUsesWith(Builder.replacing(node).constant(value, node.output().type).setDebugName(node.output().debugName))
    node.destroy()
    modified = true
  }
  return modified
}

const attributeName = (node: Node): string => String(node.attributes.get('name'))
const isScalar = (value: IValue): boolean => value === null || typeof value !== 'object'
