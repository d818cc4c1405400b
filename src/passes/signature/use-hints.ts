// What the uses of an input tell of its dtype and rank: a convolution takes batches, an embedding takes integers. A look along operators
// that keep shape and dtype; nothing is proved about values.

import { constantOf, constantTensor } from '../../ir/constant.ts'
import type { Dim } from '../../ir/dim.ts'
import type { Node } from '../../ir/node.ts'
import { scalarTypeOfCode, type ScalarType } from '../../ir/scalar-type.ts'
import type { Value } from '../../ir/value.ts'

export interface UseHint {
  readonly rank?: number
  readonly dtype?: ScalarType
  /** Extent of axis 1, when it is known. */
  readonly channels: Dim
}

/** Operators whose first result has the rank (and, before any other, the channels) of their first input. */
const KEEPS = new Set(
  [
    'relu', 'relu6', 'leaky_relu', 'gelu', 'silu', 'sigmoid', 'tanh', 'hardtanh', 'hardswish', 'hardsigmoid', 'elu', 'selu', 'softplus', 'mish', 'prelu',
    'abs', 'neg', 'exp', 'log', 'sqrt', 'square', 'clamp', 'add', 'sub', 'mul', 'div', 'pow', 'rsub', 'to', 'type_as', 'contiguous', 'clone', 'detach',
    'dropout', 'feature_dropout', 'alpha_dropout', 'batch_norm', 'instance_norm', 'group_norm', 'softmax', 'log_softmax', 'float', 'half', 'double',
  ].map((name) => `aten::${name}`),
) // prettier-ignore

/** The same, but axis 1 of the result is no longer that of the input. */
const KEEPS_RANK = new Set(
  [
    'transpose',
    'permute',
    'flip',
    'roll',
    'linear',
    'layer_norm',
    'cumsum',
    'pad',
    'constant_pad_nd',
    'repeat_interleave',
    'matmul',
    'slice',
    'sort',
    'index_select',
    'cpu',
    'cat',
    'concat',
    'chunk',
    'split',
    'split_with_sizes',
    'tensor_split',
    'masked_fill',
  ].map((name) => `aten::${name}`),
)

/** Results with more axes, or fewer, than the input. */
const ADDS_AXES = new Map([
  ['aten::embedding', 1],
  ['aten::one_hot', 1],
  ['aten::unsqueeze', 1],
  ['aten::stack', 1],
  ['aten::select', -1],
  ['aten::unbind', -1],
])

/** Rank of the first input of operators on images, signals and volumes. */
const RANKS = new Map<string, number>([
  ...['1d', '2d', '3d'].flatMap((d, i): [string, number][] =>
    [
      'conv',
      'conv_transpose',
      'max_pool',
      'avg_pool',
      'adaptive_avg_pool',
      'adaptive_max_pool',
      'reflection_pad',
      'replication_pad',
      'upsample_nearest',
      '_upsample_nearest_exact',
    ].map((name) => [`aten::${name}${d}`, i + 3]),
  ),
  ['aten::upsample_linear1d', 3],
  ['aten::upsample_bilinear2d', 4],
  ['aten::upsample_bicubic2d', 4],
  ['aten::upsample_trilinear3d', 5],
  ['aten::pixel_shuffle', 4],
  ['aten::pixel_unshuffle', 4],
  ['aten::channel_shuffle', 4],
  ['aten::grid_sampler', 4],
  ['aten::grid_sampler_2d', 4],
  ['aten::max_pool2d_with_indices', 4],
  ['aten::_transformer_encoder_layer_fwd', 3],
  ['aten::_native_multi_head_attention', 3],
  ['aten::_pack_padded_sequence', 3],
])

/** Operators that take exactly one rank, by argument. */
const EXACT = new Map<string, readonly (number | undefined)[]>([
  ['aten::bmm', [3, 3]],
  ['aten::mm', [2, 2]],
  ['aten::mv', [2, 1]],
  ['aten::dot', [1, 1]],
  ['aten::addmm', [undefined, 2, 2]],
  ['aten::baddbmm', [undefined, 3, 3]],
  ['aten::_pack_padded_sequence', [3, 1]],
  ['aten::gru_cell', [2, 2]],
  ['aten::rnn_tanh_cell', [2, 2]],
  ['aten::rnn_relu_cell', [2, 2]],
])

