// dtype and shape of resampling. Mirrors aten/src/ATen/native/UpSample.h (a scale gives floor(n·s)) and GridSampler.cpp.

import { dimMul, type Dim } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimsOf, isNone } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'

/** [N, C, …sizes]. */
function resized(self: Fact, sizes: readonly Dim[] | undefined): Fact {
  if (self.dims === undefined || sizes === undefined)
    return tensorFact(
      self.dtype,
      self.dims?.map((dim, i) => (i < 2 ? dim : null)),
    )
  return tensorFact(self.dtype, [...self.dims.slice(0, 2), ...sizes])
}

/** floor(n·s). */
function scaledExtent(n: Dim, scale: number | undefined): Dim {
  if (scale === undefined || n === null) return null
  if (typeof n === 'number') return Math.floor(n * scale)
  return Number.isInteger(scale) ? dimMul(n, scale) : null
}

/** By output size, or else by scale factors. */
export function vector(input: Fact, outputSize: Fact, scaleFactors: Fact): Fact {
  if (!isNone(outputSize)) return resized(input, dimsOf(outputSize))
  const scales = scaleFactors.items?.map(({ value }) =>
    typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined,
  )
  return resized(input, input.dims === undefined ? undefined : scales?.map((scale, i) => scaledExtent(input.dims![i + 2] ?? null, scale)))
}

export const resizeRules: readonly Rule[] = [
  ...rules(
    [
      'aten::upsample_nearest1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor',
      'aten::upsample_nearest2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor',
      'aten::upsample_nearest3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor',
      'aten::_upsample_nearest_exact1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor',
      'aten::_upsample_nearest_exact2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor',
      'aten::_upsample_nearest_exact3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor',
      'aten::upsample_linear1d(Tensor self, SymInt[1] output_size, bool align_corners, float? scales=None) -> Tensor',
      'aten::upsample_bilinear2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor',
      'aten::upsample_trilinear3d(Tensor self, SymInt[3] output_size, bool align_corners, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor',
      'aten::upsample_bicubic2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor',
      'aten::_upsample_bilinear2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor',
      'aten::_upsample_bicubic2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor',
    ],
    ({ self, output_size }) => resized(self, dimsOf(output_size)),
  ),
  ...rules(
    [
      'aten::upsample_nearest1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor',
      'aten::upsample_nearest2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor',
      'aten::upsample_nearest3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor',
      'aten::_upsample_nearest_exact1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor',
      'aten::_upsample_nearest_exact2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor',
      'aten::_upsample_nearest_exact3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor',
      'aten::upsample_linear1d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
      'aten::upsample_bilinear2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
      'aten::upsample_trilinear3d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
      'aten::upsample_bicubic2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
      'aten::_upsample_bilinear2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
      'aten::_upsample_bicubic2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
    ],
    ({ input, output_size, scale_factors }) => vector(input, output_size, scale_factors),
  ),
  ...rules(
    [
      'aten::grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor',
      'aten::grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor',
      'aten::grid_sampler_3d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor',
    ],
    ({ input, grid }) => {
      if (input.dims === undefined || grid.dims === undefined) return tensorFact(input.dtype, undefined)
      return tensorFact(input.dtype, [...input.dims.slice(0, 2), ...grid.dims.slice(1, -1)])
    },
  ),
  rule('aten::affine_grid_generator(Tensor theta, SymInt[] size, bool align_corners) -> Tensor', ({ theta, size }) => {
    const sizes = dimsOf(size)
    return tensorFact(theta.dtype, sizes === undefined ? undefined : [sizes[0] ?? null, ...sizes.slice(2), sizes.length - 2])
  }),
]
