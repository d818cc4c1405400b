// The dims of an operator's first result from those of its operands, and from the small vectors that it takes for shapes, as ONNX defines them.
// An extent that does not follow is null; undefined where not even the rank does.

import { broadcast, dimAdd, dimClamp, dimFloorDiv, dimMul, dimProduct, type Dim, type Dims } from '../../ir/dim.ts'
import { wrap } from '../axes.ts'
import type { OnnxNode } from '../model.ts'
import { min, shapeOf } from './shape-contents.ts'
import type { ShapeFacts } from './shape-facts.ts'
import { intAttribute, intsAttribute } from './values.ts'

type DimsRule = (node: OnnxNode, facts: ShapeFacts) => Dims

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
  const whole = node.inputs.length === 2 ? rolled(node.inputs[0]!, node.inputs[1]!, axis, facts) : undefined
  if (whole !== undefined) return whole
  return dims.with(
    axis,
    parts.reduce<Dim>((sum, part) => dimAdd(sum, part?.[axis] ?? null), 0),
  )
}

/** x[s:] before x[:s] has the shape of x, whatever s is. */
function rolled(behind: string, before: string, axis: number, facts: ShapeFacts): Dims {
  const [tail, head] = [facts.sliceOf(behind), facts.sliceOf(before)]
  if (tail === undefined || head === undefined || tail.inputs[0] !== head.inputs[0] || tail.inputs[1] !== head.inputs[2]) return undefined
  const dims = facts.dims(tail.inputs[0])
  const isAlong = ({ inputs }: OnnxNode): boolean => {
    const axes = facts.ints(inputs[3])
    const steps = (inputs[4] ?? '') === '' ? [1] : facts.ints(inputs[4])
    return dims !== undefined && axes?.length === 1 && wrap(axes[0]!, dims.length) === axis && steps?.join() === '1'
  }
  const isWhole = facts.ints(head.inputs[1])?.join() === '0' && (facts.ints(tail.inputs[2])?.[0] ?? 0) >= Number.MAX_SAFE_INTEGER
  return isWhole && isAlong(tail) && isAlong(head) ? dims : undefined
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

export const dimsRules: ReadonlyMap<string, DimsRule> = new Map<string, DimsRule>([
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
