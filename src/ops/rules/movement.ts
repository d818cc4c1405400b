// dtype and shape of views and reorderings: reshape, permute, expand, repeat, flip. Splitting and joining are in joining.ts.

import { broadcast, dimFloorDiv, dimMul, dimProduct, dimsEqual, type Dim, type Dims } from '../../ir/dim.ts'
import { scalarTypeInfo, scalarTypeOfCode } from '../../ir/scalar-type.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimsOf, isNone, knownInt, knownInts, same, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** Sizes with at most one −1, which takes what is left of `total` elements. */
function reshapedDims(self: Dims, sizes: Dims): Dims {
  if (sizes === undefined) return undefined
  const open = sizes.indexOf(-1)
  if (open === -1) return sizes
  const rest = dimProduct(sizes.filter((_, i) => i !== open))
  const total = self === undefined ? null : dimProduct(self)
  return sizes.map((dim, i) => (i === open ? (rest === 0 ? null : dimFloorDiv(total, rest)) : dim))
}

/** Keeps the elements of shape tensors through a reordering-free reshape. */
const reshaped = (self: Fact, dims: Dims): Fact => tensorFact(self.dtype, dims, self.content)

function flattened(self: Fact, start: Fact, end: Fact): Fact {
  const { dims } = self
  // Everything from an axis on: what is in front of it stays, whatever the rank.
  if (dims === undefined) {
    const [first, last] = [knownInt(start), knownInt(end)]
    const rank = first !== undefined && first >= 0 && last === -1 ? first + 1 : undefined
    return tensorFact(self.dtype, rank === undefined ? undefined : Array.from({ length: rank }, () => null))
  }
  if (dims.length === 0) return reshaped(self, [1])
  const from = wrapAxis(knownInt(start), dims.length)
  const to = wrapAxis(knownInt(end), dims.length)
  if (from === undefined || to === undefined) return tensorFact(self.dtype, undefined)
  return reshaped(self, [...dims.slice(0, from), dimProduct(dims.slice(from, to + 1)), ...dims.slice(to + 1)])
}

const permuted = (self: Fact, perm: readonly number[] | undefined): Fact => {
  const { dims } = self
  if (dims === undefined || perm === undefined) return tensorFact(self.dtype, dims === undefined ? undefined : dims.map(() => null))
  return tensorFact(
    self.dtype,
    perm.map((axis) => dims[wrapAxis(axis, dims.length) ?? 0]!),
  )
}

function swapped(self: Fact, a: Fact, b: Fact): Fact {
  const rank = self.dims?.length
  if (rank === undefined) return tensorFact(self.dtype, undefined)
  if (rank === 0) return same(self)
  const i = wrapAxis(knownInt(a), rank)
  const j = wrapAxis(knownInt(b), rank)
  if (i === undefined || j === undefined) return permuted(self, undefined)
  return permuted(
    self,
    Array.from({ length: rank }, (_, axis) => (axis === i ? j : axis === j ? i : axis)),
  )
}

const reversed = (self: Fact): Fact =>
  permuted(
    self,
    self.dims?.map((_, i) => self.dims!.length - 1 - i),
  )
const lastTwoSwapped = (self: Fact): Fact => swapped(self, { sym: -2 }, { sym: -1 })

/** The permutation that moves axes `source` to places `destination` and keeps the others in order. */
export function movedPermutation(rank: number, source: readonly number[], destination: readonly number[]): number[] | undefined {
  const from = source.map((axis) => wrapAxis(axis, rank))
  const to = destination.map((axis) => wrapAxis(axis, rank))
  if (from.includes(undefined) || to.includes(undefined)) return undefined
  const perm = Array.from<number | undefined>({ length: rank })
  to.forEach((place, i) => (perm[place!] = from[i]!))
  const rest = Array.from({ length: rank }, (_, i) => i).filter((axis) => !from.includes(axis))
  return perm.map((axis) => axis ?? rest.shift()!)
}

function moved(self: Fact, source: Fact, destination: Fact): Fact {
  const from = knownInts(source) ?? (knownInt(source) === undefined ? undefined : [knownInt(source)!])
  const to = knownInts(destination) ?? (knownInt(destination) === undefined ? undefined : [knownInt(destination)!])
  if (self.dims === undefined || from === undefined || to === undefined) return permuted(self, undefined)
  return permuted(self, movedPermutation(self.dims.length, from, to))
}

