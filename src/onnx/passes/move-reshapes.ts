// Reshapes move behind the operators that do not look at the shape, until they meet another and are one with it, or undo each other:
// Reshape → Gelu → Reshape is Gelu alone. A Reshape costs nothing by itself; what it costs is that neighbours do not see each other.

import { dimsEqual, type Dims } from '../../ir/dim.ts'
import type { OnnxNode, ValueType } from '../model.ts'
import { wrap } from '../axes.ts'
import { onnxNode, operatorOf, replaceNodes, type GraphIndex } from './graph-index.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import { intAttribute } from './values.ts'

export const moveReshapes = defineOnnxPass({
  name: 'move-reshapes',
  doc: 'Moves Reshape behind elementwise operators and Split, and joins it with the Reshape that it meets there.',
  optional: true,
  wants: ['Reshape'],
  run: (model) => replaceNodes(model, 'mr', (node, index) => move(node, index, model.types)),
})

type Types = Map<string, ValueType>

/** Each element by itself. */
export const ELEMENTWISE: ReadonlySet<string> = new Set(
  'Abs Ceil Clip Elu Erf Exp Floor Gelu HardSigmoid HardSwish LeakyRelu Log Neg Reciprocal Relu Round Sigmoid Sign Softplus Sqrt Tanh com.microsoft.Gelu com.microsoft.FastGelu com.microsoft.QuickGelu'.split(
    ' ',
  ),
)
/** Each element by itself, with a constant that is the same for all. */
export const WITH_NUMBER: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow'])

function move(node: OnnxNode, index: GraphIndex, types: Types): OnnxNode[] | undefined {
  const operator = operatorOf(node)
  if (operator === 'Reshape') return joined(node, index)
  if (operator === 'Split') return split(node, index, types)
  const number = WITH_NUMBER.has(operator) ? node.inputs.findIndex((name) => index.scalar(name) !== undefined) : -1
  // Extra inputs (of Clip: bounds; of FastGelu: a bias) are scalars, or not there.
  const plain = ELEMENTWISE.has(operator) && node.inputs.slice(1).every((name) => name === '' || index.constant(name)?.sizes.length === 0)
  if (!plain && number === -1) return undefined
  const at = plain ? 0 : 1 - number
  const before = index.own(node.inputs[at], 'Reshape')
  // Only towards another Reshape.
  if (before === undefined || !leadsTo('Reshape', node.outputs[0]!, index)) return undefined
  const [source] = before.inputs as [string]
  const type = index.type(node.outputs[0]!)
  const dims = index.dims(source)
  if (type === undefined || dims === undefined) return undefined
  const moved = index.name({ dtype: type.dtype, dims })
  return [
    onnxNode(operator, node.inputs.with(at, source), [moved], Object.fromEntries(node.attributes)),
    onnxNode('Reshape', [moved, before.inputs[1]], [node.outputs[0]], Object.fromEntries(before.attributes)),
  ]
}

/** The value is reshaped (or transposed), at once or behind further operators that a Reshape moves over. */
export function leadsTo(goal: 'Reshape' | 'Transpose', name: string, index: GraphIndex): boolean {
  let at = name
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const [reader] = index.readers(at)
    if (reader === undefined || !index.isReadOnce(at)) return false
    const operator = operatorOf(reader)
    if (operator === goal) return true
    if (!ELEMENTWISE.has(operator) && !(WITH_NUMBER.has(operator) && reader.inputs.some((input) => index.scalar(input) !== undefined)))
      return false
    at = reader.outputs[0]!
  }
  return false
}
/** Operators that a Reshape moves over at most. */
const MAX_STEPS = 16

/** A Reshape to constant sizes that copies none: what it is given may have any shape. */
function isFree(node: OnnxNode, index: GraphIndex): boolean {
  const sizes = index.ints(node.inputs[1])
  return sizes !== undefined && (!sizes.includes(0) || intAttribute(node, 'allowzero', 0) === 1)
}

const same = (a: Dims, b: Dims): boolean =>
  a !== undefined && b !== undefined && a.length === b.length && a.every((dim, i) => dimsEqual(dim, b[i]!) === true)

/** Reshape ∘ Reshape; none at all where the shape is that of before. */
function joined(node: OnnxNode, index: GraphIndex): OnnxNode[] | undefined {
  const before = index.made(node.inputs[0], 'Reshape')
  if (before === undefined) return undefined
  const [source] = before.inputs as [string]
  if (same(index.dims(source), index.dims(node.outputs[0]!))) return [onnxNode('Identity', [source], [node.outputs[0]])]
  return isFree(node, index)
    ? [onnxNode('Reshape', [source, node.inputs[1]], [node.outputs[0]], Object.fromEntries(node.attributes))]
    : undefined
}

/** A Split along an axis that the Reshape leaves as it is, when every part is reshaped anyway. */
function split(node: OnnxNode, index: GraphIndex, types: Types): OnnxNode[] | undefined {
  const before = index.own(node.inputs[0], 'Reshape')
  const parts = node.outputs.filter((name) => name !== '')
  if (before === undefined) return undefined
  const [source] = before.inputs as [string]
  const [from, to] = [index.dims(source), index.dims(node.inputs[0]!)]
  if (from === undefined || to === undefined || from.length === 0) return undefined
  // The last axis: what lies before it only has other names.
  const axis = wrap(intAttribute(node, 'axis', 0), to.length)
  if (axis !== to.length - 1 || dimsEqual(from.at(-1)!, to[axis]!) !== true) return undefined
  const isReshaped = (name: string): boolean =>
    !index.isResult(name) &&
    index.readers(name).every((reader) => operatorOf(reader) === 'Reshape' && reader.inputs[0] === name && isFree(reader, index))
  if (!parts.every(isReshaped)) return undefined
  for (const name of parts) {
    const type = index.type(name)
    if (type !== undefined) types.set(name, { dtype: type.dtype, dims: [...from.slice(0, -1), type.dims?.at(-1) ?? null] })
  }
  const attributes = { ...Object.fromEntries(node.attributes), axis: from.length - 1 }
  return [onnxNode('Split', [source, ...node.inputs.slice(1)], node.outputs, attributes)]
}
