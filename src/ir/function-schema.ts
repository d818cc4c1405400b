// FunctionSchema: an operator's name, arguments, defaults, aliases and results, as torch prints them. Data only; the rows live in ops/.
// Mirrors aten/src/ATen/core/function_schema.h.

import type { IValue } from './ivalue.ts'
import type { Type } from './type.ts'

/** `(a! -> b)`: which alias sets a value belongs to, and whether it is written. `*` is the wildcard set. */
export interface AliasInfo {
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly isWrite: boolean
  /** For a container: the alias sets of its elements. */
  readonly contained?: AliasInfo
}

export interface Argument {
  /** Empty for unnamed results. */
  readonly name: string
  readonly type: Type
  /** `int[2]`: a single int is accepted and repeated. */
  readonly size?: number
  readonly kwargOnly: boolean
  /** Undefined: the argument has no default. None is `null`. */
  readonly default?: IValue
  readonly alias?: AliasInfo
}

export interface FunctionSchema {
  /** `aten::add`. */
  readonly name: string
  /** `Tensor`, empty for the default overload. */
  readonly overload: string
  readonly args: readonly Argument[]
  readonly returns: readonly Argument[]
  readonly isVararg: boolean
  readonly isVarret: boolean
  /** The text it was parsed from: the key of every table. */
  readonly text: string
}

/** `aten::add.Tensor`. */
export function qualifiedName({ name, overload }: FunctionSchema): string {
  return overload === '' ? name : `${name}.${overload}`
}

/** True when some argument is written to. */
export function isMutating(schema: FunctionSchema): boolean {
  return schema.args.some((arg) => arg.alias?.isWrite === true)
}
