// An axis that a tensor of this rank does not have: such code raises in PyTorch whenever it runs, and no graph of it loads. Tells variants of
// a region apart that can be from those that cannot. c10/core/WrapDimMinimal.h: a 0-d tensor counts as one of rank 1, where nothing is cut.

import { allNodes } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { Node } from '../ir/node.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { fail } from '../diagnostics/compile-error.ts'
import type { Facts } from '../analysis/facts.ts'

const AXES = new Set(['dim', 'dim0', 'dim1', 'dims', 'dimension', 'start_dim', 'end_dim'])
/** Their axes are those of the result, or of another argument. */
const OF_RESULT = new Set(['aten::unsqueeze', 'aten::diag_embed', 'aten::stack', 'aten::expand_dims', 'aten::unflatten'])
/** Ranks below which there is nothing to work on. */
const LEAST_RANKS = new Map([
  ['aten::select', 1],
  ['aten::slice', 1],
  ['aten::size', 1],
  ['aten::unfold', 1],
  ['aten::narrow', 1],
  ['aten::matmul', 1],
  ['aten::triu', 2],
  ['aten::tril', 2],
  ['aten::bmm', 3],
  ['aten::mm', 2],
])

/** Operators on so many axes behind batch and channels: resampling takes both of these, the others may lack the batch. */
const SPATIAL =
  /^aten::(?:(_?upsample_\w*?)|conv(?:_transpose)?|(?:adaptive_)?(?:max|avg)_pool|lp_pool|(?:reflection|replication)_pad)([123])d(?:_aa|_with_indices)?$/

/** Throws PT3121 for the first operator with an axis that is not there. */
export function checkAxes(graph: Graph, facts: Facts): void {
  for (const node of allNodes(graph.block)) {
    if (JOINS.has(node.kind)) checkJoined(node, facts)
    const rank = rankOf(node, facts)
    if (rank === undefined) continue
    const place = node.range === undefined ? {} : { range: node.range }
    if (!isSpatial(node, rank)) fail('PT3121', `${node.kind} does not take a tensor of rank ${rank}.`, place)
    if (!isBeyond(node, rank, facts)) continue
    fail('PT3121', `${node.kind} asks for an axis that a tensor of rank ${rank} does not have.`, place)
  }
}

function isSpatial({ kind }: Node, rank: number): boolean {
  const [, isUpsampling, axes] = SPATIAL.exec(kind) ?? []
  if (axes === undefined) return true
  return rank === Number(axes) + 2 || (isUpsampling === undefined && rank === Number(axes) + 1)
}

const JOINS = new Set(['aten::cat', 'aten::concat', 'aten::concatenate', 'aten::stack'])

/** ATen/native/TensorShape.cpp: check_cat_no_zero_dim, check_stack_inputs. */
function checkJoined(node: Node, facts: Facts): void {
  const ranks = (facts.of(node.input(0)).items ?? []).map(({ dims }) => dims)
  const place = node.range === undefined ? {} : { range: node.range }
  if (node.kind === 'aten::stack') {
    const known = new Set(ranks.flatMap((dims) => (dims === undefined ? [] : dims.length)))
    if (known.size > 1) fail('PT3121', `stack expects each tensor to be equal size, but got ranks ${[...known].join(' and ')}`, place)
    return
  }
  const at = ranks.findIndex((dims) => dims?.length === 0)
  if (at !== -1) fail('PT3121', `zero-dimensional tensor (at position ${at}) cannot be concatenated`, place)
}

function rankOf(node: Node, facts: Facts): number | undefined {
  const self = node.inputs[0]
  return self?.type.kind === 'Tensor' ? facts.of(self).dims?.length : undefined
}

function isBeyond(node: Node, rank: number, facts: Facts): boolean {
  if (rank < (LEAST_RANKS.get(node.kind) ?? 0) && (node.kind !== 'aten::size' || node.inputs.length === 2)) return true
  if (OF_RESULT.has(node.kind)) return false
  const extent = Math.max(rank, 1)
  return (schemaOf(node)?.args ?? []).some(({ name }, i) => {
    const input = AXES.has(name) ? node.inputs[i] : undefined
    const value = input === undefined ? undefined : facts.of(input).value
    const axes = value !== null && typeof value === 'object' && value.kind === 'list' ? value.items : [value]
    return axes.some((axis) => typeof axis === 'bigint' && (axis >= BigInt(extent) || axis < BigInt(-extent)))
  })
}
