// Dead code: what no output and no effect depends on, down to single outputs of If and single carried values of Loop.
// Mirrors torch/csrc/jit/passes/dead_code_elimination.cpp. Loops are taken to end: one that gives nothing goes.

import { allNodes, type Block } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { definePass } from './pass.ts'
import { hasOwnEffect } from './side-effects.ts'

export const eliminateDeadCode = definePass({
  name: 'eliminate-dead-code',
  doc: 'Removes nodes, branch results and carried values that nothing depends on.',
  run: (graph) => {
    const marker = new Marker()
    marker.run(graph)
    return sweep(graph.block, marker)
  },
})

class Marker {
  readonly liveNodes = new Set<Node>()
  readonly liveValues = new Set<Value>()
  readonly #pending: Value[] = []

  run(graph: Graph): void {
    for (const value of graph.outputs) this.#value(value)
    for (const node of allNodes(graph.block)) if (hasOwnEffect(node)) this.#node(node)
    for (let value = this.#pending.pop(); value !== undefined; value = this.#pending.pop()) this.#propagate(value)
  }

  #value(value: Value): void {
    if (this.liveValues.has(value)) return
    this.liveValues.add(value)
    this.#pending.push(value)
  }

  /** The node runs: so do the nodes around it, and its own inputs are needed. */
  #node(node: Node): void {
    for (let n: Node | undefined = node; n !== undefined && !this.liveNodes.has(n); n = n.block?.owner) {
      this.liveNodes.add(n)
      if (n.kind === 'prim::If') this.#value(n.input())
      else if (n.kind === 'prim::Loop') {
        this.#value(n.input(0))
        this.#value(n.input(1))
        this.#value(n.blocks[0]!.returns[0]!)
      } else {
        for (const input of n.inputs) this.#value(input)
        // Blocks of other nodes (with, fork bodies) give what they give.
        for (const block of n.blocks) for (const value of block.returns) this.#value(value)
      }
    }
  }

  #propagate(value: Value): void {
    const { node, index } = value
    if (node.kind === 'prim::Param') {
      const owner = node.block?.owner
      if (owner === undefined) return
      this.#node(owner)
      if (owner.kind === 'prim::Loop' && index > 0) {
        this.#value(owner.input(index + 1))
        this.#value(owner.blocks[0]!.returns[index]!)
      }
      return
    }
    this.#node(node)
    if (node.kind === 'prim::If') for (const block of node.blocks) this.#value(block.returns[index]!)
    else if (node.kind === 'prim::Loop') {
      this.#value(node.input(index + 2))
      this.#value(node.blocks[0]!.returns[index + 1]!)
      // The parameter is what the next turn starts from; keeping both keeps the loop well formed.
      this.#value(node.blocks[0]!.params[index + 1]!)
    }
  }
}

function sweep(block: Block, { liveNodes, liveValues }: Marker): boolean {
  let changed = false
  const visit = (b: Block): void => {
    for (const node of b.nodesReversed()) {
      if (!liveNodes.has(node)) {
        node.destroy()
        changed = true
        continue
      }
      if (node.kind === 'prim::If') changed = sweepIf(node, liveValues) || changed
      if (node.kind === 'prim::Loop') changed = sweepLoop(node, liveValues) || changed
      for (const nested of node.blocks) visit(nested)
    }
  }
  visit(block)
  return changed
}

function sweepIf(node: Node, live: ReadonlySet<Value>): boolean {
  let changed = false
  for (let i = node.outputs.length - 1; i >= 0; i--) {
    if (live.has(node.output(i))) continue
    node.eraseOutput(i)
    for (const block of node.blocks) block.returnNode.removeInput(i)
    changed = true
  }
  return changed
}

function sweepLoop(node: Node, live: ReadonlySet<Value>): boolean {
  const body = node.blocks[0]!
  let changed = false
  for (let i = node.outputs.length - 1; i >= 0; i--) {
    const param = body.params[i + 1]!
    if (live.has(node.output(i)) || live.has(param)) continue
    node.eraseOutput(i)
    node.removeInput(i + 2)
    body.returnNode.removeInput(i + 1)
    // Dead nodes of the body may still read it; they go in the same sweep, after this.
    const stand = node.graph.createConstant(null).insertBefore(body.paramNode.next!)
    param.replaceAllUsesWith(stand.output())
    body.paramNode.eraseOutput(i + 1)
    changed = true
  }
  return changed
}
