// The arithmetic of shape computations on what is known of their elements: Shape, Gather, Concat and the operators between them, as ONNX
// defines them on int64 and bool. An element is a number, an expression of extents, a bool, or null where nothing is known.

import {
  dimAdd,
  dimFloorDiv,
  dimMax,
  dimMin,
  dimMod,
  dimMul,
  dimNeg,
  dimProduct,
  dimsEqual,
  dimSub,
  isRemainder,
  type Dim,
  type Dims,
} from '../../ir/dim.ts'
import { scalarTypeOfDataType } from '../data-type.ts'
import type { OnnxNode } from '../model.ts'
import type { ShapeFacts } from './shape-facts.ts'
import { intAttribute } from './values.ts'

export type Item = Dim | boolean

/** A 0-d tensor has one item. */
export interface Contents {
  readonly rank: 0 | 1
  readonly items: readonly Item[]
}

type ContentsRule = (node: OnnxNode, facts: ShapeFacts) => Contents | undefined

/** Symbols are never negative, and neither are sums and products of them, nor what a division leaves. */
const isNonNegative = (dim: Dim): boolean => (typeof dim === 'number' ? dim >= 0 : dim !== null && (!dim.includes('-') || isRemainder(dim)))

const int = (item: Item): Dim => (typeof item === 'boolean' ? null : item)

function elementwise(of: (items: readonly Item[]) => Item): ContentsRule {
  return (node, facts) => {
    const inputs = node.inputs.map((name) => facts.contents(name))
    if (inputs.length === 0 || inputs.includes(undefined)) return undefined
    const all = inputs as Contents[]
    const count = all.reduce((n, { items }) => (items.length === 1 ? n : n === 1 || n === items.length ? items.length : -1), 1)
    if (count === -1) return undefined
    const items = Array.from({ length: count }, (_, i) =>
      of(all.map((input) => (input.items.length === 1 ? input.items[0]! : input.items[i]!))),
    )
    return { rank: all.some(({ rank }) => rank === 1) ? 1 : 0, items }
  }
}
const dims = (of: (a: Dim, b: Dim) => Dim): ContentsRule => elementwise((items) => items.map(int).reduce(of))
const compare = (of: (a: number, b: number) => boolean, same: boolean): ContentsRule =>
  elementwise(([a, b]) => {
    const [x, y] = [int(a!), int(b!)]
    if (typeof x === 'number' && typeof y === 'number') return of(x, y)
    if (x !== null && x === y) return same
    // n + 2 > n, whatever n is.
    const difference = dimSub(x, y)
    if (typeof difference === 'number') return of(difference, 0)
    // n ≥ 0, and not n < 0.
    if (isNonNegative(difference) && of(1, 0) === of(0, 0)) return of(0, 0)
    return isNonNegative(dimNeg(difference)) && of(-1, 0) === of(0, 0) ? of(0, 0) : null
  })
const logic = (decides: boolean, of: (a: boolean, b: boolean) => boolean): ContentsRule =>
  elementwise(([a, b]) => (a === decides || b === decides ? decides : typeof a === 'boolean' && typeof b === 'boolean' ? of(a, b) : null))

/** ONNX truncates: what may be negative is left to the run. */
const divide: ContentsRule = (node, facts) => {
  const [isFirst, isSecond] = node.inputs.map((name) => facts.isExtent(name))
  return dims((a, b) =>
    b === 0 || !(isFirst === true || isNonNegative(a)) || !(isSecond === true || isNonNegative(b)) ? null : dimFloorDiv(a, b),
  )(node, facts)
}

/** The greater of two where their difference has a sign: `max(n, 0)`, `max(n + 2, n)`. */
const max = (a: Dim, b: Dim): Dim => (isNonNegative(dimSub(a, b)) ? a : isNonNegative(dimSub(b, a)) ? b : dimMax(a, b))
export const min = (a: Dim, b: Dim): Dim => (isNonNegative(dimSub(a, b)) ? b : isNonNegative(dimSub(b, a)) ? a : dimMin(a, b))

/** The extents that a Shape node gives: all of them, or those from `start` to `end`. */
export function shapeOf(node: OnnxNode, facts: ShapeFacts): Dims {
  const all = facts.dims(node.inputs[0])
  return all?.slice(intAttribute(node, 'start', 0), intAttribute(node, 'end', all.length))
}

const shape: ContentsRule = (node, facts) => {
  const items = shapeOf(node, facts)
  return items === undefined ? undefined : { rank: 1, items }
}

const gather: ContentsRule = (node, facts) => {
  const [from, index] = [facts.contents(node.inputs[0]), facts.contents(node.inputs[1])]
  if (from?.rank !== 1 || index === undefined) return undefined
  const at = index.items.map((item) => (typeof item === 'number' ? (from.items.at(item) ?? null) : null))
  return { rank: index.rank, items: at }
}

const concat: ContentsRule = (node, facts) => {
  const parts = node.inputs.map((name) => facts.contents(name) ?? unknownVector(name, facts))
  return parts.every((part) => part?.rank === 1) ? { rank: 1, items: parts.flatMap((part) => part!.items) } : undefined
}
function unknownVector(name: string, facts: ShapeFacts): Contents | undefined {
  const vector = facts.dims(name)
  const [length] = vector ?? []
  return vector?.length === 1 && typeof length === 'number' && length <= 64
    ? { rank: 1, items: Array.from({ length }, () => null) }
    : undefined
}

