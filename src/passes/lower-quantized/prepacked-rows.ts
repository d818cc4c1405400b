// Layers of mobile-optimized archives, whose weights lie packed in objects of native code: as the plain layers they stand for, with the
// bounds of their results. Answers to aten/src/ATen/native/xnnpack/OpContext.h and aten/src/ATen/native/metal/MetalPrepackOpContext.h.

import type { Value } from '../../ir/value.ts'
import { isNone, packedOf, plain, quantized, type Call, type QuantizedRow } from './row.ts'
import type { Packed } from './quantized-value.ts'

const XNNPACK = '__torch__.torch.classes.xnnpack'
const METAL = '__torch__.torch.classes.metal'
const BOUNDS = 'Scalar? output_min=None, Scalar? output_max=None'
const CONV = 'Tensor W, Tensor? B, int[2] stride, int[2] padding'

type Build = (call: Call, x: Value, args: readonly Value[]) => Value

function layer(prepack: string, run: string, type: string, args: string, build: Build): QuantizedRow[] {
  const operator = prepack
  return [
    ...quantized(`${prepack}(${args}, ${BOUNDS}) -> ${type}`, (given, call) => ({
      kind: 'packed',
      operator,
      args: Object.values(given as unknown as Readonly<Record<string, Value>>).map((value) => call.of(value) ?? value),
    })),
    ...quantized(`${run}(Tensor X, ${type} W_prepack) -> Tensor Y`, (given, call) => {
      const { X, W_prepack } = given as unknown as Readonly<Record<'X' | 'W_prepack', Value>>
      const packed = packedOf(call, W_prepack)
      const values = packed.args.map((arg) => plain(call, arg))
      return bounded(call, build(call, X, values), packed, values)
    }),
  ]
}

/** The last two arguments are the bounds of the result, where there are any. */
function bounded(call: Call, y: Value, { operator }: Packed, args: readonly Value[]): Value {
  const [min, max] = args.slice(-2)
  if (min === undefined || max === undefined) return call.refuse(`${operator} has fewer arguments than it takes`)
  return isNone(min) && isNone(max) ? y : call.emit.op('aten::clamp', y, min, max)
}

const linear: Build = ({ emit }, x, [weight, bias]) => emit.op('aten::linear', x, weight!, bias!)
const conv: Build = ({ emit }, x, [weight, bias, stride, padding, dilation, groups]) =>
  emit.op('aten::conv2d', x, weight!, bias!, stride!, padding!, dilation!, groups!)
const transposed: Build = ({ emit }, x, [weight, bias, stride, padding, outputPadding, dilation, groups]) =>
  emit.op('aten::conv_transpose2d', x, weight!, bias!, stride!, padding!, outputPadding!, groups!, dilation!)

export const prepackedRows: readonly QuantizedRow[] = [
  ...layer(
    'prepacked::linear_clamp_prepack',
    'prepacked::linear_clamp_run',
    `${XNNPACK}.LinearOpContext`,
    'Tensor W, Tensor? B=None',
    linear,
  ),
  ...layer(
    'prepacked::conv2d_clamp_prepack',
    'prepacked::conv2d_clamp_run',
    `${XNNPACK}.Conv2dOpContext`,
    `${CONV}, int[2] dilation, int groups`,
    conv,
  ),
  ...layer(
    'prepacked::conv2d_transpose_clamp_prepack',
    'prepacked::conv2d_transpose_clamp_run',
    `${XNNPACK}.TransposeConv2dOpContext`,
    `${CONV}, int[2] output_padding, int[2] dilation, int groups`,
    transposed,
  ),
  ...layer('metal_prepack::linear_prepack', 'metal_prepack::linear_run', `${METAL}.LinearOpContext`, 'Tensor W, Tensor? B', linear),
  ...layer(
    'metal_prepack::conv2d_prepack',
    'metal_prepack::conv2d_run',
    `${METAL}.Conv2dOpContext`,
    `${CONV}, int[2] dilation, int groups`,
    conv,
  ),
]
