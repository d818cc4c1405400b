// Operators whose numbers may differ from torch's by more than torch.testing.assert_close's defaults, each with the reason.

import type { ScalarType } from '../../src/ir/scalar-type.ts'
import { defaultTolerance, type Tolerance } from '../support/leaf.ts'

const looser: ReadonlyMap<string, Tolerance> = new Map()

// onnxruntime has no float64 kernel for these: float64 is computed in float32.
const SINGLE = new Set(
  `conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution _convolution _convolution_mode conv_tbc col2im avg_pool1d avg_pool2d avg_pool3d upsample_linear1d upsample_bilinear2d upsample_trilinear3d
  upsample_bicubic2d _upsample_bilinear2d_aa _upsample_bicubic2d_aa grid_sampler grid_sampler_2d grid_sampler_3d`
    .split(/\s+/)
    .map((name) => `aten::${name}`),
)

// torch rounds to float16 between the steps, where we compute in float32.
const HALF = new Set([
  'aten::instance_norm',
  'aten::lstm',
  'aten::gru',
  'aten::scaled_dot_product_attention',
  'aten::cov',
  'aten::corrcoef',
])

// torch has the places of the samples in float16 too: a place at 8 is known to 0.008.
const HALF_PLACES = new Set(['torchvision::roi_align', 'torchvision::ps_roi_align', 'torchvision::deform_conv2d'])

// One quantum of a quantized result, where halves are rounded: torch's vector kernels dequantise with a fused multiply-add, which ONNX does
// not have, and interpolate in another order of additions.
const QUANTUM = new Set(['aten::leaky_relu', 'quantized::elu', 'aten::mean', 'aten::upsample_bilinear2d'])

/** The tolerance of an operator (`aten::gelu`) for a result of that dtype, when it is on the list. */
export function toleranceOf(op: string, dtype?: ScalarType): Tolerance | undefined {
  if (dtype === 'float64' && SINGLE.has(op.replace(/\..*/, ''))) return defaultTolerance('float32')
  if (dtype === 'float16' && HALF.has(op.replace(/\..*/, ''))) return { rtol: 5e-3, atol: 1e-3 }
  if (dtype === 'float16' && HALF_PLACES.has(op)) return { rtol: 5e-3, atol: 8e-3 }
  if (QUANTUM.has(op.replace(/\..*/, '')) && (dtype === 'uint8' || dtype === 'int8')) return { rtol: 0, atol: 1 }
  return looser.get(op)
}
