// Products of vectors and matrices. Gemm where both operands are matrices, MatMul elsewhere; constant weights are transposed here.
// Answers to aten/src/ATen/native/LinearAlgebra.cpp and Linear.cpp.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import { einsumRanks, parseEinsum } from '../../ops/einsum.ts'
import type { OnnxBuilder } from '../builder.ts'
import { f } from '../model.ts'
import { constantNumber, dimAt, rankOf, type OnnxValue, type ScalarOperand, type TensorListOperand } from '../operand.ts'
import { compute, kernelType, WIDE } from './compute.ts'
import { reduce } from './reduce.ts'
import { lower, lowers, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

type Out = readonly ResultInfo[]

/** MatMul in a dtype with kernels. */
export function matmul(b: OnnxBuilder, x: OnnxValue, y: OnnxValue, out: Out = []): OnnxValue {
  return compute(b, x.dtype, WIDE, [x, y], (u, v) => b.op('MatMul', [u, v], {}, { dims: out[0]?.dims }))
}

/** The last two axes swapped. Of a constant onnx/passes/constant-views.ts makes one, unless it is read as it is, too. */
export function transposed(b: OnnxBuilder, x: OnnxValue): OnnxValue {
  const rank = rankOf(x)!
  if (rank < 2) return x
  const perm = Array.from({ length: rank }, (_, i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i))
  return b.memo(`Transposed ${x.name}`, () => b.transpose(x, perm))
}

const scaled = (b: OnnxBuilder, x: OnnxValue, factor: ScalarOperand): OnnxValue =>
  constantNumber(factor) === 1 ? x : b.op('Mul', [x, b.number(factor, x.dtype)])

/** β·self + α·product; with β = 0 whatever is in self is ignored. */
function added(b: OnnxBuilder, self: OnnxValue, product: OnnxValue, beta: ScalarOperand, alpha: ScalarOperand): OnnxValue {
  const { dtype } = product
  const work = kernelType(dtype, WIDE)
  const right = scaled(b, b.cast(product, work), alpha)
  if (constantNumber(beta) === 0) return b.cast(right, dtype)
  return b.cast(b.op('Add', [scaled(b, b.cast(self, work), beta), right]), dtype)
}

/** β·self + α·a·c as one Gemm, where its kernels and attributes allow. */
function addmm(
  b: OnnxBuilder,
  self: OnnxValue,
  x: OnnxValue,
  y: OnnxValue,
  beta: ScalarOperand,
  alpha: ScalarOperand,
  out: Out,
): OnnxValue {
  const [k, a] = [constantNumber(beta), constantNumber(alpha)]
  if (k === undefined || a === undefined || !isFloatingPoint(x.dtype)) return added(b, self, matmul(b, x, y, out), beta, alpha)
  // Where there is nothing to sum, onnxruntime takes the third operand as it is, without beta.
  const shared = dimAt(x, -1)
  const apart = k !== 0 && k !== 1 && !(typeof shared === 'number' && shared > 0)
  const inputs = k === 0 ? [x, y] : [x, y, apart ? scaled(b, self, beta) : self]
  return b.op('Gemm', inputs, { alpha: f(a), beta: f(k === 0 || apart ? 1 : k), transA: 0, transB: 0 }, { dims: out[0]?.dims })
}

function linear(b: OnnxBuilder, input: OnnxValue, weight: OnnxValue, bias: OnnxValue | undefined, out: Out): OnnxValue {
  if (rankOf(input) === 2 && rankOf(weight) === 2 && isFloatingPoint(input.dtype))
    return b.op('Gemm', [input, weight, bias], { alpha: f(1), beta: f(1), transA: 0, transB: 1 }, { dims: out[0]?.dims })
  const product = matmul(b, input, transposed(b, weight), out)
  return bias === undefined
    ? product
    : compute(b, product.dtype, WIDE, [product, bias], (x, y) => b.op('Add', [x, y], {}, { dims: out[0]?.dims }))
}

const items = (tensors: TensorListOperand, name: string): readonly OnnxValue[] => {
  if (tensors.kind !== 'list') throw new UnmetNeed(name, 'a list of tensors of known length')
  return tensors.items as readonly OnnxValue[]
}

/** One Einsum with every axis spelled out. Axes of extent 1 that broadcast are taken off: shape inference refuses them. */
function einsum(b: OnnxBuilder, operands: readonly OnnxValue[], inputs: readonly string[], output: string, out: Out): OnnxValue {
  const dtype = out[0]?.dtype ?? operands[0]!.dtype
  const stretched = (label: string): boolean =>
    inputs.some((labels, i) => [...labels].some((other, axis) => other === label && operands[i]!.dims?.[axis] !== 1))
  const trimmed = operands.map((x, i) => {
    const gone = [...inputs[i]!].flatMap((label, axis) => (x.dims?.[axis] === 1 && stretched(label) ? [axis] : []))
    const labels = [...inputs[i]!].filter((_, axis) => !gone.includes(axis)).join('')
    if (gone.length === 0) return { x, labels }
    return { x: b.op('Squeeze', [x, b.ints(gone)], {}, { dims: x.dims!.filter((_, axis) => !gone.includes(axis)) }), labels }
  })
  const equation = `${trimmed.map(({ labels }) => labels).join(',')}->${output}`
  return compute(
    b,
    dtype,
    WIDE,
    trimmed.map(({ x }) => x),
    (...values) => b.op('Einsum', values, { equation }, { dims: out[0]?.dims }),
  )
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** Contracts the axes of `x` named in `xs` with those of `y` named in `ys`. */
function contract(b: OnnxBuilder, x: OnnxValue, y: OnnxValue, xs: readonly number[], ys: readonly number[], out: Out): OnnxValue {
  const [m, n] = [rankOf(x)!, rankOf(y)!]
  const wrap = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)
  const left = LETTERS.slice(0, m)
  const right = Array.from(LETTERS.slice(m, m + n))
  for (const [i, axis] of ys.entries()) right[wrap(axis, n)] = left[wrap(xs[i]!, m)]!
  const gone = new Set(xs.map((axis) => left[wrap(axis, m)]!))
  const output = [...left, ...right].filter((label) => !gone.has(label)).join('')
  return einsum(b, [x, y], [left, right.join('')], output, out)
}

/** By squaring. */
export function matrixPower(b: OnnxBuilder, x: OnnxValue, n: number): OnnxValue {
  let result: OnnxValue | undefined
  let square = x
  for (let k = n; k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) result = result === undefined ? square : matmul(b, result, square)
    if (k > 1) square = matmul(b, square, square)
  }
  return result!
}

