// dtype and shape of attention. Mirrors aten/src/ATen/native/transformers/{attention,transformer}.cpp.

import { broadcast, type Dims } from '../../ir/dim.ts'
import { scalarTypeOfCode } from '../../ir/scalar-type.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { isNone, knownBool, knownInt, same } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** Leading axes: those of the query, as keys of grouped heads are repeated to fit. */
const lead = (query: Fact, key: Fact, grouped: boolean): Dims =>
  grouped ? query.dims?.slice(0, -2) : broadcast(query.dims?.slice(0, -2), key.dims?.slice(0, -2))

/** [..., L, Ev]. */
function attended(query: Fact, key: Fact, value: Fact, grouped = false): Fact {
  const front = lead(query, key, grouped)
  if (front === undefined || query.dims === undefined) return tensorFact(query.dtype, undefined)
  return tensorFact(query.dtype, [...front, query.dims.at(-2) ?? null, value.dims?.at(-1) ?? null])
}

export const attentionRules: readonly Rule[] = [
  rule(
    'aten::scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor',
    ({ query, key, value, enable_gqa }) => attended(query, key, value, knownBool(enable_gqa) === true),
  ),
  ...rules(
    [
      'aten::_scaled_dot_product_attention_math(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, Tensor? dropout_mask=None, *, float? scale=None, bool enable_gqa=False) -> (Tensor, Tensor)',
      'aten::_scaled_dot_product_attention_math_for_mps(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, Tensor? dropout_mask=None, *, float? scale=None, bool enable_gqa=False) -> (Tensor, Tensor)',
    ],
    ({ query, key, value, enable_gqa }) => {
      const grouped = knownBool(enable_gqa) === true
      const output = attended(query, key, value, grouped)
      return [
        output,
        tensorFact(query.dtype, output.dims === undefined ? undefined : [...output.dims.slice(0, -1), key.dims?.at(-2) ?? null]),
      ]
    },
  ),
  ...rules(
    [
      'aten::_scaled_dot_product_flash_attention_for_cpu(Tensor query, Tensor key, Tensor value, float dropout_p=0., bool is_causal=False, *, Tensor? attn_mask=None, float? scale=None) -> (Tensor output, Tensor logsumexp)',
      'aten::_scaled_dot_product_efficient_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_bias, bool compute_log_sumexp, float dropout_p=0., bool is_causal=False, *, float? scale=None) -> (Tensor output, Tensor log_sumexp, Tensor philox_seed, Tensor philox_offset)',
      'aten::_scaled_dot_product_flash_attention(Tensor query, Tensor key, Tensor value, float dropout_p=0., bool is_causal=False, bool return_debug_mask=False, *, float? scale=None) -> (Tensor output, Tensor logsumexp, Tensor cum_seq_q, Tensor cum_seq_k, SymInt max_q, SymInt max_k, Tensor rng_state, Tensor unused, Tensor debug_attn_mask)',
      'aten::_scaled_dot_product_cudnn_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_bias, bool compute_log_sumexp, float dropout_p=0., bool is_causal=False, bool return_debug_mask=False, *, float? scale=None) -> (Tensor output, Tensor logsumexp, Tensor cum_seq_q, Tensor cum_seq_k, SymInt max_q, SymInt max_k, Tensor philox_seed, Tensor philox_offset, Tensor debug_attn_mask)',
      'aten::_scaled_dot_product_fused_attention_overrideable(Tensor query, Tensor key, Tensor value, Tensor? attn_bias=None, float dropout_p=0., bool is_causal=False, bool return_debug_mask=False, *, float? scale=None) -> (Tensor output, Tensor logsumexp, Tensor cum_seq_q, Tensor cum_seq_k, SymInt max_q, SymInt max_k, Tensor philox_seed, Tensor philox_offset, Tensor debug_attn_mask)',
    ],
    ({ query, key, value }) => {
      const output = attended(query, key, value)
      return [output, tensorFact(query.dtype === 'float64' ? 'float64' : 'float32', output.dims?.slice(0, -1))]
    },
  ),
  rule(
    'aten::_native_multi_head_attention(Tensor query, Tensor key, Tensor value, int embed_dim, int num_head, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, Tensor? mask=None, bool need_weights=True, bool average_attn_weights=True, int? mask_type=None) -> (Tensor, Tensor)',
    ({ query, key, num_head, need_weights, average_attn_weights }) => {
      const [batch = null, length = null] = query.dims ?? []
      const keys = key.dims?.[1] ?? null
      const average = knownBool(average_attn_weights)
      const weights =
        knownBool(need_weights) === false || average === undefined
          ? undefined
          : average
            ? [batch, length, keys]
            : [batch, num_head.sym ?? null, length, keys]
      return [same(query), tensorFact(query.dtype, weights)]
    },
  ),
  rule(
    'aten::_transformer_encoder_layer_fwd(Tensor src, int embed_dim, int num_heads, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, bool use_gelu, bool norm_first, float eps, Tensor norm_weight_1, Tensor norm_bias_1, Tensor norm_weight_2, Tensor norm_bias_2, Tensor ffn_weight_1, Tensor ffn_bias_1, Tensor ffn_weight_2, Tensor ffn_bias_2, Tensor? mask=None, int? mask_type=None) -> Tensor',
    ({ src }) => same(src),
  ),
  rule('aten::_safe_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor', ({ self, dtype }) =>
    tensorFact(isNone(dtype) ? self.dtype : scalarTypeOfCode(knownInt(dtype) ?? -1), self.dims),
  ),
]
