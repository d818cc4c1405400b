// dtype and shape of joining: cat, stack and their relatives, grids. Splitting is in splitting.ts.

import { dimAdd, dimProduct, type Dim, type Dims } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import { listFact, tensorFact, type Fact } from '../fact.ts'
import { knownBool, knownInt, promoted, same, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

function dtypeOf(items: readonly Fact[] | undefined): ScalarType | undefined {
  return items === undefined || items.length === 0 ? undefined : promoted(...items)
}

/** cat skips tensors of shape [0] among others of higher rank, as torch's legacy rule has it. */
function concatenated(tensors: Fact, dim: number | undefined): Fact {
  const { items } = tensors
  if (items === undefined) return tensorFact(tensors.element?.dtype, catElement(tensors.element?.dims, dim))
  const dtype = dtypeOf(items)
  const highest = Math.max(-1, ...items.map(({ dims }) => dims?.length ?? -1))
  const real = items.filter(({ dims }) => !(dims?.length === 1 && (dims[0] === 0 || highest > 1)))
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

/** [lead…, chunks, elements of one chunk of each]: the axis is padded to whole chunks, and what follows it is flat. */
function chunkConcatenated(tensors: Fact, dim: number | undefined, chunks: number | undefined): Fact {
  const { items } = tensors
  const dims = items?.map((item) => item.dims)
  const axis = dims?.[0] === undefined ? undefined : wrapAxis(dim, dims[0].length)
  if (items === undefined || dims?.[0] === undefined || axis === undefined) return tensorFact(dtypeOf(items), undefined)
  const widths = dims.map((own): Dim => {
    const rest = own?.slice(axis)
    if (rest === undefined || chunks === undefined || rest.some((d) => typeof d !== 'number')) return null
    return dimProduct([Math.ceil((rest[0] as number) / chunks), ...rest.slice(1)])
  })
  return tensorFact(dtypeOf(items), [...dims[0].slice(0, axis), chunks ?? null, widths.includes(null) ? null : widths.reduce(dimAdd)])
}

export const joiningRules: readonly Rule[] = [
  rule('aten::_chunk_cat(Tensor[] tensors, int dim, int num_chunks) -> Tensor', ({ tensors, dim, num_chunks }) =>
    chunkConcatenated(tensors, knownInt(dim), knownInt(num_chunks)),
  ),
  ...rules(
    [
      'aten::cat(Tensor[] tensors, int dim=0) -> Tensor',
      'aten::concat(Tensor[] tensors, int dim=0) -> Tensor',
      'aten::concatenate(Tensor[] tensors, int dim=0) -> Tensor',
    ],
    ({ tensors, dim }) => concatenated(tensors, knownInt(dim)),
  ),
  rule('aten::stack(Tensor[] tensors, int dim=0) -> Tensor', ({ tensors, dim }) => stacked(tensors, knownInt(dim))),
  rule('aten::_stack(Tensor[] tensors, int dim=0) -> Tensor', ({ tensors, dim }) => stacked(tensors, knownInt(dim))),
  rule('aten::hstack(Tensor[] tensors) -> Tensor', ({ tensors }) => {
    const wide = eachItem(tensors, atLeast1d)
    return concatenated(wide, (wide.items?.[0]?.dims?.length ?? 2) < 2 ? 0 : 1)
  }),
  ...rules(['aten::vstack(Tensor[] tensors) -> Tensor', 'aten::row_stack(Tensor[] tensors) -> Tensor'], ({ tensors }) =>
    concatenated(eachItem(tensors, atLeast2d), 0),
  ),
  rule('aten::column_stack(Tensor[] tensors) -> Tensor', ({ tensors }) =>
    concatenated(
      eachItem(tensors, (dims) => (dims.length < 2 ? [firstOf(dims), 1] : dims)),
      1,
    ),
  ),
  rule('aten::dstack(Tensor[] tensors) -> Tensor', ({ tensors }) => concatenated(eachItem(tensors, atLeast3d), 2)),
  rule('aten::atleast_3d(Tensor self) -> Tensor', ({ self }) => tensorFact(self.dtype, self.dims && atLeast3d(self.dims))),
  rule('aten::atleast_1d.Sequence(Tensor[] tensors) -> Tensor[]', ({ tensors }) => eachItem(tensors, atLeast1d)),
  rule('aten::atleast_2d.Sequence(Tensor[] tensors) -> Tensor[]', ({ tensors }) => eachItem(tensors, atLeast2d)),
  rule('aten::atleast_3d.Sequence(Tensor[] tensors) -> Tensor[]', ({ tensors }) => eachItem(tensors, atLeast3d)),
  rule('aten::block_diag(Tensor[] tensors) -> Tensor', ({ tensors }) => {
    const blocks = eachItem(tensors, atLeast2d).items
    const sum = (axis: number): Dim => (blocks ?? []).map((block) => block.dims?.[axis] ?? null).reduce(dimAdd, 0)
    return tensorFact(dtypeOf(blocks), blocks === undefined ? [null, null] : [sum(0), sum(1)])
  }),
  rule('aten::cartesian_prod(Tensor[] tensors) -> Tensor', ({ tensors }) => {
    const { items } = tensors
    if (items === undefined) return tensorFact(tensors.element?.dtype, undefined)
    if (items.length === 1) return same(items[0]!)
    return tensorFact(dtypeOf(items), [dimProduct(items.map((item) => item.dims?.[0] ?? null)), items.length])
  }),
  rule('aten::combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor', ({ self, r, with_replacement }) => {
    const [n, k, again] = [self.dims?.[0], knownInt(r), knownBool(with_replacement)]
    if (k === 0) return tensorFact(self.dtype, [0])
    return tensorFact(self.dtype, [
      typeof n === 'number' && k !== undefined && again !== undefined ? binomial(again ? n + k - 1 : n, k) : null,
      k ?? null,
    ])
  }),
  rule('aten::meshgrid(Tensor[] tensors) -> Tensor[]', ({ tensors }) => meshgrid(tensors, false)),
  rule('aten::meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]', ({ tensors, indexing }) =>
    meshgrid(tensors, indexing.value === 'xy'),
  ),
]

/** The list with other shapes; a list of unknown length by its element. */
function eachItem(list: Fact, shape: (dims: readonly Dim[]) => readonly Dim[]): Fact {
  const wide = (item: Fact): Fact => (item.dims === undefined ? item : tensorFact(item.dtype, shape(item.dims)))
  return list.items !== undefined ? listFact(list.items.map(wide)) : list.element === undefined ? {} : { element: wide(list.element) }
}
const atLeast1d = (dims: readonly Dim[]): readonly Dim[] => (dims.length === 0 ? [1] : dims)
/** The extent of a vector; a scalar counts as one element. */
const firstOf = (dims: readonly Dim[]): Dim => (dims.length === 0 ? 1 : dims[0]!)
const atLeast2d = (dims: readonly Dim[]): readonly Dim[] => (dims.length < 2 ? [1, firstOf(dims)] : dims)
const atLeast3d = (dims: readonly Dim[]): readonly Dim[] =>
  dims.length < 2 ? [1, firstOf(dims), 1] : dims.length === 2 ? [...dims, 1] : dims

/** n over k. */
function binomial(n: number, k: number): number {
  let result = k > n ? 0 : 1
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i
  return Math.round(result)
}

function meshgrid(tensors: Fact, xy: boolean): Fact {
  if (tensors.items === undefined) return {}
  const dims = tensors.items.map((item) => (item.dims === undefined ? null : firstOf(item.dims)))
  const order = xy && dims.length >= 2 ? [dims[1]!, dims[0]!, ...dims.slice(2)] : dims
  return listFact(tensors.items.map((item) => tensorFact(item.dtype, order)))
}
