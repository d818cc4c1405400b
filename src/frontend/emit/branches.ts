// if statements and conditional expressions, with the variables that leave them. Answers to emitIfElseBlocks and emitIfExpr in
// torch/csrc/jit/frontend/ir_emitter.cpp.

import { typeText } from '../../ir/print-type.ts'
import type { Block } from '../../ir/block.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { unifyTypes } from '../../ops/schema-unify-types.ts'
import type { Conditional, If, Stmt } from '../tree.ts'
import type { Place } from '../values/sugared-value.ts'
import type { Emitter } from './emitter.ts'
import type { Environment } from './environment.ts'
import type { Condition, Refinement } from './refinements.ts'

/** Variables whose type the condition narrows are set anew, narrowed. */
function applyRefinements(e: Emitter, refinements: readonly Refinement[], at: Place): void {
  for (const { name, type } of refinements) {
    const value = e.environment.get(name, at)
    e.environment.setVariable(name, e.uncheckedCast(value, type), at)
  }
}

export function emitIf(e: Emitter, { condition, body, otherwise, start, end }: If): void {
  emitIfElse(e, { start, end }, e.condition(condition), body, otherwise)
}

export function emitIfElse(e: Emitter, at: Place, condition: Condition, then: readonly Stmt[], otherwise: readonly Stmt[]): void {
  const { refinements } = condition
  if (condition.isStatic !== undefined) {
    // The other branch is not even compiled: it may be ill-typed.
    e.mark(at)
    applyRefinements(e, condition.isStatic ? refinements.whenTrue : refinements.whenFalse, at)
    e.statements(condition.isStatic ? then : otherwise)
    return
  }
  const node = e.mark(at).node('prim::If', [condition.value], [])
  const emitBranch = (block: Block, known: readonly Refinement[], statements: readonly Stmt[]): Environment =>
    e.inFrame(block, () => {
      applyRefinements(e, known, at)
      e.statements(statements)
    })
  const thenBlock = node.addBlock()
  const elseBlock = node.addBlock()
  const thenFrame = emitBranch(thenBlock, refinements.whenTrue, then)
  const elseFrame = emitBranch(elseBlock, refinements.whenFalse, otherwise)
  e.mark(at)
  joinVariables(e, at, { block: thenBlock, frame: thenFrame, name: 'true' }, { block: elseBlock, frame: elseFrame, name: 'false' })
}

interface Branch {
  readonly block: Block
  readonly frame: Environment
  readonly name: string
}

/** A variable that both branches define is defined behind them; one that exits leaves the matter to the other. */
function joinVariables(e: Emitter, at: Place, then: Branch, otherwise: Branch): void {
  const exits = (branch: Branch): boolean => e.exitBlocks.has(branch.block)
  if (exits(then) && exits(otherwise)) {
    e.exitBlocks.add(e.environment.block)
    return
  }
  const joined = new Set<string>()
  for (const [one, other] of [
    [then, otherwise],
    [otherwise, then],
  ] as const)
    for (const name of one.frame.definedVariables()) {
      if (other.frame.has(name) || exits(other)) joined.add(name)
      else e.environment.explainAbsence(name, `it is not set in the ${other.name} branch of the condition above`)
    }
  for (const name of [...joined].sort()) {
    const typeIn = ({ frame }: Branch): Type | undefined => frame.typeOf(name)
    // A branch that never ends gives a value that is never read.
    if (exits(then)) placeUninitialized(e, then, name, typeIn(otherwise))
    else if (exits(otherwise)) placeUninitialized(e, otherwise, name, typeIn(then))
    const thenType = exits(then) ? typeIn(otherwise) : typeIn(then)
    const elseType = exits(otherwise) ? typeIn(then) : typeIn(otherwise)
    if (thenType === undefined || elseType === undefined) {
      e.environment.explainAbsence(name, 'it stands for something that is no value in a branch of the condition above')
      continue
    }
    const outer = e.environment.typeOf(name)
    const mayWiden = outer !== undefined && ['Union', 'Optional', 'number'].includes(outer.kind)
    const unified = unifyTypes(thenType, elseType, mayWiden)
    if (unified === undefined) {
      const reason = `it is ${typeText(thenType)} in the true branch and ${typeText(elseType)} in the false branch of the condition above`
      if (e.environment.has(name)) e.fail('PT2031', `'${name}' changes its type: ${reason}`, at)
      e.environment.explainAbsence(name, reason)
      continue
    }
    e.environment.setType(name, unified)
  }
}

function placeUninitialized(e: Emitter, { block }: Branch, name: string, type: Type | undefined): void {
  if (type === undefined) return
  e.insertingAtEnd(block, () => {
    const value = e.builder.op('prim::Uninitialized', [], type)
    e.node('prim::Store', [value], [], [['name', name]])
  })
}

/** `a if c else b`. */
export function emitConditional(e: Emitter, expr: Conditional, hint: Type | undefined): Value {
  const condition = e.condition(expr.condition)
  const then = (): Value => e.expression(expr.value, hint)
  const otherwise = (): Value => e.expression(expr.otherwise, hint)
  if (condition.isStatic !== undefined) return condition.isStatic ? then() : otherwise()
  return emitBranchExpression(e, expr, condition, then, otherwise, hint)
}

/** One value out of either branch. */
export function emitBranchExpression(
  e: Emitter,
  at: Place,
  condition: Condition,
  then: () => Value,
  otherwise: () => Value,
  hint?: Type,
): Value {
  const node = e.mark(at).node('prim::If', [condition.value], [])
  const branch = (known: readonly Refinement[], emit: () => Value): Type => {
    const block = node.addBlock()
    e.inFrame(block, () => {
      applyRefinements(e, known, at)
      block.addReturn(emit())
    })
    return block.returns[0]!.type
  }
  const thenType = branch(condition.refinements.whenTrue, then)
  const elseType = branch(condition.refinements.whenFalse, otherwise)
  const unified = unifyTypes(thenType, elseType, hint !== undefined && hint.kind === 'Union', hint)
  if (unified === undefined)
    return e.fail('PT2031', `this is ${typeText(thenType)} when the condition is true and ${typeText(elseType)} when it is not`, at)
  return node.addOutput(unified)
}
