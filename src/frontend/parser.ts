// The front door of the parser: a source → its tree. Answers to torch/csrc/jit/frontend/parser.h.

import { guardStack } from './guard-stack.ts'
import { parseExpression } from './parse-expressions.ts'
import { parseModule } from './parse-statements.ts'
import { TokenStream } from './token-stream.ts'
import type { Expr, Stmt } from './tree.ts'
import type { ScriptSource } from './tree-range.ts'

/** The statements of a source. Throws PT2001…PT2005 at the place of the first problem. */
export function parseSource(source: ScriptSource): readonly Stmt[] {
  return guardStack(() => parseModule(new TokenStream(source)))
}

/** One expression that fills the whole text, e.g. a type. */
export function parseExpressionText(source: ScriptSource): Expr {
  const stream = new TokenStream(source)
  const value = guardStack(() => parseExpression(stream))
  stream.tryEat('newline')
  if (stream.kind !== 'eof') stream.error('expected the end of the expression')
  return value
}
