// Into quantized tensors, out of them, and what they tell of themselves.
// Answers to aten/src/ATen/native/quantized/QTensor.cpp and TensorFactories.cpp.

import { constantOf, constantTensor } from '../../ir/constant.ts'
import { floatType, intType, tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { chooseParams, dequantize, qparams, qtensor, quantize, type QParams } from './affine.ts'
import type { Emit } from './emit.ts'
import { quantizedTypeOfCode, RANGES, type QTensor, type QuantizedType } from './quantized-value.ts'
import { onQuantized, quantized, realOf, tensorOf, type Call, type Lowered, type QuantizedRow } from './row.ts'

function typeOf(call: Call, dtype: Value): QuantizedType {
  const code = constantOf(dtype)
  const found = typeof code === 'bigint' ? quantizedTypeOfCode(code) : undefined
  return found ?? call.refuse('its dtype is none of quint8, qint8, qint32 and quint4x2')
}

/** Scale and zero point as tensors of one element. */
function tensorParams(e: Emit, scale: Value, zeroPoint: Value, dtype: QuantizedType): QParams {
  const flat = (value: Value, to: 'float32' | 'int64'): Value => {
    const constant = constantTensor(value)
    return e.to(constant?.sizes.length === 0 ? value : e.op('aten::reshape', value, e.value([])), to)
  }
  return { scale: flat(scale, 'float32'), zeroPoint: flat(zeroPoint, 'int64'), dtype }
}

function channelParams(call: Call, scales: Value, zeroPoints: Value, axis: Value, dtype: QuantizedType): QParams {
  const { emit: e } = call
  const at = constantOf(axis)
  if (typeof at !== 'bigint') return call.refuse('its axis is not known at build time')
  // Zero points that are floats stay so; everything else counts in whole steps.
  const floatZeroPoint =
    zeroPoints.type.kind === 'Tensor' && (constantTensor(zeroPoints)?.dtype ?? zeroPoints.type.dtype)?.startsWith('float') === true
  return {
    scale: e.to(scales, 'float32'),
    zeroPoint: floatZeroPoint ? e.to(zeroPoints, 'float32') : e.to(zeroPoints, 'int64'),
    dtype,
    axis: Number(at),
    ...(floatZeroPoint ? { floatZeroPoint } : {}),
  }
}

const pythonScale = (e: Emit, q: QTensor): Value => q.python?.scale ?? e.typed(floatType, 'aten::Float', q.scale)
const pythonZero = (e: Emit, q: QTensor): Value => q.python?.zeroPoint ?? e.typed(intType, 'aten::Int', q.zeroPoint)

/** The tensors of a list, each on its own. */
function each(call: Call, list: Value, f: (item: Value | QTensor, i: number) => Lowered): Lowered {
  const found = call.of(list)
  const items: readonly (Value | QTensor)[] =
    found?.kind === 'items'
      ? found.items.map((item) =>
          'kind' in item && item.kind !== 'tensor' ? call.refuse('its list holds more than tensors') : (item as Value | QTensor),
        )
      : list.node.kind === 'prim::ListConstruct'
        ? list.node.inputs
        : call.refuse('its list of tensors is not known item by item')
  const results = items.map((item, i) => f(item, i))
  return results.every((result) => 'uses' in result) ? call.emit.tensors(results) : { kind: 'items', items: results }
}

const vectorItem = (e: Emit, vector: Value, i: number): Value => e.op('aten::select', vector, 0n, BigInt(i))

export const quantizerRows: readonly QuantizedRow[] = [
  ...quantized(
    'aten::quantize_per_tensor(Tensor self, float scale, int zero_point, ScalarType dtype) -> Tensor',
    ({ self, scale, zero_point, dtype }, call) => quantize(call.emit, self, qparams(call.emit, scale, zero_point, typeOf(call, dtype))),
  ),
  ...quantized(
    'aten::quantize_per_tensor.tensor_qparams(Tensor self, Tensor scale, Tensor zero_point, ScalarType dtype) -> Tensor',
    ({ self, scale, zero_point, dtype }, call) =>
      quantize(call.emit, self, tensorParams(call.emit, scale, zero_point, typeOf(call, dtype))),
  ),
  ...quantized(
    'aten::quantize_per_tensor.tensors(Tensor[] tensors, Tensor scales, Tensor zero_points, ScalarType dtype) -> Tensor[]',
    ({ tensors, scales, zero_points, dtype }, call) => {
      const { emit: e } = call
      const type = typeOf(call, dtype)
      return each(call, tensors, (item, i) =>
        quantize(e, item as Value, tensorParams(e, vectorItem(e, scales, i), vectorItem(e, zero_points, i), type)),
      )
    },
  ),
  ...quantized(
    'aten::quantize_per_tensor_dynamic(Tensor self, ScalarType dtype, bool reduce_range) -> Tensor',
    ({ self, dtype, reduce_range }, call) => {
      const type = typeOf(call, dtype)
      if (type !== 'quint8' && type !== 'qint8') return call.refuse('its dtype is neither quint8 nor qint8')
      return quantize(call.emit, self, chooseParams(call.emit, self, type, reduce_range))
    },
  ),
  ...quantized(
    'aten::quantize_per_channel(Tensor self, Tensor scales, Tensor zero_points, int axis, ScalarType dtype) -> Tensor',
    ({ self, scales, zero_points, axis, dtype }, call) =>
      quantize(call.emit, self, channelParams(call, scales, zero_points, axis, typeOf(call, dtype))),
  ),
  ...quantized('aten::_choose_qparams_per_tensor(Tensor self, bool reduce_range=False) -> (float, int)', ({ self, reduce_range }, call) => {
    const { python } = chooseParams(call.emit, self, 'quint8', reduce_range)
    return [python!.scale, python!.zeroPoint]
  }),
  ...quantized('aten::dequantize.self(Tensor self) -> Tensor', ({ self }, call) => {
    const found = call.of(self)
    // torch: a tensor that is not quantized comes back as float32.
    return found?.kind === 'tensor' ? dequantize(call.emit, found) : call.emit.float(self)
  }),
  ...quantized('aten::dequantize.tensor(Tensor qtensor) -> Tensor', ({ qtensor }, call) => realOf(call, qtensor)),
  ...quantized('aten::dequantize.tensors(Tensor[] tensors) -> Tensor[]', ({ tensors }, call) => {
    const found = call.of(tensors)
    if (found === undefined) return tensors
    return each(call, tensors, (item) => ('kind' in item ? dequantize(call.emit, item) : call.emit.float(item)))
  }),
  ...quantized('aten::dequantize.list(Tensor[] qtensors) -> Tensor[]', ({ qtensors }, call) =>
    each(call, qtensors, (item) => ('kind' in item ? dequantize(call.emit, item) : call.emit.float(item))),
  ),
  ...quantized('aten::dequantize.any(Any tensors) -> Any', ({ tensors }, call) =>
    each(call, tensors, (item) => ('kind' in item ? dequantize(call.emit, item) : call.emit.float(item))),
  ),
  ...quantized('aten::int_repr(Tensor self) -> Tensor', ({ self }, call) => tensorOf(call, self).repr),
  ...quantized('aten::q_scale(Tensor self) -> float', ({ self }, call) => pythonScale(call.emit, tensorOf(call, self))),
  ...quantized('aten::q_zero_point(Tensor self) -> int', ({ self }, call) => pythonZero(call.emit, tensorOf(call, self))),
  ...quantized('aten::q_per_channel_scales(Tensor self) -> Tensor', ({ self }, call) =>
    call.emit.to(tensorOf(call, self).scale, 'float64'),
  ),
  ...quantized('aten::q_per_channel_zero_points(Tensor self) -> Tensor', ({ self }, call) => tensorOf(call, self).zeroPoint),
  ...quantized('aten::q_per_channel_axis(Tensor self) -> int', ({ self }, call) => call.emit.b.int(tensorOf(call, self).axis ?? 0)),

  ...quantized(
    'aten::_make_per_tensor_quantized_tensor(Tensor self, float scale, int zero_point) -> Tensor',
    ({ self, scale, zero_point }, call) => made(call, self, (dtype) => qparams(call.emit, scale, zero_point, dtype)),
  ),
  ...quantized(
    'aten::_make_per_channel_quantized_tensor(Tensor self, Tensor scale, Tensor zero_point, int axis) -> Tensor',
    ({ self, scale, zero_point, axis }, call) => made(call, self, (dtype) => channelParams(call, scale, zero_point, axis, dtype)),
  ),
  ...quantized(
    'aten::_empty_affine_quantized(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, float scale=1., int zero_point=0, MemoryFormat? memory_format=0) -> Tensor',
    ({ size, dtype, scale, zero_point }, call) => {
      const { emit: e } = call
      const params = qparams(e, scale, zero_point, typeOf(call, dtype))
      return qtensor(e.op('aten::zeros', size, BigInt(codeOfRepr(params.dtype)), null, null, null), params)
    },
  ),

  // What a quantized tensor tells of itself.
  ...onQuantized('prim::dtype(Tensor a) -> int', ({ a }, call) => call.emit.b.int(RANGES[tensorOf(call, a).dtype].code)),
  ...onQuantized('aten::is_floating_point(Tensor self) -> bool', (_, call) => call.emit.b.bool(false)),
  ...quantized('prim::is_quantized(Tensor a) -> bool', ({ a }, call) => call.emit.b.bool(call.of(a)?.kind === 'tensor')),
  ...onQuantized(
    'aten::to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)',
    ({ self, dtype }, call) => sameType(call, self, dtype),
  ),
  ...onQuantized(
    'aten::to.prim_dtype(Tensor(a) self, int? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor(b|a)',
    ({ self, dtype }, call) => sameType(call, self, dtype),
  ),
  ...onQuantized(
    'aten::to.prim_Device(Tensor(a) self, Device? device, int? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor(b|a)',
    ({ self, dtype }, call) => sameType(call, self, dtype),
  ),
  ...onQuantized(
    'aten::to.device(Tensor(a) self, Device device, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)',
    ({ self, dtype }, call) => sameType(call, self, dtype),
  ),
  ...onQuantized('aten::equal(Tensor self, Tensor other) -> bool', ({ self, other }, call) => {
    const { emit: e } = call
    return e.typed({ kind: 'bool' }, 'aten::equal', dequantize(e, tensorOf(call, self)), dequantize(e, tensorOf(call, other)))
  }),
  ...onQuantized('aten::__getitem__.t(t[](a) list, int idx) -> t(*)', ({ list, idx }, call) => {
    const found = call.of(list)
    const at = constantOf(idx)
    if (found?.kind === 'list') return { ...found.like, repr: call.emit.typed(tensorType, 'aten::__getitem__', found.list, idx) }
    if (found?.kind !== 'items' || typeof at !== 'bigint') return call.refuse('which item of its list it takes is not known at build time')
    return found.items[Number(at < 0n ? at + BigInt(found.items.length) : at)] ?? call.refuse('its list has no such item')
  }),
]

const codeOfRepr = (dtype: QuantizedType): number => ({ uint8: 0, int8: 1, int32: 3 })[RANGES[dtype].repr as 'uint8' | 'int8' | 'int32']

/** The integers as they are, taken for quantized ones: their dtype says which. */
function made(call: Call, self: Value, params: (dtype: QuantizedType) => QParams): QTensor {
  const dtype = constantTensor(self)?.dtype ?? (self.type.kind === 'Tensor' ? self.type.dtype : undefined)
  const of = dtype === 'uint8' ? 'quint8' : dtype === 'int8' ? 'qint8' : dtype === 'int32' ? 'qint32' : undefined
  return qtensor(self, params(of ?? call.refuse('the dtype of its integers is not known at build time')))
}

/** A cast to the dtype that the tensor has already, as traces record it. */
function sameType(call: Call, self: Value, dtype: Value): QTensor {
  const q = tensorOf(call, self)
  const code = constantOf(dtype)
  if (code === null || (typeof code === 'bigint' && quantizedTypeOfCode(code) === q.dtype)) return q
  return call.refuse('a quantized tensor cannot be cast to another dtype')
}
