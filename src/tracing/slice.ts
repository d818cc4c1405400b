// A slice: the part of a graph's top block that some values are computed by, as a graph of its own. Control flow in it is copied whole.
// Values that are known already cut it short: they are its inputs.

import type { Block } from '../ir/block.ts'
import { cloneNode, type ValueMap } from '../ir/clone.ts'
import { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'

export interface Slice {
  readonly graph: Graph
  /** Known values, in the order of the slice's inputs. */
  readonly inputs: readonly Value[]
  /** Values of the original → those of the slice. */
  readonly map: ValueMap
  /** Nodes of the original → those of the slice. */
  readonly copies: ReadonlyMap<Node, Node>
  /** Its nodes in the original, in order. */
  readonly nodes: readonly Node[]
}

/** With the nodes `whole` in any case. `isKnown`: the value need not be computed. Inputs of the graph never are. */
export function sliceOf(values: readonly Value[], whole: readonly Node[], block: Block, isKnown: (value: Value) => boolean): Slice {
  const needed = new Set<Node>(whole)
  const inputs = new Set<Value>()
  const pending = [...values, ...whole.flatMap((node) => [...node.inputs, ...outerValues(node)])]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const node = ancestorIn(block, value.node)
    if (node === block.paramNode || (value.node === node && isKnown(value))) {
      inputs.add(value)
      continue
    }
    if (needed.has(node)) continue
    needed.add(node)
    pending.push(...node.inputs)
    for (const outer of outerValues(node)) pending.push(outer)
  }
  const nodes = [...needed].sort((a, b) => a.position - b.position)
  const graph = new Graph()
  const map: ValueMap = new Map()
  for (const value of inputs) map.set(value, graph.addInput(value.type, value.debugName))
  const copies = new Map<Node, Node>()
  for (const node of nodes) {
    const copy = graph.block.append(cloneNode(node, graph, map))
    copies.set(node, copy)
    // A known output of a node that is needed for another one is still an input.
    for (const [i, input] of [...inputs].entries()) if (input.node === node) map.set(input, graph.inputs[i]!)
  }
  return { graph, inputs: [...inputs], map, copies, nodes }
}

/** The node of `block` that `node` is or lies in. */
function ancestorIn(block: Block, node: Node): Node {
  let at = node
  while (at.block !== block) at = at.block!.owner!
  return at
}

/** What the blocks of `node` read from outside of it. */
function outerValues(node: Node): Value[] {
  const found: Value[] = []
  const stack: Block[] = [...node.blocks]
  for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
    for (const inner of block.nodes()) {
      found.push(...inner.inputs)
      stack.push(...inner.blocks)
    }
    found.push(...block.returns)
  }
  return found.filter((value) => !isInside(value.node, node))
}

function isInside(node: Node, outer: Node): boolean {
  for (let block = node.block; block !== undefined; block = block.owner?.block) if (block.owner === outer) return true
  return false
}
