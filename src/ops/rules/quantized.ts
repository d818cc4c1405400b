// dtype and shape of the exact integer sums that quantized layers are made of: products of 8-bit integers about their zero points, in int32.

import { tensorFact } from '../fact.ts'
import { rule, type Rule } from '../rule.ts'
import { convolved } from './convolution.ts'
import { matmulDims } from './linalg.ts'

export const quantizedRules: readonly Rule[] = [
  rule('functional::matmul_integer(Tensor a, Tensor b, Tensor a_zero_point, Tensor b_zero_point) -> Tensor', ({ a, b }) =>
    tensorFact('int32', matmulDims(a.dims, b.dims)),
  ),
  rule(
    'functional::conv_integer(Tensor x, Tensor w, Tensor x_zero_point, Tensor w_zero_point, int[] stride, int[] padding, int[] dilation, int groups) -> Tensor',
    (args) => {
      const rank = args.w.dims?.length ?? args.x.dims?.length
      return tensorFact('int32', convolved(args.x, args.w, args, rank === undefined ? undefined : rank - 2).dims)
    },
  ),
]
