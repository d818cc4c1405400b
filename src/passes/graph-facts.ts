// The facts of a graph as a pass needs them: from what is known of its inputs.

import { inferFacts, type Facts } from '../analysis/facts.ts'
import type { Graph } from '../ir/graph.ts'
import type { PassContext } from './pass.ts'

export function factsOf(graph: Graph, { inputs, mutable }: PassContext): Facts {
  return inferFacts(graph, { inputs, ...(mutable === undefined ? {} : { mutable }) })
}
