// Neighbours of one kind that are one: Reshape∘Reshape, Transpose∘Transpose, Cast∘Cast, Concat∘Concat; and views that view nothing.
// The inner node stays for its other readers; without any it is dead.

import { isFloatingPoint, scalarTypeInfo, type ScalarType } from '../../ir/scalar-type.ts'
import { int64Tensor, readElements } from '../../ir/tensor-elements.ts'
import { scalarTypeOfDataType } from '../data-type.ts'
import type { OnnxNode } from '../model.ts'
import { intAttribute, intsAttribute, type Values } from './values.ts'

/** In place; or the value that the node's only result is anyway. */
export type Rule = (node: OnnxNode, values: Values) => string | undefined

/** Operators that keep the elements and their order. */
const RESHAPING = new Set(['Reshape', 'Squeeze', 'Unsqueeze'])

/**
 * Reshape(Reshape(x, …), s) → Reshape(x, s), where s copies no extent of what it reshapes. Only a constant s, or one that takes 0
 * literally, is known to copy none.
 */
const reshape: Rule = (node, values) => {
  if (intAttribute(node, 'allowzero', 0) === 0 && (values.ints(node.inputs[1])?.includes(0) ?? true)) return undefined
  for (;;) {
    const inner = values.producer(node.inputs[0])
    if (inner === undefined || !RESHAPING.has(inner.opType)) return undefined
    node.inputs = [inner.inputs[0]!, node.inputs[1]!]
  }
}

/** Unsqueeze(Squeeze(x, axes), axes) → x, and the other way round. */
const inverse =
  (opType: string): Rule =>
  (node, values) => {
    const inner = values.producer(node.inputs[0])
    return inner?.opType === opType && node.inputs[1] !== undefined && inner.inputs[1] === node.inputs[1] ? inner.inputs[0] : undefined
  }

/** One index of an axis that stays: Unsqueeze(Gather(x, i, axis), axis) → Gather(x, [i], axis). */
const unsqueeze: Rule = (node, values) => {
  const inner = values.producer(node.inputs[0])
  if (inner?.opType !== 'Gather') return inverse('Squeeze')(node, values)
  const [axis] = values.ints(node.inputs[1]) ?? []
  const index = values.constant(inner.inputs[1])
  if (axis === undefined || axis < 0 || index?.sizes.length !== 0 || values.ints(node.inputs[1])?.length !== 1) return undefined
  if (intAttribute(inner, 'axis', 0) !== axis) return undefined
  Object.assign(node, { opType: 'Gather' })
  node.inputs = [inner.inputs[0]!, values.addConstant({ ...index, sizes: [1], strides: [1] })]
  node.attributes.set('axis', axis)
  return undefined
}

/** perm₂∘perm₁; the identity is no Transpose at all. */
const transpose: Rule = (node, values) => {
  const inner = values.producer(node.inputs[0])
  const outer = intsAttribute(node, 'perm')
  const first = inner?.opType === 'Transpose' ? intsAttribute(inner, 'perm') : undefined
  if (outer === undefined || first === undefined) return undefined
  const perm = outer.map((p) => first[p]!)
  if (perm.every((p, i) => p === i)) return inner!.inputs[0]
  node.inputs = [inner!.inputs[0]!]
  node.attributes.set('perm', perm)
  return undefined
}

/** Concat(…, Concat(a, b), …) → Concat(…, a, b, …), where nobody else reads the inner one: it would be copied twice for both. */
const concat: Rule = (node, values) => {
  node.inputs = node.inputs.flatMap((name) => {
    const inner = values.producer(name)
    const isPart = inner?.opType === 'Concat' && values.reads(name) === 1 && inner.attributes.get('axis') === node.attributes.get('axis')
    return isPart ? inner.inputs : [name]
  })
  return undefined
}

/** True when every value of `from` is a value of `to`. */
function holds(to: ScalarType, from: ScalarType): boolean {
  if (to === from || from === 'bool') return true
  const [wide, narrow] = [scalarTypeInfo(to).bytes, scalarTypeInfo(from).bytes]
  if (isFloatingPoint(to)) return isFloatingPoint(from) ? wide >= narrow : wide > narrow
  if (isFloatingPoint(from)) return false
  const unsigned = from.startsWith('uint')
  return to.startsWith('uint') ? unsigned && wide >= narrow : unsigned ? wide > narrow : wide >= narrow
}

