// Calls: ordinary ones, whose arguments are evaluated in order, and special forms.
// Answers to emitApplyExpr in torch/csrc/jit/frontend/ir_emitter.cpp.

import type { Type } from '../../ir/type.ts'
import type { Call } from '../tree.ts'
import { SpecialForm } from '../values/functions.ts'
import type { SugaredValue } from '../values/sugared-value.ts'
import { emitArguments } from './arguments.ts'
import type { Emitter } from './emitter.ts'
import { emitSpecialForm } from './special-forms.ts'

export function emitCall(e: Emitter, call: Call, hint: Type | undefined): SugaredValue {
  const callee = e.sugared(call.callee)
  if (callee instanceof SpecialForm) return emitSpecialForm(e, callee.form, call, hint)
  return callee.call(emitArguments(e, call.args, call.kwargs), call)
}
