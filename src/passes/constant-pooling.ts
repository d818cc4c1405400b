// Constants move to the front of the graph, each only once. The order is torch's: every new one goes in front of all before it.
// Mirrors torch/csrc/jit/passes/constant_pooling.cpp.

import { AliasAnalysis } from '../analysis/alias-analysis.ts'
import { isMutableType } from '../analysis/mutable-type.ts'
import { allNodes } from '../ir/block.ts'
import { constantOf } from '../ir/constant.ts'
import type { Graph } from '../ir/graph.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import { typeText } from '../ir/print-type.ts'
import { typesEqual } from '../ir/type.ts'
import { constantsEqual } from './constants-equal.ts'
import { definePass } from './pass.ts'

export const constantPooling = definePass({
  name: 'constant-pooling',
  doc: 'Moves constants to the front of the graph and keeps one of each.',
  run: poolConstants,
})

/** True when the graph changed. */
export function poolConstants(graph: Graph): boolean {
  const pools = new Map<string, Node[]>()
  let aliases: AliasAnalysis | undefined
  let changed = false
  for (const node of Array.from(allNodes(graph.block))) {
    if (node.kind !== 'prim::Constant' || node.blocks.length > 0) continue
    const key = poolKey(node)
    const pool = pools.get(key)
    const same = pool?.find((other) => equal(other, node))
    if (same === undefined) {
      if (pool === undefined) pools.set(key, [node])
      else pool.push(node)
      const front = graph.block.paramNode.next!
      if (node !== front) {
        node.moveBefore(front)
        changed = true
      }
      continue
    }
    const isShared = constantOf(same.output()) === constantOf(node.output())
    if (!isShared && isMutableType(node.output().type)) {
      aliases ??= new AliasAnalysis(graph)
      if (!mayMerge(aliases, graph, same, node)) continue
    }
    node.output().replaceAllUsesWith(same.output())
    node.destroy()
    changed = true
  }
  return changed
}

/** Equal constants have equal keys; few others do. */
function poolKey(node: Node): string {
  const { type } = node.output()
  if (type.kind === 'Function') return `Function ${String(node.attributes.get('name'))}`
  const value = constantOf(node.output())!
  return `${typeText(type)} ${valueKey(value)}`
}
function valueKey(value: IValue): string {
  if (value === null || typeof value !== 'object') return String(value)
  return value.kind === 'tensor' ? `${value.dtype} ${value.sizes.join(' ')}` : value.kind
}

function equal(a: Node, b: Node): boolean {
  const { type } = a.output()
  // A function's type is its identity.
  if (type.kind === 'Function') return type === b.output().type
  return typesEqual(type, b.output().type) && constantsEqual(constantOf(a.output())!, constantOf(b.output())!)
}

/** Two tensors or lists become one only where nobody could tell: neither is written, and not both leave the graph. */
function mayMerge(aliases: AliasAnalysis, graph: Graph, a: Node, b: Node): boolean {
  if (aliases.hasWriters(a.output()) || aliases.hasWriters(b.output())) return false
  const leaves = (node: Node): boolean => graph.outputs.some((output) => aliases.mayContainAlias(output, node.output()))
  return !(leaves(a) && leaves(b))
}
