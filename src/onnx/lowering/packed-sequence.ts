// Packed sequences: the rows of all sequences, time step by time step, with the number of sequences alive at each step. Sequences are
// sorted by falling length. Answers to aten/src/ATen/native/PackedSequence.cpp.

import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { kernelType, select, WHERE } from './compute.ts'
import { lower, type LoweringRow } from './row.ts'
import { rankOnly } from './spatial.ts'

const range = (count: OnnxValue, b: OnnxBuilder): OnnxValue =>
  b.op('Range', [b.scalar('int64', 0), count, b.scalar('int64', 1)], {}, { dtype: 'int64', dims: [null] })

/** Which of [T, B] belong to a sequence. */
function aliveMask(batchSizes: OnnxValue, b: OnnxBuilder): OnnxValue {
  return b.memo(`alive ${batchSizes.name}`, () => {
    const batch = b.op('ReduceMax', [batchSizes], { keepdims: 0 }, { dims: [] })
    return b.op('Less', [range(batch, b), b.unsqueeze(batchSizes, [1])], {}, { dims: [null, null] })
  })
}

export interface Padded {
  /** [T, B, …]; what lies beyond a sequence's end is some row or other. */
  readonly padded: OnnxValue
  /** [T, B]. */
  readonly mask: OnnxValue
  /** [B], int64. */
  readonly lengths: OnnxValue
}

export function unpacked(data: OnnxValue, sizes: OnnxValue, b: OnnxBuilder): Padded {
  const batchSizes = b.cast(sizes, 'int64')
  const mask = aliveMask(batchSizes, b)
  const batch = b.op('ReduceMax', [batchSizes], { keepdims: 0 }, { dims: [] })
  const starts = b.op('CumSum', [batchSizes, b.scalar('int64', 0)], { exclusive: 1, reverse: 0 })
  const rows = b.op('Add', [b.unsqueeze(starts, [1]), range(batch, b)], {}, { dims: [null, null] })
  const last = b.op('Sub', [b.number(b.size(data, 0), 'int64'), b.scalar('int64', 1)])
  const padded = b.op(
    'Gather',
    [data, b.op('Min', [rows, last])],
    { axis: 0 },
    { dims: data.dims === undefined ? undefined : [null, null, ...data.dims.slice(1)] },
  )
  const lengths = b.op('ReduceSum', [b.cast(mask, 'int64'), b.ints([0])], { keepdims: 0 }, { dims: [null] })
  return { padded, mask, lengths }
}

/** Rows of [T, B, …] where the mask holds, in order. */
export function packed(x: OnnxValue, mask: OnnxValue, b: OnnxBuilder): OnnxValue {
  const rest = b.op('Shape', [x], { start: 2 }, { dtype: 'int64', dims: [null] })
  const dims = x.dims === undefined ? undefined : [null, ...x.dims.slice(2)]
  const rows = b.op('Reshape', [x, b.op('Concat', [b.ints([-1]), rest], { axis: 0 }, { dims: [null] })], {}, { dims })
  return b.op('Compress', [rows, b.reshapeTo(mask, [-1])], { axis: 0 }, { dims })
}

/** Axes 0 and 1 the other way round. */
export function timeFirst(x: OnnxValue, b: OnnxBuilder): OnnxValue {
  return b.transpose(x, [1, 0, ...Array.from({ length: x.dims!.length - 2 }, (_, i) => i + 2)])
}

function pack(input: OnnxValue, lengths: OnnxValue, batchFirst: boolean, b: OnnxBuilder): OnnxValue[] {
  const x = batchFirst ? timeFirst(input, b) : input
  const sizes = b.cast(lengths, 'int64')
  const longest = b.op('ReduceMax', [sizes], { keepdims: 0 }, { dims: [] })
  const steps = (count: OnnxValue): OnnxValue => b.op('Less', [b.unsqueeze(range(count, b), [1]), sizes], {}, { dims: [null, null] })
  const counts = b.op('ReduceSum', [b.cast(steps(longest), 'int64'), b.ints([1])], { keepdims: 0 }, { dims: [null] })
  return [packed(x, steps(b.number(b.size(x, 0), 'int64')), b), counts]
}

function pad(
  data: OnnxValue,
  batchSizes: OnnxValue,
  batchFirst: boolean,
  value: ScalarOperand,
  total: ScalarOperand,
  b: OnnxBuilder,
): OnnxValue[] {
  const { padded, mask, lengths } = unpacked(data, batchSizes, b)
  const rank = padded.dims!.length
  const wide = b.unsqueeze(
    mask,
    Array.from({ length: rank - 2 }, (_, i) => i + 2),
  )
  const fill = b.number(value, data.dtype)
  let x = select(b, wide, padded, fill)
  const known = constantNumber(total)
  if (known === undefined || known > 0) {
    const missing = b.op('Sub', [b.number(total, 'int64'), b.number(b.size(x, 0), 'int64')])
    // A total known only at run time may be −1, for none.
    const more = known === undefined ? b.op('Max', [missing, b.scalar('int64', 0)], {}, { dims: [] }) : missing
    const pads = b.concatScalars([
      ...Array.from({ length: rank }, (): ScalarOperand => ({ kind: 'constant', value: 0n })),
      more,
      ...Array.from({ length: rank - 1 }, (): ScalarOperand => ({ kind: 'constant', value: 0n })),
    ])
    const work = kernelType(x.dtype, WHERE)
    x = b.cast(b.op('Pad', [b.cast(x, work), pads, b.cast(fill, work)], { mode: 'constant' }, rankOnly(rank)), data.dtype)
  }
  return [batchFirst ? timeFirst(x, b) : x, lengths]
}

export const packedSequenceLowerings: readonly LoweringRow[] = [
  lower(
    'aten::_pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first) -> (Tensor, Tensor)',
    { rank: ['input'] },
    ({ input, lengths, batch_first }, b) => pack(input, lengths, batch_first, b),
  ),
  lower(
    'aten::_pad_packed_sequence(Tensor data, Tensor batch_sizes, bool batch_first, Scalar padding_value, int total_length) -> (Tensor, Tensor)',
    { rank: ['data'] },
    ({ data, batch_sizes, batch_first, padding_value, total_length }, b) =>
      pad(data, batch_sizes, batch_first, padding_value, total_length, b),
  ),
]
