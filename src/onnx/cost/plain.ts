// Everything that is no product: what is computed for each element, what walks over its input, and what only moves data.

import { dimAdd, dimMul, dimProduct } from '../../ir/dim.ts'
import { rows, type CostNode, type CostRow } from './row.ts'

/** So many operations for each element of the result. */
const each =
  (operations = 1): CostRow =>
  (node) => ({ macs: 0, other: dimMul(node.outputSize(), operations) })

/** So many for each element that is read. */
const walk =
  (operations = 1): CostRow =>
  (node) => ({ macs: 0, other: dimMul(node.size(0), operations) })

/** Nothing is computed: results are read and written. `elements` of it where that is less than all that goes in and comes out. */
const move: CostRow = () => ({ macs: 0, other: 0 })
const picks: CostRow = (node) => ({ macs: 0, other: 0, elements: dimMul(node.outputSize(), 2) })
/** The same memory with another shape, or numbers about a shape. */
const free: CostRow = () => ({ macs: 0, other: 0, elements: 0 })

const pool: CostRow = (node) => ({ macs: 0, other: dimMul(node.outputSize(), dimProduct(node.ints('kernel_shape') ?? [null])) })

/** Points that a place is interpolated from: two an axis that changes, and a weight for each. */
const resize: CostRow = (node) => {
  const mode = node.text('mode') ?? 'nearest'
  const changed = (node.dims(0) ?? []).filter((dim, axis) => dim !== node.outputs[0]?.dims?.[axis]).length
  const points = mode === 'nearest' ? 0 : (mode === 'cubic' ? 4 : 2) ** changed
  return { macs: 0, other: dimMul(node.outputSize(), 2 * points) }
}

/** Comparisons of a sort: about so many for each element. */
const SORT_DEPTH = 10

/** Every element of the table of an embedding stays where it is, save for the rows that are read. */
const scatter: CostRow = (node) => ({ macs: 0, other: 0, elements: dimAdd(dimMul(node.outputSize(), 2), node.size(2)) })

/** A value and its residual are added, then normalised: mean, variance, scale and shift. */
const normalization =
  (operations: number): CostRow =>
  (node: CostNode) => ({ macs: 0, other: dimMul(node.size(0), operations) })

const ELEMENTWISE =
  'Abs Acos Acosh Asin Asinh Atan Atanh Add And BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast Ceil Clip Cos Cosh DequantizeLinear Div Equal Erf Exp ' +
  'Floor Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Log Max Min Mod Mul Neg Not Or Pow PRelu QuantizeLinear Reciprocal Relu Round Sign Sin Sinh Sqrt ' +
  'Sub Sum Tan Tanh Where Xor Bernoulli RandomNormalLike RandomUniformLike RandomNormal RandomUniform Multinomial Dropout Mean'

export const plainRows: readonly (readonly [string, CostRow])[] = [
  ...rows(ELEMENTWISE, each()),
  ...rows('LeakyRelu Elu Celu Selu ThresholdedRelu HardSigmoid HardSwish Sigmoid Softplus Softsign Swish Mish', each(3)),
  ...rows('Gelu FastGelu QuickGelu BiasGelu', each(5)),
  ...rows(
    'ReduceMax ReduceMin ReduceMean ReduceProd ReduceSum ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare ArgMax ArgMin CumSum GlobalAveragePool GlobalMaxPool',
    walk(),
  ),
  ...rows('Softmax LogSoftmax LpNormalization', walk(4)),
  ...rows('BatchNormalization', walk(2)),
  ...rows(
    'LayerNormalization InstanceNormalization GroupNormalization SimplifiedLayerNormalization RMSNormalization MeanVarianceNormalization LRN',
    normalization(7),
  ),
  ...rows('SkipLayerNormalization SkipSimplifiedLayerNormalization EmbedLayerNormalization', normalization(8)),
  ...rows('MaxPool AveragePool LpPool', pool),
  ...rows('Resize Upsample GridSample', resize),
  ...rows('TopK Unique', walk(SORT_DEPTH)),
  ...rows(
    'Concat Split Transpose Pad Tile DepthToSpace SpaceToDepth NonZero Compress OneHot EyeLike Trilu ReverseSequence Range ConstantOfShape SplitToSequence',
    move,
  ),
  ...rows('SequenceAt SequenceInsert SequenceErase SequenceEmpty SequenceConstruct SequenceLength ConcatFromSequence', free),
  ...rows('Gather GatherElements GatherND Slice Expand', picks),
  ...rows('ScatterElements ScatterND', scatter),
  ...rows('Reshape Identity Flatten Squeeze Unsqueeze Shape Size Constant', free),
]
