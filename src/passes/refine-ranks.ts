// What a test of a rank tells inside its branches: in the branch that runs when `x.dim() == 4`, x has four axes. Facts belong to values, so
// x gets another name there, as torch's own refinement of Optionals gives it one (prim::unchecked_cast). Not in torch's own layers: they take
// inputs without a batch besides, which most models never have; there the rank with one is assumed.

import type { Facts } from '../analysis/facts.ts'
import { isTorchCode } from '../diagnostics/source-range.ts'
import { allNodes, type Block } from '../ir/block.ts'
import { constantOf } from '../ir/constant.ts'
import { tensorTypeOf } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { factsOf } from './graph-facts.ts'
import { definePass } from './pass.ts'

/** Of a tensor that the branch knows to be of this rank. */
interface Known {
  readonly tensor: Value
  readonly rank: number
}

// Conditions of `and`, `or` and `not` nest as their source does.
const MAX_DEPTH = 8
// No tensor has more axes.
const MAX_RANK = 64

export const refineRanks = definePass({
  name: 'refine-ranks',
  doc: 'Tells the branches of a test of a rank which rank it is there.',
  run: (graph, context) => {
    if (context.mutable === true) return false
    const facts = factsOf(graph, context)
    let changed = false
    for (const node of allNodes(graph.block)) {
      if (node.kind === 'prim::OfRank') changed = dropped(node.output(), node.input(), facts) || changed
      if (node.kind !== 'prim::If' || isTorchCode(node.range) || facts.of(node.input()).value !== undefined) continue
      for (const [i, block] of node.blocks.entries())
        for (const { tensor, rank } of told(node.input(), i === 0, 0)) {
          if (facts.of(tensor).dims === undefined && facts.has(tensor)) changed = refined(block, tensor, rank) || changed
        }
    }
    return changed
  },
})

/** The other name is not needed once the rank is known by other means. */
function dropped(output: Value, input: Value, facts: Facts): boolean {
  if (facts.of(input).dims === undefined) return false
  output.replaceAllUsesWith(input)
  output.node.destroy()
  return true
}

/** Gives `tensor` its rank in a block. */
function refined(block: Block, tensor: Value, rank: number): boolean {
  const inside = [...tensor.uses].filter(({ user }) => user.kind !== 'prim::OfRank' && isWithin(user.block, block))
  if (inside.length === 0) return false
  const dtype = tensor.type.kind === 'Tensor' ? tensor.type.dtype : undefined
  const dims = Array.from({ length: rank }, () => null)
  const node = block.graph.create('prim::OfRank', [tensor], [tensorTypeOf(dtype, dims)], [['rank', BigInt(rank)]])
  node.copyMetadata(block.owner!)
  block.prepend(node)
  for (const { user, index } of inside) user.setInput(index, node.output())
  return true
}

function isWithin(block: Block | undefined, outer: Block): boolean {
  for (let at = block; at !== undefined; at = at.owner?.block) if (at === outer) return true
  return false
}

/** What a condition tells when it is `holds`. */
function told(condition: Value, holds: boolean, depth: number): readonly Known[] {
  const { node, index } = condition
  if (depth > MAX_DEPTH) return []
  switch (node.kind) {
    case 'aten::__not__':
      return told(node.input(), !holds, depth + 1)
    case 'aten::eq':
    case 'aten::ne':
      return holds === (node.kind === 'aten::eq') && node.inputs.length === 2 ? compared(node.input(0), node.input(1)) : []
    case 'prim::If': {
      // `a and b` is b where a holds, else False; `a or b` is True where a holds, else b. A flag of its own is b = True or False.
      const [then, otherwise] = node.blocks.map((block) => block.returns[index]!) as [Value, Value]
      const [a, b] = [constantOf(then), constantOf(otherwise)]
      if (b === !holds && typeof a !== 'boolean') return [...told(node.input(), true, depth + 1), ...told(then, holds, depth + 1)]
      if (a === !holds && typeof b !== 'boolean') return [...told(node.input(), false, depth + 1), ...told(otherwise, holds, depth + 1)]
      return typeof a === 'boolean' && typeof b === 'boolean' && a !== b ? told(node.input(), a === holds, depth + 1) : []
    }
    default:
      return []
  }
}

/** `x.dim() == 2`, `len(x.shape) == 2`, either way round. */
function compared(a: Value, b: Value): readonly Known[] {
  const [left, right] = [constantOf(a), constantOf(b)]
  const [rank, of] = typeof right === 'bigint' ? [right, a] : [left, b]
  if (typeof rank !== 'bigint' || rank < 0n || rank > MAX_RANK) return []
  const tensor = measured(of)
  return tensor?.type.kind === 'Tensor' ? [{ tensor, rank: Number(rank) }] : []
}

/** The tensor whose rank a number is. */
function measured({ node }: Value): Value | undefined {
  if (node.kind === 'aten::dim') return node.input()
  const sizes = node.kind === 'aten::len' ? node.input().node : undefined
  return sizes?.kind === 'aten::size' && sizes.inputs.length === 1 ? sizes.input() : undefined
}
