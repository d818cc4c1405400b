// Conditions: and, or, not, is, isinstance, hasattr, and what they tell about variables and about which branch can run at all.
// Answers to emitCondExpr in torch/csrc/jit/frontend/ir_emitter.cpp.

import { constantOf, isConstant } from '../../ir/constant.ts'
import { typeText } from '../../ir/print-type.ts'
import { boolType, isSubtype, typesEqual, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { sortTypes, unifyTypeList, unifyTypes, unionMembers } from '../../ops/schema-unify-types.ts'
import { mustBeNone } from '../cleanup/none-values.ts'
import type { Binary, Call, Expr } from '../tree.ts'
import { CastFunction, MagicFunction, SpecialForm } from '../values/functions.ts'
import type { Place } from '../values/sugared-value.ts'
import { emitBranchExpression } from './branches.ts'
import { emitBuiltinCall } from './builtin-calls.ts'
import type { Emitter } from './emitter.ts'
import { RefinementSet, type Condition, type Refinement } from './refinements.ts'

export function emitCondition(e: Emitter, expr: Expr): Condition {
  return e.nested(expr, () => conditionOf(e, expr))
}

function conditionOf(e: Emitter, expr: Expr): Condition {
  if (expr.kind === 'binary') {
    if (expr.operator === 'and' || expr.operator === 'or') return shortCircuit(e, expr, expr.operator === 'or')
    if (expr.operator === 'is' || expr.operator === 'is not') return identity(e, expr)
  }
  if (expr.kind === 'unary' && expr.operator === 'not') {
    const inner = emitCondition(e, expr.operand)
    const value = emitBuiltinCall(e, 'aten::__not__', { args: [inner.value] }, expr)
    return { value, refinements: inner.refinements.not(), isStatic: inner.isStatic === undefined ? undefined : !inner.isStatic }
  }
  if (expr.kind === 'call') {
    const special = typeQuestion(e, expr)
    if (special !== undefined) return special
  }
  const value = emitToBool(e, e.expression(expr), expr)
  return { value, refinements: RefinementSet.none, isStatic: staticTruth(value) }
}

/** Branches on literals and on what torch folds while it compiles are chosen at once. */
function staticTruth(value: Value): boolean | undefined {
  if (value.node.kind === 'aten::is_scripting') return true
  if (value.node.kind === 'aten::has_torch_function') return false
  const constant = isConstant(value) ? constantOf(value) : undefined
  return typeof constant === 'boolean' ? constant : undefined
}

/** `bool(value)`. Throws PT2030 for what has no truth. */
export function emitToBool(e: Emitter, value: Value, at: Place): Value {
  const cast = new MagicFunction(e, '__bool__', new CastFunction(e, 'aten::Bool', boolType))
  const isScalar = ['bool', 'int', 'float', 'Tensor', 'Class'].includes(value.type.kind)
  if (!isScalar) e.fail('PT2030', `a condition is a bool, found ${typeText(value.type)}`, at, 'compare it with something')
  const out = cast.call({ args: [value], kwargs: [] }, at).asValue(at)
  if (!isSubtype(out.type, boolType)) e.fail('PT2030', `a condition is a bool, found ${typeText(out.type)}`, at)
  return out
}

function identity(e: Emitter, expr: Binary): Condition {
  const left = e.expression(expr.left)
  const right = e.expression(expr.right)
  const isIs = expr.operator === 'is'
  const leftNone = noneStatus(left)
  const rightNone = noneStatus(right)
  const decided =
    leftNone === 'always' && rightNone === 'always'
      ? isIs
      : (leftNone === 'always' && rightNone === 'never') || (leftNone === 'never' && rightNone === 'always')
        ? !isIs
        : undefined
  if (decided !== undefined) return { value: e.mark(expr).constant(decided), refinements: RefinementSet.none, isStatic: decided }
  const value = emitBuiltinCall(e, isIs ? 'aten::__is__' : 'aten::__isnot__', { args: [left, right] }, expr)
  return { value, refinements: noneRefinements(expr, left, right, isIs), isStatic: undefined }
}

function noneStatus(value: Value): 'always' | 'maybe' | 'never' {
  if (mustBeNone(value)) return 'always'
  const { type } = value
  if (type.kind === 'Optional' || type.kind === 'Any' || (type.kind === 'Union' && type.of.some((t) => t.kind === 'None'))) return 'maybe'
  return 'never'
}

/** `x is not None` makes an Optional x present. */
function noneRefinements(expr: Binary, left: Value, right: Value, isIs: boolean): RefinementSet {
  const [variable, value] = expr.right.kind === 'none' ? [expr.left, left] : [expr.right, right]
  const other = expr.right.kind === 'none' ? expr.right : expr.left
  if (other.kind !== 'none' || variable.kind !== 'name') return RefinementSet.none
  let present: Type | undefined
  if (value.type.kind === 'Optional') present = value.type.of
  else if (value.type.kind === 'Union')
    present = unifyTypeList(
      value.type.of.filter((t) => t.kind !== 'None'),
      true,
    )
  if (present === undefined) return RefinementSet.none
  const refinement: Refinement = { name: variable.name, type: present }
  return isIs ? new RefinementSet([], [refinement]) : new RefinementSet([refinement], [])
}

function shortCircuit(e: Emitter, expr: Binary, isOr: boolean): Condition {
  const left = emitCondition(e, expr.left)
  let right: Condition | undefined
  const decided = (): Value => e.mark(expr).constant(isOr)
  const rest = (): Value => {
    right = emitCondition(e, expr.right)
    return right.value
  }
  const value = emitBranchExpression(e, expr, left, isOr ? decided : rest, isOr ? rest : decided)
  const refinements = isOr ? left.refinements.or(right!.refinements) : left.refinements.and(right!.refinements)
  let isStatic: boolean | undefined
  if (left.isStatic === isOr || right!.isStatic === isOr) isStatic = isOr
  else if (left.isStatic !== undefined && right!.isStatic !== undefined) isStatic = !isOr
  return { value, refinements, isStatic }
}

/** isinstance and hasattr, whatever name they are called by. */
function typeQuestion(e: Emitter, expr: Call): Condition | undefined {
  if (expr.callee.kind === 'call' || expr.callee.kind === 'subscript') return undefined
  const isNamed = expr.callee.kind === 'name' && (expr.callee.name === 'isinstance' || expr.callee.name === 'hasattr')
  if (!isNamed) return undefined
  const callee = e.sugared(expr.callee)
  if (!(callee instanceof SpecialForm)) return undefined
  checkArguments(e, expr, 2, callee.form)
  return callee.form === 'isinstance' ? emitIsInstance(e, expr.args[0]!, expr.args[1]!) : emitHasAttr(e, expr.args[0]!, expr.args[1]!)
}

export function checkArguments(e: Emitter, call: Call, count: number, name: string): void {
  if (call.args.length !== count) e.fail('PT2023', `${name} takes ${count} arguments, found ${call.args.length}`, call)
  if (call.kwargs.length > 0) e.fail('PT2023', `${name} takes no keyword arguments`, call)
}

export function emitHasAttr(e: Emitter, object: Expr, name: Expr): Condition {
  const value = e.sugared(object)
  if (name.kind !== 'string') return e.fail('PT2030', 'the second argument of hasattr is a string literal', name)
  const has = value.hasAttr(name.value, object)
  return { value: e.mark(object).constant(has), refinements: RefinementSet.none, isStatic: has }
}

/** Types that could still be the value's in either branch; the question is asked at run time only when neither is impossible. */
export function emitIsInstance(e: Emitter, object: Expr, classes: Expr): Condition {
  const value = e.expression(object)
  const asked: Type[] = []
  const gather = (expr: Expr): void => {
    if (expr.kind === 'tuple') expr.items.forEach(gather)
    else asked.push(...unionMembers(e.types.parse(expr)))
  }
  gather(classes)
  const sorted = sortTypes(asked)
  const inTrue: Type[] = []
  const inFalse: Type[] = []
  let allTrue = true
  for (const own of value.type.kind === 'number' ? NUMBERS : unionMembers(value.type)) {
    if (own.kind === 'Any') {
      inTrue.push(...asked)
      inFalse.push(own)
      if (inTrue.length !== 1 || inTrue[0]!.kind !== 'Any') allTrue = false
      break
    }
    const narrowed = narrowest(e, own, asked)
    if (narrowed === undefined) {
      inFalse.push(own)
      allTrue = false
    } else inTrue.push(narrowed)
  }
  const refined = (types: readonly Type[]): Refinement[] => {
    const type = types.length === 0 ? undefined : unifyTypeList(types, true)
    return object.kind === 'name' && type !== undefined ? [{ name: object.name, type }] : []
  }
  const refinements = new RefinementSet(refined(inTrue), refined(inFalse))
  const decided = allTrue ? true : inTrue.length === 0 ? false : undefined
  if (decided !== undefined) return { value: e.mark(object).constant(decided), refinements, isStatic: decided }
  const result = e.mark(object).builder.op('prim::isinstance', [value], boolType, [['types', { kind: 'types', types: sorted }]])
  return { value: result, refinements, isStatic: undefined }
}

const NUMBERS: readonly Type[] = [{ kind: 'float' }, { kind: 'int' }, { kind: 'complex' }]

function narrowest(e: Emitter, own: Type, asked: readonly Type[]): Type | undefined {
  let found: Type | undefined
  for (const type of asked) {
    const smaller = e.subtype(own, type) ? own : e.subtype(type, own) ? type : undefined
    if (smaller === undefined) continue
    if (typesEqual(smaller, own)) found = own
    else found = found === undefined ? type : unifyTypes(found, type)
  }
  return found
}
