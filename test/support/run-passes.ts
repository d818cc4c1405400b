// IR text in, passes, IR text out: what tests of passes share.

import type { Graph } from '../../src/ir/graph.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import type { Fact } from '../../src/ops/fact.ts'
import { passContext, type Pass, type PassContext } from '../../src/passes/pass.ts'
import { runToFixpoint } from '../../src/passes/pass-manager.ts'

export interface Rewritten {
  readonly text: string
  readonly graph: Graph
  readonly context: PassContext
  readonly changed: boolean
}

/** Runs passes until nothing changes, with the verifier after each. `inputs`: facts of graph inputs by position. */
export function rewrite(text: string, passes: readonly Pass[], inputs: readonly Fact[] = []): Rewritten {
  const graph = parseGraph(text)
  const context = passContext({ verifyGraphs: true })
  inputs.forEach((fact, i) => context.inputs.set(graph.inputs[i]!, fact))
  const changed = runToFixpoint(graph, passes, context)
  return { text: printGraph(graph), graph, context, changed }
}