/** Arguments that are indices: int64. */
const INDICES: Readonly<Record<string, readonly number[]>> = {
  one_hot: [0], embedding: [1], embedding_bag: [1, 2], take: [1], take_along_dim: [1], nll_loss: [1], nll_loss_nd: [1], nll_loss2d: [1],
  _pack_padded_sequence: [1], gather: [2], index_select: [2], index_add: [2], index_copy: [2], index_fill: [2], scatter: [2], scatter_add: [2],
  scatter_reduce: [2],
} // prettier-ignore
/** Arguments that are masks: bool. */
const MASKS: Readonly<Record<string, readonly number[]>> = {
  where: [0], logical_not: [0], bitwise_not: [0], masked_fill: [1], masked_scatter: [1], masked_select: [1],
} // prettier-ignore

/** Operators that say the dtype of an input: arguments by index. */
const DTYPES = new Map(
  ([[INDICES, 'int64'], [MASKS, 'bool']] as const).flatMap(([table, dtype]) =>
    Object.entries(table).map(([name, at]): [string, { at: readonly number[]; dtype: ScalarType }] => [`aten::${name}`, { at, dtype }]),
  ),
) // prettier-ignore

// Far enough for any real chain of activations; the look must not become a search of the whole graph.
const MAX_VISITED = 2000

/**
 * Library code tests the rank and has a branch for each: then no use tells which it will be, and no rank is given, unless `batched` asks
 * for the greatest one.
 */
export function useHints(input: Value, batched = false): UseHint {
  const seen = new Set<Value>([input])
  /** Values, how many axes they have more than the input, and whether axis 1 is still the input's. */
  const queue: Followed[] = [{ value: input, more: 0, sameChannels: true, sameElements: true }]
  const ranks = new Map<number, Dim>()
  let dtype: ScalarType | undefined
  for (let at = 0; at < queue.length && at < MAX_VISITED; at++) {
    const { value, more, sameChannels, sameElements } = queue[at]!
    for (const { user, index } of value.uses) {
      const typed = DTYPES.get(user.kind)
      if (sameElements && typed?.at.includes(index) === true) dtype ??= typed.dtype
      const found = EXACT.get(user.kind)?.[index] ?? rankOf(user, index)
      if (found !== undefined && !ranks.has(found - more)) ranks.set(found - more, sameChannels && index === 0 ? channelsOf(user) : null)
      const added = ADDS_AXES.get(user.kind) ?? 0
      for (const next of followed(user, index)) {
        if (seen.has(next)) continue
        seen.add(next)
        queue.push({
          value: next,
          more: more + added,
          sameChannels: sameChannels && added === 0 && !KEEPS_RANK.has(user.kind),
          sameElements: sameElements && (!user.kind.startsWith('aten::') || KEEPS_ELEMENTS.has(user.kind)),
        })
      }
    }
  }
  dtype ??= onlyCastTo(input)
  // The rank that the code compares with: an assertion, or the branch for batches.
  if (batched && ranks.size === 0)
    for (const { value, more } of queue) for (const rank of comparedRanks(value)) ranks.set(rank - more, null)
  const possible = [...ranks].filter(([rank]) => rank >= 0).sort(([a], [b]) => b - a)
  const [rank, channels] = possible.length === 1 || batched ? (possible[0] ?? []) : []
  return { channels: channels ?? null, ...(rank === undefined ? {} : { rank }), ...(dtype === undefined ? {} : { dtype }) }
}

/** The constants that `x.dim()` is compared with. */
function comparedRanks(value: Value): number[] {
  return [...value.uses]
    .filter(({ user }) => user.kind === 'aten::dim')
    .flatMap(({ user }) => [...user.output().uses])
    .filter(({ user }) => user.kind === 'aten::eq' || user.kind === 'aten::ne')
    .map(({ user, index }) => constantOf(user.input(1 - index)))
    .filter((rank) => typeof rank === 'bigint')
    .map(Number)
}

interface Followed {
  readonly value: Value
  readonly more: number
  readonly sameChannels: boolean
  /** Still elements of the input, not computed from them. */
  readonly sameElements: boolean
}

/** Operators whose result holds elements of the first input. */
const KEEPS_ELEMENTS = new Set(
  [
    'unsqueeze', 'select', 'slice', 'transpose', 'permute', 'flip', 'contiguous', 'clone', 'detach', 'cat', 'stack', 'chunk', 'split', 'unbind',
    '__getitem__', 'sort', 'index_select', 'cpu',
  ].map((name) => `aten::${name}`), // prettier-ignore
)

