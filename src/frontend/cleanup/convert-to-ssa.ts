// Variables become SSA values. Five steps, as torch has them: loads and stores are added to branches and loops for the variables that they
// change; break and continue get the values that they carry; loop conditions are inlined; loads and stores go; exits go.
// Answers to torch/csrc/jit/frontend/convert_to_ssa.cpp and inline_loop_condition.cpp.

import { Builder } from '../../ir/builder.ts'
import type { Block } from '../../ir/block.ts'
import { cloneBlockInto, cloneNode } from '../../ir/clone.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { assert } from '../../diagnostics/internal.ts'
import { unifyTypes } from '../../ops/schema-unify-types.ts'
import { transformExits } from './transform-exits.ts'

export function convertToSsa(graph: Graph): void {
  addControlFlowLoadStores(graph.block, undefined)
  assignLoopContinuations(graph.block)
  inlineLoopConditions(graph.block)
  eraseLoadStores(graph.block, undefined)
  transformExits(graph)
}

/** A scope of names; scopes nest. */
class Scope<T> {
  readonly own: Map<string, T> = new Map()
  readonly #parent: Scope<T> | undefined

  constructor(parent: Scope<T> | undefined) {
    this.#parent = parent
  }
  find(name: string): T | undefined {
    return this.own.get(name) ?? this.#parent?.find(name)
  }
}

const nameOf = (node: Node): string => node.attributes.get('name') as string

function load(builder: Builder, name: string, type: Type): Value {
  return builder.op('prim::Load', [], type, [['name', name]])
}
function storeAfter(node: Node, name: string, value: Value): void {
  node.graph.create('prim::Store', [value], [], [['name', name]]).insertAfter(node)
}

function addControlFlowLoadStores(block: Block, parent: Scope<Type> | undefined): Scope<Type> {
  const scope = new Scope(parent)
  for (const node of block.nodes()) {
    switch (node.kind) {
      case 'prim::Store':
        scope.own.set(nameOf(node), node.input().type)
        break
      case 'prim::If':
        addIfLoadStores(node, scope)
        break
      case 'prim::Loop':
        addLoopLoadStores(node, scope)
        break
      case 'prim::Closure':
      case 'prim::ComprehensionScope':
        addControlFlowLoadStores(node.blocks[0]!, scope)
    }
  }
  return scope
}

function addIfLoadStores(node: Node, scope: Scope<Type>): void {
  const scopes = node.blocks.map((block) => addControlFlowLoadStores(block, scope))
  const [then, otherwise] = scopes as [Scope<Type>, Scope<Type>]
  const changed = new Set([
    ...[...then.own.keys()].filter((name) => otherwise.find(name) !== undefined),
    ...[...otherwise.own.keys()].filter((name) => then.find(name) !== undefined),
  ])
  for (const name of [...changed].sort()) {
    const thenType = then.find(name)!
    const elseType = otherwise.find(name)!
    const unified = unifyTypes(thenType, elseType, true)
    if (unified === undefined) continue
    addReturn(node.blocks[0]!, name, thenType)
    addReturn(node.blocks[1]!, name, elseType)
    addOutput(node, name, unified)
  }
}

function addLoopLoadStores(node: Node, scope: Scope<Type>): void {
  const body = node.blocks[0]!
  const inner = addControlFlowLoadStores(body, scope)
  for (const name of [...inner.own.keys()].sort()) {
    // A variable of the body alone is not carried.
    const outerType = scope.find(name)
    if (outerType === undefined) continue
    const bodyType = inner.own.get(name)!
    const unified = unifyTypes(outerType, bodyType) ?? outerType
    node.addInput(load(new Builder(node), name, outerType))
    const param = body.addParam(unified, name)
    storeAfter(body.paramNode, name, param)
    addReturn(body, name, bodyType)
    addOutput(node, name, unified)
  }
}

function addReturn(block: Block, name: string, type: Type): void {
  block.addReturn(load(Builder.atEnd(block), name, type))
}
function addOutput(node: Node, name: string, type: Type): void {
  storeAfter(node, name, node.addOutput(type, /^(?:\$|_\d*$)/.test(name) ? undefined : name))
}

/** break and continue become prim::LoopContinuation: whether to go on, and the carried values. */
function assignLoopContinuations(block: Block): void {
  const stop = new Builder(block.paramNode.next!).constant(false)
  const visit = (b: Block, loop: Node | undefined): void => {
    for (const node of b.nodes()) {
      switch (node.kind) {
        case 'prim::If':
          for (const nested of node.blocks) visit(nested, loop)
          break
        case 'prim::Loop':
          visit(node.blocks[0]!, node)
          break
        case 'prim::Closure':
          assignLoopContinuations(node.blocks[0]!)
          break
        case 'prim::ContinueStmt':
        case 'prim::BreakStmt':
          assert(loop !== undefined, `${node.kind} outside of a loop`)
          continueWith(node, loop, stop)
      }
    }
  }
  visit(block, undefined)
}

function continueWith(node: Node, loop: Node, stop: Value): void {
  const [body, header] = loop.blocks as [Block, Block]
  let goOn = stop
  if (node.kind === 'prim::ContinueStmt') {
    const map = new Map<Value, Value>()
    for (const inner of header.nodes()) cloneNode(inner, node.graph, map).insertBefore(node)
    goOn = map.get(header.returns[0]!) ?? header.returns[0]!
  }
  const continuation = node.graph.create('prim::LoopContinuation', [goOn]).copyMetadata(node).insertAfter(node)
  const builder = new Builder(continuation)
  for (const carried of body.returns) continuation.addInput(load(builder, nameOf(carried.node), carried.type))
  node.destroy()
}

/** The condition block is copied in front of the loop and moved to the end of its body. */
function inlineLoopConditions(block: Block): void {
  for (const node of block.nodes()) {
    for (const nested of node.blocks) inlineLoopConditions(nested)
    if (node.kind === 'prim::Loop') inlineLoopCondition(node)
  }
}

function inlineLoopCondition(node: Node): void {
  const [body, header] = node.blocks as [Block, Block]
  const copy = node.addBlock()
  cloneBlockInto(header, copy, new Map())
  for (const inner of copy.nodes()) inner.moveBefore(node)
  node.insertInput(1, copy.returns[0]!)
  for (const inner of header.nodes()) inner.moveBefore(body.returnNode)
  body.returnNode.insertInput(0, header.returns[0]!)
  copy.returnNode.removeAllInputs()
  header.returnNode.removeAllInputs()
  node.blocks.length = 1
}

function eraseLoadStores(block: Block, parent: Scope<Value> | undefined): void {
  const scope = new Scope(parent)
  for (const node of block.nodes()) {
    switch (node.kind) {
      case 'prim::Store':
        scope.own.set(nameOf(node), node.input())
        node.destroy()
        break
      case 'prim::Load': {
        const value = scope.find(nameOf(node))
        assert(value !== undefined, `the variable ${nameOf(node)} is loaded before it is stored`)
        node.output().replaceAllUsesWith(value)
        node.destroy()
        break
      }
      case 'prim::ComprehensionScope': {
        // What a comprehension sets stays inside; its nodes do not.
        const inner = node.blocks[0]!
        eraseLoadStores(inner, scope)
        for (const moved of inner.nodes()) moved.moveBefore(node)
        node.destroy()
        break
      }
      default:
        for (const nested of node.blocks) eraseLoadStores(nested, scope)
    }
  }
}
