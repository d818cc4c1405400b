// Activations of quantized tensors. Those with an output scale compute on reals and quantise what comes out; clamps work on the integers.
// Answers to qrelu.cpp, qclamp.cpp, qsigmoid.cpp, qtanh.cpp, qelu.cpp, qhardswish.cpp, qhardsigmoid.cpp, qthreshold.cpp, qgelu.cpp and qsoftmax.cpp.

import type { Value } from '../../ir/value.ts'
import { dequantize, fixedParams, paramsOf, qparams, qtensor, quantize, toIntegers } from './affine.ts'
import { reluOf } from './arithmetic-rows.ts'
import { RANGES, type QTensor } from './quantized-value.ts'
import { isNone, onQuantized, quantized, tensorOf, type Call, type QuantizedRow } from './row.ts'

/** A bound as one of the tensor's integers, kept in their type. */
function bound(call: Call, q: QTensor, limit: Value): Value {
  const { emit: e } = call
  return toIntegers(e, e.mul(e.scalar(limit, 'float32'), e.inverse(q.scale)), q, 'zero point first')
}
function clamped(call: Call, q: QTensor, min: Value, max: Value): QTensor {
  const { emit: e } = call
  const low = isNone(min) ? q.repr : e.op('aten::maximum', q.repr, bound(call, q, min))
  return { ...q, repr: isNone(max) ? low : e.op('aten::minimum', low, bound(call, q, max)) }
}

/** Outputs between two fixed numbers have a quantizer of their own: 1/2⁸ or 1/2³² of the range. */
function ownRange(call: Call, q: QTensor, from: number, to: number, f: (x: Value) => Value): QTensor {
  const { emit: e } = call
  const { min, max } = RANGES[q.dtype]
  const steps = max - min + 1
  const zeroPoint = from === 0 ? min : min + steps / 2
  return quantize(e, f(dequantize(e, q)), fixedParams(e, (to - from) / steps, zeroPoint, q.dtype), 'rounded first')
}

type Given = Readonly<Record<string, Value>>

/** With an output scale and zero point. */
function real(schema: string, input: string, f: (x: Value, args: Given, call: Call) => Value): QuantizedRow[] {
  return quantized(schema, (given, call) => {
    const args = given as unknown as Given
    const { emit: e } = call
    const q = tensorOf(call, args[input]!)
    const params = qparams(e, args['output_scale']!, args['output_zero_point']!, q.dtype)
    return quantize(e, f(dequantize(e, q), args, call), params, 'rounded first')
  })
}
/** With the quantizer of its input. */
function own(schema: string, f: (x: Value, args: Given, call: Call) => Value): QuantizedRow[] {
  return onQuantized(schema, (given, call) => {
    const args = given as unknown as Given
    const q = tensorOf(call, args['self'] ?? args['qx']!)
    return quantize(call.emit, f(dequantize(call.emit, q), args, call), paramsOf(q), 'rounded first')
  })
}
const OUT = 'float output_scale, int output_zero_point'

