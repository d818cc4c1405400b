// Facts of the nodes that have no schema, or whose schema says too little: constants, constructors, casts, tests of None and of types.

import type { IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import { isSubtype, noneType, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { constantFact, listFact, tupleFact, unknown, type Fact } from '../ops/fact.ts'
import { isNone, knownInt } from '../ops/facts.ts'
import { dictFact } from '../ops/rules/dict.ts'
import { elementOf, sliceItems } from '../ops/rules/list.ts'
import { valuesEqual } from '../ops/rules/compare.ts'
import { schemaOf } from '../ops/schema-of.ts'
import { maybeViews, undeclaredAliases } from './alias-exceptions.ts'
import { uninitialized } from './facts-lattice.ts'

/** Facts of the values so far. */
interface KnownFacts {
  of(value: Value): Fact
}

type Structural = (node: Node, at: KnownFacts) => readonly Fact[]

const rows = new Map<string, Structural>([
  ['prim::Constant', (node) => [node.attributes.has('name') ? unknown : constantFact((node.attributes.get('value') ?? null) as IValue)]],
  ['prim::Uninitialized', (node) => node.outputs.map(() => uninitialized)],
  ['prim::ListConstruct', (node, at) => [listFact(node.inputs.map((value) => at.of(value)))]],
  ['prim::TupleConstruct', (node, at) => [tupleFact(node.inputs.map((value) => at.of(value)))]],
  ['prim::DictConstruct', (node, at) => [dictOf(node.inputs.map((value) => at.of(value)))]],
  ['prim::TupleUnpack', unpack],
  ['prim::ListUnpack', unpack],
  ['prim::TupleIndex', (node, at) => [item(at.of(node.input(0)), at.of(node.input(1)))]],
  [
    'prim::TupleSlice',
    (node, at) => {
      const { items } = at.of(node.input())
      const [begin, end] = ['beg', 'end'].map((name) => node.attributes.get(name))
      if (items === undefined || typeof begin !== 'bigint' || typeof end !== 'bigint') return [unknown]
      return [tupleFact(sliceItems(items, Number(begin), Number(end), 1) ?? [])]
    },
  ],
  // The dims are those of its type.
  ['prim::OfRank', (node, at) => [at.of(node.input())]],
  ['prim::unchecked_cast', unwrapped],
  ['prim::unchecked_unwrap_optional', unwrapped],
  ['aten::_unwrap_optional', unwrapped],
  ['aten::__is__', (node, at) => [bool(isSame(node, at))]],
  ['aten::__isnot__', (node, at) => [bool(negated(isSame(node, at)))]],
  ['prim::isinstance', (node, at) => [bool(isInstance(node, at))]],
  ['prim::IfThenElse', (node, at) => [chosen(node, at)]],
])

/** Facts of the results; undefined for nodes that operators' rules serve. */
export function structuralFacts(node: Node, at: KnownFacts): readonly Fact[] | undefined {
  return rows.get(node.kind)?.(node, at)
}

const bool = (value: boolean | undefined): Fact => (value === undefined ? unknown : { value })
const negated = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value)

function dictOf(inputs: readonly Fact[]): Fact {
  const entries: (readonly [IValue, Fact])[] = []
  for (let i = 0; i + 1 < inputs.length; i += 2) {
    const key = inputs[i]!.value
    if (key === undefined) return unknown
    const known = entries.findIndex(([k]) => valuesEqual(k, key) === true)
    if (known === -1) entries.push([key, inputs[i + 1]!])
    else entries[known] = [key, inputs[i + 1]!]
  }
  return dictFact(entries)
}

function unpack(node: Node, at: KnownFacts): readonly Fact[] {
  const fact = at.of(node.input())
  return node.outputs.map((_, i) => fact.items?.[i] ?? elementOf(fact))
}

function item({ items }: Fact, index: Fact): Fact {
  const i = knownInt(index)
  return items === undefined || i === undefined ? unknown : (items[i < 0 ? i + items.length : i] ?? unknown)
}

/** The value itself, known to be there. Of a None it is dead code. */
function unwrapped(node: Node, at: KnownFacts): readonly Fact[] {
  const fact = at.of(node.input())
  // A cast to what may be None takes it as it is.
  if (isNone(fact)) return [takesNone(node.output().type) ? fact : uninitialized]
  const { present: _, ...rest } = fact
  return [fact.present === undefined ? fact : rest]
}

const mayBeNone = (type: Type): boolean =>
  type.kind === 'Optional' || type.kind === 'None' || type.kind === 'Any' || type.kind === 'Union' || type.kind === 'Var'

/** `a is b` where one of them is None, as TorchScript has it. */
function isSame(node: Node, at: KnownFacts): boolean | undefined {
  const [a, b] = [at.of(node.input(0)), at.of(node.input(1))]
  const none = isNone(b) ? a : isNone(a) ? b : undefined
  // There is one True and one False.
  if (typeof a.value === 'boolean' && typeof b.value === 'boolean') return a.value === b.value
  if (none === undefined) return sameTensor(node.input(0), node.input(1))
  if (isNone(none)) return true
  const type = node.input(isNone(b) ? 0 : 1).type
  return none.present === true || (none.value !== undefined && none.value !== null) || !mayBeNone(type) ? false : undefined
}

/** Two tensors are one object when they are one Value, and two when each is an input, a constant or made afresh. */
function sameTensor(a: Value, b: Value): boolean | undefined {
  if (a === b) return true
  return a.type.kind === 'Tensor' && b.type.kind === 'Tensor' && isOwnTensor(a) && isOwnTensor(b) ? false : undefined
}
function isOwnTensor({ node, index }: Value): boolean {
  if (node.kind === 'prim::Constant') return true
  if (node.kind === 'prim::Param') return node.block?.owner === undefined
  if (!node.kind.startsWith('aten::') || undeclaredAliases.has(node.kind) || maybeViews.has(node.kind)) return false
  const schema = schemaOf(node)
  const alias = schema?.returns[index]?.alias
  if (schema === undefined || alias?.isWrite === true) return false
  // A view of a tensor is an object of its own; what comes out of a list or an Optional is not.
  return alias === undefined || schema.args[0]?.type.kind === 'Tensor'
}

const takesNone = (type: Type): boolean => isSubtype(noneType, type)

/** Types that do not say what a value of them is. */
const OPEN: ReadonlySet<Type['kind']> = new Set(['Any', 'AnyClass', 'Interface', 'Var'])

function isInstance(node: Node, at: KnownFacts): boolean | undefined {
  const types = node.attributes.get('types')
  if (types === undefined || types === null || typeof types !== 'object' || types.kind !== 'types') return undefined
  const { type } = node.input()
  const fact = at.of(node.input())
  if (isNone(fact)) return types.types.some((t) => isSubtype(noneType, t))
  const alternatives =
    type.kind === 'Optional' ? [type.of, ...(fact.present === true ? [] : [noneType])] : type.kind === 'Union' ? type.of : [type]
  if (alternatives.every((a) => types.types.some((t) => isInstanceType(a, t)))) return true
  return alternatives.some((a) => OPEN.has(a.kind) || types.types.some((t) => isInstanceType(a, t) || isSubtype(t, a))) ? undefined : false
}
function isInstanceType(a: Type, t: Type): boolean {
  // isinstance(x, list) and isinstance(x, tuple) take any.
  return isSubtype(a, t) || (t.kind === 'AnyList' && a.kind === 'List') || (t.kind === 'AnyTuple' && a.kind === 'Tuple')
}

function chosen(node: Node, at: KnownFacts): Fact {
  const condition = at.of(node.input(0)).value
  return condition === true ? at.of(node.input(1)) : condition === false ? at.of(node.input(2)) : unknown
}
