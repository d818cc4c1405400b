// Arithmetic on tiny constants: what shape computations and scalar chains leave. Exact: integers wrap as in two's complement; +, −, ×, ÷
// and √ of float32 are computed in float64 and rounded once more, which for these five gives the float32 result itself.
// Not for weights: those are folded by the Evaluator, with the runtime's own kernels.

import { numel, type Tensor } from '../../ir/tensor.ts'
import { hasElements, readElements, tensorFromElements, type Element } from '../../ir/tensor-elements.ts'
import { scalarTypeOfDataType } from '../data-type.ts'
import type { OnnxNode } from '../model.ts'
import { intAttribute, TINY, type Values } from './values.ts'

type Fold = (inputs: readonly Tensor[], node: OnnxNode) => Tensor | undefined
/** undefined: leave it to the run. */
type Scalar<T> = (a: T, b: T) => Element | undefined

const FLOATS = new Set(['float32', 'float64'])
const INTS = new Set(['int64', 'int32'])

/** Sizes that all inputs broadcast to. */
function broadcastSizes(inputs: readonly Tensor[]): number[] | undefined {
  const rank = Math.max(...inputs.map(({ sizes }) => sizes.length))
  const sizes = Array.from({ length: rank }, (_, i) => {
    const column = new Set(inputs.map((x) => x.sizes[x.sizes.length - rank + i] ?? 1))
    column.delete(1)
    return column.size > 1 ? -1 : ([...column][0] ?? 1)
  })
  return sizes.includes(-1) || numel(sizes) > TINY ? undefined : sizes
}

function expanded(x: Tensor, sizes: readonly number[]): Tensor {
  const lead = sizes.length - x.sizes.length
  return { ...x, sizes, strides: sizes.map((_, i) => (i < lead || x.sizes[i - lead] === 1 ? 0 : x.strides[i - lead]!)) }
}

/** A tensor of `dtype` (that of the inputs, when undefined) from corresponding elements. */
function elementwise(
  inputs: readonly Tensor[],
  dtype: Tensor['dtype'] | undefined,
  of: (elements: readonly Element[]) => Element | undefined,
) {
  const sizes = broadcastSizes(inputs)
  if (sizes === undefined) return undefined
  const columns = inputs.map((x) => readElements(expanded(x, sizes)))
  const results = columns[0]!.map((_, i) => of(columns.map((column) => column[i]!)))
  return results.includes(undefined) ? undefined : tensorFromElements(dtype ?? inputs[0]!.dtype, sizes, results as Element[])
}

/** One rule for integers, one for floats. Several inputs are taken two by two. */
function arithmetic(ints: Scalar<bigint> | undefined, floats: Scalar<number> | undefined, dtype?: Tensor['dtype']): Fold {
  return (inputs) => {
    const type = inputs[0]!.dtype
    const of = (INTS.has(type) ? ints : FLOATS.has(type) ? floats : undefined) as Scalar<Element> | undefined
    if (of === undefined || inputs.some((x) => x.dtype !== type)) return undefined
    return elementwise(inputs, dtype, ([first, ...rest]) =>
      rest.reduce<Element | undefined>((a, b) => (a === undefined ? undefined : of(a, b)), first),
    )
  }
}
function unary(ints: ((a: bigint) => Element) | undefined, floats: ((a: number) => Element) | undefined): Fold {
  return ([x]) => {
    const of = (INTS.has(x!.dtype) ? ints : FLOATS.has(x!.dtype) ? floats : undefined) as ((a: Element) => Element) | undefined
    return of === undefined ? undefined : elementwise([x!], undefined, ([a]) => of(a!))
  }
}
const compare = (of: (a: Element, b: Element) => boolean): Fold => arithmetic(of, of, 'bool')
const logic = (of: (a: boolean, b: boolean) => boolean): Fold => {
  return (inputs) =>
    inputs.every((x) => x.dtype === 'bool') ? elementwise(inputs, 'bool', ([a, b]) => of(a === true, b === true)) : undefined
}
/** Reduction of a 1-d tensor of ints to its only result. */
function reduction(of: (elements: readonly bigint[]) => bigint | undefined): Fold {
  return ([x, axes], node) => {
    if (x!.dtype !== 'int64' || x!.sizes.length !== 1 || (axes !== undefined && numel(axes.sizes) !== 1) || numel(x!.sizes) > TINY)
      return undefined
    const result = of(readElements(x!) as bigint[])
    return result === undefined ? undefined : tensorFromElements('int64', intAttribute(node, 'keepdims', 1) === 1 ? [1] : [], [result])
  }
}

const MAX_EXACT = 2n ** 53n

function castElement(value: Element, to: Tensor['dtype']): Element | undefined {
  if (to === 'bool') return Number(value) !== 0
  if (FLOATS.has(to)) return typeof value !== 'bigint' || (value <= MAX_EXACT && value >= -MAX_EXACT) ? Number(value) : undefined
  if (!INTS.has(to)) return undefined
  if (typeof value !== 'number') return BigInt(value)
  const limit = to === 'int64' ? 2 ** 63 : 2 ** 31
  return Math.abs(value) < limit ? BigInt(Math.trunc(value)) : undefined
}

const signed = (a: bigint, b: bigint): bigint => (a % b === 0n || a < 0n === b < 0n ? a % b : (a % b) + b)

