// The rank of the tensors in a list that a page hands in, where nobody declared it: code that takes one rank alone says so, and raises for others.

import { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import { allNodes } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Value } from '../../ir/value.ts'
import { comparedRanks } from '../signature/use-hints.ts'

/** What the code compares the ranks of the list's elements with, when that is one rank. */
export function elementRank(graph: Graph, list: Value): number | undefined {
  const alias = new AliasAnalysis(graph)
  const own = alias.locations(list)
  const elements = new Set([...alias.reach(list)].filter((location) => !own.has(location)))
  const ranks = new Set<number>()
  for (const node of allNodes(graph.block)) {
    if (node.kind !== 'aten::__getitem__' && node.kind !== 'prim::ListUnpack') continue
    for (const value of node.outputs)
      if (value.type.kind === 'Tensor' && [...alias.locations(value)].some((location) => elements.has(location)))
        for (const rank of comparedRanks(value)) ranks.add(rank)
  }
  const [rank] = ranks
  return ranks.size === 1 ? rank : undefined
}
