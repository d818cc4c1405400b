// Padding: Pad with a constant, by reflection, by the edge; circular by Gather. Answers to aten/src/ATen/native/PadNd.cpp, ONNX Pad-18.

import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, dimAt, type OnnxValue, type ScalarListOperand, type ScalarOperand } from '../operand.ts'
import { kernelType, type Kernels } from './compute.ts'
import { lower, lowers, UnmetNeed, type LoweringRow } from './row.ts'

const PAD: Kernels = ['float32', 'float64', 'float16', 'int64', 'int32', 'uint32', 'uint64', 'int8', 'uint8', 'bool']
const END = 2n ** 63n - 1n

/** Pads before and after each padded axis, last axis first. A list of unknown length is filled up with zeros for every axis. */
function pairs(pad: ScalarListOperand, x: OnnxValue, b: OnnxBuilder): [before: ScalarOperand, after: ScalarOperand][] {
  const items = pad.kind === 'list' ? pad.items : listed(pad, x, b)
  return Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i] as ScalarOperand, items[2 * i + 1] as ScalarOperand])
}
function listed(pad: OnnxValue, x: OnnxValue, b: OnnxBuilder): OnnxValue[] {
  const length = pad.dims?.[0]
  if (typeof length === 'number') return Array.from({ length }, (_, i) => element(pad, i, b))
  if (x.dims === undefined) throw new UnmetNeed('pad', 'a list of known length')
  const count = 2 * x.dims.length
  const filled = b.op('Concat', [pad, b.ints(Array.from({ length: count }, () => 0))], { axis: 0 }, { dims: [null] })
  return Array.from({ length: count }, (_, i) => element(filled, i, b))
}
const element = (list: OnnxValue, i: number, b: OnnxBuilder): OnnxValue =>
  b.op('Gather', [list, b.scalar('int64', i)], { axis: 0 }, { dims: [] })

const zero: ScalarOperand = { kind: 'constant', value: 0n }

/** Pad-18: begins of all axes, then ends; only the last axes are named where the rank is not known. */
function pad(
  x: OnnxValue,
  list: readonly (readonly [ScalarOperand, ScalarOperand])[],
  mode: string,
  value: OnnxValue | undefined,
  b: OnnxBuilder,
): OnnxValue {
  if (list.length === 0) return x
  const ordered = list.toReversed()
  const lead = x.dims === undefined ? [] : Array.from({ length: x.dims.length - list.length }, () => zero)
  const pads = b.concatScalars([...lead, ...ordered.map(([before]) => before), ...lead, ...ordered.map(([, after]) => after)])
  const axes = x.dims === undefined ? b.ints(list.map((_, i) => i - list.length)) : undefined
  return b.op('Pad', [x, pads, value, axes], { mode }, { dims: x.dims?.map(() => null) })
}

/** A constant around; negative pads crop. */
function constantPad(self: OnnxValue, list: ScalarListOperand, value: ScalarOperand | undefined, b: OnnxBuilder): OnnxValue {
  const dtype = kernelType(self.dtype, PAD)
  const fill = value === undefined ? b.scalar(dtype, 0) : b.cast(b.number(value, self.dtype), dtype)
  return b.cast(pad(b.cast(self, dtype), pairs(list, self, b), 'constant', fill, b), self.dtype)
}

const negated = (x: ScalarOperand): bigint => BigInt(-constantNumber(x)!)

/** Reflection and replication: what is to be added first, then what is to be cropped, so that mirrors stay where they are. */
function mirrorPad(self: OnnxValue, list: ScalarListOperand, mode: 'reflect' | 'edge', b: OnnxBuilder): OnnxValue {
  const sides = pairs(list, self, b)
  const grown = sides.map((pair) => pair.map((side) => ((constantNumber(side) ?? 0) < 0 ? zero : side)) as [ScalarOperand, ScalarOperand])
  const dtype = kernelType(self.dtype, PAD)
  let x = b.cast(pad(b.cast(self, dtype), grown, mode, undefined, b), self.dtype)
  for (const [i, [before, after]] of sides.entries()) {
    const cut = [before, after].map((side) => ((constantNumber(side) ?? 0) < 0 ? negated(side) : 0n)) as [bigint, bigint]
    if (cut[0] === 0n && cut[1] === 0n) continue
    x = b.op(
      'Slice',
      [x, b.ints([cut[0]]), b.ints([cut[1] === 0n ? END : -cut[1]]), b.ints([-1 - i]), b.ints([1])],
      {},
      { dims: x.dims?.map(() => null) },
    )
  }
  return x
}

