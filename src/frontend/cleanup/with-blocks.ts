// prim::Enter … prim::Exit as a prim::With of two blocks, body and exit, while early exits are transformed; then back.
// Answers to convertEnterExitNodesToWithBlocks in torch/csrc/jit/frontend/exit_transforms.cpp.

import { assert } from '../../diagnostics/internal.ts'
import { allNodes } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'

export function enterExitToWith(graph: Graph): void {
  const pairs: (readonly [enter: Node, exit: Node])[] = []
  const open: Node[] = []
  for (const node of allNodes(graph.block)) {
    if (node.kind === 'prim::Enter') open.push(node)
    else if (node.kind === 'prim::Exit') {
      const enter = open.pop()
      assert(enter !== undefined && enter.block === node.block, 'prim::Exit without its prim::Enter')
      pairs.push([enter, node])
    }
  }
  // Inner ones were closed first.
  for (const [enter, exit] of pairs) {
    const wrapper = graph.create('prim::With').insertAfter(enter)
    const body = wrapper.addBlock()
    const leave = wrapper.addBlock()
    for (let node = wrapper.next!; node !== exit;) {
      const next: Node = node.next!
      node.moveBefore(body.returnNode)
      node = next
    }
    exit.moveBefore(leave.returnNode)
  }
}

export function withToEnterExit(graph: Graph): void {
  const wrappers = [...allNodes(graph.block)].filter((node) => node.kind === 'prim::With')
  for (const wrapper of wrappers) {
    for (const block of wrapper.blocks) for (const node of block.nodes()) node.moveBefore(wrapper)
    wrapper.destroy()
  }
}
