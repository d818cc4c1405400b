// Attention as one operator of the runtime: heads packed and apart, scales, masks, dynamic dims; and what stays as it is.

import { describe, expect, it } from 'vitest'
import type { Dim } from '../../../src/ir/dim.ts'
import { eliminateDead } from '../../../src/onnx/eliminate-dead.ts'
import type { OnnxBuilder } from '../../../src/onnx/builder.ts'
import type { OnnxValue } from '../../../src/onnx/operand.ts'
import { fuseAttention } from '../../../src/onnx/passes/fuse-attention.ts'
import { fuseAttentionProjections } from '../../../src/onnx/passes/fuse-attention-projections.ts'
import { defineOnnxPass } from '../../../src/onnx/passes/onnx-pass.ts'
import { floats, linear, through, type Build } from './emitted.ts'

const [HEADS, WIDTH] = [2, 4]
const D = HEADS * WIDTH

const sized = (b: OnnxBuilder, x: OnnxValue, sizes: readonly number[], dims: readonly Dim[]): OnnxValue =>
  b.op('Reshape', [x, b.ints(sizes)], {}, { dims })
const heads = (b: OnnxBuilder, x: OnnxValue, key = false): OnnxValue =>
  b.transpose(sized(b, x, [0, 0, HEADS, WIDTH], [x.dims![0]!, x.dims![1]!, HEADS, WIDTH]), key ? [0, 2, 3, 1] : [0, 2, 1, 3])
const scoresOf = (b: OnnxBuilder, q: OnnxValue, k: OnnxValue): OnnxValue =>
  b.op('MatMul', [q, k], {}, { dims: [q.dims![0]!, HEADS, q.dims![2]!, k.dims![3]!] })
function joined(b: OnnxBuilder, scores: OnnxValue, v: OnnxValue): OnnxValue {
  const weights = b.op('Softmax', [scores], { axis: -1 })
  const y = b.op('MatMul', [weights, v], {}, { dims: [v.dims![0]!, HEADS, scores.dims![2]!, WIDTH] })
  const t = b.transpose(y, [0, 2, 1, 3])
  return sized(b, t, [0, 0, D], [t.dims![0]!, t.dims![1]!, D])
}
const projected = (b: OnnxBuilder, x: OnnxValue, seed: number, bias = true): OnnxValue =>
  linear(
    b,
    x,
    b.op('Mul', [b.constant(floats([D, D])), b.scalar('float32', seed)], {}, { dims: [D, D] }),
    bias ? b.constant(floats([D])) : undefined,
  )

type Masking = (b: OnnxBuilder, scores: OnnxValue, x: OnnxValue) => OnnxValue
/** q, k and v of one input. */
const attention =
  (mask: Masking = (_b, scores) => scores, scale = 0.3): Build =>
  (b, x) => {
    const [q, k, v] = [0.1, 0.2, 0.3].map((seed) => projected(b, x, seed)) as [OnnxValue, OnnxValue, OnnxValue]
    const scores = scoresOf(b, b.op('Mul', [heads(b, q), b.scalar('float32', scale)]), heads(b, k, true))
    return joined(b, mask(b, scores, x), heads(b, v))
  }

const attentionAndProjections = defineOnnxPass({
  name: 'both',
  doc: 'Attention, then its projections.',
  run: (model, context) => {
    fuseAttention.run(model, context)
    eliminateDead(model)
    return fuseAttentionProjections.run(model, context)
  },
})

const OPEN = ['n', 's', D]
const SIZES = [
  [2, 5, D],
  [1, 3, D],
] as const

