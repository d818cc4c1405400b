// Outputs of branches and loops in the order of their first use, so that the same program always has the same graph.
// Answers to CanonicalizeOutputs in torch/csrc/jit/passes/canonicalize.cpp.

import type { Block } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import type { Use, Value } from '../../ir/value.ts'

export function canonicalizeOutputs(graph: Graph): void {
  visit(graph.block)
}

function visit(block: Block): void {
  // Backwards: the order of a node's outputs depends on what follows.
  for (const node of block.nodesReversed()) {
    if (node.kind === 'prim::If' || node.kind === 'prim::Loop') sortOutputs(node)
    for (const nested of node.blocks) visit(nested)
  }
}

function isEarlier(a: Use, b: Use): boolean {
  return a.user === b.user ? a.index < b.index : a.user.isBefore(b.user)
}

function firstUse(value: Value): Use | undefined {
  let first: Use | undefined
  for (const use of value.uses) if (first === undefined || isEarlier(use, first)) first = use
  return first
}

function sortOutputs(node: Node): void {
  const order = node.outputs.map((value, index) => ({ index, use: firstUse(value) }))
  order.sort((a, b) => {
    if (a.use === undefined || b.use === undefined) return a.use === b.use ? a.index - b.index : a.use === undefined ? 1 : -1
    return isEarlier(a.use, b.use) ? -1 : 1
  })
  if (order.every(({ index }, i) => index === i)) return
  const permutation = order.map(({ index }) => index)
  permuteOutputs(node, permutation)
  if (node.kind === 'prim::If') for (const block of node.blocks) permuteInputs(block.returnNode, permutation, 0)
  else {
    const body = node.blocks[0]!
    permuteInputs(node, permutation, 2)
    permuteInputs(body.returnNode, permutation, 1)
    permuteOutputs(body.paramNode, permutation, 1)
  }
}

/** New i-th output in place of the old `permutation[i]`-th. */
function permuteOutputs(node: Node, permutation: readonly number[], offset = 0): void {
  const old = node.outputs.slice(offset)
  for (const index of permutation) {
    const fresh = node.addOutput(old[index]!.type, old[index]!.debugName)
    old[index]!.replaceAllUsesWith(fresh)
  }
  for (let i = 0; i < old.length; i++) node.eraseOutput(offset)
}

function permuteInputs(node: Node, permutation: readonly number[], offset: number): void {
  const old = node.inputs.slice(offset)
  for (const [i, index] of permutation.entries()) node.setInput(offset + i, old[index]!)
}
