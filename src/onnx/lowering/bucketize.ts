// Where values belong among sorted boundaries: the number of boundaries in front of each. NaN belongs behind all.
// Answers to aten/src/ATen/native/Bucketization.cpp.

import type { Fact } from '../../ops/fact.ts'
import { promoted } from '../../ops/facts.ts'
import type { OnnxBuilder } from '../builder.ts'
import { rankOf, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { ARITHMETIC, kernelType, number, tensor } from './compute.ts'
import { reduce } from './reduce.ts'
import { lower, type LoweringRow } from './row.ts'

/** Counts the boundaries (last axis) that are not at or beyond the value; with `right`, not beyond it. */
function count(b: OnnxBuilder, boundaries: OnnxValue, values: ScalarOperand, fact: Fact, right: boolean, narrow: boolean): OnnxValue {
  const dtype = promoted(tensor(boundaries), fact) ?? 'float32'
  const work = kernelType(dtype, ARITHMETIC)
  const sorted = b.cast(b.cast(boundaries, dtype), work)
  const value = b.cast(b.number(values, dtype), work)
  const nested = rankOf(boundaries) !== 1
  // One boundary list for all values, or one per row of values.
  const rows = nested ? b.unsqueeze(sorted, [-2]) : sorted
  const beyond = b.op(right ? 'Greater' : 'GreaterOrEqual', [rows, b.unsqueeze(value, [-1])])
  const before = b.cast(b.op('Not', [beyond]), 'int64')
  const result = reduce(b, 'ReduceSum', before, [-1], false)
  return narrow ? b.cast(result, 'int32') : result
}
const isRight = (right: boolean, side: string | undefined): boolean => right || side === 'right'
const sortedBy = (b: OnnxBuilder, sequence: OnnxValue, sorter: OnnxValue | undefined): OnnxValue =>
  sorter === undefined ? sequence : b.op('GatherElements', [sequence, sorter], { axis: -1 }, { dims: sequence.dims })

export const bucketizeLowerings: readonly LoweringRow[] = [
  lower(
    'aten::bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor',
    ({ self, boundaries, out_int32, right }, b) =>
      count(b, { ...boundaries, dims: boundaries.dims ?? [null] }, self, tensor(self), right, out_int32),
  ),
  lower(
    'aten::bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor',
    ({ self, boundaries, out_int32, right }, b) =>
      count(b, { ...boundaries, dims: boundaries.dims ?? [null] }, self, number(self), right, out_int32),
  ),
  lower(
    'aten::searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor',
    { rank: ['sorted_sequence'] },
    ({ sorted_sequence, self, out_int32, right, side, sorter }, b) =>
      count(b, sortedBy(b, sorted_sequence, sorter), self, tensor(self), isRight(right, side), out_int32),
  ),
  lower(
    'aten::searchsorted.Scalar(Tensor sorted_sequence, Scalar self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor',
    { rank: ['sorted_sequence'] },
    ({ sorted_sequence, self, out_int32, right, side, sorter }, b) =>
      count(b, sortedBy(b, sorted_sequence, sorter), self, number(self), isRight(right, side), out_int32),
  ),
]
