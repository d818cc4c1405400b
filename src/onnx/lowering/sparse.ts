// Sparse tensors made of their parts, as dense ones: values at their places, summed where a place comes twice.
// Answers to aten/src/ATen/native/sparse/SparseTensor.cpp and SparseCsrTensor.cpp.

import { cooSchemas, cscSchema, csrSchema, emptyCooSchema } from '../../ops/rules/sparse.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarListOperand } from '../operand.ts'
import { filled } from './creation.ts'
import { select } from './compute.ts'
import { scatterND } from './indexing.ts'
import { countTo } from './int-math.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'
import { rankOnly } from './spatial.ts'

type Out = readonly ResultInfo[]

/** `places` [n, axes]. */
function scattered(places: OnnxValue, values: OnnxValue, size: ScalarListOperand, b: OnnxBuilder, out: Out): OnnxValue {
  const { dtype } = values
  const zeros = filled(b, size, { kind: 'constant', value: 0n }, dtype, out)
  return scatterND(zeros, b.cast(places, 'int64'), values, 'add', b)
}
/** Of n entries, the row that each belongs to: as many rows have ended before it. */
function rowsOf(compressed: OnnxValue, entries: OnnxValue, b: OnnxBuilder): OnnxValue {
  const ends = b.op('Slice', [b.cast(compressed, 'int64'), b.ints([1]), b.ints([2n ** 63n - 1n]), b.ints([0])], {}, { dims: [null] })
  const ended = b.op('LessOrEqual', [ends, b.unsqueeze(countTo(b, b.size(entries, 0)), [1])], {}, rankOnly(2))
  return b.op('ReduceSum', [b.cast(ended, 'int64'), b.ints([1])], { keepdims: 0 }, { dims: [null] })
}
const pairs = (rows: OnnxValue, columns: OnnxValue, b: OnnxBuilder): OnnxValue =>
  b.op(
    'Concat',
    [rows, columns].map((x) => b.unsqueeze(b.cast(x, 'int64'), [1])),
    { axis: 1 },
    { dims: [null, 2] },
  )

export const sparseLowerings: readonly LoweringRow[] = [
  ...lowers(cooSchemas, { constant: ['dtype'] }, ({ indices, values, size }, b, out) =>
    scattered(b.transpose({ ...indices, dims: indices.dims ?? [null, null] }, [1, 0]), values, size, b, out),
  ),
  lower(csrSchema, { constant: ['dtype'] }, ({ crow_indices, col_indices, values, size }, b, out) =>
    scattered(pairs(rowsOf(crow_indices, { ...col_indices, dims: col_indices.dims ?? [null] }, b), col_indices, b), values, size, b, out),
  ),
  lower(cscSchema, { constant: ['dtype'] }, ({ ccol_indices, row_indices, values, size }, b, out) =>
    scattered(pairs(row_indices, rowsOf(ccol_indices, { ...row_indices, dims: row_indices.dims ?? [null] }, b), b), values, size, b, out),
  ),
  lower(emptyCooSchema, { constant: ['dtype'] }, ({ size }, b, out) =>
    filled(b, size, { kind: 'constant', value: 0n }, out[0]?.dtype ?? 'float32', out),
  ),
  lower('aten::sparse_mask(Tensor self, Tensor mask) -> Tensor', ({ self, mask }, b) =>
    select(b, b.cast(mask, 'bool'), self, b.scalar(self.dtype, 0)),
  ),
]
