// Facts of torchvision's operators: suppression of boxes, pooling of regions, deformable convolution.
// Answers to torchvision/csrc/ops/cpu/*_kernel.cpp.

import { dimFloorDiv, dimMul } from '../../ir/dim.ts'
import { tensorFact, type Fact } from '../fact.ts'
import { dimOf } from '../facts.ts'
import { rule, type Rule } from '../rule.ts'
import { windowCount } from './spatial.ts'

interface Pooled {
  readonly input: Fact
  readonly rois: Fact
  readonly pooled_height: Fact
  readonly pooled_width: Fact
}

const pooled = ({ input, rois, pooled_height, pooled_width }: Pooled, sensitive: boolean): Fact => {
  const [height, width, channels] = [dimOf(pooled_height), dimOf(pooled_width), input.dims?.[1] ?? null]
  const kept = sensitive ? dimFloorDiv(channels, dimMul(height, width)) : channels
  return tensorFact(input.dtype, [rois.dims?.[0] ?? null, kept, height, width])
}
/** Beside the values, where each came from: an int32 tensor of the same shape. */
const pooledWithPlaces = (args: Pooled, sensitive: boolean): Fact[] => {
  const values = pooled(args, sensitive)
  return [values, tensorFact('int32', values.dims)]
}

export const torchvisionRules: readonly Rule[] = [
  rule('torchvision::nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor', () => tensorFact('int64', [null])),
  rule(
    'torchvision::roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio, bool aligned) -> Tensor',
    (args) => pooled(args, false),
  ),
  rule(
    'torchvision::roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)',
    (args) => pooledWithPlaces(args, false),
  ),
  rule(
    'torchvision::ps_roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio) -> (Tensor, Tensor)',
    (args) => pooledWithPlaces(args, true),
  ),
  rule(
    'torchvision::ps_roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)',
    (args) => pooledWithPlaces(args, true),
  ),
  rule(
    'torchvision::deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt stride_w, SymInt pad_h, SymInt pad_w, SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask) -> Tensor',
    ({ input, weight, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w }) =>
      tensorFact(input.dtype, [
        input.dims?.[0] ?? null,
        weight.dims?.[0] ?? null,
        ...[[2, stride_h, pad_h, dilation_h] as const, [3, stride_w, pad_w, dilation_w] as const].map(([axis, stride, pad, dilation]) =>
          windowCount(input.dims?.[axis] ?? null, weight.dims?.[axis] ?? null, dimOf(stride), dimMul(2, dimOf(pad)), dimOf(dilation)),
        ),
      ]),
  ),
]