/** What every use casts the input to: a trace records `to` with the dtype that the tensor had. */
function onlyCastTo(input: Value): ScalarType | undefined {
  const codes = new Set(
    [...input.uses].map(({ user, index }) =>
      user.kind === 'aten::to' && index === 0 ? user.inputs[1]?.node.attributes.get('value') : undefined,
    ),
  )
  const [code] = codes
  return codes.size === 1 && typeof code === 'bigint' ? scalarTypeOfCode(Number(code)) : undefined
}

/** Values that have the rank of input `index` of `user`. */
function followed(user: Node, index: number): readonly Value[] {
  if (user.kind === 'prim::unchecked_cast' || user.kind === 'prim::ValueOf') return user.outputs
  if (KEEPS.has(user.kind) || KEEPS_RANK.has(user.kind)) return index === 0 ? user.outputs.slice(0, 1) : []
  // A list stands for its elements.
  if (user.kind === 'prim::ListConstruct' || user.kind === 'prim::ListUnpack') return user.outputs
  if (user.kind === 'functional::append') return user.outputs
  if (user.kind === 'aten::__getitem__') return index === 0 ? user.outputs : []
  if (user.kind === 'aten::embedding') return index === 1 ? user.outputs : []
  if (ADDS_AXES.has(user.kind)) return index === 0 ? user.outputs : []
  if (user.kind === 'prim::Loop' && index >= 2) return [user.blocks[0]!.params[index - 1]!]
  if (user.kind === 'prim::MakeOptional' && index === 1) return user.outputs
  const owner = user.kind === 'prim::Return' ? user.block?.owner : undefined
  if (owner?.kind === 'prim::If') return [owner.output(index)]
  if (owner?.kind === 'prim::Loop' && index > 0) return [owner.output(index - 1), user.block!.params[index]!]
  return []
}

function rankOf(user: Node, index: number): number | undefined {
  // `b, t, c = x.size()` takes as many axes as there are names.
  if (user.kind === 'aten::size' && user.inputs.length === 1) {
    const unpack = [...user.output().uses].find((use) => use.user.kind === 'prim::ListUnpack')
    return unpack?.user.outputs.length
  }
  // A state of a recurrent layer is [layers, batch, size]; the general convolution tells its rank by its weight.
  if (RECURRENT.has(user.kind)) return index <= 1 ? 3 : undefined
  if (user.kind === 'prim::ListConstruct')
    return [...user.output().uses].some((use) => use.user.kind === 'aten::lstm' && use.index === 1) ? 3 : undefined
  if (index !== 0) return undefined
  // `b, c, h, w = x.size()` and `x.permute(0, 2, 3, 1)` have no other rank.
  if (user.kind === 'aten::size' && user.inputs.length === 1)
    return [...user.output().uses].find((use) => use.user.kind === 'prim::ListUnpack')?.user.outputs.length
  if (user.kind === 'aten::permute') return listLength(user.input(1))
  if (user.kind === 'aten::_convolution' || user.kind === 'aten::convolution') return constantTensor(user.input(1))?.sizes.length
  return RANKS.get(user.kind)
}

function listLength({ node }: Value): number | undefined {
  if (node.kind === 'prim::ListConstruct') return node.inputs.length
  const value = node.kind === 'prim::Constant' ? node.attributes.get('value') : undefined
  return value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'list' ? value.items.length : undefined
}

const RECURRENT = new Set(['lstm', 'gru', 'rnn_tanh', 'rnn_relu'].map((name) => `aten::${name}`))

/** Input channels of a convolution: those of its weight, times its groups. Transposed ones have them first. */
function channelsOf(user: Node): Dim {
  const weight = constantTensor(user.inputs[1] ?? user.output())
  if (weight === undefined || !user.kind.includes('conv')) return null
  const transposed = user.kind.includes('transpose') || (user.kind === 'aten::_convolution' && isTrue(user.inputs[6]))
  if (transposed) return weight.sizes[0] ?? null
  const groups = user.kind === 'aten::_convolution' || user.kind === 'aten::convolution' ? user.inputs[8] : user.inputs[6]
  const n = groups?.node.attributes.get('value')
  return typeof n === 'bigint' && weight.sizes[1] !== undefined ? weight.sizes[1] * Number(n) : null
}
const isTrue = (value: Value | undefined): boolean => value?.node.attributes.get('value') === true
