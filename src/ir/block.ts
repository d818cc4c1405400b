// Block: parameters, a list of Nodes, returns. Owned by a Graph (its top block) or by a Node (prim::If, prim::Loop …).
// Parameters are the outputs of a prim::Param node and returns the inputs of a prim::Return node, so that uses are kept in one way.

import { assert } from '../diagnostics/internal.ts'
import type { Graph } from './graph.ts'
import { Node } from './node.ts'
import type { Type } from './type.ts'
import type { Value } from './value.ts'

// Room left between neighbours, so that most insertions need no renumbering.
const GAP = 2 ** 24
/** Below this, neighbours are moved apart to at least ROOM. */
const MIN_GAP = 2 ** -8
const ROOM = 2 ** 8

export class Block {
  readonly graph: Graph
  /** The node this block belongs to; undefined for a graph's top block. */
  readonly owner: Node | undefined
  readonly paramNode: Node
  readonly returnNode: Node

  constructor(graph: Graph, owner: Node | undefined) {
    this.graph = graph
    this.owner = owner
    this.paramNode = new Node(graph, 'prim::Param')
    this.returnNode = new Node(graph, 'prim::Return')
    this.paramNode.block = this
    this.returnNode.block = this
    this.paramNode.next = this.returnNode
    this.returnNode.previous = this.paramNode
    this.returnNode.position = GAP
  }

  get params(): readonly Value[] {
    return this.paramNode.outputs
  }
  get returns(): readonly Value[] {
    return this.returnNode.inputs
  }
  addParam(type: Type, debugName?: string): Value {
    return this.paramNode.addOutput(type, debugName)
  }
  addReturn(value: Value): void {
    this.returnNode.addInput(value)
  }

  /** Nodes in order. The node just given may be destroyed or moved while iterating; ones inserted behind it are visited. */
  nodes(): IterableIterator<Node> {
    return new NodeIterator(this)
  }
  /** Last node first, with the same freedom. */
  *nodesReversed(): Generator<Node, void> {
    let node = this.returnNode.previous!
    while (node !== this.paramNode) {
      const previous = node.previous!
      yield node
      node = node.block === this && node.previous !== undefined ? node.previous : previous
    }
  }
  get isEmpty(): boolean {
    return this.paramNode.next === this.returnNode
  }

  append(node: Node): Node {
    this.link(node, this.returnNode)
    return node
  }
  prepend(node: Node): Node {
    this.link(node, this.paramNode.next!)
    return node
  }

  /** Links a detached node in front of `before`. */
  link(node: Node, before: Node): void {
    assert(node.block === undefined, `${node.kind} is linked already`)
    const previous = before.previous!
    node.block = this
    node.previous = previous
    node.next = before
    previous.next = node
    before.previous = node
    if (before === this.returnNode) {
      node.position = previous.position + GAP
      before.position = node.position + GAP
      return
    }
    node.position = (previous.position + before.position) / 2
    if (node.position - previous.position < MIN_GAP) this.#makeRoom(node)
  }
  unlink(node: Node): void {
    node.previous!.next = node.next
    node.next!.previous = node.previous
    node.block = undefined
    node.previous = undefined
    node.next = undefined
  }
  /** Spreads the positions around `node` evenly, over as few neighbours as have room: many insertions at one place stay cheap. */
  #makeRoom(node: Node): void {
    for (let reach = 8; ; reach *= 4) {
      let [first, last, count] = [node, node, 1]
      for (let i = 0; i < reach && first.previous !== undefined; i++, count++) first = first.previous
      for (let i = 0; i < reach && last.next !== undefined; i++, count++) last = last.next
      const whole = first.previous === undefined && last.next === undefined
      const gap = whole ? GAP : (last.position - first.position) / count
      if (gap < ROOM) continue
      let position = first.position
      for (let at = first; at !== last; at = at.next!, position += gap) at.position = position
      if (whole) last.position = position
      return
    }
  }

  /** Destroys every node, last first. Values of this block must not be used outside of it. */
  clear(): void {
    this.returnNode.removeAllInputs()
    for (const node of this.nodesReversed()) node.destroy()
  }
}

/** Every node of `block` and of the blocks nested in it, outer before inner, in order; with the freedom that `nodes` gives. */
export function allNodes(block: Block): IterableIterator<Node> {
  return new NestedNodeIterator(block)
}

// Iterators of their own: all passes walk every node again and again, and generators take several times as long.

const DONE: IteratorReturnResult<undefined> = { value: undefined, done: true }

class NodeIterator implements IterableIterator<Node> {
  /** One for all steps: loops read it at once. */
  readonly #step: { value: Node; done: false }
  readonly #block: Block
  /** The node just given; the parameters' before the first. */
  #node: Node
  /** What came behind it when it was given. */
  #next: Node

  constructor(block: Block) {
    this.#block = block
    this.#node = block.paramNode
    this.#next = block.paramNode.next!
    this.#step = { value: block.paramNode, done: false }
  }
  [Symbol.iterator](): this {
    return this
  }
  next(): IteratorResult<Node, undefined> {
    const last = this.#node
    const node = last.block === this.#block && last.next !== undefined ? last.next : this.#next
    if (node === this.#block.returnNode) return DONE
    this.#node = node
    this.#next = node.next!
    this.#step.value = node
    return this.#step
  }
}

class NestedNodeIterator implements IterableIterator<Node> {
  readonly #stack: NodeIterator[]
  #node: Node | undefined

  constructor(block: Block) {
    this.#stack = [new NodeIterator(block)]
  }
  [Symbol.iterator](): this {
    return this
  }
  next(): IteratorResult<Node, undefined> {
    const stack = this.#stack
    // The blocks that the node has by now. Later blocks first onto the stack: block 0 runs next.
    const blocks = this.#node?.blocks
    if (blocks !== undefined) for (let i = blocks.length - 1; i >= 0; i--) stack.push(new NodeIterator(blocks[i]!))
    while (stack.length > 0) {
      const step = stack[stack.length - 1]!.next()
      if (step.done === true) {
        stack.pop()
        continue
      }
      this.#node = step.value
      return step
    }
    this.#node = undefined
    return DONE
  }
}
