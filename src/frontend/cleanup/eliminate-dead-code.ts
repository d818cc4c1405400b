// Dead code as torch's compiler eliminates it between its steps: marked backwards from what is returned and what has effects, then swept.
// A write matters when something that shares its memory is live at that point. Answers to torch/csrc/jit/passes/dead_code_elimination.cpp.

import { allNodes, type Block } from '../../ir/block.ts'
import { isMutating } from '../../ir/function-schema.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import { AliasSets } from './alias-sets.ts'

const EFFECTS = new Set([
  'prim::Print',
  'prim::RaiseException',
  'aten::warn',
  'aten::save',
  'aten::manual_seed',
  'prim::AddStatValue',
  'prim::TimePoint',
  'prim::CallFunction',
  'prim::CallMethod',
  'prim::Enter',
  'prim::Exit',
  'aten::set_grad_enabled',
])

/** With `keepWrites` every node that writes stays, whoever may see it. */
export function eliminateDeadCode(graph: Graph, keepWrites = false): void {
  dropForkInputs(graph)
  new Eliminator(graph, keepWrites).run()
}

function writes(node: Node): boolean {
  if (node.kind === 'prim::SetAttr') return true
  const schema = schemaOf(node)
  return schema !== undefined && isMutating(schema)
}

function dropForkInputs(graph: Graph): void {
  for (const node of allNodes(graph.block)) {
    const attribute = node.kind === 'prim::fork' ? node.attributes.get('Subgraph') : undefined
    if (attribute === undefined || attribute === null || typeof attribute !== 'object' || attribute.kind !== 'graph') continue
    const inner = attribute.graph
    for (let i = inner.inputs.length - 1; i >= 0; i--)
      if (!inner.inputs[i]!.hasUses) {
        inner.block.paramNode.eraseOutput(i)
        node.removeInput(i)
      }
  }
}

class Eliminator {
  readonly #graph: Graph
  readonly #keepWrites: boolean
  readonly #aliases: AliasSets | undefined
  readonly #marked = new Set<Node>()
  readonly #live = new Set<Value>()
  readonly #liveSets = new Set<object>()
  readonly #effects = new Map<Node, boolean>()
  /** Counts what was marked: a loop that was stable at this count needs no other look. */
  #marks = 0
  readonly #stable = new Map<Node, number>()

  constructor(graph: Graph, keepWrites: boolean) {
    this.#graph = graph
    this.#keepWrites = keepWrites
    if (keepWrites) return
    for (const node of allNodes(graph.block))
      if (writes(node)) {
        this.#aliases = new AliasSets(graph)
        break
      }
  }

  run(): void {
    this.#markNode(this.#graph.block.returnNode)
    this.#markBlock(this.#graph.block)
    this.#sweep(this.#graph.block)
  }

  #hasEffect(node: Node): boolean {
    if (node.blocks.length === 0) return this.#hasOwnEffect(node)
    const known = this.#effects.get(node)
    if (known !== undefined) return known
    let effect = this.#hasOwnEffect(node)
    for (const block of node.blocks) for (const nested of block.nodes()) effect = this.#hasEffect(nested) || effect
    this.#effects.set(node, effect)
    return effect
  }

  #hasOwnEffect(node: Node): boolean {
    return EFFECTS.has(node.kind) || this.#aliases?.writesOutside(node) === true || (this.#keepWrites && writes(node))
  }

  #addLive(value: Value): void {
    if (this.#live.has(value)) return
    this.#live.add(value)
    this.#marks++
    const set = this.#aliases?.setOf(value)
    if (set !== undefined) this.#liveSets.add(set)
  }

  /** Each gives whether something was marked that was not before. */
  #markBlock(block: Block): boolean {
    let changed = false
    for (const node of block.nodes()) if (this.#hasEffect(node)) changed = this.#markNode(node) || changed
    changed = this.#markReturns(block) || changed
    for (const node of block.nodesReversed()) {
      if (node.kind === 'prim::Loop') {
        // What one turn needs, the turn before must give.
        if (this.#stable.get(node) !== this.#marks) while (this.#markBlock(node.blocks[0]!)) changed = true
        this.#stable.set(node, this.#marks)
      } else for (const nested of node.blocks) changed = this.#markBlock(nested) || changed
      if (this.#isLive(node)) changed = this.#markNode(node) || changed
    }
    return changed
  }

  #isLive(node: Node): boolean {
    if (node.outputs.some((output) => this.#live.has(output))) return true
    const aliases = this.#aliases
    if (aliases === undefined) return false
    return aliases.written(node).some((value) => {
      const set = aliases.setOf(value)
      return set !== undefined && this.#liveSets.has(set)
    })
  }

  /** The returns of a block are needed as far as its owner's outputs are. */
  #markReturns(block: Block): boolean {
    const { returnNode, owner } = block
    if (owner === undefined) return this.#markNode(returnNode)
    const before = this.#live.size
    if (owner.kind === 'prim::Loop') {
      for (const [i, output] of owner.outputs.entries())
        if (this.#live.has(output) || block.params[i + 1]!.hasUses) this.#addLive(block.returns[i + 1]!)
      this.#addLive(block.returns[0]!)
    } else for (const [i, value] of block.returns.entries()) if (this.#live.has(owner.output(i))) this.#addLive(value)
    const isNew = !this.#marked.has(returnNode)
    this.#marked.add(returnNode)
    if (isNew) this.#marks++
    return isNew || this.#live.size > before
  }

  #markNode(node: Node): boolean {
    if (this.#marked.has(node)) return false
    for (let at: Node | undefined = node; at !== undefined && !this.#marked.has(at); at = at.block?.owner) {
      this.#marked.add(at)
      this.#marks++
      for (const input of at.inputs) this.#addLive(input)
    }
    return true
  }

  #sweep(block: Block): void {
    for (const node of block.nodesReversed()) {
      if (node.kind === 'prim::If') dropIfOutputs(node)
      else if (node.kind === 'prim::Loop') dropCarried(node)
      for (const nested of node.blocks) this.#sweep(nested)
      if (!this.#marked.has(node) && node.outputs.every((output) => !output.hasUses)) node.destroy()
    }
  }
}

function dropIfOutputs(node: Node): void {
  for (let i = node.outputs.length - 1; i >= 0; i--) {
    if (node.output(i).hasUses) continue
    node.eraseOutput(i)
    for (const block of node.blocks) block.returnNode.removeInput(i)
  }
}

function dropCarried(node: Node): void {
  const body = node.blocks[0]!
  for (let i = node.outputs.length - 1; i >= 0; i--) {
    if (node.output(i).hasUses || body.params[i + 1]!.hasUses) continue
    node.eraseOutput(i)
    node.removeInput(i + 2)
    body.returnNode.removeInput(i + 1)
    body.paramNode.eraseOutput(i + 1)
  }
}
