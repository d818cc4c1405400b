// What removing mutation leaves when a view is written and read again at once: reading back what was just put in place.

import type { Match } from '../ir/pattern.ts'
import { defineRulePass, type Rule } from './rule-pass.ts'

const MAX_INT = 9223372036854775807n

/** `select` or `slice` of a scatter through the same view. */
const readBack = (name: string, scatter: string, read: string, operands: string): Rule => {
  const inputs = operands.replaceAll(/%(\w+)/g, '%$1 : int')
  return {
    name,
    shared: true,
    before: `graph(%base : Tensor, %src : Tensor, ${inputs}):
  %new : Tensor = ${scatter}(%base, %src, ${operands})
  %view : Tensor = ${read}(%new, ${operands})
  return (%view)`,
    after: `graph(%base : Tensor, %src : Tensor, ${inputs}):
  %view : Tensor = aten::type_as(%src, %base)
  return (%view)`,
    example: {
      before: `graph(%b : Tensor, %s : Tensor, ${inputs}):
  %1 : Tensor = ${scatter}(%b, %s, ${operands})
  %2 : Tensor = ${read}(%1, ${operands})
  %3 : Tensor = aten::neg(%2)
  return (%1, %3)`,
      after: `graph(%b : Tensor, %s : Tensor, ${inputs}):
  %1 : Tensor = ${scatter}(%b, %s, ${operands})
  %2 : Tensor = aten::type_as(%s, %b)
  %3 : Tensor = aten::neg(%2)
  return (%1, %3)`,
    },
  }
}

const coversAll = (match: Match): true | string => {
  const [start, end, step] = ['start', 'end', 'step'].map(match.constant)
  if (start !== null && start !== 0n) return 'the slice does not begin at 0'
  if (end !== null && end !== MAX_INT) return 'the slice may end before the end'
  return step === 1n ? true : 'the slice has a step'
}

export const simplifyScatter = defineRulePass('simplify-scatter', 'Takes what was written through a view for what is read through it.', [
  readBack('select-of-select-scatter', 'aten::select_scatter', 'aten::select', '%dim, %index'),
  readBack('slice-of-slice-scatter', 'aten::slice_scatter', 'aten::slice', '%dim, %start, %end, %step'),
  {
    // torch: the source must have the slice's shape, which is the base's.
    name: 'slice-scatter-of-everything',
    before: `graph(%base : Tensor, %src : Tensor, %dim : int, %start : int?, %end : int?, %step : int):
  %new : Tensor = aten::slice_scatter(%base, %src, %dim, %start, %end, %step)
  return (%new)`,
    after: `graph(%base : Tensor, %src : Tensor, %dim : int, %start : int?, %end : int?, %step : int):
  %new : Tensor = aten::type_as(%src, %base)
  return (%new)`,
    where: coversAll,
    example: {
      before: `graph(%b : Tensor, %s : Tensor):
  %0 : int = prim::Constant[value=0]()
  %1 : int = prim::Constant[value=1]()
  %2 : NoneType = prim::Constant()
  %3 : Tensor = aten::slice_scatter(%b, %s, %1, %0, %2, %1)
  return (%3)`,
      after: `graph(%b : Tensor, %s : Tensor):
  %0 : int = prim::Constant[value=0]()
  %1 : int = prim::Constant[value=1]()
  %2 : NoneType = prim::Constant()
  %3 : Tensor = aten::type_as(%s, %b)
  return (%3)`,
    },
  },
])
