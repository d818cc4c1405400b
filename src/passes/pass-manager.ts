// Runs passes in order. With `verify`, the verifier runs after each one and the pass that broke the graph is named.

import { CompileError } from '../diagnostics/compile-error.ts'
import { internal } from '../diagnostics/internal.ts'
import type { Graph } from '../ir/graph.ts'
import { verify } from '../ir/verifier.ts'
import { forgetFacts } from './graph-facts.ts'
import type { Pass, PassContext } from './pass.ts'

// A fixpoint that is not reached by then is a pair of passes that undo each other.
const MAX_ROUNDS = 20

/** Runs each pass once. `observe` sees the graph after every pass that changed it. True when any did. */
export function runPasses(
  graph: Graph,
  passes: readonly Pass[],
  context: PassContext,
  observe?: (pass: Pass, graph: Graph) => void,
): boolean {
  let modified = false
  for (const pass of passes) {
    if (context.blocklist?.has(pass.name) === true) continue
    const changed = pass.run(graph, context)
    if (context.verify === true) verifyAfter(pass, graph)
    if (!changed) continue
    forgetFacts(context)
    modified = true
    observe?.(pass, graph)
  }
  return modified
}

/** Runs the passes round after round until none changes the graph; a pass that found nothing to do waits until another one changed it. */
export function runToFixpoint(graph: Graph, passes: readonly Pass[], context: PassContext): boolean {
  let changes = 0
  const settled = new Map<Pass, number>()
  for (let round = 0, before = -1; before < changes; round++) {
    if (round > MAX_ROUNDS + 1) internal(`the passes ${passes.map((pass) => pass.name).join(', ')} do not settle`)
    before = changes
    for (const pass of passes) {
      if (settled.get(pass) === changes) continue
      if (runPasses(graph, [pass], context)) changes++
      else settled.set(pass, changes)
    }
  }
  return changes > 0
}

function verifyAfter(pass: Pass, graph: Graph): void {
  try {
    verify(graph)
  } catch (error) {
    if (error instanceof CompileError) internal(`pass '${pass.name}': ${error.problems[0].message}`)
    throw error
  }
}
