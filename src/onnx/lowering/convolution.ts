// Convolutions: Conv, ConvTranspose; unfold and fold. Answers to aten/src/ATen/native/Convolution.cpp, ONNX Conv-11, ConvTranspose-11.

import { isFloatingPoint } from '../../ir/scalar-type.ts'
import { spread } from '../../ops/rules/spatial.ts'
import type { OnnxBuilder } from '../builder.ts'
import { dimAt, type OnnxValue } from '../operand.ts'
import { lower, lowers, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'
import { batched, rankOnly, single } from './spatial.ts'

interface Geometry {
  readonly stride: readonly number[]
  readonly padding: readonly number[] | string
  readonly dilation: readonly number[]
  readonly groups: number
}

/** Extents of the kernel; none when one is not known, for onnxruntime then reads them from the weight. */
function kernelShape(weight: OnnxValue): number[] | undefined {
  const sizes = weight.dims?.slice(2)
  return sizes?.every((size) => typeof size === 'number') === true ? (sizes as number[]) : undefined
}

/** Begins, then ends, for a padding that is not 'same'. */
function padsOf(padding: readonly number[] | string, n: number): number[] {
  if (typeof padding === 'string') return Array.from({ length: 2 * n }, () => 0)
  const pads = spread(padding, n)
  return [...pads, ...pads]
}

/** 'same': d·(k − 1) in all, the odd one at the end. */
function samePads(kernel: readonly number[], dilation: readonly number[]): number[] {
  const total = kernel.map((k, i) => dilation[i]! * (k - 1))
  return [...total.map((t) => Math.floor(t / 2)), ...total.map((t) => t - Math.floor(t / 2))]
}
/** The same for a kernel whose extents are known only at run time: `x` padded with zeros. */
function paddedSame(x: OnnxValue, weight: OnnxValue, dilation: readonly number[], n: number, b: OnnxBuilder): OnnxValue {
  const kernel = b.op('Shape', [weight], { start: 2 }, { dtype: 'int64', dims: [n] })
  const total = b.op('Mul', [b.op('Sub', [kernel, b.ints([1])]), b.ints(dilation)])
  const before = b.op('Div', [total, b.ints([2])])
  const pads = b.op('Concat', [b.ints([0, 0]), before, b.ints([0, 0]), b.op('Sub', [total, before])], { axis: 0 }, { dims: [2 * n + 4] })
  return b.op('Pad', [x, pads, b.scalar(x.dtype, 0)], { mode: 'constant' }, rankOnly(n + 2))
}

function conv(x: OnnxValue, weight: OnnxValue, bias: OnnxValue | undefined, geometry: Geometry, n: number, b: OnnxBuilder): OnnxValue {
  const kernel = kernelShape(weight)
  const dilations = spread(geometry.dilation, n)
  const same = geometry.padding === 'same'
  const pads = same && kernel !== undefined ? samePads(kernel, dilations) : padsOf(geometry.padding, n)
  const result = batched(floating(x, b), n, b, (input) =>
    b.op(
      'Conv',
      [
        same && kernel === undefined ? paddedSame(input, weight, dilations, n, b) : input,
        floating(weight, b),
        bias === undefined ? undefined : floating(bias, b),
      ],
      {
        kernel_shape: kernel,
        strides: spread(geometry.stride, n),
        dilations,
        group: geometry.groups,
        pads,
      },
      rankOnly(n + 2),
    ),
  )
  return whole(result, x, b)
}

function convTranspose(
  x: OnnxValue,
  weight: OnnxValue,
  bias: OnnxValue | undefined,
  geometry: Geometry & { readonly output_padding: readonly number[] },
  n: number,
  b: OnnxBuilder,
): OnnxValue {
  const [padding, strides, extra] = [geometry.padding as readonly number[], geometry.stride, geometry.output_padding].map((list) =>
    spread(list, n),
  )
  // torch takes more at the end than onnxruntime, which wants less than a stride: what is left of the padding first, then zeros.
  const long = extra!.some((more, i) => more >= strides![i]!)
  const ends = padding!.map((pad, i) => (long ? Math.max(0, pad - extra![i]!) : pad))
  const rest = extra!.map((more, i) => (long ? Math.max(0, more - padding![i]!) : 0))
  const filled = rest.some((more) => more > 0)
  // One rounding where there is one in torch.
  const operand = (value: OnnxValue): OnnxValue => (filled ? b.cast(value, 'float32') : floating(value, b))
  const [wide, factor] = [operand(x), operand(weight)]
  const addend = bias === undefined ? undefined : operand(bias)
  const result = batched(wide, n, b, (input) => {
    const y = b.op(
      'ConvTranspose',
      [input, factor, filled ? undefined : addend],
      {
        kernel_shape: kernelShape(weight),
        strides: strides!,
        pads: [...padding!, ...ends],
        dilations: spread(geometry.dilation, n),
        output_padding: long ? extra!.map(() => 0) : extra!,
        group: geometry.groups,
      },
      rankOnly(n + 2),
    )
    if (!filled) return y
    const zeros = b.ints([0, 0, ...padding!.map(() => 0), 0, 0, ...rest])
    const padded = b.op('Pad', [y, zeros, b.scalar(y.dtype, 0)], { mode: 'constant' }, rankOnly(n + 2))
    return addend === undefined
      ? padded
      : b.op('Add', [padded, b.reshapeTo(addend, [1, -1, ...padding!.map(() => 1)])], {}, rankOnly(n + 2))
  })
  return whole(filled ? b.cast(result, isFloatingPoint(x.dtype) ? x.dtype : 'float32') : result, x, b)
}

/** float32 for what has no kernel; whole numbers of up to 24 bits stay exact. */
const floating = (x: OnnxValue, b: OnnxBuilder): OnnxValue => (isFloatingPoint(x.dtype) ? single(x, b) : b.cast(x, 'float32'))
/** Whole numbers again, where the operand has them. */
const whole = (y: OnnxValue, x: OnnxValue, b: OnnxBuilder): OnnxValue =>
  isFloatingPoint(x.dtype) ? y : b.cast(b.op('Round', [y], {}, { dims: y.dims }), x.dtype)

/** Spatial axes of the operators that do not tell them by name. */
function spatialRank(input: OnnxValue, weight: OnnxValue, stride: readonly number[]): number {
  const rank = weight.dims?.length ?? input.dims?.length
  if (rank !== undefined) return rank - 2
  if (stride.length > 1) return stride.length
  throw new UnmetNeed('input', 'its rank to be known')
}

interface GeneralArgs extends Geometry {
  readonly input: OnnxValue
  readonly weight: OnnxValue
  readonly bias: OnnxValue | undefined
  readonly transposed: boolean
  readonly output_padding: readonly number[]
}
function general(args: GeneralArgs, b: OnnxBuilder): OnnxValue {
  const { input, weight, bias } = args
  const n = spatialRank(input, weight, args.stride)
  return args.transposed ? convTranspose(input, weight, bias, args, n, b) : conv(input, weight, bias, args, n, b)
}

/** Positions of a sliding window: [k, count], entry (i, j) = i·dilation + j·stride, for a padded extent. */
function windows(x: OnnxValue, axis: number, k: number, dilation: number, stride: number, b: OnnxBuilder): OnnxValue {
  const offsets = Array.from({ length: k }, (_, i) => i * dilation)
  const size = b.size(x, axis)
  const reach = dilation * (k - 1) + 1
  if (size.kind === 'constant') {
    const count = Math.floor((Number(size.value) - reach) / stride) + 1
    const table = offsets.flatMap((at) => Array.from({ length: count }, (_, j) => at + j * stride))
    return b.elements('int64', [k, count], table)
  }
  const end = b.op('Sub', [size, b.scalar('int64', reach - 1)], {}, { dims: [] })
  const starts = b.op('Range', [b.scalar('int64', 0), end, b.scalar('int64', stride)], {}, { dims: [null] })
  return b.op('Add', [b.elements('int64', [k, 1], offsets), starts], {}, { dims: [k, null] })
}

interface Unfold {
  readonly kernel_size: readonly number[]
  readonly dilation: readonly number[]
  readonly padding: readonly number[]
  readonly stride: readonly number[]
}
function im2col(self: OnnxValue, args: Unfold, b: OnnxBuilder, out: ResultInfo): OnnxValue {
  const [k, d, p, s] = [args.kernel_size, args.dilation, args.padding, args.stride].map((list) => spread(list, 2)) as [
    number[],
    number[],
    number[],
    number[],
  ]
  return batched(self, 2, b, (image) => {
    const sizes = image.dims?.slice(2) ?? [null, null]
    const padded =
      p[0] === 0 && p[1] === 0
        ? image
        : b.op(
            'Pad',
            [image, b.ints([0, 0, p[0]!, p[1]!, 0, 0, p[0]!, p[1]!]), b.scalar(image.dtype, 0)],
            { mode: 'constant' },
            { dims: [null, null, ...sizes.map((size, i) => (typeof size === 'number' ? size + 2 * p[i]! : null))] },
          )
    const rows = b.op(
      'Gather',
      [padded, windows(padded, 2, k[0]!, d[0]!, s[0]!, b)],
      { axis: 2 },
      { dims: [null, null, null, null, dimAt(padded, 3)] },
    )
    const blocks = b.op('Gather', [rows, windows(padded, 3, k[1]!, d[1]!, s[1]!, b)], { axis: 4 }, rankOnly(6))
    // [N, C, kh, oh, kw, ow] → [N, C·kh·kw, oh·ow].
    const ordered = b.transpose(blocks, [0, 1, 2, 4, 3, 5])
    const [n, c] = [b.size(image, 0), b.size(image, 1)]
    const columns = c.kind === 'constant' ? Number(c.value) * k[0]! * k[1]! : undefined
    const width = columns ?? b.op('Mul', [b.number(c, 'int64'), b.scalar('int64', k[0]! * k[1]!)], {}, { dims: [] })
    const target = b.concatScalars([
      n,
      typeof width === 'number' ? { kind: 'constant', value: BigInt(width) } : width,
      { kind: 'constant', value: -1n },
    ])
    if (self.dims?.length === 4 && out.dims?.includes(0) === true && out.dims.every((dim) => typeof dim === 'number'))
      return b.reshapeTo(ordered, out.dims as number[])
    return b.op('Reshape', [ordered, target], {}, out.dims?.length === 3 ? { dims: out.dims } : rankOnly(3))
  })
}

function col2im(self: OnnxValue, size: OnnxValue, args: Unfold, b: OnnxBuilder): OnnxValue {
  const padding = spread(args.padding, 2)
  return batched(single(self, b), 1, b, (columns) =>
    b.op(
      'Col2Im',
      [columns, size, b.ints(spread(args.kernel_size, 2))],
      { dilations: spread(args.dilation, 2), pads: [...padding, ...padding], strides: spread(args.stride, 2) },
      rankOnly(4),
    ),
  )
}

const GEOMETRY = ['stride', 'padding', 'dilation', 'groups'] as const
const TRANSPOSED = ['stride', 'padding', 'output_padding', 'dilation', 'groups'] as const
const UNFOLD = ['kernel_size', 'dilation', 'padding', 'stride'] as const

export const convolutionLowerings: readonly LoweringRow[] = [
  lower(
    'aten::conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] dilation=[1], SymInt groups=1) -> Tensor',
    { constant: GEOMETRY },
    (args, b) => conv(args.input, args.weight, args.bias, args, 1, b),
  ),
  lower(
    'aten::conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], str padding="valid", SymInt[1] dilation=[1], SymInt groups=1) -> Tensor',
    { constant: GEOMETRY },
    (args, b) => conv(args.input, args.weight, args.bias, args, 1, b),
  ),
  lower(
    'aten::conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] dilation=[1, 1], SymInt groups=1) -> Tensor',
    { constant: GEOMETRY },
    (args, b) => conv(args.input, args.weight, args.bias, args, 2, b),
  ),
  lower(
    'aten::conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], str padding="valid", SymInt[2] dilation=[1, 1], SymInt groups=1) -> Tensor',
    { constant: GEOMETRY },
    (args, b) => conv(args.input, args.weight, args.bias, args, 2, b),
  ),
  lower(
    'aten::conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1], SymInt groups=1) -> Tensor',
    { constant: GEOMETRY },
    (args, b) => conv(args.input, args.weight, args.bias, args, 3, b),
  ),
  lower(
    'aten::conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], str padding="valid", SymInt[3] dilation=[1, 1, 1], SymInt groups=1) -> Tensor',
    { constant: GEOMETRY },
    (args, b) => conv(args.input, args.weight, args.bias, args, 3, b),
  ),
  lower(
    'aten::_convolution_mode(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, str padding, SymInt[] dilation, SymInt groups) -> Tensor',
    { constant: GEOMETRY },
    (args, b) => conv(args.input, args.weight, args.bias, args, spatialRank(args.input, args.weight, args.stride), b),
  ),
  lower(
    'aten::conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] output_padding=[0], SymInt groups=1, SymInt[1] dilation=[1]) -> Tensor',
    { constant: TRANSPOSED },
    (args, b) => convTranspose(args.input, args.weight, args.bias, args, 1, b),
  ),
  lower(
    'aten::conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] output_padding=[0, 0], SymInt groups=1, SymInt[2] dilation=[1, 1]) -> Tensor',
    { constant: TRANSPOSED },
    (args, b) => convTranspose(args.input, args.weight, args.bias, args, 2, b),
  ),
  lower(
    'aten::conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] output_padding=[0, 0, 0], SymInt groups=1, SymInt[3] dilation=[1, 1, 1]) -> Tensor',
    { constant: TRANSPOSED },
    (args, b) => convTranspose(args.input, args.weight, args.bias, args, 3, b),
  ),
  ...lowers(
    [
      'aten::convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups) -> Tensor',
      'aten::_convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled, bool allow_tf32) -> Tensor',
      'aten::_convolution.deprecated(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, int[] output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled) -> Tensor',
    ],
    { constant: TRANSPOSED },
    general,
  ),
  lower(
    'aten::conv_tbc(Tensor self, Tensor weight, Tensor bias, int pad=0) -> Tensor',
    { constant: ['pad'] },
    ({ self, weight, bias, pad }, b) => {
      // [T, B, C] with weight [k, C, O]: Conv has [B, C, T] with weight [O, C, k].
      const geometry: Geometry = { stride: [1], padding: [pad], dilation: [1], groups: 1 }
      const result = conv(b.transpose(self, [1, 2, 0]), b.transpose(weight, [2, 1, 0]), bias, geometry, 1, b)
      return b.transpose(result, [2, 0, 1])
    },
  ),
  lower(
    'aten::im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor',
    { constant: UNFOLD },
    (args, b, [out]) => im2col(args.self, args, b, out!),
  ),
  lower(
    'aten::col2im(Tensor self, SymInt[2] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor',
    { constant: UNFOLD },
    (args, b) => col2im(args.self, b.vector(args.output_size), args, b),
  ),
]
