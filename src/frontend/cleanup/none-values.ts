// What is None for sure, and what never is. Answers to Node::mustBeNone and Value::mustNotBeNone in torch/csrc/jit/ir/ir.cpp.

import type { Value } from '../../ir/value.ts'

export function mustBeNone(value: Value): boolean {
  const { node, type } = value
  if (node.outputs.length === 1 && node.kind !== 'prim::Param' && type.kind === 'None') return true
  return node.kind === 'prim::Constant' && node.attributes.size === 0 && type.kind === 'Optional'
}

export function mustNotBeNone(value: Value): boolean {
  const { type } = value
  if (type.kind === 'None' || type.kind === 'Optional' || type.kind === 'Any') return false
  return type.kind !== 'Union' || type.of.every((member) => member.kind !== 'None')
}
