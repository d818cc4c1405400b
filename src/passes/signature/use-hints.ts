// What the uses of an input tell of its dtype and rank: a convolution takes batches, an embedding takes integers. A look along operators
// that keep shape and dtype; nothing is proved about values.

import type { Facts } from '../../analysis/facts.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Dim } from '../../ir/dim.ts'
import type { Node } from '../../ir/node.ts'
import { isFloatingPoint, scalarTypeOfCode, type ScalarType } from '../../ir/scalar-type.ts'
import type { Value } from '../../ir/value.ts'
import {
  ADDS_AXES,
  channelsOf,
  DTYPES,
  KEEPS,
  KEEPS_ELEMENTS,
  KEEPS_INTEGERS,
  KEEPS_RANK,
  leastRankOf,
  rankOf,
  RESHAPES,
} from './operator-hints.ts'

export interface UseHint {
  readonly rank?: number
  readonly dtype?: ScalarType
  /** No other dtype would do. */
  readonly certain: boolean
  /** Extent of axis 1, when it is known. */
  readonly channels: Dim
}

// Far enough for any real chain of activations; the look must not become a search of the whole graph.
const MAX_VISITED = 2000

/**
 * Library code tests the rank and has a branch for each: then no use tells which it will be, and no rank is given, unless `batched` asks
 * for the greatest one. What takes any rank from some on is then assumed to have the least.
 */
export function useHints(input: Value, facts: Facts, batched = false): UseHint {
  const known = (value: Value): number | undefined => facts.of(value).dims?.length
  const seen = new Set<Value>([input])
  /** Values, how many axes they have more than the input, and whether axis 1 is still the input's. */
  const queue: Followed[] = [{ value: input, more: 0, sameChannels: true, sameElements: true, integral: true, sameParts: true }]
  const ranks = new Map<number, { readonly channels: Dim; readonly always: boolean }>()
  const top = input.node.graph.block
  let dtype: ScalarType | undefined
  let counted = false
  let least = 0
  for (let at = 0; at < queue.length && at < MAX_VISITED; at++) {
    const { value, more, sameChannels, sameElements, integral, sameParts } = queue[at]!
    for (const { user, index } of value.uses) {
      const typed = DTYPES.get(user.kind)
      if (
        typed?.at.includes(index) === true &&
        (typed.dtype === 'int64' ? integral : typed.dtype === 'complex64' ? sameParts : sameElements)
      )
        dtype ??= typed.dtype
      const found = rankOf(user, index, known)
      if (sameElements) counted ||= user.kind === 'aten::Int' || comparesWithInts(user, index, facts)
      if (found !== undefined && more !== undefined) {
        const before = ranks.get(found - more)
        const always = user.block === top
        if (before === undefined || (always && !before.always))
          ranks.set(found - more, { channels: sameChannels && index === 0 ? channelsOf(user) : null, always })
      }
      if (batched && more !== undefined) least = Math.max(least, leastRankOf(user, index, known) - more)
      const added = RESHAPES.has(user.kind) ? undefined : (ADDS_AXES.get(user.kind) ?? 0)
      for (const next of followed(user, index)) {
        if (seen.has(next)) continue
        seen.add(next)
        queue.push({
          value: next,
          more: added === undefined || more === undefined ? undefined : more + added,
          sameChannels: sameChannels && added === 0 && !KEEPS_RANK.has(user.kind),
          sameElements: sameElements && moved(user),
          integral: integral && (moved(user) || KEEPS_INTEGERS.has(user.kind)),
          sameParts: sameParts && (moved(user) || isRealArithmetic(user)),
        })
      }
    }
  }
  dtype ??= onlyCastTo(input)
  // What the code tests may be something else as well.
  const certain = dtype !== undefined && !queue.some(({ value, sameElements }) => sameElements && testsDtype(value))
  if (counted) dtype ??= 'int64'
  // The rank that the code compares with: an assertion, or the branch for batches.
  if (batched && ranks.size === 0)
    for (const { value, more } of queue)
      for (const rank of comparedRanks(value)) if (more !== undefined) ranks.set(rank - more, { channels: null, always: false })
  // One axis is no sign of what there is besides.
  if (batched && ranks.size === 0 && least >= 2) ranks.set(least, { channels: null, always: false })
  const possible = [...ranks].filter(([rank]) => rank >= 0).sort(([a], [b]) => b - a)
  // What every call does weighs more than what stands in branches.
  const always = possible.filter(([, hint]) => hint.always)
  const likely = always.length > 0 ? always : possible
  // Masks of attention are [L, S] or [B, S]; those for each head of each sample are rare.
  const mask = dtype === 'bool' ? likely.find(([possibleRank]) => possibleRank === 2) : undefined
  const [rank, hint] = likely.length === 1 || batched ? (mask ?? likely[0] ?? []) : []
  return { certain, channels: hint?.channels ?? null, ...(rank === undefined ? {} : { rank }), ...(dtype === undefined ? {} : { dtype }) }
}