describe('fuse-attention', () => {
  it('of separate projections, with its scale, where batch and length are open', async () => {
    const { left, missed } = await through(fuseAttention, attention(), OPEN, ...SIZES)
    expect(left.filter((op) => op !== 'Mul')).toEqual(['MatMul', 'Add', 'MatMul', 'Add', 'MatMul', 'Add', 'MultiHeadAttention'])
    expect(missed).toEqual([])
  })

  it('of one packed projection', async () => {
    const build: Build = (b, x) => {
      const qkv = linear(b, x, b.constant(floats([D, 3 * D])), b.constant(floats([3 * D])))
      const five = sized(b, qkv, [0, 0, 3, HEADS, WIDTH], [x.dims![0]!, x.dims![1]!, 3, HEADS, WIDTH])
      const moved = b.transpose(five, [2, 0, 3, 1, 4])
      const [q, k, v] = [0, 1, 2].map((i) =>
        b.op('Gather', [moved, b.scalar('int64', BigInt(i))], { axis: 0 }, { dims: moved.dims!.slice(1) }),
      ) as [OnnxValue, OnnxValue, OnnxValue]
      return joined(b, b.op('Div', [scoresOf(b, q, b.transpose(k, [0, 1, 3, 2])), b.scalar('float32', 2)]), v)
    }
    expect((await through(fuseAttention, build, OPEN, ...SIZES)).left).toEqual(['MatMul', 'Add', 'Split', 'MultiHeadAttention'])
    const both = await through(attentionAndProjections, build, OPEN, ...SIZES)
    expect(both.left).toEqual(['Attention'])
  })

  const row = (b: OnnxBuilder, x: OnnxValue): OnnxValue => b.op('Sigmoid', [x], {}, { dims: x.dims })
  const masks: Readonly<Record<string, Masking>> = {
    'a constant bias of two axes': (b, s) => b.op('Add', [s, b.constant(floats([5, 5]))], {}, { dims: s.dims }),
    'a constant bias with one row': (b, s) => b.op('Add', [b.constant(floats([1, 1, 1, 5])), s], {}, { dims: s.dims }),
    'a causal mask': (b, s) => {
      const seen = b.elements(
        'bool',
        [1, 1, 5, 5],
        Array.from({ length: 25 }, (_, i) => i % 5 <= Math.floor(i / 5)),
      )
      return b.op('Where', [seen, s, b.scalar('float32', -3.4e38)], {}, { dims: s.dims })
    },
    'a constant mask of what is hidden': (b, s) => {
      const hidden = b.elements(
        'bool',
        [5, 5],
        Array.from({ length: 25 }, (_, i) => i % 3 === 1),
      )
      return b.op('Where', [hidden, b.scalar('float32', -Infinity), s], {}, { dims: s.dims })
    },
    'a bias of the run with a row for each batch': (b, s, x) => {
      const sums = b.op('ReduceSum', [row(b, x), b.ints([2])], { keepdims: 0 }, { dims: [x.dims![0]!, x.dims![1]!] })
      return b.op('Add', [s, b.unsqueeze(b.unsqueeze(sums, [1]), [1])], {}, { dims: s.dims })
    },
  }
  it.each(Object.entries(masks))('with %s', async (_name, mask) => {
    const { left, missed } = await through(fuseAttention, attention(mask), ['n', 5, D], [2, 5, D], [1, 5, D])
    expect(left).toContain('MultiHeadAttention')
    expect(left).not.toContain('Softmax')
    expect(missed).toEqual([])
  })

  it('a mask of the run where the length is open gets its rows then', async () => {
    const { left } = await through(fuseAttention, attention(masks['a bias of the run with a row for each batch']), OPEN, ...SIZES)
    expect(left).toContain('Expand')
    expect(left).toContain('MultiHeadAttention')
  })

  it('not with a mask that only lowers scores, nor when weights are read elsewhere; and says so', async () => {
    const lowered: Masking = (b, s) => {
      const seen = b.elements(
        'bool',
        [5, 5],
        Array.from({ length: 25 }, (_, i) => i % 2 === 0),
      )
      return b.op('Where', [seen, s, b.scalar('float32', -5)], {}, { dims: s.dims })
    }
    const low = await through(fuseAttention, attention(lowered), ['n', 5, D], [2, 5, D])
    expect(low.left).toContain('Softmax')
    expect(low.missed).toEqual(['what masked scores become is not next to −∞'])
    const shared: Build = (b, x) => {
      const k = heads(b, x, true)
      const scores = scoresOf(b, heads(b, x), k)
      const y = joined(b, scores, heads(b, x))
      return b.op('Add', [y, b.op('ReduceMax', [scores], { keepdims: 0 }, { dims: [] })])
    }
    const read = await through(fuseAttention, shared, OPEN, [2, 3, D])
    expect(read.left).toContain('Softmax')
    expect(read.missed).toEqual(['the scores are used elsewhere too'])
  })
})

