// Exact integer sums of quantized layers: MatMulInteger-10 and ConvInteger-10. onnxruntime's ConvInteger takes unsigned bytes only, which
// lower-quantized sees to.

import { spread } from '../../ops/rules/spatial.ts'
import type { OnnxValue } from '../operand.ts'
import { lower, UnmetNeed, type LoweringRow } from './row.ts'

export const quantizedLowerings: readonly LoweringRow[] = [
  lower(
    'functional::matmul_integer(Tensor a, Tensor b, Tensor a_zero_point, Tensor b_zero_point) -> Tensor',
    ({ a, b: other, a_zero_point, b_zero_point }, b, [out]) =>
      b.op('MatMulInteger', [a, other, a_zero_point, b_zero_point], {}, { dtype: 'int32', dims: out?.dims }),
  ),
  lower(
    'functional::conv_integer(Tensor x, Tensor w, Tensor x_zero_point, Tensor w_zero_point, int[] stride, int[] padding, int[] dilation, int groups) -> Tensor',
    { constant: ['stride', 'padding', 'dilation', 'groups'] },
    ({ x, w, x_zero_point, w_zero_point, stride, padding, dilation, groups }, b, [out]) => {
      const n = spatialRank(x, w)
      const pads = spread(padding, n)
      const kernel = w.dims?.slice(2)
      return b.op(
        'ConvInteger',
        [x, w, x_zero_point, w_zero_point],
        {
          kernel_shape: kernel?.every((size) => typeof size === 'number') === true ? (kernel as number[]) : undefined,
          strides: spread(stride, n),
          pads: [...pads, ...pads],
          dilations: spread(dilation, n),
          group: groups,
        },
        { dtype: 'int32', dims: out?.dims },
      )
    },
  ),
]

function spatialRank(x: OnnxValue, w: OnnxValue): number {
  const rank = w.dims?.length ?? x.dims?.length
  if (rank === undefined) throw new UnmetNeed('x', 'its rank to be known')
  return rank - 2
}
