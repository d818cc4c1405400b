// Extents that lowering did not know, where those before them tell: at given sizes the result of a product or a sum is plain arithmetic. For figures only;
// what is known already is not touched, and what nothing tells stays unknown.

import { broadcast, dimAdd, dimFloorDiv, dimProduct, type Dim, type Dims } from '../../ir/dim.ts'
import { numel, type Tensor } from '../../ir/tensor.ts'
import { readElements } from '../../ir/tensor-elements.ts'
import type { OnnxModel, OnnxNode, ValueType } from '../model.ts'
import { intAttribute, intsAttribute, nodesOf } from '../passes/values.ts'

/** Extents of each result of a node, from those of its operands. */
type ShapeRule = (node: OnnxNode, inputs: readonly Dims[], constant: (index: number) => readonly number[] | undefined) => readonly Dims[]

const rules = (names: string, rule: ShapeRule): [string, ShapeRule][] => names.split(' ').map((name) => [name, rule])

const like: ShapeRule = (_, [x]) => [x]
const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

const matmul: ShapeRule = (_, [a, b]) => {
  if (a === undefined || b === undefined || a.length < 2 || b.length < 2) return []
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2))
  return [batch === undefined ? undefined : [...batch, a.at(-2)!, b.at(-1)!]]
}

const gemm: ShapeRule = (node, [a, b]) =>
  a === undefined || b === undefined ? [] : [[a[intAttribute(node, 'transA', 0)]!, b[1 - intAttribute(node, 'transB', 0)]!]]

const transpose: ShapeRule = (node, [x]) => {
  const perm = intsAttribute(node, 'perm')
  return x === undefined || perm?.length !== x.length ? [] : [perm.map((axis) => x[axis]!)]
}

const concat: ShapeRule = (node, inputs) => {
  const [first] = inputs
  if (first === undefined || inputs.some((dims) => dims?.length !== first.length)) return []
  const at = axisOf(intAttribute(node, 'axis', 0), first.length)
  return [
    first.map((_, axis) =>
      joined(
        inputs.map((dims) => dims![axis]!),
        axis === at,
      ),
    ),
  ]
}

/** Along the axis that is joined a sum; elsewhere all are the same. */
const joined = (dims: readonly Dim[], isJoined: boolean): Dim =>
  isJoined ? dims.reduce<Dim>(dimAdd, 0) : (dims.find((dim) => dim !== null) ?? null)

const split: ShapeRule = (node, [x], constant) => {
  if (x === undefined) return []
  const at = axisOf(intAttribute(node, 'axis', 0), x.length)
  const count = node.outputs.length
  const sizes = constant(1)
  const part = (i: number): Dim => {
    if (sizes !== undefined) return sizes[i] ?? null
    const whole = x[at]!
    if (typeof whole !== 'number' || (node.inputs[1] ?? '') !== '') return null
    const each = Math.ceil(whole / count)
    return i < count - 1 ? each : whole - each * (count - 1)
  }
  return node.outputs.map((_, i) => x.map((dim, axis) => (axis === at ? part(i) : dim)))
}

const gather: ShapeRule = (node, [data, indices]) => {
  if (data === undefined || indices === undefined) return []
  const at = axisOf(intAttribute(node, 'axis', 0), data.length)
  return [[...data.slice(0, at), ...indices, ...data.slice(at + 1)]]
}

const reshape: ShapeRule = (node, [x], constant) => {
  const sizes = constant(1)
  if (x === undefined || sizes === undefined) return []
  const keepsZero = intAttribute(node, 'allowzero', 0) === 0
  const dims = sizes.map((size, axis): Dim => (size === 0 && keepsZero ? (x[axis] ?? null) : size))
  const open = dims.indexOf(-1)
  if (open !== -1) dims[open] = dimFloorDiv(dimProduct(x), dimProduct(dims.filter((dim) => dim !== -1)))
  return [dims]
}

const unsqueeze: ShapeRule = (_, [x], constant) => {
  const axes = constant(1)
  if (x === undefined || axes === undefined) return []
  const rank = x.length + axes.length
  const ones = new Set(axes.map((axis) => axisOf(axis, rank)))
  const rest = [...x]
  return [Array.from({ length: rank }, (__, axis) => (ones.has(axis) ? 1 : (rest.shift() ?? null)))]
}

/** Queries, keys and values are a third of what the weights give. */
const attention: ShapeRule = (_, [x, weight]) =>
  x === undefined || weight === undefined ? [] : [[...x.slice(0, -1), dimFloorDiv(weight.at(-1) ?? null, 3)]]

const table: ReadonlyMap<string, ShapeRule> = new Map([
  ...rules(
    'Abs Cast Ceil Clip Cos Elu Erf Exp Floor HardSigmoid HardSwish Identity LeakyRelu Log LogSoftmax Mish Neg Not Reciprocal Relu Round Sigmoid Sign Sin Softmax Softplus Sqrt Tanh',
    like,
  ),
  ...rules(
    'Gelu FastGelu BiasGelu QuickGelu LayerNormalization SimplifiedLayerNormalization SkipLayerNormalization InstanceNormalization BatchNormalization',
    like,
  ),
  ...rules('Add Sub Mul Div Pow Mod Min Max Where Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor', (_, inputs) => [
    broadcast(...inputs),
  ]),
  ...rules('MatMul MatMulInteger', matmul),
  ...rules('Gemm FusedGemm', gemm),
  ...rules('Transpose', transpose),
  ...rules('Concat', concat),
  ...rules('Split', split),
  ...rules('Gather', gather),
  ...rules('Reshape', reshape),
  ...rules('Unsqueeze', unsqueeze),
  ...rules('Attention', attention),
])

/** Elements of a constant that tells a shape. */
const MAX_RANK = 64

/** Types of values by name with as many extents as can be told. `typeOf` gives what is known at the sizes that are asked for. */
export function completeTypes(model: OnnxModel, typeOf: (name: string) => ValueType | undefined): (name: string) => ValueType | undefined {
  const found = new Map<string, ValueType>()
  const known = (name: string): ValueType | undefined => found.get(name) ?? typeOf(name)
  const isOpen = (type: ValueType | undefined): boolean => type?.dims === undefined || type.dims.some((dim) => typeof dim !== 'number')
  for (const node of nodesOf(model.graph)) {
    if (!node.outputs.some((name) => name !== '' && isOpen(known(name)))) continue
    const constant = (index: number): readonly number[] | undefined => intsOf(model.graph.initializers.get(node.inputs[index] ?? ''))
    const rule = table.get(node.opType)
    if (rule === undefined) continue
    const inputs = node.inputs.map((name) => known(name)?.dims)
    for (const [i, dims] of rule(node, inputs, constant).entries()) {
      const name = node.outputs[i]
      const type = name === undefined ? undefined : known(name)
      if (name === undefined || name === '' || dims === undefined || type === undefined) continue
      if (type.dims === undefined) found.set(name, { ...type, dims })
      else if (type.dims.length === dims.length) found.set(name, { ...type, dims: type.dims.map((dim, axis) => dim ?? dims[axis]!) })
    }
  }
  return known
}

function intsOf(tensor: Tensor | undefined): readonly number[] | undefined {
  return tensor?.dtype === 'int64' && numel(tensor.sizes) <= MAX_RANK ? readElements(tensor).map(Number) : undefined
}
