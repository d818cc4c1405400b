// torchvision's pooling of regions (rows of `rois` are image, x1, y1, x2, y2) and its deformable convolution: RoiAlign-16, MaxRoiPool-1,
// DeformConv-19. Answers to torchvision/csrc/ops/cpu/{roi,ps_roi}_{align,pool}_kernel.cpp, deform_conv2d_kernel.cpp.

import { range } from '../axes.ts'
import type { OnnxBuilder } from '../builder.ts'
import { f } from '../model.ts'
import { constantNumber, dimAt, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { like } from './compute.ts'
import { countTo, intOp } from './int-math.ts'
import { lower, type LoweringRow, type ResultInfo } from './row.ts'
import { rankOnly } from './spatial.ts'

interface Regions {
  readonly input: OnnxValue
  readonly rois: OnnxValue
  readonly spatial_scale: ScalarOperand
  readonly pooled_height: number
  readonly pooled_width: number
}

const columns = (rois: OnnxValue, from: number, to: number, b: OnnxBuilder): OnnxValue =>
  b.op('Slice', [rois, b.ints([from]), b.ints([to]), b.ints([1])], {}, { dims: [dimAt(rois, 0), to - from] })

/** The number of the image of each region, [K]. */
const images = (rois: OnnxValue, b: OnnxBuilder): OnnxValue =>
  b.cast(b.op('Gather', [rois, b.scalar('int64', 0)], { axis: 1 }, { dims: [dimAt(rois, 0)] }), 'int64')

/** Corners in places of the input, [K, 4]. */
const corners = ({ rois, spatial_scale }: Regions, b: OnnxBuilder): OnnxValue =>
  b.op('Mul', [columns(rois, 1, 5, b), b.number(spatial_scale, rois.dtype)], {}, { dims: [dimAt(rois, 0), 4] })

/** Averages of bilinear samples, [K, C, P, Q]. */
function align(args: Regions, samples: number, aligned: boolean, b: OnnxBuilder): OnnxValue {
  const { input, rois, spatial_scale, pooled_height, pooled_width } = args
  const work = input.dtype === 'float64' ? 'float64' : 'float32'
  // An attribute is a float32.
  const scale = work === 'float64' ? undefined : constantNumber(spatial_scale)
  const boxes = b.cast(scale === undefined ? corners(args, b) : columns(rois, 1, 5, b), work)
  const result = b.op(
    'RoiAlign',
    [b.cast(input, work), boxes, images(rois, b)],
    {
      coordinate_transformation_mode: aligned ? 'half_pixel' : 'output_half_pixel',
      mode: 'avg',
      output_height: pooled_height,
      output_width: pooled_width,
      sampling_ratio: Math.max(0, samples),
      spatial_scale: f(scale ?? 1),
    },
    { dims: [dimAt(rois, 0), dimAt(input, 1), pooled_height, pooled_width] },
  )
  return b.cast(result, input.dtype)
}

/** From where to where each bin of a region goes along one axis, [K, count] and int64; `last` bounds both. */
function bins(
  edges: OnnxValue,
  [first, end]: readonly [number, number],
  count: number,
  closed: boolean,
  last: ScalarOperand,
  b: OnnxBuilder,
): readonly OnnxValue[] {
  const { dtype } = edges
  // Halves go away from zero; in float64, where a half can be added to a float32 without rounding.
  const edge = b.cast(edges, 'float64')
  const size = b.op('Floor', [b.op('Add', [b.op('Abs', [edge]), b.scalar('float64', 0.5)])])
  const rounded = b.cast(b.op('Mul', [b.op('Sign', [edge]), size]), 'int64')
  const [start, stop] = [columns(rounded, first, first + 1, b), columns(rounded, end, end + 1, b)]
  const extent = b.op('Sub', [stop, start])
  const whole = b.op('Max', [closed ? b.op('Add', [extent, b.scalar('int64', 1)]) : extent, b.scalar('int64', 1)])
  const step = b.op('Div', [b.cast(whole, dtype), b.scalar(dtype, count)])
  const dims = [dimAt(edges, 0), count]
  return [0, 1].map((from) => {
    const line = b.elements(
      dtype,
      [1, count],
      range(count).map((i) => i + from),
    )
    const at = b.op(from === 0 ? 'Floor' : 'Ceil', [b.op('Mul', [step, line], {}, { dims })])
    const place = b.op('Max', [b.op('Add', [b.cast(at, 'int64'), start], {}, { dims }), b.scalar('int64', 0)], {}, { dims })
    return b.op('Min', [place, b.number(last, 'int64')], {}, { dims })
  })
}

const LOWEST = -3.4028234663852886e38

/** The greatest of each bin and where it is in the plane, [K, C, P, Q]; of no elements 0 and −1. */
function maxima(args: Regions, b: OnnxBuilder): readonly OnnxValue[] {
  const { input, rois, pooled_height: height, pooled_width: width } = args
  const edges = corners(args, b)
  // [K, P, H] and [K, Q, W]
  const inside = (axis: number, ends: readonly [number, number], count: number): OnnxValue => {
    const [from, to] = bins(edges, ends, count, true, b.size(input, axis), b).map((value) => b.unsqueeze(value, [2]))
    const line = countTo(b, b.size(input, axis))
    return b.op('And', [b.op('GreaterOrEqual', [line, from!]), b.op('Less', [line, to!])], {}, rankOnly(3))
  }
  const rows = b.unsqueeze(inside(2, [1, 3], height), [1, 3, 5])
  const places = b.op('And', [rows, b.unsqueeze(inside(3, [0, 2], width), [1, 2, 4])], {}, rankOnly(6))
  const planes = b.unsqueeze(b.op('Gather', [input, images(rois, b)], { axis: 0 }, rankOnly(4)), [2, 3])
  const counts = b.op('And', [places, b.op('Greater', [planes, like(b, input, LOWEST)])], {}, rankOnly(6))
  const flat = (values: OnnxValue, channels: ScalarOperand): OnnxValue => {
    const plane = intOp(b, 'Mul', b.size(input, 2), b.size(input, 3))
    const bin = [height, width].map((n): ScalarOperand => ({ kind: 'constant', value: BigInt(n) }))
    return b.op('Reshape', [values, b.concatScalars([b.size(rois, 0), channels, ...bin, plane])], { allowzero: 1 }, rankOnly(5))
  }
  const values = flat(b.op('Where', [counts, planes, like(b, input, -Infinity)], {}, rankOnly(6)), b.size(input, 1))
  const greatest = b.op('ReduceMax', [values, b.ints([4])], { keepdims: 0 }, rankOnly(4))
  const found = b.op('Greater', [greatest, like(b, input, LOWEST)], {}, rankOnly(4))
  const any = b.op('ReduceMax', [b.cast(flat(places, { kind: 'constant', value: 1n }), 'int32'), b.ints([4])], { keepdims: 0 }, rankOnly(4))
  const nothing = b.op('Where', [b.cast(any, 'bool'), like(b, input, LOWEST), like(b, input, 0)], {}, rankOnly(4))
  const at = b.cast(b.op('ArgMax', [values], { axis: 4, keepdims: 0, select_last_index: 0 }, rankOnly(4)), 'int32')
  return [b.op('Where', [found, greatest, nothing], {}, rankOnly(4)), b.op('Where', [found, at, b.scalar('int32', -1)], {}, rankOnly(4))]
}

function maxPool(args: Regions, b: OnnxBuilder): readonly OnnxValue[] {
  const { input, rois, spatial_scale, pooled_height, pooled_width } = args
  const composed = maxima(args, b)
  if (input.dtype === 'float64') return composed
  const scale = constantNumber(spatial_scale)
  const scaled = scale === undefined ? b.op('Concat', [columns(rois, 0, 1, b), corners(args, b)], { axis: 1 }, rankOnly(2)) : rois
  const values = b.op(
    'MaxRoiPool',
    [b.cast(input, 'float32'), b.cast(scaled, 'float32')],
    { pooled_shape: [pooled_height, pooled_width], spatial_scale: f(scale ?? 1) },
    { dims: [dimAt(rois, 0), dimAt(input, 1), pooled_height, pooled_width] },
  )
  return [b.cast(values, input.dtype), composed[1]!]
}

/** The channels that each bin reads, [C ⁄ (P·Q), P, Q] and int64: bins of one output channel are neighbours. */
const channelsOfBins = ({ input, pooled_height, pooled_width }: Regions, b: OnnxBuilder): OnnxValue =>
  b.reshapeTo(countTo(b, b.size(input, 1)), [-1, pooled_height, pooled_width])

function channelMapping(args: Regions, out: ResultInfo | undefined, b: OnnxBuilder): OnnxValue {
  const channels = b.cast(channelsOfBins(args, b), 'int32')
  const shape = b.op('Concat', [b.concatScalars([b.size(args.rois, 0)]), b.shape(channels)], { axis: 0 }, { dims: [4] })
  return b.op('Expand', [channels, shape], {}, { dims: out?.dims ?? rankOnly(4).dims })
}

/** Every channel is averaged in every bin; each bin keeps its own channels. */
function ownBins(args: Regions, samples: number, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue {
  const { input, rois, pooled_height: height, pooled_width: width } = args
  const all = align(args, samples, true, b)
  const count = height * width
  const kept = intOp(b, 'Div', b.size(input, 1), count)
  const shape = b.concatScalars([b.size(rois, 0), kept, { kind: 'constant', value: BigInt(count * count) }])
  const grouped = b.op('Reshape', [all, shape], { allowzero: 1 }, rankOnly(3))
  const own = b.elements(
    'int64',
    [height, width],
    range(count).map((i) => BigInt(i * (count + 1))),
  )
  return b.op('Gather', [grouped, own], { axis: 2 }, { dims: out?.dims ?? rankOnly(4).dims })
}

function sensitiveAlign(args: Regions, samples: number, b: OnnxBuilder, out: readonly ResultInfo[]): readonly OnnxValue[] {
  const { rois, pooled_height: height, pooled_width: width } = args
  const mapping = channelMapping(args, out[1], b)
  if (samples > 0) return [ownBins(args, samples, b, out[0]), mapping]
  // A region that is turned over or has no extent has no samples: torch divides nothing by their number. The kernel refuses such a region.
  const boxes = corners(args, b)
  const extent = b.op('Sub', [columns(boxes, 2, 4, b), columns(boxes, 0, 2, b)], {}, rankOnly(2))
  const grid = b.op('Ceil', [b.op('Div', [extent, b.elements(rois.dtype, [1, 2], [width, height])], {}, rankOnly(2))], {}, rankOnly(2))
  const none = b.op(
    'LessOrEqual',
    [b.op('ReduceMin', [grid, b.ints([1])], { keepdims: 1 }, rankOnly(2)), like(b, grid, 0)],
    {},
    rankOnly(2),
  )
  const kept = b.op('Where', [none, like(b, rois, 0), columns(rois, 1, 5, b)], {}, rankOnly(2))
  const sound = b.op('Concat', [columns(rois, 0, 1, b), kept], { axis: 1 }, { dims: rois.dims })
  const values = ownBins({ ...args, rois: sound }, samples, b, out[0])
  const [across, down] = [columns(grid, 0, 1, b), columns(grid, 1, 2, b)]
  const nothing = b.cast(b.op('Div', [like(b, grid, 0), b.op('Mul', [across, down])], {}, rankOnly(2)), values.dtype)
  return [b.op('Where', [b.unsqueeze(none, [2, 3]), b.unsqueeze(nothing, [2, 3]), values], {}, { dims: values.dims }), mapping]
}

/** Averages of whole elements: differences of running sums, which are float64 so that they cancel. */
function sensitivePool(args: Regions, b: OnnxBuilder, out: readonly ResultInfo[]): readonly OnnxValue[] {
  const { input, rois, pooled_height: height, pooled_width: width } = args
  const edges = corners(args, b)
  const last = (axis: number): ScalarOperand => intOp(b, 'Sub', b.size(input, axis), 1)
  const rows = bins(edges, [1, 3], height, false, last(2), b).map((value) => b.unsqueeze(value, [1, 3]))
  const cols = bins(edges, [0, 2], width, false, last(3), b).map((value) => b.unsqueeze(value, [1, 2]))
  const along = (x: OnnxValue, axis: number): OnnxValue => b.op('CumSum', [x, b.scalar('int64', axis)], {}, rankOnly(4))
  const sums = along(along(b.cast(input, 'float64'), 2), 3)
  const padded = b.op('Pad', [sums, b.ints([0, 0, 1, 1, 0, 0, 0, 0]), b.scalar('float64', 0)], { mode: 'constant' }, rankOnly(4))
  const flat = b.reshapeTo(padded, [-1])
  const images4 = b.unsqueeze(images(rois, b), [1, 2, 3])
  const size = (axis: number): OnnxValue => b.number(b.size(input, axis), 'int64')
  const grown = (axis: number): OnnxValue => b.op('Add', [size(axis), b.scalar('int64', 1)])
  const step = (place: OnnxValue, extent: OnnxValue, next: OnnxValue): OnnxValue =>
    b.op('Add', [b.op('Mul', [place, extent], {}, rankOnly(4)), next], {}, rankOnly(4))
  const planes = step(images4, size(1), b.unsqueeze(channelsOfBins(args, b), [0]))
  const at = (row: OnnxValue, col: OnnxValue): OnnxValue =>
    b.op('Gather', [flat, step(step(planes, grown(2), row), grown(3), col)], { axis: 0 }, rankOnly(4))
  const [top, bottom, left, right] = [...rows, ...cols] as [OnnxValue, OnnxValue, OnnxValue, OnnxValue]
  const strip = (row: OnnxValue): OnnxValue => b.op('Sub', [at(row, right), at(row, left)], {}, rankOnly(4))
  const total = b.op('Sub', [strip(bottom), strip(top)], {}, rankOnly(4))
  const zero = b.scalar('int64', 0)
  const length = (from: OnnxValue, to: OnnxValue): OnnxValue =>
    b.op('Max', [b.op('Sub', [to, from], {}, rankOnly(4)), zero], {}, rankOnly(4))
  const area = b.op('Mul', [length(top, bottom), length(left, right)], {}, rankOnly(4))
  const mean = b.op('Div', [total, b.cast(b.op('Max', [area, b.scalar('int64', 1)], {}, rankOnly(4)), 'float64')], {}, rankOnly(4))
  const values = b.op('Where', [b.op('Greater', [area, zero], {}, rankOnly(4)), mean, b.scalar('float64', 0)], {}, rankOnly(4))
  return [{ ...b.cast(values, input.dtype), dims: out[0]?.dims ?? rankOnly(4).dims }, channelMapping(args, out[1], b)]
}

export const regionLowerings: readonly LoweringRow[] = [
  lower(
    'torchvision::roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio, bool aligned) -> Tensor',
    { constant: ['pooled_height', 'pooled_width', 'sampling_ratio'] },
    ({ sampling_ratio, aligned, ...args }, b) => align(args, sampling_ratio, aligned, b),
  ),
  lower(
    'torchvision::roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)',
    { constant: ['pooled_height', 'pooled_width'] },
    (args, b) => maxPool(args, b),
  ),
  lower(
    'torchvision::ps_roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio) -> (Tensor, Tensor)',
    { constant: ['pooled_height', 'pooled_width', 'sampling_ratio'] },
    ({ sampling_ratio, ...args }, b, out) => sensitiveAlign(args, sampling_ratio, b, out),
  ),
  lower(
    'torchvision::ps_roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)',
    { constant: ['pooled_height', 'pooled_width'] },
    (args, b, out) => sensitivePool(args, b, out),
  ),
  lower(
    'torchvision::deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt stride_w, SymInt pad_h, SymInt pad_w, SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask) -> Tensor',
    { constant: ['stride_h', 'stride_w', 'pad_h', 'pad_w', 'dilation_h', 'dilation_w', 'groups', 'offset_groups'] },
    ({ input, weight, offset, mask, bias, use_mask, ...args }, b, [out]) => {
      b.requireOpset(19)
      const kernel = weight.dims?.slice(2)
      const known = kernel?.length === 2 && kernel.every((extent) => typeof extent === 'number')
      return b.op(
        'DeformConv',
        [input, weight, offset, bias, use_mask ? mask : undefined],
        {
          ...(known ? { kernel_shape: kernel as number[] } : {}),
          strides: [args.stride_h, args.stride_w],
          pads: [args.pad_h, args.pad_w, args.pad_h, args.pad_w],
          dilations: [args.dilation_h, args.dilation_w],
          group: args.groups,
          offset_group: args.offset_groups,
        },
        { dims: out!.dims },
      )
    },
  ),
]
