// Names of one object: in-place operators give their argument back, and a loop that carries a variable may only ever write it in place.

import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'
import { schemaOf } from '../../ops/schema-of.ts'

// Branches one after the other are followed by recursion.
const MAX_DEPTH = 500

/** True when the k-th carried value of a Loop is one object throughout. */
export function loopKeeps(loop: Node, k: number): boolean {
  return keeps(loop, k, new Set())
}

function keeps(loop: Node, k: number, visiting: Set<Value>): boolean {
  const body = loop.blocks[0]!
  const param = body.params[k + 1]!
  if (visiting.has(param)) return false
  visiting.add(param)
  const same = sameObject(body.returns[k + 1]!, visiting, new Map()) === param
  visiting.delete(param)
  return same
}

/** The first name of the object that `value` is. Parameters of the loops in `visiting` stand for themselves. */
function sameObject(start: Value, visiting: Set<Value>, known: Map<Value, Value>, depth = 0): Value {
  const before = known.get(start)
  if (before !== undefined) return before
  const found = follow(start, visiting, known, depth)
  known.set(start, found)
  return found
}

function follow(start: Value, visiting: Set<Value>, known: Map<Value, Value>, depth: number): Value {
  let value = start
  for (;;) {
    const { node } = value
    if (node.kind === 'prim::If') {
      if (depth > MAX_DEPTH) return value
      const { index } = value
      const [a, b] = node.blocks.map((block) => sameObject(block.returns[index]!, visiting, known, depth + 1))
      return a === b && a !== undefined ? a : value
    }
    if (node.kind === 'prim::Loop') {
      if (!keeps(node, value.index, visiting)) return value
      value = node.input(value.index + 2)
      continue
    }
    if (node.kind === 'prim::Param') {
      const loop = node.block?.owner
      if (loop?.kind !== 'prim::Loop' || value.index === 0 || visiting.has(value) || !keeps(loop, value.index - 1, visiting)) return value
      value = loop.input(value.index + 1)
      continue
    }
    const written = writtenArgument(node, value.index)
    if (written === undefined) return value
    value = node.input(written)
  }
}

/** The argument that the k-th result of a writing operator is, by its schema. */
export function writtenArgument(node: Node, k: number): number | undefined {
  const schema = schemaOf(node)
  if (schema === undefined) return undefined
  // torch's schema of list += promises a new list, its code gives the old one.
  if (node.kind === 'aten::add_' && schema.overload === 't') return 0
  const set = schema.returns[k]?.alias?.before[0]
  if (set === undefined || set === '*') return undefined
  const index = schema.args.findIndex((arg) => arg.alias?.isWrite === true && arg.alias.before.includes(set))
  return index === -1 ? undefined : index
}
