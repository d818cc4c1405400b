// Tuples that are taken apart where they are made go. Answers to LowerSimpleTuples in torch/csrc/jit/passes/lower_tuples.cpp.

import { allNodes } from '../../ir/block.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import { eliminateDeadCode } from './eliminate-dead-code.ts'

export function lowerSimpleTuples(graph: Graph): void {
  for (const node of allNodes(graph.block)) {
    if (node.kind !== 'prim::TupleUnpack' && node.kind !== 'prim::TupleIndex') continue
    const construct = node.input().node
    if (construct.kind !== 'prim::TupleConstruct') continue
    if (node.kind === 'prim::TupleUnpack') {
      for (const [i, output] of node.outputs.entries()) output.replaceAllUsesWith(construct.input(i))
      continue
    }
    const index = constantOf(node.input(1))
    if (typeof index !== 'bigint') continue
    const { length } = construct.inputs
    const item = construct.inputs[Number(index < 0n ? index + BigInt(length) : index)]
    if (item !== undefined) node.output().replaceAllUsesWith(item)
  }
  eliminateDeadCode(graph)
}
