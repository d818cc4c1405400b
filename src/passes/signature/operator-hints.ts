// What single operators tell of their inputs: which rank and dtype they ask for, and which results have the rank of an input.

import { constantOf, constantTensor } from '../../ir/constant.ts'
import type { Dim } from '../../ir/dim.ts'
import type { Node } from '../../ir/node.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import type { Value } from '../../ir/value.ts'
import { schemaOf } from '../../ops/schema-of.ts'

/** Operators whose first result has the rank (and, before any other, the channels) of their first input. */
export const KEEPS = new Set(
  [
    'relu', 'relu6', 'leaky_relu', 'gelu', 'silu', 'sigmoid', 'tanh', 'hardtanh', 'hardswish', 'hardsigmoid', 'elu', 'selu', 'softplus', 'mish', 'prelu',
    'abs', 'neg', 'round', 'exp', 'log', 'sqrt', 'square', 'clamp', 'add', 'sub', 'mul', 'div', 'pow', 'rsub', 'to', 'type_as', 'contiguous', 'clone', 'detach',
    'dropout', 'feature_dropout', 'alpha_dropout', 'batch_norm', 'instance_norm', 'group_norm', 'softmax', 'log_softmax', 'float', 'half', 'double',
  ].map((name) => `aten::${name}`),
) // prettier-ignore

/** The same, but axis 1 of the result is no longer that of the input. */
export const KEEPS_RANK = new Set(
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
    'narrow',
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
    'topk',
    'gather',
    'index_select',
    'index_add',
    'index_copy',
    'scatter',
    'scatter_add',
    'slice_scatter',
    'select_scatter',
    'index_put',
  ].map((name) => `aten::${name}`),
)

/** Results with more axes, or fewer, than the input. */
export const ADDS_AXES = new Map([
  ['aten::embedding', 1],
  ['aten::one_hot', 1],
  ['aten::unsqueeze', 1],
  ['aten::stack', 1],
  ['aten::select', -1],
  ['aten::unbind', -1],
])

/** Results that hold the elements of the first input in axes that only the run knows. */
export const RESHAPES = new Set(
  ['reshape', 'view', 'flatten', 'unflatten', 'squeeze', 'expand', 'expand_as', 'repeat', 'ravel', 'view_as', 'reshape_as'].map(
    (name) => `aten::${name}`,
  ),
)

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
  ['aten::im2col', 4],
  ['aten::col2im', 3],
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
  scatter_reduce: [2], IntImplicit: [0], index: [1], _unsafe_index: [1], index_put: [1],
} // prettier-ignore
/** Arguments that are masks: bool. */
const MASKS: Readonly<Record<string, readonly number[]>> = {
  where: [0], logical_not: [0], bitwise_not: [0], masked_fill: [1], masked_scatter: [1], masked_select: [1],
} // prettier-ignore

/** Arguments that are complex. */
const COMPLEX: Readonly<Record<string, readonly number[]>> = { view_as_real: [0], imag: [0], istft: [0], _fft_c2r: [0] }

/** Operators that say the dtype of an input: arguments by index. */
export const DTYPES = new Map(
  ([[INDICES, 'int64'], [MASKS, 'bool'], [COMPLEX, 'complex64']] as const).flatMap(([table, dtype]) =>
    Object.entries(table).map(([name, at]): [string, { at: readonly number[]; dtype: ScalarType }] => [`aten::${name}`, { at, dtype }]),
  ),
) // prettier-ignore

/** Operators whose result is whole only if the first input is. */
export const KEEPS_INTEGERS = new Set(
  ['add', 'sub', 'mul', 'neg', 'abs', 'clamp', 'remainder', 'masked_fill'].map((name) => `aten::${name}`),
)