/** Negative pads crop; then each axis is gathered at (i − before) mod n. */
function circularPad(self: OnnxValue, list: ScalarListOperand, b: OnnxBuilder): OnnxValue {
  const rank = self.dims?.length
  if (rank === undefined) throw new UnmetNeed('self', 'its rank to be known')
  return pairs(list, self, b).reduce((x, sides, i) => {
    const axis = rank - 1 - i
    const dims = x.dims!.map((dim, at) => (at === axis ? null : dim))
    const [left, right] = sides.map(constantNumber)
    const extent = dimAt(x, axis)
    if (left === 0 && right === 0) return x
    if (typeof extent === 'number' && left !== undefined && right !== undefined)
      return b.op('Gather', [x, b.ints(circularIndex(extent, left, right))], { axis }, { dims })
    const zero = b.scalar('int64', 0)
    const [before, after] = sides.map((side) => b.number(side, 'int64')) as [OnnxValue, OnnxValue]
    const crop = b.op('Max', [b.op('Neg', [before]), zero])
    const grown = b.op('Max', [before, zero])
    const size = b.op('Sub', [b.number(b.size(x, axis), 'int64'), b.op('Add', [crop, b.op('Max', [b.op('Neg', [after]), zero])])])
    const end = b.op('Add', [size, b.op('Max', [after, zero])])
    const positions = b.op('Range', [b.op('Neg', [grown]), end, b.scalar('int64', 1)], {}, { dims: [null] })
    return b.op('Gather', [x, b.op('Add', [b.op('Mod', [positions, size], { fmod: 0 }), crop])], { axis }, { dims })
  }, self)
}
function circularIndex(extent: number, left: number, right: number): number[] {
  const [crop, grown] = [Math.max(-left, 0), Math.max(left, 0)]
  const size = extent - crop - Math.max(-right, 0)
  return Array.from({ length: grown + size + Math.max(right, 0) }, (_, at) => crop + ((((at - grown) % size) + size) % size))
}

function padBy(mode: string, self: OnnxValue, list: ScalarListOperand, value: ScalarOperand | undefined, b: OnnxBuilder): OnnxValue {
  switch (mode) {
    case 'constant':
      return constantPad(self, list, value, b)
    case 'reflect':
      return mirrorPad(self, list, 'reflect', b)
    case 'replicate':
      return mirrorPad(self, list, 'edge', b)
    case 'circular':
      return circularPad(self, list, b)
    default:
      throw new UnmetNeed('mode', `constant, reflect, replicate or circular, found ${mode}`)
  }
}

/** at::padding_mode. */
const MODES = ['reflect', 'replicate', 'circular', 'constant']

function padSequence(items: readonly OnnxValue[], batchFirst: boolean, value: ScalarOperand, side: string, b: OnnxBuilder): OnnxValue {
  const lengths = items.map((item) => b.size(item, 0))
  const known = lengths.map(constantNumber)
  const longest: ScalarOperand = known.includes(undefined)
    ? b.op('ReduceMax', [b.concatScalars(lengths)], { keepdims: 0 }, { dims: [] })
    : { kind: 'constant', value: BigInt(Math.max(...(known as number[]))) }
  const axis = batchFirst ? 0 : 1
  const rows = items.map((item, i) => {
    const missing: ScalarOperand =
      longest.kind === 'constant' && known[i] !== undefined
        ? { kind: 'constant', value: (longest.value as bigint) - BigInt(known[i]) }
        : b.op('Sub', [b.number(longest, 'int64'), b.number(lengths[i]!, 'int64')], {}, { dims: [] })
    const around: readonly ScalarOperand[] = side === 'left' ? [missing, zero] : [zero, missing]
    const trailing = (item.dims!.length - 1) * 2
    const padded = constantPad(item, { kind: 'list', items: [...Array.from({ length: trailing }, () => zero), ...around] }, value, b)
    return b.unsqueeze(padded, [axis])
  })
  return b.op('Concat', rows, { axis }, { dims: rows[0]?.dims?.map(() => null) })
}

export const paddingLowerings: readonly LoweringRow[] = [
  lower('aten::constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor', (args, b) =>
    constantPad(args.self, args.pad, args.value, b),
  ),
  lower('aten::pad(Tensor self, SymInt[] pad, str mode="constant", float? value=None) -> Tensor', (args, b) =>
    padBy(args.mode, args.self, args.pad, args.value, b),
  ),
  lower('aten::_pad_enum(Tensor self, SymInt[] pad, int mode, float? value=None) -> Tensor', { constant: ['mode'] }, (args, b) =>
    padBy(MODES[args.mode] ?? String(args.mode), args.self, args.pad, args.value, b),
  ),
  lower('aten::_pad_circular(Tensor self, SymInt[] pad) -> Tensor', (args, b) => circularPad(args.self, args.pad, b)),
  ...lowers(
    [
      'aten::reflection_pad1d(Tensor self, SymInt[2] padding) -> Tensor',
      'aten::reflection_pad2d(Tensor self, SymInt[4] padding) -> Tensor',
      'aten::reflection_pad3d(Tensor self, SymInt[6] padding) -> Tensor',
    ],
    ({ self, padding }, b) => mirrorPad(self, padding, 'reflect', b),
  ),
  ...lowers(
    [
      'aten::replication_pad1d(Tensor self, SymInt[2] padding) -> Tensor',
      'aten::replication_pad2d(Tensor self, SymInt[4] padding) -> Tensor',
      'aten::replication_pad3d(Tensor self, SymInt[6] padding) -> Tensor',
    ],
    ({ self, padding }, b) => mirrorPad(self, padding, 'edge', b),
  ),
  lower(
    'aten::pad_sequence(Tensor[] sequences, bool batch_first=False, float padding_value=0., str padding_side="right") -> Tensor',
    { rank: ['sequences'] },
    ({ sequences, batch_first, padding_value, padding_side }, b) => {
      if (sequences.kind !== 'list') throw new UnmetNeed('sequences', 'a list of known length')
      return padSequence(sequences.items as readonly OnnxValue[], batch_first, padding_value, padding_side, b)
    },
  ),
]
