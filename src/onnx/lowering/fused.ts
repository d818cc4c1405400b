// Operators that do several things at once, or one thing as a back end has it.
// Answers to aten/src/ATen/native/{cudnn,miopen,mkldnn}, LinearAlgebra.cpp (_addmm_activation, _int_mm) and Convolution.cpp.

import { isFloatingPoint } from '../../ir/scalar-type.ts'
import type { OnnxBuilder, ResultType } from '../builder.ts'
import { constantNumber, type ListOperand, type Operand, type OnnxValue, type ScalarListOperand, type ScalarOperand } from '../operand.ts'
import { activationLowerings } from './activation.ts'
import { ARITHMETIC, compute, like, number, ORDERED, resultDtype, select, tensor, WIDE } from './compute.ts'
import { convolutionLowerings } from './convolution.ts'
import { callOf } from './forward.ts'
import { countTo, intOp } from './int-math.ts'
import { matmulLowerings } from './matmul.ts'
import { lower, lowers, UnmetNeed, type LoweringRow } from './row.ts'
import { rankOnly } from './spatial.ts'

const constant = (value: bigint | boolean | null): Operand => ({ kind: 'constant', value })
const convolution = callOf(convolutionLowerings, 'aten::convolution')
const gelu = callOf(activationLowerings, 'aten::gelu')
const addmm = callOf(matmulLowerings, 'aten::addmm')

interface Convolution {
  readonly self: OnnxValue
  readonly weight: OnnxValue
  readonly bias: OnnxValue | undefined
  readonly stride: ScalarListOperand
  readonly padding: ScalarListOperand
  readonly dilation: ScalarListOperand
}
const convolve = ({ self, ...args }: Convolution, groups: ScalarOperand, b: OnnxBuilder, out?: ResultType): OnnxValue =>
  convolution({ input: self, ...args, groups, transposed: constant(false), output_padding: { kind: 'list', items: [] } }, b, out)

/** max(0, x), of integers too. */
const relu = (x: OnnxValue, b: OnnxBuilder): OnnxValue =>
  isFloatingPoint(x.dtype) ? b.op('Relu', [x]) : compute(b, x.dtype, ORDERED, [x], (v) => b.op('Max', [v, like(b, v, 0)]))

/** relu(self + α·other) in the promoted dtype. */
function addRelu(self: OnnxValue, other: ScalarOperand, alpha: ScalarOperand, b: OnnxBuilder, out: readonly ResultType[]): OnnxValue {
  const fact = other.kind === 'tensor' ? tensor(other) : number(other)
  return sumRelu(self, other, alpha, resultDtype(out, tensor(self), fact), b)
}
function sumRelu(self: OnnxValue, other: ScalarOperand, alpha: ScalarOperand, dtype: OnnxValue['dtype'], b: OnnxBuilder): OnnxValue {
  const sum = compute(b, dtype, ARITHMETIC, [self, other], (x, y) =>
    b.op('Add', [x, constantNumber(alpha) === 1 ? y : b.op('Mul', [y, b.number(alpha, y.dtype)])]),
  )
  return relu(sum, b)
}

/** β·self + α·(a · c), all of them as `dtype` first. */
function wideProduct(a: OnnxValue, c: OnnxValue, dtype: OnnxValue['dtype'], b: OnnxBuilder): OnnxValue {
  return compute(b, dtype, WIDE, [a, c], (x, y) => b.op('MatMul', [x, y], {}, a.dims === undefined ? {} : rankOnly(a.dims.length)))
}
function scaledSum(self: OnnxValue, product: OnnxValue, beta: number, alpha: number, b: OnnxBuilder): OnnxValue {
  const scaled = alpha === 1 ? product : b.op('Mul', [product, like(b, product, alpha)])
  if (beta === 0) return scaled
  const own = b.cast(self, product.dtype)
  return b.op('Add', [beta === 1 ? own : b.op('Mul', [own, like(b, product, beta)]), scaled])
}

/** Elements whose flat place is a multiple of the diagonal's step. */
function fillDiagonal(self: OnnxValue, value: ScalarOperand, wrapped: boolean, b: OnnxBuilder): OnnxValue {
  const rank = self.dims!.length
  const sizes = Array.from({ length: rank }, (_, i) => b.size(self, i))
  // Σ of the strides of a row-major tensor.
  let [step, stride]: [ScalarOperand, ScalarOperand] = [constant(0n) as ScalarOperand, constant(1n) as ScalarOperand]
  for (let i = rank - 1; i >= 0; i--) {
    step = intOp(b, 'Add', step, stride)
    stride = intOp(b, 'Mul', stride, sizes[i]!)
  }
  const line = countTo(b, stride)
  const on = b.op(
    'Equal',
    [b.op('Mod', [line, b.number(step, 'int64')], { fmod: 0 }, { dims: [null] }), b.scalar('int64', 0)],
    {},
    { dims: [null] },
  )
  // A tall matrix has its diagonal in the square at its top.
  const square = intOp(b, 'Mul', sizes[rank - 1]!, sizes[rank - 1]!)
  const kept = rank === 2 && !wrapped ? b.op('And', [on, b.op('Less', [line, b.number(square, 'int64')])], {}, { dims: [null] }) : on
  const mask = b.op('Reshape', [kept, b.shape(self)], { allowzero: 1 }, { dims: self.dims })
  return select(b, mask, b.number(value, self.dtype), self)
}

