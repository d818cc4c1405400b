// Runs passes in order. With `verifyGraphs`, the verifier runs after each one and the pass that broke the graph is named.

import { CompileError } from '../diagnostics/compile-error.ts'
import { internal } from '../diagnostics/internal.ts'
import type { Graph } from '../ir/graph.ts'
import { verify } from '../ir/verifier.ts'
import { forgetFacts } from './graph-facts.ts'
import { isBlocked, type Pass, type PassContext } from './pass.ts'

// A fixpoint that is not reached by then is a pair of passes that undo each other.
const MAX_ROUNDS = 20

/** The stage that the time of a pass is told as; what is in none simplifies. */
const STAGES = new Map(
  Object.entries({
    freeze: [
      'resolve-calls',
      'lower-with',
      'drop-messages',
      'freeze-scalars',
      'set-eval-mode',
      'update-statistics',
      'settle-observers',
      'drop-caches',
      'freeze-module',
    ],
    'remove mutation': ['lower-objects', 'remove-mutation'],
    exceptions: ['exit-transform'],
    'fold constants': ['fold-constants'],
    'dead code': ['eliminate-dead-code'],
    'common subexpressions': ['eliminate-common-subexpressions'],
    containers: ['split-containers', 'dissolve-containers', 'resolve-optionals'],
    'control flow': ['simplify-control-flow', 'merge-branches', 'unroll-loops', 'limit-nesting'],
    'quantized and complex': ['lower-quantized', 'lower-complex', 'pad-nested-tensors'],
  }).flatMap(([stage, names]) => names.map((name) => [name, stage] as const)),
)

/** Runs each pass once. True when any changed the graph. */
export function runPasses(graph: Graph, passes: readonly Pass[], context: PassContext): boolean {
  let modified = false
  for (const pass of passes) {
    if (isBlocked(pass, context.blocklist)) continue
    const run = (): boolean => pass.run(graph, context)
    const changed = context.clock === undefined ? run() : context.clock.time(STAGES.get(pass.name) ?? 'simplify', run)
    if (context.verifyGraphs === true) verifyAfter(pass, graph)
    if (!changed) continue
    forgetFacts(context)
    modified = true
    context.observe?.(pass, graph)
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
