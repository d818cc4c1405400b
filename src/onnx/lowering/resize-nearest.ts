// Nearest neighbours. torch picks input index floor(i·step) (exact: floor((i + ½)·step)) in float32, step being n/o or 1/scale. Where Resize
// is known to pick the same ones it is taken, else the indices are gathered. Answers to UpSample.h (nearest_idx, nearest_exact_idx).

import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, dimAt, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { rankOnly } from './spatial.ts'

export interface Axis {
  /** Extent of the result; without one, floor(n·scale). */
  readonly size?: ScalarOperand
  readonly scale?: number
}

/** torch's choice for every output position. */
function indices(n: number, o: number, scale: number | undefined, exact: boolean, byExtent: boolean): number[] {
  const step = Math.fround(scale === undefined ? Math.fround(n) / o : 1 / scale)
  return Array.from({ length: o }, (_, i) => {
    if (byExtent && o === n) return i
    if (byExtent && o === 2 * n) return i >> 1
    return Math.min(Math.floor(Math.fround((exact ? i + 0.5 : i) * step)), n - 1)
  })
}

/** Whether Resize by sizes picks the same: asymmetric with floor, or half_pixel with round_prefer_ceil for `exact`. */
function resizeAgrees(n: number, o: number, picked: readonly number[], exact: boolean): boolean {
  const scale = Math.fround(o / n)
  return picked.every((index, i) => {
    const at = exact ? Math.fround(Math.fround((i + 0.5) / scale) - 0.5) : Math.fround(i / scale)
    const near = exact ? Math.floor(at + 0.5) : Math.floor(at)
    return Math.min(Math.max(near, 0), n - 1) === index && (!exact || Math.abs(at + 0.5 - Math.round(at + 0.5)) > 1e-4)
  })
}

export function nearest(x: OnnxValue, axes: readonly Axis[], exact: boolean, b: OnnxBuilder): OnnxValue {
  // The kernel for images goes by the extent where that is kept or doubled, whatever the scale; those for lines and volumes do not.
  const byExtent = !exact && axes.length === 2
  const known = axes.map(({ size }, i) => {
    const [n, o] = [dimAt(x, i + 2), size === undefined ? undefined : constantNumber(size)]
    return typeof n === 'number' && o !== undefined && n > 0 ? { n, o, picked: indices(n, o, axes[i]!.scale, exact, byExtent) } : undefined
  })
  const kernel = x.dtype === 'float32' || x.dtype === 'float16'
  const attributes = {
    mode: 'nearest',
    coordinate_transformation_mode: exact ? 'half_pixel' : 'asymmetric',
    nearest_mode: exact ? 'round_prefer_ceil' : 'floor',
    antialias: 0,
    exclude_outside: 0,
  }
  if (kernel && known.every((axis) => axis !== undefined && resizeAgrees(axis.n, axis.o, axis.picked, exact))) {
    const sizes = b.concatScalars([b.size(x, 0), b.size(x, 1), ...axes.map(({ size }) => size!)])
    return b.op('Resize', [x, undefined, undefined, sizes], attributes, rankOnly(axes.length + 2))
  }
  // A whole scale: every position is repeated that often.
  if (kernel && axes.every(({ scale }) => scale !== undefined && Number.isInteger(scale)))
    return b.op(
      'Resize',
      [x, undefined, b.elements('float32', [axes.length + 2], [1, 1, ...axes.map(({ scale }) => scale!)])],
      attributes,
      rankOnly(axes.length + 2),
    )
  return axes.reduce((value, axis, i) => {
    const fixed = known[i]
    if (fixed !== undefined && fixed.picked.length === fixed.n && fixed.picked.every((index, at) => index === at)) return value
    const index = fixed === undefined ? runtimeIndices(x, i + 2, axis, exact, byExtent, b) : b.ints(fixed.picked)
    return b.op('Gather', [value, index], { axis: i + 2 }, rankOnly(axes.length + 2))
  }, x)
}

/** The same, computed in the graph. */
function runtimeIndices(x: OnnxValue, axis: number, { size, scale }: Axis, exact: boolean, byExtent: boolean, b: OnnxBuilder): OnnxValue {
  const extent = b.number(b.size(x, axis), 'int64')
  const count =
    size === undefined
      ? b.cast(b.op('Floor', [b.op('Mul', [b.cast(extent, 'float64'), b.scalar('float64', scale!)])]), 'int64')
      : b.number(size, 'int64')
  const positions = b.op('Range', [b.scalar('int64', 0), count, b.scalar('int64', 1)], {}, { dims: [null] })
  const step = scale === undefined ? b.op('Div', [b.cast(extent, 'float32'), b.cast(count, 'float32')]) : b.scalar('float32', 1 / scale)
  const at = b.cast(positions, 'float32')
  const shifted = exact ? b.op('Add', [at, b.scalar('float32', 0.5)]) : at
  // None is negative: a Cast rounds them down.
  const index = b.cast(b.op('Mul', [shifted, step]), 'int64')
  const clipped = b.op('Min', [index, b.op('Sub', [extent, b.scalar('int64', 1)])])
  if (!byExtent || scale === undefined) return clipped
  const two = b.scalar('int64', 2)
  const kept = b.op('Where', [b.op('Equal', [count, extent]), positions, clipped])
  return b.op('Where', [b.op('Equal', [count, b.op('Mul', [extent, two])]), b.op('Div', [positions, two]), kept])
}
