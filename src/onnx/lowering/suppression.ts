// torchvision::nms on NonMaxSuppression-11. Answers to torchvision/csrc/ops/cpu/nms_kernel.cpp: boxes in falling order of their scores, equal
// ones by index; a box goes when its overlap with one that stays is greater than the threshold.

import type { OnnxBuilder } from '../builder.ts'
import type { OnnxValue, ScalarOperand } from '../operand.ts'
import { constantNumber } from '../operand.ts'
import { countTo } from './int-math.ts'
import { iterate } from './iterate.ts'
import { lower, type LoweringRow } from './row.ts'
import { sort } from './sorting.ts'

/** The greatest float32 that is not above the threshold: torch compares a float32 overlap with a float64 threshold. The kernel wants 0 … 1. */
function threshold(value: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const known = constantNumber(value)
  if (known !== undefined) {
    const near = Math.fround(known)
    const below = near > known ? Math.fround(near * (1 - 2 ** -24)) : near
    return b.elements('float32', [1], [Math.min(1, Math.max(0, below))])
  }
  const wide = b.number(value, 'float64')
  const near = b.cast(wide, 'float32')
  const below = b.op('Mul', [near, b.scalar('float32', 1 - 2 ** -24)])
  const kept = b.op('Where', [b.op('Greater', [b.cast(near, 'float64'), wide]), below, near])
  return b.reshapeTo(b.op('Clip', [kept, b.scalar('float32', 0), b.scalar('float32', 1)]), [1])
}

const column = (boxes: OnnxValue, at: number, b: OnnxBuilder): OnnxValue =>
  b.op('Gather', [boxes, b.scalar('int64', at)], { axis: 1 }, { dims: [boxes.dims![0]!] })

/** Places of the boxes that stay, among sorted ones. Scores are ranks: NaN, which torch sorts first, is none then. */
function suppress(boxes: OnnxValue, iou: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const n = boxes.dims![0]!
  const cut = (from: number): OnnxValue => b.op('Slice', [boxes, b.ints([from]), b.ints([from + 2]), b.ints([1])], {}, { dims: [n, 2] })
  // The kernel turns a box over whose corners are swapped; in torch its area is nothing or negative, and nothing overlaps it.
  const low = cut(0)
  const sound = b.op('Concat', [low, b.op('Max', [low, cut(2)])], { axis: 1 }, { dims: [n, 4] })
  const ranks = b.op('Neg', [b.cast(countTo(b, b.size(boxes, 0)), 'float32')])
  const chosen = b.op(
    'NonMaxSuppression',
    [b.unsqueeze(sound, [0]), b.unsqueeze(ranks, [0, 1]), b.vector({ kind: 'list', items: [b.size(boxes, 0)] }), threshold(iou, b)],
    { center_point_box: 0 },
    { dtype: 'int64', dims: [null, 3] },
  )
  return column(chosen, 2, b)
}

/** The same where the kernel has no dtype or no threshold for it: one turn for each box. */
function suppressInTurns(boxes: OnnxValue, iou: ScalarOperand, b: OnnxBuilder): OnnxValue {
  const n = b.size(boxes, 0)
  const [x1, y1, x2, y2] = [0, 1, 2, 3].map((at) => column(boxes, at, b)) as [OnnxValue, OnnxValue, OnnxValue, OnnxValue]
  const area = b.op('Mul', [b.op('Sub', [x2, x1]), b.op('Sub', [y2, y1])])
  const line = countTo(b, n)
  const none = b.op('Less', [line, b.scalar('int64', 0)])
  const count = b.number(n, 'int64')
  const [gone] = iterate(b, [none], b.op('Greater', [count, b.scalar('int64', 0)]), (scope, [before], turn) => {
    const own = (values: OnnxValue): OnnxValue => scope.op('Gather', [values, turn], { axis: 0 }, { dims: [] })
    const side = (low: OnnxValue, high: OnnxValue): OnnxValue => {
      const length = scope.op('Sub', [scope.op('Min', [high, own(high)]), scope.op('Max', [low, own(low)])])
      return scope.op('Max', [length, scope.scalar(boxes.dtype, 0)])
    }
    const shared = scope.op('Mul', [side(x1, x2), side(y1, y2)])
    const overlap = scope.op('Div', [shared, scope.op('Sub', [scope.op('Add', [own(area), area]), shared])])
    const over = scope.op('Greater', [scope.cast(overlap, 'float64'), scope.number(iou, 'float64')])
    const later = scope.op('And', [over, scope.op('Greater', [line, turn])])
    const next = scope.op('Or', [before!, scope.op('And', [later, scope.op('Not', [own(before!)])])])
    return { next: [next], goes: scope.op('Less', [scope.op('Add', [turn, scope.scalar('int64', 1)]), count]) }
  })
  const kept = b.op('NonZero', [b.op('Not', [gone!])], {}, { dtype: 'int64', dims: [1, null] })
  return b.op('Squeeze', [kept, b.ints([0])], {}, { dims: [null] })
}

export const suppressionLowerings: readonly LoweringRow[] = [
  lower('torchvision::nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor', ({ dets, scores, iou_threshold }, b) => {
    const n = dets.dims?.[0] ?? scores.dims?.[0] ?? null
    const { indices } = sort({ ...scores, dims: [n] }, 0, true, b)
    const work = dets.dtype === 'float64' ? 'float64' : 'float32'
    const sorted = b.op('Gather', [b.cast(dets, work), indices], { axis: 0 }, { dims: [n, 4] })
    const inTurns = work === 'float64' || (constantNumber(iou_threshold) ?? 0) < 0
    const places = (inTurns ? suppressInTurns : suppress)(sorted, iou_threshold, b)
    return b.op('Gather', [indices, places], { axis: 0 }, { dims: [null] })
  }),
]
