// How trees become nodes, as a table that the compilation unit holds: visitors reach each other through it, so that files which need
// one another in a circle need not import one another.

import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { ScriptFunction } from '../script-function.ts'
import type { ScriptSource } from '../tree-range.ts'
import type { Expr, Stmt } from '../tree.ts'
import type { SugaredValue } from '../values/sugared-value.ts'
import type { Emitter } from './emitter.ts'
import type { Condition } from './refinements.ts'

export interface Language {
  readonly expression: (e: Emitter, expr: Expr, hint?: Type) => Value
  readonly sugared: (e: Emitter, expr: Expr, hint?: Type) => SugaredValue
  readonly items: (e: Emitter, exprs: readonly Expr[]) => Value[]
  readonly condition: (e: Emitter, expr: Expr) => Condition
  readonly statements: (e: Emitter, statements: readonly Stmt[]) => void
  /** Functions of a source that knows operators only. */
  readonly define: (source: ScriptSource) => readonly ScriptFunction[]
}
