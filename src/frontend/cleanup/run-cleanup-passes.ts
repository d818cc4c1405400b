// What torch does with every graph that its compiler has made, in this order. Answers to runCleanupPasses in
// torch/csrc/jit/frontend/ir_emitter.cpp.

import { allNodes } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import { poolConstants } from '../../passes/constant-pooling.ts'
import { canonicalizeOutputs } from './canonicalize-outputs.ts'
import { liftForks } from './lift-closures.ts'
import { lowerSimpleTuples } from './lower-simple-tuples.ts'
import { propagateConstants } from './propagate-constants.ts'

export function runCleanupPasses(graph: Graph): void {
  replaceEmptyListLiterals(graph)
  // Forked graphs are cleaned up on their own, before the one that forks them.
  liftForks(graph, runCleanupPasses)
  // Takes away what the emitter made and did not need.
  lowerSimpleTuples(graph)
  // Only over immutable values: what is folded then stays so however often this runs.
  propagateConstants(graph)
  // After folding, which makes new constants.
  poolConstants(graph)
  canonicalizeOutputs(graph)
}

/** A literal `[]` that no schema gave another type is List[Tensor]. It loses its name, as torch puts another node in its place. */
function replaceEmptyListLiterals(graph: Graph): void {
  for (const node of allNodes(graph.block)) {
    if (node.kind !== 'prim::EmptyListLiteral') continue
    node.kind = 'prim::ListConstruct'
    node.output().setDebugName(undefined)
  }
}
