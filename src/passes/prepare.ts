// The front of the pipeline, for methods that become one graph and for host programs alike: calls inlined, attributes frozen, and what they
// decide folded. Lists, objects and tensors are still written in place.

import type { Graph } from '../ir/graph.ts'
import { dropMessages } from './drop-messages.ts'
import { eliminateDeadCode } from './eliminate-dead-code.ts'
import { foldConstants } from './fold-constants.ts'
import { dropCaches } from './drop-caches.ts'
import { freezeModule } from './freeze-module.ts'
import { freezeScalars } from './freeze-scalars.ts'
import { lowerWith } from './lower-with.ts'
import { padNestedTensors } from './pad-nested-tensors.ts'
import { passContext, passOptions, type Pass, type PassContext } from './pass.ts'
import { runPasses, runToFixpoint } from './pass-manager.ts'
import type { PipelineOptions } from './pipeline.ts'
import { raiseSingular } from './raise-singular.ts'
import { resolveCalls } from './resolve-calls.ts'
import { evalModule, noticeOfEval, setEvalMode } from './set-eval-mode.ts'
import { settleObservers } from './settle-observers.ts'
import { simplifyControlFlow } from './simplify-control-flow.ts'
import { updateStatistics } from './update-statistics.ts'

/** On graphs that still write in place: only what mutation cannot touch is folded. */
const EARLY: readonly Pass[] = [foldConstants, simplifyControlFlow, eliminateDeadCode]

/** `host`: what the method changes stays in an object, the graph's first input, instead of becoming inputs and outputs. */
export function prepare(graph: Graph, options: PipelineOptions, host = false): PassContext {
  const preserved = options.training === 'preserve'
  const self = options.self === undefined || preserved ? options.self : evalModule(options.self)
  const context = passContext({
    ...(self === undefined ? {} : { self }),
    ...(options.bodyOf === undefined ? {} : { bodyOf: options.bodyOf }),
    ...(options.interfaceOf === undefined ? {} : { interfaceOf: options.interfaceOf }),
    ...(options.enumOf === undefined ? {} : { enumOf: options.enumOf }),
    ...(options.changed === undefined ? {} : { changed: options.changed }),
    ...passOptions(options),
  })
  if (options.clock !== undefined) context.clock = options.clock
  context.host = host
  context.mutable = true
  const run = (passes: readonly Pass[]): void => void runPasses(graph, passes, context)
  // Flags such as `training` decide what is written at all; only what is left of that can be state.
  run([resolveCalls, lowerWith, dropMessages])
  if (options.self !== undefined && !preserved) context.notices.push(...noticeOfEval(graph, options.self))
  run([freezeScalars])
  runToFixpoint(graph, EARLY, context)
  // While the branch that packs still stands beside the one that does not; their strings are many, and one rank decides them.
  run([padNestedTensors])
  // Flags that are known by now are those that the code says outright. What they switch off writes no buffer, so no state comes of it;
  // what trains all the same writes its statistics, which must be seen before freezing.
  run(preserved ? [updateStatistics] : [setEvalMode, updateStatistics])
  run([settleObservers])
  // Attributes decide most branches of library code, so freezing comes early; what it decides needs no mutation removed.
  // A table that only remembers what weights give is no state.
  run([dropCaches, freezeModule])
  runToFixpoint(graph, EARLY, context)
  // Behind folding: an inverse of weights is one already, and whether it raised has been seen. A trace holds what its example did.
  if (options.mode !== 'trace') run([raiseSingular])
  return context
}