/** x₁ᵀ·W_o·x₂ for every output o: all products of the two vectors' elements, times W_o laid out likewise. */
function bilinear(b: OnnxBuilder, x: OnnxValue, y: OnnxValue, weight: OnnxValue, bias: OnnxValue | undefined, out: Out): OnnxValue {
  return compute(b, x.dtype, WIDE, [x, y, weight, ...(bias === undefined ? [] : [bias])], (u, v, w, add) => {
    const pairs = b.op('Mul', [b.op('Unsqueeze', [u!, b.ints([-1])]), b.op('Unsqueeze', [v!, b.ints([-2])])])
    const [o, i, j] = [0, 1, 2].map((axis) => b.number(b.size(weight, axis), 'int64'))
    const count = b.reshapeTo(b.op('Mul', [i!, j!], {}, { dims: [] }), [1])
    const lead = b.op('Shape', [u!], { start: 0, end: -1 }, { dtype: 'int64' })
    const flat = b.op('Reshape', [pairs, b.op('Concat', [lead, count], { axis: 0 })], { allowzero: 1 })
    const rows = b.op('Reshape', [w!, b.op('Concat', [b.reshapeTo(o!, [1]), count], { axis: 0 })], { allowzero: 1 }, { dims: [null, null] })
    const product = b.op('MatMul', [flat, b.transpose(rows, [1, 0])], {}, { dims: out[0]?.dims })
    return add === undefined ? product : b.op('Add', [product, add], {}, { dims: out[0]?.dims })
  })
}
/** Σ over some axes of the product of three tensors, each with axes put in. */
function trilinear(
  b: OnnxBuilder,
  factors: readonly OnnxValue[],
  axes: readonly (readonly number[])[],
  sums: readonly number[],
): OnnxValue {
  return compute(b, factors[0]!.dtype, WIDE, factors, (...values) => {
    const [x, y, z] = values.map((value, i) => (axes[i]!.length === 0 ? value : b.unsqueeze(value, axes[i]!)))
    return reduce(b, 'ReduceSum', b.op('Mul', [b.op('Mul', [x!, y!]), z!]), sums, false)
  })
}

const outer = (b: OnnxBuilder, x: OnnxValue, y: OnnxValue, dtype: ScalarType): OnnxValue =>
  compute(b, dtype, WIDE, [x, y], (u, v) => b.op('Mul', [b.unsqueeze(u, [1]), b.unsqueeze(v, [0])]))

