// Lists of numbers that are filled right where they are made, by appends one after the other or by a short loop of known length, become what they
// hold: `[scale for _ in range(2)]` is a list of two numbers, which operators want to know. Of lists alone; tensors and others stay in their loops.

import { allNodes, type Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { definePass } from '../pass.ts'
import { unroll } from '../unroll-loops.ts'

// As many axes as a tensor is likely to have.
const MAX_TURNS = 8

export const listLiterals = definePass({
  name: 'list-literals',
  doc: 'Makes lists of numbers that are filled where they are made in one piece.',
  run: (graph, context) => {
    let changed = false
    if (context.controlFlow === undefined) for (const node of Array.from(allNodes(graph.block))) changed = unrollFilling(node) || changed
    return fillLists(graph) || changed
  },
})

const NUMBERS = new Set(['int', 'float', 'bool', 'number'])

/** A loop that only computes numbers and appends them to lists. */
function unrollFilling(node: Node): boolean {
  if (node.kind !== 'prim::Loop') return false
  const trips = constantOf(node.input(0))
  const [body] = node.blocks as [Block]
  if (typeof trips !== 'bigint' || trips < 0n || trips > MAX_TURNS) return false
  if (constantOf(node.input(1)) !== true || constantOf(body.returns[0]!) !== true) return false
  const inner = [...body.nodes()]
  if (!inner.some(isAppend) || !inner.every((one) => one.kind === 'prim::Constant' || isAppend(one) || isOfNumbers(one))) return false
  unroll(node, Number(trips))
  return true
}

const isAppend = (node: Node): boolean => {
  const list = node.inputs[0]?.type
  return node.kind === 'aten::append' && list?.kind === 'List' && NUMBERS.has(list.of.kind) && !node.output().hasUses
}
const isOfNumbers = (node: Node): boolean =>
  node.blocks.length === 0 && node.outputs.length > 0 && [...node.inputs, ...node.outputs].every(({ type }) => NUMBERS.has(type.kind))

/** Appends that come before any other use of a list are items of it. */
function fillLists(graph: Graph): boolean {
  let changed = false
  for (const node of Array.from(allNodes(graph.block))) {
    if (node.kind !== 'prim::ListConstruct') continue
    const list = node.output()
    const uses = [...list.uses].map(({ user, index }) => ({ user, index, at: inBlock(user, node.block!) }))
    if (uses.some(({ at }) => at === undefined)) continue
    uses.sort((a, b) => (a.at === b.at ? 0 : a.at!.isBefore(b.at!) ? -1 : 1))
    const other = uses.findIndex(({ user, index, at }) => at !== user || index !== 0 || !isAppend(user))
    const appends = uses.slice(0, other === -1 ? undefined : other).map(({ user }) => user)
    if (appends.length === 0) continue
    const b = new Builder(appends.at(-1)!.next!)
    b.range = node.range
    const filled = b.op('prim::ListConstruct', [...node.inputs, ...appends.map((append) => append.input(1))], list.type)
    filled.setDebugName(list.debugName)
    for (const append of appends) append.destroy()
    list.replaceAllUsesWith(filled)
    node.destroy()
    changed = true
  }
  return changed
}

/** The node of `block` that is or holds `node`. */
function inBlock(node: Node, block: Block): Node | undefined {
  let at: Node | undefined = node
  while (at !== undefined && at.block !== block) at = at.block?.owner
  return at
}
