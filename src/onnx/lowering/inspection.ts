// What Python asks of a tensor — sizes, rank, dtype — and reductions of lists of numbers.
// Answers to torch/csrc/jit/runtime/register_prim_ops.cpp.

import { isComplex, isFloatingPoint, scalarTypeInfo, type ScalarType } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, type Operand, type OnnxValue, type ScalarListOperand, type ScalarOperand } from '../operand.ts'
import { allTrue } from './selection.ts'
import { lower, lowers, type LoweringRow } from './row.ts'

const constant = (value: bigint | boolean): Operand => ({ kind: 'constant', value })

/** One extent. A dim that is not known is looked up. */
function sizeAt(b: OnnxBuilder, x: OnnxValue, dim: ScalarOperand): ScalarOperand {
  const axis = constantNumber(dim)
  if (axis !== undefined) return b.size(x, axis)
  return b.op('Gather', [b.shape(x), b.number(dim, 'int64')], { axis: 0 }, { dtype: 'int64', dims: [] })
}
/** All extents: one by one where the rank is known. */
function sizes(b: OnnxBuilder, x: OnnxValue): ScalarListOperand {
  return x.dims === undefined ? b.shape(x) : { kind: 'list', items: x.dims.map((_, i) => b.size(x, i)) }
}
function rank(b: OnnxBuilder, x: OnnxValue): Operand {
  return x.dims === undefined ? b.op('Size', [b.shape(x)], {}, { dtype: 'int64', dims: [] }) : constant(BigInt(x.dims.length))
}

/** A list of numbers as a 1-d tensor of `dtype`. */
function numbers(b: OnnxBuilder, list: ScalarListOperand, dtype: ScalarType): OnnxValue {
  if (list.kind === 'tensor') return b.cast(list, dtype)
  if (list.items.length === 0) return b.elements(dtype, [0], [])
  return b.op(
    'Concat',
    list.items.map((item) => b.reshapeTo(b.number(item as ScalarOperand, dtype), [1])),
    { axis: 0 },
    { dims: [list.items.length] },
  )
}

type ListRow = 'prim::l.self_int(int[] self) -> int'
function reductions(schemas: readonly string[], dtype: ScalarType, build: (b: OnnxBuilder, x: OnnxValue) => OnnxValue): LoweringRow[] {
  return lowers(schemas as readonly ListRow[], { operand: ['self'] }, ({ self }, b) => build(b, numbers(b, self, dtype)))
}
const reduce =
  (opType: string) =>
  (b: OnnxBuilder, x: OnnxValue): OnnxValue =>
    b.op(opType, [x], { keepdims: 0 }, { dims: [] })
const anyTrue = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Not', [allTrue(b, b.op('Not', [x]))])
/** Bools reduce as ints. */
const asInt =
  (build: (b: OnnxBuilder, x: OnnxValue) => OnnxValue) =>
  (b: OnnxBuilder, x: OnnxValue): OnnxValue =>
    b.cast(build(b, b.cast(x, 'int64')), 'bool')

export const inspectionLowerings: readonly LoweringRow[] = [
  lower('aten::size(Tensor self) -> int[]', ({ self }, b) => sizes(b, self)),
  lower('aten::sym_size(Tensor self) -> SymInt[]', ({ self }, b) => sizes(b, self)),
  lower('aten::size.int(Tensor self, int dim) -> int', ({ self, dim }, b) => sizeAt(b, self, dim)),
  lower('aten::sym_size.int(Tensor self, int dim) -> SymInt', ({ self, dim }, b) => sizeAt(b, self, dim)),
  lower('aten::_shape_as_tensor(Tensor self) -> Tensor', ({ self }, b) => b.shape(self)),
  lower('aten::dim(Tensor self) -> int', ({ self }, b) => rank(b, self)),
  lower('aten::numel(Tensor self) -> int', ({ self }, b) => b.numel(self)),
  lower('aten::sym_numel(Tensor self) -> SymInt', ({ self }, b) => b.numel(self)),
  lower('aten::len.Tensor(Tensor t) -> int', ({ t }, b) => b.size(t, 0)),
  lower('prim::dtype(Tensor a) -> int', ({ a }) => constant(BigInt(scalarTypeInfo(a.dtype).code))),
  lower('prim::layout(Tensor a) -> Layout', () => constant(0n)),
  lower('prim::device(Tensor a) -> Device', () => ({ kind: 'constant', value: { kind: 'device', name: 'cpu' } })),
  lower('prim::is_cuda(Tensor a) -> bool', () => constant(false)),
  lower('aten::is_floating_point(Tensor self) -> bool', ({ self }) => constant(isFloatingPoint(self.dtype))),
  lower('aten::is_complex(Tensor self) -> bool', ({ self }) => constant(isComplex(self.dtype))),
  lower('aten::is_signed(Tensor self) -> bool', ({ self }) => constant(self.dtype !== 'bool' && !self.dtype.startsWith('u'))),

  ...reductions(['prim::max.self_int(int[] self) -> int'], 'int64', reduce('ReduceMax')),
  ...reductions(['prim::min.self_int(int[] self) -> int'], 'int64', reduce('ReduceMin')),
  ...reductions(['prim::max.self_float(float[] self) -> float'], 'float64', reduce('ReduceMax')),
  ...reductions(['prim::min.self_float(float[] self) -> float'], 'float64', reduce('ReduceMin')),
  ...reductions(['prim::max.self_bool(bool[] self) -> bool'], 'bool', asInt(reduce('ReduceMax'))),
  ...reductions(['prim::min.self_bool(bool[] self) -> bool'], 'bool', asInt(reduce('ReduceMin'))),
  ...reductions(['aten::sum.int(int[] self) -> int', 'aten::sum.bool(bool[] self) -> int'], 'int64', reduce('ReduceSum')),
  ...reductions(['aten::sum.float(float[] self) -> float'], 'float64', reduce('ReduceSum')),
  ...reductions(
    ['aten::any.int(int[] self) -> bool', 'aten::any.float(float[] self) -> bool', 'aten::any.bool(bool[] self) -> bool'],
    'bool',
    anyTrue,
  ),
  ...reductions(
    ['aten::all.int(int[] self) -> bool', 'aten::all.float(float[] self) -> bool', 'aten::all.bool(bool[] self) -> bool'],
    'bool',
    allTrue,
  ),
]
