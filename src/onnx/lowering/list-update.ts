// The functional forms of operators that write lists: the new list first, then the operator's own result.
// Answers to torch/csrc/jit/runtime/register_ops_utils.h (listAppend, listInsert, listPop, listSetItem …).

import type { Type } from '../../ir/type.ts'
import type { OnnxBuilder } from '../builder.ts'
import type { Operand, ScalarOperand } from '../operand.ts'
import { countTo, intOp, known } from './int-math.ts'
import { appended, inserted, itemAt, lengthOf, pick, replaced, runtimeList, without } from './list-values.ts'
import { concatenated, placeOf, sorted } from './list.ts'
import { lower, lowers, type LoweringRow, type ResultInfo } from './row.ts'

const none: Type = { kind: 'None' }
const elementType = (info: ResultInfo | undefined): Type => (info?.type.kind === 'List' ? info.type.of : none)

/** The place of a constant index in a list that is known item by item. */
function placeIn(list: Operand, index: ScalarOperand): number | undefined {
  const at = known(index)
  if (list.kind !== 'list' || at === undefined) return undefined
  return Number(at < 0n ? at + BigInt(list.items.length) : at)
}
const spliced = (list: Operand, at: number, removed: number, ...put: Operand[]): Operand => {
  const items = list.kind === 'list' ? list.items : []
  return { kind: 'list', items: [...items.slice(0, at), ...put, ...items.slice(at + removed)] }
}
const inside = (list: Operand, at: number | undefined): at is number =>
  at !== undefined && list.kind === 'list' && at >= 0 && at < list.items.length

function remove(list: Operand, idx: ScalarOperand, b: OnnxBuilder, of: Type): Operand {
  const at = placeIn(list, idx)
  return inside(list, at) ? spliced(list, at, 1) : without(runtimeList(list, of, b), idx, b)
}

export const listUpdateLowerings: readonly LoweringRow[] = [
  lower('functional::append.t(t[] self, t el) -> t[]', ({ self, el }, b, [out]) =>
    self.kind === 'list' ? spliced(self, self.items.length, 0, el) : appended(runtimeList(self, elementType(out), b), el, b),
  ),
  lower('functional::extend.t(t[] self, t[] other) -> t[]', ({ self, other }, b, [out]) => concatenated(self, other, b, elementType(out))),
  lower('functional::add_.t(t[] self, t[] b) -> t[]', ({ self, b: other }, b, [out]) => concatenated(self, other, b, elementType(out))),
  lower('functional::insert.t(t[] self, int idx, t el) -> t[]', ({ self, idx, el }, b, [out]) => {
    const at = placeIn(self, idx)
    if (self.kind === 'list' && at !== undefined) return spliced(self, Math.min(Math.max(at, 0), self.items.length), 0, el)
    return inserted(runtimeList(self, elementType(out), b), idx, el, b)
  }),
  lower('functional::pop.t(t[] self, int idx=-1) -> (t[] self, t el)', ({ self, idx }, b, [out]) => {
    const of = elementType(out)
    return [remove(self, idx, b, of), itemAt(self, idx, of, b)]
  }),
  lower('functional::Delete.t(t[] self, int idx) -> t[]', ({ self, idx }, b, [out]) => remove(self, idx, b, elementType(out))),
  lower('functional::_set_item.t(t[] l, int idx, t el) -> t[]', ({ l, idx, el }, b, [out]) => {
    const at = placeIn(l, idx)
    return inside(l, at) ? spliced(l, at, 1, el) : replaced(runtimeList(l, elementType(out), b), idx, el, b)
  }),
  lower('functional::clear.t(t[] self) -> t[]', () => ({ kind: 'list', items: [] })),
  lower('functional::reverse.t(t[] self) -> t[]', ({ self }, b, [out]) => {
    if (self.kind === 'list') return { kind: 'list', items: self.items.toReversed() }
    const items = runtimeList(self, elementType(out), b)
    const last = intOp(b, 'Sub', lengthOf(items, b), 1)
    const places = b.op('Sub', [b.number(last, 'int64'), countTo(b, lengthOf(items, b))], {}, { dims: [null] })
    return pick(items, places, b)
  }),
  ...(
    [
      ['int', 'int64'],
      ['float', 'float64'],
      ['bool', 'bool'],
    ] as const
  ).flatMap(([type, dtype]) => [
    lower(
      `functional::remove.${type}(${type}[] self, ${type} el) -> ${type}[]` as 'functional::remove.int(int[] self, int el) -> int[]',
      { operand: ['self', 'el'] },
      ({ self, el }, b, [out]) => without(runtimeList(self, elementType(out), b), placeOf(self, el, dtype, b), b),
    ),
    ...lowers(
      [
        `functional::sort.${type}(${type}[] self, bool reverse=False) -> ${type}[]` as 'functional::sort.int(int[] self, bool reverse=False) -> int[]',
      ],
      { operand: ['self'] },
      ({ self, reverse }, b) => sorted(self, reverse, dtype, b),
    ),
  ]),
]
