// The fused fast paths of nn.MultiheadAttention and nn.TransformerEncoderLayer, batch first. Their masks say who is left out; any dtype
// but bool counts as "not 0". A row that sees nothing is NaN. Answers to aten/src/ATen/native/transformers/{attention,transformer}.cpp.

import type { OnnxBuilder } from '../builder.ts'
import { f } from '../model.ts'
import { dimAt, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { attention, hidden } from './attention.ts'
import { opmath } from './compute.ts'
import { known } from './int-math.ts'
import { lower, UnmetNeed, type LoweringRow } from './row.ts'
import { rankOnly } from './spatial.ts'

const linear = (x: OnnxValue, weight: OnnxValue, bias: OnnxValue, b: OnnxBuilder): OnnxValue =>
  b.op('Add', [b.op('MatMul', [x, b.transpose(weight, [1, 0])], {}, rankOnly(3)), bias], {}, rankOnly(3))

interface Heads {
  readonly qkv_weight: OnnxValue
  readonly qkv_bias: OnnxValue
  readonly proj_weight: OnnxValue
  readonly proj_bias: OnnxValue
  readonly heads: number
  readonly mask: OnnxValue | undefined
  /** 0: [L, L]; 1: keys left out, [B, S]; 2: [B, heads, L, S]. */
  readonly maskType: ScalarOperand | undefined
}

/** True where a key takes part, so that it broadcasts over [B, heads, L, S]. */
function participants(mask: OnnxValue, told: ScalarOperand | undefined, b: OnnxBuilder): OnnxValue {
  const kept = b.op('Not', [b.cast(mask, 'bool')])
  const rank = mask.dims?.length
  if (rank === 4) return kept
  const type = told === undefined ? undefined : known(told)
  if (told !== undefined && type === undefined) return decidedByType(kept, told, b)
  // Only the type tells an [L, L] mask, one for all, from a [B, S] mask, one per sample; without one it is the former. A mask of open rank
  // without a type is in a branch that is never taken: torch refuses it.
  if (type === 1n) return b.unsqueeze(kept, [1, 2])
  if (rank === 2 || rank === undefined || type !== undefined) return kept
  throw new UnmetNeed('mask', 'a mask of rank 2 or 4 with its mask_type')
}

/** Of a type that the run tells, as a merge of masks leaves it: [B, 1, 1, S] for one of keys, else ones in front of whatever axes there are. */
function decidedByType(kept: OnnxValue, type: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const shape = b.shape(kept)
  const joined = (parts: readonly OnnxValue[]): OnnxValue => b.op('Concat', parts, { axis: 0 }, { dtype: 'int64', dims: [null] })
  const [first, last] = [0, -1].map((at) => b.op('Gather', [shape, b.ints([at])], { axis: 0 }, { dtype: 'int64', dims: [1] }))
  const ones = b.ints([1, 1, 1])
  const all = b.op('Slice', [joined([ones, shape]), b.ints([-4]), b.ints([8]), b.ints([0])], {}, { dtype: 'int64', dims: [4] })
  const ofKeys = joined([first!, b.ints([1, 1]), last!])
  const isOfKeys = b.op('Equal', [b.number(type, 'int64'), b.scalar('int64', 1)], {}, { dtype: 'bool', dims: [] })
  const dims = b.op('Where', [isOfKeys, ofKeys, all], {}, { dtype: 'int64', dims: [4] })
  return b.op('Reshape', [kept, dims], { allowzero: 1 }, rankOnly(4))
}

interface Attended {
  readonly output: OnnxValue
  /** [B, heads, L, S]. */
  readonly weights: OnnxValue
}

/** [B, L, E] each. */
function multiHead(query: OnnxValue, key: OnnxValue, value: OnnxValue, of: Heads, b: OnnxBuilder): Attended {
  const thirds = [of.qkv_weight, of.qkv_bias].map((packed) =>
    b.ops(
      'Split',
      [packed],
      { axis: 0, num_outputs: 3 },
      Array.from({ length: 3 }, () => ({ dims: packed.dims?.map((dim, i) => (i === 0 ? null : dim)) })),
    ),
  ) as [OnnxValue[], OnnxValue[]]
  const packed = dimAt(of.qkv_weight, 0)
  const width = typeof packed === 'number' ? packed / 3 / of.heads : null
  const split = (x: OnnxValue, i: number): OnnxValue => {
    const projected = linear(x, thirds[0][i]!, thirds[1][i]!, b)
    const heads = b.op('Reshape', [projected, b.ints([0, 0, of.heads, -1])], { allowzero: 0 }, { dims: [null, null, of.heads, width] })
    return b.transpose(heads, [0, 2, 1, 3])
  }
  const mask = of.mask === undefined ? undefined : participants(of.mask, of.maskType, b)
  const { output, weights, scores } = attention(split(query, 0), split(key, 1), split(value, 2), { mask, blind: NaN }, b)
  const joined = b.op('Reshape', [b.transpose(output, [0, 2, 1, 3]), b.ints([0, 0, -1])], { allowzero: 0 }, rankOnly(3))
  const told =
    mask === undefined ? weights : b.op('Where', [hidden(scores, b), b.scalar(weights.dtype, NaN), weights], {}, { dims: weights.dims })
  return { output: linear(joined, of.proj_weight, of.proj_bias, b), weights: told }
}

function widened<T extends Readonly<Record<string, unknown>>>(
  args: T,
  names: readonly (keyof T)[],
  dtype: OnnxValue['dtype'],
  b: OnnxBuilder,
): T {
  return { ...args, ...Object.fromEntries(names.map((name) => [name, b.cast(args[name] as OnnxValue, dtype)])) }
}

const PACKED = ['qkv_weight', 'qkv_bias', 'proj_weight', 'proj_bias'] as const

export const transformerLowerings: readonly LoweringRow[] = [
  lower(
    'aten::_native_multi_head_attention(Tensor query, Tensor key, Tensor value, int embed_dim, int num_head, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, Tensor? mask=None, bool need_weights=True, bool average_attn_weights=True, int? mask_type=None) -> (Tensor, Tensor)',
    { constant: ['num_head'] },
    (args, b) => {
      const { dtype } = args.query
      const wide = widened(args, ['query', 'key', 'value', ...PACKED], opmath(dtype), b)
      const of = { ...wide, heads: args.num_head, maskType: args.mask_type }
      const { output, weights } = multiHead(wide.query, wide.key, wide.value, of, b)
      const given = args.average_attn_weights ? b.op('ReduceMean', [weights, b.ints([1])], { keepdims: 0 }, rankOnly(3)) : weights
      return [b.cast(output, dtype), b.cast(given, dtype)]
    },
  ),
  lower(
    'aten::_transformer_encoder_layer_fwd(Tensor src, int embed_dim, int num_heads, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, bool use_gelu, bool norm_first, float eps, Tensor norm_weight_1, Tensor norm_bias_1, Tensor norm_weight_2, Tensor norm_bias_2, Tensor ffn_weight_1, Tensor ffn_bias_1, Tensor ffn_weight_2, Tensor ffn_bias_2, Tensor? mask=None, int? mask_type=None) -> Tensor',
    { constant: ['num_heads', 'eps'] },
    (args, b) => {
      const dtype = opmath(args.src.dtype)
      const norms = ['norm_weight_1', 'norm_bias_1', 'norm_weight_2', 'norm_bias_2'] as const
      const ffn = ['ffn_weight_1', 'ffn_bias_1', 'ffn_weight_2', 'ffn_bias_2'] as const
      const wide = widened(args, ['src', ...PACKED, ...norms, ...ffn], dtype, b)
      const of = { ...wide, heads: args.num_heads, maskType: args.mask_type }
      const norm = (x: OnnxValue, weight: OnnxValue, bias: OnnxValue): OnnxValue =>
        b.op('LayerNormalization', [x, weight, bias], { axis: -1, epsilon: f(args.eps), stash_type: 1 }, rankOnly(3))
      const first = (x: OnnxValue): OnnxValue => norm(x, wide.norm_weight_1, wide.norm_bias_1)
      const second = (x: OnnxValue): OnnxValue => norm(x, wide.norm_weight_2, wide.norm_bias_2)
      const attend = (x: OnnxValue): OnnxValue => multiHead(x, x, x, of, b).output
      const feed = (x: OnnxValue): OnnxValue => {
        const inner = linear(x, wide.ffn_weight_1, wide.ffn_bias_1, b)
        return linear(args.use_gelu ? gelu(inner, b) : b.op('Relu', [inner]), wide.ffn_weight_2, wide.ffn_bias_2, b)
      }
      const plus = (x: OnnxValue, y: OnnxValue): OnnxValue => b.op('Add', [x, y], {}, rankOnly(3))
      if (args.norm_first) {
        const middle = plus(wide.src, attend(first(wide.src)))
        return b.cast(plus(middle, feed(second(middle))), args.src.dtype)
      }
      const middle = first(plus(wide.src, attend(wide.src)))
      return b.cast(second(plus(middle, feed(middle))), args.src.dtype)
    },
  ),
]

/** x·(1 + erf(x/√2))/2. */
function gelu(x: OnnxValue, b: OnnxBuilder): OnnxValue {
  const erf = b.op('Erf', [b.op('Div', [x, b.scalar(x.dtype, Math.SQRT2)])])
  return b.op('Mul', [b.op('Mul', [x, b.op('Add', [erf, b.scalar(x.dtype, 1)])]), b.scalar(x.dtype, 0.5)])
}
