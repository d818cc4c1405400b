// Which values of a graph share one JavaScript variable: what a branch or loop hands on, what it was before and what it becomes, as long as no
// two of them are needed at the same time. Liveness by one walk backward, loops to a fixed point; then values are joined along the edges of
// control flow. Answers to phi coalescing in any SSA compiler; no text is made here.

import { allNodes, type Block } from '../../ir/block.ts'
import { isConstant } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'

/** Operators that give back what they get. */
export const isAlias = (node: Node): boolean => ALIASES.has(node.kind)
const ALIASES = new Set(['prim::unchecked_cast', 'prim::unchecked_unwrap_optional', 'aten::_unwrap_optional', 'aten::wait'])

/** The values of one variable. */
export interface Variable {
  readonly members: Set<Value>
  /** The innermost block that holds all of its life. */
  readonly block: Block
}

/** The If that a function ends with, if what it gives is exactly what the function returns: its branches return on their own. */
export function tailOf(block: Block): Node | undefined {
  const last = block.returnNode.previous!
  if (last.kind !== 'prim::If' || block.returns.length > 1) return undefined
  const [result] = block.returns
  if (result === undefined) return last
  return result.node === last && result.uses.size === 1 ? last : undefined
}

/** Every value that is of a variable of two or more. */
export function shareVariables(graph: Graph): ReadonlyMap<Value, Variable> {
  return new Sharing(graph).run()
}

/** `a and b`, `a or b` and the like: one bool, of operators that are used once. */
function isChoice(node: Node): boolean {
  const used = node.outputs.filter(({ hasUses }) => hasUses)
  if (node.kind !== 'prim::If' || used.length !== 1 || used[0]!.type.kind !== 'bool') return false
  return node.blocks.every((block) =>
    [...block.nodes()].every(
      (inner) =>
        inner.kind === 'prim::Constant' ||
        isChoice(inner) ||
        (inner.blocks.length === 0 && inner.outputs.length === 1 && inner.output().uses.size === 1),
    ),
  )
}

class Sharing {
  readonly #graph: Graph
  readonly #tails = new Set<Node>()
  readonly #tracked = new Set<Value>()
  readonly #clashes = new Map<Value, Set<Value>>()
  readonly #classes = new Map<Value, Set<Value>>()
  readonly #branches: Node[] = []
  readonly #aliases: Node[] = []

  constructor(graph: Graph) {
    this.#graph = graph
  }

