// Early exits (return, break, continue, raise) become ordinary control flow: a flag says whether an exit was hit, what follows runs only
// when it was not, and the exit's values travel beside the block's own. Answers to torch/csrc/jit/frontend/exit_transforms.cpp.

import type { Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { cloneNode, type ValueMap } from '../../ir/clone.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { typeText } from '../../ir/print-type.ts'
import { boolType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { unifyTypes } from '../../ops/schema-unify-types.ts'
import { enterExitToWith, withToEnterExit } from './with-blocks.ts'

export function transformExits(graph: Graph): void {
  enterExitToWith(graph)
  new ExitTransformer(graph, 'prim::LoopContinuation').run()
  new ExitTransformer(graph, 'prim::ReturnStmt').run()
  mergeConsecutiveIfs(graph.block)
  withToEnterExit(graph)
}

/** Whether a block hits the exit: `flag` is one of the transformer's three constants, or a value that tells. */
interface Exit {
  readonly flag: Value
  readonly values: readonly Value[]
}
type Status = 'will' | 'might' | 'wont' | 'throws'

class ExitTransformer {
  readonly #graph: Graph
  readonly #exitKind: string
  readonly #true: Value
  readonly #false: Value
  /** Never read: what follows a raise is not reached. */
  readonly #throws: Value
  readonly #unset = new Map<string, Value>()
  #target: Block | undefined

  constructor(graph: Graph, exitKind: string) {
    this.#graph = graph
    this.#exitKind = exitKind
    const builder = new Builder(graph.block.paramNode.next!)
    this.#true = builder.constant(true)
    this.#false = builder.constant(false)
    this.#throws = this.#uninitialized(boolType)
  }

  run(): void {
    this.#block(this.#graph.block)
  }

  #status({ flag }: Exit): Status {
    return flag === this.#true ? 'will' : flag === this.#false ? 'wont' : flag === this.#throws ? 'throws' : 'might'
  }
  get #wont(): Exit {
    return { flag: this.#false, values: [] }
  }

  /** One value a type, at the front of the graph. */
  #uninitialized(type: Type): Value {
    const key = typeText(type)
    let value = this.#unset.get(key)
    if (value === undefined) {
      value = this.#graph.create('prim::Uninitialized', [], [type]).insertAfter(this.#graph.block.paramNode).output()
      this.#unset.set(key, value)
    }
    return value
  }
  #uninitializedLike(values: readonly Value[]): Value[] {
    return values.map((value) => this.#uninitialized(value.type))
  }

  /** True for the blocks that this kind of exit leads out of. */
  #isTarget(block: Block): boolean {
    if (this.#exitKind === 'prim::LoopContinuation') return block.owner?.kind === 'prim::Loop'
    return block.owner === undefined || block.owner.kind === 'prim::Closure'
  }

  #block(block: Block): Exit {
    const outerTarget = this.#target
    if (this.#isTarget(block)) this.#target = block
    let exit = this.#nodes(block)
    if (this.#target === block && this.#isTarget(block)) {
      const status = this.#status(exit)
      if (status === 'might') {
        const node = this.#graph.create('prim::If', [exit.flag]).insertBefore(block.returnNode)
        node.addBlock()
        node.addBlock()
        addBranchOutputs(node, exit.values, block.returns)
        replaceReturns(block, node.outputs)
      } else if (status === 'will') replaceReturns(block, exit.values)
      exit = this.#wont
    }
    this.#target = outerTarget
    return exit
  }

  #nodes(block: Block): Exit {
    let node = block.paramNode.next!
    while (node !== block.returnNode) {
      const next: Node = node.next!
      const exit = this.#node(node)
      const status = this.#status(exit)
      if (status === 'will' || status === 'throws') {
        this.#dropFrom(next, block)
        return exit
      }
      if (status === 'might') return next === block.returnNode ? exit : this.#guard(block, exit, next)
      node = next
    }
    return this.#wont
  }

  #node(node: Node): Exit {
    switch (node.kind) {
      case 'prim::RaiseException':
        return { flag: this.#throws, values: [] }
      case 'prim::ReturnStmt':
      case 'prim::LoopContinuation': {
        if (node.kind !== this.#exitKind) return this.#wont
        const exit: Exit = { flag: this.#true, values: [...node.inputs] }
        node.destroy()
        return exit
      }
      case 'prim::If':
        return this.#if(node)
      case 'prim::Loop':
        return this.#loop(node)
      case 'prim::With':
        return this.#block(node.blocks[0]!)
      case 'prim::Closure':
        this.#block(node.blocks[0]!)
        return this.#wont
      default:
        return this.#wont
    }
  }

  #if(node: Node): Exit {
    let [then, otherwise] = node.blocks.map((block) => this.#block(block)) as [Exit, Exit]
    const thenStatus = this.#status(then)
    const elseStatus = this.#status(otherwise)
    const status = joined(thenStatus, elseStatus)
    if (status === 'throws') return { flag: this.#throws, values: [] }
    if (status === 'wont') return this.#wont
    // The side that does not exit gives values that nobody reads.
    if (thenStatus === 'wont' || thenStatus === 'throws') then = { flag: then.flag, values: this.#uninitializedLike(otherwise.values) }
    else if (elseStatus === 'wont' || elseStatus === 'throws')
      otherwise = { flag: otherwise.flag, values: this.#uninitializedLike(then.values) }
    let flag = this.#true
    if (status !== 'will') {
      addBranchOutputs(node, [then.flag], [otherwise.flag])
      flag = node.outputs.at(-1)!
    }
    addBranchOutputs(node, then.values, otherwise.values)
    return { flag, values: node.outputs.slice(node.outputs.length - then.values.length) }
  }

  /** An exit out of a loop's body ends the loop and is told behind it. */
  #loop(node: Node): Exit {
    const body = node.blocks[0]!
    const exit = this.#block(body)
    const status = this.#status(exit)
    if (status === 'wont' || status === 'throws') return this.#wont
    const goOn = this.#graph.create('prim::If', [exit.flag]).insertBefore(body.returnNode)
    goOn.addBlock().addReturn(this.#false)
    goOn.addBlock().addReturn(body.returns[0]!)
    body.returnNode.setInput(0, goOn.addOutput(boolType))
    const carry = (initial: Value, value: Value): Value => {
      node.addInput(initial)
      body.addParam(value.type)
      body.addReturn(value)
      return node.addOutput(value.type)
    }
    const flag = carry(this.#false, exit.flag)
    return { flag, values: exit.values.map((value) => carry(this.#uninitialized(value.type), value)) }
  }

  /** What follows a possible exit runs in the branch where it was not hit. */
  #guard(block: Block, exit: Exit, from: Node): Exit {
    const node = this.#graph.create('prim::If', [exit.flag]).insertBefore(from)
    const exited = node.addBlock()
    const rest = node.addBlock()
    for (let moving = from; moving !== block.returnNode;) {
      const next: Node = moving.next!
      moving.moveBefore(rest.returnNode)
      moving = next
    }
    const returns = [...block.returns]
    for (const value of this.#uninitializedLike(returns)) exited.addReturn(value)
    for (const value of returns) {
      rest.addReturn(value)
      node.addOutput(value.type)
    }
    replaceReturns(block, node.outputs)
    this.#graph.create(this.#exitKind, exit.values).insertBefore(exited.returnNode)
    return this.#if(node)
  }

  /** Nodes behind a certain exit; the block's own returns may still name what they gave. */
  #dropFrom(from: Node, block: Block): void {
    for (let node = block.returnNode.previous!; from !== block.returnNode;) {
      const previous: Node = node.previous!
      const isLast = node === from
      for (const output of node.outputs) if (output.hasUses) output.replaceAllUsesWith(this.#uninitialized(output.type))
      node.destroy()
      if (isLast) return
      node = previous
    }
  }
}

function joined(a: Status, b: Status): Status {
  if (a === 'throws') return b
  if (b === 'throws') return a
  return a === b ? a : 'might'
}

function addBranchOutputs(node: Node, then: readonly Value[], otherwise: readonly Value[]): void {
  const [thenBlock, elseBlock] = node.blocks as [Block, Block]
  for (const [i, value] of then.entries()) {
    thenBlock.addReturn(value)
    elseBlock.addReturn(otherwise[i]!)
    node.addOutput(unifyTypes(value.type, otherwise[i]!.type, true)!)
  }
}

function replaceReturns(block: Block, values: readonly Value[]): void {
  const kept = [...values]
  block.returnNode.removeAllInputs()
  for (const value of kept) block.addReturn(value)
}

/** `if c: return 1` followed by a test of whether it returned becomes one if with both parts. */
function mergeConsecutiveIfs(block: Block): void {
  let node = block.paramNode.next!
  while (node !== block.returnNode) {
    for (const nested of node.blocks) mergeConsecutiveIfs(nested)
    if (!mergeWithNext(node)) node = node.next!
  }
}

function mergeWithNext(first: Node): boolean {
  const second = first.next!
  if (first.kind !== 'prim::If' || second.kind !== 'prim::If' || second.input().node !== first) return false
  const { index } = second.input()
  // The flags of exits are constants of the whole graph; torch leaves a program's own flags, which are not, alone.
  if (first.blocks.some((block) => block.returns[index]!.node.block === block)) return false
  const decided = first.blocks.map((block) => constantOf(block.returns[index]!))
  // Equal constants fold anyway: copying would only double the code.
  if (typeof decided[0] !== 'boolean' || typeof decided[1] !== 'boolean' || decided[0] === decided[1]) return false
  for (const [i, block] of first.blocks.entries()) {
    const taken = second.blocks[decided[i] ? 0 : 1]!
    const map: ValueMap = new Map(first.outputs.map((output) => [output, block.returns[output.index]!]))
    for (const node of taken.nodes()) cloneNode(node, first.graph, map).insertBefore(block.returnNode)
    for (const value of taken.returns) block.addReturn(map.get(value) ?? value)
  }
  for (const output of second.outputs) output.replaceAllUsesWith(first.addOutput(output.type, output.debugName))
  second.destroy()
  return true
}
