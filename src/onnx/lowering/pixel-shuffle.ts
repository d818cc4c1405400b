// Pixels of channels and channels of pixels: pixel_shuffle and pixel_unshuffle, by DepthToSpace where its kernel has the dtype.
// Answers to aten/src/ATen/native/PixelShuffle.cpp and ONNX DepthToSpace-13.

import { isFloatingPoint } from '../../ir/scalar-type.ts'
import { range } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, Operand, ScalarOperand } from '../operand.ts'
import { reshape } from './movement.ts'
import { lower, type LoweringRow, type ResultInfo } from './row.ts'

/** The kernel, or for dtypes that it has not: [N, c·r², h, w] → [N, c, r, r, h, w] → [N, c, h, r, w, r] → [N, c, h·r, w·r]. */
function depthToSpace(x: OnnxValue, r: number, b: OnnxBuilder): OnnxValue {
  const four = { dims: [null, null, null, null] }
  if (isFloatingPoint(x.dtype)) return b.op('DepthToSpace', [x], { blocksize: r, mode: 'CRD' }, four)
  const by = b.elements('int64', [1], [r])
  const [n, c, h, w] = [0, 1, 2, 3].map((axis) => b.reshapeTo(b.number(b.size(x, axis), 'int64'), [1]))
  const joined = (parts: readonly OnnxValue[]): OnnxValue => b.op('Concat', parts, { axis: 0 }, { dims: [parts.length] })
  const less = b.op('Div', [c!, b.elements('int64', [1], [r * r])], {}, { dims: [1] })
  const times = (size: OnnxValue): OnnxValue => b.op('Mul', [size, by], {}, { dims: [1] })
  const six = { dims: range(6).map(() => null) }
  const blocks = b.transpose(b.op('Reshape', [x, joined([n!, less, by, by, h!, w!])], { allowzero: 1 }, six), [0, 1, 4, 2, 5, 3])
  return b.op('Reshape', [blocks, joined([n!, less, times(h!), times(w!)])], { allowzero: 1 }, four)
}

function pixelShuffle(x: OnnxValue, r: number, b: OnnxBuilder, out: ResultInfo): OnnxValue {
  const rank = x.dims!.length
  const four =
    rank === 4
      ? x
      : b.op(
          'Reshape',
          [x, b.concatScalars([{ kind: 'constant', value: -1n }, ...[-3, -2, -1].map((axis) => b.size(x, axis))])],
          {},
          { dims: [null, null, null, null] },
        )
  const shuffled = depthToSpace(four, r, b)
  if (rank === 4) return { ...shuffled, dims: out.dims }
  const sizes: Operand[] = [...range(rank - 3).map((axis) => b.size(x, axis)), ...[1, 2, 3].map((axis) => b.size(shuffled, axis))]
  return reshape(shuffled, { kind: 'list', items: sizes }, b, out)
}

/** [*, c, h·r, w·r] → [*, c·r², h, w]: pixels of a block become channels, channel-major. */
function pixelUnshuffle(x: OnnxValue, r: number, b: OnnxBuilder, out: ResultInfo): OnnxValue {
  const rank = x.dims!.length
  const lead = range(rank - 3).map((axis): Operand => b.size(x, axis))
  const part = (axis: number): ScalarOperand => {
    const size = b.size(x, axis)
    return size.kind === 'constant'
      ? { kind: 'constant', value: BigInt(size.value as bigint) / BigInt(r) }
      : b.op('Div', [size, b.scalar('int64', r)], {}, { dims: [] })
  }
  const by: Operand = { kind: 'constant', value: BigInt(r) }
  const [h, w] = [part(-2), part(-1)]
  const split = b.op(
    'Reshape',
    [x, b.concatScalars([...lead, b.size(x, -3), h, by, w, by])],
    { allowzero: 1 },
    { dims: range(rank + 2).map(() => null) },
  )
  const n = rank - 3
  const blocks = b.transpose(split, [...range(n), n, n + 2, n + 4, n + 1, n + 3])
  const channels = b.size(x, -3)
  const merged: Operand =
    channels.kind === 'constant'
      ? { kind: 'constant', value: (channels.value as bigint) * BigInt(r * r) }
      : b.op('Mul', [channels, b.scalar('int64', r * r)], {}, { dims: [] })
  return b.op('Reshape', [blocks, b.concatScalars([...lead, merged, h, w])], { allowzero: 1 }, out)
}

export const pixelShuffleLowerings: readonly LoweringRow[] = [
  lower(
    'aten::pixel_shuffle(Tensor self, int upscale_factor) -> Tensor',
    { constant: ['upscale_factor'], rank: ['self'] },
    ({ self, upscale_factor }, b, [out]) => pixelShuffle(self, upscale_factor, b, out!),
  ),
  lower(
    'aten::pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor',
    { constant: ['downscale_factor'], rank: ['self'] },
    ({ self, downscale_factor }, b, [out]) => pixelUnshuffle(self, downscale_factor, b, out!),
  ),
]
