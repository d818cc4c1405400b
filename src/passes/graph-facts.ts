// The facts of a graph as a pass needs them: from what is known of its inputs. Inferred once for all passes that find the graph unchanged.

import { AliasAnalysis } from '../analysis/alias-analysis.ts'
import { inferFacts, type Facts } from '../analysis/facts.ts'
import type { Graph } from '../ir/graph.ts'
import type { Value } from '../ir/value.ts'
import type { PassContext } from './pass.ts'

const known = new WeakMap<PassContext, { readonly graph: Graph; readonly facts: Facts }>()

/** Good until the graph changes: the pass manager forgets them behind a pass that changed it. */
export function factsOf(graph: Graph, context: PassContext): Facts {
  const found = known.get(context)
  if (found?.graph === graph) return found.facts
  const { inputs, mutable } = context
  const infer = (): Facts =>
    inferFacts(graph, {
      inputs,
      ...(mutable === undefined ? {} : { mutable: context.host === true ? writtenIn(graph) : mutable }),
    })
  const facts = context.clock === undefined ? infer() : context.clock.time('facts', infer)
  known.set(context, { graph, facts })
  return facts
}

/** A host program keeps its writes: what nobody writes can be believed. */
function writtenIn(graph: Graph): (value: Value) => boolean {
  const alias = new AliasAnalysis(graph)
  return (value) => alias.reachesWritten(value)
}

/** To be called where the graph, or what is known of its inputs, changed. */
export function forgetFacts(context: PassContext): void {
  known.delete(context)
}
