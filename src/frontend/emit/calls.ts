// Calls: ordinary ones, whose arguments are evaluated in order, and special forms.
// Answers to emitApplyExpr in torch/csrc/jit/frontend/ir_emitter.cpp.

import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Call, Expr, KeywordArgument } from '../tree.ts'
import { SpecialForm } from '../values/functions.ts'
import type { CallArguments, SugaredValue } from '../values/sugared-value.ts'
import type { Emitter } from './emitter.ts'
import { emitExpression, emitItems, emitSugared } from './expressions.ts'
import { emitSpecialForm } from './special-forms.ts'

export function emitCall(e: Emitter, call: Call, hint: Type | undefined): SugaredValue {
  const callee = emitSugared(e, call.callee)
  if (callee instanceof SpecialForm) return emitSpecialForm(e, callee.form, call, hint)
  return callee.call(emitArguments(e, call.args, call.kwargs), call)
}

export function emitArguments(e: Emitter, args: readonly Expr[], kwargs: readonly KeywordArgument[]): CallArguments {
  return {
    args: emitItems(e, args),
    kwargs: kwargs.map(({ name, value }): readonly [string, Value] => [name, emitExpression(e, value)]),
  }
}
