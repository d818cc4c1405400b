// Lanczos resampling with antialiasing: along each axis a product with a matrix of weights, as ONNX has no such kernel.
// Answers to aten/src/ATen/native/cpu/UpSampleKernel.cpp (HelperInterpLanczos, area_pixel_compute_scale). Pictures of bytes are not taken.

import { absent, boolOf, compose, Unsettled, type Call, type Composition, type Handle } from '../composition.ts'
import { isFloatingPoint } from '../../ir/scalar-type.ts'
import { count, DTYPE, size } from './program.ts'

/** Zero crossings on each side. */
const LOBES = 3

/** How far apart in the input two neighbours of the output are. */
function stepOf<V extends Handle>(from: V, to: V, scale: V | null, aligned: boolean, call: Call<V>): V {
  if (aligned) {
    const gaps = call('prim::max.int', call('aten::sub.int', to, 1n), 1n)
    const step = call('aten::div.int', call('aten::sub.int', from, 1n), gaps)
    return call('aten::mul.float', step, call('aten::Float.int', call('prim::min.int', call('aten::sub.int', to, 1n), 1n)))
  }
  return scale === null ? call('aten::div.int', from, to) : call('aten::div.float', 1, scale)
}

/** [to, from]: weights of the inputs for each output, which sum to 1. */
function weights<V extends Handle>(from: V, to: V, step: V, call: Call<V>): V {
  const half = (x: V): V => call('aten::add.Scalar', call('aten::to.dtype', x, DTYPE.float64), 0.5)
  const centres = call('aten::mul.Scalar', half(count(to, call)), step)
  const away = call('aten::sub.Tensor', half(count(from, call)), call('aten::unsqueeze', centres, 1n))
  const x = call('aten::div.Scalar', away, call('prim::max.float', step, 1))
  const window = call('aten::mul.Tensor', call('aten::sinc', x), call('aten::sinc', call('aten::div.Scalar', x, LOBES)))
  const outside = call('aten::ge.Scalar', call('aten::abs', x), LOBES)
  const kept = call('aten::masked_fill.Scalar', window, outside, 0)
  return call('aten::div.Tensor', kept, call('aten::sum.dim_IntList', kept, [-1n], true))
}

function resampled<V extends Handle>(x: V, sizes: readonly V[], scales: readonly (V | null)[], aligned: boolean, call: Call<V>): V {
  const { dtype } = x.fact
  if (dtype === undefined || !isFloatingPoint(dtype)) throw new Unsettled('self', 'to be of floats')
  return sizes.reduce((picture, to, i) => {
    const from = size(x, i + 2, call)
    const matrix = call('aten::type_as', weights(from, to, stepOf(from, to, scales[i] ?? null, aligned, call), call), x)
    return i === 0 ? call('aten::matmul', matrix, picture) : call('aten::matmul', picture, call('aten::t', matrix))
  }, x)
}

export const resizeCompositions: readonly Composition[] = [
  compose(
    'aten::_upsample_lanczos2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor',
    ({ self, output_size, align_corners, scales_h, scales_w }, call) => {
      const scales = [scales_h, scales_w].map((scale) => (absent(scale) ? null : scale))
      return resampled(self, call.items(output_size, 'output_size'), scales, boolOf(align_corners, 'align_corners'), call)
    },
  ),
  compose(
    'aten::_upsample_lanczos2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
    ({ input, output_size, align_corners, scale_factors }, call) => {
      const aligned = boolOf(align_corners, 'align_corners')
      if (absent(scale_factors)) return resampled(input, call.items(output_size, 'output_size'), [], aligned, call)
      const scales = call.items(scale_factors, 'scale_factors')
      const sizes = scales.map((scale, i) => call('aten::Int.float', call('aten::mul.int_float', size(input, i + 2, call), scale)))
      return resampled(input, sizes, scales, aligned, call)
    },
  ),
]
