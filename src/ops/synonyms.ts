// Operators that compute what another operator computes: copies of views, back ends' own names of convolution, pooling and norms, internal
// names. Both tables, rules and lowerings, make their rows from this one. Answers to the forwarding functions of aten/src/ATen/native.

import type { FunctionSchema } from '../ir/function-schema.ts'
import type { IValue } from '../ir/ivalue.ts'
import { assert } from '../diagnostics/internal.ts'
import { qualifiedName } from '../ir/function-schema.ts'
import { schemasOf } from './schema-of.ts'

/** Operator, the operator that serves for it, and where that one's arguments come from when neither name nor default tells. */
type Row = readonly [
  own: string,
  of: string,
  args?: {
    /** Its argument → ours. The first goes to the first by itself. */
    readonly from?: Readonly<Record<string, string>>
    /** Its argument → a constant. */
    readonly fixed?: Readonly<Record<string, IValue>>
  },
]

const emptyList: IValue = { kind: 'list', items: [] }
const FORWARD = { fixed: { transposed: false, output_padding: emptyList } } as const
const TRANSPOSED = { fixed: { transposed: true, bias: null } } as const
const TRANSPOSED_BIAS = { fixed: { transposed: true } } as const
const AVERAGE = { from: { momentum: 'exponential_average_factor', eps: 'epsilon' } } as const

const TABLE: readonly Row[] = [
  // Views that are copied
  ['aten::expand_copy', 'aten::expand'],
  ['aten::view_copy', 'aten::view'],
  ['aten::view_copy.dtype', 'aten::view.dtype'],
  ['aten::permute_copy', 'aten::permute'],
  ['aten::t_copy', 'aten::t'],
  ['aten::transpose_copy.int', 'aten::transpose.int'],
  ['aten::unsqueeze_copy', 'aten::unsqueeze'],
  ['aten::unfold_copy', 'aten::unfold'],
  ['aten::_reshape_copy', 'aten::reshape', { from: { shape: 'size' } }],
  ['aten::_reshape_alias_copy', 'aten::reshape', { from: { shape: 'size' } }],
  ['aten::_lazy_clone', 'aten::clone'],
  ['aten::data', 'aten::detach'],
  ['aten::_mkldnn_reshape', 'aten::reshape'],
  ['aten::_mkldnn_transpose', 'aten::transpose.int'],
  // Places and kinds of memory: every tensor is dense and in one place
  ['aten::cuda', 'aten::cpu'],
  ['aten::pin_memory', 'aten::alias'],
  ['aten::_pin_memory', 'aten::clone'],
  ['aten::to_mkldnn', 'aten::_to_copy'],
  ['aten::to_dense', 'aten::_to_copy'],
  ['aten::_to_dense', 'aten::_to_copy'],
  ['aten::mkldnn_reorder_conv2d_weight', 'aten::clone'],
  ['aten::mkldnn_reorder_conv3d_weight', 'aten::clone'],
  ['aten::_autocast_to_full_precision', 'aten::alias'],
  // Sparse tensors stand as dense ones: what is computed with them has the same values
  ...['to_sparse', 'to_sparse.sparse_dim', 'to_sparse_csr', 'to_sparse_csc', 'to_sparse_bsr', 'to_sparse_bsc'].flatMap((name): Row[] => [
    [`aten::${name}`, 'aten::clone'],
    [`aten::_${name}`, 'aten::clone'],
  ]),
  ['aten::coalesce', 'aten::alias'],
  ['aten::_coalesce', 'aten::clone'],
  ['aten::_coalesced', 'aten::clone'],
  ['aten::smm', 'aten::mm'],
  ['aten::hspmm', 'aten::mm'],
  ['aten::_sparse_mm', 'aten::mm', { from: { mat2: 'dense' } }],
  ['aten::sspaddmm', 'aten::addmm'],
  ['aten::_sparse_addmm', 'aten::addmm'],
  ['aten::_sparse_sum', 'aten::sum'],
  ['aten::_sparse_sum.dtype', 'aten::sum'],
  ['aten::_sparse_sum.dim', 'aten::sum.dim_IntList'],
  ['aten::_sparse_sum.dim_dtype', 'aten::sum.dim_IntList'],
  ['aten::miopen_ctc_loss', 'aten::_ctc_loss'],
  ['aten::miopen_ctc_loss.Tensor', 'aten::_ctc_loss.Tensor'],
  // Convolution
  ['aten::cudnn_convolution', 'aten::convolution', { fixed: { ...FORWARD.fixed, bias: null } }],
  ['aten::mkldnn_convolution', 'aten::convolution', FORWARD],
  ['prim::mkldnn_convolution', 'aten::convolution', FORWARD],
  ['aten::miopen_convolution', 'aten::convolution', FORWARD],
  ['aten::miopen_depthwise_convolution', 'aten::convolution', FORWARD],
  ['aten::_mps_convolution', 'aten::convolution', FORWARD],
  ['aten::convolution_overrideable', 'aten::convolution'],
  ['aten::cudnn_convolution_transpose', 'aten::convolution', TRANSPOSED],
  ['aten::miopen_convolution_transpose', 'aten::convolution', TRANSPOSED_BIAS],
  ['aten::_mps_convolution_transpose', 'aten::convolution', TRANSPOSED],
  ['aten::thnn_conv2d', 'aten::conv2d'],
  ['aten::_slow_conv2d_forward', 'aten::conv2d'],
  ['aten::slow_conv_dilated2d', 'aten::conv2d'],
  ['aten::_nnpack_spatial_convolution', 'aten::conv2d'],
  ['aten::slow_conv3d', 'aten::conv3d'],
  ['aten::slow_conv3d_forward', 'aten::conv3d'],
  ['aten::slow_conv_dilated3d', 'aten::conv3d'],
  ['aten::slow_conv_transpose2d', 'aten::conv_transpose2d.input'],
  ['aten::slow_conv_transpose3d', 'aten::conv_transpose3d.input'],
  ['aten::mkldnn_linear', 'aten::linear'],
  // Norms
  ['aten::cudnn_batch_norm', 'aten::native_batch_norm', AVERAGE],
  ['aten::miopen_batch_norm', 'aten::native_batch_norm', AVERAGE],
  ['aten::_batch_norm_impl_index', 'aten::native_batch_norm'],
  ['aten::_batch_norm_no_update', 'aten::native_batch_norm', { fixed: { training: false } }],
  ['aten::native_norm', 'aten::norm.Scalar'],
  ['aten::native_norm.ScalarOpt_dim_dtype', 'aten::norm.ScalarOpt_dim_dtype'],
  // Pooling and sampling
  ['aten::mkldnn_max_pool2d', 'aten::max_pool2d'],
  ['aten::mkldnn_max_pool3d', 'aten::max_pool3d'],
  ['aten::mkldnn_adaptive_avg_pool2d', 'aten::adaptive_avg_pool2d'],
  ['aten::_grid_sampler_2d_cpu_fallback', 'aten::grid_sampler_2d'],
  ['aten::cudnn_grid_sampler', 'aten::grid_sampler', { fixed: { interpolation_mode: 0n, padding_mode: 0n, align_corners: true } }],
  ['aten::native_channel_shuffle', 'aten::channel_shuffle'],
  // Internal names
  ['aten::_logcumsumexp', 'aten::logcumsumexp'],
  ['aten::_is_all_true', 'aten::all'],
  ['aten::_is_any_true', 'aten::any'],
  ['prim::abs', 'aten::abs'],
]

