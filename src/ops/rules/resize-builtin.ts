// dtype and shape of interpolate and upsample as operators of their own, as old archives have them. One number stands for all axes.
// Answers to torch/csrc/jit/runtime/register_prim_ops_fulljit.cpp.

import { listFact, type Fact } from '../fact.ts'
import { isNone } from '../facts.ts'
import type { Rule } from '../rule.ts'
import { row } from './scalar-row.ts'
import { vector } from './resize.ts'

export const interpolateSchemas = [
  'size_list_scale_list(Tensor input, int[]? size=None, float[]? scale_factor=None',
  'scale_list(Tensor input, int? size=None, float[]? scale_factor=None',
  'size_list(Tensor input, int[]? size=None, float? scale_factor=None',
  '(Tensor input, int? size=None, float? scale_factor=None',
].map(
  (start) =>
    `aten::__interpolate${start.startsWith('(') ? '' : '.'}${start}, str mode="nearest", bool? align_corners=None, bool? recompute_scale_factor=None, bool antialias=False) -> Tensor`,
)
export const upsampleSchemas = [
  'aten::__upsample(Tensor input, int? size=None, int? scale_factor=None, str mode="nearest", bool? align_corners=None) -> Tensor',
  'aten::__upsample.size_list(Tensor input, int[]? size=None, int? scale_factor=None, str mode="nearest", bool? align_corners=None) -> Tensor',
]
export const upsampleNearestSchemas = [
  'aten::__upsample_nearest(Tensor input, int? size=None, int? scale_factor=None) -> Tensor',
  'aten::__upsample_nearest.size_list(Tensor input, int[]? size=None, int? scale_factor=None) -> Tensor',
]
export const upsampleBilinearSchemas = [
  'aten::__upsample_bilinear(Tensor input, int? size=None, int? scale_factor=None) -> Tensor',
  'aten::__upsample_bilinear.size_list(Tensor input, int[]? size=None, int? scale_factor=None) -> Tensor',
  'aten::__upsample_bilinear.scale_list(Tensor input, int? size=None, int[]? scale_factor=None) -> Tensor',
  'aten::__upsample_bilinear.size_list_scale_list(Tensor input, int[]? size=None, int[]? scale_factor=None) -> Tensor',
]

/** One item for each spatial axis. */
function spread(given: Fact, axes: number | undefined): Fact {
  if (isNone(given) || given.items !== undefined || axes === undefined) return given
  return listFact(Array.from({ length: axes }, () => given))
}

export const builtinResizeRules: readonly Rule[] = [
  ...interpolateSchemas,
  ...upsampleSchemas,
  ...upsampleNearestSchemas,
  ...upsampleBilinearSchemas,
].map((schema) =>
  row(schema, (args) => {
    const input = args['input']!
    const axes = input.dims === undefined ? undefined : input.dims.length - 2
    return vector(input, spread(args['size']!, axes), spread(args['scale_factor']!, axes))
  }),
)
