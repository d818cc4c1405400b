// Forks run where they are written: prim::fork becomes its subgraph, and waiting for it gives the result. Results are the same, since
// TorchScript defines no order between tasks. Mirrors torch/csrc/jit/passes/inline_fork_wait.cpp.

import { allNodes } from '../ir/block.ts'
import { inlineBlock } from '../ir/clone.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { dictOf, type Type } from '../ir/type.ts'
import { definePass } from './pass.ts'

const forks = new Set(['prim::fork', 'prim::awaitable'])
const waits = new Set(['aten::wait', 'prim::awaitable_wait', 'prim::awaitable_nowait'])

export const inlineFork = definePass({
  name: 'inline-fork',
  doc: 'Runs forked calls where they are forked, and takes results for futures.',
  run: (graph) => {
    let modified = false
    for (let found = forksOf(graph); found.length > 0; found = forksOf(graph)) {
      modified = true
      for (const node of found) inline(node)
    }
    for (const node of allNodes(graph.block)) {
      if (!waits.has(node.kind)) continue
      node.output().replaceAllUsesWith(node.input())
      node.destroy()
      modified = true
    }
    if (modified) resolveTypes(graph)
    return modified
  },
})

const forksOf = (graph: Graph): Node[] => [...allNodes(graph.block)].filter((node) => forks.has(node.kind))

function inline(node: Node): void {
  const subgraph = node.attributes.get('Subgraph')
  if (subgraph === undefined || subgraph === null || typeof subgraph !== 'object' || subgraph.kind !== 'graph') return
  const [result] = inlineBlock(subgraph.graph.block, node.inputs, node)
  if (result !== undefined) node.output().replaceAllUsesWith(result)
  node.destroy()
}

/** What was a Future is its value now, in containers too. */
function resolveTypes(graph: Graph): void {
  for (const value of graph.inputs) value.setType(withoutFuture(value.type))
  for (const node of allNodes(graph.block)) {
    for (const value of node.outputs) value.setType(withoutFuture(value.type))
    for (const block of node.blocks) for (const value of block.params) value.setType(withoutFuture(value.type))
    // Chosen for the types of before.
    if (node.inputs.length > 0 && node.schema?.args.some((arg) => arg.type.kind === 'Future') === true) node.schema = undefined
  }
}

function withoutFuture(type: Type): Type {
  switch (type.kind) {
    case 'Future':
    case 'Await':
      return withoutFuture(type.of)
    case 'List':
    case 'Optional':
      return { kind: type.kind, of: withoutFuture(type.of) }
    case 'Dict':
      return dictOf(type.key, withoutFuture(type.value))
    case 'Tuple':
      return { ...type, of: type.of.map(withoutFuture) }
    default:
      return type
  }
}
