// What torch does with a function's graph before it is inlined elsewhere: its own calls inlined, small identities, constants folded and
// pooled. Answers to preoptimizeGraph in torch/csrc/jit/api/function_impl.cpp and PeepholeOptimize in passes/peephole.cpp.

import type { Graph } from '../../ir/graph.ts'
import { poolConstants } from '../../passes/constant-pooling.ts'
import { eliminateDeadCode } from './eliminate-dead-code.ts'
import { peepholeContainers } from './peephole-containers.ts'
import { peepholeScalars } from './peephole-scalars.ts'
import { combineConcats, peepholeConversions, peepholeTensors } from './peephole-tensors.ts'
import { propagateConstants } from './propagate-constants.ts'

/** Its calls are inlined already. */
export function preoptimize(graph: Graph): void {
  const changes = [peepholeConversions, peepholeContainers, peepholeTensors, peepholeScalars, combineConcats].map((step) => step(graph))
  if (changes.includes(true)) eliminateDeadCode(graph, true)
  propagateConstants(graph)
  poolConstants(graph)
}
