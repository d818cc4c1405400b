// Conversions between dtypes, Python numbers from tensors and back, and copies that are the same tensor again.
// A Python int, float or bool is a 0-d int64, float64 or bool. Answers to aten/src/ATen/native/TensorConversions.cpp.

import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { Operand, OnnxValue, ScalarOperand } from '../operand.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'

/** The dtype that facts promise; without a promise the tensor stays as it is. */
const toPromised = (b: OnnxBuilder, self: OnnxValue, out: readonly ResultInfo[]): OnnxValue => b.cast(self, out[0]?.dtype ?? self.dtype)

/** The single element of a tensor of any rank, 0-d. */
export function element(b: OnnxBuilder, x: OnnxValue): OnnxValue {
  return x.dims?.length === 0 ? x : b.reshapeTo(x, [])
}
/** A Python number from a tensor: int64, float64 or bool by the tensor's kind. */
const pythonNumber = (b: OnnxBuilder, x: OnnxValue): OnnxValue =>
  b.cast(element(b, x), x.dtype === 'bool' ? 'bool' : isFloatingPoint(x.dtype) ? 'float64' : 'int64')

/** A constant stays one, converted; anything else is cast. Floats truncate towards 0. */
function castNumber(b: OnnxBuilder, a: ScalarOperand, to: 'int64' | 'float64' | 'bool'): ScalarOperand {
  if (a.kind === 'tensor') return b.cast(a, to)
  const value = typeof a.value === 'bigint' || typeof a.value === 'boolean' || typeof a.value === 'number' ? a.value : 0
  if (to === 'float64') return { kind: 'constant', value: Number(value) }
  if (to === 'bool') return { kind: 'constant', value: value !== 0 && value !== 0n && value !== false }
  return { kind: 'constant', value: typeof value === 'number' ? BigInt(Math.trunc(value)) : BigInt(value) }
}

/** A 0-d tensor of a Python number: float64 and int64 as torch's NumToTensor has them. */
function tensorOfNumber(b: OnnxBuilder, a: ScalarOperand, out: readonly ResultInfo[]): OnnxValue {
  if (a.kind === 'tensor') return b.cast(a, out[0]?.dtype ?? a.dtype)
  const natural: ScalarType = typeof a.value === 'bigint' ? 'int64' : typeof a.value === 'boolean' ? 'bool' : 'float64'
  return b.number(a, out[0]?.dtype ?? natural)
}

/** `value` with the shape of `self`. */
function filled(b: OnnxBuilder, self: OnnxValue, value: ScalarOperand): OnnxValue {
  return b.op('Expand', [b.number(value, self.dtype), b.shape(self)], {}, { dims: self.dims })
}

