// A tensor that is made, written and only then put somewhere: what is put there is a copy of what it has become. Nobody writes the one or the other any
// more, so nothing tells them apart; and the tensor that was written is one that only plain names know, whose writes functionalize-tensors.ts follows.

import { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import { isInside } from '../../analysis/execution-order.ts'
import type { Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'

/** Must run before writes become values. */
export function detachFinished(graph: Graph): void {
  const alias = new AliasAnalysis(graph)
  for (const location of alias.written) {
    const made = location.origin as Partial<Value>
    if (made.node === undefined || made.uses === undefined || made.type?.kind !== 'Tensor' || !isMadeByOperator(made.node)) continue
    const value = made as Value
    const written = new Set(alias.writersOf(location))
    if (![...written].every((node) => writesOnly(node, value, alias))) continue
    const end = lastIn(value.node.block!, written)
    if (end === undefined) continue
    // Users behind the last write. A name of its own that is in use there, or around a loop, would keep the two apart.
    const names = namesOf(value, alias)
    const later = names.flatMap((name) => [...name.uses].filter(({ user }) => isBehind(user, end)))
    if (!later.some(({ user, index }) => alias.edge(user, `store:${index}`) !== undefined || user.kind.endsWith('Construct'))) continue
    const copies = new Map<Value, Value>()
    for (const name of names.filter((one) => one.node.block === end.block && !isBehind(one.node, end))) {
      const uses = later.filter(({ user, index }) => user.input(index) === name)
      if (uses.length === 0 || !isWhole(name, value, alias)) continue
      let copy = copies.get(value)
      if (copy === undefined) {
        const b = new Builder(end.next!)
        b.range = end.range
        copies.set(value, (copy = b.op('aten::clone', [value, b.none()], tensorType)))
      }
      for (const { user, index } of uses) user.setInput(index, copy)
    }
  }
}

/** Not a parameter, nor the result of control flow: each run of the node makes a tensor of its own. */
const isMadeByOperator = (node: Node): boolean => node.kind.startsWith('aten::') && node.blocks.length === 0 && node.block !== undefined

/** What the node writes is this tensor, by whatever view, and no other. */
function writesOnly(node: Node, value: Value, alias: AliasAnalysis): boolean {
  return alias.writtenBy(node).every(([target]) => alias.baseAndViews(target)?.base === value)
}

/** The last of the block's own nodes that is or holds one of `nodes`; undefined where one is outside of the block. */
function lastIn(block: Block, nodes: ReadonlySet<Node>): Node | undefined {
  let last: Node | undefined
  for (const node of nodes) {
    let at: Node | undefined = node
    while (at !== undefined && at.block !== block) at = at.block?.owner
    if (at === undefined) return undefined
    if (last === undefined || last.isBefore(at)) last = at
  }
  return last
}

/** The value, and what in-place operators call it. */
function namesOf(value: Value, alias: AliasAnalysis): Value[] {
  const names = [value]
  for (const name of names)
    for (const { user } of name.uses)
      for (const output of user.outputs)
        if (!names.includes(output) && user.blocks.length === 0 && isWhole(output, value, alias)) names.push(output)
  return names
}

function isWhole(name: Value, value: Value, alias: AliasAnalysis): boolean {
  if (name === value) return true
  if (!alias.locations(name).has([...alias.locations(value)][0]!)) return false
  const found = alias.baseAndViews(name)
  return found !== undefined && found.base === value && found.views.length === 0
}

function isBehind(node: Node, end: Node): boolean {
  let at: Node | undefined = node
  while (at !== undefined && at.block !== end.block) at = at.block?.owner
  return at !== undefined && at !== end && end.isBefore(at) && !isInside(node, end)
}
