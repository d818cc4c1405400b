// Copies what a region can compute for itself into it: lists of numbers, arithmetic on extents. A number that crosses the border is one that
// the region's passes know nothing of, and a list of numbers is one of unknown length.

import type { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import { cloneNode } from '../../ir/clone.ts'
import { allNodes, type Block } from '../../ir/block.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import type { Sides } from './host-sides.ts'
import { crosses, holdsTensor } from './host-types.ts'
import { outerInputs } from './schedule.ts'

/** Taking apart what the host holds would hand all of it in. */
export const HOLDS_MORE: ReadonlySet<string> = new Set([
  'prim::TupleUnpack',
  'prim::TupleIndex',
  'prim::TupleSlice',
  'prim::ListUnpack',
  'prim::unchecked_cast',
  'prim::unchecked_unwrap_optional',
  'aten::_unwrap_optional',
  'aten::__getitem__',
  'prim::Uninitialized',
])

/** Gives each region of the block copies of the host's scalar operators that it would only be handed the results of. */
export function takeAlong(block: Block, phases: Map<Node, number>, sides: Sides, alias: AliasAnalysis): void {
  const regions = new Map<number, Node[]>()
  for (const [node, phase] of phases) {
    if (phase % 2 === 0) continue
    const nodes = regions.get(phase)
    if (nodes === undefined) regions.set(phase, [node])
    else nodes.push(node)
  }
  const order = new Map([...block.nodes()].map((node, i) => [node, i]))
  for (const [phase, nodes] of regions) {
    nodes.sort((a, b) => order.get(a)! - order.get(b)!)
    const held = new Set<Value>()
    for (const node of nodes) {
      for (const value of outerInputs(node)) held.add(value)
      for (const output of node.outputs) held.add(output)
    }
    const copies = new Map<Value, Value>()
    const work = [...nodes]
    for (let node = work.pop(); node !== undefined; node = work.pop()) {
      for (const value of outerInputs(node)) {
        const known = copies.get(value)
        if (known !== undefined) {
          replaceWithin(node, value, known)
          continue
        }
        if (!isCopyable(value.node, sides, alias, held)) continue
        // In front of the region's first node, behind everything that it is made of: those are constants, or come from outside.
        const map = new Map<Value, Value>()
        const copy = cloneNode(value.node, block.graph, map).insertBefore(nodes[0]!)
        for (const output of value.node.outputs) copies.set(output, map.get(output)!)
        for (const input of copy.inputs) if (copies.has(input)) copy.replaceInputWith(input, copies.get(input)!)
        replaceWithin(node, value, copies.get(value)!)
        sides.set(copy, 'region')
        phases.set(copy, phase)
        work.push(copy)
      }
    }
    sortCopies(nodes[0]!, new Set([...copies.values()].map((value) => value.node)))
  }
}

/** Pure, and of nothing but constants, numbers, and tensors that the region has anyway. */
function isCopyable(node: Node, sides: Sides, alias: AliasAnalysis, held: ReadonlySet<Value>): boolean {
  if (
    node.kind === 'prim::Constant' ||
    !sides.isFree(node) ||
    sides.of(node) !== 'host' ||
    node.blocks.length > 0 ||
    HOLDS_MORE.has(node.kind)
  )
    return false
  const isWritten = (value: Value): boolean => [...alias.reach(value)].some((location) => alias.isWritten(location))
  const makes = node.kind === 'prim::ListConstruct' || node.kind === 'prim::TupleConstruct'
  return (
    ![...node.inputs, ...node.outputs].some((value) => !makes && isWritten(value)) &&
    !node.outputs.some((output) => [...alias.locations(output)].some((location) => alias.isWritten(location))) &&
    node.inputs.every(
      (input) => input.node.kind === 'prim::Constant' || (crosses(input.type) && (makes || !holdsTensor(input.type) || held.has(input))),
    )
  )
}

function replaceWithin(node: Node, from: Value, to: Value): void {
  node.replaceInputWith(from, to)
  for (const block of node.blocks) {
    for (const inner of allNodes(block)) {
      inner.replaceInputWith(from, to)
      for (const nested of inner.blocks) nested.returnNode.replaceInputWith(from, to)
    }
    block.returnNode.replaceInputWith(from, to)
  }
}

/** Copies were made from their users upwards: each goes in front of the copies that take it. */
function sortCopies(first: Node, copies: ReadonlySet<Node>): void {
  const placed = new Set<Node>()
  const stack = [...copies].map((node) => ({ node, next: 0 }))
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const made = placed.has(top.node)
      ? undefined
      : top.node.inputs.slice(top.next).find(({ node }) => copies.has(node) && !placed.has(node))
    if (made !== undefined) {
      top.next++
      stack.push({ node: made.node, next: 0 })
      continue
    }
    if (!placed.has(top.node)) {
      placed.add(top.node)
      top.node.moveBefore(first)
    }
    stack.pop()
  }
}