export const conversionLowerings: readonly LoweringRow[] = [
  ...lowers(
    [
      'aten::to.device(Tensor(a) self, Device device, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)',
      'aten::to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)',
      'aten::to.dtype_layout(Tensor(a) self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)',
      'aten::to.prim_Device(Tensor(a) self, Device? device, int? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor(b|a)',
      'aten::to.prim_dtype(Tensor(a) self, int? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor(b|a)',
      'aten::_to_copy(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool non_blocking=False, MemoryFormat? memory_format=None) -> Tensor',
    ],
    { constant: ['dtype'] },
    ({ self }, b, out) => toPromised(b, self, out),
  ),
  lower(
    'aten::as_tensor(Tensor(a) data, *, ScalarType? dtype=None, Device? device=None) -> Tensor(b|a)',
    { constant: ['dtype'] },
    ({ data }, b, out) => toPromised(b, data, out),
  ),
  ...lowers(
    [
      'aten::to.other(Tensor(a) self, Tensor other, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)',
      'aten::type_as(Tensor self, Tensor other) -> Tensor',
    ],
    ({ self, other }, b) => b.cast(self, other.dtype),
  ),
  ...['Byte', 'Char', 'Double', 'Float', 'Half', 'Int', 'Long', 'Short'].map((name) =>
    lower(
      `aten::_cast_${name}(Tensor self, bool non_blocking=False) -> Tensor` as 'aten::_cast_Byte(Tensor self, bool non_blocking=False) -> Tensor',
      ({ self }, b, out) => toPromised(b, self, out),
    ),
  ),
  ...lowers(
    [
      'aten::to.prim_other(Tensor(a) self, bool non_blocking=False, bool copy=False) -> Tensor(b|a)',
      'aten::contiguous(Tensor(a) self, *, MemoryFormat memory_format=0) -> Tensor(a)',
      'aten::clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor',
      'aten::detach_copy(Tensor self) -> Tensor',
      'aten::alias_copy(Tensor self) -> Tensor',
      'aten::lift(Tensor self) -> Tensor',
      'aten::lift_fresh(Tensor(a) self) -> Tensor(a)',
      'aten::lift_fresh_copy(Tensor self) -> Tensor',
      'aten::cpu(Tensor(a) self) -> Tensor(b|a)',
    ],
    ({ self }) => self,
  ),
  lower('prim::data(Tensor(a) a) -> Tensor(a)', ({ a }) => a),
  // Broadcast to self's shape, in self's dtype.
  lower('aten::copy(Tensor self, Tensor src, bool non_blocking=False) -> Tensor', ({ self, src }, b) => {
    const same =
      self.dims !== undefined && src.dims?.length === self.dims.length && self.dims.every((dim, i) => dim !== null && dim === src.dims![i])
    return same ? b.cast(src, self.dtype) : filled(b, self, src)
  }),
  lower('aten::fill.Scalar(Tensor self, Scalar value) -> Tensor', ({ self, value }, b) => filled(b, self, value)),
  lower('aten::fill.Tensor(Tensor self, Tensor value) -> Tensor', ({ self, value }, b) => filled(b, self, value)),
  lower('aten::zero(Tensor self) -> Tensor', ({ self }, b) => filled(b, self, { kind: 'constant', value: 0n })),

  // Tensor → number.
  lower('aten::Int.Tensor(Tensor a) -> int', ({ a }, b) => b.cast(element(b, a), 'int64')),
  lower('aten::Float.Tensor(Tensor a) -> float', ({ a }, b) => b.cast(element(b, a), 'float64')),
  lower('aten::Bool.Tensor(Tensor a) -> bool', ({ a }, b) => b.cast(element(b, a), 'bool')),
  lower('aten::is_nonzero(Tensor self) -> bool', ({ self }, b) => b.cast(element(b, self), 'bool')),
  lower('aten::IntImplicit(Tensor a) -> int', ({ a }, b) => b.cast(element(b, a), 'int64')),
  lower('aten::FloatImplicit(Tensor a) -> float', ({ a }, b) => b.cast(element(b, a), 'float64')),
  lower('aten::ScalarImplicit(Tensor a) -> Scalar', ({ a }, b) => pythonNumber(b, a)),
  lower('aten::item(Tensor self) -> Scalar', ({ self }, b) => pythonNumber(b, self)),
  lower('aten::_local_scalar_dense(Tensor self) -> Scalar', ({ self }, b) => pythonNumber(b, self)),
  // Number → tensor.
  lower('prim::NumToTensor.Scalar(Scalar a) -> Tensor', ({ a }, b, out) => tensorOfNumber(b, a, out)),
  lower('prim::NumToTensor.bool(bool a) -> Tensor', { operand: ['a'] }, ({ a }, b, out) =>
    tensorOfNumber(b, a as unknown as ScalarOperand, out),
  ),
  // Number → number.
  ...(['Scalar', 'bool', 'float'] as const).map((type) =>
    lower(`aten::Int.${type}(${type} a) -> int` as 'aten::Int.Scalar(Scalar a) -> int', { operand: ['a'] }, ({ a }, b): Operand =>
      castNumber(b, a, 'int64'),
    ),
  ),
  ...(['Scalar', 'bool', 'int'] as const).map((type) =>
    lower(`aten::Float.${type}(${type} a) -> float` as 'aten::Float.Scalar(Scalar a) -> float', { operand: ['a'] }, ({ a }, b): Operand =>
      castNumber(b, a, 'float64'),
    ),
  ),
  ...(['int', 'float'] as const).map((type) =>
    lower(`aten::Bool.${type}(${type} a) -> bool` as 'aten::Bool.int(int a) -> bool', { operand: ['a'] }, ({ a }, b): Operand =>
      castNumber(b, a, 'bool'),
    ),
  ),
]