/** Softmax where the mask is false. */
function maskedSoftmax(self: OnnxValue, mask: OnnxValue, dim: number | undefined, kind: number | undefined, b: OnnxBuilder): OnnxValue {
  const rank = self.dims!.length
  const hidden = b.cast(mask, 'bool')
  // 0: [L, L] of all; 1: [B, L] of the keys of a text; 2: the shape itself.
  const shaped =
    kind === 1 && mask.dims!.length === 2 && rank > 2
      ? b.unsqueeze(
          hidden,
          Array.from({ length: rank - 2 }, (_, i) => i + 1),
        )
      : hidden
  const axis = dim ?? rank - 1
  const covered = b.op('Where', [shaped, like(b, self, -Infinity), self], {}, { dims: self.dims })
  return b.op('Softmax', [covered], { axis }, { dims: self.dims })
}

const CODE = { constant: ['out_dtype'] } as const

export const fusedLowerings: readonly LoweringRow[] = [
  ...lowers(
    [
      'aten::cudnn_convolution_relu(Tensor self, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, SymInt groups) -> Tensor',
      'aten::miopen_convolution_relu(Tensor self, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, SymInt groups) -> Tensor',
    ],
    ({ groups, ...args }, b, [out]) => relu(convolve(args, groups, b, out), b),
  ),
  ...lowers(
    [
      'aten::cudnn_convolution_add_relu(Tensor self, Tensor weight, Tensor z, Scalar? alpha, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, SymInt groups) -> Tensor',
      'aten::miopen_convolution_add_relu(Tensor self, Tensor weight, Tensor z, Scalar? alpha, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, SymInt groups) -> Tensor',
    ],
    ({ groups, z, alpha, ...args }, b, [out]) => {
      const sum = convolve(args, groups, b, out)
      return sumRelu(sum, z, (alpha as ScalarOperand | undefined) ?? { kind: 'constant', value: 1n }, sum.dtype, b)
    },
  ),
  ...lowers(
    [
      'aten::conv_depthwise3d(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias, SymInt[3] stride, SymInt[3] padding, SymInt[3] dilation) -> Tensor',
      'aten::_conv_depthwise2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias, SymInt[2] stride, SymInt[2] padding, SymInt[2] dilation) -> Tensor',
    ],
    (args, b, [out]) => convolve(args, b.size(args.self, args.stride.kind === 'list' ? -1 - args.stride.items.length : 1), b, out),
  ),
  lower('aten::cudnn_affine_grid_generator(Tensor theta, int N, int C, int H, int W) -> Tensor grid', ({ theta, N, C, H, W }, b, [out]) => {
    b.requireOpset(20)
    return b.op('AffineGrid', [theta, b.concatScalars([N, C, H, W])], { align_corners: 1 }, { dims: out?.dims })
  }),
  lower('aten::_add_relu.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor', ({ self, other, alpha }, b, out) =>
    addRelu(self, other, alpha, b, out),
  ),
  lower('aten::_add_relu.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor', ({ self, other, alpha }, b, out) =>
    addRelu(self, other, alpha, b, out),
  ),
  lower(
    'aten::_addmm_activation(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, bool use_gelu=False) -> Tensor',
    ({ use_gelu, ...args }, b, [out]) => {
      const sum = addmm(args, b, out)
      return use_gelu ? gelu({ self: sum }, b, out) : relu(sum, b)
    },
  ),
  lower('aten::_int_mm(Tensor self, Tensor mat2) -> Tensor', ({ self, mat2 }, b) =>
    b.op('MatMulInteger', [self, mat2], {}, { dtype: 'int32', ...rankOnly(2) }),
  ),
  ...lowers(
    [
      'aten::mm.dtype(Tensor self, Tensor mat2, ScalarType out_dtype) -> Tensor',
      'aten::bmm.dtype(Tensor self, Tensor mat2, ScalarType out_dtype) -> Tensor',
    ],
    CODE,
    ({ self, mat2 }, b, out) => wideProduct(self, mat2, resultDtype(out, tensor(self)), b),
  ),
  lower(
    'aten::addmm.dtype(Tensor self, Tensor mat1, Tensor mat2, ScalarType out_dtype, *, Scalar beta=1, Scalar alpha=1) -> Tensor',
    { constant: ['out_dtype', 'beta', 'alpha'] },
    ({ self, mat1, mat2, beta, alpha }, b, out) =>
      scaledSum(self, wideProduct(mat1, mat2, resultDtype(out, tensor(mat1)), b), beta, alpha, b),
  ),
  lower(
    'aten::baddbmm.dtype(Tensor self, Tensor batch1, Tensor batch2, ScalarType out_dtype, *, Scalar beta=1, Scalar alpha=1) -> Tensor',
    { constant: ['out_dtype', 'beta', 'alpha'] },
    ({ self, batch1, batch2, beta, alpha }, b, out) =>
      scaledSum(self, wideProduct(batch1, batch2, resultDtype(out, tensor(batch1)), b), beta, alpha, b),
  ),
  lower('aten::_dim_arange(Tensor like, int dim) -> Tensor', { constant: ['dim'] }, ({ like: x, dim }, b) => countTo(b, b.size(x, dim))),
  lower('aten::_reshape_from_tensor(Tensor self, Tensor shape) -> Tensor', ({ self, shape }, b, [out]) =>
    b.op('Reshape', [self, b.cast(shape, 'int64')], { allowzero: 1 }, { dims: out?.dims }),
  ),
  lower('aten::flatten_dense_tensors(Tensor[] tensors) -> Tensor', ({ tensors }, b, out) => {
    if (tensors.kind !== 'list') throw new UnmetNeed('tensors', 'a list of known length')
    const items = tensors.items as readonly OnnxValue[]
    const dtype = resultDtype(out, ...items.map(tensor))
    const flat = items.map((x) => b.reshapeTo(b.cast(x, dtype), [-1]))
    return flat.length === 1 ? flat[0]! : b.op('Concat', flat, { axis: 0 }, { dims: [null] })
  }),
  lower('aten::unflatten_dense_tensors(Tensor flat, Tensor[] tensors) -> Tensor[]', ({ flat, tensors }, b): ListOperand => {
    if (tensors.kind !== 'list') throw new UnmetNeed('tensors', 'a list of known length')
    let start: ScalarOperand = { kind: 'constant', value: 0n }
    const items = (tensors.items as readonly OnnxValue[]).map((like1) => {
      const end = intOp(b, 'Add', start, b.numel(like1))
      const piece = b.op(
        'Slice',
        [flat, b.reshapeTo(b.number(start, 'int64'), [1]), b.reshapeTo(b.number(end, 'int64'), [1]), b.ints([0])],
        {},
        { dims: [null] },
      )
      start = end
      return b.op('Reshape', [piece, b.shape(like1)], { allowzero: 1 }, { dims: like1.dims })
    })
    return { kind: 'list', items }
  }),
  lower(
    'aten::_masked_softmax(Tensor self, Tensor mask, int? dim=None, int? mask_type=None) -> Tensor',
    { constant: ['dim', 'mask_type'], rank: ['self', 'mask'] },
    ({ self, mask, dim, mask_type }, b) => maskedSoftmax(self, mask, dim, mask_type, b),
  ),
  lower(
    'functional::fill_diagonal(Tensor self, Scalar fill_value, bool wrap=False) -> Tensor',
    { rank: ['self'] },
    ({ self, fill_value, wrap }, b) => fillDiagonal(self, fill_value, wrap, b),
  ),
  lower('aten::resize(Tensor self, SymInt[] size, *, MemoryFormat? memory_format=None) -> Tensor', ({ self, size }, b, [out]) =>
    resized(self, b.vector(size), out, b),
  ),
  lower(
    'aten::resize_as(Tensor self, Tensor the_template, *, MemoryFormat? memory_format=None) -> Tensor',
    ({ self, the_template }, b, [out]) => resized(self, b.shape(the_template), out, b),
  ),
]

/** The first elements in another shape. What lies beyond the last one is not defined. */
function resized(self: OnnxValue, shape: OnnxValue, out: ResultType | undefined, b: OnnxBuilder): OnnxValue {
  const [from, to] = [self.dims, out?.dims].map((dims) =>
    dims?.every((d) => typeof d === 'number') === true ? (dims as number[]).reduce((p, d) => p * d, 1) : undefined,
  )
  if (from !== undefined && to !== undefined && to > from)
    throw new UnmetNeed('size', `no more elements than the ${from} there are: those beyond have no value`)
  const count = b.op('ReduceProd', [shape], { keepdims: 1 }, { dims: [1] })
  const flat = b.op('Slice', [b.reshapeTo(self, [-1]), b.ints([0]), count, b.ints([0])], {}, { dims: [null] })
  return b.op('Reshape', [flat, shape], { allowzero: 1 }, { dims: out?.dims })
}
