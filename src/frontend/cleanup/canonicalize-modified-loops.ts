// Loops with both a trip count and a condition become while loops, which Python can say.
// Answers to torch/csrc/jit/frontend/canonicalize_modified_loop.cpp.

import type { Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { boolType, intType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { schemaOf } from '../../ops/schema-of.ts'

const FOREVER = 2n ** 63n - 1n

export function canonicalizeModifiedLoops(graph: Graph): void {
  visit(graph.block)
}

function visit(block: Block): void {
  for (const node of block.nodes()) {
    for (const nested of node.blocks) visit(nested)
    if (node.kind === 'prim::Loop') canonicalize(node)
  }
}

function operator(builder: Builder, kind: string, inputs: readonly Value[], isBool: boolean): Value {
  const node = builder.node(kind, inputs, [isBool ? boolType : intType])
  node.schema = schemaOf(node)
  return node.output()
}

function canonicalize(node: Node): void {
  const body = node.blocks[0]!
  const goesOn = constantOf(body.returns[0]!)
  const starts = constantOf(node.input(1))
  const trips = node.input(0)
  const isFor = goesOn === true && starts === true
  const isWhile = constantOf(trips) === FOREVER
  if (isFor || isWhile) return
  const builder = new Builder(node)
  const zero = builder.int(0)
  const one = builder.int(1)
  let condition = operator(builder, 'aten::gt', [trips, zero], true)
  node.setInput(0, builder.int(FOREVER))
  if (starts !== true) condition = operator(builder, 'aten::__and__', [condition, node.input(1)], true)
  node.setInput(1, condition)
  node.addOutput(intType)
  node.addInput(zero)
  const inside = Builder.atEnd(body)
  const counter = body.addParam(intType)
  const [old] = body.params
  old!.setDebugName(undefined)
  old!.replaceAllUsesWith(counter)
  const next = operator(inside, 'aten::add', [counter, one], false)
  body.addReturn(next)
  const more = operator(inside, 'aten::lt', [next, trips], true)
  body.returnNode.setInput(0, operator(inside, 'aten::__and__', [more, body.returns[0]!], true))
}
