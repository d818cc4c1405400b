// dtype and shape of joining and splitting: cat, stack, split, chunk, unbind, and the select/slice family with its scatter twins.

import { dimAdd, dimFloorDiv, dimMin, dimSub, dimsJoin, type Dim, type Dims } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import { listFact, tensorFact, type Fact } from '../fact.ts'
import { dimOf, dimsOf, isNone, knownInt, knownInts, promoted, same, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

const MAX_INT = 2 ** 53

function dtypeOf(items: readonly Fact[] | undefined): ScalarType | undefined {
  return items === undefined || items.length === 0 ? undefined : promoted(...items)
}

/** cat skips tensors of shape [0], as torch's legacy rule has it. */
function concatenated(tensors: Fact, dim: number | undefined): Fact {
  const { items } = tensors
  if (items === undefined) return tensorFact(tensors.element?.dtype, catElement(tensors.element?.dims, dim))
  const dtype = dtypeOf(items)
  const real = items.filter(({ dims }) => !(dims?.length === 1 && dims[0] === 0))
  if (real.length === 0) return tensorFact(dtype, items[0]?.dims)
  const rank = real.find(({ dims }) => dims !== undefined)?.dims?.length
  if (rank === undefined) return tensorFact(dtype, undefined)
  const axis = wrapAxis(dim, rank)
  if (axis === undefined)
    return tensorFact(
      dtype,
      Array.from({ length: rank }, () => null),
    )
  const dims = Array.from({ length: rank }, (_, i): Dim => {
    const column = real.map((item) => (item.dims === undefined ? null : item.dims[i]!))
    return i === axis ? column.reduce(dimAdd) : (column.find((d) => typeof d === 'number') ?? column.find((d) => d !== null) ?? null)
  })
  // Shape tensors are built by cat too: keep their elements.
  const contents = real.map((item) => item.content)
  return tensorFact(dtype, dims, rank === 1 && !contents.includes(undefined) ? contents.flatMap((content) => content!) : undefined)
}
const catElement = (dims: Dims, dim: number | undefined): Dims => {
  const axis = dims === undefined ? undefined : wrapAxis(dim, dims.length)
  return dims?.map((d, i) => (axis === undefined || i === axis ? null : d))
}

function stacked(tensors: Fact, dim: number | undefined): Fact {
  const items = tensors.items ?? (tensors.element === undefined ? [] : [tensors.element])
  const dtype = dtypeOf(items)
  const dims = items.map((item) => item.dims).reduce<Dims>((a, b, i) => (i === 0 ? b : mergeDims(a, b)), undefined)
  if (dims === undefined) return tensorFact(dtype, undefined)
  const at = wrapAxis(dim, dims.length + 1)
  if (at === undefined)
    return tensorFact(
      dtype,
      Array.from({ length: dims.length + 1 }, () => null),
    )
  const contents = tensors.items?.map((item) => item.content)
  const content =
    dims.length === 0 && contents !== undefined && !contents.includes(undefined) ? contents.map((part) => part![0]!) : undefined
  return tensorFact(dtype, [...dims.slice(0, at), tensors.items === undefined ? null : items.length, ...dims.slice(at)], content)
}
/** Shapes that torch requires to be equal: any of them tells. */
function mergeDims(a: Dims, b: Dims): Dims {
  if (a === undefined) return b
  if (b === undefined || a.length !== b.length) return a
  return a.map((dim, i) => (typeof dim === 'number' ? dim : (b[i] ?? dim)))
}

const along = (dims: Dims, axis: number | undefined, size: Dim): Dims =>
  dims?.map((dim, i) => (axis === undefined ? null : i === axis ? size : dim))

function split(self: Fact, sizes: readonly Dim[] | undefined, dim: Fact): Fact {
  const axis = self.dims === undefined ? undefined : wrapAxis(knownInt(dim), self.dims.length)
  if (sizes === undefined) return { element: tensorFact(self.dtype, along(self.dims, axis, null)) }
  let at = 0
  return listFact(
    sizes.map((size) => {
      const from = at
      at += typeof size === 'number' ? size : Number.NaN
      const content = self.dims?.length === 1 && Number.isInteger(at) ? self.content?.slice(from, at) : undefined
      return tensorFact(self.dtype, along(self.dims, axis, size), content)
    }),
  )
}
/** Pieces of `size`, the last one smaller. */
export function pieces(extent: Dim | undefined, size: number | undefined): number[] | undefined {
  if (typeof extent !== 'number' || size === undefined) return undefined
  if (size === 0) return [0]
  const count = Math.max(1, Math.ceil(extent / size))
  return Array.from({ length: count }, (_, i) => Math.min(size, extent - i * size))
}
/** `chunk` gives pieces of ceil(extent / chunks), perhaps fewer than asked. */
export function chunkPieces(extent: Dim | undefined, chunks: number | undefined): number[] | undefined {
  if (typeof extent !== 'number' || chunks === undefined) return undefined
  if (extent === 0) return Array.from({ length: chunks }, () => 0)
  return pieces(extent, Math.ceil(extent / chunks))
}
/** `tensor_split` spreads the remainder over the first pieces. */
export function evenPieces(extent: Dim | undefined, sections: number | undefined): number[] | undefined {
  if (typeof extent !== 'number' || sections === undefined) return undefined
  return Array.from({ length: sections }, (_, i) => Math.floor(extent / sections) + (i < extent % sections ? 1 : 0))
}
/** Pieces between indices, which are clamped as slices are. */
export function piecesBetween(extent: Dim | undefined, indices: readonly number[] | undefined): number[] | undefined {
  if (typeof extent !== 'number' || indices === undefined) return undefined
  const clamp = (i: number): number => Math.min(extent, Math.max(0, i < 0 ? i + extent : i))
  const cuts = [0, ...indices.map(clamp), extent]
  return cuts.slice(1).map((end, i) => Math.max(0, end - cuts[i]!))
}
const extentOf = (self: Fact, dim: Fact): Dim | undefined => {
  const axis = self.dims === undefined ? undefined : wrapAxis(knownInt(dim), self.dims.length)
  return axis === undefined ? undefined : self.dims![axis]
}

function selected(self: Fact, dim: Fact, index: Fact): Fact {
  const { dims } = self
  const axis = dims === undefined ? undefined : wrapAxis(knownInt(dim), dims.length)
  if (dims === undefined || axis === undefined)
    return tensorFact(self.dtype, dims === undefined ? undefined : Array.from({ length: Math.max(0, dims.length - 1) }, () => null))
  const at = knownInt(index)
  const content = dims.length === 1 && self.content !== undefined && at !== undefined ? self.content.at(at) : undefined
  return tensorFact(
    self.dtype,
    dims.filter((_, i) => i !== axis),
    content === undefined ? undefined : [content],
  )
}

/** Start and end as torch clamps them; undefined where only the run can tell. */
function bound(fact: Fact, extent: Dim, none: Dim): Dim {
  if (isNone(fact)) return none
  const value = dimOf(fact)
  if (typeof value !== 'number') return value === extent ? extent : null
  if (value >= MAX_INT) return extent
  if (value <= -MAX_INT) return 0
  const from = value < 0 ? dimAdd(extent, value) : value
  if (typeof from === 'number' && typeof extent === 'number') return Math.min(extent, Math.max(0, from))
  // 0 is always in range; beyond that an extent that is not known may be shorter.
  return from === 0 ? 0 : null
}

/** Extent of `x[start:end:step]`. */
export function slicedExtent(extent: Dim, start: Fact, end: Fact, step: number | undefined): Dim {
  const from = bound(start, extent, 0)
  const to = bound(end, extent, extent)
  if (step === undefined) return null
  if (typeof from === 'number' && typeof to === 'number') return Math.max(0, Math.ceil((to - from) / step))
  if (from === 0 && to === extent) return step === 1 ? extent : dimFloorDiv(dimAdd(extent, step - 1), step)
  return null
}

function sliced(self: Fact, dim: Fact, start: Fact, end: Fact, step: Fact): Fact {
  const { dims } = self
  if (dims === undefined) return tensorFact(self.dtype, undefined)
  const axis = wrapAxis(knownInt(dim), dims.length)
  const by = knownInt(step)
  const size = axis === undefined ? null : slicedExtent(dims[axis]!, start, end, by)
  let content: readonly Dim[] | undefined
  if (dims.length === 1 && self.content !== undefined && by !== undefined) {
    const from = bound(start, self.content.length, 0)
    const to = bound(end, self.content.length, self.content.length)
    if (typeof from === 'number' && typeof to === 'number') content = self.content.slice(from, to).filter((_, i) => i % by === 0)
  }
  return tensorFact(self.dtype, along(dims, axis, size), content)
}

export const joiningRules: readonly Rule[] = [
  ...rules(
    [
      'aten::cat(Tensor[] tensors, int dim=0) -> Tensor',
      'aten::concat(Tensor[] tensors, int dim=0) -> Tensor',
      'aten::concatenate(Tensor[] tensors, int dim=0) -> Tensor',
    ],
    ({ tensors, dim }) => concatenated(tensors, knownInt(dim)),
  ),
  rule('aten::stack(Tensor[] tensors, int dim=0) -> Tensor', ({ tensors, dim }) => stacked(tensors, knownInt(dim))),
  rule('aten::hstack(Tensor[] tensors) -> Tensor', ({ tensors }) => {
    const items = tensors.items?.map((item) => (item.dims?.length === 0 ? { ...item, dims: [1] } : item))
    return concatenated(items === undefined ? tensors : { items }, (items?.[0]?.dims?.length ?? 2) < 2 ? 0 : 1)
  }),
  ...rules(['aten::vstack(Tensor[] tensors) -> Tensor', 'aten::row_stack(Tensor[] tensors) -> Tensor'], ({ tensors }) =>
    concatenated(
      tensors.items === undefined
        ? tensors
        : {
            items: tensors.items.map((item) =>
              item.dims !== undefined && item.dims.length < 2
                ? { ...item, dims: item.dims.length === 0 ? [1, 1] : [1, item.dims[0]!] }
                : item,
            ),
          },
      0,
    ),
  ),
  rule('aten::column_stack(Tensor[] tensors) -> Tensor', ({ tensors }) =>
    concatenated(
      tensors.items === undefined
        ? tensors
        : {
            items: tensors.items.map((item) =>
              item.dims !== undefined && item.dims.length < 2 ? { ...item, dims: [item.dims[0] ?? 1, 1] } : item,
            ),
          },
      1,
    ),
  ),
  rule('aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]', ({ self, split_size, dim }) =>
    split(self, pieces(extentOf(self, dim), knownInt(split_size)), dim),
  ),
  rule('aten::unsafe_split.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]', ({ self, split_size, dim }) =>
    split(self, pieces(extentOf(self, dim), knownInt(split_size)), dim),
  ),
  rule('aten::split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]', ({ self, split_size, dim }) =>
    split(self, dimsOf(split_size), dim),
  ),
  ...rules(
    [
      'aten::split(Tensor(a -> *) self, int[] split_sizes, int dim=0) -> Tensor(a)[]',
      'aten::split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]',
      'aten::unsafe_split_with_sizes(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]',
    ],
    ({ self, split_sizes, dim }) => split(self, dimsOf(split_sizes), dim),
  ),
  ...rules(
    [
      'aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]',
      'aten::unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]',
    ],
    ({ self, chunks, dim }) => split(self, chunkPieces(extentOf(self, dim), knownInt(chunks)), dim),
  ),
  rule('aten::tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]', ({ self, sections, dim }) => {
    const count = knownInt(sections)
    return split(
      self,
      evenPieces(extentOf(self, dim), count) ?? (count === undefined ? undefined : Array.from({ length: count }, () => null)),
      dim,
    )
  }),
  rule('aten::tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]', ({ self, indices, dim }) =>
    split(self, piecesBetween(extentOf(self, dim), knownInts(indices)) ?? indices.items?.concat({}).map(() => null), dim),
  ),
  rule('aten::unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]', ({ self, dim }) => {
    const extent = extentOf(self, dim)
    return typeof extent === 'number'
      ? listFact(Array.from({ length: extent }, (_, i) => selected(self, dim, { sym: i })))
      : { element: selected(self, dim, {}) }
  }),
  rule('aten::select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)', ({ self, dim, index }) => selected(self, dim, index)),
  rule(
    'aten::slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)',
    ({ self, dim, start, end, step }) => sliced(self, dim, start, end, step),
  ),
  rule('aten::narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)', ({ self, dim, start, length }) => {
    const axis = self.dims === undefined ? undefined : wrapAxis(knownInt(dim), self.dims.length)
    const from = knownInt(start)
    const size = dimOf(length)
    const content =
      self.dims?.length === 1 && from !== undefined && from >= 0 && typeof size === 'number'
        ? self.content?.slice(from, from + size)
        : undefined
    return tensorFact(self.dtype, along(self.dims, axis, size), content)
  }),
  ...rules(
    [
      'aten::select_scatter(Tensor self, Tensor src, int dim, SymInt index) -> Tensor',
      'aten::slice_scatter(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor',
      'aten::diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor',
    ],
    ({ self }) => same(self),
  ),
  rule('aten::diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)', ({ self, offset, dim1, dim2 }) => {
    const { dims } = self
    if (dims === undefined) return tensorFact(self.dtype, undefined)
    const [i, j] = [wrapAxis(knownInt(dim1), dims.length), wrapAxis(knownInt(dim2), dims.length)]
    if (i === undefined || j === undefined)
      return tensorFact(
        self.dtype,
        Array.from({ length: dims.length - 1 }, () => null),
      )
    return tensorFact(self.dtype, [
      ...dims.filter((_, axis) => axis !== i && axis !== j),
      diagonalExtent(dims[i]!, dims[j]!, knownInt(offset)),
    ])
  }),
  rule('aten::meshgrid(Tensor[] tensors) -> Tensor[]', ({ tensors }) => meshgrid(tensors, false)),
  rule('aten::meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]', ({ tensors, indexing }) =>
    meshgrid(tensors, indexing.value === 'xy'),
  ),
]

/** Elements of the diagonal that starts `offset` above (below, when negative) the main one. */
export function diagonalExtent(rows: Dim, columns: Dim, offset: number | undefined): Dim {
  if (offset === undefined) return null
  const size = offset >= 0 ? dimMin(rows, dimSub(columns, offset)) : dimMin(dimAdd(rows, offset), columns)
  return typeof size === 'number' ? Math.max(0, size) : size
}

function meshgrid(tensors: Fact, xy: boolean): Fact {
  if (tensors.items === undefined) return {}
  const dims = tensors.items.map((item) => (item.dims === undefined ? null : (item.dims[0] ?? 1)))
  const order = xy && dims.length >= 2 ? [dims[1]!, dims[0]!, ...dims.slice(2)] : dims
  return listFact(tensors.items.map((item) => tensorFact(item.dtype, order)))
}

/** What lists of tensors have in common. */
export function commonDims(items: readonly Fact[]): Dims {
  return items.length === 0 ? undefined : items.map((item) => item.dims).reduce((a, b) => dimsJoin(a, b))
}
