// Pooling with fixed windows: MaxPool, AveragePool; and unpooling. Adaptive pooling is in pooling-adaptive.ts.
// Answers to aten/src/ATen/native/{DilatedMaxPool2d,AveragePool2d}.cpp and ONNX MaxPool-12, AveragePool-19.

import { ceilWindowCount, spread } from '../../ops/rules/spatial.ts'
import { isFloatingPoint } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import { dimAt, type OnnxValue, type ScalarListOperand, type ScalarOperand } from '../operand.ts'
import { kernelType, type Kernels } from './compute.ts'
import { countTo } from './int-math.ts'
import { lower, type LoweringRow } from './row.ts'
import { batched, rankOnly, single, squeeze } from './spatial.ts'

const MAX_POOL: Kernels = ['float32', 'float64', 'float16', 'int8', 'uint8']
/** Those of them in which Max has a kernel, too. */
const MAX_POOL_APART: Kernels = ['float32', 'float64']

export interface MaxPoolArgs {
  readonly kernel_size: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly number[]
  readonly dilation: readonly number[]
  readonly ceil_mode: boolean
}

/** Product of the last n extents, as a 0-d int64. */
function planeSize(x: OnnxValue, n: number, b: OnnxBuilder): OnnxValue {
  const sizes = Array.from({ length: n }, (_, i): ScalarOperand => b.size(x, i - n))
  if (sizes.every((size) => size.kind === 'constant'))
    return b.scalar(
      'int64',
      sizes.reduce((p, size) => p * (size.value as bigint), 1n),
    )
  return b.op('ReduceProd', [b.concatScalars(sizes)], { keepdims: 0 }, { dims: [] })
}

/**
 * End pads that make the windows of ceil_mode whole ones, where the extents are known: then nothing depends on how a runtime counts ragged
 * windows, or on whether it drops a last one that starts in the right padding.
 */
function wholeEnds(
  x: OnnxValue,
  kernel: readonly number[],
  strides: readonly number[],
  padding: readonly number[],
  dilation: readonly number[],
): number[] | undefined {
  const ends = kernel.map((k, i) => {
    const extent = dimAt(x, i - kernel.length)
    const count = ceilWindowCount(extent, k, strides[i]!, padding[i]!, dilation[i]!)
    if (typeof extent !== 'number' || typeof count !== 'number') return -1
    return Math.max(0, (count - 1) * strides[i]! + dilation[i]! * (k - 1) + 1 - extent - padding[i]!)
  })
  return ends.includes(-1) ? undefined : ends
}

/** The kernels compare, and so lose a NaN that does not come last in its window: `pool` tells which windows hold one. */
function keepNaN(x: OnnxValue, values: OnnxValue, pool: (nans: OnnxValue) => OnnxValue, b: OnnxBuilder): OnnxValue {
  const found = pool(b.cast(b.op('IsNaN', [x], {}, { dtype: 'bool', dims: x.dims }), 'float32'))
  const some = b.op('Greater', [found, b.scalar('float32', 0)], {}, { dtype: 'bool', dims: values.dims })
  return b.op('Where', [some, b.scalar(values.dtype, NaN), values], {}, { dims: values.dims })
}

/**
 * Integers, which no look for NaN reads besides the pool: onnxruntime makes a Pad that nothing else reads the pool's own, which is −∞ whatever the
 * padded value was. The maximum of a tensor and itself stands between them. onnxruntime/core/optimizer/pad_fusion.cc
 */
function apart(x: OnnxValue, b: OnnxBuilder): OnnxValue {
  const input = b.cast(x, kernelType(x.dtype, MAX_POOL_APART))
  return b.op('Max', [input, input], {}, { dims: x.dims })
}