/** Operators whose result holds elements of the first input. */
export const KEEPS_ELEMENTS = new Set(
  [
    'unsqueeze', 'select', 'slice', 'transpose', 'permute', 'flip', 'contiguous', 'clone', 'detach', 'cat', 'stack', 'chunk', 'split', 'unbind',
    '__getitem__', 'sort', 'index_select', 'cpu', 'item', 'reshape', 'view', 'flatten', 'unflatten', 'squeeze', 'expand', 'expand_as', 'repeat', 'ravel',
    'view_as', 'reshape_as',
  ].map((name) => `aten::${name}`), // prettier-ignore
)

/** The rank that `user` asks of its input `index`. `known` tells ranks of other values. */
export function rankOf(user: Node, index: number, known: (value: Value) => number | undefined): number | undefined {
  const exact = EXACT.get(user.kind)?.[index]
  if (exact !== undefined) return exact
  // A state of a recurrent layer is [layers, batch, size]; the general convolution tells its rank by its weight.
  if (RECURRENT.has(user.kind)) return (isPacked(user) ? [2, 1, 3] : [3, 3])[index]
  if (user.kind === 'prim::ListConstruct') return listed(user, index, known)
  const partner = partnersOf(user).find((at) => at !== index)
  if (partner !== undefined && partnersOf(user).includes(index)) return known(user.input(partner))
  if (index !== 0) return undefined
  switch (user.kind) {
    // `b, t, c = x.size()` and `x.permute(0, 2, 3, 1)` take as many axes as are named.
    case 'aten::size':
      return user.inputs.length === 1 ? unpacked(user) : undefined
    case 'aten::permute':
      return listLength(user.input(1))
    // `rows, columns = torch.where(x)`: a position has one number per axis.
    case 'aten::where':
      return user.inputs.length === 1 ? unpacked(user) : undefined
    // −1 keeps an extent, so it cannot stand for a new axis in front.
    case 'aten::expand':
      return constantOf(user.input(1).node.inputs[0] ?? user.input(1)) === -1n ? listLength(user.input(1)) : undefined
    case 'aten::_convolution':
    case 'aten::convolution':
    case 'functional::conv_integer':
      return constantTensor(user.input(1))?.sizes.length
    default:
      return RANKS.get(user.kind)
  }
}

/** Arguments that have one rank between them: the tensor and the index of its elements. */
const partnersOf = (user: Node): readonly number[] => PARTNERS.get(user.kind) ?? []
const PARTNERS = new Map<string, readonly number[]>([
  ['aten::gather', [0, 2]],
  ...['scatter', 'scatter_add', 'scatter_reduce'].map((name): [string, readonly number[]] => [`aten::${name}`, [0, 2]]),
])

/** Ranks that an operator's arguments have at least, and have where there is no batch. */
const LEAST = new Map<string, readonly number[]>([
  ['aten::linalg_solve', [2, 2]],
  ['aten::linalg_solve_ex', [2, 2]],
  ['aten::cross_entropy_loss', [2, 1]],
  ['aten::nll_loss', [2, 1]],
  ['aten::nll_loss_nd', [2, 1]],
  ['aten::tril', [2]],
  ['aten::triu', [2]],
  ['aten::matmul', [1, 1]],
])
/** Operators on matrices whose second operand is of the first one's rank where it is a stack of matrices. */
const STACKS = new Set(['aten::linalg_solve', 'aten::linalg_solve_ex', 'aten::matmul', 'aten::cdist'])

/**
 * The least rank that `user` takes for its input `index`, by the axes that it counts from the front: who writes `x[:, :, 0]` or
 * `transpose(1, 2)` has at least three in mind. Axes counted from the back say nothing of how many are in front.
 */