  run(): ReadonlyMap<Value, Variable> {
    for (let tail = tailOf(this.#graph.block); tail !== undefined; tail = this.#addTail(tail)) continue
    this.#collect(this.#graph.block)
    const [self, ...params] = this.#graph.inputs
    const inputs = self?.type.kind === 'Class' ? params : [...this.#graph.inputs]
    const live = this.#block(this.#graph.block, new Set())
    for (const input of inputs) if (this.#tracked.has(input)) this.#clash(input, new Set([...live, ...inputs]))
    for (const node of this.#branches) this.#join(node)
    for (const node of this.#aliases) this.#merge(node.input(), node.output())
    const variables = new Map<Value, Variable>()
    for (const members of new Set(this.#classes.values()))
      if (members.size > 1) {
        const variable = { members, block: commonBlock([...members].map(({ node }) => node.block!)) }
        for (const member of members) variables.set(member, variable)
      }
    return variables
  }

  /** Both branches of a tail may end with another one; the second is followed here, the first by its own walk. */
  #addTail(tail: Node): Node | undefined {
    const open = [tail]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      this.#tails.add(node)
      for (const block of node.blocks) {
        const inner = tailOf(block)
        if (inner !== undefined) open.push(inner)
      }
    }
    return undefined
  }

  #track(value: Value): void {
    // The count of a loop's turns belongs to the loop's head.
    const isTurn = value.index === 0 && value.node.kind === 'prim::Param' && value.node.block!.owner !== undefined
    if (!isConstant(value) && !isTurn && value.node.kind !== 'prim::Uninitialized') this.#tracked.add(value)
  }

  #collect(block: Block): void {
    for (const node of block.nodes()) {
      for (const inner of node.blocks) this.#collect(inner)
      if (isAlias(node)) {
        this.#aliases.push(node)
        this.#track(node.input())
        this.#track(node.output())
      }
      if (node.blocks.length === 0 || this.#tails.has(node)) continue
      this.#branches.push(node)
      const loop = node.kind === 'prim::Loop'
      for (const output of node.outputs) this.#track(output)
      for (const inner of node.blocks) for (const value of loop ? inner.returns.slice(1) : inner.returns) this.#track(value)
      if (!loop) continue
      for (const value of [...node.inputs.slice(2), ...node.blocks[0]!.params.slice(1)]) this.#track(value)
    }
  }

  #clash(value: Value, others: Iterable<Value>): void {
    for (const other of others) {
      if (other === value || !this.#tracked.has(other)) continue
      this.#clashSet(value).add(other)
      this.#clashSet(other).add(value)
    }
  }
  #clashSet(value: Value): Set<Value> {
    let set = this.#clashes.get(value)
    if (set === undefined) this.#clashes.set(value, (set = new Set()))
    return set
  }

  #use(value: Value, live: Set<Value>): void {
    if (this.#tracked.has(value)) live.add(value)
  }

  /** What is live before `block`, when `out` is live behind it. */
  #block(block: Block, out: ReadonlySet<Value>): Set<Value> {
    const live = new Set(out)
    for (const value of block.returns) this.#use(value, live)
    for (const node of block.nodesReversed()) this.#node(node, live)
    return live
  }

  #node(node: Node, live: Set<Value>): void {
    for (const output of node.outputs) live.delete(output)
    // What is written at once must not share either.
    const outputs = node.outputs.filter((output) => this.#tracked.has(output) && (node.blocks.length > 0 || output.hasUses))
    for (const output of outputs) this.#clash(output, [...live, ...outputs])
    if (isAlias(node)) this.#clashes.get(node.output())?.delete(node.input())
    if (isAlias(node)) this.#clashes.get(node.input())?.delete(node.output())
    if (node.kind === 'prim::Loop') this.#loop(node, live)
    else if (node.blocks.length > 0) {
      const before = node.blocks.map((block) => this.#block(block, live))
      for (const set of before) for (const value of set) live.add(value)
    }
    for (const input of node.inputs) this.#use(input, live)
  }

  #loop(node: Node, live: Set<Value>): void {
    const [body] = node.blocks as [Block]
    // What a turn uses from outside of the loop, every turn needs.
    for (const inner of allNodes(body))
      for (const used of [...inner.inputs, ...inner.blocks.flatMap(({ returns }) => returns)]) this.#useInside(used, body, live)
    for (const value of body.returns) this.#useInside(value, body, live)
    for (const value of this.#block(body, live)) if (!body.params.includes(value)) live.add(value)
    for (const param of body.params) if (this.#tracked.has(param)) this.#clash(param, [...live, ...body.params])
  }

  #useInside(value: Value, body: Block, live: Set<Value>): void {
    if (!this.#tracked.has(value)) return
    let block: Block | undefined = value.node.block
    while (block !== undefined && block !== body) block = block.owner?.block
    if (block === undefined) live.add(value)
  }

  /** Joins the results of a branch or loop with what becomes them. */
  #join(node: Node): void {
    if (node.kind === 'prim::Loop') {
      const [body] = node.blocks
      for (const [i, output] of node.outputs.entries()) {
        const param = body!.params[i + 1]!
        this.#unite(output, param)
        this.#merge(param, body!.returns[i + 1]!)
        this.#merge(param, node.input(i + 2))
      }
      return
    }
    // Conditions are expressions where they can be.
    if (isChoice(node)) return
    for (const [i, output] of node.outputs.entries())
      if (output.hasUses) for (const block of node.blocks) if (block.returns[i] !== undefined) this.#merge(output, block.returns[i]!)
  }

  #merge(a: Value, b: Value): void {
    if (!this.#tracked.has(a) || !this.#tracked.has(b) || this.#isSelf(a) || this.#isSelf(b)) return
    const [left, right] = [this.#classOf(a), this.#classOf(b)]
    if (left === right) return
    const [small, big] = left.size < right.size ? [left, right] : [right, left]
    for (const member of small) {
      const clashes = this.#clashes.get(member)
      if (clashes !== undefined) for (const other of clashes) if (big.has(other)) return
    }
    this.#unite(a, b)
  }
  #isSelf(value: Value): boolean {
    return value === this.#graph.inputs[0] && value.type.kind === 'Class'
  }
  #unite(a: Value, b: Value): void {
    const [left, right] = [this.#classOf(a), this.#classOf(b)]
    for (const member of right) {
      left.add(member)
      this.#classes.set(member, left)
    }
  }
  #classOf(value: Value): Set<Value> {
    let members = this.#classes.get(value)
    if (members === undefined) this.#classes.set(value, (members = new Set([value])))
    return members
  }
}

/** The innermost block around all of them. */
function commonBlock(blocks: readonly Block[]): Block {
  let common = blocks[0]!
  for (const block of blocks) {
    const around = new Set<Block>()
    for (let b: Block | undefined = common; b !== undefined; b = b.owner?.block) around.add(b)
    let at = block
    while (!around.has(at)) at = at.owner!.block!
    common = at
  }
  return common
}
