// dtype and shape of convolutions. Mirrors aten/src/ATen/native/Convolution.cpp; inputs of rank n + 1 have no batch axis.

import { dimMul, type Dim } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimOf, knownBool } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { spreadInts, transposedCount, windowCount } from './spatial.ts'

interface Geometry {
  readonly stride: Fact
  readonly padding: Fact
  readonly dilation: Fact
}

/** [N, O, …] where the input is [N, C, …]; extents of the spatial axes by `extent`. */
function shaped(input: Fact, weight: Fact, channels: Dim, n: number | undefined, extent: (n: Dim, axis: number) => Dim): Fact {
  const { dims } = input
  if (dims === undefined || n === undefined) return tensorFact(input.dtype ?? weight.dtype, undefined)
  const lead = dims.length === n + 1 ? [] : dims.slice(0, 1)
  return tensorFact(input.dtype ?? weight.dtype, [...lead, channels, ...dims.slice(-n).map(extent)])
}

const spatialRank = (input: Fact, weight: Fact): number | undefined => {
  const rank = weight.dims?.length ?? input.dims?.length
  return rank === undefined ? undefined : rank - 2
}

/** Dims of a convolution with n spatial axes. */
export function convolved(input: Fact, weight: Fact, { stride, padding, dilation }: Geometry, n: number | undefined): Fact {
  const kernel = (axis: number): Dim => weight.dims?.[axis + 2] ?? null
  const s = spreadInts(stride, n ?? 1)
  const d = spreadInts(dilation, n ?? 1)
  const text = padding.value
  const p = typeof text === 'string' ? undefined : spreadInts(padding, n ?? 1)
  return shaped(input, weight, weight.dims?.[0] ?? null, n, (extent, axis) => {
    // 'same' is for stride 1 only.
    if (text === 'same') return extent
    const pads = text === 'valid' ? 0 : p?.[axis] === undefined ? null : 2 * p[axis]
    return windowCount(extent, kernel(axis), s?.[axis] ?? null, pads, d?.[axis] ?? null)
  })
}

function transposed(
  input: Fact,
  weight: Fact,
  { stride, padding, dilation }: Geometry,
  outputPadding: Fact,
  groups: Fact,
  n: number | undefined,
): Fact {
  const s = spreadInts(stride, n ?? 1)
  const p = spreadInts(padding, n ?? 1)
  const d = spreadInts(dilation, n ?? 1)
  const extra = spreadInts(outputPadding, n ?? 1)
  const channels = dimMul(weight.dims?.[1] ?? null, dimOf(groups))
  return shaped(input, weight, channels, n, (extent, axis) =>
    transposedCount(
      extent,
      weight.dims?.[axis + 2] ?? null,
      s?.[axis] ?? null,
      p?.[axis] ?? null,
      d?.[axis] ?? null,
      extra?.[axis] ?? null,
    ),
  )
}

interface GeneralArgs extends Geometry {
  readonly input: Fact
  readonly weight: Fact
  readonly transposed: Fact
  readonly output_padding: Fact
  readonly groups: Fact
}
function general(args: GeneralArgs): Fact {
  const { input, weight, output_padding, groups } = args
  const n = spatialRank(input, weight)
  const isTransposed = knownBool(args.transposed)
  if (isTransposed === undefined) return tensorFact(input.dtype, undefined)
  return isTransposed ? transposed(input, weight, args, output_padding, groups, n) : convolved(input, weight, args, n)
}

export const convolutionRules: readonly Rule[] = [
  ...rules(
    [
      'aten::conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] dilation=[1], SymInt groups=1) -> Tensor',
      'aten::conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], str padding="valid", SymInt[1] dilation=[1], SymInt groups=1) -> Tensor',
    ],
    (args) => convolved(args.input, args.weight, args, 1),
  ),
  ...rules(
    [
      'aten::conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] dilation=[1, 1], SymInt groups=1) -> Tensor',
      'aten::conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], str padding="valid", SymInt[2] dilation=[1, 1], SymInt groups=1) -> Tensor',
    ],
    (args) => convolved(args.input, args.weight, args, 2),
  ),
  ...rules(
    [
      'aten::conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1], SymInt groups=1) -> Tensor',
      'aten::conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], str padding="valid", SymInt[3] dilation=[1, 1, 1], SymInt groups=1) -> Tensor',
    ],
    (args) => convolved(args.input, args.weight, args, 3),
  ),
  rule(
    'aten::_convolution_mode(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, str padding, SymInt[] dilation, SymInt groups) -> Tensor',
    (args) => convolved(args.input, args.weight, args, spatialRank(args.input, args.weight)),
  ),
  rule(
    'aten::conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] output_padding=[0], SymInt groups=1, SymInt[1] dilation=[1]) -> Tensor',
    (args) => transposed(args.input, args.weight, args, args.output_padding, args.groups, 1),
  ),
  rule(
    'aten::conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] output_padding=[0, 0], SymInt groups=1, SymInt[2] dilation=[1, 1]) -> Tensor',
    (args) => transposed(args.input, args.weight, args, args.output_padding, args.groups, 2),
  ),
  rule(
    'aten::conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] output_padding=[0, 0, 0], SymInt groups=1, SymInt[3] dilation=[1, 1, 1]) -> Tensor',
    (args) => transposed(args.input, args.weight, args, args.output_padding, args.groups, 3),
  ),
  ...rules(
    [
      'aten::convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups) -> Tensor',
      'aten::_convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled, bool allow_tf32) -> Tensor',
      'aten::_convolution.deprecated(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, int[] output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled) -> Tensor',
    ],
    general,
  ),
  rule('aten::conv_tbc(Tensor self, Tensor weight, Tensor bias, int pad=0) -> Tensor', ({ self, weight, pad }) => {
    const p = dimOf(pad)
    const [time = null, batch = null] = self.dims ?? []
    return tensorFact(self.dtype, [windowCount(time, weight.dims?.[0] ?? null, 1, dimMul(2, p), 1), batch, weight.dims?.[2] ?? null])
  }),
  rule('aten::im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor', (args) => {
    const { dims } = args.self
    const [k, d, p, s] = [args.kernel_size, args.dilation, args.padding, args.stride].map((fact) => spreadInts(fact, 2))
    if (dims === undefined) return tensorFact(args.self.dtype, undefined)
    const blocks = dims
      .slice(-2)
      .map((extent, i) => windowCount(extent, k?.[i] ?? null, s?.[i] ?? null, dimMul(2, p?.[i] ?? null), d?.[i] ?? null))
    const columns = dimMul(dims.at(-3) ?? null, k === undefined ? null : k[0]! * k[1]!)
    return tensorFact(args.self.dtype, [...dims.slice(0, -3), columns, dimMul(blocks[0]!, blocks[1]!)])
  }),
  rule(
    'aten::col2im(Tensor self, SymInt[2] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor',
    ({ self, output_size, kernel_size }) => {
      const { dims } = self
      const kernel = spreadInts(kernel_size, 2)
      if (dims === undefined) return tensorFact(self.dtype, undefined)
      const columns = dims.at(-2) ?? null
      // C·kh·kw of the input; what does not divide is an error when it runs.
      const channels = kernel === undefined || typeof columns !== 'number' ? null : columns / (kernel[0]! * kernel[1]!)
      const [height = null, width = null] = output_size.items?.map(dimOf) ?? []
      return tensorFact(self.dtype, [...dims.slice(0, -2), channels, height, width])
    },
  ),
]
