// Identities of Python values: None tests that are decided, casts that change nothing, integer arithmetic with constants, `x and True`.
// Answers to torch/csrc/jit/passes/peephole_non_tensor.cpp.

import type { Block } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { isSubtype, unshaped, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { unifyTypes } from '../../ops/schema-unify-types.ts'
import { mustBeNone, mustNotBeNone } from './none-values.ts'

export function peepholeScalars(graph: Graph): boolean {
  return visit(graph.block)
}

function visit(block: Block): boolean {
  let changed = false
  for (const node of block.nodes()) {
    for (const nested of node.blocks) changed = visit(nested) || changed
    changed = replaceNoneOutputs(node) || changed
    changed = (rules.get(node.kind)?.(node) ?? false) || changed
  }
  return changed
}

function replace(node: Node, value: Value): boolean {
  node.output().replaceAllUsesWith(value)
  return true
}
const replaceByBool = (node: Node, value: boolean): boolean => replace(node, Builder.replacing(node).constant(value))

/** An attribute that is None is the constant. */
function replaceNoneOutputs(node: Node): boolean {
  if (node.kind === 'prim::Constant') return false
  let changed = false
  for (const output of node.outputs)
    if (output.type.kind === 'None') {
      output.replaceAllUsesWith(Builder.replacing(node).constant(null))
      changed = true
    }
  return changed
}

function branch(node: Node): boolean {
  const [then, otherwise] = node.blocks as [Block, Block]
  let changed = false
  for (const [i, output] of node.outputs.entries()) {
    // `True if c else False` is c.
    if (output.type.kind === 'bool' && constantOf(then.returns[i]!) === true && constantOf(otherwise.returns[i]!) === false) {
      output.replaceAllUsesWith(node.input())
      changed = true
    }
  }
  for (const [i, output] of node.outputs.entries()) {
    const a = then.returns[i]!.type
    const b = otherwise.returns[i]!.type
    if (output.type.kind !== 'Optional' || a.kind === 'Optional' || b.kind === 'Optional') continue
    const unified = unifyTypes(a, b)
    if (unified !== undefined) {
      output.setType(unified)
      changed = true
    }
  }
  return changed
}

function noneTest(node: Node): boolean {
  const [a, b] = node.inputs as [Value, Value]
  const decided = (mustBeNone(a) && mustNotBeNone(b)) || (mustBeNone(b) && mustNotBeNone(a))
  return decided && replaceByBool(node, node.kind === 'aten::__isnot__')
}

const unwrap = (node: Node): boolean => mustNotBeNone(node.input()) && replace(node, node.input())

const uncheckedCast = (node: Node): boolean =>
  isSubtype(unshaped(node.input().type), unshaped(node.output().type)) && replace(node, node.input())

/** Converting an int to an int. */
const toInt = (node: Node): boolean => node.inputs.length === 1 && node.input().type.kind === 'int' && replace(node, node.input())

const COMPARABLE: ReadonlySet<Type['kind']> = new Set(['bool', 'int', 'float', 'None'])

/** A value equals itself, as far as comparing cannot fail. */
function comparison(node: Node): boolean {
  if (node.inputs.length !== 2 || node.input(0) !== node.input(1)) return false
  const { type } = node.input()
  const isSafe =
    type.kind === 'List'
      ? COMPARABLE.has(type.of.kind)
      : type.kind === 'Dict'
        ? COMPARABLE.has(type.key.kind) && COMPARABLE.has(type.value.kind)
        : COMPARABLE.has(type.kind)
  return isSafe && replaceByBool(node, node.kind === 'aten::eq')
}

/** The constant of integer arithmetic, moved to the second place where the order does not matter. */
function arithmeticConstant(node: Node): bigint | undefined {
  if (node.inputs.length !== 2 || node.inputs.some((input) => input.type.kind !== 'int')) return undefined
  if (node.kind === 'aten::mul' || node.kind === 'aten::add') {
    const first = constantOf(node.input(0))
    if (typeof first === 'bigint') {
      const [a, b] = node.inputs as [Value, Value]
      node.setInput(0, b)
      node.setInput(1, a)
      return first
    }
  }
  const second = constantOf(node.input(1))
  return typeof second === 'bigint' ? second : undefined
}

const product = (node: Node): boolean => arithmeticConstant(node) === 1n && replace(node, node.input(0))

/** Constants of a sum of a sum are added. */
function sum(node: Node): boolean {
  const constant = arithmeticConstant(node)
  if (constant === undefined) return false
  if (constant === 0n) return replace(node, node.input(0))
  const inner = node.input(0).node
  if (inner.kind !== 'aten::add' && inner.kind !== 'aten::sub') return false
  const delta = arithmeticConstant(inner)
  if (delta === undefined) return false
  const merged = inner.kind === node.kind ? constant + delta : constant - delta
  if (merged === 0n) return replace(node, inner.input(0))
  if (BigInt.asIntN(64, merged) !== merged) return false
  node.setInput(0, inner.input(0))
  node.setInput(1, Builder.replacing(node).constant(merged))
  return true
}

const rules = new Map<string, (node: Node) => boolean>([
  ['prim::If', branch],
  ['aten::__is__', noneTest],
  ['aten::__isnot__', noneTest],
  ['prim::unchecked_unwrap_optional', unwrap],
  ['aten::_unwrap_optional', unwrap],
  ['prim::unchecked_cast', uncheckedCast],
  ['aten::Int', toInt],
  ['aten::ceil', toInt],
  ['aten::eq', comparison],
  ['aten::ne', comparison],
  ['aten::mul', product],
  ['aten::floordiv', product],
  ['aten::add', sum],
  ['aten::sub', sum],
])
