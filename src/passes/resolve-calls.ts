// Calls that inlining by static type leaves: methods of interfaces, told by the object that the attribute really holds or chosen at run time, and
// calls inside of forked closures. Runs before freezing, while submodules are still there. Answers to the interface handling of freeze_module.cpp.

import { allNodes } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { inlineCalls, isCall } from './inline-calls.ts'
import { chooseClasses } from './choose-classes.ts'
import { chooseModules } from './choose-modules.ts'
import { inlineFork } from './inline-fork.ts'
import { objectOf } from './object-path.ts'
import { definePass, type PassContext } from './pass.ts'

// Every round inlines one level of calls through interfaces.
const MAX_ROUNDS = 200

export const resolveCalls = definePass({
  name: 'resolve-calls',
  doc: 'Runs forked code in place and inlines calls through interfaces.',
  run: (graph, context) => {
    let modified = false
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const forked = inlineFork.run(graph, context)
      if (!forked && !resolveOnce(graph, context) && !chooseModules(graph, context) && !chooseClasses(graph, context)) return modified
      modified = true
    }
    const [call] = [...allNodes(graph.block)].filter(isCall)
    fail('PT3026', 'calls through interfaces are nested without end.', call?.range === undefined ? {} : { range: call.range })
  },
})

function resolveOnce(graph: Graph, { bodyOf, self }: PassContext): boolean {
  if (bodyOf === undefined) return false
  return inlineCalls(graph, (call) => bodyOf(call, self === undefined ? undefined : objectOf(call.input(), graph, self)?.className))
}
