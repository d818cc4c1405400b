// Affine quantisation as arithmetic on plain tensors: q = clamp(round(x·(1/scale)) + zeroPoint), real = (q − zeroPoint)·scale, all in float32
// and rounding half to even. Answers to fbgemm's QuantUtils and aten/src/ATen/native/quantized/cpu/QuantUtils.h.

import { constantTensor } from '../../ir/constant.ts'
import { contiguousBytes, tensorOf, type Tensor } from '../../ir/tensor.ts'
import { readElements, scalarTensor, tensorFromElements } from '../../ir/tensor-elements.ts'
import { floatType, intType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Emit } from './emit.ts'
import { isQuantizedType, RANGES, type QTensor, type QuantizedType } from './quantized-value.ts'

/** How results are quantised. */
export interface QParams {
  readonly scale: Value
  readonly zeroPoint: Value
  readonly dtype: QuantizedType
  readonly axis?: number | undefined
  readonly floatZeroPoint?: boolean | undefined
  readonly python?: QTensor['python']
}

/** From a Python float and int, as operators take them. */
export function qparams(e: Emit, scale: Value, zeroPoint: Value, dtype: QuantizedType): QParams {
  return { scale: e.scalar(scale, 'float32'), zeroPoint: e.scalar(zeroPoint, 'int64'), dtype, python: { scale, zeroPoint } }
}
export function fixedParams(e: Emit, scale: number, zeroPoint: number, dtype: QuantizedType): QParams {
  return qparams(e, e.b.constant(scale), e.b.int(zeroPoint), dtype)
}
/** The quantizer of a tensor. */
export const paramsOf = ({ scale, zeroPoint, dtype, axis, floatZeroPoint, python }: QTensor): QParams => ({
  scale,
  zeroPoint,
  dtype,
  axis,
  floatZeroPoint,
  python,
})
export const qtensor = (repr: Value, params: QParams): QTensor => ({ kind: 'tensor', repr, ...params })

/** A saved tensor as its integers; undefined for dtypes that only embeddings have. */
export function qconstant(e: Emit, tensor: Tensor): QTensor | undefined {
  const { quantizer, dtype, sizes } = tensor
  if (quantizer === undefined || !isQuantizedType(dtype)) return undefined
  const bytes = dtype === 'quint4x2' ? unpackBits(tensor, 4) : contiguousBytes(tensor)
  const repr = e.b.constant(tensorOf(RANGES[dtype].repr, sizes, bytes))
  if (quantizer.scheme === 'per_tensor_affine') return qtensor(repr, fixedParams(e, quantizer.scale, quantizer.zeroPoint, dtype))
  const elements = (part: Tensor): ReturnType<typeof readElements> => readElements(part)
  const floatZeroPoint = quantizer.scheme === 'per_channel_affine_float_qparams'
  return {
    kind: 'tensor',
    repr,
    dtype,
    axis: quantizer.axis,
    scale: e.b.constant(tensorFromElements('float32', quantizer.scales.sizes, elements(quantizer.scales))),
    zeroPoint: e.b.constant(
      tensorFromElements(floatZeroPoint ? 'float32' : 'int64', quantizer.zeroPoints.sizes, elements(quantizer.zeroPoints)),
    ),
    ...(floatZeroPoint ? { floatZeroPoint } : {}),
  }
}

/** Elements of a sub-byte tensor, lower bits first. */
export function unpackBits(tensor: Tensor, bits: 4 | 2): Uint8Array {
  const bytes = contiguousBytes(tensor)
  const per = 8 / bits
  const columns = tensor.sizes.at(-1) ?? 1
  const width = Math.ceil(columns / per)
  const rows = columns === 0 ? 0 : tensor.sizes.slice(0, -1).reduce((n, size) => n * size, 1)
  const out = new Uint8Array(rows * columns)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out[row * columns + column] = (bytes[row * width + Math.floor(column / per)]! >> (bits * (column % per))) & ((1 << bits) - 1)
  return out
}

/** True when all zero points are known to be 0. */
export function isZero(zeroPoint: Value): boolean {
  const tensor = constantTensor(zeroPoint)
  return tensor !== undefined && readElements(tensor).every((element) => Number(element) === 0)
}

/** `f` on the tensor with its channels last, where a vector broadcasts along them. */
function alongChannels(e: Emit, x: Value, axis: number | undefined, f: (x: Value) => Value): Value {
  if (axis === undefined) return f(x)
  const turned = (value: Value): Value => e.op('aten::transpose', value, BigInt(axis), -1n)
  return turned(f(turned(x)))
}

/** q − zeroPoint as float32. */
export function centred(e: Emit, { repr, zeroPoint, axis }: QTensor): Value {
  if (isZero(zeroPoint)) return e.float(repr)
  return alongChannels(e, e.float(repr), axis, (x) => e.sub(x, e.float(zeroPoint)))
}

export function dequantize(e: Emit, q: QTensor): Value {
  if (q.axis === undefined) return e.mul(centred(e, q), q.scale)
  // torch multiplies by the zero point first where that is a float.
  return alongChannels(e, e.float(q.repr), q.axis, (x) => e.mul(isZero(q.zeroPoint) ? x : e.sub(x, e.float(q.zeroPoint)), q.scale))
}

/**
 * Where the zero point is added. Halves go to the even neighbour, so it matters when it is odd: fbgemm's quantisation and the scalar
 * `quantize_val` add it before they round, vectorised kernels behind.
 */
export type Rounding = 'zero point first' | 'rounded first'