const slice: ContentsRule = (node, facts) => {
  const from = facts.contents(node.inputs[0])
  const [start, end, axis, step] = [1, 2, 3, 4].map((i) =>
    (node.inputs[i] ?? '') === '' ? undefined : (facts.ints(node.inputs[i]) ?? [NaN]),
  )
  const plain = (axis?.[0] ?? 0) < 1 && (step?.[0] ?? 1) === 1
  if (from?.rank !== 1 || !plain || start?.length !== 1 || end?.length !== 1 || Number.isNaN(start[0]) || Number.isNaN(end[0]))
    return undefined
  return { rank: 1, items: from.items.slice(start[0], Math.min(end[0]!, from.items.length)) }
}

/** The same element or elements in a tensor of the other rank. */
const reshaped: ContentsRule = (node, facts) => {
  const from = facts.contents(node.inputs[0])
  if (from === undefined) return undefined
  const to = node.opType === 'Reshape' ? facts.ints(node.inputs[1])?.length : rankBehind(node, from.rank)
  return to === 0 || to === 1 ? (to === 0 && from.items.length !== 1 ? undefined : { rank: to, items: from.items }) : undefined
}
const rankBehind = ({ opType }: OnnxNode, rank: number): number => (opType === 'Unsqueeze' ? rank + 1 : rank - 1)

const expand: ContentsRule = (node, facts) => {
  const [from, to] = [facts.contents(node.inputs[0]), facts.ints(node.inputs[1])]
  if (from === undefined || to === undefined || to.length > 1) return undefined
  if (to.length === 0) return from
  if (from.items.length !== 1) return to[0] === 1 || to[0] === from.items.length ? { rank: 1, items: from.items } : undefined
  return to[0]! > 64 ? undefined : { rank: 1, items: Array.from({ length: to[0]! }, () => from.items[0]!) }
}

const reduce =
  (of: (items: readonly Dim[]) => Dim): ContentsRule =>
  (node, facts) => {
    const from = facts.contents(node.inputs[0])
    if (from?.rank !== 1 || (node.inputs[1] !== undefined && facts.ints(node.inputs[1])?.length !== 1)) return undefined
    if (from.items.length === 0) return undefined
    return { rank: intAttribute(node, 'keepdims', 1) === 1 ? 1 : 0, items: [of(from.items.map(int))] }
  }

const cast: ContentsRule = (node, facts) => {
  const from = facts.contents(node.inputs[0])
  const to = scalarTypeOfDataType(intAttribute(node, 'to', 0))
  if (from === undefined || to === undefined) return undefined
  if (to === 'int64') return { ...from, items: from.items.map((item) => (typeof item === 'boolean' ? Number(item) : item)) }
  if (to !== 'bool') return undefined
  return { ...from, items: from.items.map((item) => (typeof item === 'number' ? item !== 0 : typeof item === 'boolean' ? item : null)) }
}

export const contentsRules: ReadonlyMap<string, ContentsRule> = new Map([
  ['Shape', shape],
  [
    'Size',
    (node, facts) => {
      const all = facts.dims(node.inputs[0])
      return all === undefined ? undefined : { rank: 0, items: [dimProduct(all)] }
    },
  ],
  ['Gather', gather],
  ['Concat', concat],
  ['Slice', slice],
  ['Identity', (node, facts) => facts.contents(node.inputs[0])],
  ['Reshape', reshaped],
  ['Squeeze', reshaped],
  ['Unsqueeze', reshaped],
  ['Expand', expand],
  ['Cast', cast],
  ['Add', dims(dimAdd)],
  ['Sub', dims(dimSub)],
  ['Mul', dims(dimMul)],
  ['Div', divide],
  ['Mod', (node, facts) => (intAttribute(node, 'fmod', 0) === 0 ? dims(dimMod)(node, facts) : undefined)],
  ['Max', dims(max)],
  ['Min', dims(min)],
  ['Neg', elementwise(([a]) => dimNeg(int(a!)))],
  ['Abs', elementwise(([a]) => (isNonNegative(int(a!)) ? a! : typeof a === 'number' ? -a : null))],
  ['Equal', elementwise(([a, b]) => (typeof a === 'boolean' && typeof b === 'boolean' ? a === b : (dimsEqual(int(a!), int(b!)) ?? null)))],
  ['Less', compare((a, b) => a < b, false)],
  ['LessOrEqual', compare((a, b) => a <= b, true)],
  ['Greater', compare((a, b) => a > b, false)],
  ['GreaterOrEqual', compare((a, b) => a >= b, true)],
  ['And', logic(false, (a, b) => a && b)],
  ['Or', logic(true, (a, b) => a || b)],
  ['Xor', elementwise(([a, b]) => (typeof a === 'boolean' && typeof b === 'boolean' ? a !== b : null))],
  ['Not', elementwise(([a]) => (typeof a === 'boolean' ? !a : null))],
  ['Where', elementwise(([condition, a, b]) => (condition === true ? a! : condition === false ? b! : a === b ? a! : null))],
  ['ReduceProd', reduce(dimProduct)],
  ['ReduceSum', reduce((items) => items.reduce(dimAdd, 0))],
  ['ReduceMax', reduce((items) => items.reduce(max))],
  ['ReduceMin', reduce((items) => items.reduce(min))],
])
