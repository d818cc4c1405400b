// Resampling to other extents: Resize; nearest neighbours by Gather where Resize would pick others than torch does. Sampling at given
// points: GridSample. Answers to aten/src/ATen/native/UpSample.h, cpu/UpSampleKernel.cpp and ONNX Resize-18, GridSample-20.

import type { OnnxBuilder } from '../builder.ts'
import { f } from '../model.ts'
import { constantNumber, dimAt, type OnnxValue, type ScalarListOperand, type ScalarOperand } from '../operand.ts'
import { cubicInPlace } from './resize-cubic.ts'
import { nearest, type Axis } from './resize-nearest.ts'
import { lower, lowers, UnmetNeed, type LoweringRow } from './row.ts'
import { rankOnly, single, squeeze } from './spatial.ts'

/** What is asked for along each spatial axis: an extent, a scale, or both. */
function axesOf(
  x: OnnxValue,
  sizes: ScalarListOperand | undefined,
  scales: readonly (ScalarOperand | undefined)[],
  n: number,
  b: OnnxBuilder,
): Axis[] {
  return Array.from({ length: n }, (_, i): Axis => {
    const scale = scales[i] === undefined ? undefined : constantNumber(scales[i])
    if (scales[i] !== undefined && scale === undefined) throw new UnmetNeed('scale_factors', 'to be known at build time')
    const extent = dimAt(x, i + 2)
    const item =
      sizes === undefined
        ? undefined
        : sizes.kind === 'list'
          ? sizes.items[i]
          : b.op('Gather', [sizes, b.scalar('int64', i)], { axis: 0 }, { dims: [] })
    const given = item as ScalarOperand | undefined
    const size: ScalarOperand | undefined =
      given ?? (typeof extent === 'number' ? { kind: 'constant', value: BigInt(Math.floor(extent * scale!)) } : undefined)
    return { ...(size === undefined ? {} : { size }), ...(scale === undefined || scale <= 0 ? {} : { scale }) }
  })
}

/** Scales where torch steps by them and they give the extents asked for; else sizes. */
function target(x: OnnxValue, axes: readonly Axis[], copies: boolean, b: OnnxBuilder): { scales?: OnnxValue; sizes?: OnnxValue } {
  const byScale = axes.every(({ scale, size }, i) => {
    if (scale === undefined) return false
    const [extent, asked] = [dimAt(x, i + 2), size === undefined ? undefined : constantNumber(size)]
    return typeof extent !== 'number' || asked === undefined || Math.floor(Math.fround(Math.fround(scale) * extent)) === asked
  })
  if (byScale) return { scales: scalesOf(x, axes, copies, b) }
  const sizes = axes.map(({ size }, i): ScalarOperand => size ?? scaledSize(x, i + 2, axes[i]!.scale!, b))
  return { sizes: b.concatScalars([b.size(x, 0), b.size(x, 1), ...sizes]) }
}
/** A scale between 1 and 2 may keep a short extent: where that is known only at run time, so is the scale. */
function scalesOf(x: OnnxValue, axes: readonly Axis[], copies: boolean, b: OnnxBuilder): OnnxValue {
  const open = (scale: number, i: number): boolean => copies && scale > 1 && scale < 2 && typeof dimAt(x, i + 2) !== 'number'
  const given = axes.map(({ scale }) => scale!)
  if (!given.some(open)) return b.elements('float32', [given.length + 2], [1, 1, ...given])
  const parts = given.map((scale, i) => {
    const fixed = b.elements('float32', [1], [scale])
    if (!open(scale, i)) return fixed
    const same = b.op('Equal', [scaledSize(x, i + 2, scale, b), b.number(b.size(x, i + 2), 'int64')])
    return b.op('Where', [same, b.elements('float32', [1], [1]), fixed])
  })
  return b.op('Concat', [b.elements('float32', [2], [1, 1]), ...parts], { axis: 0 }, { dims: [given.length + 2] })
}
function scaledSize(x: OnnxValue, axis: number, scale: number, b: OnnxBuilder): OnnxValue {
  const extent = b.cast(b.number(b.size(x, axis), 'int64'), 'float64')
  return b.cast(b.op('Floor', [b.op('Mul', [extent, b.scalar('float64', scale)])]), 'int64')
}

interface Interpolation {
  readonly mode: 'linear' | 'cubic'
  readonly alignCorners: boolean
  readonly antialias?: boolean
}

/** Whether torch copies an extent that is kept, whatever the scale. */
const copiesKept = ({ mode, antialias }: Interpolation): boolean => mode === 'linear' || antialias === true

