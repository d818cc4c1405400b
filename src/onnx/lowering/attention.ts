// Scaled dot-product attention as softmax(q·kᵀ·scale + mask)·v. Answers to aten/src/ATen/native/transformers/attention.cpp; a row that
// is masked as a whole gives 0, as in torch since 2.5.

import type { Dim, Dims } from '../../ir/dim.ts'
import { readElements } from '../../ir/tensor-elements.ts'
import type { OnnxBuilder } from '../builder.ts'
import { dimAt, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { opmath } from './compute.ts'
import { dropped } from './dropout.ts'
import { lower, lowers, type LoweringRow } from './row.ts'
import { rankOnly } from './spatial.ts'

export interface AttentionOptions {
  /** bool: True takes part. Of another dtype: added to the scores. */
  readonly mask?: OnnxValue | undefined
  /** A bool that the run decides where it is a tensor. */
  readonly causal?: boolean | OnnxValue
  /** 1/√E when not given. */
  readonly scale?: ScalarOperand | undefined
  /** Keys and values have fewer heads, each for several of the query. */
  readonly grouped?: boolean
  readonly dropout?: number
  /** What a row that sees nothing gives; 0 when not given. */
  readonly blind?: number
}

export interface Attention {
  readonly output: OnnxValue
  readonly weights: OnnxValue
  readonly scores: OnnxValue
}

/** Sizes of some axes of `x`, 1-d. */
const sizes = (x: OnnxValue, start: number, end: number | undefined, b: OnnxBuilder): OnnxValue =>
  b.op('Shape', [x], { start, ...(end === undefined ? {} : { end }) }, { dtype: 'int64', dims: [null] })
const joined = (parts: readonly OnnxValue[], b: OnnxBuilder): OnnxValue =>
  b.op('Concat', parts, { axis: 0 }, { dtype: 'int64', dims: [null] })

/** The last two axes swapped; where the rank is not known, those before them are one for a moment. */
function lastTwoSwapped(x: OnnxValue, b: OnnxBuilder): OnnxValue {
  const rank = x.dims?.length
  if (rank !== undefined) return b.transpose(x, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2])
  const [front, rows, columns] = [sizes(x, 0, -2, b), sizes(x, -2, -1, b), sizes(x, -1, undefined, b)]
  const matrices = b.op('ReduceProd', [front], { keepdims: 1 }, { dims: [1] })
  const stacked = b.op('Reshape', [x, joined([matrices, rows, columns], b)], { allowzero: 1 }, rankOnly(3))
  return b.op('Reshape', [b.transpose(stacked, [0, 2, 1]), joined([front, columns, rows], b)], { allowzero: 1 }, { dims: undefined })
}

/** 1/√E of the last axis. */
function defaultScale(query: OnnxValue, b: OnnxBuilder): OnnxValue {
  const width = dimAt(query, -1)
  if (typeof width === 'number') return b.scalar(query.dtype, 1 / Math.sqrt(width))
  return b.op('Reciprocal', [b.op('Sqrt', [b.cast(b.number(b.size(query, -1), 'int64'), query.dtype)])])
}

/** Heads repeated in place: [.., Hk, S, E] → [.., Hk·r, S, E]. */
function repeatedHeads(x: OnnxValue, query: OnnxValue, b: OnnxBuilder): OnnxValue {
  const [have, want] = [dimAt(x, -3), dimAt(query, -3)]
  if (have !== null && have === want) return x
  const one = (scalar: ScalarOperand): OnnxValue => b.reshapeTo(b.number(scalar, 'int64'), [1])
  const heads = one(b.size(query, -3))
  const times = b.op('Div', [heads, one(b.size(x, -3))], {}, { dims: [1] })
  const [matrix, wide] = [sizes(x, -2, undefined, b), b.op('Unsqueeze', [x, b.ints([-3])], {}, { dims: undefined })]
  const tiled = b.op('Expand', [wide, joined([sizes(x, 0, -2, b), times, matrix], b)], {}, { dims: undefined })
  const dims = x.dims === undefined ? undefined : rankOnly(x.dims.length).dims
  return b.op('Reshape', [tiled, joined([sizes(x, 0, -3, b), heads, matrix], b)], { allowzero: 1 }, { dims })
}

/** Position i sees positions 0 … i. */
function causalMask(query: OnnxValue, key: OnnxValue, b: OnnxBuilder): OnnxValue {
  const positions = (x: OnnxValue): OnnxValue =>
    b.op('Range', [b.scalar('int64', 0), b.number(b.size(x, -2), 'int64'), b.scalar('int64', 1)], {}, { dims: [null] })
  return b.op('LessOrEqual', [positions(key), b.unsqueeze(positions(query), [1])], {}, { dims: [dimAt(query, -2), dimAt(key, -2)] })
}

