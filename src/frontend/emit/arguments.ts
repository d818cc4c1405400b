// Arguments of ordinary calls, in the order they are written.

import type { Value } from '../../ir/value.ts'
import type { Expr, KeywordArgument } from '../tree.ts'
import type { CallArguments } from '../values/sugared-value.ts'
import type { Emitter } from './emitter.ts'

export function emitArguments(e: Emitter, args: readonly Expr[], kwargs: readonly KeywordArgument[]): CallArguments {
  return {
    args: e.items(args),
    kwargs: kwargs.map(({ name, value }): readonly [string, Value] => [name, e.expression(value)]),
  }
}
