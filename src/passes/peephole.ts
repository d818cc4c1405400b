// Peephole: identities of single nodes on a functional graph. Each row gives the value that a node's first result equals, or nothing.
// Mirrors torch/csrc/jit/passes/peephole.cpp and peephole_non_tensor.cpp.

import type { Facts } from '../analysis/facts.ts'
import type { Block } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Dims } from '../ir/dim.ts'
import type { Node } from '../ir/node.ts'
import { scalarTypeOfCode, type ScalarType } from '../ir/scalar-type.ts'
import { isSubtype } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { isNone, knownInt, knownInts } from '../ops/facts.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { asksForMemory } from './check-strides.ts'
import { factsOf } from './graph-facts.ts'
import { definePass } from './pass.ts'

export const peephole = definePass({
  name: 'peephole',
  doc: 'Removes operators that give back what they were given, and pairs that undo each other.',
  run: (graph, context) => {
    if (context.mutable === true) return false
    const facts = factsOf(graph, context)
    const keepsCopies = asksForMemory(graph)
    let changed = false
    const visit = (block: Block): void => {
      for (const node of block.nodes()) {
        for (const nested of node.blocks) visit(nested)
        if (keepsCopies && copies.has(node.kind)) continue
        const value = rows.get(node.kind)?.(node, facts)
        if (value === undefined || value === node.outputs[0] || !node.output().hasUses) continue
        node.output().replaceAllUsesWith(value)
        changed = true
      }
    }
    visit(graph.block)
    return changed
  },
})

/** The same elements in another order of memory: nothing, unless something asks for that order. */
const copies: ReadonlySet<string> = new Set(['contiguous', 'clone', 'to', '_to_copy'].map((name) => `aten::${name}`))

type Row = (node: Node, facts: Facts) => Value | undefined

const first: Row = (node) => node.input()

/** Conversions that change nothing: same dtype, or none asked for. Devices and layouts mean nothing here. */
const to: Row = (node, facts) => {
  const schema = schemaOf(node)
  const at = schema?.args.findIndex((arg) => arg.name === 'dtype' || arg.name === 'other') ?? -1
  if (schema === undefined) return undefined
  const from = facts.of(node.input()).dtype
  if (at === -1) return node.input()
  const wanted = facts.of(node.input(at))
  if (wanted.value === null) return node.input()
  const dtype: ScalarType | undefined = schema.args[at]!.name === 'other' ? wanted.dtype : dtypeOf(knownInt(wanted))
  return from !== undefined && from === dtype ? node.input() : undefined
}
const dtypeOf = (code: number | undefined): ScalarType | undefined => (code === undefined ? undefined : scalarTypeOfCode(code))

const sameDims = (a: Dims, b: Dims): boolean =>
  a !== undefined && b !== undefined && a.length === b.length && a.every((dim, i) => dim !== null && dim === b[i])

/** Shape operators whose result has the shape they were given, element for element. */
const sameShape: Row = (node, facts) => (sameDims(facts.of(node.input()).dims, facts.of(node.output()).dims) ? node.input() : undefined)

const axes = (node: Node, facts: Facts): readonly [number, number] | undefined => {
  const rank = facts.of(node.input()).dims?.length
  if (node.kind === 'aten::t') return rank === undefined || rank === 2 ? [0, 1] : undefined
  const [a, b] = [knownInt(facts.of(node.input(1))), knownInt(facts.of(node.input(2)))]
  if (a === undefined || b === undefined || ((a < 0 || b < 0) && rank === undefined)) return undefined
  return [a < 0 ? a + rank! : a, b < 0 ? b + rank! : b]
}

/** transpose(transpose(x, a, b), a, b) is x. */
const transpose: Row = (node, facts) => {
  const pair = axes(node, facts)
  if (pair === undefined) return undefined
  if (pair[0] === pair[1]) return node.input()
  const inner = node.input().node
  if (inner.kind !== 'aten::transpose' && inner.kind !== 'aten::t') return undefined
  const before = axes(inner, facts)
  return before !== undefined && Math.min(...before) === Math.min(...pair) && Math.max(...before) === Math.max(...pair)
    ? inner.input()
    : undefined
}