const BOOLS = new Set('Equal Less LessOrEqual Greater GreaterOrEqual And Or Xor Not IsNaN IsInf'.split(' '))
const INTS = new Set(['Shape', 'Size', 'NonZero', 'ArgMax', 'ArgMin'])

/** The dtype of a value, where its maker alone tells. */
function dtypeOf(name: string, values: Values): ScalarType | undefined {
  const maker = values.producer(name)
  if (maker === undefined) return values.dtype(name)
  if (maker.opType === 'Cast') return scalarTypeOfDataType(intAttribute(maker, 'to', 0))
  if (BOOLS.has(maker.opType)) return 'bool'
  return INTS.has(maker.opType) ? 'int64' : undefined
}

/** Cast(Cast(x, wide), y) → Cast(x, y) when `wide` holds every x. A Cast to the dtype at hand is none. */
const cast: Rule = (node, values) => {
  const to = scalarTypeOfDataType(intAttribute(node, 'to', 0))
  for (;;) {
    const [name] = node.inputs as [string]
    if (to !== undefined && dtypeOf(name, values) === to) return name
    const inner = values.producer(name)
    if (inner?.opType !== 'Cast') return undefined
    const [source] = inner.inputs as [string]
    const [wide, x] = [scalarTypeOfDataType(intAttribute(inner, 'to', 0)), dtypeOf(source, values)]
    if (wide === undefined || x === undefined || !holds(wide, x)) return undefined
    node.inputs = [source]
  }
}

/** Slices along different axes, with constants, are one. */
const slice: Rule = (node, values) => {
  const inner = values.producer(node.inputs[0])
  if (inner?.opType !== 'Slice') return undefined
  const [outer, before] = [node, inner].map(({ inputs }) => [1, 2, 3, 4].map((i) => values.ints(inputs[i])))
  const [axes, innerAxes] = [outer![2], before![2]]
  if (axes === undefined || innerAxes === undefined || [...axes, ...innerAxes].some((axis) => axis < 0)) return undefined
  if (axes.some((axis) => innerAxes.includes(axis)) || outer!.includes(undefined) || before!.includes(undefined)) return undefined
  const joined = [1, 2, 3, 4].map((i) => {
    const elements = [inner, node].flatMap(({ inputs }) => readElements(values.constant(inputs[i])!) as bigint[])
    return values.addConstant(int64Tensor(elements))
  })
  node.inputs = [inner.inputs[0]!, ...joined]
  return undefined
}

const identity: Rule = (node) => node.inputs[0]

/** x + 0, x − 0, x·1, x ÷ 1 with a 0-d constant of ints; for floats only where it is exact for −0 too. */
const neutral =
  (element: 0 | 1, floats: boolean, sides: readonly (0 | 1)[]): Rule =>
  (node, values) => {
    for (const side of sides) {
      const item = values.scalar(node.inputs[side])
      const isNeutral = typeof item === 'bigint' ? item === BigInt(element) : floats && Object.is(item, element)
      if (isNeutral) return node.inputs[1 - side]
    }
    return undefined
  }

/** With a 0-d constant that decides nothing. */
const neutralBool =
  (item: boolean): Rule =>
  (node, values) => {
    const side = node.inputs.findIndex((name) => values.scalar(name) === item)
    return side === -1 ? undefined : node.inputs[1 - side]
  }

export const chains: ReadonlyMap<string, Rule> = new Map([
  ['Identity', identity],
  ['Reshape', reshape],
  ['Unsqueeze', unsqueeze],
  ['Squeeze', inverse('Unsqueeze')],
  ['Transpose', transpose],
  ['Cast', cast],
  ['Slice', slice],
  ['Concat', concat],
  ['And', neutralBool(true)],
  ['Or', neutralBool(false)],
  ['Add', neutral(0, false, [0, 1])],
  ['Sub', neutral(0, true, [1])],
  ['Mul', neutral(1, true, [0, 1])],
  ['Div', neutral(1, true, [1])],
])
