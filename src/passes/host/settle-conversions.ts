// Conversions of tensors that are written: `to`, `type_as`, `float()` give the argument itself when it has the dtype already, and a copy otherwise;
// `contiguous`, `reshape`, `flatten` give a view of a tensor that is contiguous; a dropout that drops nothing gives its argument. What is known
// at build time is decided here, or a branch decides, so that every name of a tensor is known as one.
// Answers to ATen/native/TensorConversions.cpp and TensorShape.cpp.

import { AliasAnalysis } from '../../analysis/alias-analysis.ts'
import type { Facts } from '../../analysis/facts.ts'
import { allNodes } from '../../ir/block.ts'
import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import { scalarTypeOfCode, type ScalarType } from '../../ir/scalar-type.ts'
import { boolType, intType, tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { isContiguousValue } from '../remove-mutation/layout-facts.ts'
import { reshaping } from '../remove-mutation/writes.ts'

const CONVERSIONS: ReadonlySet<string> = new Set(['aten::to', 'aten::type_as'])

/** Conversions whose argument or result some operator writes. */
export function contestedConversions(graph: Graph): Node[] {
  const nodes = [...allNodes(graph.block)].filter(isConversion)
  if (nodes.length === 0) return []
  const alias = new AliasAnalysis(graph)
  const isInOrder = (value: Value): boolean =>
    isContiguousValue(value, inputsOf) && !alias.writers(value).some(({ kind }) => reshaping.has(kind))
  return nodes.filter((node) => alias.hasWriters(node.output()) && (!LAYOUTS.has(node.kind) || isInOrder(node.input())))
}

const inputsOf = (node: Node): readonly Value[] => node.inputs
/** Views of what is contiguous, by another name: which one. */
const LAYOUTS: ReadonlyMap<string, string | undefined> = new Map([
  ['aten::contiguous', undefined],
  ['aten::reshape', 'aten::view'],
  ['aten::reshape_as', 'aten::view_as'],
  ['aten::ravel', 'aten::view'],
])

const DROPOUTS: ReadonlySet<string> = new Set(
  ['dropout', 'feature_dropout', 'alpha_dropout', 'feature_alpha_dropout'].map((name) => `aten::${name}`),
)

/** One that looks at nothing but dtypes or the layout, or does nothing. */
function isConversion(node: Node): boolean {
  if (LAYOUTS.has(node.kind)) return true
  if (DROPOUTS.has(node.kind)) return constantOf(node.input(2)) === false
  if (!CONVERSIONS.has(node.kind) || node.inputs[0]!.type.kind !== 'Tensor') return false
  const isOneOf = (name: string, ...values: unknown[]): boolean => {
    const input = node.namedInput(name)
    return input === undefined || values.includes(constantOf(input))
  }
  return isOneOf('copy', false, true) && isOneOf('memory_format', null)
}

/** What a conversion gives: its argument, a copy of it, or what its dtype decides when it runs. */
export type Decision = 'argument' | 'copy' | 'dtype'

/** Decides each conversion of `contestedConversions(graph)`. The graph is of no use any more. */
export function decideConversions(graph: Graph, factsOf: (graph: Graph) => Facts): Decision[] {
  // As copies at first: what is known of a result must not be taken for what is known of the argument, which it may share its memory with.
  const copies = contestedConversions(graph).map((node) => {
    if (!CONVERSIONS.has(node.kind)) return undefined
    const { dtype, other } = targetOf(node)
    const given = other === undefined ? dtype : Builder.replacing(node).op('prim::dtype', [other], intType)
    const copy = copyOf(Builder.replacing(node), node.input(), given)
    node.output().replaceAllUsesWith(copy)
    const isCopied = constantOf(node.namedInput('copy') ?? node.input()) === true
    node.destroy()
    return { copy: copy.node, given, other, isCopied }
  })
  const facts = factsOf(graph)
  return copies.map((made) => {
    if (made === undefined) return 'argument'
    const { copy, given, other, isCopied } = made
    if (isCopied) return 'copy'
    if (given === undefined || constantOf(given) === null) return 'argument'
    const from = facts.of(copy.input()).dtype
    const to = other === undefined ? dtypeFrom(given, facts) : facts.of(given.node.input()).dtype
    return from === undefined || to === undefined ? 'dtype' : from === to ? 'argument' : 'copy'
  })
}

/** Puts the argument, a copy, or a choice of the two in the place of each conversion. */
export function settleConversions(graph: Graph, decisions: readonly Decision[]): void {
  for (const [i, node] of contestedConversions(graph).entries()) {
    const result = settled(Builder.replacing(node), node, decisions[i]!)
    node.output().replaceAllUsesWith(result)
    node.destroy()
  }
}

function settled(b: Builder, node: Node, decision: Decision): Value {
  const self = node.input()
  if (LAYOUTS.has(node.kind)) {
    const view = LAYOUTS.get(node.kind)
    const sizes = node.kind === 'aten::ravel' ? [b.list([b.int(-1)], intType)] : node.inputs.slice(1)
    return view === undefined ? self : b.op(view, [self, ...sizes], tensorType)
  }
  if (decision === 'argument') return self
  const { dtype, other } = targetOf(node)
  const given = other === undefined ? dtype : b.op('prim::dtype', [other], intType)
  if (decision === 'copy' || given === undefined) return copyOf(b, self, given)
  const choice = b.if(b.op('aten::eq', [b.op('prim::dtype', [self], intType), given], boolType), [tensorType])
  const [same, different] = choice.blocks
  same!.addReturn(self)
  different!.addReturn(copyOf(Builder.atEnd(different!), self, given))
  return choice.output()
}

const targetOf = (node: Node): { readonly dtype: Value | undefined; readonly other: Value | undefined } => ({
  dtype: node.namedInput('dtype'),
  other: node.namedInput('other'),
})

const copyOf = (b: Builder, self: Value, dtype: Value | undefined): Value =>
  b.op('aten::_to_copy', [self, dtype ?? b.none(), b.none(), b.none(), b.none(), b.bool(false), b.none()], tensorType)

function dtypeFrom(dtype: Value, facts: Facts): ScalarType | undefined {
  const number = constantOf(dtype) ?? facts.of(dtype).value
  return typeof number === 'bigint' ? scalarTypeOfCode(Number(number)) : undefined
}