/** Reals already divided by the scale, as integers of the type: rounded, moved by the zero point, kept in range. */
export function toIntegers(e: Emit, scaled: Value, { zeroPoint, dtype }: Pick<QParams, 'zeroPoint' | 'dtype'>, rounding: Rounding): Value {
  const { min, max, repr } = RANGES[dtype]
  // 32 bits are more than float32 holds.
  const wide = dtype === 'qint32' ? 'float64' : 'float32'
  const move = (x: Value): Value => (isZero(zeroPoint) ? x : e.add(x, e.to(zeroPoint, wide)))
  const real = wide === 'float64' ? e.to(scaled, wide) : scaled
  const whole = rounding === 'rounded first' ? move(e.op('aten::round', real)) : e.op('aten::round', move(real))
  return e.to(e.op('aten::clamp', whole, min, max), repr)
}

export function quantize(e: Emit, x: Value, params: QParams, rounding: Rounding = 'zero point first'): QTensor {
  const { axis, scale, zeroPoint } = params
  const repr =
    params.floatZeroPoint === true
      ? alongChannels(e, x, axis, (y) =>
          toIntegers(
            e,
            e.add(e.mul(y, e.inverse(scale)), zeroPoint),
            { ...params, zeroPoint: e.b.constant(scalarTensor('int64', 0n)) },
            rounding,
          ),
        )
      : alongChannels(e, x, axis, (y) => toIntegers(e, e.mul(y, e.inverse(scale)), params, rounding))
  return qtensor(repr, params)
}

/** x as unsigned bytes, with the zero point that goes with them: signed ones are moved up by 128. */
export function unsigned(e: Emit, q: QTensor): { readonly repr: Value; readonly zeroPoint: Value } {
  if (q.dtype === 'quint8') return { repr: q.repr, zeroPoint: e.to(q.zeroPoint, 'uint8') }
  const constant = constantTensor(q.repr)
  const repr =
    constant === undefined
      ? e.to(e.add(e.to(q.repr, 'int32'), 128n), 'uint8')
      : e.b.constant(
          tensorOf(
            'uint8',
            constant.sizes,
            contiguousBytes(constant).map((byte) => byte ^ 0x80),
          ),
        )
  const zero = constantTensor(q.zeroPoint)
  const zeroPoint =
    zero === undefined
      ? e.to(e.add(q.zeroPoint, 128n), 'uint8')
      : e.b.constant(
          tensorFromElements(
            'uint8',
            zero.sizes,
            readElements(zero).map((element) => Number(element) + 128),
          ),
        )
  return { repr, zeroPoint }
}

/** Scale and zero point that fit what a tensor holds: `ChooseQuantizationParams`. */
export function chooseParams(e: Emit, x: Value, dtype: 'quint8' | 'qint8', reduceRange: Value | boolean): QParams {
  return chooseParamsOf(e, e.op('aten::amin', x, e.value([]), false), e.op('aten::amax', x, e.value([]), false), dtype, reduceRange)
}
// 6.1e-5 in float32; scales below are raised to it.
const SMALL = Math.fround(6.1e-5)

export function chooseParamsOf(e: Emit, least: Value, most: Value, dtype: 'quint8' | 'qint8', reduceRange: Value | boolean): QParams {
  const { min, max } = RANGES[dtype]
  const reduced = typeof reduceRange === 'boolean' ? reduceRange : (reduceRange.node.attributes.get('value') ?? false) === true
  const [qmin, qmax] = reduced ? [Math.trunc(min / 2), Math.trunc(max / 2)] : [min, max]
  const double = (value: number): Value => e.real(value, 'float64')
  const where = (condition: Value, a: Value, b: Value): Value => e.op('aten::where', condition, a, b)
  const [div, mul, abs] = [
    (a: Value, b: Value) => e.op('aten::div', a, b),
    (a: Value, b: Value) => e.op('aten::mul', a, b),
    (a: Value) => e.op('aten::abs', a),
  ]
  // The range holds 0.
  const low = e.to(e.op('aten::clamp', least, null, 0), 'float64')
  const high = e.to(e.op('aten::clamp', most, 0, null), 'float64')
  const steps = double(qmax - qmin)
  const raw = div(e.sub(high, low), steps)
  // The reciprocal of 2⁻¹²⁸ is infinite in float32.
  const given = where(e.op('aten::le', e.to(e.float(raw), 'float64'), 2 ** -128), double(0.1), raw)
  const small = e.op('aten::lt', given, SMALL)
  const scale = where(small, double(SMALL), given)
  // A scale that is raised widens the range with it, in float32.
  const amplifier = e.to(e.float(div(double(SMALL), e.to(e.float(given), 'float64'))), 'float64')
  const whole = Math.fround(SMALL * (qmax - qmin))
  const widened = (end: Value, other: Value, alone: number): Value => {
    const grown = where(e.op('aten::eq', other, 0), double(alone), e.to(e.float(mul(end, amplifier)), 'float64'))
    return where(e.op('aten::logical_and', small, e.op('aten::ne', end, 0)), grown, end)
  }
  const [from, to] = [widened(low, high, -whole), widened(high, low, whole)]
  const [down, up] = [div(from, scale), div(to, scale)]
  const errors = e.op('aten::lt', e.sub(double(Math.abs(qmin)), abs(down)), e.sub(double(Math.abs(qmax)), abs(up)))
  const nearest = where(errors, e.sub(double(qmin), down), e.sub(double(qmax), up))
  const zeroPoint = e.to(e.op('aten::clamp', e.op('aten::round', nearest), qmin, qmax), 'int64')
  return {
    scale: e.float(scale),
    zeroPoint,
    dtype,
    python: { scale: e.typed(floatType, 'aten::Float', scale), zeroPoint: e.typed(intType, 'aten::Int', zeroPoint) },
  }
}
