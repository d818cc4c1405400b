// dtype and shape of splitting: split, chunk, tensor_split, unbind.

import type { Dim } from '../../ir/dim.ts'
import { intFact, listFact, tensorFact, type Fact } from '../fact.ts'
import { dimsOf, knownInt, knownInts, wrapAxis } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { along, selected } from './slicing.ts'

// More pieces than this are not told one by one.
const MAX_PIECES = 4096

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
  if (typeof extent !== 'number' || size === undefined || size < 0) return undefined
  if (size === 0) return [0]
  const count = Math.max(1, Math.ceil(extent / size))
  if (count > MAX_PIECES) return undefined
  return Array.from({ length: count }, (_, i) => Math.min(size, extent - i * size))
}
/** `chunk` gives pieces of ceil(extent / chunks), perhaps fewer than asked. */
export function chunkPieces(extent: Dim | undefined, chunks: number | undefined): number[] | undefined {
  if (typeof extent !== 'number' || chunks === undefined || chunks < 1 || chunks > MAX_PIECES) return undefined
  if (extent === 0) return Array.from({ length: chunks }, () => 0)
  return pieces(extent, Math.ceil(extent / chunks))
}
/** `tensor_split` spreads the remainder over the first pieces. */
export function evenPieces(extent: Dim | undefined, sections: number | undefined): number[] | undefined {
  if (typeof extent !== 'number' || sections === undefined || sections > MAX_PIECES) return undefined
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

function evenly(self: Fact, sections: number | undefined, dim: Fact): Fact {
  const open = sections === undefined || sections > MAX_PIECES ? undefined : Array.from({ length: sections }, () => null)
  return split(self, evenPieces(extentOf(self, dim), sections) ?? open, dim)
}
function between(self: Fact, indices: Fact, dim: Fact): Fact {
  return split(self, piecesBetween(extentOf(self, dim), knownInts(indices)) ?? indices.items?.concat({}).map(() => null), dim)
}
/** hsplit cuts columns, or the only axis. */
const horizontal = (self: Fact): Fact => intFact(self.dims?.length === 1 ? 0 : 1)

export const splittingRules: readonly Rule[] = [
  ...rules(
    [
      'aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]',
      'aten::unsafe_split.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]',
      'aten::split_copy.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]',
    ],
    ({ self, split_size, dim }) => split(self, pieces(extentOf(self, dim), knownInt(split_size)), dim),
  ),
  rule('aten::split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]', ({ self, split_size, dim }) =>
    split(self, dimsOf(split_size), dim),
  ),
  ...rules(
    [
      'aten::split(Tensor(a -> *) self, int[] split_sizes, int dim=0) -> Tensor(a)[]',
      'aten::split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]',
      'aten::split_with_sizes_copy(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]',
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
  rule('aten::tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]', ({ self, sections, dim }) =>
    evenly(self, knownInt(sections), dim),
  ),
  rule('aten::tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]', ({ self, indices, dim }) =>
    between(self, indices, dim),
  ),
  rule(
    'aten::tensor_split.tensor_indices_or_sections(Tensor(a -> *) self, Tensor tensor_indices_or_sections, int dim=0) -> Tensor(a)[]',
    ({ self, tensor_indices_or_sections: given, dim }) => {
      const cuts = given.content?.map((sym): Fact => ({ sym }))
      return given.dims?.length === 0
        ? evenly(self, knownInt(cuts?.[0]), dim)
        : between(self, cuts === undefined ? {} : { items: cuts }, dim)
    },
  ),
  rule('aten::hsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]', ({ self, sections }) =>
    evenly(self, knownInt(sections), horizontal(self)),
  ),
  rule('aten::hsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]', ({ self, indices }) =>
    between(self, indices, horizontal(self)),
  ),
  rule('aten::vsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]', ({ self, sections }) =>
    evenly(self, knownInt(sections), intFact(0)),
  ),
  rule('aten::vsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]', ({ self, indices }) => between(self, indices, intFact(0))),
  rule('aten::dsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]', ({ self, sections }) =>
    evenly(self, knownInt(sections), intFact(2)),
  ),
  rule('aten::dsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]', ({ self, indices }) => between(self, indices, intFact(2))),
  ...rules(
    ['aten::unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]', 'aten::unbind_copy.int(Tensor self, int dim=0) -> Tensor[]'],
    ({ self, dim }) => {
      const extent = extentOf(self, dim)
      return typeof extent === 'number' && extent <= MAX_PIECES
        ? listFact(Array.from({ length: extent }, (_, i) => selected(self, dim, { sym: i })))
        : { element: selected(self, dim, {}) }
    },
  ),
]
