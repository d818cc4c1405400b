// Containers at the borders of control flow: what a branch gives or a loop carries is split into its parts, each a value of its own, and
// put together again behind. Constructions and unpackings then cancel out. Mirrors torch/csrc/jit/passes/lower_tuples.cpp.

import { join } from '../../analysis/facts-lattice.ts'
import { Builder } from '../../ir/builder.ts'
import type { Block } from '../../ir/block.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Node } from '../../ir/node.ts'
import { boolType, intType, listOf, typesEqual, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Fact } from '../../ops/fact.ts'
import { factsOf } from '../graph-facts.ts'
import { definePass } from '../pass.ts'
import { MAX_PARTS, type Dissolving } from './container-row.ts'
import { listItems } from './list-rows.ts'
import { choose, codeOf, hasValue, makeOptional, valueOf } from './optional-nodes.ts'
import { rowType, unzipList, zipLists } from './zip-rows.ts'

/** How values of one type come apart and together. */
interface Split {
  readonly types: readonly Type[]
  readonly take: (b: Builder, value: Value) => readonly Value[]
  readonly build: (b: Builder, parts: readonly Value[]) => Value
}

export const splitContainers = definePass({
  name: 'split-containers',
  doc: 'Lets branches give, and loops carry, the parts of containers instead of the containers.',
  run: (graph, context) => {
    if (context.mutable === true) return false
    const at: Dissolving = { facts: factsOf(graph, context), context }
    let changed = false
    const visit = (block: Block): void => {
      for (const node of block.nodes()) {
        for (const nested of node.blocks) visit(nested)
        if (node.kind === 'prim::If') changed = splitIf(node, at) || changed
        else if (node.kind === 'prim::Loop') changed = splitLoop(node, at) || changed
      }
    }
    visit(graph.block)
    return changed
  },
})

function splitOf(type: Type, fact: Fact, at: Dissolving): Split | undefined {
  if (fact.value !== undefined) return undefined
  switch (type.kind) {
    case 'Tuple':
      return {
        types: type.of,
        take: (b, value) =>
          value.node.kind === 'prim::TupleConstruct' ? value.node.inputs : b.node('prim::TupleUnpack', [value], type.of).outputs,
        build: (b, parts) => b.tuple(parts, type),
      }
    case 'List': {
      const length = fact.items?.length
      if (length === undefined || length > MAX_PARTS) return splitRows(type)
      const types = Array.from({ length }, () => type.of)
      return {
        types,
        take: (b, value) => {
          const items = listItems(value, b, at)
          return items?.length === length ? items : b.node('prim::ListUnpack', [value], types).outputs
        },
        build: (b, parts) => b.list(parts, type.of),
      }
    }
    case 'Dict': {
      const { entries } = fact
      if (entries === undefined || entries.length > MAX_PARTS) return undefined
      return {
        types: entries.map(() => type.value),
        take: (b, value) => entries.map(([key]) => b.op('aten::__getitem__', [value, b.constant(key)], type.value)),
        build: (b, parts) =>
          b.op(
            'prim::DictConstruct',
            parts.flatMap((part, i) => [b.constant(entries[i]![0]), part]),
            type,
          ),
      }
    }
    case 'Optional':
      if (fact.present === true)
        return { types: [type.of], take: (b, value) => [valueOf(b, value, type.of)], build: (_, parts) => parts[0]! }
      return {
        types: [boolType, type.of],
        take: (b, value) => {
          const present = hasValue(b, value)
          // Where it is known to be None, the value that it would have is dead: it must not decide dtype and shape.
          return [present, isFalseAt(present, b) ? b.op('prim::Uninitialized', [], type.of) : valueOf(b, value, type.of)]
        },
        build: (b, parts) => makeOptional(b, parts[0]!, parts[1]!, type),
      }
    case 'str':
    case 'Enum':
    case 'Device':
      return { types: [intType], take: (b, value) => [codeOf(b, value)], build: (b, parts) => choose(b, parts[0]!, type) }
    default:
      return undefined
  }
}

/** A list of tuples of any length: one list for each part. */
function splitRows(type: Type): Split | undefined {
  const of = rowType(type)
  if (of === undefined) return undefined
  return { types: of.of.map(listOf), take: (b, value) => unzipList(b, value, of), build: (b, parts) => zipLists(b, parts, type) }
}

/** A bool that is false where the builder stands: a constant, or the condition of a branch not taken. */
function isFalseAt(value: Value, b: Builder): boolean {
  if (constantOf(value) === false) return true
  for (let block = b.point.block; block?.owner !== undefined; block = block.owner.block)
    if (block.owner.kind === 'prim::If' && block.owner.input() === value && block.owner.blocks[1] === block) return true
  return false
}

function splitIf(node: Node, at: Dissolving): boolean {
  let changed = false
  for (let i = node.outputs.length - 1; i >= 0; i--) {
    const output = node.output(i)
    if (!output.hasUses) continue
    narrow(
      output,
      node.blocks.map((block) => block.returns[i]!),
    )
    const split = splitOf(output.type, at.facts.of(output), at)
    if (split === undefined) continue
    for (const block of node.blocks) {
      const parts = split.take(Builder.atEnd(block), block.returns[i]!)
      for (const part of parts) block.addReturn(part)
      block.returnNode.removeInput(i)
    }
    const parts = split.types.map((type) => node.addOutput(type))
    output.replaceAllUsesWith(split.build(behind(node), parts))
    node.eraseOutput(i)
    changed = true
  }
  return changed
}

function splitLoop(node: Node, at: Dissolving): boolean {
  const body = node.blocks[0]!
  let changed = false
  for (let i = node.outputs.length - 1; i >= 0; i--) {
    const [output, param] = [node.output(i), body.params[i + 1]!]
    if (!output.hasUses && !param.hasUses) continue
    const split = splitOf(param.type, join(at.facts.of(param), at.facts.of(output)), at)
    if (split === undefined) continue
    for (const part of split.take(new Builder(node), node.input(i + 2))) node.addInput(part)
    node.removeInput(i + 2)
    for (const part of split.take(Builder.atEnd(body), body.returns[i + 1]!)) body.addReturn(part)
    body.returnNode.removeInput(i + 1)
    const params = split.types.map((type) => body.addParam(type))
    param.replaceAllUsesWith(split.build(new Builder(body.paramNode.next!), params))
    body.paramNode.eraseOutput(i + 1)
    const parts = split.types.map((type) => node.addOutput(type))
    output.replaceAllUsesWith(split.build(behind(node), parts))
    node.eraseOutput(i)
    changed = true
  }
  return changed
}

const behind = (node: Node): Builder => new Builder(node.next!)

/** A result declared as Any or Union, of which all sides agree on one type. */
function narrow(output: Value, sides: readonly Value[]): void {
  if (output.type.kind !== 'Any' && output.type.kind !== 'Union') return
  const isDead = ({ node }: Value): boolean => node.kind === 'prim::Uninitialized'
  const types = sides.filter((side) => !isDead(side)).map(({ type }) => type)
  const [type] = types
  if (type === undefined || !types.every((other) => typesEqual(other, type))) return
  for (const side of sides) if (isDead(side)) side.type = type
  output.type = type
}
