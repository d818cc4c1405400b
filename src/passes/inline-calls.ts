// Calls of the program's own functions and methods become their bodies. Which body a call has is for the caller to say: passes know of
// graphs only. Mirrors torch/csrc/jit/passes/inliner.cpp and inlineCallTo in torch/csrc/jit/ir/ir.cpp.

import type { SourceRange } from '../diagnostics/source-range.ts'
import { allNodes } from '../ir/block.ts'
import { cloneNode, type ValueMap } from '../ir/clone.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'

/** The body of a prim::CallMethod or prim::CallFunction; undefined leaves the call as it is (interfaces, native classes). */
export type BodyOf = (call: Node) => Graph | undefined

export const isCall = (node: Node): boolean => node.kind === 'prim::CallMethod' || node.kind === 'prim::CallFunction'

/** Replaces every call that has a body. Bodies are taken as they are: calls in them stay. */
export function inlineCalls(graph: Graph, bodyOf: BodyOf): boolean {
  let changed = false
  for (const call of Array.from(allNodes(graph.block))) {
    if (!isCall(call)) continue
    const body = bodyOf(call)
    if (body === undefined) continue
    inlineCall(call, body)
    changed = true
  }
  return changed
}

function inlineCall(call: Node, body: Graph): void {
  // A function's first input is the function itself.
  const args = call.kind === 'prim::CallFunction' ? call.inputs.slice(1) : call.inputs
  const path = call.kind === 'prim::CallMethod' ? modulePath(args[0]!) : undefined
  const map: ValueMap = new Map(body.inputs.map((input, i) => [input, args[i]!]))
  const calls: readonly SourceRange[] = call.range === undefined ? call.callStack : [call.range, ...call.callStack]
  const place = placer(calls, path ?? call.scope)
  for (const node of body.block.nodes()) {
    const copy = cloneNode(node, call.graph, map).insertBefore(call)
    place(copy)
    for (const block of copy.blocks) for (const inner of allNodes(block)) place(inner)
  }
  const results = body.outputs.map((output) => map.get(output) ?? output)
  for (const [i, output] of call.outputs.entries()) {
    const result = results[i]!
    if (output.debugName !== undefined) result.setDebugName(output.debugName)
    output.replaceAllUsesWith(result)
  }
  call.destroy()
}

/** Tells copies where they are now. Nodes of one place share what is told: there are as many copies as calls around them. */
function placer(calls: readonly SourceRange[], path: string | undefined): (node: Node) => void {
  const stacks = new Map<readonly SourceRange[], readonly SourceRange[]>()
  const scopes = new Map<string | undefined, string>()
  return (node) => {
    let stack = stacks.get(node.callStack)
    if (stack === undefined) stacks.set(node.callStack, (stack = node.callStack.length === 0 ? calls : [...node.callStack, ...calls]))
    node.callStack = stack
    if (path === undefined || path === '') return
    let scope = scopes.get(node.scope)
    if (scope === undefined) scopes.set(node.scope, (scope = node.scope === undefined ? path : `${path}.${node.scope}`))
    node.scope = scope
  }
}

/** `layer1.0` for the value that `self.layer1.0` gives; empty for self, undefined for what is no submodule. */
function modulePath(value: Value): string | undefined {
  const names: string[] = []
  let at = value
  while (at.node.kind === 'prim::GetAttr') {
    names.push(String(at.node.attributes.get('name')))
    at = at.node.input()
  }
  return at.node.kind === 'prim::Param' && at.index === 0 ? names.reverse().join('.') : undefined
}