describe('rows that see nothing', () => {
  /** As lowering writes it: 0 where the greatest masked score is −∞. */
  const guarded =
    (mask: Masking, otherwise = 0): Build =>
    (b, x) => {
      const scores = mask(b, scoresOf(b, heads(b, x), heads(b, x, true)), x)
      const top = b.op('ReduceMax', [scores, b.ints([-1])], { keepdims: 1 }, { dims: [...scores.dims!.slice(0, -1), 1] })
      const blind = b.op('Equal', [top, b.scalar('float32', -Infinity)], {}, { dtype: 'bool', dims: top.dims })
      const output = b.op(
        'MatMul',
        [b.op('Softmax', [scores], { axis: -1 }, { dims: scores.dims }), heads(b, x)],
        {},
        { dims: [x.dims![0]!, HEADS, x.dims![1]!, WIDTH] },
      )
      const chosen = b.op('Where', [blind, b.scalar('float32', otherwise), output], {}, { dims: output.dims })
      return sized(b, b.transpose(chosen, [0, 2, 1, 3]), [0, 0, D], x.dims!)
    }
  /** Positions whose first feature is above 0.3, [B, 1, 1, S]: none in some batches. */
  const seen = (b: OnnxBuilder, x: OnnxValue, threshold: number): OnnxValue => {
    const first = b.op('Slice', [x, b.ints([0]), b.ints([1]), b.ints([2])], {}, { dims: [x.dims![0]!, x.dims![1]!, 1] })
    const flags = b.op('Greater', [first, b.scalar('float32', threshold)], {}, { dtype: 'bool', dims: first.dims })
    return b.unsqueeze(b.transpose(flags, [0, 2, 1]), [1])
  }
  const chosen =
    (threshold: number): Masking =>
    (b, s, x) =>
      b.op('Where', [seen(b, x, threshold), s, b.scalar('float32', -Infinity)], {}, { dims: s.dims })

  it.each([0.3, 2])('are 0, for a mask of bools (%f)', async (threshold) => {
    const { left, missed } = await through(fuseAttention, guarded(chosen(threshold)), OPEN, ...SIZES)
    expect(left).toContain('MultiHeadAttention')
    expect(left).not.toContain('Softmax')
    expect(left).not.toContain('ReduceMax')
    expect(missed).toEqual([])
  })
  it('are 0, for a mask that is added', async () => {
    const added: Masking = (b, s, x) => {
      const bias = b.op(
        'Where',
        [seen(b, x, 0.3), b.scalar('float32', 0.5), b.scalar('float32', -Infinity)],
        {},
        { dims: [x.dims![0]!, 1, 1, x.dims![1]!] },
      )
      return b.op('Add', [s, bias], {}, { dims: s.dims })
    }
    expect((await through(fuseAttention, guarded(added), OPEN, ...SIZES)).left).toContain('MultiHeadAttention')
  })
  it('what two layers hide is told once', async () => {
    const twice: Build = (b, x) => {
      const flags = seen(b, x, 0.3)
      const mask: Masking = (_b, s) => b.op('Where', [flags, s, b.scalar('float32', -Infinity)], {}, { dims: s.dims })
      return guarded(mask)(b, b.op('Neg', [guarded(mask)(b, x)], {}, { dims: x.dims }))
    }
    const { left } = await through(fuseAttention, twice, OPEN, ...SIZES)
    expect(left.filter((op) => op === 'MultiHeadAttention')).toHaveLength(2)
    expect(left.filter((op) => op === 'ReduceSum')).toHaveLength(1)
    expect(left.filter((op) => op === 'Expand')).toHaveLength(1)
  })
  it('not with another number than 0, nor where heads see different things', async () => {
    expect((await through(fuseAttention, guarded(chosen(0.3), 1), OPEN, ...SIZES)).left).toContain('Softmax')
    const byHead: Masking = (b, s) => {
      const flags = b.op(
        'Greater',
        [b.op('Slice', [s, b.ints([0]), b.ints([1]), b.ints([2])], {}, { dims: s.dims!.with(2, 1) }), b.scalar('float32', 0)],
        {},
        { dtype: 'bool', dims: s.dims!.with(2, 1) },
      )
      return b.op('Where', [flags, s, b.scalar('float32', -Infinity)], {}, { dims: s.dims })
    }
    expect((await through(fuseAttention, guarded(byHead), OPEN, [2, 3, D])).left).toContain('Softmax')
    const wide: Masking = (b, s) => {
      const flags = b.op(
        'Less',
        [b.constant(floats([1, HEADS, 1, 5])), b.scalar('float32', 0.5)],
        {},
        { dtype: 'bool', dims: [1, HEADS, 1, 5] },
      )
      return b.op('Where', [flags, s, b.scalar('float32', -Infinity)], {}, { dims: s.dims })
    }
    const { left, missed } = await through(fuseAttention, guarded(wide), ['n', 5, D], [2, 5, D])
    expect(left).toContain('Softmax')
    expect(missed).toEqual(['a row may see nothing for some heads alone'])
  })
})

