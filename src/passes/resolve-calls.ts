// Calls that inlining by static type leaves: methods of interfaces, told by the object that the attribute really holds, and calls inside of
// forked closures. Runs before freezing, while submodules are still there. Answers to the interface handling of freeze_module.cpp.

import { allNodes } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { IObject } from '../ir/ivalue.ts'
import type { Value } from '../ir/value.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { inlineCalls, isCall } from './inline-calls.ts'
import { inlineFork } from './inline-fork.ts'
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
      if (!forked && !resolveOnce(graph, context)) return modified
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

/** The object that `self.a.b` is; undefined for values that are no path from self. */
function objectOf(value: Value, graph: Graph, self: IObject): IObject | undefined {
  const names: string[] = []
  let at = value
  while (at.node.kind === 'prim::GetAttr') {
    names.push(String(at.node.attributes.get('name')))
    at = at.node.input()
  }
  if (at !== graph.inputs[0]) return undefined
  let object: IObject = self
  for (const name of names.reverse()) {
    const held = object.attributes.get(name)
    if (held === undefined || held === null || typeof held !== 'object' || held.kind !== 'object') return undefined
    object = held
  }
  return object
}
