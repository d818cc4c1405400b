// Branches that end in branches that end in branches: what an assertion in each layer leaves. ONNX files nest them, and readers of protobuf give
// up below a hundred messages, three a branch. Such a chain is cut: `if a: x; if b: y; …` becomes `if a: x; if reached: (if b: y; …)`.
// What the second half uses of the first becomes outputs of it.

import { allNodes, type Block } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { definePass } from './pass.ts'

/** Branches in branches that stay. Far from the limit, since loops and entries nest too. */
const MAX_CHAIN = 12

export const limitNesting = definePass({
  name: 'limit-nesting',
  doc: 'Cuts long chains of branches that end in branches, so that the emitted graph is not nested deeper than its readers go.',
  run: (graph) => {
    let changed = false
    for (const node of allNodes(graph.block)) {
      if (node.kind !== 'prim::If') continue
      const chain = chainOf(node)
      if (chain.length <= MAX_CHAIN) continue
      // The walk comes to what was cut off: it stands behind the node.
      cut(chain.slice(0, MAX_CHAIN))
      changed = true
    }
    return changed
  },
})

/** An If, and the block of it, `into`, that ends in the next If of the chain. */
interface Link {
  readonly node: Node
  readonly into: Block
}

/** From `first` on, as long as a branch ends in an If; the first such branch where both do. */
function chainOf(first: Node): Link[] {
  const chain: Link[] = []
  for (let node: Node | undefined = first; node !== undefined;) {
    const into: Block | undefined = node.blocks.find((block) => lastIf(block) !== undefined)
    if (into === undefined) break
    chain.push({ node, into })
    node = lastIf(into)
  }
  return chain
}

function lastIf(block: Block): Node | undefined {
  let last = block.returnNode.previous!
  while (last.kind === 'prim::Constant' || last.kind === 'prim::Uninitialized') last = last.previous!
  return last.kind === 'prim::If' ? last : undefined
}

/** Moves the If that the last link ends in behind the first one. */
function cut(chain: readonly Link[]): void {
  const first = chain[0]!.node
  const { into: innermost } = chain.at(-1)!
  const moved = lastIf(innermost)!
  const blocks = new Set<Block>(chain.map(({ into }) => into))
  /** What the outputs of the first If are when the second half is reached. */
  const results = first.outputs.map((output) => through(output, chain))

  const b = new Builder(first.next!)
  const reached = carry(Builder.atEnd(innermost).bool(true), chain, (branch) => Builder.atEnd(branch).bool(false))
  const rest = b.if(reached)
  rest.copyMetadata(moved)
  const [yes, no] = rest.blocks as [Block, Block]
  for (const output of first.outputs.slice(0, results.length)) {
    const result = rest.addOutput(output.type, output.debugName)
    output.replaceAllUsesWith(result)
    no.addReturn(output)
  }
  moved.moveBefore(yes.returnNode)

  // Values of the first half, each carried out once; constants and what is built of parts are made again, so that the parts stay known.
  const outside = new Map<Value, Value>()
  const brought = (value: Value): Value => {
    if (!blocks.has(value.node.block!)) return value
    let out = outside.get(value)
    if (out === undefined) {
      const { node } = value
      out = BUILT.has(node.kind)
        ? new Builder(moved).op(node.kind, node.inputs.map(brought), value.type, node.attributes).setDebugName(value.debugName)
        : carry(value, chain, uninitialized(value))
      outside.set(value, out)
    }
    return out
  }
  for (const node of [moved, ...moved.blocks.flatMap((block) => nodesOf(block))])
    for (const [i, input] of [...node.inputs].entries()) {
      const value = brought(input)
      if (value !== input) node.setInput(i, value)
    }
  for (const value of results) yes.addReturn(brought(value))
  // The first half ends without a result where it reaches the second.
  for (const [i, value] of [...innermost.returns].entries())
    if (value.node === moved) innermost.returnNode.setInput(i, Builder.atEnd(innermost).op('prim::Uninitialized', [], value.type))
}

/** What an output of the first If of the chain comes from, down the chain. */
function through(output: Value, chain: readonly Link[]): Value {
  let value = output
  for (const { node, into } of chain) {
    if (value.node !== node) break
    value = into.returns[value.index]!
  }
  return value
}

/** Makes `value`, seen at the end of the chain, an output of its first If; `otherwise` gives what ways that leave the chain return. */
function carry(value: Value, chain: readonly Link[], otherwise: (branch: Block) => Value): Value {
  return chain.reduceRight((inner, { node, into }) => {
    for (const block of node.blocks) block.addReturn(block === into ? inner : otherwise(block))
    return node.addOutput(value.type)
  }, value)
}

const uninitialized =
  ({ type }: Value) =>
  (branch: Block): Value =>
    Builder.atEnd(branch).op('prim::Uninitialized', [], type)

const BUILT = new Set(['prim::Constant', 'prim::Uninitialized', 'prim::ListConstruct', 'prim::TupleConstruct'])

/** All nodes of a block and of those in it, with what they return. */
const nodesOf = (block: Block): Node[] => {
  const nodes = [...allNodes(block)]
  return [...nodes, ...nodes.flatMap(({ blocks }) => blocks.map(({ returnNode }) => returnNode)), block.returnNode]
}