/** Values, and the index of each maximum in its own plane. */
export function maxPool(self: OnnxValue, args: MaxPoolArgs, n: number, indices: boolean, b: OnnxBuilder): OnnxValue[] {
  const unbatched = self.dims?.length === n + 1
  const x = unbatched ? b.unsqueeze(self, [0]) : self
  const kernel = spread(args.kernel_size, n)
  const padding = spread(args.padding, n)
  const strides = args.stride.length === 0 ? kernel : spread(args.stride, n)
  const dilations = spread(args.dilation, n)
  const ends = args.ceil_mode ? wholeEnds(x, kernel, strides, padding, dilations) : padding
  // onnxruntime takes no pad as large as its kernel.
  const whole = ends?.every((end, i) => end < kernel[i]!) === true
  const input = isFloatingPoint(x.dtype) ? b.cast(x, kernelType(x.dtype, MAX_POOL)) : apart(x, b)
  const attributes = {
    kernel_shape: kernel,
    strides,
    pads: [...padding, ...(whole ? ends! : padding)],
    dilations,
    ceil_mode: args.ceil_mode && !whole ? 1 : 0,
  }
  const back = (value: OnnxValue): OnnxValue => (unbatched ? squeeze(value, [0], b) : value)
  const values = back(b.cast(b.op('MaxPool', [input], attributes, rankOnly(n + 2)), self.dtype))
  if (!indices)
    return [
      isFloatingPoint(x.dtype)
        ? keepNaN(
            self,
            values,
            (nans) => back(b.op('MaxPool', [unbatched ? b.unsqueeze(nans, [0]) : nans], attributes, rankOnly(n + 2))),
            b,
          )
        : values,
    ]
  // A node of its own: indices are seldom read, and the kernel that gives them is slow and loses NaN. They count over the whole tensor.
  const found = b.ops('MaxPool', [input], { ...attributes, storage_order: 0 }, [rankOnly(n + 2), rankOnly(n + 2)])[1]!
  const places = b.op('Mod', [found, planeSize(x, n, b)], { fmod: 0 }, rankOnly(n + 2))
  if (!isFloatingPoint(x.dtype)) return [values, back(places)]
  // The last NaN of a window is its maximum: of those, the greatest place in the plane.
  const sizes = Array.from({ length: n }, (_, i): ScalarOperand => b.size(x, i - n))
  const plane = b.op('Concat', [b.ints([1, 1]), b.concatScalars(sizes)], { axis: 0 }, { dims: [n + 2] })
  const line = b.cast(countTo(b, planeSize(x, n, b)), 'float64')
  const map = b.op('Reshape', [line, plane], { allowzero: 1 }, rankOnly(n + 2))
  const nans = b.op('Where', [b.op('IsNaN', [x]), map, b.scalar('float64', -1)], {}, rankOnly(n + 2))
  const last = b.cast(b.op('MaxPool', [nans], attributes, rankOnly(n + 2)), 'int64')
  const none = b.op('Less', [last, b.scalar('int64', 0)], {}, rankOnly(n + 2))
  const clean = b.op('Where', [back(none), values, b.scalar(values.dtype, NaN)], {}, { dims: values.dims })
  return [clean, back(b.op('Where', [none, places, last], {}, rankOnly(n + 2)))]
}

interface AveragePoolArgs extends Omit<MaxPoolArgs, 'dilation'> {
  readonly count_include_pad: boolean
  readonly divisor_override?: number | undefined
}

function averagePool(self: OnnxValue, args: AveragePoolArgs, n: number, b: OnnxBuilder): OnnxValue {
  const kernel = spread(args.kernel_size, n)
  const strides = args.stride.length === 0 ? kernel : spread(args.stride, n)
  const padding = spread(args.padding, n)
  if (!isFloatingPoint(self.dtype)) {
    // A quotient of whole numbers is cut off: half of its smallest step off zero keeps rounding out.
    const step =
      1 /
      Math.max(
        Math.abs(args.divisor_override ?? 0),
        kernel.reduce((product, k) => product * k, 1),
      )
    const mean = averagePool(b.cast(self, 'float32'), args, n, b)
    const away = b.op('Mul', [b.op('Sign', [mean]), b.scalar('float32', step / 2)])
    return { ...b.cast(b.op('Add', [mean, away]), self.dtype), dims: mean.dims }
  }
  return batched(single(self, b), n, b, (x) => {
    if (args.divisor_override !== undefined) return overriddenPool(x, kernel, strides, padding, args.ceil_mode, args.divisor_override, b)
    const ends = args.ceil_mode
      ? wholeEnds(
          x,
          kernel,
          strides,
          padding,
          kernel.map(() => 1),
        )
      : padding
    // A window that reaches beyond the padding counts less than the whole kernel; pads that are not counted do no harm.
    const ragged = ends === undefined || (args.count_include_pad && ends.some((end, i) => end > padding[i]!))
    // Before opset 19 a ragged last window was divided by the whole kernel.
    if (ragged) b.requireOpset(19)
    return b.op(
      'AveragePool',
      [x],
      {
        kernel_shape: kernel,
        strides,
        pads: [...padding, ...padding.map((p, i) => (ragged ? Math.min(p, ends?.[i] ?? p) : ends[i]!))],
        ceil_mode: ragged ? 1 : 0,
        count_include_pad: args.count_include_pad ? 1 : 0,
        ...(b.opset >= 19 ? { dilations: kernel.map(() => 1) } : {}),
      },
      rankOnly(n + 2),
    )
  })
}

