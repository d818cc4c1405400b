// Table look-ups: Gather; bags of rows by ScatterND with a reduction. Answers to aten/src/ATen/native/{Embedding,EmbeddingBag}.cpp.
// Of embedding_bag's four results the others than the first serve the backward pass; they are torch's all the same.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue } from '../operand.ts'
import { opmath } from './compute.ts'
import { int, intOp, type Int } from './int-math.ts'
import { renorm } from './normalization.ts'
import { lower, UnmetNeed, type LoweringRow } from './row.ts'

const lookUp = (weight: OnnxValue, indices: OnnxValue, b: OnnxBuilder): OnnxValue => {
  const row = weight.dims?.slice(1)
  const dims = indices.dims === undefined || row === undefined ? undefined : [...indices.dims, ...row]
  // Gather takes int32 and int64 alike.
  return b.op('Gather', [weight, indices.dtype === 'int32' ? indices : b.cast(indices, 'int64')], { axis: 0 }, { dims })
}

/** Rows that occur among the indices get a norm of at most `bound`. */
function renormed(self: OnnxValue, indices: OnnxValue, bound: number, p: number, b: OnnxBuilder): OnnxValue {
  const rows = b.concatScalars([b.size(self, 0)])
  const absent = b.op('Expand', [b.scalar('int64', 0), rows], {}, { dims: [null] })
  const flat = b.reshapeTo(b.cast(indices, 'int64'), [-1])
  const ones = b.op('Expand', [b.scalar('int64', 1), b.shape(flat)], {}, { dims: [null] })
  const present = b.cast(b.op('ScatterElements', [absent, flat, ones], { axis: 0 }, { dims: [null] }), 'bool')
  const limit = { kind: 'constant', value: bound } as const
  return b.op('Where', [b.unsqueeze(present, [1]), renorm(self, p, 0, limit, b), self], {}, { dims: self.dims })
}

interface BagArgs {
  readonly weight: OnnxValue
  readonly indices: OnnxValue
  readonly offsets: OnnxValue
  readonly mode: number
  readonly per_sample_weights?: OnnxValue | undefined
  readonly include_last_offset: boolean
  readonly padding_idx?: Int | undefined
}

/** How torch fills in the results for the backward pass. */
interface Kernel {
  /** Sums count a last offset as a bag of its own there. */
  readonly countsLast: boolean
}

/** The bags; of every index its bag; sizes of the bags; of maxima the index that each comes from. Modes 0 sum, 1 mean, 2 max. A bag without rows is 0. */
function bag(args: BagArgs, kernel: Kernel, b: OnnxBuilder): OnnxValue[] {
  const { weight, mode, padding_idx } = args
  const dtype = opmath(weight.dtype)
  const indices = b.cast(args.indices, 'int64')
  if (indices.dims !== undefined && indices.dims.length !== 1) throw new UnmetNeed('indices', 'to be 1-d beside offsets')
  const all = b.cast(args.offsets, 'int64')
  const offsets = args.include_last_offset
    ? b.op('Slice', [all, b.ints([0]), b.ints([-1]), b.ints([0]), b.ints([1])], {}, { dims: [null] })
    : all
  const rows = b.cast(lookUp(weight, indices, b), dtype)
  const given = args.per_sample_weights
  const weighted = given === undefined ? rows : b.op('Mul', [rows, b.unsqueeze(b.cast(given, dtype), [1])], {}, { dims: [null, null] })
  // Position p is in the last bag that starts at or before it.
  const count = b.number(b.size(indices, 0), 'int64')
  const positions = b.op('Range', [b.scalar('int64', 0), count, b.scalar('int64', 1)], {}, { dims: [null] })
  const started = b.cast(b.op('LessOrEqual', [b.unsqueeze(offsets, [1]), positions], {}, { dims: [null, null] }), 'int64')
  const bagOf = b.op('Sub', [b.op('ReduceSum', [started, b.ints([0])], { keepdims: 0 }, { dims: [null] }), b.scalar('int64', 1)])
  const none = padding_idx === undefined || (typeof padding_idx === 'number' && padding_idx < 0)
  const kept = none ? undefined : b.op('Not', [b.op('Equal', [indices, b.number(int(padding_idx), 'int64')])])
  const neutral = mode === 2 ? -Infinity : 0
  const values =
    kept === undefined ? weighted : b.op('Where', [b.unsqueeze(kept, [1]), weighted, b.scalar(dtype, neutral)], {}, { dims: [null, null] })
  const shape = b.concatScalars([b.size(offsets, 0), b.size(weight, 1)])
  const start = b.op('Expand', [b.scalar(dtype, neutral), shape], {}, { dims: [null, null] })
  const at = b.unsqueeze(bagOf, [1])
  const reduced = b.op('ScatterND', [start, at, values], { reduction: mode === 2 ? 'max' : 'add' }, { dims: [null, null] })
  if (mode === 0) {
    const zeros = b.op('Expand', [b.scalar('int64', 0), b.shape(kernel.countsLast ? all : offsets)], {}, { dims: [null] })
    // The fast kernel of single and half precision leaves no trace.
    const traced = weight.dtype === 'float64' || !none
    return [b.cast(reduced, weight.dtype), traced ? bagOf : b.ints([]), zeros, zeros]
  }
  const ones =
    kept === undefined ? b.op('Expand', [b.scalar('float32', 1), b.shape(indices)], {}, { dims: [null] }) : b.cast(kept, 'float32')
  const empty = b.op('Expand', [b.scalar('float32', 0), b.shape(offsets)], {}, { dims: [null] })
  const filled = b.op('ScatterND', [empty, at, ones], { reduction: 'add' }, { dims: [null] })
  const counts = b.cast(filled, 'int64')
  const sizes = b.unsqueeze(filled, [1])
  if (mode === 1) {
    const mean = b.op('Div', [reduced, b.cast(b.op('Max', [sizes, b.scalar('float32', 1)]), dtype)], {}, { dims: [null, null] })
    return [b.cast(mean, weight.dtype), bagOf, counts, counts]
  }
  const largest = b.op('Where', [b.op('Equal', [sizes, b.scalar('float32', 0)]), b.scalar(dtype, 0), reduced], {}, { dims: [null, null] })
  return [b.cast(largest, weight.dtype), bagOf, counts, maximaFrom(values, reduced, bagOf, indices, kept, b)]
}

