// Constant propagation over immutable values: operators on known numbers and strings, branches that are decided, loops that do not run,
// outputs that no branch or turn changes. Answers to ConstantPropagationImmutableTypes in torch/csrc/jit/passes/constant_propagation.cpp.

import { isMutableType } from '../../analysis/mutable-type.ts'
import type { Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf, isConstant } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Node } from '../../ir/node.ts'
import { typesEqual } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { constantsEqual } from '../../passes/constants-equal.ts'
import { eliminateDeadCode } from './eliminate-dead-code.ts'
import { evaluateNode } from './fold-constants.ts'

const SKIPPED = new Set([
  'prim::Constant',
  'prim::Uninitialized',
  'prim::unchecked_unwrap_optional',
  'prim::RaiseException',
  'prim::Print',
  'aten::warn',
])

/** True when the graph changed. */
export function propagateConstants(graph: Graph): boolean {
  const propagator = new Propagator()
  propagator.block(graph.block)
  if (propagator.changed) eliminateDeadCode(graph)
  return propagator.changed
}

class Propagator {
  changed = false

  block(block: Block): void {
    let node = block.paramNode.next!
    while (node !== block.returnNode) {
      // The node may go, or bring the nodes of its branch to where it stood.
      const next: Node = node.next!
      this.#node(node)
      node = next
    }
  }

  #node(node: Node): void {
    const isKnown = node.inputs.every((input) => isConstant(input) && input.type.kind !== 'Function')
    if (node.kind === 'prim::If') {
      if (isKnown) return this.#inlineBranch(node)
      for (const block of node.blocks) this.block(block)
      this.#dropIfOutputs(node)
    } else if (node.kind === 'prim::Loop') {
      if (neverRuns(node)) return this.#dropLoop(node)
      for (const block of node.blocks) this.block(block)
      this.#dropCarried(node)
    } else if (isKnown && isFoldable(node)) this.#fold(node)
    else for (const block of node.blocks) this.block(block)
  }

  #fold(node: Node): void {
    const results = evaluateNode(
      node,
      node.inputs.map((input) => constantOf(input)!),
    )
    if (results === undefined) return
    const builder = Builder.replacing(node)
    for (const [i, result] of results.entries()) {
      const output = node.output(i)
      const constant = builder.constant(result, result === null || hasDeclaredType(result) ? output.type : undefined)
      output.replaceAllUsesWith(constant)
      this.changed = true
    }
  }

  #inlineBranch(node: Node): void {
    const block = node.blocks[constantOf(node.input()) === true ? 0 : 1]!
    this.block(block)
    for (const inner of block.nodes()) inner.moveBefore(node)
    for (const [i, output] of node.outputs.entries()) output.replaceAllUsesWith(block.returns[i]!)
    node.destroy()
    this.changed = true
  }

  #dropIfOutputs(node: Node): void {
    const [then, otherwise] = node.blocks as [Block, Block]
    for (let i = 0; i < node.outputs.length;) {
      const a = then.returns[i]!
      const b = otherwise.returns[i]!
      let replacement: Value | undefined
      if (a === b) replacement = a
      else if (isConstant(a) && isConstant(b) && sameConstant(a, b)) replacement = new Builder(node).constant(constantOf(a)!, a.type)
      if (replacement === undefined) {
        i++
        continue
      }
      node.output(i).replaceAllUsesWith(replacement)
      node.eraseOutput(i)
      then.returnNode.removeInput(i)
      otherwise.returnNode.removeInput(i)
      this.changed = true
    }
  }

  #dropLoop(node: Node): void {
    for (const [i, output] of node.outputs.entries()) output.replaceAllUsesWith(node.input(i + 2))
    node.destroy()
    this.changed = true
  }

  #dropCarried(node: Node): void {
    const body = node.blocks[0]!
    for (let i = node.outputs.length - 1; i >= 0; i--) {
      const param = body.params[i + 1]!
      if (body.returns[i + 1] !== param) continue
      const initial = node.input(i + 2)
      body.returnNode.removeInput(i + 1)
      node.output(i).replaceAllUsesWith(initial)
      param.replaceAllUsesWith(initial)
      node.eraseOutput(i)
      node.removeInput(i + 2)
      body.paramNode.eraseOutput(i + 1)
      this.changed = true
    }
  }
}

function isFoldable(node: Node): boolean {
  if (SKIPPED.has(node.kind) || node.blocks.length > 0 || node.outputs.length === 0) return false
  return ![...node.inputs, ...node.outputs].some((value) => isMutableType(value.type))
}

/** Values that do not tell their whole type themselves. */
function hasDeclaredType(value: IValue): boolean {
  return typeof value === 'object' && value !== null && value.kind !== 'complex' && value.kind !== 'tensor'
}

function sameConstant(a: Value, b: Value): boolean {
  return a.type.kind !== 'Function' && typesEqual(a.type, b.type) && constantsEqual(constantOf(a)!, constantOf(b)!)
}

function neverRuns(node: Node): boolean {
  const trips = constantOf(node.input(0))
  return constantOf(node.input(1)) === false || (typeof trips === 'bigint' && trips <= 0n)
}
