// Dicts with keys known at build time, in insertion order.

import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { Node } from '../../ir/node.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { valuesEqual } from '../../ops/rules/compare.ts'
import { tupleParts } from './tuple-rows.ts'
import { constructedItems } from './list-rows.ts'
import { MAX_PARTS, type ContainerRow, type Dissolving } from './container-row.ts'

type Entries = readonly (readonly [IValue, Value])[]

const valueType = (dict: Value): Type => (dict.type.kind === 'Dict' ? dict.type.value : { kind: 'Any' })
const keyOf = (value: Value, { facts }: Dissolving): IValue | undefined => facts.of(value).value ?? constantOf(value)

/** The entries of a dict that was constructed with constant keys, or that is a constant itself: an attribute of the module. */
function dictEntries(dict: Value, at: Dissolving, b: Builder): Entries | undefined {
  const { node } = dict
  const constant = constantOf(dict)
  if (constant !== null && typeof constant === 'object' && constant.kind === 'dict')
    return constant.entries.length > MAX_PARTS ? undefined : constant.entries.map(([key, value]) => [key, b.constant(value)])
  if (node.kind !== 'prim::DictConstruct') return undefined
  let entries: Entries = []
  for (let i = 0; i + 1 < node.inputs.length; i += 2) {
    const key = keyOf(node.input(i), at)
    if (key === undefined) return undefined
    entries = withEntry(entries, key, node.input(i + 1))
  }
  return entries
}

const find = (entries: Entries, key: IValue): number => entries.findIndex(([k]) => valuesEqual(k, key) === true)
function withEntry(entries: Entries, key: IValue, value: Value): Entries {
  const i = find(entries, key)
  return i === -1 ? [...entries, [key, value]] : entries.with(i, [entries[i]![0], value])
}

function construct(entries: Entries, type: Type, b: Builder): Value {
  return b.op(
    'prim::DictConstruct',
    entries.flatMap(([key, value]) => [b.constant(key), value]),
    type,
  )
}

/** A row over the entries of the dict that is the first input, and the constant key that is the second. */
const row =
  (
    apply: (
      entries: Entries,
      key: IValue | undefined,
      node: Node,
      b: Builder,
      at: Dissolving,
    ) => readonly (Value | undefined)[] | undefined,
  ): ContainerRow =>
  (node, at) => {
    if (node.inputs[0]?.type.kind !== 'Dict') return undefined
    const b = Builder.replacing(node)
    const entries = dictEntries(node.input(), at, b)
    if (entries === undefined) return undefined
    return apply(entries, node.inputs[1] === undefined ? undefined : keyOf(node.input(1), at), node, b, at)
  }

/** With the key known, where it is. */
const keyed = (
  apply: (entries: Entries, key: IValue, i: number, node: Node, b: Builder) => readonly (Value | undefined)[] | undefined,
): ContainerRow => row((entries, key, node, b) => (key === undefined ? undefined : apply(entries, key, find(entries, key), node, b)))

const dictType = (node: Node): Type => node.output().type

export const dictRows: readonly (readonly [string, ContainerRow])[] = [
  ['aten::__getitem__', keyed((entries, _, i) => (i === -1 ? undefined : [entries[i]![1]]))],
  ['aten::get', keyed((entries, _, i, node, b) => [i === -1 ? (node.inputs[2] ?? b.none()) : entries[i]![1]])],
  [
    'aten::values',
    row((entries, _, node, b) => [
      b.list(
        entries.map(([, value]) => value),
        valueType(node.input()),
      ),
    ]),
  ],
  [
    'aten::items',
    row((entries, _, node, b) => {
      const { type } = node.output()
      const of = type.kind === 'List' && type.of.kind === 'Tuple' ? type.of : undefined
      return of === undefined
        ? undefined
        : [
            b.list(
              entries.map(([key, value]) => b.tuple([b.constant(key), value], of)),
              of,
            ),
          ]
    }),
  ],
  ['aten::copy', row((_, __, node) => [node.input()])],
  [
    'aten::dict',
    (node, at) => {
      // `dict()`, annotated or not.
      if (node.inputs.length === 0) return [construct([], dictType(node), Builder.replacing(node))]
      if (node.input().type.kind === 'Dict') return [node.input()]
      const b = Builder.replacing(node)
      let entries: Entries = []
      for (const item of constructedItems(node.input(), b) ?? [undefined]) {
        const [key, value] = item === undefined ? [] : (tupleParts(item, b) ?? [])
        const known = key === undefined ? undefined : keyOf(key, at)
        if (known === undefined || value === undefined) return undefined
        entries = withEntry(entries, known, value)
      }
      return [construct(entries, dictType(node), b)]
    },
  ],
  ['functional::_set_item', keyed((entries, key, _, node, b) => [construct(withEntry(entries, key, node.input(2)), dictType(node), b)])],
  [
    'functional::Delete',
    keyed((entries, _, i, node, b) => (i === -1 ? undefined : [construct(entries.toSpliced(i, 1), dictType(node), b)])),
  ],
  ['functional::clear', row((_, __, node, b) => [construct([], dictType(node), b)])],
  [
    'functional::pop',
    keyed((entries, _, i, node, b) => {
      if (i !== -1) return [construct(entries.toSpliced(i, 1), dictType(node), b), entries[i]![1]]
      return node.inputs[2] === undefined ? undefined : [node.input(), node.input(2)]
    }),
  ],
  [
    'functional::popitem',
    row((entries, _, node, b) => {
      const last = entries.at(-1)
      const { type } = node.output(1)
      if (last === undefined || type.kind !== 'Tuple') return undefined
      return [construct(entries.slice(0, -1), dictType(node), b), b.tuple([b.constant(last[0]), last[1]], type)]
    }),
  ],
  [
    'functional::setdefault',
    keyed((entries, key, i, node, b) =>
      i === -1 ? [construct(withEntry(entries, key, node.input(2)), dictType(node), b), node.input(2)] : [node.input(), entries[i]![1]],
    ),
  ],
  [
    'functional::update',
    row((entries, _, node, b, at) => {
      const other = dictEntries(node.input(1), at, b)
      return other === undefined
        ? undefined
        : [
            construct(
              other.reduce((acc, [key, value]) => withEntry(acc, key, value), entries),
              dictType(node),
              b,
            ),
          ]
    }),
  ],
]