/** Whether a constant mask leaves something to see in every row. */
function everyRowSees(mask: OnnxValue): boolean {
  const { constant } = mask
  const width = constant?.sizes.at(-1)
  if (constant === undefined || width === undefined || width === 0 || constant.dtype === 'bfloat16') return false
  const elements = readElements(constant)
  for (let start = 0; start < elements.length; start += width)
    if (!elements.slice(start, start + width).some((e) => (mask.dtype === 'bool' ? Boolean(e) : Number(e) > -Infinity))) return false
  return true
}

export function attention(query: OnnxValue, key: OnnxValue, value: OnnxValue, options: AttentionOptions, b: OnnxBuilder): Attention {
  const { mask } = options
  const dtype = opmath(query.dtype)
  const q = b.cast(query, dtype)
  const fit = (x: OnnxValue): OnnxValue => b.cast(options.grouped === true ? repeatedHeads(x, query, b) : x, dtype)
  const scale = options.scale === undefined ? defaultScale(q, b) : b.number(options.scale, dtype)
  const leading = query.dims === undefined || key.dims === undefined ? undefined : Math.max(query.dims.length, key.dims.length) - 2
  const matrices = (...last: readonly [Dim, Dim]): { readonly dims: Dims } => ({
    dims: leading === undefined ? undefined : [...rankOnly(leading).dims, ...last],
  })
  const shape = matrices(dimAt(query, -2), dimAt(key, -2))
  let scores = b.op('MatMul', [b.op('Mul', [q, scale], {}, { dims: q.dims }), lastTwoSwapped(fit(key), b)], {}, shape)
  if (options.causal !== undefined && options.causal !== false) {
    const below = causalMask(query, key, b)
    const seen = options.causal === true ? below : b.op('Or', [b.op('Not', [options.causal]), below], {}, { dims: below.dims })
    scores = b.op('Where', [seen, scores, b.scalar(dtype, -Infinity)], {}, shape)
  }
  if (mask !== undefined)
    scores =
      mask.dtype === 'bool'
        ? b.op('Where', [mask, scores, b.scalar(dtype, -Infinity)], {}, shape)
        : b.op('Add', [scores, b.cast(mask, dtype)], {}, shape)
  const weights = dropped(b.op('Softmax', [scores], { axis: -1 }, shape), options.dropout ?? 0, b)
  const product = b.op('MatMul', [weights, fit(value)], {}, matrices(dimAt(query, -2), dimAt(value, -1)))
  // Softmax of a row of −∞ is NaN or not, by the runtime. A causal mask alone leaves the first key.
  const output =
    mask === undefined || everyRowSees(mask)
      ? product
      : b.op('Where', [hidden(scores, b), b.scalar(dtype, options.blind ?? 0), product], {}, { dims: product.dims })
  return { output: b.cast(output, query.dtype), weights, scores }
}

/** The scores, with a column of −∞ where there are no keys: no keys have no maximum. */
function atLeastOneKey(scores: OnnxValue, b: OnnxBuilder): OnnxValue {
  const keys = dimAt(scores, -1)
  if (typeof keys === 'number' && keys > 0) return scores
  const none = b.cast(b.op('Equal', [sizes(scores, -1, undefined, b), b.ints([0])], {}, { dtype: 'bool', dims: [1] }), 'int64')
  const dims = scores.dims === undefined ? undefined : [...scores.dims.slice(0, -1), null]
  return b.op(
    'Pad',
    [scores, joined([b.ints([0]), none], b), b.scalar(scores.dtype, -Infinity), b.ints([-1])],
    { mode: 'constant' },
    { dims },
  )
}

/** [.., L, 1]: rows that see nothing. */
export function hidden(scores: OnnxValue, b: OnnxBuilder): OnnxValue {
  const dims = scores.dims === undefined ? undefined : [...scores.dims.slice(0, -1), 1]
  const top = b.op('ReduceMax', [atLeastOneKey(scores, b), b.ints([-1])], { keepdims: 1 }, { dims })
  return b.op('Equal', [top, b.scalar(scores.dtype, -Infinity)], {}, { dims })
}

const flag = (operand: ScalarOperand): boolean | OnnxValue => (operand.kind === 'constant' ? operand.value === true : operand)

const NEEDS = { constant: ['dropout_p'] } as const

