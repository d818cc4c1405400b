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

/** q·kᵀ over the last two axes. Where a rank is not known, Einsum does without. */
function products(q: OnnxValue, k: OnnxValue, dims: Dims, b: OnnxBuilder): OnnxValue {
  const rank = k.dims?.length
  if (rank === undefined || q.dims === undefined) return b.op('Einsum', [q, k], { equation: '...qe,...ke->...qk' }, { dims })
  const swapped = b.transpose(k, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2])
  return b.op('MatMul', [q, swapped], {}, { dims })
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
  const part = (start: number, end: number | undefined): OnnxValue =>
    b.op('Shape', [x], { start, ...(end === undefined ? {} : { end }) }, { dtype: 'int64', dims: [null] })
  const joined = (...parts: readonly OnnxValue[]): OnnxValue => b.op('Concat', parts, { axis: 0 }, { dtype: 'int64', dims: [null] })
  const one = (scalar: ScalarOperand): OnnxValue => b.reshapeTo(b.number(scalar, 'int64'), [1])
  const heads = one(b.size(query, -3))
  const times = b.op('Div', [heads, one(b.size(x, -3))], {}, { dims: [1] })
  const wide = b.op('Unsqueeze', [x, b.ints([-3])], {}, { dims: undefined })
  const tiled = b.op('Expand', [wide, joined(part(0, -2), times, part(-2, undefined))], {}, { dims: undefined })
  const shape = joined(part(0, -3), heads, part(-2, undefined))
  return b.op('Reshape', [tiled, shape], { allowzero: 1 }, { dims: x.dims === undefined ? undefined : rankOnly(x.dims.length).dims })
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
  let scores = products(b.op('Mul', [q, scale], {}, { dims: q.dims }), fit(key), shape.dims, b)
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

/** [.., L, 1]: rows that see nothing. */
export function hidden(scores: OnnxValue, b: OnnxBuilder): OnnxValue {
  const dims = scores.dims === undefined ? undefined : [...scores.dims.slice(0, -1), 1]
  const top = b.op('ReduceMax', [scores, b.ints([-1])], { keepdims: 1 }, { dims })
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
  lower(
    'aten::_scaled_dot_product_attention_math(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, Tensor? dropout_mask=None, *, float? scale=None, bool enable_gqa=False) -> (Tensor, Tensor)',
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
  lower(
    'aten::_scaled_dot_product_efficient_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_bias, bool compute_log_sumexp, float dropout_p=0., bool is_causal=False, *, float? scale=None) -> (Tensor output, Tensor log_sumexp, Tensor philox_seed, Tensor philox_offset)',
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

function withLogSum({ output, scores }: Attention, b: OnnxBuilder): OnnxValue[] {
  return [output, b.op('ReduceLogSumExp', [scores, b.ints([-1])], { keepdims: 0 }, { dims: scores.dims?.slice(0, -1) })]
}
