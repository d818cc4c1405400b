// Writes through expanded tensors, whose elements share places: which places of the base a view shows, found by numbering them and looking at the
// numbers through the view. Answers to assert_no_internal_overlap in aten/src/ATen/MemoryOverlap.cpp, and to the operators that do without it.

import { constantOf } from '../../ir/constant.ts'
import { Builder } from '../../ir/builder.ts'
import type { Node } from '../../ir/node.ts'
import { boolType, intType, listOf, tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Reference, StepReference } from './reference.ts'
import { applyStep, isSameView } from './view-steps.ts'

const EXPANDS: ReadonlySet<string> = new Set(['aten::expand', 'aten::expand_as', 'aten::broadcast_to'])
/** Read the elements themselves in another way, so that numbers cannot be sent through in their place. */
const RECASTS: ReadonlySet<string> = new Set(['aten::view_as_real', 'aten::view_as_complex', 'aten::real', 'aten::imag'])
const OVERLAP =
  'unsupported operation: more than one element of the written-to tensor refers to a single memory location. ' +
  'Please clone() the tensor before performing the operation.'

/** Write one value to every place, as often as there are elements. */
const FILLS: ReadonlySet<string> = new Set(['aten::fill_', 'aten::zero_'])
/** Write some elements, and torch lets them share places with others: those that change decide. */
const CHANGES: ReadonlySet<string> = new Set(
  ['masked_fill_', 'index_fill_', 'index_put_', '_index_put_impl_', 'fill_diagonal_', 'tril_', 'triu_'].map((name) => `aten::${name}`),
)

/** Writes to elements that share places, without an exception. */
export function mayOverlap(writer: Node): boolean {
  const accumulate = writer.kind.includes('index_put') ? writer.namedInput('accumulate') : undefined
  return FILLS.has(writer.kind) || (CHANGES.has(writer.kind) && (accumulate === undefined || constantOf(accumulate) === false))
}

export const isExpand = ({ step }: StepReference): boolean => EXPANDS.has(step.kind)

/** Some view on the way to the memory may show one place as several elements. */
export function seesExpanded(reference: Reference): boolean {
  let at = reference
  for (; at.kind === 'step'; at = at.parent) if (isExpand(at)) return true
  return at.kind === 'choice' && at.of.some(seesExpanded)
}

/** None of the expanded tensors among `steps` has other elements than what it is of. `values`: what each step is applied to, and gives. */
export function isBijective(b: Builder, values: readonly (readonly [Value, Value])[]): Value {
  const numel = (value: Value): Value => b.op('aten::numel', [value], intType)
  const equal = values.map(([before, after]) => b.op('aten::eq', [numel(before), numel(after)], boolType))
  return equal.reduce((all, one) => b.op('aten::__and__', [all, one], boolType))
}

/**
 * The new value of `base`, of which `steps` show `before`, and `after` once `writer` has run. Raises at run time where torch does.
 * Undefined for views and operators that it cannot be told of.
 */
export function writePlaces(
  b: Builder,
  writer: Node,
  steps: readonly StepReference[],
  base: Value,
  before: Value,
  after: Value,
): Value | undefined {
  const isChange = CHANGES.has(writer.kind)
  if (isChange && !mayOverlap(writer)) return undefined
  const zero = b.int(0)
  const flat = (value: Value): Value => b.op('aten::reshape', [value, b.list([b.int(-1)], intType)], tensorType)
  const numel = b.op('aten::numel', [base], intType)
  const numbers = b.op('aten::arange', [numel, ...Array.from({ length: 4 }, () => b.none())], tensorType)
  let seen = b.op('aten::reshape', [numbers, b.op('aten::size', [base], listOf(intType))], tensorType)
  for (const { step } of steps) {
    const { kind } = step
    if (RECASTS.has(kind) || (kind === 'aten::view' && step.operands[0]!.type.kind === 'int')) return undefined
    if (!isSameView(kind)) seen = applyStep(b, { ...step, type: tensorType }, seen)
  }
  let places = flat(seen)
  if (!isChange && !FILLS.has(writer.kind)) raiseIf(b, hasRepeats(b, places, numbers))
  if (!isChange) return b.op('aten::view_as', [scatter(b, flat(base), places, flat(after)), base], base.type)
  // What does not change goes to a place behind the last one. NaN stays NaN.
  const [old, new_] = [flat(before), flat(after)]
  const isNumber = b.op('aten::logical_or', [compare(b, 'eq', old, old), compare(b, 'eq', new_, new_)], tensorType)
  const changed = b.op('aten::logical_and', [compare(b, 'ne', old, new_), isNumber], tensorType)
  places = b.op('aten::where', [changed, places, b.op('aten::full_like', [places, numel, ...fiveNone(b)], tensorType)], tensorType)
  const one = b.op('aten::new_zeros', [base, b.list([b.int(1)], intType), ...Array.from({ length: 4 }, () => b.none())], tensorType)
  const longer = b.op('aten::cat', [b.list([flat(base), one], tensorType), zero], tensorType)
  const written = scatter(b, longer, places, new_)
  return b.op('aten::view_as', [b.op('aten::narrow', [written, zero, zero, numel], tensorType), base], base.type)
}

const fiveNone = (b: Builder): Value[] => Array.from({ length: 5 }, () => b.none())
const compare = (b: Builder, name: string, x: Value, y: Value): Value => b.op(`aten::${name}`, [x, y], tensorType)
const scatter = (b: Builder, into: Value, places: Value, from: Value): Value =>
  b.op('aten::scatter', [into, b.int(0), places, from], tensorType)

/** Whether a number is there twice: each element leaves its position at its place, and of two at one place only one finds its own. */
function hasRepeats(b: Builder, places: Value, numbers: Value): Value {
  const count = b.op('aten::numel', [places], intType)
  const positions = b.op('aten::arange', [count, ...Array.from({ length: 4 }, () => b.none())], tensorType)
  const left = b.op('aten::index_select', [scatter(b, numbers, places, positions), b.int(0), places], tensorType)
  return b.op('aten::Bool', [b.op('aten::any', [compare(b, 'ne', left, positions)], tensorType)], boolType)
}

function raiseIf(b: Builder, condition: Value): void {
  const raises = Builder.atEnd(b.if(condition).blocks[0]!)
  raises.node('prim::RaiseException', [raises.constant(OVERLAP), raises.none()], [])
}