function interpolate(
  self: OnnxValue,
  sizes: ScalarListOperand | undefined,
  scales: readonly (ScalarOperand | undefined)[],
  n: number,
  by: Interpolation,
  b: OnnxBuilder,
): OnnxValue {
  const stepped: (readonly [axis: number, extent: number, scale: number])[] = []
  const axes = axesOf(self, sizes, scales, n, b).map((axis, i): Axis => {
    const size = axis.size === undefined ? undefined : constantNumber(axis.size)
    const kept = size !== undefined && size === dimAt(self, i + 2)
    if (!kept || axis.scale === undefined || (by.alignCorners && !copiesKept(by))) return axis
    if (!copiesKept(by) && axis.scale !== 1) stepped.push([i + 2, size, axis.scale])
    return { ...axis, scale: 1 }
  })
  // Rank 3 has no kernel of its own: [N, C, W] is resized as [N, C, 1, W].
  if (n === 1) {
    const one: Axis = { size: { kind: 'constant', value: 1n }, scale: 1 }
    const wide = resize(b.unsqueeze(single(self, b), [2]), [axes[0]!.scale === undefined ? { size: one.size! } : one, axes[0]!], by, b)
    return squeeze(wide, [2], b)
  }
  if (self.dtype !== 'uint8') {
    const source = stepped.reduce((x, [axis, extent, scale]) => cubicInPlace(x, axis, extent, scale, b), single(self, b))
    return resize(source, axes, by, b)
  }
  return b.cast(
    b.op('Clip', [b.op('Round', [resize(b.cast(self, 'float32'), axes, by, b)]), b.scalar('float32', 0), b.scalar('float32', 255)]),
    'uint8',
  )
}
function resize(x: OnnxValue, axes: readonly Axis[], by: Interpolation, b: OnnxBuilder): OnnxValue {
  const { scales, sizes } = target(x, axes, copiesKept(by), b)
  return b.op(
    'Resize',
    [x, undefined, scales, sizes],
    {
      mode: by.mode,
      coordinate_transformation_mode: by.alignCorners ? 'align_corners' : 'half_pixel',
      // PIL's coefficient with antialiasing, OpenCV's without.
      ...(by.mode === 'cubic' ? { cubic_coeff_a: f(by.antialias === true ? -0.5 : -0.75) } : {}),
      antialias: by.antialias === true ? 1 : 0,
      exclude_outside: by.antialias === true ? 1 : 0,
      nearest_mode: 'floor',
    },
    rankOnly(axes.length + 2),
  )
}

const nearestBy = (
  self: OnnxValue,
  sizes: ScalarListOperand | undefined,
  scales: readonly (ScalarOperand | undefined)[],
  n: number,
  exact: boolean,
  b: OnnxBuilder,
): OnnxValue => nearest(self, axesOf(self, sizes, scales, n, b), exact, b)

/** Scale factors as one operand per axis. */
function factors(list: ScalarListOperand | undefined): readonly (ScalarOperand | undefined)[] {
  if (list === undefined) return []
  if (list.kind === 'tensor') throw new UnmetNeed('scale_factors', 'to be known at build time')
  return list.items as readonly ScalarOperand[]
}

/** GridSample's names for torch's numbers. */
const SAMPLING = ['linear', 'nearest', 'cubic']
const BORDERS = ['zeros', 'border', 'reflection']