export const matmulLowerings: readonly LoweringRow[] = [
  ...lowers(
    [
      'aten::matmul(Tensor self, Tensor other) -> Tensor',
      'aten::linalg_matmul(Tensor self, Tensor other) -> Tensor',
      'aten::vdot(Tensor self, Tensor other) -> Tensor',
    ],
    ({ self, other }, b, out) => matmul(b, self, other, out),
  ),
  ...lowers(['aten::mm(Tensor self, Tensor mat2) -> Tensor', 'aten::bmm(Tensor self, Tensor mat2) -> Tensor'], ({ self, mat2 }, b, out) =>
    matmul(b, self, mat2, out),
  ),
  lower('aten::mv(Tensor self, Tensor vec) -> Tensor', ({ self, vec }, b, out) => matmul(b, self, vec, out)),
  lower('aten::dot(Tensor self, Tensor tensor) -> Tensor', ({ self, tensor }, b, out) => matmul(b, self, tensor, out)),
  lower(
    'aten::addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor',
    ({ self, mat1, mat2, beta, alpha }, b, out) => addmm(b, self, mat1, mat2, beta, alpha, out),
  ),
  lower(
    'aten::addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor',
    ({ self, mat, vec, beta, alpha }, b) => added(b, self, matmul(b, mat, vec), beta, alpha),
  ),
  lower(
    'aten::addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor',
    ({ self, vec1, vec2, beta, alpha }, b, out) => added(b, self, outer(b, vec1, vec2, out[0]?.dtype ?? vec1.dtype), beta, alpha),
  ),
  lower(
    'aten::baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor',
    ({ self, batch1, batch2, beta, alpha }, b, out) => added(b, self, matmul(b, batch1, batch2, out), beta, alpha),
  ),
  lower(
    'aten::addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor',
    ({ self, batch1, batch2, beta, alpha }, b) => {
      const product = compute(b, batch1.dtype, WIDE, [batch1, batch2], (x, y) =>
        b.op('ReduceSum', [b.op('MatMul', [x, y]), b.ints([0])], { keepdims: 0, noop_with_empty_axes: 0 }),
      )
      return added(b, self, product, beta, alpha)
    },
  ),
  lower('aten::linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor', { rank: ['weight'] }, ({ input, weight, bias }, b, out) =>
    linear(b, input, weight, bias, out),
  ),
  lower(
    'aten::bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor',
    ({ input1, input2, weight, bias }, b, out) => bilinear(b, input1, input2, weight, bias, out),
  ),
  lower(
    'aten::_trilinear(Tensor i1, Tensor i2, Tensor i3, int[] expand1, int[] expand2, int[] expand3, int[] sumdim, int unroll_dim=1) -> Tensor',
    { constant: ['expand1', 'expand2', 'expand3', 'sumdim'], rank: ['i1', 'i2', 'i3'] },
    ({ i1, i2, i3, expand1, expand2, expand3, sumdim }, b) => trilinear(b, [i1, i2, i3], [expand1, expand2, expand3], sumdim),
  ),
  ...lowers(
    ['aten::outer(Tensor self, Tensor vec2) -> Tensor', 'aten::ger(Tensor self, Tensor vec2) -> Tensor'],
    ({ self, vec2 }, b, out) => outer(b, self, vec2, out[0]?.dtype ?? self.dtype),
  ),
  lower('aten::inner(Tensor self, Tensor other) -> Tensor', { rank: ['self', 'other'] }, ({ self, other }, b, out) =>
    rankOf(self) === 0 || rankOf(other) === 0
      ? compute(b, out[0]?.dtype ?? self.dtype, WIDE, [self, other], (x, y) => b.op('Mul', [x, y]))
      : contract(b, self, other, [-1], [-1], out),
  ),
  lower('aten::linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor', { constant: ['dim'] }, ({ x, y, dim }, b, out) =>
    compute(b, out[0]?.dtype ?? x.dtype, WIDE, [x, y], (u, v) => reduce(b, 'ReduceSum', b.op('Mul', [u, v]), [dim], false)),
  ),
  lower('aten::einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor', ({ equation, tensors }, b, out) => {
    const operands = items(tensors, 'tensors')
    const ranks = einsumRanks(equation, operands.map(rankOf))
    if (ranks === undefined) throw new UnmetNeed('tensors', 'its rank to be known')
    const parsed = parseEinsum(equation, ranks)
    if (parsed === undefined) throw new UnmetNeed('equation', `an equation that fits its operands, found "${equation}"`)
    return einsum(b, operands, parsed.inputs, parsed.output, out)
  }),
  lower(
    'aten::tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor',
    { constant: ['dims_self', 'dims_other'], rank: ['self', 'other'] },
    ({ self, other, dims_self, dims_other }, b, out) => contract(b, self, other, dims_self, dims_other, out),
  ),
  lower('aten::chain_matmul(Tensor[] matrices) -> Tensor', ({ matrices }, b) =>
    items(matrices, 'matrices').reduce((product, x) => matmul(b, product, x)),
  ),
  lower('aten::linalg_multi_dot(Tensor[] tensors) -> Tensor', ({ tensors }, b) =>
    items(tensors, 'tensors').reduce((product, x) => matmul(b, product, x)),
  ),
]
