// Attention under the names that back ends have for it. Sequences of different lengths in one batch (`cum_seq_q`) and windows are not taken.
// Answers to aten/src/ATen/native/transformers/cuda/{attention.cu,sdp_utils.cpp} and transformers/sdp_utils_cpp.cpp.

import { absent, boolOf, compose, intOf, rankOf, Unsettled, type Call, type Composition, type Handle } from '../composition.ts'
import { DTYPE, size } from './program.ts'

const swapped = <V extends Handle>(x: V, call: Call<V>): V => call('aten::transpose.int', x, 1n, 2n)

/** Arguments that must not be given. */
function without(args: Readonly<Record<string, Handle>>, names: readonly string[]): void {
  for (const name of names) if (!absent(args[name]!)) throw new Unsettled(name, 'to be None: one batch of sequences of one length')
}

/** [L, S], True where query i sees key j: the last query sees the last key. */
function lowerRight<V extends Handle>(query: V, key: V, call: Call<V>): V {
  const [rows, columns] = [size(query, 1, call), size(key, 1, call)]
  const all = call('aten::ones', [rows, columns], DTYPE.bool)
  return call('aten::tril', all, call('aten::sub.int', columns, rows))
}

export const attentionCompositions: readonly Composition[] = [
  compose(
    'aten::_flash_attention_forward(Tensor query, Tensor key, Tensor value, Tensor? cum_seq_q, Tensor? cum_seq_k, SymInt max_q, SymInt max_k, float dropout_p, bool is_causal, bool return_debug_mask, *, float? scale=None, SymInt? window_size_left=None, SymInt? window_size_right=None, Tensor? seqused_k=None, Tensor? alibi_slopes=None, Tensor? block_table=None, int? num_splits=None) -> (Tensor output, Tensor softmax_logsumexp, Tensor rng_state, Tensor unused, Tensor debug_attn_mask)',
    (args, call) => {
      without(args, ['cum_seq_q', 'cum_seq_k', 'window_size_left', 'window_size_right', 'seqused_k', 'alibi_slopes', 'block_table'])
      const { query, key, value, scale, dropout_p, is_causal } = args
      const mask = boolOf(is_causal, 'is_causal') ? lowerRight(query, key, call) : null
      const heads = [query, key, value].map((x) => swapped(x, call))
      const op = 'aten::_scaled_dot_product_flash_attention_for_cpu'
      const [output, sums] = call.all(op, ...heads, dropout_p, false, mask, scale)
      return [swapped(output!, call), sums!]
    },
  ),
  compose(
    'aten::_efficient_attention_forward(Tensor query, Tensor key, Tensor value, Tensor? bias, Tensor? cu_seqlens_q, Tensor? cu_seqlens_k, SymInt? max_seqlen_q, SymInt? max_seqlen_k, float dropout_p, int custom_mask_type, bool compute_log_sumexp=False, *, float? scale=None, Tensor? seqlen_k=None, int? window_size=None) -> (Tensor output, Tensor logsumexp, Tensor philox_seed, Tensor philox_offset, SymInt max_seqlen_batch_q, SymInt max_seqlen_batch_k)',
    (args, call) => {
      without(args, ['cu_seqlens_q', 'cu_seqlens_k', 'seqlen_k', 'window_size'])
      const { query, key, value, bias, scale, dropout_p, custom_mask_type } = args
      // 1: query i sees keys 0 … i; 2: the last query sees the last key.
      const kind = intOf(custom_mask_type, 'custom_mask_type')
      let mask: typeof bias | null = absent(bias) ? null : bias
      if (kind !== 0) {
        const seen =
          kind === 2
            ? lowerRight(query, key, call)
            : call('aten::tril', call('aten::ones', [size(query, 1, call), size(key, 1, call)], DTYPE.bool))
        const hidden = call('aten::logical_not', seen)
        mask = call('aten::masked_fill.Scalar', mask ?? call('aten::zeros_like', seen, DTYPE.float32), hidden, -Infinity)
      }
      const heads = [query, key, value].map((x) => swapped(x, call))
      const op = 'aten::_scaled_dot_product_flash_attention_for_cpu'
      const [output, sums] = call.all(op, ...heads, dropout_p, false, mask, scale)
      return [swapped(output!, call), sums!]
    },
  ),
  compose(
    'aten::_cudnn_attention_forward(Tensor query, Tensor key, Tensor value, Tensor? attn_bias, Tensor? cum_seq_q, Tensor? cum_seq_k, SymInt max_q, SymInt max_k, bool compute_log_sumexp, float dropout_p=0., bool is_causal=False, bool return_debug_mask=False, *, float? scale=None) -> (Tensor output, Tensor logsumexp, Tensor cum_seq_q, Tensor cum_seq_k, SymInt max_q, SymInt max_k, Tensor philox_seed, Tensor philox_offset, Tensor debug_attn_mask)',
    (args, call) => {
      without(args, ['cum_seq_q', 'cum_seq_k'])
      const { query, key, value, attn_bias, dropout_p, is_causal, scale } = args
      return call.all('aten::_scaled_dot_product_flash_attention_for_cpu', query, key, value, dropout_p, is_causal, attn_bias, scale)
    },
  ),
  compose(
    'aten::_scaled_dot_product_flash_attention.quantized(Tensor query, Tensor key, Tensor value, Tensor? q_descale, Tensor? k_descale, Tensor? v_descale, float dropout_p=0., bool is_causal=False, bool return_debug_mask=False, *, float? scale=None) -> (Tensor output, Tensor logsumexp, Tensor cum_seq_q, Tensor cum_seq_k, SymInt max_q, SymInt max_k, Tensor rng_state, Tensor unused, Tensor debug_attn_mask)',
    (args, call) => {
      without(args, ['q_descale', 'k_descale', 'v_descale'])
      const { query, key, value, dropout_p, is_causal, scale } = args
      return call.all('aten::_scaled_dot_product_flash_attention_for_cpu', query, key, value, dropout_p, is_causal, null, scale)
    },
  ),
  compose(
    'aten::_triton_scaled_dot_attention(Tensor q, Tensor k, Tensor v, float dropout_p=0.) -> Tensor',
    ({ q, k, v, dropout_p }, call) => call('aten::scaled_dot_product_attention', q, k, v, null, dropout_p),
  ),
  compose(
    'aten::_triton_multi_head_attention(Tensor query, Tensor key, Tensor value, int embed_dim, int num_head, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, Tensor? mask=None) -> Tensor',
    ({ query, key, value, embed_dim, num_head, qkv_weight, qkv_bias, proj_weight, proj_bias, mask }, call) =>
      call.all(
        'aten::_native_multi_head_attention',
        query,
        key,
        value,
        embed_dim,
        num_head,
        qkv_weight,
        qkv_bias,
        proj_weight,
        proj_bias,
        mask,
        false,
      )[0]!,
  ),
  // [B, L, 3·E] → queries, scaled by 1/√(E/heads), keys and values: [B, heads, L, E/heads] each.
  compose(
    'aten::_transform_bias_rescale_qkv(Tensor qkv, Tensor qkv_bias, int num_heads) -> (Tensor, Tensor, Tensor)',
    ({ qkv, qkv_bias, num_heads }, call) => {
      const heads = BigInt(intOf(num_heads, 'num_heads'))
      const sum = call('aten::add.Tensor', qkv, qkv_bias)
      const parted = call('aten::permute', call('aten::unflatten.int', sum, 2n, [3n, heads, -1n]), [2n, 0n, 3n, 1n, 4n])
      const parts = [0n, 1n, 2n].map((i) => call('aten::select.int', parted, 0n, i))
      const width = call('aten::sqrt.int', size(parts[0]!, 3, call))
      return [call('aten::div.Scalar', parts[0]!, width), parts[1]!, parts[2]!]
    },
  ),
  // Which kernel torch would take: 1 is its fused one of the CPU, 0 the plain one. Both compute the same.
  compose(
    'aten::_fused_sdp_choice(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> int',
    (args, call) => {
      const { query, key, value, attn_mask, dropout_p } = args
      const plain = rankOf(query, 'query') !== 4 || dropout_p.fact.value !== 0 || !absent(attn_mask)
      if (plain) return call('aten::Int.bool', false)
      const [width, ...others] = [query, key, value].map((x) => size(x, 3, call)) as [typeof query, ...(typeof query)[]]
      const equal = others.map((other) => call('aten::eq.int', width, other))
      return call('aten::Int.bool', call('aten::__and__.bool', ...equal))
    },
  ),
]
