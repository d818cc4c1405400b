// Unrolling: a loop whose number of turns is known, and whose condition is always true, becomes its body that many times over, when that
// is short. Containers that change from turn to turn then have a known structure. Mirrors torch/csrc/jit/passes/loop_unrolling.cpp.

import type { Facts } from '../analysis/facts.ts'
import { allNodes, type Block } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { inlineBlock } from '../ir/clone.ts'
import type { Node } from '../ir/node.ts'
import { intType, type Type } from '../ir/type.ts'
import { factsOf } from './graph-facts.ts'
import { definePass } from './pass.ts'

/** Nodes that an unrolled loop may have. Loops that carry what only build time knows may have more: they cannot stay. */
const MAX_NODES = 256
const MAX_NODES_FORCED = 16_384

export const unrollLoops = definePass({
  name: 'unroll-loops',
  doc: 'Replaces short loops of known length by their turns.',
  optional: true,
  run: (graph, context) => {
    if (context.mutable === true) return false
    const facts = factsOf(graph, context)
    let changed = false
    const visit = (block: Block): void => {
      for (const node of block.nodes()) {
        // Inner loops first: their turns are then part of the size of the outer one.
        for (const nested of node.blocks) visit(nested)
        if (node.kind !== 'prim::Loop') continue
        if (context.controlFlow !== undefined && !needsUnrolling(node) && !carriesNumbers(node)) continue
        const turns = turnsOf(node, facts)
        if (turns === undefined) continue
        if (node.range !== undefined) context.decisions.push({ kind: 'specialised', range: node.range, turns })
        unroll(node, turns)
        changed = true
      }
    }
    visit(graph.block)
    return changed
  },
})

function turnsOf(node: Node, facts: Facts): number | undefined {
  const body = node.blocks[0]!
  const trips = facts.of(node.input(0)).value
  if (typeof trips !== 'bigint' || facts.of(node.input(1)).value !== true || facts.of(body.returns[0]!).value !== true) return undefined
  const size = 1 + [...allNodes(body)].filter(({ kind }) => kind !== 'prim::Constant').length
  const limit = needsUnrolling(node) ? MAX_NODES_FORCED : MAX_NODES
  return trips >= 0n && trips * BigInt(size) <= BigInt(limit) ? Number(trips) : undefined
}

/** The loop handles values that have no form at run time: dicts, strings, tuples in lists. */
function needsUnrolling(node: Node): boolean {
  if (node.outputs.some(({ type }) => !hasForm(type))) return true
  for (const inner of allNodes(node.blocks[0]!))
    if (inner.kind !== 'prim::Constant' && inner.outputs.some(({ type }) => type.kind === 'str' || type.kind === 'Dict')) return true
  return false
}

/** Lists of numbers are shapes and the like: operators want to know how long they are. */
function carriesNumbers(node: Node): boolean {
  return node.outputs.some(({ type }) => type.kind === 'List' && type.of.kind !== 'Tensor')
}

function hasForm(type: Type): boolean {
  if (type.kind === 'List')
    return type.of.kind === 'Tensor' || type.of.kind === 'int' || type.of.kind === 'float' || type.of.kind === 'bool'
  return type.kind === 'Tensor' || type.kind === 'int' || type.kind === 'float' || type.kind === 'bool' || type.kind === 'number'
}

/** Replaces the loop by its first `turns` turns. */
export function unroll(node: Node, turns: number): void {
  const b = Builder.replacing(node)
  let carried = node.inputs.slice(2)
  for (let turn = 0; turn < turns; turn++) {
    const counter = b.constant(BigInt(turn), intType)
    carried = inlineBlock(node.blocks[0]!, [counter, ...carried], node).slice(1)
  }
  node.outputs.forEach((output, i) => output.replaceAllUsesWith(carried[i]!))
  node.destroy()
}
