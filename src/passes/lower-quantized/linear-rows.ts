// Linear layers: integer products, exact in 32 bits, then real arithmetic as fbgemm's requantisation has it.
// y = round((acc·sx·sw + bias)/sy) + zy; dynamic ones give acc·sx·sw + bias. Answers to qlinear.cpp and qlinear_dynamic.cpp.

import { scalarTypeInfo } from '../../ir/scalar-type.ts'
import type { Value } from '../../ir/value.ts'
import { chooseParams, qparams, quantize, toIntegers, unsigned, qtensor, type QParams, type Rounding } from './affine.ts'
import { isNone, packedOf, plain, quantized, tensorOf, weightOf, type Call, type QuantizedRow } from './row.ts'
import type { Packed, QTensor } from './quantized-value.ts'

/** x·Wᵀ as float32, with the scales of both but without a bias. */
function product(call: Call, x: QTensor, weight: QTensor): Value {
  const { emit: e } = call
  const a = unsigned(e, x)
  if (weight.dtype !== 'qint8' && weight.dtype !== 'quint8') return call.refuse('its weights are not 8-bit integers')
  const sum = e.op(
    'functional::matmul_integer',
    a.repr,
    e.op('aten::t', weight.repr),
    a.zeroPoint,
    e.to(weight.zeroPoint, weight.dtype === 'qint8' ? 'int8' : 'uint8'),
  )
  return e.mul(e.float(sum), e.mul(x.scale, weight.scale))
}

function biased(call: Call, x: Value, { args }: Packed): Value {
  const bias = plain(call, args[1])
  return isNone(bias) ? x : call.emit.add(x, bias)
}

const relu = (call: Call, x: Value, on: boolean): Value => (on ? call.emit.op('aten::relu', x) : x)

/** Reals as quantised results. */
export function requantized(call: Call, x: Value, params: QParams, rounding: Rounding): QTensor {
  const { emit: e } = call
  return qtensor(toIntegers(e, e.mul(x, e.inverse(params.scale)), params, rounding), params)
}

/** The layer on a quantized input: reals. */
export function linearReal(call: Call, x: QTensor, packed: Packed): Value {
  return biased(call, product(call, x, weightOf(call, packed)), packed)
}

/** On a real input, quantised by what it holds. */
export function dynamicLinear(call: Call, x: Value, packed: Packed, reduceRange: Value | boolean): Value {
  const { emit: e } = call
  return linearReal(call, quantize(e, x, chooseParams(e, x, 'quint8', reduceRange)), packed)
}

/** Weights that were packed as float16 hold float16's numbers; the arithmetic is float32's. */
export function halfLinear(call: Call, x: Value, weight: Value, bias: Value): Value {
  const { emit: e } = call
  const LARGEST = 65504
  const code = (dtype: 'float16' | 'float32'): bigint => BigInt(scalarTypeInfo(dtype).code)
  const half = e.op('aten::to', e.op('aten::clamp', weight, -LARGEST, LARGEST), code('float16'), false, false, null)
  return e.op('aten::linear', x, e.op('aten::to', half, code('float32'), false, false, null), bias)
}

const PACKED = '__torch__.torch.classes.quantized.LinearPackedParamsBase'

const staticRows = (
  names: readonly string[],
  finish: (x: Value, call: Call, args: Readonly<Record<string, Value>>) => Value,
  extra = '',
): QuantizedRow[] =>
  names.flatMap((name) =>
    quantized(`${name}(Tensor X, ${PACKED} W_prepack, float Y_scale_i, int Y_zero_point_i${extra}) -> Tensor Y`, (args, call) => {
      const { X, W_prepack, Y_scale_i, Y_zero_point_i } = args as unknown as Readonly<
        Record<'X' | 'W_prepack' | 'Y_scale_i' | 'Y_zero_point_i', Value>
      >
      const x = tensorOf(call, X)
      const params = qparams(call.emit, Y_scale_i, Y_zero_point_i, x.dtype)
      return requantized(call, finish(linearReal(call, x, packedOf(call, W_prepack)), call, args as never), params, 'rounded first')
    }),
  )

export const linearRows: readonly QuantizedRow[] = [
  ...staticRows(['quantized::linear', '_quantized::linear'], (x) => x),
  ...staticRows(['quantized::linear_relu'], (x, call) => relu(call, x, true)),
  ...staticRows(['quantized::linear_tanh'], (x, call) => call.emit.op('aten::tanh', x)),
  ...staticRows(
    ['quantized::linear_leaky_relu'],
    (x, call, args) => call.emit.op('aten::leaky_relu', x, args['negative_slope']!),
    ', float negative_slope',
  ),
  ...[false, true].flatMap((withRelu) =>
    quantized(
      withRelu
        ? `quantized::linear_relu_dynamic(Tensor X, ${PACKED} W_prepack, bool reduce_range=False) -> Tensor Y`
        : [
            `quantized::linear_dynamic(Tensor X, ${PACKED} W_prepack, bool reduce_range=False) -> Tensor Y`,
            `_quantized::linear_dynamic(Tensor X, ${PACKED} W_prepack, bool reduce_range=False) -> Tensor Y`,
          ],
      ({ X, W_prepack, reduce_range }, call) => relu(call, dynamicLinear(call, X, packedOf(call, W_prepack), reduce_range), withRelu),
    ),
  ),
  ...[false, true].flatMap((withRelu) =>
    quantized(
      `quantized::linear_${withRelu ? 'relu_' : ''}dynamic_fp16(Tensor X, ${PACKED} W_prepack) -> Tensor Y`,
      ({ X, W_prepack }, call) => {
        const { args } = packedOf(call, W_prepack)
        return relu(call, halfLinear(call, X, plain(call, args[0]), plain(call, args[1])), withRelu)
      },
    ),
  ),
  ...quantized(
    'quantized::linear_dynamic_fp16_unpacked_weight(Tensor X, Tensor weight, Tensor? bias) -> Tensor Y',
    ({ X, weight, bias }, call) => halfLinear(call, X, weight, bias),
  ),
  ...[false, true].flatMap((withRelu) =>
    quantized(
      `quantized::linear_with_input_q_dq_qweight_dq_${withRelu ? 'relu_' : ''}output_fp32(Tensor X, float X_scale, int X_zero_point, ${PACKED} W_prepack) -> Tensor Y`,
      ({ X, X_scale, X_zero_point, W_prepack }, call) =>
        relu(
          call,
          linearReal(call, quantize(call.emit, X, qparams(call.emit, X_scale, X_zero_point, 'quint8')), packedOf(call, W_prepack)),
          withRelu,
        ),
    ),
  ),
]