/** Extents that are 1 for certain go; when some may be 1 or not, the rank itself is unknown. */
function squeezed(self: Fact, axes: readonly number[] | undefined): Fact {
  const { dims } = self
  if (dims === undefined || axes === undefined) return tensorFact(self.dtype, undefined)
  const wrapped = new Set(axes.map((axis) => wrapAxis(axis, dims.length)))
  if (dims.some((dim, i) => wrapped.has(i) && typeof dim !== 'number')) return tensorFact(self.dtype, undefined)
  return reshaped(
    self,
    dims.filter((dim, i) => !(wrapped.has(i) && dim === 1)),
  )
}

function unsqueezed(self: Fact, dim: Fact): Fact {
  const { dims } = self
  if (dims === undefined) return tensorFact(self.dtype, undefined)
  const at = wrapAxis(knownInt(dim), dims.length + 1)
  return reshaped(
    self,
    at === undefined ? Array.from({ length: dims.length + 1 }, () => null) : [...dims.slice(0, at), 1, ...dims.slice(at)],
  )
}

function expanded(self: Dims, sizes: Dims): Dims {
  if (sizes === undefined) return undefined
  return sizes.map((size, i) => {
    const own = self === undefined ? null : self[self.length - sizes.length + i]
    // −1 keeps; a size that is only known at run time may be −1.
    if (size === -1) return own ?? null
    return size
  })
}

function repeated(self: Fact, repeats: Fact): Fact {
  const times = dimsOf(repeats)
  const { dims } = self
  if (times === undefined || dims === undefined) return tensorFact(self.dtype, times === undefined ? undefined : times.map(() => null))
  const rank = Math.max(times.length, dims.length)
  const pad = (list: readonly Dim[]): Dim[] => [...Array.from<Dim>({ length: rank - list.length }).fill(1), ...list]
  const padded = pad(dims)
  return tensorFact(
    self.dtype,
    pad(times).map((n, i) => dimMul(n, padded[i]!)),
  )
}

