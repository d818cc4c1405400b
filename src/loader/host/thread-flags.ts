// Early returns, `break` and `continue` come as flags: a branch sets one, and the next If asks for it. Where each branch knows what it set, the
// second If is not needed: what it would run moves to the end of that branch. Nothing is written twice. Answers to jump threading in any compiler,
// and undoes what torch/csrc/jit/frontend/exit_transforms.cpp did, for the reader.

import { allNodes, type Block } from '../../ir/block.ts'
import { cloneNode, type ValueMap } from '../../ir/clone.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'

/** Changes the graph. */
export function threadFlags(graph: Graph): void {
  const blocks = [graph.block, ...Array.from(allNodes(graph.block)).flatMap((node) => node.blocks)]
  // Inner blocks first: what they give becomes simpler for the outer ones.
  for (const block of blocks.reverse())
    for (const node of block.nodes()) while (node.kind === 'prim::If' && node.block !== undefined && threadNext(node)) continue
}

const isWritten = (node: Node): boolean => node.kind !== 'prim::Constant' && node.kind !== 'prim::Uninitialized'

/** The next node that does something. */
function after(node: Node): Node {
  let next = node.next!
  while (next.next !== undefined && !isWritten(next)) next = next.next
  return next
}

function threadNext(first: Node): boolean {
  const second = after(first)
  const flag = second.kind === 'prim::If' ? second.input() : undefined
  if (flag?.node !== first) return false
  const settings = settingsOf(first, flag.index)
  if (settings === undefined) return false
  for (const [i, block] of second.blocks.entries())
    if ([...block.nodes()].some(isWritten) && settings.filter((setting) => setting === (i === 0)).length > 1) return false
  const results = thread(first, flag.index, second, first)
  for (const [i, output] of second.outputs.entries()) {
    results[i]!.setDebugName(output.debugName)
    output.replaceAllUsesWith(results[i]!)
  }
  second.destroy()
  dropUnused(first)
  return true
}

/** What each end of the branches sets the flag to; `null` for one that is not reached. Undefined when that is not known. */
function settingsOf(node: Node, index: number): (boolean | null)[] | undefined {
  const all = node.blocks.map((block) => {
    const value = block.returns[index]!
    const constant = constantOf(value)
    if (typeof constant === 'boolean') return [constant]
    if (value.node.kind === 'prim::Uninitialized') return [null]
    return nestedEnd(block, value) === undefined ? undefined : settingsOf(value.node, value.index)
  })
  return all.includes(undefined) ? undefined : (all as (boolean | null)[][]).flat()
}

/** The If that a block ends with, when it gives this value and nobody else wants it. */
function nestedEnd(block: Block, value: Value): Node | undefined {
  const { node } = value
  return node.kind === 'prim::If' && node.block === block && after(node) === block.returnNode && value.uses.size === 1 ? node : undefined
}

/** Appends the fitting branch of `second` to every end of `node`; gives its results as new results of `node`. */
function thread(node: Node, index: number, second: Node, first: Node, outer?: ValueMap): Value[] {
  for (const block of node.blocks) {
    const map: ValueMap = new Map(
      outer === undefined
        ? first.outputs.map((output, i) => [output, block.returns[i]!])
        : Array.from(outer, ([output, value]) => [output, value.node === node ? block.returns[value.index]! : value]),
    )
    const value = block.returns[index]!
    const flag = constantOf(value)
    if (typeof flag === 'boolean') {
      const chosen = second.blocks[flag ? 0 : 1]!
      for (const inner of chosen.nodes()) block.append(cloneNode(inner, node.graph, map))
      for (const result of chosen.returns) block.addReturn(map.get(result) ?? result)
    } else if (value.node.kind === 'prim::Uninitialized')
      for (const { type } of second.outputs) block.addReturn(block.append(node.graph.create('prim::Uninitialized', [], [type])).output())
    else for (const result of thread(value.node, value.index, second, first, map)) block.addReturn(result)
  }
  return second.outputs.map(({ type }) => node.addOutput(type))
}

function dropUnused(node: Node): void {
  for (let i = node.outputs.length - 1; i >= 0; i--) {
    if (node.output(i).hasUses) continue
    const given = node.blocks.map(({ returns }) => returns[i]!)
    node.eraseOutput(i)
    for (const { returnNode } of node.blocks) returnNode.removeInput(i)
    for (const { node: inner } of given) if (inner.kind === 'prim::If' && inner !== node && inner.block?.owner === node) dropUnused(inner)
  }
}
