// Free functions of one source, seeing each other by name. Answers to CompilationUnit::define in torch/csrc/jit/frontend/ir_emitter.cpp.

import { CompilationUnit } from './compilation-unit.ts'
import { defineFunctionsIn, nativeResolver } from './define-functions-in.ts'
import type { Resolver } from './emit/emitter.ts'
import { language } from './language.ts'
import type { ScriptFunction } from './script-function.ts'
import type { ScriptSource } from './tree-range.ts'

export { nativeResolver }

/** The functions of a source, in order; several may share a name. Bodies are compiled when asked for. Throws PT2001 … of the parser. */
export function defineFunctions(
  source: ScriptSource,
  resolver: Resolver = nativeResolver,
  unit: CompilationUnit = new CompilationUnit(language),
): ScriptFunction[] {
  return defineFunctionsIn(unit, source, resolver)
}
