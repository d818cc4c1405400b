// Conversions between dtypes, and copies that are the same tensor again. Python numbers from tensors are in convert.ts.
// Answers to aten/src/ATen/native/TensorConversions.cpp.

import { dimProduct, dimsEqual } from '../../ir/dim.ts'
import { scalarTypeInfo, scalarTypeOfCode } from '../../ir/scalar-type.ts'
import { itemOf } from '../../ir/tensor-elements.ts'
import { intFact, listFact, numberFact, tensorFact, unknown, type Fact } from '../fact.ts'
import { knownInt, same } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** None keeps the dtype; a dtype that is not known leaves it open. */
function converted(self: Fact, dtype: Fact): Fact {
  if (dtype.value === null) return same(self)
  const code = knownInt(dtype)
  return tensorFact(code === undefined ? undefined : scalarTypeOfCode(code), self.dims)
}

const CASTS = [
  ['Byte', 'uint8'],
  ['Char', 'int8'],
  ['Double', 'float64'],
  ['Float', 'float32'],
  ['Half', 'float16'],
  ['Int', 'int32'],
  ['Long', 'int64'],
  ['Short', 'int16'],
] as const

export const conversionRules: readonly Rule[] = [
  ...rules(
    [
      'aten::to.device(Tensor(a) self, Device device, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)',
      'aten::to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)',
      'aten::to.dtype_layout(Tensor(a) self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)',
      'aten::to.prim_Device(Tensor(a) self, Device? device, int? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor(b|a)',
      'aten::to.prim_dtype(Tensor(a) self, int? dtype=None, bool non_blocking=False, bool copy=False) -> Tensor(b|a)',
      'aten::_to_copy(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool non_blocking=False, MemoryFormat? memory_format=None) -> Tensor',
    ],
    ({ self, dtype }) => converted(self, dtype),
  ),
  rule('aten::as_tensor(Tensor(a) data, *, ScalarType? dtype=None, Device? device=None) -> Tensor(b|a)', ({ data, dtype }) =>
    converted(data, dtype),
  ),
  ...rules(
    [
      'aten::to.other(Tensor(a) self, Tensor other, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)',
      'aten::type_as(Tensor self, Tensor other) -> Tensor',
    ],
    ({ self, other }) => tensorFact(other.dtype, self.dims),
  ),
  ...CASTS.flatMap(([name, dtype]) =>
    rules(
      [
        `aten::_cast_${name}(Tensor self, bool non_blocking=False) -> Tensor` as 'aten::_cast_Byte(Tensor self, bool non_blocking=False) -> Tensor',
      ],
      ({ self }) => tensorFact(dtype, self.dims),
    ),
  ),
  ...rules(
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
      'aten::copy(Tensor self, Tensor src, bool non_blocking=False) -> Tensor',
      'aten::fill.Scalar(Tensor self, Scalar value) -> Tensor',
      'aten::fill.Tensor(Tensor self, Tensor value) -> Tensor',
      'aten::zero(Tensor self) -> Tensor',
    ],
    ({ self }) => same(self),
  ),
  rule('prim::data(Tensor(a) a) -> Tensor(a)', ({ a }) => same(a)),
  rule('aten::sym_size(Tensor self) -> SymInt[]', ({ self }) =>
    self.dims === undefined ? { element: numberFact('int') } : listFact(self.dims.map(intFact)),
  ),
  rule('aten::sym_numel(Tensor self) -> SymInt', ({ self }) =>
    self.dims === undefined ? numberFact('int') : intFact(dimProduct(self.dims)),
  ),
  rule('aten::is_same_size(Tensor self, Tensor other) -> bool', ({ self, other }) => {
    const [a, b] = [self.dims, other.dims]
    if (a === undefined || b === undefined) return numberFact('bool')
    const equal = a.map((dim, i) => dimsEqual(dim, b[i] ?? null))
    if (a.length !== b.length || equal.includes(false)) return { value: false }
    return equal.includes(undefined) ? numberFact('bool') : { value: true }
  }),
  // Functions of numbers that are not evaluated here.
  ...['erf', 'erfc', 'lgamma'].flatMap((name) =>
    rules(
      ['int(int a) -> float', 'float(float a) -> float', 'Scalar(Scalar a) -> Scalar'].map(
        (form) => `aten::${name}.${form}` as 'aten::erf.int(int a) -> float',
      ),
      () => numberFact('float'),
    ),
  ),
  rule('aten::_local_scalar_dense(Tensor self) -> Scalar', ({ self }) =>
    self.dtype === undefined ? unknown : numberFact(scalarTypeInfo(self.dtype).category),
  ),
  rule('aten::is_nonzero(Tensor self) -> bool', ({ self: { value } }) => {
    const item = typeof value === 'object' && value?.kind === 'tensor' ? itemOf(value) : undefined
    return item === undefined ? numberFact('bool') : { value: item !== 0 && item !== 0n && item !== false }
  }),
]
