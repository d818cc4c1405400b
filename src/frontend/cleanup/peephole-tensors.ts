// Identities of tensors that need no shapes: transposed twice, numbers that went through a tensor, `+ 0` and `* 1`, the rank of a
// convolution, joins of joins. Answers to torch/csrc/jit/passes/peephole.cpp, peephole_alias_sensitive.cpp and concat_opt.cpp.

import { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import { allNodes } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { schemaOf } from '../../ops/schema-of.ts'

const FROM_TENSOR = new Set(['aten::Float', 'aten::Int', 'aten::FloatImplicit', 'aten::IntImplicit', 'aten::ScalarImplicit'])

export function peepholeConversions(graph: Graph): boolean {
  let changed = false
  for (const node of allNodes(graph.block)) {
    if (node.inputs.length !== 1) continue
    const inner = node.input().node
    const undoes =
      (node.kind === 'aten::t' && inner.kind === 'aten::t') || (FROM_TENSOR.has(node.kind) && inner.kind === 'prim::NumToTensor')
    if (!undoes) continue
    node.output().replaceAllUsesWith(inner.input())
    changed = true
  }
  return changed
}

const CONVOLUTION_RANKS = new Map([
  ['aten::conv1d', 3],
  ['aten::conv2d', 4],
  ['aten::conv3d', 5],
])
/** Operators that give their tensor back for this int as the other operand. */
const NEUTRAL = new Map([
  ['aten::add.Scalar', 0n],
  ['aten::sub.Scalar', 0n],
  ['aten::mul.Scalar', 1n],
])

export function peepholeTensors(graph: Graph): boolean {
  let changed = false
  let aliases: AliasAnalysis | undefined
  for (const node of allNodes(graph.block)) {
    const rank = CONVOLUTION_RANKS.get(node.kind)
    if (rank !== undefined) {
      const asked = [...node.output().uses].filter((use) => use.user.kind === 'aten::dim')
      if (asked.length === 0) continue
      aliases ??= new AliasAnalysis(graph)
      if (aliases.hasWriters(node.output())) continue
      for (const { user } of asked) user.output().replaceAllUsesWith(Builder.replacing(user).int(rank))
      changed = true
    } else if (isNeutral(node)) {
      aliases ??= new AliasAnalysis(graph)
      const [input] = node.inputs
      const output = node.output()
      const leaves = [input!, output].every((value) => graph.outputs.some((result) => aliases!.mayContainAlias(result, value)))
      if (aliases.hasWriters(input!) || aliases.hasWriters(output) || leaves || input!.node.kind === 'prim::Param') continue
      output.replaceAllUsesWith(input!)
      changed = true
    }
  }
  return changed
}

/** Ints only: a float could promote the tensor. */
function isNeutral(node: Node): boolean {
  if (node.kind !== 'aten::add' && node.kind !== 'aten::sub' && node.kind !== 'aten::mul') return false
  const schema = schemaOf(node)
  const neutral = schema === undefined ? undefined : NEUTRAL.get(`${schema.name}.${schema.overload}`)
  if (neutral === undefined || constantOf(node.input(1)) !== neutral) return false
  return node.inputs.length === 2 || constantOf(node.input(2)) === 1n
}

/** `cat([cat([a, b]), c])` along one dim is `cat([a, b, c])`. */
export function combineConcats(graph: Graph): boolean {
  let changed = false
  for (const inner of Array.from(allNodes(graph.block))) {
    const outer = combinableWith(inner)
    if (outer === undefined) continue
    const list = outer.input().node
    const items = list.inputs.flatMap((item) => (item === inner.output() ? inner.input().node.inputs : [item]))
    const joined = Builder.replacing(outer).op('prim::ListConstruct', items, list.output().type)
    outer.setInput(0, joined)
    changed = true
  }
  return changed
}

/** The one cat that takes the result of this one, in a list of its own. */
function combinableWith(node: Node): Node | undefined {
  if (node.kind !== 'aten::cat' || node.input().node.kind !== 'prim::ListConstruct') return undefined
  const only = (n: Node): Node | undefined => (n.output().uses.size === 1 ? [...n.output().uses][0]!.user : undefined)
  const list = only(node)
  if (list?.kind !== 'prim::ListConstruct' || list.block !== node.block) return undefined
  const outer = only(list)
  if (outer?.kind !== 'aten::cat' || outer.block !== node.block) return undefined
  const dim = constantOf(node.input(1))
  return typeof dim === 'bigint' && dim === constantOf(outer.input(1)) ? outer : undefined
}
