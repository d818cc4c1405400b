// Averages and interpolation of quantized tensors: of the integers about their zero point, then rounded; the scale never enters.
// Answers to AveragePool2d.cpp, AdaptiveAveragePooling.cpp, ReduceOps.cpp and UpSampleBilinear2d.cpp.

import type { Value } from '../../ir/value.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import { centred, dequantize, paramsOf, qtensor, quantize, toIntegers } from './affine.ts'
import { onQuantized, quantized, tensorOf, type Call, type Lowered, type QuantizedRow } from './row.ts'

function again(call: Call, x: Value): Value {
  const { emit: e, node } = call
  const plain = e.op(node.kind, x, ...node.inputs.slice(1))
  plain.node.schema = schemaOf(node)
  return plain
}

/** The same operator on q − zeroPoint, in float32. */
function onIntegers(call: Call, self: Value): Lowered {
  const { emit: e } = call
  const q = tensorOf(call, self)
  const plain = again(call, centred(e, q))
  return qtensor(toIntegers(e, plain, q, 'zero point first'), paramsOf(q))
}

const AVERAGES = [
  'aten::avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor',
  'aten::avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor',
  'aten::avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool ceil_mode=False, bool count_include_pad=True) -> Tensor',
  'aten::adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor',
  'aten::adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor',
  'aten::adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor',
] as const

const INTERPOLATIONS = [
  'aten::upsample_bilinear2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor',
] as const

const POOL = 'Tensor qx, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode) -> Tensor'

export const poolingRows: readonly QuantizedRow[] = [
  ...onQuantized([...AVERAGES, ...INTERPOLATIONS], ({ self }, call) => onIntegers(call, self)),
  ...onQuantized(
    'aten::upsample_bilinear2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
    ({ input }, call) => onIntegers(call, input),
  ),
  ...onQuantized(
    [
      'aten::mean(Tensor self, *, ScalarType? dtype=None) -> Tensor',
      'aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
    ],
    ({ self }, call) => {
      const q = tensorOf(call, self)
      return quantize(call.emit, again(call, dequantize(call.emit, q)), paramsOf(q))
    },
  ),
  ...[1, 2].flatMap((n) =>
    quantized(`quantized::max_pool${n}d(${POOL}`, (given, call) => {
      const { qx, kernel_size, stride, padding, dilation, ceil_mode } = given as unknown as Readonly<Record<string, Value>>
      const q = tensorOf(call, qx!)
      return { ...q, repr: call.emit.op(`aten::max_pool${n}d`, q.repr, kernel_size!, stride!, padding!, dilation!, ceil_mode!) }
    }),
  ),
]