/** [bags, D]: the index of the first row that has the maximum; 0 of bags without rows. */
function maximaFrom(
  values: OnnxValue,
  maxima: OnnxValue,
  bagOf: OnnxValue,
  indices: OnnxValue,
  kept: OnnxValue | undefined,
  b: OnnxBuilder,
): OnnxValue {
  const wide = { dims: [null, null] }
  const own = b.op('Gather', [maxima, bagOf], { axis: 0 }, wide)
  const is = b.op('Equal', [values, own], {}, { dtype: 'bool', ...wide })
  const attained = kept === undefined ? is : b.op('And', [is, b.unsqueeze(kept, [1])], {}, wide)
  const count = b.number(b.size(indices, 0), 'int64')
  const places = b.op('Range', [b.scalar('int64', 0), count, b.scalar('int64', 1)], {}, { dims: [null] })
  const candidates = b.op('Where', [attained, b.unsqueeze(places, [1]), count], {}, wide)
  const none = b.op('Expand', [count, b.shape(maxima)], {}, wide)
  const first = b.op('ScatterND', [none, b.unsqueeze(bagOf, [1]), candidates], { reduction: 'min' }, wide)
  // One entry more, for bags without rows.
  const found = b.op('Concat', [indices, b.ints([0])], { axis: 0 }, { dims: [null] })
  return b.op('Gather', [found, first], { axis: 0 }, wide)
}

export const embeddingLowerings: readonly LoweringRow[] = [
  lower(
    'aten::embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor',
    ({ weight, indices }, b) => lookUp(weight, indices, b),
  ),
  lower(
    'aten::embedding_renorm(Tensor self, Tensor indices, float max_norm, float norm_type) -> Tensor',
    { constant: ['max_norm', 'norm_type'], rank: ['self'] },
    ({ self, indices, max_norm, norm_type }, b) => renormed(self, indices, max_norm, norm_type, b),
  ),
  lower(
    'aten::embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False) -> (Tensor, Tensor, Tensor, Tensor)',
    { constant: ['mode'] },
    (args, b) => bag(args, { countsLast: true }, b),
  ),
  lower(
    'aten::embedding_bag.padding_idx(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int mode, bool sparse, Tensor? per_sample_weights, bool include_last_offset, int? padding_idx) -> (Tensor, Tensor, Tensor, Tensor)',
    { constant: ['mode', 'padding_idx'] },
    (args, b) => {
      const { padding_idx: padding } = args
      if (padding === undefined || padding >= 0) return bag(args, { countsLast: true }, b)
      // Here a negative index counts from the table's end; in the rows below −1 is none.
      return bag({ ...args, padding_idx: intOp(b, 'Add', b.size(args.weight, 0), padding) }, { countsLast: true }, b)
    },
  ),
  lower(
    'aten::_embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int padding_idx=-1) -> (Tensor, Tensor, Tensor, Tensor)',
    { constant: ['mode', 'padding_idx'] },
    (args, b) => bag(args, { countsLast: false }, b),
  ),
  lower(
    'aten::_embedding_bag_forward_only(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int padding_idx=-1) -> (Tensor, Tensor, Tensor, Tensor)',
    { constant: ['mode', 'padding_idx'] },
    (args, b) => bag(args, { countsLast: true }, b),
  ),
]
