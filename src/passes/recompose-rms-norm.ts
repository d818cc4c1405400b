// Normalisation over the last axis that a model spells by hand becomes torch's own operator: x·rsqrt(mean(x²) + ε)·w is RMSNorm.
// As T5 and Llama write it; in float32, where the casts that they write are gone. What it becomes answers to torch.nn.functional.rms_norm.

import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { constantList, constantOf } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import { intType } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { Facts } from '../analysis/facts.ts'
import { factsOf } from './graph-facts.ts'
import { definePass } from './pass.ts'
import { numberOf, polynomialOf } from './polynomial.ts'

const PASS = 'recompose-rms-norm'

export const recomposeRmsNorm = definePass({
  name: PASS,
  doc: 'x·rsqrt(mean(x²) + ε)·w spelled by hand is RMSNorm.',
  optional: true,
  run: (graph, context) => {
    let changed = false
    const facts = factsOf(graph, context)
    const candidates = [...allNodes(graph.block)].filter(({ kind }) => kind === 'aten::mul' || kind === 'aten::div')
    for (const node of candidates) {
      const found = normalised(node, facts)
      if (found === undefined) continue
      const { x, epsilon } = found
      const { dtype, dims } = facts.of(x)
      const width = dims?.at(-1)
      const reason =
        dtype !== 'float32'
          ? `the values are ${dtype ?? 'of a dtype that is not known'}, not float32`
          : typeof width !== 'number'
            ? 'the extent of the last axis is not known'
            : undefined
      if (reason !== undefined) {
        context.missed.push({ pass: PASS, reason, ...(node.range === undefined ? {} : { range: node.range }) })
        continue
      }
      const last = weighted(node, width as number, facts)
      const b = Builder.replacing(last?.node ?? node)
      const inputs = [x, b.list([b.int(width as number)], intType), last?.weight ?? b.none(), b.constant(epsilon)]
      const result = (last?.node ?? node).output()
      result.replaceAllUsesWith(b.op('aten::rms_norm', inputs, result.type))
      changed = true
    }
    return changed
  },
})

/** The product with a vector behind it, when that is all that reads the result. */
function weighted(node: Node, width: number, facts: Facts): { readonly node: Node; readonly weight: Value } | undefined {
  const [use] = node.output().uses
  if (use === undefined || node.output().uses.size > 1 || use.user.kind !== 'aten::mul' || use.user.block !== node.block) return undefined
  const weight = use.user.input(0) === node.output() ? use.user.input(1) : use.user.input(0)
  const { dtype, dims } = facts.of(weight)
  return dtype === 'float32' && dims?.length === 1 && dims[0] === width ? { node: use.user, weight } : undefined
}

/** x·(mean(x², −1, keepdim) + ε)^−½, as a product or as a quotient. */
function normalised(node: Node, facts: Facts): { readonly x: Value; readonly epsilon: number } | undefined {
  if (node.inputs.length !== 2) return undefined
  const [a, b] = node.inputs as [Value, Value]
  for (const [x, other] of node.kind === 'aten::mul'
    ? ([
        [a, b],
        [b, a],
      ] as const)
    : ([[a, b]] as const)) {
    const power = node.kind === 'aten::mul' ? inverseRoot(other) : rootOf(other)
    const epsilon = power === undefined ? undefined : squareMean(power, x, facts)
    if (epsilon !== undefined) return { x, epsilon }
  }
  return undefined
}

const isPow = (node: Node, exponent: number): boolean => node.kind === 'aten::pow' && numberOf(node.input(1)) === exponent

const rootOf = ({ node }: Value): Value | undefined => (node.kind === 'aten::sqrt' || isPow(node, 0.5) ? node.input() : undefined)

function inverseRoot({ node }: Value): Value | undefined {
  if (node.kind === 'aten::rsqrt' || isPow(node, -0.5)) return node.input()
  if (node.kind === 'aten::reciprocal') return rootOf(node.input())
  return node.kind === 'aten::div' && node.inputs.length === 2 && numberOf(node.input(0)) === 1 ? rootOf(node.input(1)) : undefined
}

/** ε, where `value` is mean(x², −1, keepdim) + ε. */
function squareMean(value: Value, x: Value, facts: Facts): number | undefined {
  const { node } = value
  if (node.kind !== 'aten::add' || (node.inputs.length > 2 && numberOf(node.input(2)) !== 1)) return undefined
  const [mean, epsilon] =
    numberOf(node.input(1)) === undefined ? [node.input(1), numberOf(node.input(0))] : [node.input(0), numberOf(node.input(1))]
  if (epsilon === undefined || mean.node.kind !== 'aten::mean' || mean.node.inputs.length !== 4) return undefined
  const [square, axes, keep, dtype] = mean.node.inputs as [Value, Value, Value, Value]
  const rank = facts.of(x).dims?.length
  const [axis, ...more] = constantList(axes) ?? []
  if (more.length > 0 || (axis !== -1n && (rank === undefined || axis !== BigInt(rank - 1)))) return undefined
  if (constantOf(keep) !== true || constantOf(dtype) !== null) return undefined
  const polynomial = polynomialOf(square, x)
  return polynomial?.length === 3 && polynomial[0] === 0 && polynomial[1] === 0 && polynomial[2] === 1 ? epsilon : undefined
}
