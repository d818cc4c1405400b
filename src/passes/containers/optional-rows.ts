// Optionals as flag and value: the pairs of nodes of optional-nodes.ts that undo each other.

import { Builder } from '../../ir/builder.ts'
import type { Node } from '../../ir/node.ts'
import { boolType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { isNone } from '../../ops/facts.ts'
import type { ContainerRow, Dissolving } from './container-row.ts'
import { hasValue } from './optional-nodes.ts'

/** The flag of an Optional that is or is not None; nothing for values of other types, which facts decide. */
const isNotNone = (node: Node, { facts }: Dissolving, b: Builder): Value | undefined => {
  const [x, y] = [node.input(0), node.input(1)]
  const tested = isNone(facts.of(y)) ? x : isNone(facts.of(x)) ? y : undefined
  return tested?.type.kind === 'Optional' ? hasValue(b, tested) : undefined
}

const present: ContainerRow = (node) => {
  const { node: producer, type } = node.input()
  const b = Builder.replacing(node)
  if (producer.kind === 'prim::MakeOptional') return [producer.input(0)]
  if (type.kind === 'None' || producer.kind === 'prim::Uninitialized') return [b.bool(false)]
  return type.kind === 'Optional' ? undefined : [b.bool(true)]
}

const value: ContainerRow = (node) => {
  const { node: producer, type } = node.input()
  if (node.output().type.kind === 'Optional') return undefined
  if (producer.kind === 'prim::MakeOptional') return [producer.input(1)]
  if (type.kind === 'None' || producer.kind === 'prim::Uninitialized')
    return [Builder.replacing(node).op('prim::Uninitialized', [], node.output().type)]
  return type.kind === 'Optional' || type.kind === 'Any' || type.kind === 'Union' ? undefined : [node.input()]
}

export const optionalRows: readonly (readonly [string, ContainerRow])[] = [
  ['prim::HasValue', present],
  ['prim::ValueOf', value],
  ['prim::unchecked_cast', value],
  ['prim::unchecked_unwrap_optional', value],
  ['aten::_unwrap_optional', value],
  [
    'aten::__isnot__',
    (node, at) => {
      const flag = isNotNone(node, at, Builder.replacing(node))
      return flag === undefined ? undefined : [flag]
    },
  ],
  [
    'aten::__is__',
    (node, at) => {
      const b = Builder.replacing(node)
      const flag = isNotNone(node, at, b)
      return flag === undefined ? undefined : [b.op('aten::__not__', [flag], boolType)]
    },
  ],
]
