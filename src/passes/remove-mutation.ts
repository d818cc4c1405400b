// Functionalises a graph: afterwards no node writes anything, views are plain functions, and lists and dicts change by `functional::` operators.
// Follows torch/csrc/jit/passes/remove_mutation.cpp in aim and at::functionalization in method; unlike both, through control flow and containers.
// The caller's inputs are never written: a write to one is seen by later reads only.

import { AliasAnalysis } from '../analysis/alias-analysis.ts'
import { gradientOnly } from '../analysis/alias-exceptions.ts'
import { internal } from '../diagnostics/internal.ts'
import { allNodes } from '../ir/block.ts'
import { isMutating } from '../ir/function-schema.ts'
import type { Graph } from '../ir/graph.ts'
import { printNode } from '../ir/printer.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { eliminateDeadCode } from './eliminate-dead-code.ts'
import { definePass } from './pass.ts'
import { Functionalizer } from './remove-mutation/functionalizer.ts'
import { Memory } from './remove-mutation/memory.ts'

export const removeMutation = definePass({
  name: 'remove-mutation',
  doc: 'Turns in-place operators, writes through views and changes of lists and dicts into new values.',
  run: (graph, context) => {
    const dropped = dropGradientOperators(graph)
    const alias = new AliasAnalysis(graph)
    if (alias.written.size === 0) return dropped
    const functionalizer = new Functionalizer(alias)
    const memory = new Memory()
    for (const input of graph.inputs) if (functionalizer.isWritten(input)) functionalizer.own(input, memory)
    functionalizer.block(graph.block, memory)
    functionalizer.takeInputs(graph.block.returnNode, memory)
    for (const node of functionalizer.doomed.reverse()) node.destroy()
    // Containers and views that were only made for writes to read them.
    eliminateDeadCode.run(graph, context)
    checkPure(graph)
    return true
  },
})

/** `detach_` and its kin give their argument. */
function dropGradientOperators(graph: Graph): boolean {
  let modified = false
  for (const node of allNodes(graph.block)) {
    if (!gradientOnly.has(node.kind)) continue
    for (const output of node.outputs) output.replaceAllUsesWith(node.input())
    node.destroy()
    modified = true
  }
  return modified
}

function checkPure(graph: Graph): void {
  for (const node of allNodes(graph.block)) {
    const schema = schemaOf(node)
    if (node.kind === 'prim::SetAttr' || (schema !== undefined && isMutating(schema))) internal(`${printNode(node)} still writes`)
  }
}