export function leastRankOf(user: Node, index: number, known: (value: Value) => number | undefined): number {
  const stack = STACKS.has(user.kind) && index < 2 ? known(user.input(1 - index)) : undefined
  const least = Math.max(LEAST.get(user.kind)?.[index] ?? 0, stack ?? 0)
  if (index !== 0) return least
  if (user.kind === 'aten::index' || user.kind === 'aten::index_put') return Math.max(least, listLength(user.input(1)) ?? 0)
  const axes = schemaOf(user)?.args.flatMap(({ name }, at) => (AXIS_NAMES.has(name) ? axesOf(user.inputs[at]) : [])) ?? []
  // `unsqueeze(1)` and `stack(…, 1)` count an axis that is not there yet.
  return Math.max(least, ...axes.map((axis) => (ADDS_AXES.get(user.kind) === 1 ? axis : axis + 1)))
}

/** The constant axes in an argument: one, or a list of them. */
function axesOf(value: Value | undefined): number[] {
  if (value === undefined) return []
  const found = constantOf(value)
  const listed = value.node.kind === 'prim::ListConstruct' ? value.node.inputs.map((item) => constantOf(item)) : []
  const literal = found !== null && typeof found === 'object' && 'kind' in found && found.kind === 'list' ? found.items : []
  return [found, ...listed, ...literal].filter((axis) => typeof axis === 'bigint').map(Number)
}

/** How schemas call arguments that name axes of the first one. */
const AXIS_NAMES = new Set(['dim', 'dims', 'dim0', 'dim1', 'dim2', 'axis', 'axis0', 'axis1', 'start_dim', 'end_dim', 'dimension'])

const unpacked = (node: Node): number | undefined =>
  [...node.output().uses].find((use) => use.user.kind === 'prim::ListUnpack')?.user.outputs.length

/** An element of a list: the state of an lstm, an operand of einsum, a neighbour of tensors that it is joined with. */
function listed(list: Node, index: number, known: (value: Value) => number | undefined): number | undefined {
  for (const { user, index: at } of list.output().uses) {
    if (user.kind === 'aten::lstm' && at === (isPacked(user) ? 2 : 1)) return 3
    if (user.kind === 'aten::einsum' && at === 1) {
      const equation = constantOf(user.input())
      const term = typeof equation === 'string' ? equation.replaceAll(' ', '').split('->')[0]!.split(',')[index] : undefined
      if (term !== undefined && !term.includes('.')) return term.length
    }
    if ((user.kind === 'aten::cat' || user.kind === 'aten::stack') && at === 0) {
      const rank = list.inputs.map((value, i) => (i === index ? undefined : known(value))).find((found) => found !== undefined)
      if (rank !== undefined) return rank
    }
  }
  return undefined
}

function listLength({ node }: Value): number | undefined {
  if (node.kind === 'prim::ListConstruct') return node.inputs.length
  const value = node.kind === 'prim::Constant' ? node.attributes.get('value') : undefined
  return value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'list' ? value.items.length : undefined
}

/** `(data, batch_sizes, hx, params, …)` for `(input, hx, params, …)`. */
const isPacked = (user: Node): boolean => user.inputs[3]?.type.kind === 'List'

const RECURRENT = new Set(['lstm', 'gru', 'rnn_tanh', 'rnn_relu'].map((name) => `aten::${name}`))

/** Input channels of a convolution: those of its weight, times its groups. Transposed ones have them first. */
export function channelsOf(user: Node): Dim {
  const weight = constantTensor(user.inputs[1] ?? user.output())
  if (weight === undefined || !user.kind.includes('conv')) return null
  const transposed = user.kind.includes('transpose') || (user.kind === 'aten::_convolution' && isTrue(user.inputs[6]))
  if (transposed) return weight.sizes[0] ?? null
  const groups =
    user.kind === 'aten::_convolution' || user.kind === 'aten::convolution'
      ? user.inputs[8]
      : user.kind === 'functional::conv_integer'
        ? user.inputs[7]
        : user.inputs[6]
  const n = groups?.node.attributes.get('value')
  return typeof n === 'bigint' && weight.sizes[1] !== undefined ? weight.sizes[1] * Number(n) : null
}
const isTrue = (value: Value | undefined): boolean => value?.node.attributes.get('value') === true
