// Nested tensors of nn.TransformerEncoder: rows of different lengths, packed where the padding mask says so at run time. The layers give
// every kept token the same numbers on the padded tensor with its mask, so that is what runs; padding becomes what `to_padded_tensor` fills in.
// Answers to forward of torch/nn/modules/transformer.py and aten/src/ATen/native/nested. Other nested tensors stay, and are refused.

import { allNodes, type Block } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantOf } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import { intType, tensorType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { definePass } from './pass.ts'

export const padNestedTensors = definePass({
  name: 'pad-nested-tensors',
  doc: 'Runs transformer layers on padded tensors with their mask where torch packs the rows.',
  run: (graph) => {
    let changed = false
    for (const node of allNodes(graph.block)) if (node.kind === 'aten::_nested_tensor_from_mask' && unpack(node)) changed = true
    return changed
  },
})

interface Packing {
  readonly block: Block
  readonly otherwise: Block
  /** Places among the If's results: the tokens and the padding mask. */
  readonly tokens: number
  readonly mask: number
  /** True where they were packed. */
  readonly flags: readonly Value[]
}

/** `if …: x, mask, packed = nested, None, True` beside `else: x, mask, packed = src, mask, False`. */
function packingOf(nested: Node): Packing | undefined {
  const uses = [...nested.output().uses]
  const block = nested.block!
  const owner = block.owner
  if (uses.length !== 1 || uses[0]!.user !== block.returnNode || owner?.kind !== 'prim::If') return undefined
  const otherwise = owner.blocks.find((other) => other !== block)!
  const tokens = uses[0]!.index
  const places = [...block.returns.keys()]
  const isNone = (value: Value): boolean => value.type.kind === 'None' || constantOf(value) === null
  const mask = places.find((i) => isNone(block.returns[i]!) && otherwise.returns[i]!.type.kind !== 'None')
  // The flag may be a result of the If, or its condition, where they were seen to be one.
  const flags = places
    .filter((i) => constantOf(block.returns[i]!) === true && constantOf(otherwise.returns[i]!) === false)
    .map((i) => owner.output(i))
  if (block === owner.blocks[0]) flags.push(owner.input())
  if (mask === undefined || otherwise.returns[tokens] !== nested.input()) return undefined
  return otherwise.returns[mask]!.node.isBefore(owner) ? { block, otherwise, tokens, mask, flags } : undefined
}

function unpack(nested: Node): boolean {
  const packing = packingOf(nested)
  if (packing === undefined) return false
  const { block, otherwise, tokens, mask, flags } = packing
  const padding = otherwise.returns[mask]!
  for (const flag of flags) for (const node of unpackings(flag)) fillPadding(node, padding)
  block.returnNode.setInput(tokens, otherwise.returns[tokens]!)
  block.returnNode.setInput(mask, padding)
  return true
}

/** What is turned back into a padded tensor where `packed` holds. */
function unpackings(packed: Value): Node[] {
  const found: Node[] = []
  const seen = new Set<Value>()
  const stack = [packed]
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (seen.has(value)) continue
    seen.add(value)
    for (const { user, index } of value.uses) {
      if (user.kind === 'prim::If') found.push(...[...allNodes(user.blocks[0]!)].filter(({ kind }) => kind === 'aten::to_padded_tensor'))
      const owner = user.kind === 'prim::Return' ? user.block!.owner : undefined
      if (owner?.kind === 'prim::If') stack.push(owner.output(index))
    }
  }
  return found
}

/** `to_padded_tensor(x, value, …)` of what was never packed: the mask, not 0 where padding is, says what to fill. */
function fillPadding(node: Node, padding: Value): void {
  const b = Builder.replacing(node)
  const mask = padding.type.kind === 'Tensor' ? padding : b.op('prim::unchecked_cast', [padding], tensorType)
  const isPadding = b.op('aten::ne', [mask, b.constant(0n, intType)], tensorType)
  const wide = b.op('aten::unsqueeze', [isPadding, b.int(-1)], tensorType)
  node.output().replaceAllUsesWith(b.op('aten::masked_fill', [node.input(), wide, node.input(1)], node.output().type))
  node.destroy()
}