export const resizeLowerings: readonly LoweringRow[] = [
  lower('aten::upsample_nearest1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor', (args, b) =>
    nearestBy(args.self, args.output_size, [args.scales], 1, false, b),
  ),
  lower('aten::upsample_nearest2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor', (args, b) =>
    nearestBy(args.self, args.output_size, [args.scales_h, args.scales_w], 2, false, b),
  ),
  lower(
    'aten::upsample_nearest3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor',
    (args, b) => nearestBy(args.self, args.output_size, [args.scales_d, args.scales_h, args.scales_w], 3, false, b),
  ),
  lower('aten::_upsample_nearest_exact1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor', (args, b) =>
    nearestBy(args.self, args.output_size, [args.scales], 1, true, b),
  ),
  lower(
    'aten::_upsample_nearest_exact2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor',
    (args, b) => nearestBy(args.self, args.output_size, [args.scales_h, args.scales_w], 2, true, b),
  ),
  lower(
    'aten::_upsample_nearest_exact3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor',
    (args, b) => nearestBy(args.self, args.output_size, [args.scales_d, args.scales_h, args.scales_w], 3, true, b),
  ),
  lower('aten::upsample_nearest1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor', (args, b) =>
    nearestBy(
      args.input,
      args.output_size as ScalarListOperand | undefined,
      factors(args.scale_factors as ScalarListOperand | undefined),
      1,
      false,
      b,
    ),
  ),
  lower('aten::upsample_nearest2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor', (args, b) =>
    nearestBy(
      args.input,
      args.output_size as ScalarListOperand | undefined,
      factors(args.scale_factors as ScalarListOperand | undefined),
      2,
      false,
      b,
    ),
  ),
  lower('aten::upsample_nearest3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor', (args, b) =>
    nearestBy(
      args.input,
      args.output_size as ScalarListOperand | undefined,
      factors(args.scale_factors as ScalarListOperand | undefined),
      3,
      false,
      b,
    ),
  ),
  lower('aten::_upsample_nearest_exact1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor', (args, b) =>
    nearestBy(
      args.input,
      args.output_size as ScalarListOperand | undefined,
      factors(args.scale_factors as ScalarListOperand | undefined),
      1,
      true,
      b,
    ),
  ),
  lower('aten::_upsample_nearest_exact2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor', (args, b) =>
    nearestBy(
      args.input,
      args.output_size as ScalarListOperand | undefined,
      factors(args.scale_factors as ScalarListOperand | undefined),
      2,
      true,
      b,
    ),
  ),
  lower('aten::_upsample_nearest_exact3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor', (args, b) =>
    nearestBy(
      args.input,
      args.output_size as ScalarListOperand | undefined,
      factors(args.scale_factors as ScalarListOperand | undefined),
      3,
      true,
      b,
    ),
  ),
  lower('aten::upsample_linear1d(Tensor self, SymInt[1] output_size, bool align_corners, float? scales=None) -> Tensor', (args, b) =>
    interpolate(args.self, args.output_size, [args.scales], 1, { mode: 'linear', alignCorners: args.align_corners }, b),
  ),
  lower(
    'aten::upsample_bilinear2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor',
    (args, b) =>
      interpolate(args.self, args.output_size, [args.scales_h, args.scales_w], 2, { mode: 'linear', alignCorners: args.align_corners }, b),
  ),
  lower(
    'aten::upsample_trilinear3d(Tensor self, SymInt[3] output_size, bool align_corners, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor',
    (args, b) =>
      interpolate(
        args.self,
        args.output_size,
        [args.scales_d, args.scales_h, args.scales_w],
        3,
        { mode: 'linear', alignCorners: args.align_corners },
        b,
      ),
  ),
  lower(
    'aten::upsample_bicubic2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor',
    (args, b) =>
      interpolate(args.self, args.output_size, [args.scales_h, args.scales_w], 2, { mode: 'cubic', alignCorners: args.align_corners }, b),
  ),
  lower(
    'aten::_upsample_bilinear2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor',
    (args, b) =>
      interpolate(
        args.self,
        args.output_size,
        [args.scales_h, args.scales_w],
        2,
        { mode: 'linear', alignCorners: args.align_corners, antialias: true },
        b,
      ),
  ),
  lower(
    'aten::_upsample_bicubic2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor',
    (args, b) =>
      interpolate(
        args.self,
        args.output_size,
        [args.scales_h, args.scales_w],
        2,
        { mode: 'cubic', alignCorners: args.align_corners, antialias: true },
        b,
      ),
  ),
  lower(
    'aten::upsample_linear1d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
    (args, b) => vector(args, 1, 'linear', false, b),
  ),
  lower(
    'aten::upsample_bilinear2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
    (args, b) => vector(args, 2, 'linear', false, b),
  ),
  lower(
    'aten::upsample_trilinear3d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
    (args, b) => vector(args, 3, 'linear', false, b),
  ),
  lower(
    'aten::upsample_bicubic2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
    (args, b) => vector(args, 2, 'cubic', false, b),
  ),
  lower(
    'aten::_upsample_bilinear2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
    (args, b) => vector(args, 2, 'linear', true, b),
  ),
  lower(
    'aten::_upsample_bicubic2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor',
    (args, b) => vector(args, 2, 'cubic', true, b),
  ),
  ...lowers(
    [
      'aten::grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor',
      'aten::grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor',
      'aten::grid_sampler_3d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor',
    ],
    { constant: ['interpolation_mode', 'padding_mode'] },
    ({ input, grid, interpolation_mode, padding_mode, align_corners }, b, [out]) => {
      // Modes have other names before opset 20, and volumes came with it.
      b.requireOpset(20)
      return b.op(
        'GridSample',
        [single(input, b), single(grid, b)],
        { mode: SAMPLING[interpolation_mode]!, padding_mode: BORDERS[padding_mode]!, align_corners: align_corners ? 1 : 0 },
        { dims: out?.dims },
      )
    },
  ),
  lower(
    'aten::affine_grid_generator(Tensor theta, SymInt[] size, bool align_corners) -> Tensor',
    ({ theta, size, align_corners }, b, [out]) => {
      b.requireOpset(20)
      return b.op('AffineGrid', [theta, b.vector(size)], { align_corners: align_corners ? 1 : 0 }, { dims: out?.dims })
    },
  ),
]

interface VectorArgs {
  readonly input: OnnxValue
  readonly output_size: unknown
  readonly align_corners: boolean
  readonly scale_factors: unknown
}
function vector(args: VectorArgs, n: number, mode: 'linear' | 'cubic', antialias: boolean, b: OnnxBuilder): OnnxValue {
  const scales = factors(args.scale_factors as ScalarListOperand | undefined)
  return interpolate(
    args.input,
    args.output_size as ScalarListOperand | undefined,
    scales,
    n,
    { mode, alignCorners: args.align_corners, antialias },
    b,
  )
}
