// Views and reorderings: Reshape, Transpose, Expand, Tile. Semantics: torch-tensor-view docs; ONNX Reshape-14, Expand-13.

import { scalarTypeInfo, scalarTypeOfCode, type ScalarType } from '../../ir/scalar-type.ts'
import { contiguousBytes, tensorOf } from '../../ir/tensor.ts'
import { movedPermutation } from '../../ops/rules/movement.ts'
import { range, wrap } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, dimAt, type OnnxValue, type Operand, type ScalarListOperand, type ScalarOperand } from '../operand.ts'
import { lastOpen, swapOpen } from './open-rank.ts'
import { lower, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

/**
 * Reshape to a list of sizes as torch has it: at most one −1, and a literal 0 is an extent of 0. ONNX reads 0 as "copy" unless allowzero
 * is set, and refuses −1 beside 0; so −1 is put where one extent alone is unknown, and allowzero where an extent may be 0.
 */
export function reshape(x: OnnxValue, sizes: ScalarListOperand, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue {
  const dims = out?.dims
  if (dims?.every((dim) => typeof dim === 'number') === true) return b.reshapeTo(x, dims as number[])
  // One unknown extent is −1 for ONNX too, when no other can be 0.
  if (dims !== undefined && dims.filter((dim) => typeof dim !== 'number').length === 1 && !dims.includes(0))
    return b.reshapeTo(
      x,
      dims.map((dim) => (typeof dim === 'number' ? dim : -1)),
    )
  if (sizes.kind === 'tensor') return b.op('Reshape', [x, sizes], { allowzero: 0 }, { dims })
  const items = sizes.items.map((item, i): Operand => (typeof dims?.[i] === 'number' ? { kind: 'constant', value: BigInt(dims[i]) } : item))
  const mayBeZero = items.some((item) => item.kind === 'tensor' || constantNumber(item) === 0)
  const open = items.findIndex((item) => constantNumber(item) === -1)
  if (open === -1 || !mayBeZero) return b.op('Reshape', [x, b.concatScalars(items)], mayBeZero ? { allowzero: 1 } : {}, { dims })
  // −1 with an extent that may be 0 at run time: 0 must mean 0, so −1 is computed. An empty tensor leaves it at 0.
  const rest = items.filter((_, i) => i !== open)
  const product = b.op('ReduceProd', [b.concatScalars(rest)], { keepdims: 0 }, { dims: [] })
  const safe = b.op('Max', [product, b.scalar('int64', 1)], {}, { dims: [] })
  const left = b.op('Div', [b.number(b.numel(x), 'int64'), safe], {}, { dims: [] })
  return b.op('Reshape', [x, b.concatScalars(items.map((item, i) => (i === open ? left : item)))], { allowzero: 1 }, { dims })
}

/** In the shape of another: no size of it is −1, and 0 is 0. */
const reshapeAs = (x: OnnxValue, other: OnnxValue, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue =>
  b.op('Reshape', [x, b.shape(other)], { allowzero: 1 }, { dims: out?.dims })

/** Sizes of `x` as operands, with axes `from`…`to` multiplied into one. */
function flatten(x: OnnxValue, from: number, to: number, b: OnnxBuilder, out: ResultInfo): OnnxValue {
  const rank = x.dims!.length
  if (rank === 0) return b.reshapeTo(x, [1])
  const items: Operand[] = range(rank).map((axis) => b.size(x, axis))
  const merged: Operand[] = [...items.slice(0, from), mergedSize(x, from, to, b), ...items.slice(to + 1)]
  return reshape(x, { kind: 'list', items: merged }, b, out)
}

/** Of unknown rank: axes `start` to `end` become one. */
function flattenFrom(x: OnnxValue, start: number, end: number, b: OnnxBuilder): OnnxValue {
  if (start === 0 && end === -1) return b.reshapeTo(x, [-1])
  if (start === 1 && end === -1) return b.op('Flatten', [x], { axis: 1 }, { dims: [null, null] })
  const shape = b.shape(x)
  const part = (from: number, to: number): OnnxValue =>
    b.op('Slice', [shape, b.ints([from]), b.ints([to]), b.ints([0])], {}, { dims: [null] })
  const behind = end === -1 ? Number.MAX_SAFE_INTEGER : end + 1
  const merged = b.op('ReduceProd', [part(start, behind)], { keepdims: 1 }, { dims: [1] })
  const after = end === -1 ? [] : [part(behind, Number.MAX_SAFE_INTEGER)]
  const sizes = b.op('Concat', [part(0, start), merged, ...after], { axis: 0 }, { dims: [null] })
  return b.op('Reshape', [x, sizes], { allowzero: 1 }, { dims: start >= 0 && end === -1 ? range(start + 1).map(() => null) : undefined })
}

/** −1 where every other extent is known to be positive, else the product itself. */
function mergedSize(x: OnnxValue, from: number, to: number, b: OnnxBuilder): ScalarOperand {
  const rank = x.dims!.length
  const others = range(rank).filter((axis) => axis < from || axis > to)
  if (others.every((axis) => typeof dimAt(x, axis) === 'number' && dimAt(x, axis) !== 0)) return { kind: 'constant', value: -1n }
  const sizes = b.op('Slice', [b.shape(x), b.ints([from]), b.ints([to + 1]), b.ints([0])], {}, { dims: [to + 1 - from] })
  return b.op('ReduceProd', [sizes], { keepdims: 0 }, { dims: [] })
}

function swap(x: OnnxValue, a: number, c: number, b: OnnxBuilder): OnnxValue {
  if (x.dims === undefined) return swapOpen(x, a, c, b)
  const rank = x.dims.length
  if (rank === 0) return x
  const i = wrap(a, rank)
  const j = wrap(c, rank)
  return b.transpose(
    x,
    range(rank).map((axis) => (axis === i ? j : axis === j ? i : axis)),
  )
}

/** Transpose without `perm` reverses, whatever the rank. */
const reversed = (x: OnnxValue, b: OnnxBuilder): OnnxValue =>
  x.dims === undefined ? b.op('Transpose', [x]) : b.transpose(x, range(x.dims.length).reverse())

function moved(x: OnnxValue, source: readonly number[], destination: readonly number[], b: OnnxBuilder): OnnxValue {
  return b.transpose(x, movedPermutation(x.dims!.length, source, destination)!)
}

/**
 * Removes the given axes (undefined: all) where their extent is 1. Where only the run can tell, the kept extents are picked from the shape:
 * keep = not asked for, or not 1.
 */
function squeeze(x: OnnxValue, axes: readonly number[] | undefined, b: OnnxBuilder): OnnxValue {
  if (axes?.length === 0) return x
  const rank = x.dims?.length
  const wanted =
    rank === undefined ? axes : [...new Set((axes ?? range(rank)).map((axis) => wrap(axis, rank)))].filter((axis) => axis < rank)
  if (rank !== undefined && wanted!.every((axis) => typeof dimAt(x, axis) === 'number')) {
    const ones = wanted!.filter((axis) => dimAt(x, axis) === 1)
    return ones.length === 0 ? x : b.op('Squeeze', [x, b.ints(ones)], {}, { dims: x.dims!.filter((_, i) => !ones.includes(i)) })
  }
  const shape = b.shape(x)
  const longer = b.op('Not', [b.op('Equal', [shape, b.scalar('int64', 1)])])
  const kept = b.op(
    'Compress',
    [shape, wanted === undefined ? longer : b.op('Or', [notAsked(x, wanted, b), longer])],
    { axis: 0 },
    { dims: [null] },
  )
  return b.op('Reshape', [x, kept], { allowzero: 1 })
}
/** True for every axis that is not in the list. */
function notAsked(x: OnnxValue, axes: readonly number[], b: OnnxBuilder): OnnxValue {
  if (x.dims !== undefined)
    return b.elements(
      'bool',
      [x.dims.length],
      range(x.dims.length).map((axis) => !axes.includes(axis)),
    )
  const rank = b.op('Squeeze', [b.op('Shape', [b.shape(x)], {}, { dims: [1] })], {}, { dims: [] })
  const line = b.op('Range', [b.scalar('int64', 0), rank, b.scalar('int64', 1)], {}, { dtype: 'int64', dims: [null] })
  return axes
    .map((axis) =>
      b.op('Not', [
        b.op('Equal', [line, axis < 0 ? b.op('Add', [rank, b.scalar('int64', axis)], {}, { dims: [] }) : b.scalar('int64', axis)]),
      ]),
    )
    .reduce((all, one) => b.op('And', [all, one]))
}

/** Expand: −1 keeps the extent. ONNX Expand broadcasts, so 1 says the same. */
function expand(x: OnnxValue, sizes: ScalarListOperand, b: OnnxBuilder, out: ResultInfo): OnnxValue {
  const target =
    sizes.kind === 'tensor'
      ? sizes
      : b.concatScalars(sizes.items.map((item): Operand => (constantNumber(item) === -1 ? { kind: 'constant', value: 1n } : item)))
  // A size known only at run time may be −1 too: |−1| is 1.
  const dynamic = sizes.kind === 'tensor' || sizes.items.some((item) => item.kind === 'tensor')
  return b.op('Expand', [x, dynamic ? b.op('Abs', [target]) : target], {}, out)
}

/** Tile to a rank of at least the number of repeats. */
function repeat(x: OnnxValue, repeats: ScalarListOperand, b: OnnxBuilder, out: ResultInfo): OnnxValue {
  if (repeats.kind !== 'list') throw new UnmetNeed('repeats', 'to have a known length')
  const rank = Math.max(x.dims!.length, repeats.items.length)
  const wide = b.unsqueeze(x, range(rank - x.dims!.length))
  const times: Operand[] = [...range(rank - repeats.items.length).map((): Operand => ({ kind: 'constant', value: 1n })), ...repeats.items]
  if (times.length === 0) return x
  return b.op('Tile', [wide, b.concatScalars(times)], {}, out)
}

/** Steps of −1 over the axes. */
function flip(x: OnnxValue, axes: readonly number[], b: OnnxBuilder): OnnxValue {
  if (axes.length === 0 || x.dims?.length === 0) return x
  const minus = axes.map(() => -1)
  const end = axes.map(() => -(2n ** 63n))
  return b.op('Slice', [x, b.ints(minus), b.ints(end), b.ints(axes), b.ints(minus)], {}, { dims: x.dims })
}

/** Each axis cut in two and put together the other way round. */
function roll(x: OnnxValue, shifts: ScalarListOperand, axes: readonly number[], b: OnnxBuilder): OnnxValue {
  if (axes.length === 0) {
    const flat = b.reshapeTo(x, [-1])
    const rolled = roll(flat, shifts, [0], b)
    return b.op('Reshape', [rolled, b.shape(x)], { allowzero: 1 }, { dims: x.dims })
  }
  return axes.reduce((value, axis, i) => rollAxis(value, itemAt(shifts, i, b), axis, b), x)
}
function itemAt(list: ScalarListOperand, i: number, b: OnnxBuilder): ScalarOperand {
  return list.kind === 'list' ? (list.items[i] as ScalarOperand) : b.op('Gather', [list, b.scalar('int64', i)], { axis: 0 }, { dims: [] })
}
/** Extents up to which the places of a roll are a constant: one Gather in place of two Slices and a Concat. */
const MAX_ROLL = 256

function rollAxis(x: OnnxValue, shift: ScalarOperand, axis: number, b: OnnxBuilder): OnnxValue {
  const by = constantNumber(shift)
  if (x.dims!.length === 0 || by === 0) return x
  const size = b.size(x, axis)
  const count = constantNumber(size)
  if (count !== undefined && by !== undefined && count <= MAX_ROLL) {
    const index = range(count).map((i) => (((i - by) % count) + count) % count)
    return b.op('Gather', [x, b.ints(index)], { axis: wrap(axis, x.dims!.length) }, { dims: x.dims })
  }
  const left = by === undefined ? b.op('Neg', [b.number(shift, 'int64')], {}, { dims: [] }) : b.scalar('int64', -by)
  const cut: OnnxValue =
    size.kind === 'constant' && by !== undefined
      ? b.ints([size.value === 0n ? 0 : ((-by % Number(size.value)) + Number(size.value)) % Number(size.value)])
      : b.reshapeTo(
          b.op('Mod', [left, b.op('Max', [b.number(size, 'int64'), b.scalar('int64', 1)], {}, { dims: [] })], { fmod: 0 }, { dims: [] }),
          [1],
        )
  const tail = b.op('Slice', [x, cut, b.ints([2n ** 63n - 1n]), b.ints([axis])])
  const head = b.op('Slice', [x, b.ints([0]), cut, b.ints([axis])])
  return b.op('Concat', [tail, head], { axis: wrap(axis, x.dims!.length) }, { dims: x.dims })
}

function repeatInterleave(x: OnnxValue, repeats: ScalarOperand, axis: number, b: OnnxBuilder, out: ResultInfo): OnnxValue {
  // x[…, 1, …] tiled along the new axis, then merged with the one before it.
  const rank = x.dims!.length
  const at = wrap(axis, rank)
  const times: Operand[] = range(rank + 1).map((i): Operand => (i === at + 1 ? repeats : { kind: 'constant', value: 1n }))
  const tiled = b.op('Tile', [b.unsqueeze(x, [at + 1]), b.concatScalars(times)], {}, { dims: range(rank + 1).map(() => null) })
  const sizes: Operand[] = range(rank).map((i): Operand => (i === at ? { kind: 'constant', value: -1n } : b.size(x, i)))
  return reshape(tiled, { kind: 'list', items: sizes }, b, out)
}

/** Windows of `size` every `step` along an axis, as a new last axis. */
function unfold(x: OnnxValue, axis: number, size: number, step: number, b: OnnxBuilder, out: ResultInfo): OnnxValue {
  const rank = x.dims?.length
  if (rank === 0) return b.reshapeTo(x, [1])
  const at = rank === undefined ? axis : wrap(axis, rank)
  const extent = b.number(b.size(x, at), 'int64')
  const last = b.op('Add', [b.op('Sub', [extent, b.scalar('int64', size)], {}, { dims: [] }), b.scalar('int64', 1)], {}, { dims: [] })
  const starts = b.op('Range', [b.scalar('int64', 0), last, b.scalar('int64', step)], {}, { dtype: 'int64', dims: [null] })
  const index = b.op('Add', [b.unsqueeze(starts, [1]), b.elements('int64', [1, size], range(size).map(BigInt))], {}, { dims: [null, size] })
  // Gather puts both index axes in place of the axis; the window axis then goes last.
  if (rank === undefined) return lastOpen(b.op('Gather', [x, index], { axis: at }, { dims: undefined }), at < 0 ? at : at + 1, b)
  const windows = b.op('Gather', [x, index], { axis: at }, { dims: range(rank + 1).map(() => null) })
  const perm = range(rank + 1).filter((i) => i !== at + 1)
  return { ...b.transpose(windows, [...perm, at + 1]), dims: out.dims }
}

export const movementLowerings: readonly LoweringRow[] = [
  lower('aten::view(Tensor(a) self, SymInt[] size) -> Tensor(a)', ({ self, size }, b, [out]) => reshape(self, size, b, out)),
  lower('aten::_unsafe_view(Tensor self, SymInt[] size) -> Tensor', ({ self, size }, b, [out]) => reshape(self, size, b, out)),
  lower('aten::_reshape_alias(Tensor(a) self, SymInt[] size, SymInt[] stride) -> Tensor(a)', ({ self, size }, b, [out]) =>
    reshape(self, size, b, out),
  ),
  lower('aten::reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)', ({ self, shape }, b, [out]) => reshape(self, shape, b, out)),
  lower('aten::view_as(Tensor(a) self, Tensor other) -> Tensor(a)', ({ self, other }, b, [out]) => reshapeAs(self, other, b, out)),
  lower('aten::reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)', ({ self, other }, b, [out]) => reshapeAs(self, other, b, out)),
  lower(
    'aten::flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)',
    { constant: ['start_dim', 'end_dim'] },
    ({ self, start_dim, end_dim }, b, [out]) =>
      self.dims === undefined
        ? flattenFrom(self, start_dim, end_dim, b)
        : flatten(self, wrap(start_dim, self.dims!.length), wrap(end_dim, self.dims!.length), b, out!),
  ),
  lower('aten::ravel(Tensor(a) self) -> Tensor(a)', ({ self }, b) => b.reshapeTo(self, [-1])),
  lower(
    'aten::unflatten.int(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)',
    { constant: ['dim'], rank: ['self'] },
    ({ self, dim, sizes }, b, [out]) => {
      if (sizes.kind !== 'list') throw new UnmetNeed('sizes', 'to have a known length')
      const at = wrap(dim, self.dims!.length)
      const sizeOf = (axis: number): Operand => b.size(self, axis)
      const rank = self.dims!.length
      const items = [
        ...range(at).map(sizeOf),
        ...sizes.items,
        ...range(rank)
          .slice(at + 1)
          .map(sizeOf),
      ]
      return reshape(self, { kind: 'list', items }, b, out)
    },
  ),
  lower('aten::permute(Tensor(a) self, int[] dims) -> Tensor(a)', { constant: ['dims'] }, ({ self, dims }, b) =>
    b.transpose(
      self,
      dims.map((axis) => wrap(axis, dims.length)),
    ),
  ),
  lower('aten::transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)', { constant: ['dim0', 'dim1'] }, ({ self, dim0, dim1 }, b) =>
    swap(self, dim0, dim1, b),
  ),
  lower('aten::swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)', { constant: ['dim0', 'dim1'] }, ({ self, dim0, dim1 }, b) =>
    swap(self, dim0, dim1, b),
  ),
  lower(
    'aten::swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)',
    { constant: ['axis0', 'axis1'] },
    ({ self, axis0, axis1 }, b) => swap(self, axis0, axis1, b),
  ),
  lower('aten::t(Tensor(a) self) -> Tensor(a)', ({ self }, b) => reversed(self, b)),
  lower('aten::numpy_T(Tensor(a) self) -> Tensor(a)', ({ self }, b) => reversed(self, b)),
  lower('aten::numpy_T.a(Tensor(a) self) -> Tensor(a)', ({ self }, b) => reversed(self, b)),
  lower('aten::mT(Tensor(a) self) -> Tensor(a)', ({ self }, b) => swap(self, -2, -1, b)),
  lower('aten::mT.a(Tensor(a) self) -> Tensor(a)', ({ self }, b) => swap(self, -2, -1, b)),
  lower('aten::mH(Tensor(a) self) -> Tensor(a)', ({ self }, b) => swap(self, -2, -1, b)),
  lower('aten::mH.a(Tensor(a) self) -> Tensor(a)', ({ self }, b) => swap(self, -2, -1, b)),
  lower('aten::adjoint(Tensor(a) self) -> Tensor(a)', ({ self }, b) => swap(self, -2, -1, b)),
  lower('aten::matrix_H(Tensor(a) self) -> Tensor(a)', ({ self }, b) => swap(self, -2, -1, b)),
  lower('aten::matrix_H.a(Tensor(a) self) -> Tensor(a)', ({ self }, b) => swap(self, -2, -1, b)),
  lower(
    'aten::movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)',
    { constant: ['source', 'destination'], rank: ['self'] },
    ({ self, source, destination }, b) => moved(self, [source], [destination], b),
  ),
  lower(
    'aten::moveaxis.int(Tensor(a) self, int source, int destination) -> Tensor(a)',
    { constant: ['source', 'destination'], rank: ['self'] },
    ({ self, source, destination }, b) => moved(self, [source], [destination], b),
  ),
  lower(
    'aten::movedim.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)',
    { constant: ['source', 'destination'], rank: ['self'] },
    ({ self, source, destination }, b) => moved(self, source, destination, b),
  ),
  lower(
    'aten::moveaxis.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)',
    { constant: ['source', 'destination'], rank: ['self'] },
    ({ self, source, destination }, b) => moved(self, source, destination, b),
  ),
  lower('aten::unsqueeze(Tensor(a) self, int dim) -> Tensor(a)', { constant: ['dim'] }, ({ self, dim }, b) => b.unsqueeze(self, [dim])),
  lower('aten::squeeze(Tensor(a) self) -> Tensor(a)', ({ self }, b) => squeeze(self, undefined, b)),
  lower('aten::squeeze_copy(Tensor self) -> Tensor', ({ self }, b) => squeeze(self, undefined, b)),
  lower('aten::squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)', { constant: ['dim'] }, ({ self, dim }, b) => squeeze(self, [dim], b)),
  lower('aten::squeeze_copy.dim(Tensor self, int dim) -> Tensor', { constant: ['dim'] }, ({ self, dim }, b) => squeeze(self, [dim], b)),
  lower('aten::squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)', { constant: ['dim'] }, ({ self, dim }, b) => squeeze(self, dim, b)),
  lower('aten::squeeze_copy.dims(Tensor self, int[] dim) -> Tensor', { constant: ['dim'] }, ({ self, dim }, b) => squeeze(self, dim, b)),
  lower('aten::expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)', ({ self, size }, b, [out]) =>
    expand(self, size, b, out!),
  ),
  lower('aten::broadcast_to(Tensor(a) self, SymInt[] size) -> Tensor(a)', ({ self, size }, b, [out]) => expand(self, size, b, out!)),
  lower('aten::expand_as(Tensor(a) self, Tensor other) -> Tensor(a)', ({ self, other }, b, [out]) =>
    b.op('Expand', [self, b.shape(other)], {}, out),
  ),
  lower('aten::broadcast_tensors(Tensor[] tensors) -> Tensor[]', ({ tensors }, b) => {
    if (tensors.kind !== 'list') throw new UnmetNeed('tensors', 'to have a known length')
    const values = tensors.items as readonly OnnxValue[]
    // Zeros of each shape, added up, have the common shape.
    const zeros = values.map((value) => b.op('ConstantOfShape', [b.shape(value)], {}, { dtype: 'float32' }))
    const shape = b.shape({ ...zeros.reduce((sum, zero) => b.op('Add', [sum, zero])), dims: undefined })
    return { kind: 'list', items: values.map((value) => b.op('Expand', [value, shape])) }
  }),
  lower('aten::repeat(Tensor self, SymInt[] repeats) -> Tensor', { rank: ['self'] }, ({ self, repeats }, b, [out]) =>
    repeat(self, repeats, b, out!),
  ),
  lower('aten::tile(Tensor self, SymInt[] dims) -> Tensor', { rank: ['self'] }, ({ self, dims }, b, [out]) => repeat(self, dims, b, out!)),
  lower(
    'aten::repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor',
    { constant: ['dim'], rank: ['self'] },
    ({ self, repeats, dim }, b, [out]) =>
      dim === undefined ? repeatInterleave(b.reshapeTo(self, [-1]), repeats, 0, b, out!) : repeatInterleave(self, repeats, dim, b, out!),
  ),
  lower(
    'aten::repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor',
    { constant: ['dim'], rank: ['self', 'repeats'] },
    ({ self, repeats, dim }, b, [out]) => {
      const x = dim === undefined ? b.reshapeTo(self, [-1]) : self
      const axis = dim ?? 0
      // A single count repeats every element alike.
      const counts = b.op(
        'Expand',
        [
          b.cast(repeats.dims!.length === 0 ? b.reshapeTo(repeats, [1]) : repeats, 'int64'),
          b.vector({ kind: 'list', items: [b.size(x, axis)] }),
        ],
        {},
        { dims: [null] },
      )
      return b.op('Gather', [x, repeatedIndex(counts, b)], { axis: wrap(axis, x.dims!.length) }, out)
    },
  ),
  lower('aten::repeat_interleave.Tensor(Tensor repeats, *, SymInt? output_size=None) -> Tensor', ({ repeats }, b) =>
    b.cast(repeatedIndex(b.cast(repeats, 'int64'), b), repeats.dtype),
  ),
  lower('aten::flip(Tensor self, int[] dims) -> Tensor', { constant: ['dims'] }, ({ self, dims }, b) => flip(self, dims, b)),
  lower('aten::fliplr(Tensor self) -> Tensor', ({ self }, b) => flip(self, [1], b)),
  lower('aten::flipud(Tensor self) -> Tensor', ({ self }, b) => flip(self, [0], b)),
  lower(
    'aten::roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor',
    { constant: ['dims'], rank: ['self'] },
    ({ self, shifts, dims }, b) => roll(self, shifts, dims, b),
  ),
  lower(
    'aten::rot90(Tensor self, int k=1, int[] dims=[0, 1]) -> Tensor',
    { constant: ['k', 'dims'], rank: ['self'] },
    ({ self, k, dims }, b) => {
      const [from, to] = dims as [number, number]
      switch (((k % 4) + 4) % 4) {
        case 1:
          return swap(flip(self, [to], b), from, to, b)
        case 2:
          return flip(self, [from, to], b)
        case 3:
          return flip(swap(self, from, to, b), [to], b)
        default:
          return self
      }
    },
  ),
  lower(
    'aten::channel_shuffle(Tensor self, SymInt groups) -> Tensor',
    { constant: ['groups'], rank: ['self'] },
    ({ self, groups }, b, [out]) => {
      // [n, g·k, *] → [n, g, k, *] → [n, k, g, *] → back.
      const rank = self.dims!.length
      const rest = range(rank)
        .slice(2)
        .map((axis): Operand => b.size(self, axis))
      const split = b.op(
        'Reshape',
        [self, b.concatScalars([b.size(self, 0), { kind: 'constant', value: BigInt(groups) }, { kind: 'constant', value: -1n }, ...rest])],
        {},
        { dims: range(rank + 1).map(() => null) },
      )
      const swapped = b.transpose(split, [0, 2, 1, ...range(rank + 1).slice(3)])
      return b.op('Reshape', [swapped, b.shape(self)], {}, out)
    },
  ),
  lower('aten::atleast_1d(Tensor self) -> Tensor', { rank: ['self'] }, ({ self }, b) =>
    self.dims!.length === 0 ? b.reshapeTo(self, [1]) : self,
  ),
  lower('aten::atleast_2d(Tensor self) -> Tensor', { rank: ['self'] }, ({ self }, b) =>
    self.dims!.length < 2 ? b.reshapeTo(self, [1, -1]) : self,
  ),
  lower(
    'aten::unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)',
    { constant: ['dimension', 'size', 'step'] },
    ({ self, dimension, size, step }, b, [out]) => unfold(self, dimension, size, step, b, out!),
  ),
  lower('aten::view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)', { constant: ['dtype'] }, ({ self, dtype }, b) =>
    reinterpret(self, scalarTypeOfCode(dtype), b),
  ),
  lower('aten::alias(Tensor(a) self) -> Tensor(a)', ({ self }) => self),
  lower('aten::detach(Tensor(a) self) -> Tensor(a)', ({ self }) => self),
  lower('aten::resolve_conj(Tensor(a) self) -> Tensor(a)', ({ self }) => self),
  lower('aten::resolve_neg(Tensor(a) self) -> Tensor(a)', ({ self }) => self),
]

/** The same bytes as another dtype: for constants, and between integers of one width, where a cast keeps the bits. */
function reinterpret(x: OnnxValue, dtype: ScalarType | undefined, b: OnnxBuilder): OnnxValue {
  if (dtype === undefined) throw new UnmetNeed('dtype', 'a dtype')
  if (dtype === x.dtype) return x
  const [from, to] = [scalarTypeInfo(x.dtype), scalarTypeInfo(dtype)]
  if (x.constant !== undefined) {
    const { sizes } = x.constant
    const last = ((sizes.at(-1) ?? 1) * from.bytes) / to.bytes
    return b.constant(tensorOf(dtype, from.bytes === to.bytes ? sizes : [...sizes.slice(0, -1), last], contiguousBytes(x.constant)))
  }
  const whole = (info: typeof from): boolean => info.category === 'int' || info.category === 'bool'
  if (from.bytes === to.bytes && whole(from) && to.category === 'int') return b.cast(x, dtype)
  throw new UnmetNeed('self', `a constant: ONNX has no operator that reads ${x.dtype} as ${dtype}`)
}

/** counts [2, 0, 3] → [0, 0, 2, 2, 2]: how many running sums are at most each position. */
function repeatedIndex(counts: OnnxValue, b: OnnxBuilder): OnnxValue {
  const ends = b.op('CumSum', [counts, b.scalar('int64', 0)])
  const total = b.op('ReduceSum', [counts], { keepdims: 0 }, { dims: [] })
  const positions = b.op('Range', [b.scalar('int64', 0), total, b.scalar('int64', 1)], {}, { dtype: 'int64', dims: [null] })
  const passed = b.op('LessOrEqual', [b.unsqueeze(ends, [0]), b.unsqueeze(positions, [1])], {}, { dims: [null, null] })
  return b.op('ReduceSum', [b.cast(passed, 'int64'), b.ints([1])], { keepdims: 0 }, { dims: [null] })
}
