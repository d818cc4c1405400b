// dtype and shape of histograms with their edges, reductions of segments, and sums back to a shape that was broadcast.
// Answers to aten/src/ATen/native/{Histogram,SegmentReduce}.cpp and ExpandUtils.h (sum_to).

import { dimAdd, dimSub, type Dim, type Dims } from '../../ir/dim.ts'
import { isFloatingPoint } from '../../ir/scalar-type.ts'
import { listFact, tensorFact, unknown, type Fact } from '../fact.ts'
import { dimOf, dimsOf, isNone } from '../facts.ts'
import { rule, type Rule } from '../rule.ts'

const plusOne = (count: Dim): Dim => dimAdd(count, 1)
const lessOne = (edges: Fact): Dim => dimSub(edges.dims?.[0] ?? null, 1)

/** [hist, one tensor of edges for each axis]. */
function histograms(self: Fact, bins: Dims): readonly Fact[] {
  if (bins === undefined) return [tensorFact(self.dtype, undefined), { element: tensorFact(self.dtype, [null]) }]
  return [tensorFact(self.dtype, bins), edges(self, bins)]
}
const edges = (self: Fact, bins: readonly Dim[]): Fact => listFact(bins.map((count) => tensorFact(self.dtype, [plusOne(count)])))

export const histogramRules: readonly Rule[] = [
  rule(
    'aten::histogram.bin_ct(Tensor self, int bins=100, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)',
    ({ self, bins }) => [tensorFact(self.dtype, [dimOf(bins)]), tensorFact(self.dtype, [plusOne(dimOf(bins))])],
  ),
  rule(
    'aten::histogram.bins_tensor(Tensor self, Tensor bins, *, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)',
    ({ self, bins }) => [tensorFact(self.dtype, [lessOne(bins)]), tensorFact(bins.dtype, bins.dims)],
  ),
  rule(
    'aten::histogramdd(Tensor self, int[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)',
    ({ self, bins }) => histograms(self, dimsOf(bins)),
  ),
  rule(
    'aten::histogramdd.int_bins(Tensor self, int bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)',
    ({ self, bins }) => {
      const axes = self.dims?.at(-1)
      return histograms(self, typeof axes === 'number' ? Array.from({ length: axes }, () => dimOf(bins)) : undefined)
    },
  ),
  rule(
    'aten::histogramdd.TensorList_bins(Tensor self, Tensor[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)',
    ({ self, bins }) => [tensorFact(self.dtype, bins.items?.map(lessOne)), bins.items === undefined ? unknown : listFact(bins.items)],
  ),
  rule(
    'aten::_histogramdd_bin_edges(Tensor self, int[] bins, *, float[]? range=None, Tensor? weight=None, bool density=False) -> Tensor[]',
    ({ self, bins }) => histograms(self, dimsOf(bins))[1]!,
  ),
  rule(
    'aten::_histogramdd_from_bin_cts(Tensor self, int[] bins, *, float[]? range=None, Tensor? weight=None, bool density=False) -> Tensor',
    ({ self, bins }) => tensorFact(self.dtype, dimsOf(bins)),
  ),
  rule(
    'aten::_histogramdd_from_bin_tensors(Tensor self, Tensor[] bins, *, Tensor? weight=None, bool density=False) -> Tensor',
    ({ self, bins }) => tensorFact(self.dtype, bins.items?.map(lessOne)),
  ),
  rule(
    'aten::segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor',
    ({ data, lengths, offsets }) => {
      const counts = isNone(lengths) ? offsets.dims : lengths.dims
      if (counts === undefined || counts.length === 0 || data.dims === undefined) return tensorFact(data.dtype, undefined)
      const last = counts.at(-1)!
      const count = isNone(lengths) ? dimSub(last, 1) : last
      return tensorFact(data.dtype, [...data.dims.slice(0, counts.length - 1), count, ...data.dims.slice(counts.length)])
    },
  ),
  rule('aten::sum_to_size(Tensor self, SymInt[] size) -> Tensor', ({ self, size }) => summed(self, dimsOf(size))),
  rule('aten::_grad_sum_to_size(Tensor(a) self, int[]? size) -> Tensor(a)', ({ self, size }) =>
    isNone(size) ? tensorFact(self.dtype, self.dims) : summed(self, dimsOf(size)),
  ),
]

/** Integers that are summed become int64; what has the shape already stays. */
function summed(self: Fact, dims: Dims): Fact {
  if (self.dtype === undefined || isFloatingPoint(self.dtype) || self.dtype === 'int64') return tensorFact(self.dtype, dims)
  if (dims === undefined || self.dims === undefined) return tensorFact(undefined, dims)
  const stays = dims.length > 0 && dims.length === self.dims.length && self.dims.every((dim, i) => dims[i] !== 1 || dim === 1)
  return tensorFact(stays ? self.dtype : 'int64', dims)
}