const folds = new Map<string, Fold>([
  [
    'Add',
    arithmetic(
      (a, b) => a + b,
      (a, b) => a + b,
    ),
  ],
  [
    'Sub',
    arithmetic(
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  ],
  [
    'Mul',
    arithmetic(
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  ],
  [
    'Div',
    arithmetic(
      (a, b) => (b === 0n ? undefined : a / b),
      (a, b) => a / b,
    ),
  ],
  [
    'Mod',
    (inputs, node) =>
      arithmetic((a, b) => (b === 0n ? undefined : intAttribute(node, 'fmod', 0) === 1 ? a % b : signed(a, b)), undefined)(inputs, node),
  ],
  ['Max', arithmetic((a, b) => (a > b ? a : b), undefined)],
  ['Min', arithmetic((a, b) => (a < b ? a : b), undefined)],
  [
    'Neg',
    unary(
      (a) => -a,
      (a) => -a,
    ),
  ],
  ['Abs', unary((a) => (a < 0n ? -a : a), Math.abs)],
  ['Floor', unary(undefined, Math.floor)],
  ['Ceil', unary(undefined, Math.ceil)],
  ['Sqrt', unary(undefined, Math.sqrt)],
  ['Reciprocal', unary(undefined, (a) => 1 / a)],
  ['Equal', compare((a, b) => a === b)],
  ['Less', compare((a, b) => a < b)],
  ['LessOrEqual', compare((a, b) => a <= b)],
  ['Greater', compare((a, b) => a > b)],
  ['GreaterOrEqual', compare((a, b) => a >= b)],
  ['And', logic((a, b) => a && b)],
  ['Or', logic((a, b) => a || b)],
  ['Xor', logic((a, b) => a !== b)],
  ['Not', ([x]) => (x!.dtype === 'bool' ? elementwise([x!], undefined, ([a]) => a !== true) : undefined)],
  [
    'Where',
    ([condition, a, b]) =>
      a!.dtype === b!.dtype ? elementwise([condition!, a!, b!], a!.dtype, ([c, x, y]) => (c === true ? x : y)) : undefined,
  ],
  ['ReduceSum', reduction((elements) => elements.reduce((a, b) => a + b, 0n))],
  ['ReduceProd', reduction((elements) => elements.reduce((a, b) => a * b, 1n))],
  ['ReduceMax', reduction((elements) => (elements.length === 0 ? undefined : elements.reduce((a, b) => (a > b ? a : b))))],
  ['ReduceMin', reduction((elements) => (elements.length === 0 ? undefined : elements.reduce((a, b) => (a < b ? a : b))))],
  [
    'Cast',
    ([x], node) => {
      const to = scalarTypeOfDataType(intAttribute(node, 'to', 0))
      return to === undefined ? undefined : elementwise([x!], to, ([value]) => castElement(value!, to))
    },
  ],
  ['Shape', ([x], node) => (node.attributes.size === 0 ? tensorFromElements('int64', [x!.sizes.length], x!.sizes.map(BigInt)) : undefined)],
  ['Size', ([x]) => tensorFromElements('int64', [], [BigInt(numel(x!.sizes))])],
  [
    'Concat',
    (inputs) => {
      const elements = inputs.flatMap((x) => (x.sizes.length === 1 && x.dtype === inputs[0]!.dtype ? readElements(x) : [undefined]))
      return elements.length > TINY || elements.includes(undefined)
        ? undefined
        : tensorFromElements(inputs[0]!.dtype, [elements.length], elements as Element[])
    },
  ],
  [
    'Expand',
    ([x, shape]) => {
      const asked = readElements(shape!).map(Number)
      if (asked.some((size) => size < 0) || numel(asked) > TINY) return undefined
      const sizes = broadcastSizes([x!, { ...x!, sizes: asked }])
      return sizes === undefined ? undefined : tensorFromElements(x!.dtype, sizes, readElements(expanded(x!, sizes)))
    },
  ],
  [
    'Range',
    ([start, limit, delta]) => {
      if (start!.dtype !== 'int64') return undefined
      const [from, to, by] = [start, limit, delta].map((x) => readElements(x!)[0] as bigint) as [bigint, bigint, bigint]
      if (by === 0n) return undefined
      const count = (to - from + by - (by > 0n ? 1n : -1n)) / by
      if (count > TINY) return undefined
      const length = Math.max(0, Number(count))
      return tensorFromElements(
        'int64',
        [length],
        Array.from({ length }, (_, i) => from + by * BigInt(i)),
      )
    },
  ],
])

/** The result of arithmetic on tiny constants; undefined when it is not known, not tiny, or not exact. */
export function constantElements(node: OnnxNode, values: Values): Tensor | undefined {
  const fold = node.domain === '' ? folds.get(node.opType) : undefined
  if (fold === undefined || node.outputs.length !== 1 || node.inputs.length === 0) return undefined
  const inputs: Tensor[] = []
  for (const name of node.inputs) {
    const x = values.constant(name)
    if (x === undefined || !plain(x) || (numel(x.sizes) > TINY && node.opType !== 'Shape' && node.opType !== 'Size')) return undefined
    inputs.push(x)
  }
  return fold(inputs, node)
}

// bfloat16 constants are float32 where they are read.
const plain = (x: Tensor): boolean => hasElements(x.dtype) && x.dtype !== 'bfloat16'
