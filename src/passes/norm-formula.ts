// What normalisations over the last axis are made of, however they are spelled: the mean, the inverse root of a power and ε, the weight behind.
// Answers to torch.nn.functional.layer_norm and rms_norm; which of the two a formula is, the passes tell.

import type { Facts } from '../analysis/facts.ts'
import { constantList, constantOf } from '../ir/constant.ts'
import type { Node } from '../ir/node.ts'
import type { Value } from '../ir/value.ts'
import { alphaOf, numberOf, polynomialOf } from './polynomial.ts'

/** A value that something follows, alone: the node behind, and its other operand. */
export interface Behind {
  readonly node: Node
  readonly vector: Value
}

/** The product or sum with a vector of `width` behind `node`, when that is all that reads its result. */
export function vectorBehind(node: Node, kind: 'aten::mul' | 'aten::add', width: number, facts: Facts): Behind | undefined {
  const [use] = node.output().uses
  if (use === undefined || node.output().uses.size > 1 || use.user.kind !== kind || use.user.block !== node.block) return undefined
  if (alphaOf(use.user) !== 1) return undefined
  const vector = use.user.input(0) === node.output() ? use.user.input(1) : use.user.input(0)
  return isVector(vector, width, facts) ? { node: use.user, vector } : undefined
}

/** A vector of `width` floats. */
export function isVector(value: Value, width: number, facts: Facts): boolean {
  const { dtype, dims } = facts.of(value)
  return dtype === 'float32' && dims?.length === 1 && dims[0] === width
}

/** Where `node` is x·p^−½ or x/√p: x and p. Both orders of a product. */
export function* rootQuotients(node: Node): Generator<readonly [x: Value, power: Value]> {
  if (node.inputs.length !== 2) return
  const [a, b] = node.inputs as [Value, Value]
  const under = (value: Value): Value | undefined => (node.kind === 'aten::mul' ? inverseRoot(value) : rootOf(value))
  const [left, right] = [node.kind === 'aten::mul' ? under(a) : undefined, under(b)]
  if (right !== undefined) yield [a, right]
  if (left !== undefined) yield [b, left]
}

const isPow = (node: Node, exponent: number): boolean => node.kind === 'aten::pow' && numberOf(node.input(1)) === exponent

const rootOf = ({ node }: Value): Value | undefined => (node.kind === 'aten::sqrt' || isPow(node, 0.5) ? node.input() : undefined)

function inverseRoot({ node }: Value): Value | undefined {
  if (node.kind === 'aten::rsqrt' || isPow(node, -0.5)) return node.input()
  if (node.kind === 'aten::reciprocal') return rootOf(node.input())
  return node.kind === 'aten::div' && node.inputs.length === 2 && numberOf(node.input(0)) === 1 ? rootOf(node.input(1)) : undefined
}

/** Where `value` is p + ε: p and ε. */
export function withEpsilon({ node }: Value): { readonly power: Value; readonly epsilon: number } | undefined {
  if (node.kind !== 'aten::add' || alphaOf(node) !== 1) return undefined
  for (const [power, number] of [
    [node.input(0), numberOf(node.input(1))],
    [node.input(1), numberOf(node.input(0))],
  ] as const)
    if (number !== undefined) return { power, epsilon: number }
  return undefined
}

/** True when `axes` is the last axis of `x`, and no other. */
export function isLastAxis(axes: Value, x: Value, facts: Facts): boolean {
  const rank = facts.of(x).dims?.length
  const [axis, ...more] = constantList(axes) ?? []
  return more.length === 0 && (axis === -1n || (axis !== undefined && rank !== undefined && axis === BigInt(rank - 1)))
}

/** What `value` is the mean of, over the last axis of `x`, which stays as 1. */
export function lastMeanOf({ node }: Value, x: Value, facts: Facts): Value | undefined {
  if (node.kind !== 'aten::mean' || node.inputs.length !== 4) return undefined
  const [of, axes, keep, dtype] = node.inputs as [Value, Value, Value, Value]
  return isLastAxis(axes, x, facts) && constantOf(keep) === true && constantOf(dtype) === null ? of : undefined
}

/** True when `value` is mean(x²) over the last axis. */
export function isSquareMean(value: Value, x: Value, facts: Facts): boolean {
  const square = lastMeanOf(value, x, facts)
  const polynomial = square === undefined ? undefined : polynomialOf(square, x)
  return polynomial?.length === 3 && polynomial[0] === 0 && polynomial[1] === 0 && polynomial[2] === 1
}