describe('attention over windows', () => {
  const N = 3
  /** Each image is `count` windows; the mask is that of an image. */
  const windows =
    (images: number | string, count: number, mask: (b: OnnxBuilder) => OnnxValue, shift = true): Build =>
    (b, x) => {
      const bias: Masking = (_b, s) => {
        const own = b.op('Add', [s, b.constant(floats([1, HEADS, N, N]))], {}, { dims: s.dims })
        if (!shift) return own
        const seen = sized(b, own, [-1, count, HEADS, N, N], [images, count, HEADS, N, N])
        const added = b.op('Add', [seen, mask(b)], {}, { dims: seen.dims })
        return sized(b, added, [-1, HEADS, N, N], s.dims!)
      }
      const scores = bias(b, scoresOf(b, heads(b, x), heads(b, x, true)), x)
      return joined(b, scores, heads(b, x))
    }
  const mask = (b: OnnxBuilder): OnnxValue => b.constant(floats([1, 2, 1, N, N]))

  it('of one image: the mask joins the bias', async () => {
    const { left, missed } = await through(fuseAttention, windows(1, 2, mask), [2, N, D], [2, N, D])
    expect(left).toContain('MultiHeadAttention')
    expect(left).not.toContain('Softmax')
    expect(left).not.toContain('Expand')
    expect(missed).toEqual([])
  })
  it('of several images: once for each', async () => {
    const fixed = await through(fuseAttention, windows(3, 2, mask), [6, N, D], [6, N, D])
    expect(fixed.left).toContain('Expand')
    expect(fixed.left).not.toContain('Softmax')
    const open = await through(fuseAttention, windows('n', 2, mask), ['2*n', N, D], [2, N, D], [8, N, D])
    expect(open.left).toContain('Div')
    expect(open.left).not.toContain('Softmax')
  })
  it('not with a mask for each head', async () => {
    const byHead = (b: OnnxBuilder): OnnxValue => b.constant(floats([1, 2, HEADS, N, N]))
    const { left, missed } = await through(fuseAttention, windows(1, 2, byHead), [2, N, D], [2, N, D])
    expect(left).toContain('Softmax')
    expect(missed).toEqual(['the scores are not one product of queries and keys'])
  })
})

describe('fuse-attention-projections', () => {
  const apart =
    (biases: readonly boolean[]): Build =>
    (b, x) => {
      const [q, k, v] = biases.map((bias, i) => linear(b, x, b.constant(shifted(i)), bias ? b.constant(floats([D])) : undefined)) as [
        OnnxValue,
        OnnxValue,
        OnnxValue,
      ]
      return joined(b, scoresOf(b, heads(b, q), heads(b, k, true)), heads(b, v))
    }
  const shifted = (i: number) => ({ ...floats([D + 3, D]), sizes: [D, D], offset: i * D })

  it('weights of their own are laid side by side', async () => {
    expect((await through(attentionAndProjections, apart([true, true, true]), OPEN, ...SIZES)).left).toEqual(['Attention'])
  })
  it('a projection without bias has zeros', async () => {
    expect((await through(attentionAndProjections, apart([true, false, true]), OPEN, ...SIZES)).left).toEqual(['Attention'])
    expect((await through(attentionAndProjections, apart([false, false, false]), OPEN, ...SIZES)).left).toEqual(['Attention'])
  })
  it('not when a weight is read elsewhere', async () => {
    const tied: Build = (b, x) => {
      const w = b.constant(floats([D, D]))
      const [q, k, v] = [w, w, b.constant(shifted(1))].map((one) => linear(b, x, one)) as [OnnxValue, OnnxValue, OnnxValue]
      return joined(b, scoresOf(b, heads(b, q), heads(b, k, true)), heads(b, v))
    }
    const { left, missed } = await through(attentionAndProjections, tied, OPEN, [2, 3, D])
    expect(left).toContain('MultiHeadAttention')
    expect(missed).toEqual(['the weights are used elsewhere too'])
  })
})
