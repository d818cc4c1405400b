// What is known at build time of extents: the dims of every value, and the elements of the small int64 and bool vectors that are computed
// from them, as numbers and expressions of symbols (ir/dim.ts). What lowering knew (`OnnxModel.types`) comes first; this table fills in
// what rows left out. An extent of which nothing is known is a symbol of its own: what is computed from it is known to be so. The model is walked from front to back; names are unique in it, so one flat table serves every scope.

import { broadcast, dimAdd, dimClamp, dimFloorDiv, dimMul, dimProduct, type Dim, type Dims } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import { numel } from '../../ir/tensor.ts'
import { readElements } from '../../ir/tensor-elements.ts'
import { wrap } from '../axes.ts'
import { emittedType } from '../data-type.ts'
import type { OnnxModel, OnnxNode } from '../model.ts'
import { contentsRules, min, shapeOf, type Contents } from './shape-contents.ts'
import { intAttribute, intsAttribute, TINY } from './values.ts'

/** What gives extents, and what moves them. */
const EXTENTS = new Set(['Shape', 'Size'])
const MOVING = new Set(['Gather', 'Slice', 'Squeeze', 'Unsqueeze', 'Reshape', 'Identity'])

type DimsRule = (node: OnnxNode, facts: ShapeFacts) => Dims

export class ShapeFacts {
  readonly #model: OnnxModel
  readonly #inputs: ReadonlyMap<string, ScalarType>
  readonly #dims = new Map<string, Dims>()
  readonly #contents = new Map<string, Contents>()
  /** Values that are never negative, whatever is known of them. */
  readonly #extents = new Set<string>()
  #next: number

  constructor(model: OnnxModel) {
    this.#model = model
    this.#next = firstSymbol(model)
    this.#inputs = new Map(model.graph.inputs.map(({ name, dtype }) => [name, dtype]))
    for (const { name, dims } of model.graph.inputs) this.#dims.set(name, dims)
  }

  dims(name: string | undefined): Dims {
    if (name === undefined || name === '') return undefined
    const constant = this.#model.graph.initializers.get(name)
    return constant?.sizes ?? this.#dims.get(name) ?? this.#model.types.get(name)?.dims
  }
  dtype(name: string): ScalarType | undefined {
    const constant = this.#model.graph.initializers.get(name)
    if (constant !== undefined) return emittedType(constant.dtype)
    return this.#model.types.get(name)?.dtype ?? this.#inputs.get(name)
  }
  /** Elements of a 0-d or 1-d tensor of ints or bools. */
  contents(name: string | undefined): Contents | undefined {
    if (name === undefined || name === '') return undefined
    const known = this.#contents.get(name)
    const constant = this.#model.graph.initializers.get(name)
    if (known !== undefined || constant === undefined) return known
    const { dtype, sizes } = constant
    if (!['int64', 'bool'].includes(dtype) || sizes.length > 1 || numel(sizes) > TINY) return undefined
    // An int that no extent reaches stands for "to the end": as a number it is large enough for that.
    const items = readElements(constant).map((item) => (typeof item === 'bigint' ? Number(item) : (item as boolean)))
    const contents: Contents = { rank: sizes.length as 0 | 1, items }
    this.#contents.set(name, contents)
    return contents
  }
  /** The numbers of a constant vector, or of one that is known as well as if it were. */
  ints(name: string | undefined): number[] | undefined {
    const items = this.contents(name)?.items
    return items?.every((item): item is number => typeof item === 'number') === true ? [...items] : undefined
  }

  /** Holds extents, or constants that could be: nothing that is negative. */
  isExtent(name: string | undefined): boolean {
    return name !== undefined && (this.#extents.has(name) || this.ints(name)?.every((item) => item >= 0) === true)
  }

  /** The same with a symbol for each extent of which nothing is known. */
  #named(dims: Dims): Dims {
    return dims?.includes(null) === true ? dims.map((dim) => dim ?? `?${this.#next++}`) : dims
  }

  /** Notes what is known of a node's results. */
  visit(node: OnnxNode): void {
    const [output] = node.outputs
    const inferred = node.domain === '' ? dimsRules.get(node.opType)?.(node, this) : undefined
    if (output !== undefined && output !== '') {
      const type = this.#model.types.get(output)
      const dims = this.#named(sharper(inferred, type?.dims))
      this.#dims.set(output, dims)
      // For the passes behind.
      if (type !== undefined) this.#model.types.set(output, { dtype: type.dtype, dims })
      if (EXTENTS.has(node.opType) || (MOVING.has(node.opType) && this.isExtent(node.inputs[0]))) this.#extents.add(output)
      const contents = node.domain === '' ? contentsRules.get(node.opType)?.(node, this) : undefined
      if (contents !== undefined && contents.items.length <= TINY) this.#contents.set(output, contents)
    }
    for (const name of node.outputs.slice(1)) {
      const type = this.#model.types.get(name)
      if (type === undefined) continue
      const dims = this.#named(type.dims)
      this.#dims.set(name, dims)
      this.#model.types.set(name, { dtype: type.dtype, dims })
    }
    if (node.opType !== 'Split') return
    const parts = this.ints(node.inputs[1])
    const dims = this.dims(node.inputs[0])
    if (parts === undefined || dims === undefined) return
    const axis = wrap(intAttribute(node, 'axis', 0), dims.length)
    for (const [i, name] of node.outputs.entries()) if (name !== '') this.#dims.set(name, dims.with(axis, parts[i] ?? null))
  }
}

