// dtype and shape of sparse tensors that are made of their parts. They stand as dense tensors: what is computed with them has the same
// values; questions about what is stored (indices, values, nnz) have no rows. Answers to aten/src/ATen/native/sparse/SparseTensor.cpp.

import { scalarTypeOfCode } from '../../ir/scalar-type.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimsOf, isNone, knownInt, same } from '../facts.ts'
import type { Rule } from '../rule.ts'
import { row } from './scalar-row.ts'

const OPTIONS = 'ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory'
const COO = `${OPTIONS}=None, bool? is_coalesced=None`
type Made = 'aten::s(Tensor indices, Tensor values, SymInt[] size, *, ScalarType? dtype=None) -> Tensor'
export const cooSchemas = [
  `aten::sparse_coo_tensor.indices_size(Tensor indices, Tensor values, int[] size, *, ${COO}) -> Tensor`,
  `aten::_sparse_coo_tensor_unsafe(Tensor indices, Tensor values, SymInt[] size, *, ${COO}) -> Tensor`,
].map((schema) => schema as Made)
export const csrSchema =
  `aten::sparse_csr_tensor.crow_col_value_size(Tensor crow_indices, Tensor col_indices, Tensor values, int[] size, *, ${OPTIONS}=False) -> Tensor` as 'aten::s(Tensor crow_indices, Tensor col_indices, Tensor values, int[] size, *, ScalarType? dtype=None) -> Tensor'
export const cscSchema =
  `aten::sparse_csc_tensor.ccol_row_value_size(Tensor ccol_indices, Tensor row_indices, Tensor values, int[] size, *, ${OPTIONS}=False) -> Tensor` as 'aten::s(Tensor ccol_indices, Tensor row_indices, Tensor values, int[] size, *, ScalarType? dtype=None) -> Tensor'
export const emptyCooSchema =
  `aten::sparse_coo_tensor.size(int[] size, *, ${OPTIONS}=False) -> Tensor` as 'aten::s(int[] size, *, ScalarType? dtype=None) -> Tensor'

const dtypeOf = (dtype: Fact | undefined, fallback: Fact['dtype']): Fact['dtype'] => {
  if (dtype === undefined || isNone(dtype)) return fallback
  const code = knownInt(dtype)
  return code === undefined ? undefined : scalarTypeOfCode(code)
}

export const sparseRules: readonly Rule[] = [
  ...[...cooSchemas, csrSchema, cscSchema].map((schema) =>
    // The values' own dtype, whatever `dtype` says: torch does not convert them here.
    row(schema, ({ values, size }) => tensorFact(values!.dtype, dimsOf(size))),
  ),
  row(emptyCooSchema, ({ size, dtype }) => tensorFact(dtypeOf(dtype, 'float32'), dimsOf(size))),
  row('aten::sparse_mask(Tensor self, Tensor mask) -> Tensor', ({ self }) => same(self!)),
]