/** Sum of each window over a divisor of its own: zeros are put around, so that all windows are whole. */
function overriddenPool(
  x: OnnxValue,
  kernel: readonly number[],
  strides: readonly number[],
  padding: readonly number[],
  ceil: boolean,
  divisor: number,
  b: OnnxBuilder,
): OnnxValue {
  const n = kernel.length
  const ends = padding.map((p, i) => p + (ceil ? strides[i]! - 1 : 0))
  const padded = ends.some((p) => p > 0)
    ? b.op('Pad', [x, b.ints([0, 0, ...padding, 0, 0, ...ends]), b.scalar(x.dtype, 0)], { mode: 'constant' }, rankOnly(n + 2))
    : x
  const factor = kernel.reduce((product, k) => product * k, 1) / divisor
  // Scaled before the pool: onnxruntime would merge a Pad right before it, and refuse pads as large as the kernel.
  const sums = b.op(
    'AveragePool',
    [b.op('Mul', [padded, b.scalar(x.dtype, factor)])],
    { kernel_shape: kernel, strides, pads: kernel.flatMap(() => [0, 0]), ceil_mode: 0, count_include_pad: 1 },
    rankOnly(n + 2),
  )
  if (!ceil) return sums
  // Windows that start before n + p are kept: ⌈(n + p) / s⌉ of them.
  const counts = kernel.map((_, i): ScalarOperand => {
    const size = b.size(x, i + 2)
    const more = padding[i]! + strides[i]! - 1
    if (size.kind === 'constant') return { kind: 'constant', value: BigInt(Math.floor((Number(size.value) + more) / strides[i]!)) }
    return b.op('Div', [b.op('Add', [size, b.scalar('int64', more)]), b.scalar('int64', strides[i]!)], {}, { dims: [] })
  })
  const axes = kernel.map((_, i) => i + 2)
  return b.op(
    'Slice',
    [sums, b.ints(axes.map(() => 0)), b.concatScalars(counts), b.ints(axes), b.ints(axes.map(() => 1))],
    {},
    rankOnly(n + 2),
  )
}

/** Values at their indices in planes of zeros. */
function maxUnpool(self: OnnxValue, indices: OnnxValue, size: ScalarListOperand, n: number, b: OnnxBuilder): OnnxValue {
  const sizes = b.vector(size)
  const lead = b.op('Slice', [b.shape(self), b.ints([0]), b.ints([-n])], {}, { dims: [null] })
  const plane = b.op('ReduceProd', [sizes], { keepdims: 1 }, { dims: [1] })
  const zeros = b.op(
    'Expand',
    [b.scalar(self.dtype, 0), b.op('Concat', [lead, plane], { axis: 0 }, { dims: [null] })],
    {},
    { dims: self.dims?.slice(0, 1 - n).map(() => null) },
  )
  const flat = b.op('Concat', [lead, b.ints([-1])], { axis: 0 }, { dims: [null] })
  const at = b.op('Reshape', [indices, flat], {}, { dims: zeros.dims })
  const scattered = b.op(
    'ScatterElements',
    [zeros, at, b.op('Reshape', [self, flat], {}, { dims: zeros.dims })],
    { axis: -1 },
    { dims: zeros.dims },
  )
  return b.op(
    'Reshape',
    [scattered, b.op('Concat', [lead, sizes], { axis: 0 }, { dims: [null] })],
    {},
    { dims: self.dims?.map(() => null) },
  )
}

const MAX = ['kernel_size', 'stride', 'padding', 'dilation'] as const
const AVERAGE = ['kernel_size', 'stride', 'padding', 'divisor_override'] as const

export const poolingLowerings: readonly LoweringRow[] = [
  lower(
    'aten::max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> Tensor',
    { constant: MAX },
    (args, b) => maxPool(args.self, args, 1, false, b),
  ),
  lower(
    'aten::max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor',
    { constant: MAX },
    (args, b) => maxPool(args.self, args, 2, false, b),
  ),
  lower(
    'aten::max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> Tensor',
    { constant: MAX },
    (args, b) => maxPool(args.self, args, 3, false, b),
  ),
  lower(
    'aten::max_pool1d_with_indices(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> (Tensor, Tensor)',
    { constant: MAX },
    (args, b) => maxPool(args.self, args, 1, true, b),
  ),
  lower(
    'aten::max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)',
    { constant: MAX },
    (args, b) => maxPool(args.self, args, 2, true, b),
  ),
  lower(
    'aten::max_pool3d_with_indices(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)',
    { constant: MAX },
    (args, b) => maxPool(args.self, args, 3, true, b),
  ),
  lower(
    'aten::avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool ceil_mode=False, bool count_include_pad=True) -> Tensor',
    { constant: ['kernel_size', 'stride', 'padding'] },
    (args, b) => averagePool(args.self, args, 1, b),
  ),
  lower(
    'aten::avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor',
    { constant: AVERAGE },
    (args, b) => averagePool(args.self, args, 2, b),
  ),
  lower(
    'aten::avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor',
    { constant: AVERAGE },
    (args, b) => averagePool(args.self, args, 3, b),
  ),
  lower(
    'aten::max_unpool2d(Tensor self, Tensor indices, SymInt[2] output_size) -> Tensor',
    { rank: ['self'] },
    ({ self, indices, output_size }, b) => maxUnpool(self, indices, output_size, 2, b),
  ),
  lower(
    'aten::max_unpool3d(Tensor self, Tensor indices, SymInt[3] output_size, int[3] stride, int[3] padding) -> Tensor',
    { rank: ['self'] },
    ({ self, indices, output_size }, b) => maxUnpool(self, indices, output_size, 3, b),
  ),
]