export const activationRows: readonly QuantizedRow[] = [
  ...onQuantized('aten::relu(Tensor self) -> Tensor', ({ self }, call) => reluOf(call, tensorOf(call, self))),
  ...onQuantized('aten::clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor', ({ self, min, max }, call) =>
    clamped(call, tensorOf(call, self), min, max),
  ),
  ...quantized('quantized::clamp(Tensor qx, Scalar? min=None, Scalar? max=None) -> Tensor qy', ({ qx, min, max }, call) =>
    clamped(call, tensorOf(call, qx), min, max),
  ),
  ...onQuantized('aten::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor', ({ self, min_val, max_val }, call) =>
    clamped(call, tensorOf(call, self), min_val, max_val),
  ),
  ...onQuantized('aten::relu6(Tensor self) -> Tensor', ({ self }, call) => six(call, self)),
  ...quantized('quantized::relu6(Tensor qx, bool inplace=False) -> Tensor', ({ qx }, call) => six(call, qx)),

  ...onQuantized('aten::sigmoid(Tensor self) -> Tensor', ({ self }, call) =>
    ownRange(call, tensorOf(call, self), 0, 1, (x) => call.emit.op('aten::sigmoid', x)),
  ),
  ...onQuantized('aten::hardsigmoid(Tensor self) -> Tensor', ({ self }, call) =>
    ownRange(call, tensorOf(call, self), 0, 1, (x) => call.emit.op('aten::hardsigmoid', x)),
  ),
  ...onQuantized('aten::tanh(Tensor self) -> Tensor', ({ self }, call) =>
    ownRange(call, tensorOf(call, self), -1, 1, (x) => call.emit.op('aten::tanh', x)),
  ),
  ...own('aten::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor', (x, args, call) =>
    call.emit.op('aten::leaky_relu', x, args['negative_slope']!),
  ),
  ...own('aten::gelu(Tensor self, *, str approximate="none") -> Tensor', (x, args, call) =>
    call.emit.op('aten::gelu', x, args['approximate']!),
  ),
  ...own('aten::threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor', (x, args, call) =>
    call.emit.op('aten::threshold', x, args['threshold']!, args['value']!),
  ),
  ...quantized('quantized::threshold(Tensor qx, Scalar threshold, Scalar value) -> Tensor qy', ({ qx, threshold, value }, call) => {
    const q = tensorOf(call, qx)
    return quantize(call.emit, call.emit.op('aten::threshold', dequantize(call.emit, q), threshold, value), paramsOf(q), 'rounded first')
  }),

  ...real(`quantized::sigmoid(Tensor qx, ${OUT}) -> Tensor`, 'qx', (x, _, { emit }) => emit.op('aten::sigmoid', x)),
  ...real(`quantized::hardswish(Tensor input, ${OUT}) -> Tensor`, 'input', (x, _, { emit }) => emit.op('aten::hardswish', x)),
  ...real(`quantized::leaky_relu(Tensor qx, Scalar negative_slope, bool inplace, ${OUT}) -> Tensor`, 'qx', (x, args, { emit }) =>
    emit.op('aten::leaky_relu', x, args['negative_slope']!),
  ),
  ...real(
    `quantized::elu(Tensor self, ${OUT}, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor`,
    'self',
    (x, args, { emit }) => emit.op('aten::elu', x, args['alpha']!, args['scale']!, args['input_scale']!),
  ),
  ...real(`quantized::celu(Tensor self, ${OUT}, Scalar alpha=1) -> Tensor`, 'self', (x, args, { emit }) =>
    emit.op('aten::celu', x, args['alpha']!),
  ),
  ...real(`quantized::softmax(Tensor qx, int dim, ${OUT}) -> Tensor`, 'qx', (x, args, { emit }) =>
    emit.op('aten::softmax', x, args['dim']!, null),
  ),
  ...real(`quantized::prelu(Tensor qx, Tensor weight, ${OUT}) -> Tensor`, 'qx', (x, args, call) => {
    const weight = call.of(args['weight']!)
    return call.emit.op('aten::prelu', x, weight?.kind === 'tensor' ? dequantize(call.emit, weight) : args['weight']!)
  }),
  ...quantized(
    'quantized::dropout(Tensor self, float output_scale, int output_zero_point, Scalar p=0.5, bool training=False) -> Tensor',
    ({ self }, call) => tensorOf(call, self),
  ),

  ...onQuantized('aten::masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor', ({ self, mask, value }, call) => {
    const q = tensorOf(call, self)
    return { ...q, repr: call.emit.op('aten::where', mask, bound(call, q, value), q.repr) }
  }),
  ...onQuantized('aten::constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor', ({ self, pad, value }, call) =>
    padded(call, tensorOf(call, self), pad, value),
  ),
  ...onQuantized(
    'aten::pad(Tensor self, SymInt[] pad, str mode="constant", float? value=None) -> Tensor',
    ({ self, pad, mode, value }, call) => {
      const q = tensorOf(call, self)
      if (mode.node.attributes.get('value') === 'constant') return padded(call, q, pad, isNone(value) ? call.emit.value(0) : value)
      return { ...q, repr: call.emit.op('aten::pad', q.repr, pad, mode, null) }
    },
  ),
]

function six(call: Call, x: Value): QTensor {
  const q = tensorOf(call, x)
  return clamped(call, q, call.emit.value(0n), call.emit.value(6n))
}

/** Padding is quantised like everything else: padded by its distance from the fill, which is 0 where there is nothing. */
function padded(call: Call, q: QTensor, pad: Value, value: Value): QTensor {
  const { emit: e } = call
  const fill = e.to(bound(call, q, value), 'int32')
  const moved = e.op('aten::constant_pad_nd', e.sub(e.to(q.repr, 'int32'), fill), pad, 0n)
  return qtensor(e.to(e.add(moved, fill), RANGES[q.dtype].repr), paramsOf(q))
}
