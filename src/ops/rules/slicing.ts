// dtype and shape of select, slice, narrow and diagonals, and of their scatter twins.

import { dimAdd, dimClamp, dimFloorDiv, dimMin, dimProduct, dimSub, type Dim, type Dims } from '../../ir/dim.ts'
import { intFact, tensorFact, type Fact } from '../fact.ts'
import { dimOf, dimsOf, isNone, knownInt, same, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

const MAX_INT = 2 ** 53

/** `dims` with another extent at `axis`. */
export const along = (dims: Dims, axis: number | undefined, size: Dim): Dims =>
  dims?.map((dim, i) => (axis === undefined ? null : i === axis ? size : dim))

/** One index of an axis: the axis goes. */
export function selected(self: Fact, dim: Fact, index: Fact): Fact {
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
  // A trace writes an open end as the greatest int64, which is no extent.
  const value = knownInt(fact) ?? dimOf(fact)
  if (typeof value !== 'number') return value === extent ? extent : null
  if (value >= MAX_INT) return extent
  if (value <= -MAX_INT) return 0
  const from = value < 0 ? dimAdd(extent, value) : value
  if (typeof from === 'number' && typeof extent === 'number') return Math.min(extent, Math.max(0, from))
  // 0 is always in range; beyond that an extent that is not known may be shorter.
  return from === 0 ? 0 : null
}

/** Extent of `x[start:end:step]`. */
function slicedExtent(extent: Dim, start: Fact, end: Fact, step: number | undefined): Dim {
  const from = bound(start, extent, 0)
  const to = bound(end, extent, extent)
  if (step === undefined) return null
  if (typeof from === 'number' && typeof to === 'number') return Math.max(0, Math.ceil((to - from) / step))
  if (from === 0 && to === extent) return step === 1 ? extent : dimFloorDiv(dimAdd(extent, step - 1), step)
  if (from === 0 && step === 1 && typeof dimOf(end) === 'string') return dimClamp(dimOf(end), extent)
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

const NARROW = [
  'aten::narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)',
  'aten::narrow.Tensor(Tensor(a) self, int dim, Tensor start, SymInt length) -> Tensor(a)',
  'aten::narrow_copy(Tensor self, int dim, SymInt start, SymInt length) -> Tensor',
] as const

export const slicingRules: readonly Rule[] = [
  ...rules(
    [
      'aten::select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)',
      'aten::select_copy.int(Tensor self, int dim, SymInt index) -> Tensor',
    ],
    ({ self, dim, index }) => selected(self, dim, index),
  ),
  ...rules(
    [
      'aten::slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)',
      'aten::slice_copy.Tensor(Tensor self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor',
    ],
    ({ self, dim, start, end, step }) => sliced(self, dim, start, end, step),
  ),
  ...rules(NARROW, ({ self, dim, start, length }) => {
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
  ...rules(
    [
      'aten::diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)',
      'aten::diagonal_copy(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor',
    ],
    ({ self, offset, dim1, dim2 }) => diagonal(self, offset, dim1, dim2),
  ),
  rule('aten::linalg_diagonal(Tensor(a) A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor(a)', ({ A, offset, dim1, dim2 }) =>
    diagonal(A, offset, dim1, dim2),
  ),
  rule('aten::diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor', ({ self, offset, dim1, dim2 }) =>
    embedded(self, offset, dim1, dim2),
  ),
  rule('aten::diag(Tensor self, int diagonal=0) -> Tensor', ({ self, diagonal: offset }) =>
    self.dims === undefined
      ? tensorFact(self.dtype, undefined)
      : self.dims.length === 1
        ? embedded(self, offset, intFact(0), intFact(1))
        : diagonal(self, offset, intFact(0), intFact(1)),
  ),
  rule('aten::diagflat(Tensor self, int offset=0) -> Tensor', ({ self, offset }) =>
    embedded(tensorFact(self.dtype, [self.dims === undefined ? null : dimProduct(self.dims)]), offset, intFact(0), intFact(1)),
  ),
  ...rules(
    [
      'aten::as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)',
      'aten::as_strided_copy(Tensor self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor',
    ],
    ({ self, size }) => tensorFact(self.dtype, dimsOf(size)),
  ),
  rule(
    'aten::as_strided_scatter(Tensor self, Tensor src, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor',
    ({ self }) => same(self),
  ),
]

function diagonal(self: Fact, offset: Fact, dim1: Fact, dim2: Fact): Fact {
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
}

/** The last axis on a diagonal of two new axes. */
function embedded(self: Fact, offset: Fact, dim1: Fact, dim2: Fact): Fact {
  const { dims } = self
  if (dims === undefined) return tensorFact(self.dtype, undefined)
  const rank = dims.length + 1
  const [i, j, by] = [wrapAxis(knownInt(dim1), rank), wrapAxis(knownInt(dim2), rank), knownInt(offset)]
  const extent = by === undefined ? null : dimAdd(dims.at(-1) ?? null, Math.abs(by))
  const rest = dims.slice(0, -1)
  return tensorFact(
    self.dtype,
    Array.from({ length: rank }, (_, axis) =>
      i === undefined || j === undefined ? null : axis === i || axis === j ? extent : rest.shift()!,
    ),
  )
}

/** Elements of the diagonal that starts `offset` above (below, when negative) the main one. */
function diagonalExtent(rows: Dim, columns: Dim, offset: number | undefined): Dim {
  if (offset === undefined) return null
  const size = offset >= 0 ? dimMin(rows, dimSub(columns, offset)) : dimMin(dimAdd(rows, offset), columns)
  return typeof size === 'number' ? Math.max(0, size) : size
}
