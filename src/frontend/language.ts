// The table of visitors: TorchScript as a whole.

import { CompilationUnit } from './compilation-unit.ts'
import { defineFunctionsIn, nativeResolver } from './define-functions-in.ts'
import { emitCondition } from './emit/conditions.ts'
import { emitExpression, emitItems, emitSugared } from './emit/expressions.ts'
import type { Language } from './emit/language.ts'
import { emitStatements } from './emit/statements.ts'

export const language: Language = {
  expression: emitExpression,
  sugared: emitSugared,
  items: emitItems,
  condition: emitCondition,
  statements: emitStatements,
  define: (source) => defineFunctionsIn(new CompilationUnit(language), source, nativeResolver),
}