const permute: Row = (node, facts) => {
  const order = knownInts(facts.of(node.input(1)))
  return order?.every((axis, i) => axis === i || axis === i - order.length) === true ? node.input() : undefined
}

/** A cast that adds nothing to the static type. */
const cast: Row = (node) => {
  const value = node.input()
  return isSubtype(value.type, node.output().type) && value.type.kind !== 'None' ? value : undefined
}

/** Int(NumToTensor(n)) is n, where the kinds agree. */
const fromTensor =
  (kind: 'int' | 'float' | 'bool') =>
  (node: Node): Value | undefined => {
    const inner = node.input().node
    return inner.kind === 'prim::NumToTensor' && inner.input().type.kind === kind ? inner.input() : undefined
  }
const scalar: Row = (node) => (node.input().node.kind === 'prim::NumToTensor' ? node.input().node.input() : undefined)

/** x[:]: from the start, by ones, to whatever end there is. */
const wholeSlice: Row = (node, facts) => {
  const [start, end, step] = node.inputs.slice(-3).map((input) => facts.of(input))
  if (node.input().type.kind !== 'Tensor' || knownInt(step) !== 1 || !(isNone(start) || knownInt(start) === 0)) return undefined
  return isNone(end) || (knownInt(end) ?? 0) >= END ? node.input() : undefined
}
/** What Python leaves out is the greatest int64 in traces; no extent reaches so far. */
const END = 2 ** 62

const not: Row = (node) => (node.input().node.kind === 'aten::__not__' ? node.input().node.input() : undefined)

/** x.size()[i] asks for one extent only. */
const getItem: Row = (node) => {
  const list = node.input().node
  if (list.kind !== 'aten::size' || list.inputs.length !== 1) return undefined
  return Builder.replacing(node).op('aten::size', [list.input(), node.input(1)], { kind: 'int' })
}

const sameList: Row = (node) => (node.input().type.kind === 'List' && node.output().type.kind === 'List' ? node.input() : undefined)

const rows = new Map<string, Row>([
  ...[
    'detach',
    'detach_copy',
    'alias',
    'alias_copy',
    'contiguous',
    'clone',
    'lift',
    'lift_fresh',
    'lift_fresh_copy',
    'positive',
    'resolve_conj',
    'resolve_neg',
    'cpu',
    'cuda',
    'pin_memory',
    'Size',
  ].map((name): [string, Row] => [`aten::${name}`, first]),
  ['prim::data', first],
  ['aten::to', to],
  ['aten::_to_copy', to],
  ['aten::type_as', to],
  ...['view', 'reshape', 'flatten', 'expand', 'expand_as', 'view_as', 'reshape_as', 'expand_copy', 'ravel', 'squeeze', 'broadcast_to'].map(
    (name): [string, Row] => [`aten::${name}`, sameShape],
  ),
  ['aten::slice', wholeSlice],
  ['aten::transpose', transpose],
  ['aten::t', transpose],
  ['aten::permute', permute],
  ['prim::unchecked_cast', cast],
  ['prim::unchecked_unwrap_optional', cast],
  ['aten::_unwrap_optional', cast],
  ['aten::Int', fromTensor('int')],
  ['aten::IntImplicit', fromTensor('int')],
  ['aten::Float', fromTensor('float')],
  ['aten::FloatImplicit', fromTensor('float')],
  ['aten::Bool', fromTensor('bool')],
  ['aten::item', scalar],
  ['aten::ScalarImplicit', scalar],
  ['aten::__not__', not],
  ['aten::__getitem__', getItem],
  ['aten::list', sameList],
  ['aten::copy', sameList],
])