/** Symbols are told from those of before, which stand in `types`. */
function firstSymbol({ types }: OnnxModel): number {
  let next = 0
  for (const { dims } of types.values())
    for (const dim of dims ?? [])
      if (typeof dim === 'string') for (const [, digits] of dim.matchAll(SYMBOL)) next = Math.max(next, Number(digits) + 1)
  return next
}
/** No name of a dimension looks like this. */
const SYMBOL = /\?(\d+)/g

/** Both are true: numbers tell more than expressions, and these more than nothing. What the node itself says comes first. */
function sharper(inferred: Dims, known: Dims): Dims {
  if (inferred === undefined || known === undefined || inferred.length !== known.length) return inferred ?? known
  return inferred.map((dim, i) => (typeof dim === 'number' ? dim : typeof known[i] === 'number' ? known[i] : (known[i] ?? dim)))
}

const first: DimsRule = (node, facts) => facts.dims(node.inputs[0])
const broadcasting: DimsRule = (node, facts) => broadcast(...node.inputs.map((name) => facts.dims(name)))

const transpose: DimsRule = (node, facts) => {
  const dims = facts.dims(node.inputs[0])
  const perm = intsAttribute(node, 'perm')
  return dims === undefined ? undefined : perm === undefined ? dims.toReversed() : perm.map((axis) => dims[axis] ?? null)
}

const reshape: DimsRule = (node, facts) => {
  const from = facts.dims(node.inputs[0])
  const items = facts.contents(node.inputs[1])?.items as readonly Dim[] | undefined
  if (items === undefined) return undefined
  const copies = intAttribute(node, 'allowzero', 0) === 0
  const dims = items.map((item, i): Dim => (item === 0 && copies ? (from?.[i] ?? null) : item === -1 ? null : item))
  const open = items.indexOf(-1)
  const rest = dimProduct(dims.filter((_, i) => i !== open))
  if (open === -1 || from === undefined || rest === 0) return dims
  const extent = dimFloorDiv(dimProduct(from), rest)
  // Where it does not divide there would be no such tensor; an expression that says so is of no use.
  return dims.with(open, typeof extent === 'string' && extent.includes('floor(') ? null : extent)
}

const unsqueeze: DimsRule = (node, facts) => {
  const [dims, axes] = [facts.dims(node.inputs[0]), facts.ints(node.inputs[1])]
  if (dims === undefined || axes === undefined) return undefined
  const rank = dims.length + axes.length
  const ones = new Set(axes.map((axis) => wrap(axis, rank)))
  const rest = [...dims]
  return Array.from({ length: rank }, (_, i) => (ones.has(i) ? 1 : (rest.shift() ?? null)))
}

const squeeze: DimsRule = (node, facts) => {
  const [dims, axes] = [facts.dims(node.inputs[0]), facts.ints(node.inputs[1])]
  if (dims === undefined || axes === undefined) return undefined
  const gone = new Set(axes.map((axis) => wrap(axis, dims.length)))
  return dims.filter((_, i) => !gone.has(i))
}

const slice: DimsRule = (node, facts) => {
  const dims = facts.dims(node.inputs[0])
  const axes = facts.ints(node.inputs[3])
  if (dims === undefined || axes === undefined) return undefined
  const [starts, ends] = [facts.ints(node.inputs[1]), facts.ints(node.inputs[2])]
  const upTo = facts.isExtent(node.inputs[2]) ? facts.contents(node.inputs[2])?.items : undefined
  const steps = node.inputs[4] === undefined || node.inputs[4] === '' ? axes.map(() => 1) : facts.ints(node.inputs[4])
  const out = [...dims]
  for (const [i, axis] of axes.entries()) {
    const at = wrap(axis, dims.length)
    const [extent, start, end, step] = [dims[at], starts?.[i], ends?.[i], steps?.[i]]
    const known = typeof extent === 'number' && start !== undefined && end !== undefined && step !== undefined && step > 0
    const clamp = (index: number, size: number): number => Math.max(0, Math.min(index < 0 ? index + size : index, size))
    if (known) out[at] = Math.max(0, Math.ceil((clamp(end, extent) - clamp(start, extent)) / step))
    else if (start === 0 && step === 1 && upTo !== undefined) out[at] = lesser(upTo[i] as Dim, extent ?? null)
    else if (!(start === 0 && step === 1 && end !== undefined && end >= Number.MAX_SAFE_INTEGER)) out[at] = null
  }
  return out
}

