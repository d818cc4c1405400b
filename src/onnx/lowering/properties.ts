// What a program can ask of a tensor besides sizes and dtype, at run time: mostly constants of a world of dense, row-major tensors.
// Answers to aten/src/ATen/native/TensorProperties.cpp.

import { scalarTypeInfo } from '../../ir/scalar-type.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { ConstantOperand, ListOperand, Operand, OnnxValue, ScalarOperand } from '../operand.ts'
import { wrap } from '../axes.ts'
import { intOp } from './int-math.ts'
import { lower, lowers, UnmetNeed, type LoweringRow } from './row.ts'

const constant = (value: bigint | boolean): ConstantOperand => ({ kind: 'constant', value })

function strides(x: OnnxValue, b: OnnxBuilder): ListOperand {
  if (x.dims === undefined) throw new UnmetNeed('self', 'its rank to be known')
  const items: Operand[] = []
  let step: ScalarOperand = constant(1n)
  for (let i = x.dims.length - 1; i >= 0; i--) {
    items.unshift(step)
    step = intOp(b, 'Mul', step, intOp(b, 'Max', b.size(x, i), 1))
  }
  return { kind: 'list', items }
}
const stride = (x: OnnxValue, dim: number, b: OnnxBuilder): Operand => strides(x, b).items[wrap(dim, x.dims?.length ?? 0)]!

export const propertyLowerings: readonly LoweringRow[] = [
  ...lowers(
    [
      'aten::is_distributed(Tensor self) -> bool',
      'aten::is_inference(Tensor self) -> bool',
      'aten::retains_grad(Tensor self) -> bool',
      'aten::_is_zerotensor(Tensor self) -> bool',
      'aten::cudnn_is_acceptable(Tensor self) -> bool',
      'aten::is_pinned(Tensor self, Device? device=None) -> bool',
    ],
    () => constant(false),
  ),
  ...lowers(
    [
      'aten::is_leaf(Tensor self) -> bool',
      'aten::is_contiguous(Tensor self) -> bool',
      'aten::is_contiguous.memory_format(Tensor self, MemoryFormat memory_format) -> bool',
      'aten::is_non_overlapping_and_dense(Tensor self) -> bool',
    ],
    () => constant(true),
  ),
  ...lowers(
    ['aten::output_nr(Tensor self) -> int', 'aten::storage_offset(Tensor self) -> int', 'aten::sparse_dim(Tensor self) -> int'],
    () => constant(0n),
  ),
  lower('aten::sym_storage_offset(Tensor self) -> SymInt', () => constant(0n)),
  lower('aten::dense_dim(Tensor self) -> int', { rank: ['self'] }, ({ self }) => constant(BigInt(self.dims!.length))),
  lower('aten::element_size(Tensor self) -> int', ({ self }) => constant(BigInt(scalarTypeInfo(self.dtype).bytes))),
  lower('prim::nbytes(Tensor a) -> int', ({ a }, b) => intOp(b, 'Mul', b.numel(a), scalarTypeInfo(a.dtype).bytes)),
  lower('aten::stride(Tensor self) -> int[]', ({ self }, b) => strides(self, b)),
  lower('aten::sym_stride(Tensor self) -> SymInt[]', ({ self }, b) => strides(self, b)),
  lower('aten::stride.int(Tensor self, int dim) -> int', { constant: ['dim'] }, ({ self, dim }, b) => stride(self, dim, b)),
  lower('aten::sym_stride.int(Tensor self, int dim) -> SymInt', { constant: ['dim'] }, ({ self, dim }, b) => stride(self, dim, b)),
]
