// Splitting: split, chunk, tensor_split, unbind. A list whose length is known is a list of slices; else an ONNX sequence.
// ONNX Split-18, Slice-13, SplitToSequence-11.

import type { Dims } from '../../ir/dim.ts'
import { isFloatingPoint, type ScalarType } from '../../ir/scalar-type.ts'
import { readElements } from '../../ir/tensor-elements.ts'
import { chunkPieces, evenPieces, pieces, piecesBetween } from '../../ops/rules/splitting.ts'
import { range, wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import {
  constantNumber,
  dimAt,
  type Operand,
  type OnnxValue,
  type ScalarListOperand,
  type ScalarOperand,
  type SequenceOperand,
} from '../operand.ts'
import { int, intOp, vectorOf, type Int } from './int-math.ts'
import { lower, lowers, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

const END = 2n ** 63n - 1n
/** SplitToSequence has kernels for these; others go through one of them. */
const SEQUENCE_KERNELS = new Set(['float32', 'float64', 'int32', 'int64'])

/** From the front where the rank is known; ONNX counts from the end, too. */
const axisOf = (x: OnnxValue, dim: number): number => (x.dims === undefined ? dim : wrap(dim, x.dims.length))
const resized = (x: OnnxValue, axis: number, size: number | null): Dims => x.dims?.map((dim, i) => (i === axis ? size : dim))
const out0 = (out: readonly ResultInfo[]): number | undefined => out[0]?.length

/** Pieces of known sizes that make up the whole axis: ONNX Split; a single piece is the tensor itself. */
function splitBy(x: OnnxValue, sizes: readonly number[], axis: number, b: OnnxBuilder): Operand {
  if (sizes.length === 1) return { kind: 'list', items: [x] }
  return {
    kind: 'list',
    items: b.ops(
      'Split',
      [x, b.ints(sizes)],
      { axis },
      sizes.map((size) => ({ dtype: x.dtype, dims: resized(x, axis, size) })),
    ),
  }
}

/** The pieces between cuts, each cut a bound as slices have them. */
function slices(x: OnnxValue, cuts: readonly OnnxValue[], axis: number, b: OnnxBuilder): Operand {
  const starts = [b.ints([0]), ...cuts]
  const ends = [...cuts, b.ints([END])]
  return {
    kind: 'list',
    items: starts.map((start, i) => b.op('Slice', [x, start, ends[i]!, b.ints([axis])], {}, { dims: resized(x, axis, null) })),
  }
}

/** Pieces of `size` whose number only the run tells. */
function splitSequence(x: OnnxValue, split: OnnxValue | undefined, axis: number, b: OnnxBuilder): Operand {
  const source = SEQUENCE_KERNELS.has(x.dtype) ? x : b.cast(x, isFloatingPoint(x.dtype) ? 'float32' : 'int32')
  const dims = split === undefined ? x.dims?.filter((_, i) => i !== axis) : resized(x, axis, null)
  const inputs = split === undefined ? [source] : [source, split]
  const parts = b.sequenceOp('SplitToSequence', inputs, { axis, keepdims: split === undefined ? 0 : 1 }, source.dtype, dims)
  return castSequence(b, parts, x.dtype)
}

/** A sequence with its tensors cast. */
function castSequence(b: OnnxBuilder, sequence: SequenceOperand, dtype: ScalarType): SequenceOperand {
  if (sequence.dtype === dtype) return sequence
  const scope = b.scope()
  const item: OnnxValue = { kind: 'tensor', name: b.freshName(), dtype: sequence.dtype, dims: undefined }
  const result = scope.cast(item, dtype)
  const body = scope.subgraph('cast', [{ ...item }], [{ name: result.name, dtype, dims: undefined }])
  return b.sequenceOp('SequenceMap', [sequence], { body }, dtype, sequence.dims)
}

/** Pieces of one size, the last smaller. */
function splitEvery(x: OnnxValue, size: ScalarOperand, dim: number, length: number | undefined, b: OnnxBuilder): Operand {
  const axis = axisOf(x, dim)
  const known = pieces(dimAt(x, axis), constantNumber(size))
  if (known !== undefined) return splitBy(x, known, axis, b)
  if (length !== undefined) return multiples(x, size, length, axis, b)
  return splitSequence(x, b.number(size, 'int64'), axis, b)
}
const multiples = (x: OnnxValue, size: Int, count: number, axis: number, b: OnnxBuilder): Operand =>
  slices(
    x,
    range(count - 1).map((i) => vectorOf(b, intOp(b, 'Mul', size, i + 1))),
    axis,
    b,
  )

function splitSizes(x: OnnxValue, sizes: ScalarListOperand, dim: number, length: number | undefined, b: OnnxBuilder): Operand {
  const axis = axisOf(x, dim)
  const count = sizes.kind === 'list' ? sizes.items.length : length
  if (count === undefined) return splitSequence(x, b.vector(sizes), axis, b)
  const known = sizes.kind === 'list' ? sizes.items.map(constantNumber) : [undefined]
  if (!known.includes(undefined)) return splitBy(x, known as number[], axis, b)
  const results = b.ops(
    'Split',
    [x, b.vector(sizes)],
    { axis },
    range(count).map(() => ({ dtype: x.dtype, dims: resized(x, axis, null) })),
  )
  return { kind: 'list', items: results }
}

/** Pieces of ⌈n / chunks⌉. */
function chunk(x: OnnxValue, chunks: number, dim: number, length: number | undefined, b: OnnxBuilder): Operand {
  const axis = axisOf(x, dim)
  const known = chunkPieces(dimAt(x, axis), chunks)
  if (known !== undefined) return splitBy(x, known, axis, b)
  const size = intOp(b, 'Div', intOp(b, 'Add', b.size(x, axis), chunks - 1), chunks)
  if (length !== undefined) return multiples(x, size, length, axis, b)
  return splitSequence(x, b.number(intOp(b, 'Max', size, 1), 'int64'), axis, b)
}

/** `sections` pieces, the first of them one longer where the axis does not divide: the k-th cut is k·⌊n/s⌋ + min(k, n mod s). */
function evenly(x: OnnxValue, sections: number, dim: number, b: OnnxBuilder): Operand {
  const axis = axisOf(x, dim)
  const known = evenPieces(dimAt(x, axis), sections)
  if (known !== undefined) return splitBy(x, known, axis, b)
  const extent = b.size(x, axis)
  const [each, rest] = [intOp(b, 'Div', extent, sections), intOp(b, 'Mod', extent, sections)]
  const cuts = range(sections - 1).map((k) => vectorOf(b, intOp(b, 'Add', intOp(b, 'Mul', each, k + 1), intOp(b, 'Min', rest, k + 1))))
  return slices(x, cuts, axis, b)
}

/** Pieces between indices. */
function between(x: OnnxValue, indices: ScalarListOperand, dim: number, length: number | undefined, b: OnnxBuilder): Operand {
  const axis = axisOf(x, dim)
  const list = listOf(indices, length === undefined ? undefined : length - 1, b)
  const constant = list.map(constantNumber)
  const known = constant.includes(undefined) ? undefined : piecesBetween(dimAt(x, axis), constant as number[])
  // Pieces that overlap (indices out of order) are no partition: slices say it in every case.
  if (known !== undefined && known.reduce((n, size) => n + size, 0) === dimAt(x, axis)) return splitBy(x, known, axis, b)
  return slices(
    x,
    list.map((index) => vectorOf(b, index)),
    axis,
    b,
  )
}
/** The ints of a list as scalars. */
function listOf(list: ScalarListOperand, length: number | undefined, b: OnnxBuilder): ScalarOperand[] {
  if (list.kind === 'list') return list.items as ScalarOperand[]
  const count = list.dims?.length === 1 && typeof list.dims[0] === 'number' ? list.dims[0] : length
  if (count === undefined) throw new UnmetNeed('indices', 'a list of known length')
  return range(count).map((i) => b.op('Gather', [list, b.scalar('int64', i)], { axis: 0 }, { dims: [] }))
}

const horizontal = (x: OnnxValue): number => (x.dims!.length === 1 ? 0 : 1)

export const splittingLowerings: readonly LoweringRow[] = [
  ...lowers(
    [
      'aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]',
      'aten::unsafe_split.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]',
      'aten::split_copy.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]',
    ],
    { constant: ['dim'] },
    ({ self, split_size, dim }, b, out) => splitEvery(self, split_size, dim, out0(out), b),
  ),
  lower(
    'aten::split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]',
    { constant: ['dim'] },
    ({ self, split_size, dim }, b, out) => splitSizes(self, split_size, dim, out0(out), b),
  ),
  ...lowers(
    [
      'aten::split(Tensor(a -> *) self, int[] split_sizes, int dim=0) -> Tensor(a)[]',
      'aten::split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]',
      'aten::split_with_sizes_copy(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]',
      'aten::unsafe_split_with_sizes(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]',
    ],
    { constant: ['dim'] },
    ({ self, split_sizes, dim }, b, out) => splitSizes(self, split_sizes, dim, out0(out), b),
  ),
  ...lowers(
    [
      'aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]',
      'aten::unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]',
    ],
    { constant: ['chunks', 'dim'] },
    ({ self, chunks, dim }, b, out) => chunk(self, chunks, dim, out0(out), b),
  ),
  lower(
    'aten::tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]',
    { constant: ['sections', 'dim'] },
    ({ self, sections, dim }, b) => evenly(self, sections, dim, b),
  ),
  lower(
    'aten::tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]',
    { constant: ['dim'] },
    ({ self, indices, dim }, b, out) => between(self, indices, dim, out0(out), b),
  ),
  lower(
    'aten::tensor_split.tensor_indices_or_sections(Tensor(a -> *) self, Tensor tensor_indices_or_sections, int dim=0) -> Tensor(a)[]',
    { constant: ['dim'], rank: ['self', 'tensor_indices_or_sections'] },
    ({ self, tensor_indices_or_sections: given, dim }, b, out) => {
      const elements = given.constant === undefined ? undefined : readElements(given.constant)
      if (given.dims!.length === 1) {
        const known = elements?.map((value): Operand => ({ kind: 'constant', value: BigInt(value) }))
        return between(self, known === undefined ? given : { kind: 'list', items: known }, dim, out0(out), b)
      }
      const sections = elements === undefined ? out0(out) : Number(elements[0])
      if (sections === undefined) throw new UnmetNeed('tensor_indices_or_sections', 'to be known at build time')
      return evenly(self, sections, dim, b)
    },
  ),
  lower(
    'aten::hsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]',
    { constant: ['sections'], rank: ['self'] },
    ({ self, sections }, b) => evenly(self, sections, horizontal(self), b),
  ),
  lower('aten::hsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]', { rank: ['self'] }, ({ self, indices }, b, out) =>
    between(self, indices, horizontal(self), out0(out), b),
  ),
  lower(
    'aten::vsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]',
    { constant: ['sections'], rank: ['self'] },
    ({ self, sections }, b) => evenly(self, sections, 0, b),
  ),
  lower('aten::vsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]', { rank: ['self'] }, ({ self, indices }, b, out) =>
    between(self, indices, 0, out0(out), b),
  ),
  lower(
    'aten::dsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]',
    { constant: ['sections'], rank: ['self'] },
    ({ self, sections }, b) => evenly(self, sections, 2, b),
  ),
  lower('aten::dsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]', { rank: ['self'] }, ({ self, indices }, b, out) =>
    between(self, indices, 2, out0(out), b),
  ),
  ...lowers(
    ['aten::unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]', 'aten::unbind_copy.int(Tensor self, int dim=0) -> Tensor[]'],
    { constant: ['dim'] },
    ({ self, dim }, b, out) => {
      const axis = axisOf(self, dim)
      const extent = dimAt(self, axis)
      const count = typeof extent === 'number' ? extent : out0(out)
      if (count === undefined) return splitSequence(self, undefined, axis, b)
      const dims = self.dims?.filter((_, i) => i !== axis)
      return { kind: 'list', items: range(count).map((i) => b.op('Gather', [self, b.number(int(i), 'int64')], { axis }, { dims })) }
    },
  ),
]