/** Of two that are not negative. */
const lesser = (a: Dim, b: Dim): Dim => min(a, b) ?? dimClamp(a, b)

const concat: DimsRule = (node, facts) => {
  const parts = node.inputs.map((name) => facts.dims(name))
  const [dims] = parts
  if (dims === undefined) return undefined
  const axis = wrap(intAttribute(node, 'axis', 0), dims.length)
  return dims.with(
    axis,
    parts.reduce<Dim>((sum, part) => dimAdd(sum, part?.[axis] ?? null), 0),
  )
}

const gather: DimsRule = (node, facts) => {
  const [dims, index] = [facts.dims(node.inputs[0]), facts.dims(node.inputs[1])]
  if (dims === undefined || index === undefined) return undefined
  const axis = wrap(intAttribute(node, 'axis', 0), dims.length)
  return [...dims.slice(0, axis), ...index, ...dims.slice(axis + 1)]
}

const expand: DimsRule = (node, facts) =>
  broadcast(facts.dims(node.inputs[0]), facts.contents(node.inputs[1])?.items as readonly Dim[] | undefined)

const matMul: DimsRule = (node, facts) => {
  const [a, b] = [facts.dims(node.inputs[0]), facts.dims(node.inputs[1])]
  if (a === undefined || b === undefined || a.length < 2 || b.length < 2) return undefined
  return [...(broadcast(a.slice(0, -2), b.slice(0, -2)) ?? []), a.at(-2)!, b.at(-1)!]
}

const pad: DimsRule = (node, facts) => {
  const [dims, pads] = [facts.dims(node.inputs[0]), facts.contents(node.inputs[1])?.items as readonly Dim[] | undefined]
  if (dims === undefined || pads?.length !== 2 * dims.length || (node.inputs[3] ?? '') !== '') return undefined
  return dims.map((dim, i) => dimAdd(dim, dimAdd(pads[i]!, pads[i + dims.length]!)))
}

const tile: DimsRule = (node, facts) => {
  const [dims, times] = [facts.dims(node.inputs[0]), facts.ints(node.inputs[1])]
  return dims === undefined || times?.length !== dims.length ? undefined : dims.map((dim, i) => dimMul(dim, times[i]!))
}

const reduce: DimsRule = (node, facts) => {
  const dims = facts.dims(node.inputs[0])
  if (dims === undefined) return undefined
  const given = node.inputs[1] !== undefined && node.inputs[1] !== ''
  const axes = given ? facts.ints(node.inputs[1])?.map((axis) => wrap(axis, dims.length)) : dims.map((_, i) => i)
  if (axes === undefined || (given && axes.length === 0)) return undefined
  const keep = intAttribute(node, 'keepdims', 1) === 1
  return dims.flatMap((dim, i) => (axes.includes(i) ? (keep ? [1] : []) : [dim]))
}

/** Y is [T, directions, B, hidden]. */
const recurrent: DimsRule = (node, facts) => {
  const x = facts.dims(node.inputs[0])
  const hidden = intAttribute(node, 'hidden_size', 0)
  if (x?.length !== 3 || hidden === 0 || intAttribute(node, 'layout', 0) !== 0) return undefined
  return [x[0]!, node.attributes.get('direction') === 'bidirectional' ? 2 : 1, x[1]!, hidden]
}

/** 0, 1, … up to an extent. */
const range: DimsRule = (node, facts) => {
  const [start, limit, delta] = node.inputs.map((name) => facts.contents(name)?.items[0])
  return start === 0 && delta === 1 && typeof limit !== 'boolean' ? [limit ?? null] : [null]
}

const words = (text: string): string[] => text.split(' ')

const dimsRules = new Map<string, DimsRule>([
  ...words(
    'Abs Cast Ceil Clip Cos Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log LogSoftmax Neg Not Reciprocal Relu Round Sigmoid Sign Sin Softmax Softplus Sqrt Tanh CumSum Trilu LayerNormalization InstanceNormalization BatchNormalization GroupNormalization ScatterND ScatterElements',
  ).map((op): [string, DimsRule] => [op, first]),
  ...words('Add Sub Mul Div Pow Mod Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Min Max Where').map(
    (op): [string, DimsRule] => [op, broadcasting],
  ),
  ...words('ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd').map((op): [string, DimsRule] => [op, reduce]),
  ['Transpose', transpose],
  ['Reshape', reshape],
  ['Unsqueeze', unsqueeze],
  ['Squeeze', squeeze],
  ['Slice', slice],
  ['Concat', concat],
  ['Gather', gather],
  ['Expand', expand],
  ['MatMul', matMul],
  ['Pad', pad],
  ['Tile', tile],
  ['Range', range],
  ['LSTM', recurrent],
  ['GRU', recurrent],
  ['RNN', recurrent],
  ['Shape', (node, facts) => [shapeOf(node, facts)?.length ?? null]],
  ['Size', () => []],
])
