// Copies of nodes, blocks and graphs. The base of inlining, unrolling and specialisation.

import { assert } from '../diagnostics/internal.ts'
import type { Block } from './block.ts'
import { Graph } from './graph.ts'
import type { Node } from './node.ts'
import type { Value } from './value.ts'

/** Maps values of the original to values of the copy; values it does not map stand for themselves (outer scope). */
export type ValueMap = Map<Value, Value>

/** A detached copy of `node` in `graph`, blocks included; records its outputs in `map`. */
export function cloneNode(node: Node, graph: Graph, map: ValueMap): Node {
  const copy = graph.create(
    node.kind,
    node.inputs.map((v) => map.get(v) ?? v),
    node.outputs.map(({ type }) => type),
  )
  if (node.hasAttributes) for (const [name, value] of node.attributes) copy.attributes.set(name, value)
  copy.schema = node.schema
  copy.copyMetadata(node)
  const { outputs } = node
  for (let i = 0; i < outputs.length; i++) map.set(outputs[i]!, copy.output(i).setDebugName(outputs[i]!.debugName))
  for (const block of node.blocks) cloneBlockInto(block, copy.addBlock(), map)
  return copy
}

/** Fills the empty block `to` with a copy of `from`, parameters and returns included. */
export function cloneBlockInto(from: Block, to: Block, map: ValueMap): void {
  for (const param of from.params) map.set(param, to.addParam(param.type, param.debugName))
  for (const node of from.nodes()) to.append(cloneNode(node, to.graph, map))
  for (const value of from.returns) to.addReturn(map.get(value) ?? value)
}

export function cloneGraph(graph: Graph): Graph {
  const copy = new Graph()
  cloneBlockInto(graph.block, copy.block, new Map())
  return copy
}

/** Copies the nodes of `block` in front of `before`, with `args` for its parameters; gives the values that it returns there. */
export function inlineBlock(block: Block, args: readonly Value[], before: Node, map: ValueMap = new Map()): Value[] {
  assert(block.params.length === args.length, `inlining a block of ${block.params.length} parameters with ${args.length} arguments`)
  block.params.forEach((param, i) => map.set(param, args[i]!))
  for (const node of block.nodes()) cloneNode(node, before.graph, map).insertBefore(before)
  return block.returns.map((value) => map.get(value) ?? value)
}