export const movementRules: readonly Rule[] = [
  ...rules(
    [
      'aten::view(Tensor(a) self, SymInt[] size) -> Tensor(a)',
      'aten::_unsafe_view(Tensor self, SymInt[] size) -> Tensor',
      'aten::_reshape_alias(Tensor(a) self, SymInt[] size, SymInt[] stride) -> Tensor(a)',
    ],
    ({ self, size }) => reshaped(self, reshapedDims(self.dims, dimsOf(size))),
  ),
  rule('aten::reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)', ({ self, shape }) =>
    reshaped(self, reshapedDims(self.dims, dimsOf(shape))),
  ),
  ...rules(
    ['aten::view_as(Tensor(a) self, Tensor other) -> Tensor(a)', 'aten::reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)'],
    ({ self, other }) => reshaped(self, other.dims),
  ),
  rule('aten::flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)', ({ self, start_dim, end_dim }) =>
    flattened(self, start_dim, end_dim),
  ),
  rule('aten::ravel(Tensor(a) self) -> Tensor(a)', ({ self }) => flattened(self, { sym: 0 }, { sym: -1 })),
  rule('aten::unflatten.int(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)', ({ self, dim, sizes }) => {
    const axis = self.dims === undefined ? undefined : wrapAxis(knownInt(dim), self.dims.length)
    const parts = dimsOf(sizes)
    if (self.dims === undefined || axis === undefined || parts === undefined) return tensorFact(self.dtype, undefined)
    return reshaped(self, [...self.dims.slice(0, axis), ...reshapedDims([self.dims[axis]!], parts)!, ...self.dims.slice(axis + 1)])
  }),
  rule('aten::permute(Tensor(a) self, int[] dims) -> Tensor(a)', ({ self, dims }) =>
    // As many axes as are named.
    self.dims === undefined
      ? tensorFact(
          self.dtype,
          dims.items?.map(() => null),
        )
      : permuted(self, knownInts(dims)),
  ),
  rule('aten::transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)', ({ self, dim0, dim1 }) => swapped(self, dim0, dim1)),
  rule('aten::swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)', ({ self, dim0, dim1 }) => swapped(self, dim0, dim1)),
  rule('aten::swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)', ({ self, axis0, axis1 }) => swapped(self, axis0, axis1)),
  ...rules(
    ['aten::t(Tensor(a) self) -> Tensor(a)', 'aten::numpy_T(Tensor(a) self) -> Tensor(a)', 'aten::numpy_T.a(Tensor(a) self) -> Tensor(a)'],
    ({ self }) => reversed(self),
  ),
  ...rules(
    [
      'aten::mT(Tensor(a) self) -> Tensor(a)',
      'aten::mT.a(Tensor(a) self) -> Tensor(a)',
      'aten::mH(Tensor(a) self) -> Tensor(a)',
      'aten::mH.a(Tensor(a) self) -> Tensor(a)',
      'aten::adjoint(Tensor(a) self) -> Tensor(a)',
      'aten::matrix_H(Tensor(a) self) -> Tensor(a)',
      'aten::matrix_H.a(Tensor(a) self) -> Tensor(a)',
    ],
    ({ self }) => lastTwoSwapped(self),
  ),
  ...rules(
    [
      'aten::movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)',
      'aten::moveaxis.int(Tensor(a) self, int source, int destination) -> Tensor(a)',
    ],
    ({ self, source, destination }) => moved(self, source, destination),
  ),
  ...rules(
    [
      'aten::movedim.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)',
      'aten::moveaxis.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)',
    ],
    ({ self, source, destination }) => moved(self, source, destination),
  ),
  rule('aten::unsqueeze(Tensor(a) self, int dim) -> Tensor(a)', ({ self, dim }) => unsqueezed(self, dim)),
  ...rules(['aten::squeeze(Tensor(a) self) -> Tensor(a)', 'aten::squeeze_copy(Tensor self) -> Tensor'], ({ self }) =>
    squeezed(
      self,
      self.dims?.map((_, i) => i),
    ),
  ),
  ...rules(
    ['aten::squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)', 'aten::squeeze_copy.dim(Tensor self, int dim) -> Tensor'],
    ({ self, dim }) => {
      const axis = knownInt(dim)
      return squeezed(self, axis === undefined ? undefined : [axis])
    },
  ),
  ...rules(
    ['aten::squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)', 'aten::squeeze_copy.dims(Tensor self, int[] dim) -> Tensor'],
    ({ self, dim }) => squeezed(self, knownInts(dim)),
  ),
  rule('aten::expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)', ({ self, size }) =>
    tensorFact(self.dtype, expanded(self.dims, dimsOf(size))),
  ),
  rule('aten::broadcast_to(Tensor(a) self, SymInt[] size) -> Tensor(a)', ({ self, size }) =>
    tensorFact(self.dtype, expanded(self.dims, dimsOf(size))),
  ),
  rule('aten::expand_as(Tensor(a) self, Tensor other) -> Tensor(a)', ({ self, other }) => tensorFact(self.dtype, other.dims)),
  rule('aten::broadcast_tensors(Tensor[] tensors) -> Tensor[]', ({ tensors }) => {
    const dims = tensors.items === undefined ? undefined : broadcast(...tensors.items.map((item) => item.dims))
    return tensors.items === undefined ? {} : { items: tensors.items.map((item) => tensorFact(item.dtype, dims)) }
  }),
  rule('aten::repeat(Tensor self, SymInt[] repeats) -> Tensor', ({ self, repeats }) => repeated(self, repeats)),
  rule('aten::tile(Tensor self, SymInt[] dims) -> Tensor', ({ self, dims }) => repeated(self, dims)),
  rule(
    'aten::repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor',
    ({ self, repeats, dim }) => {
      const times = repeats.sym ?? null
      if (isNone(dim)) return tensorFact(self.dtype, [self.dims === undefined ? null : dimMul(dimProduct(self.dims), times)])
      const axis = self.dims === undefined ? undefined : wrapAxis(knownInt(dim), self.dims.length)
      return tensorFact(
        self.dtype,
        self.dims?.map((size, i) => (axis === undefined ? null : i === axis ? dimMul(size, times) : size)),
      )
    },
  ),
  rule(
    'aten::repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor',
    ({ self, dim, output_size }) => {
      const total = output_size.sym ?? null
      if (isNone(dim)) return tensorFact(self.dtype, [total])
      const axis = self.dims === undefined ? undefined : wrapAxis(knownInt(dim), self.dims.length)
      return tensorFact(
        self.dtype,
        self.dims?.map((size, i) => (axis === undefined || i === axis ? total : size)),
      )
    },
  ),
  rule('aten::repeat_interleave.Tensor(Tensor repeats, *, SymInt? output_size=None) -> Tensor', ({ repeats, output_size }) =>
    tensorFact(repeats.dtype, [output_size.sym ?? null]),
  ),
  ...rules(
    ['aten::flip(Tensor self, int[] dims) -> Tensor', 'aten::roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor'],
    ({ self }) => same(self),
  ),
  ...rules(
    [
      'aten::fliplr(Tensor self) -> Tensor',
      'aten::flipud(Tensor self) -> Tensor',
      'aten::channel_shuffle(Tensor self, SymInt groups) -> Tensor',
    ],
    ({ self }) => same(self),
  ),
  rule('aten::rot90(Tensor self, int k=1, int[] dims=[0, 1]) -> Tensor', ({ self, k, dims }) => {
    const turns = knownInt(k)
    const axes = knownInts(dims)
    if (turns === undefined || axes === undefined) return permuted(self, undefined)
    return turns % 2 === 0 ? same(self) : swapped(self, { sym: axes[0]! }, { sym: axes[1]! })
  }),
  rule('aten::pixel_shuffle(Tensor self, int upscale_factor) -> Tensor', ({ self, upscale_factor }) => {
    const r = upscale_factor.sym ?? null
    const [c, h, w] = self.dims?.slice(-3) ?? []
    if (c === undefined || h === undefined || w === undefined) return tensorFact(self.dtype, undefined)
    return tensorFact(self.dtype, [...self.dims!.slice(0, -3), dimFloorDiv(c, dimMul(r, r)), dimMul(h, r), dimMul(w, r)])
  }),
  rule('aten::pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor', ({ self, downscale_factor }) => {
    const r = downscale_factor.sym ?? null
    const [c, h, w] = self.dims?.slice(-3) ?? []
    if (c === undefined || h === undefined || w === undefined) return tensorFact(self.dtype, undefined)
    return tensorFact(self.dtype, [...self.dims!.slice(0, -3), dimMul(c, dimMul(r, r)), dimFloorDiv(h, r), dimFloorDiv(w, r)])
  }),
  rule('aten::atleast_1d(Tensor self) -> Tensor', ({ self }) => (self.dims?.length === 0 ? reshaped(self, [1]) : same(self))),
  rule('aten::atleast_2d(Tensor self) -> Tensor', ({ self }) => {
    const { dims } = self
    return dims === undefined ? same(self) : reshaped(self, dims.length === 0 ? [1, 1] : dims.length === 1 ? [1, dims[0]!] : dims)
  }),
  rule('aten::unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)', ({ self, dimension, size, step }) => {
    const { dims } = self
    if (dims === undefined) return tensorFact(self.dtype, undefined)
    if (dims.length === 0) return tensorFact(self.dtype, [size.sym ?? null])
    const axis = wrapAxis(knownInt(dimension), dims.length)
    const n = knownInt(size)
    const s = knownInt(step)
    const windows = (dim: Dim): Dim =>
      n === undefined || s === undefined || typeof dim !== 'number' ? null : Math.floor((dim - n) / s) + 1
    return tensorFact(self.dtype, [...dims.map((dim, i) => (axis === undefined ? null : i === axis ? windows(dim) : dim)), n ?? null])
  }),
  rule('aten::view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)', ({ self, dtype }) => reinterpreted(self, dtype)),
  ...rules(
    [
      'aten::alias(Tensor(a) self) -> Tensor(a)',
      'aten::detach(Tensor(a) self) -> Tensor(a)',
      'aten::resolve_conj(Tensor(a) self) -> Tensor(a)',
      'aten::resolve_neg(Tensor(a) self) -> Tensor(a)',
    ],
    ({ self }) => self,
  ),
]

/** The same bytes as another dtype: the last axis grows or shrinks with the width. */
function reinterpreted(self: Fact, dtype: Fact): Fact {
  const code = knownInt(dtype)
  const to = code === undefined ? undefined : scalarTypeOfCode(code)
  if (to === undefined || self.dtype === undefined || self.dims === undefined) return tensorFact(to, undefined)
  const [from, width] = [scalarTypeInfo(self.dtype).bytes, scalarTypeInfo(to).bytes]
  if (from === width) return tensorFact(to, self.dims)
  return tensorFact(to, [...self.dims.slice(0, -1), dimFloorDiv(dimMul(self.dims.at(-1) ?? null, from), width)])
}

/** True where two shapes are certainly equal. */
export function sameDims(a: Dims, b: Dims): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((dim, i) => dimsEqual(dim, b[i]!) === true)
}
