// Exceptions as values: what follows a possible raise moves into the branch that does not raise, so that no operator runs on a dead value.
// The graph gets one more output, an int: 0, or the code of the exception; its other outputs are then dummies (prim::Uninitialized).
// Same idea as torch/csrc/jit/frontend/exit_transforms.cpp has for return and break, which are gone by then.

import { allNodes, type Block } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Node } from '../ir/node.ts'
import { boolType, intType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { definePass } from './pass.ts'
import { RaiseTable } from './raise-table.ts'

export const exitTransform = definePass({
  name: 'exit-transform',
  doc: 'Turns exceptions into an error code, and runs what follows a possible raise only when nothing was raised.',
  run: (graph, context) => {
    if (![...allNodes(graph.block)].some((node) => node.kind === 'prim::RaiseException')) return false
    const code = new ExitTransformer(new RaiseTable(context)).block(graph.block)
    if (code === undefined) return false
    code.setDebugName('error')
    context.error = graph.outputs.length
    graph.addOutput(code)
    return true
  },
})

/** Every way through `block` raises. */
function alwaysRaises(block: Block): boolean {
  for (const node of block.nodes()) {
    if (node.kind === 'prim::RaiseException') return true
    if (node.kind === 'prim::If' && node.blocks.every(alwaysRaises)) return true
  }
  return false
}

class ExitTransformer {
  readonly #table: RaiseTable

  constructor(table: RaiseTable) {
    this.#table = table
  }

  /**
   * Makes the block run to its end whatever is raised. Gives the code that it ends with, available at its end; undefined when it never
   * raises. After a raise its returns are dummies, or `dummies` where given.
   */
  block(block: Block, dummies?: readonly Value[]): Value | undefined {
    for (const node of block.nodes()) {
      if (node.kind === 'prim::RaiseException') return this.#raise(node, block, dummies)
      if (node.kind === 'prim::If') {
        const code = this.#if(node, block, dummies)
        if (code !== undefined) return code
      } else if (node.kind === 'prim::Loop') {
        const code = this.#loop(node)
        if (code !== undefined) return this.#guard(node, code, block, dummies)
      }
    }
    return undefined
  }

  /** Nothing behind the node runs. */
  #raise(node: Node, block: Block, dummies: readonly Value[] | undefined): Value {
    const code = this.#table.code(node, new Builder(node))
    this.#cut(node, block, dummies)
    node.destroy()
    return code
  }
  #cut(node: Node, block: Block, dummies: readonly Value[] | undefined): void {
    const b = Builder.atEnd(block)
    const returns = [...block.returns]
    for (const [i, value] of returns.entries()) block.returnNode.setInput(i, dummies?.[i] ?? b.op('prim::Uninitialized', [], value.type))
    const kept = new Set(block.returns)
    for (let last = block.returnNode.previous!; last !== node;) {
      const previous = last.previous!
      if (!last.outputs.some((output) => kept.has(output))) last.destroy()
      last = previous
    }
  }

  /** The code that the enclosing block ends with, when the If can raise: the rest of the block has then been dealt with. */
  #if(node: Node, block: Block, dummies: readonly Value[] | undefined): Value | undefined {
    const raises = node.blocks.map(alwaysRaises)
    if (raises[0] === true && raises[1] === true) {
      this.#cut(node, block, dummies)
      return this.#codes(node)
    }
    const live = node.blocks[raises[0] === true ? 1 : 0]!
    if (raises.includes(true)) {
      this.#moveRestInto(live, node, block)
      return this.#codes(node, dummies)
    }
    const code = this.#codes(node)
    return code === undefined ? undefined : this.#guard(node, code, block, dummies)
  }

  /** Transforms both branches; their codes become one more output. */
  #codes(node: Node, dummies?: readonly Value[]): Value | undefined {
    const codes = node.blocks.map((branch) => this.block(branch, dummies))
    if (codes.every((code) => code === undefined)) return undefined
    for (const [i, branch] of node.blocks.entries()) branch.addReturn(codes[i] ?? Builder.atEnd(branch).int(0))
    return node.addOutput(intType)
  }

  /** What follows `node` moves to the end of `into`, one of its branches; the If then gives what the block returned. */
  #moveRestInto(into: Block, node: Node, block: Block): void {
    for (const [i, output] of node.outputs.entries()) {
      output.replaceAllUsesWith(into.returns[i]!)
    }
    moveRest(node, into)
    for (const branch of node.blocks) branch.returnNode.removeAllInputs()
    for (let i = node.outputs.length - 1; i >= 0; i--) node.eraseOutput(i)
    for (const [i, value] of [...block.returns].entries()) {
      for (const branch of node.blocks)
        branch.addReturn(branch === into ? value : Builder.atEnd(branch).op('prim::Uninitialized', [], value.type))
      block.returnNode.setInput(i, node.addOutput(value.type, value.debugName))
    }
  }

  /** Runs what follows `node` only when `code` is 0. */
  #guard(node: Node, code: Value, block: Block, dummies: readonly Value[] | undefined): Value {
    if (node.next === block.returnNode && dummies === undefined) return code
    const b = new Builder(node.next!)
    const fine = b.op('aten::eq', [code, b.int(0)], boolType)
    const guard = b.if(fine)
    guard.copyMetadata(node)
    const [rest, raised] = guard.blocks as [Block, Block]
    moveRest(guard, rest)
    const c = Builder.atEnd(raised)
    for (const [i, value] of [...block.returns].entries()) {
      rest.addReturn(value)
      raised.addReturn(dummies?.[i] ?? c.op('prim::Uninitialized', [], value.type))
      block.returnNode.setInput(i, guard.addOutput(value.type, value.debugName))
    }
    const later = this.block(rest, dummies)
    if (later === undefined) return code
    rest.addReturn(later)
    raised.addReturn(code)
    return guard.addOutput(intType)
  }

  /** The loop stops at a raise and gives its code. After a raise the carried values stay as the turn began with them. */
  #loop(node: Node): Value | undefined {
    const body = node.blocks[0]!
    const before = new Builder(body.paramNode.next!)
    const stop = before.bool(false)
    const code = this.block(body, [stop, ...body.params.slice(1)])
    if (code === undefined) {
      stop.node.destroy()
      return undefined
    }
    node.addInput(new Builder(node).int(0))
    body.addParam(intType)
    body.addReturn(code)
    return node.addOutput(intType)
  }
}

/** Everything behind `node` in its block goes to the end of `into`. */
function moveRest(node: Node, into: Block): void {
  const { returnNode } = node.block!
  for (let next = node.next!; next !== returnNode;) {
    const following = next.next!
    next.moveBefore(into.returnNode)
    next = following
  }
}