export interface Synonym {
  readonly schema: FunctionSchema
  readonly of: FunctionSchema
  /** For each argument of `of`: the name of ours, or a constant. */
  readonly args: readonly ({ readonly name: string } | { readonly value: IValue })[]
}

function schemaNamed(name: string): FunctionSchema {
  const [operator] = name.split('.')
  const found = schemasOf(operator!).find((schema) => qualifiedName(schema) === name)
  assert(found !== undefined, `torch has no ${name}`)
  return found
}

function resolved([own, of, { from = {}, fixed = {} } = {}]: Row): Synonym {
  const [schema, target] = [schemaNamed(own), schemaNamed(of)]
  const args = target.args.map((arg, i): Synonym['args'][number] => {
    const value = fixed[arg.name] ?? (arg.name in fixed ? null : undefined)
    if (value !== undefined) return { value }
    const name = from[arg.name] ?? arg.name
    if (schema.args.some((candidate) => candidate.name === name)) return { name }
    if (i === 0) return { name: schema.args[0]!.name }
    assert(arg.default !== undefined, `nothing tells ${of}'s ${arg.name} of ${own}`)
    return { value: arg.default }
  })
  return { schema, of: target, args }
}

let list: readonly Synonym[] | undefined
export function synonyms(): readonly Synonym[] {
  list ??= TABLE.map(resolved)
  return list
}

/** Their names, which tell without reading schemas that a schema is none of them. */
export const synonymNames = (): readonly string[] => TABLE.map(([own]) => own)
