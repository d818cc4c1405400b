// Look-ups that may point beside the tensor, sequences of different lengths with and without padding, compressed row indices.
// Answers to torch/_decomp/decompositions.py (_unsafe_masked_index …) and aten/src/ATen/native/nested/NestedTensorUtils.cpp.

import { absent, boolOf, compose, rankOf, Unsettled, type Call, type Composition, type Handle } from '../composition.ts'
import { count, DTYPE, size, unsqueezed } from './program.ts'

/** Indices held within the axes that they count along, from `low` of −extent on. */
function clamped<V extends Handle>(self: V, indices: V, negative: boolean, call: Call<V>): (V | null)[] {
  return call.items(indices, 'indices').map((index, axis) => {
    if (absent(index)) return null
    const extent = size(self, axis, call)
    const last = call('aten::sub.int', extent, 1n)
    return call('aten::clamp', index, negative ? call('aten::neg.int', extent) : 0n, last)
  })
}

/** The starts and ends of a single level of sequences. */
function bounds<V extends Handle>(offsets: V, call: Call<V>): { readonly starts: V; readonly ends: V } {
  const levels = call.items(offsets, 'offsets')
  if (levels.length !== 1) throw new Unsettled('offsets', 'one list of offsets')
  const [all] = levels as [V]
  return { starts: call('aten::slice.Tensor', all, 0n, 0n, -1n), ends: call('aten::slice.Tensor', all, 0n, 1n) }
}
const trailing = (rank: number, from: number): number[] => Array.from({ length: rank - from }, () => -1)

export const indexingCompositions: readonly Composition[] = [
  compose(
    'aten::_unsafe_masked_index(Tensor self, Tensor mask, Tensor?[] indices, Scalar fill) -> Tensor',
    ({ self, mask, indices, fill }, call) => {
      const found = call('aten::_unsafe_index.Tensor', self, clamped(self, indices, false, call))
      return call('aten::masked_fill.Scalar', found, call('aten::logical_not', mask), fill)
    },
  ),
  compose(
    'aten::_unsafe_masked_index_put_accumulate(Tensor self, Tensor mask, Tensor?[] indices, Tensor values) -> Tensor',
    ({ self, mask, indices, values }, call) => {
      const kept = call('aten::masked_fill.Scalar', values, call('aten::logical_not', mask), 0n)
      return call('aten::_unsafe_index_put', self, clamped(self, indices, true, call), kept, true)
    },
  ),
  compose(
    'aten::_jagged_to_padded_dense_forward(Tensor values, Tensor[] offsets, SymInt[] max_lengths, float padding_value=0.) -> Tensor',
    ({ values, offsets, max_lengths, padding_value }, call) => {
      const { starts, ends } = bounds(offsets, call)
      const [longest] = call.items(max_lengths, 'max_lengths')
      const rows = call('aten::add.Tensor', unsqueezed(starts, [1], call), count(longest!, call))
      const inside = call('aten::lt.Tensor', rows, unsqueezed(ends, [1], call))
      const last = call('aten::sub.int', size(values, 0, call), 1n)
      const found = call('aten::index.Tensor', values, [call('aten::clamp', rows, 0n, last)])
      const beside = call('aten::logical_not', unsqueezed(inside, trailing(rankOf(values, 'values'), 1), call))
      return call('aten::masked_fill.Scalar', found, beside, padding_value)
    },
  ),
  compose(
    'aten::_padded_dense_to_jagged_forward(Tensor dense, Tensor[] offsets, SymInt? total_L=None) -> Tensor',
    ({ dense, offsets, total_L }, call) => {
      const { starts, ends } = bounds(offsets, call)
      const total = absent(total_L) ? call('aten::Int.Tensor', call('aten::select.int', ends, 0n, -1n)) : total_L
      const places = count(total, call)
      const row = call('aten::bucketize.Tensor', places, ends, false, true)
      const step = call('aten::sub.Tensor', places, call('aten::index.Tensor', starts, [row]))
      const last = call('aten::sub.int', size(dense, 1, call), 1n)
      const found = call('aten::index.Tensor', dense, [row, call('aten::clamp', step, 0n, last)])
      const beside = unsqueezed(call('aten::gt.Scalar', step, last), trailing(rankOf(dense, 'dense'), 2), call)
      return call('aten::masked_fill.Scalar', found, beside, 0n)
    },
  ),
  compose(
    'aten::_convert_indices_from_coo_to_csr(Tensor self, int size, *, bool out_int32=False) -> Tensor',
    ({ self, size: rows, out_int32 }, call) => {
      const starts = count(call('aten::add.int', rows, 1n), call)
      return call('aten::bucketize.Tensor', starts, self, boolOf(out_int32, 'out_int32'))
    },
  ),
  compose(
    'aten::_convert_indices_from_csr_to_coo(Tensor crow_indices, Tensor col_indices, *, bool out_int32=False, bool transpose=False) -> Tensor',
    ({ crow_indices, col_indices, out_int32, transpose }, call) => {
      if (rankOf(crow_indices, 'crow_indices') !== 1) throw new Unsettled('crow_indices', 'to be 1-d')
      const places = count(size(col_indices, 0, call), call)
      const rows = call('aten::bucketize.Tensor', places, call('aten::slice.Tensor', crow_indices, 0n, 1n), false, true)
      const dtype = boolOf(out_int32, 'out_int32') ? DTYPE.int32 : DTYPE.int64
      const both = [rows, col_indices].map((x) => call('aten::to.dtype', x, dtype))
      return call('aten::stack', boolOf(transpose, 'transpose') ? both.reverse() : both)
    },
  ),
]
