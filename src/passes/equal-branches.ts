// An If whose branches do the same is that, once, without a condition. Blocks are compared node by node: kinds, attributes, types and inputs, with
// values of one standing for those of the other. What they do at run time may be anything: exactly one of them runs. torch has no such pass.

import type { Block } from '../ir/block.ts'
import type { Node } from '../ir/node.ts'
import { typeText } from '../ir/print-type.ts'
import type { Value } from '../ir/value.ts'
import { constantsEqual } from './constants-equal.ts'
import { definePass } from './pass.ts'

/** Ifs and loops inside of a branch nest less deep than this. */
const DEPTH = 16

export const equalBranches = definePass({
  name: 'equal-branches',
  doc: 'An If whose branches are the same is what they do.',
  optional: true,
  run: (graph) => {
    let changed = false
    // Innermost first: what it leaves is compared further out. Graphs nest as deep as limit-nesting.ts allows.
    const visit = (block: Block): void => {
      for (const node of block.nodes()) {
        for (const nested of node.blocks) visit(nested)
        const [first, second] = node.blocks
        if (node.kind !== 'prim::If' || first === undefined || second === undefined) continue
        if (!equalBlocks(first, second, new Map(), DEPTH)) continue
        for (const inner of first.nodes()) inner.moveBefore(node)
        for (const [i, output] of node.outputs.entries()) output.replaceAllUsesWith(first.returns[i]!)
        node.destroy()
        changed = true
      }
    }
    visit(graph.block)
    return changed
  },
})

/** `same`: what stands for each value of `b`. */
function equalBlocks(a: Block, b: Block, same: Map<Value, Value>, depth: number): boolean {
  if (depth === 0 || a.params.length !== b.params.length || a.returns.length !== b.returns.length) return false
  for (const [i, param] of b.params.entries()) same.set(param, a.params[i]!)
  const [nodes, others] = [[...a.nodes()], [...b.nodes()]]
  if (nodes.length !== others.length) return false
  for (const [i, node] of nodes.entries()) if (!equalNodes(node, others[i]!, same, depth)) return false
  return a.returns.every((value, i) => isSame(value, b.returns[i]!, same))
}

const isSame = (a: Value, b: Value, same: ReadonlyMap<Value, Value>): boolean => (same.get(b) ?? b) === a

function equalNodes(a: Node, b: Node, same: Map<Value, Value>, depth: number): boolean {
  if (
    a.kind !== b.kind ||
    a.inputs.length !== b.inputs.length ||
    a.outputs.length !== b.outputs.length ||
    a.blocks.length !== b.blocks.length
  )
    return false
  if (!a.inputs.every((value, i) => isSame(value, b.inputs[i]!, same)) || !equalAttributes(a, b)) return false
  if (!a.outputs.every((value, i) => typeText(value.type, false) === typeText(b.outputs[i]!.type, false))) return false
  for (const [i, output] of b.outputs.entries()) same.set(output, a.outputs[i]!)
  return a.blocks.every((block, i) => equalBlocks(block, b.blocks[i]!, same, depth - 1))
}

function equalAttributes(a: Node, b: Node): boolean {
  const [mine, others] = [[...a.attributes], new Map(b.attributes)]
  return mine.length === others.size && mine.every(([name, value]) => others.has(name) && equalAttribute(value, others.get(name)))
}

/** −0 is not 0 here. */
const equalAttribute = (a: unknown, b: unknown): boolean =>
  a === null || typeof a !== 'object' ? Object.is(a, b) : constantsEqual(a as never, b as never)
