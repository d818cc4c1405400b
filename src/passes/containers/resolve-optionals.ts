// The last resort for an Optional of run time. Where some value does what None does, the operator gets that one in its place; else it runs
// in a branch of its own, once for the value and once for None.

import type { Facts } from '../../analysis/facts.ts'
import type { Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { cloneNode, type ValueMap } from '../../ir/clone.ts'
import type { Node } from '../../ir/node.ts'
import { scalarTypeInfo } from '../../ir/scalar-type.ts'
import { intType, tensorTypeOf } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Fact } from '../../ops/fact.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import { factsOf } from '../graph-facts.ts'
import { definePass } from '../pass.ts'

export const resolveOptionals = definePass({
  name: 'resolve-optionals',
  doc: 'Runs operators on an Optional with a value that does what None does, or in one branch for its value and one for None.',
  run: (graph, context) => {
    const found: Node[] = []
    const visit = (block: Block): void => {
      for (const node of block.nodes()) {
        for (const nested of node.blocks) visit(nested)
        if (optionalOf(node) !== -1 && schemaOf(node) !== undefined && !node.kind.startsWith('prim::')) found.push(node)
      }
    }
    visit(graph.block)
    if (found.length === 0) return false
    const facts = factsOf(graph, context)
    for (const node of found) if (!filledIn(node, facts)) branch(node, optionalOf(node))
    return true
  },
})

const optionalOf = (node: Node): number => node.inputs.findIndex((value) => value.node.kind === 'prim::MakeOptional')

/** What an argument may be in place of None. `of`: what is known of the value that there is otherwise. */
type Neutral = (node: Node, of: Fact, facts: Facts, b: Builder) => Value | undefined

/** As many axes as the value has: one element, the same for all. */
function filled(of: Fact, fill: boolean | number, b: Builder): Value | undefined {
  if (of.dtype === undefined) return undefined
  const ones = (of.dims ?? [null, null]).map(() => b.int(1))
  const none = b.none()
  return b.op(
    'aten::full',
    [b.list(ones, intType), b.constant(fill), b.int(scalarTypeInfo(of.dtype).code), none, none, none],
    tensorTypeOf(
      of.dtype,
      ones.map(() => 1),
    ),
  )
}

/** A mask of the fused layers says who is left out: nobody. */
const nobodyLeftOut: Neutral = (_, of, _facts, b) => filled(of, of.dtype === 'bool' ? false : 0, b)
/** A mask of one [L, S] for all. */
const sharedMask: Neutral = (_node, _of, _facts, b) => b.int(0)
/** A mask of bools says who takes part, one of numbers is added. A mask beside `is_causal` is an error, and None is none. */
const everyoneTakesPart: Neutral = (node, of, facts, b) =>
  facts.of(node.input(5)).value === false ? filled(of, of.dtype === 'bool' ? true : 0, b) : undefined

/** By operator and place of the argument. */
const NEUTRAL: ReadonlyMap<string, ReadonlyMap<number, Neutral>> = new Map([
  [
    'aten::_transformer_encoder_layer_fwd',
    new Map([
      [18, nobodyLeftOut],
      [19, sharedMask],
    ]),
  ],
  [
    'aten::_native_multi_head_attention',
    new Map([
      [9, nobodyLeftOut],
      [12, sharedMask],
    ]),
  ],
  ['aten::scaled_dot_product_attention', new Map([[3, everyoneTakesPart]])],
])

/** Gives every Optional of the node that can have one the value that does what None does. */
function filledIn(node: Node, facts: Facts): boolean {
  let changed = false
  for (const [at, neutral] of NEUTRAL.get(node.kind) ?? []) {
    const { node: optional } = node.input(at)
    if (optional.kind !== 'prim::MakeOptional') continue
    const b = Builder.replacing(node)
    const [present, value] = optional.inputs as [Value, Value]
    const instead = neutral(node, facts.of(value), facts, b)
    if (instead === undefined) continue
    const condition = b.if(present, [value.type])
    condition.blocks[0]!.addReturn(value)
    condition.blocks[1]!.addReturn(instead)
    node.setInput(at, condition.output())
    changed = true
  }
  return changed
}

function branch(node: Node, at: number): void {
  const b = Builder.replacing(node)
  const optional = node.input(at).node
  const condition = b.if(
    optional.input(0),
    node.outputs.map(({ type }) => type),
  )
  for (const [i, block] of condition.blocks.entries()) {
    const inner = Builder.atEnd(block)
    const map: ValueMap = new Map([[node.input(at), i === 0 ? optional.input(1) : inner.none()]])
    const copy = block.append(cloneNode(node, node.graph, map))
    for (const output of copy.outputs) block.addReturn(output)
  }
  node.outputs.forEach((output, i) => output.replaceAllUsesWith(condition.output(i)))
  node.destroy()
}