const COMPARES = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge'].map((name) => `aten::${name}`))

/** `torch.arange(n) < lengths`: what is held against a tensor of integers is one. */
function comparesWithInts(user: Node, index: number, facts: Facts): boolean {
  if (!COMPARES.has(user.kind) || index > 1) return false
  const { dtype, dims } = facts.of(user.input(1 - index))
  return dtype === 'int64' && dims !== undefined && dims.length > 0
}

/** The constants that `x.dim()` is compared with. */
export function comparedRanks(value: Value): number[] {
  return [...value.uses]
    .filter(({ user }) => user.kind === 'aten::dim')
    .flatMap(({ user }) => [...user.output().uses])
    .filter(({ user }) => user.kind === 'aten::eq' || user.kind === 'aten::ne')
    .map(({ user, index }) => constantOf(user.input(1 - index)))
    .filter((rank) => typeof rank === 'bigint')
    .map(Number)
}

const TESTS_DTYPE = new Set(['aten::is_floating_point', 'aten::is_complex', 'aten::is_signed'])

/** `mask.is_floating_point()`, `mask.dtype == torch.bool`. */
function testsDtype(value: Value): boolean {
  return [...value.uses].some(
    ({ user }) =>
      TESTS_DTYPE.has(user.kind) ||
      (user.kind === 'prim::dtype' && [...user.output().uses].some((use) => use.user.kind === 'aten::eq' || use.user.kind === 'aten::ne')),
  )
}

const moved = ({ kind }: Node): boolean => !kind.startsWith('aten::') || KEEPS_ELEMENTS.has(kind)

const ARITHMETIC = new Set(['add', 'sub', 'mul', 'div', 'neg'].map((name) => `aten::${name}`))

/** With real numbers beside its first operand. */
const isRealArithmetic = (user: Node): boolean =>
  ARITHMETIC.has(user.kind) && user.inputs.slice(1).every(({ type }) => type.kind === 'int' || type.kind === 'float')

interface Followed {
  readonly value: Value
  /** Undefined behind a reshape. */
  readonly more: number | undefined
  readonly sameChannels: boolean
  /** Still elements of the input, not computed from them. */
  readonly sameElements: boolean
  /** Where these are integers, so are the input's. */
  readonly integral: boolean
  /** Complex only if the input is. */
  readonly sameParts: boolean
}

/** What every use casts the input to: a trace records `to` with the dtype that the tensor had. Of what becomes a float it tells nothing. */
function onlyCastTo(input: Value): ScalarType | undefined {
  const uses = [...input.uses].flatMap((use) => (use.user.kind === 'prim::unchecked_cast' ? [...use.user.output().uses] : [use]))
  const codes = new Set(
    uses.map(({ user, index }) => (user.kind === 'aten::to' && index === 0 ? user.inputs[1]?.node.attributes.get('value') : undefined)),
  )
  const [code] = codes
  const dtype = codes.size === 1 && typeof code === 'bigint' ? scalarTypeOfCode(Number(code)) : undefined
  return dtype !== undefined && isFloatingPoint(dtype) ? undefined : dtype
}

/** Values that have the rank of input `index` of `user`. */
function followed(user: Node, index: number): readonly Value[] {
  if (user.kind === 'prim::unchecked_cast' || user.kind === 'prim::OfRank' || user.kind === 'prim::ValueOf') return user.outputs
  if (user.kind === 'aten::topk') return user.outputs
  // With a number; two tensors broadcast.
  if (COMPARES.has(user.kind)) return index === 0 && user.input(1).type.kind !== 'Tensor' ? user.outputs : []
  if (KEEPS.has(user.kind) || KEEPS_RANK.has(user.kind) || RESHAPES.has(user.kind)) return index === 0 ? user.outputs.slice(0, 1) : []
  // A list stands for its elements.
  if (user.kind === 'prim::ListConstruct' || user.kind === 'prim::ListUnpack') return user.outputs
  if (user.kind === 'functional::append') return user.outputs
  if (user.kind === 'aten::__getitem__' || user.kind === 'aten::item') return index === 0 ? user.outputs : []
  if (user.kind === 'aten::embedding') return index === 1 ? user.outputs : []
  if (ADDS_AXES.has(user.kind)) return index === 0 ? user.outputs : []
  if (user.kind === 'prim::Loop' && index >= 2) return [user.blocks[0]!.params[index - 1]!]
  if (user.kind === 'prim::MakeOptional' && index === 1) return user.outputs
  const owner = user.kind === 'prim::Return' ? user.block?.owner : undefined
  if (owner?.kind === 'prim::If') return [owner.output(index)]
  if (owner?.kind === 'prim::Loop' && index > 0) return [owner.output(index - 1), user.block!.params[index]!]
  return []
}
