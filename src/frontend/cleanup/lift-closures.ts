// Closures become graphs with a context of captured values; forks of them become prim::fork with those values as inputs.
// Answers to torch/csrc/jit/passes/lift_closures.cpp and inline_forked_closures.cpp.

import { assert } from '../../diagnostics/internal.ts'
import { allNodes, type Block } from '../../ir/block.ts'
import { cloneBlockInto, type ValueMap } from '../../ir/clone.ts'
import { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'

/** Each fork gets a graph of its own, whose inputs are what the closure captures, in order of their first use. */
export function liftForks(graph: Graph, clean: (forked: Graph) => void): void {
  for (const node of Array.from(allNodes(graph.block))) {
    if (node.kind !== 'prim::forkClosure' && node.kind !== 'prim::awaitableClosure') continue
    const closure = node.input().node
    assert(closure.kind === 'prim::Closure', 'a fork of what is no closure')
    const block = closure.blocks[0]!
    const captured = capturedBy(block)
    const forked = new Graph()
    const map: ValueMap = new Map(captured.map((value) => [value, forked.addInput(value.type, value.debugName)]))
    cloneBlockInto(block, forked.block, map)
    clean(forked)
    const fork = graph.create(
      node.kind === 'prim::forkClosure' ? 'prim::fork' : 'prim::awaitable',
      captured,
      [node.output().type],
      [['Subgraph', { kind: 'graph', graph: forked }]],
    )
    fork.copyMetadata(node).insertAfter(node)
    fork.output().setDebugName(node.output().debugName)
    node.output().replaceAllUsesWith(fork.output())
    node.destroy()
  }
  for (const node of Array.from(allNodes(graph.block))) if (node.kind === 'prim::Closure' && !node.output().hasUses) node.destroy()
}

/** Values from outside that nodes of the block use, in order. */
function capturedBy(block: Block): Value[] {
  const inside = new Set<Value>()
  const captured = new Set<Value>()
  const use = (node: Node): void => {
    for (const input of node.inputs) if (!inside.has(input)) captured.add(input)
  }
  const visit = (b: Block): void => {
    for (const param of b.params) inside.add(param)
    for (const node of b.nodes()) {
      use(node)
      for (const nested of node.blocks) visit(nested)
      for (const output of node.outputs) inside.add(output)
    }
    use(b.returnNode)
  }
  visit(block)
  return [...captured]
}
