// Which nodes are printed inside the expression that uses them: constants, and unnamed values used once, where reading the expression back
// would make the nodes in the same order. Answers to scanValue, scanNode and scanBlock in
// torch/csrc/jit/serialization/python_print.cpp.

import type { Block } from '../../ir/block.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'

export class InlineExpressions {
  readonly #inlined = new Set<Node>()

  has(node: Node): boolean {
    return this.#inlined.has(node)
  }

  scanBlock(block: Block): void {
    this.#scanNode(block.returnNode)
    for (const node of block.nodesReversed()) this.#scanNode(node)
  }

  /** Gives the node that would come before the expression, were it read back: its arguments right to left, innermost last. */
  #scanNode(node: Node): Node {
    if (this.#inlined.has(node)) return node
    for (const block of node.blocks) this.scanBlock(block)
    let point = previousNonConstant(node)
    for (let i = node.inputs.length - 1; i >= 0; i--) point = this.#scanValue(point, node.input(i))
    return point
  }

  #scanValue(point: Node, value: Value): Node {
    const { node } = value
    if (node === point && isInlinable(value)) {
      const before = this.#scanNode(node)
      this.#inlined.add(node)
      return before
    }
    if (node.kind === 'prim::Constant') this.#inlined.add(node)
    return point
  }
}

function previousNonConstant(node: Node): Node {
  let at = node
  do {
    // Nothing is before a block's parameters.
    if (at.previous === undefined) return at
    at = at.previous
  } while (at.kind === 'prim::Constant')
  return at
}

const FORKS = new Set(['prim::fork', 'prim::rpc_async', 'prim::rpc_sync', 'prim::rpc_remote'])

function isInlinable(value: Value): boolean {
  const { node } = value
  if (node.outputs.length !== 1 || value.uses.size !== 1) return false
  const [use] = value.uses
  const { user, index } = use!
  // A name was given to be seen, save right before a return.
  if (value.debugName !== undefined && user.kind !== 'prim::Return') return false
  if (node.blocks.length > 0) return false
  // A carried value is set before the loop's condition is read.
  if (user.kind === 'prim::Loop' && index >= 2) return false
  // isinstance in a condition would refine once more when it is read back.
  return !FORKS.has(user.kind) && node.kind !== 'prim::isinstance'
}