export const attentionLowerings: readonly LoweringRow[] = [
  lower(
    'aten::scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor',
    // nn.TransformerEncoder looks at its mask to tell.
    { ...NEEDS, operand: ['is_causal'] },
    (args, b) =>
      attention(
        args.query,
        args.key,
        args.value,
        {
          mask: args.attn_mask,
          causal: flag(args.is_causal as unknown as ScalarOperand),
          scale: args.scale,
          grouped: args.enable_gqa,
          dropout: args.dropout_p,
        },
        b,
      ).output,
  ),
  ...lowers(
    [
      'aten::_scaled_dot_product_attention_math(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, Tensor? dropout_mask=None, *, float? scale=None, bool enable_gqa=False) -> (Tensor, Tensor)',
      'aten::_scaled_dot_product_attention_math_for_mps(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, Tensor? dropout_mask=None, *, float? scale=None, bool enable_gqa=False) -> (Tensor, Tensor)',
    ],
    NEEDS,
    (args, b) => {
      // Here a bool mask is added like any other: callers turn it into 0 and −∞ before.
      const mask = args.attn_mask === undefined ? undefined : b.cast(args.attn_mask, opmath(args.query.dtype))
      const result = attention(
        args.query,
        args.key,
        args.value,
        { mask, causal: args.is_causal, scale: args.scale, grouped: args.enable_gqa, dropout: args.dropout_p },
        b,
      )
      const safe = b.op('Where', [hidden(result.scores, b), b.scalar(result.weights.dtype, 0), result.weights])
      return [result.output, b.cast(safe, args.query.dtype)]
    },
  ),
  lower(
    'aten::_scaled_dot_product_flash_attention_for_cpu(Tensor query, Tensor key, Tensor value, float dropout_p=0., bool is_causal=False, *, Tensor? attn_mask=None, float? scale=None) -> (Tensor output, Tensor logsumexp)',
    NEEDS,
    (args, b) =>
      withLogSum(
        attention(
          args.query,
          args.key,
          args.value,
          { mask: args.attn_mask, causal: args.is_causal, scale: args.scale, dropout: args.dropout_p },
          b,
        ),
        b,
      ),
  ),
  ...lowers(
    [
      'aten::_scaled_dot_product_efficient_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_bias, bool compute_log_sumexp, float dropout_p=0., bool is_causal=False, *, float? scale=None) -> (Tensor output, Tensor log_sumexp, Tensor philox_seed, Tensor philox_offset)',
      'aten::_scaled_dot_product_cudnn_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_bias, bool compute_log_sumexp, float dropout_p=0., bool is_causal=False, bool return_debug_mask=False, *, float? scale=None) -> (Tensor output, Tensor logsumexp, Tensor cum_seq_q, Tensor cum_seq_k, SymInt max_q, SymInt max_k, Tensor philox_seed, Tensor philox_offset, Tensor debug_attn_mask)',
      'aten::_scaled_dot_product_fused_attention_overrideable(Tensor query, Tensor key, Tensor value, Tensor? attn_bias=None, float dropout_p=0., bool is_causal=False, bool return_debug_mask=False, *, float? scale=None) -> (Tensor output, Tensor logsumexp, Tensor cum_seq_q, Tensor cum_seq_k, SymInt max_q, SymInt max_k, Tensor philox_seed, Tensor philox_offset, Tensor debug_attn_mask)',
    ],
    NEEDS,
    (args, b) =>
      withLogSum(
        attention(
          args.query,
          args.key,
          args.value,
          { mask: args.attn_bias, causal: args.is_causal, scale: args.scale, dropout: args.dropout_p },
          b,
        ),
        b,
      ),
  ),
  ...lowers(
    [
      'aten::_scaled_dot_product_flash_attention(Tensor query, Tensor key, Tensor value, float dropout_p=0., bool is_causal=False, bool return_debug_mask=False, *, float? scale=None) -> (Tensor output, Tensor logsumexp, Tensor cum_seq_q, Tensor cum_seq_k, SymInt max_q, SymInt max_k, Tensor rng_state, Tensor unused, Tensor debug_attn_mask)',
    ],
    NEEDS,
    (args, b) =>
      withLogSum(attention(args.query, args.key, args.value, { causal: args.is_causal, scale: args.scale, dropout: args.dropout_p }, b), b),
  ),
  lower('aten::_safe_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor', { constant: ['dim'] }, ({ self, dim }, b, [out]) =>
    safeSoftmax(b.cast(self, out?.dtype ?? self.dtype), dim, b),
  ),
]

/** Softmax that gives 0 where everything is −∞. */
function safeSoftmax(x: OnnxValue, axis: number, b: OnnxBuilder): OnnxValue {
  const top = b.op('ReduceMax', [x, b.ints([axis])], { keepdims: 1 }, { dims: x.dims?.map(() => null) })
  const weights = b.op('Softmax', [x], { axis }, { dims: x.dims })
  return b.op('Where', [b.op('Equal', [top, b.scalar(x.dtype, -Infinity)]), b.scalar(x.dtype, 0), weights], {}, { dims: x.dims })
}

/** The logarithm of a sum of nothing is 0 here. */
function withLogSum({ output, scores }: Attention, b: OnnxBuilder): OnnxValue[] {
  const dims = scores.dims?.slice(0, -1)
  const sums = b.op('ReduceLogSumExp', [scores, b.ints([-1])], { keepdims: 0 }, { dims })
  const none = b.op('Equal', [sums, b.scalar(scores.dtype, -Infinity)], {}, { dims })
  return [output, b.op('Where', [none, b.scalar(scores.dtype, 0), sums], {}, { dims })]
}
