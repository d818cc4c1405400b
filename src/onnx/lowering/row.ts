// A lowering row: schema string → ONNX nodes. The row declares what it needs known; the driver hands in plain values for those, and
// alone reports a need that is not met.

import type { Type } from '../../ir/type.ts'
import type { ArgNames, SchemaArgs } from '../../ops/schema-args.ts'
import type { OnnxBuilder, ResultType } from '../builder.ts'
import type { Operand, OnnxValue, ScalarListOperand, ScalarOperand, TensorListOperand } from '../operand.ts'

/** What must be known at build time for a row to apply. */
export interface Needs<S extends string> {
  /** Numbers, or lists of numbers, that must be constant; they arrive as plain JavaScript values. */
  readonly constant?: readonly ArgNames<S>[]
  /** Tensors (or lists of tensors) whose rank must be known. */
  readonly rank?: readonly ArgNames<S>[]
  /** Arguments handed in as they are, constant or not: bools and lists that a scalar operator computes with. */
  readonly operand?: readonly ArgNames<S>[]
}

/** Plain values of constant arguments. Bools, strings and None-able ones of them are always constant. */
type Constant<T extends string> = T extends `${infer B}?`
  ? Constant<B> | undefined
  : T extends 'bool'
    ? boolean
    : T extends 'str'
      ? string
      : T extends 'bool[]' | `bool[${number}]`
        ? readonly boolean[]
        : T extends `${string}[]` | `${string}[${number}]`
          ? readonly number[]
          : number

type Arg<T extends string> = T extends `${infer B}?`
  ? Arg<B> | undefined
  : T extends 'Tensor'
    ? OnnxValue
    : T extends 'Tensor[]'
      ? TensorListOperand
      : T extends 'Tensor?[]'
        ? readonly (OnnxValue | undefined)[]
        : T extends 'int' | 'float' | 'Scalar' | 'SymInt'
          ? ScalarOperand
          : T extends 'bool' | 'str' | 'bool[]' | `bool[${number}]`
            ? Constant<T>
            : T extends 'ScalarType' | 'Layout' | 'MemoryFormat'
              ? number
              : T extends `${'int' | 'float' | 'SymInt' | 'Scalar'}[]` | `${'int' | 'float' | 'SymInt'}[${number}]`
                ? ScalarListOperand
                : Operand

type TextOf<S extends string, K extends string> = Extract<SchemaArgs<S>, readonly [K, string]>[1]

export type LowerArgs<S extends string, N extends Needs<S>> = {
  readonly [K in ArgNames<S>]: N['constant'] extends readonly (infer C)[]
    ? K extends C
      ? Constant<TextOf<S, K>>
      : Arg<TextOf<S, K>>
    : Arg<TextOf<S, K>>
}

/** dtype and dims of a result, as facts have them; `type` for what is not a tensor. */
export interface ResultInfo extends ResultType {
  readonly type: Type
  /** Of a list: how many elements its users unpack it into, where some do. */
  readonly length?: number
}

export type Lowered = Operand | readonly Operand[]

export interface LoweringRow {
  readonly schema: string
  readonly needs: { readonly constant?: readonly string[]; readonly rank?: readonly string[]; readonly operand?: readonly string[] }
  readonly build: (args: never, b: OnnxBuilder, out: readonly ResultInfo[]) => Lowered
}

/** One row without needs, or with them as second argument. `out` tells the results' dtypes and dims as far as known. */
export function lower<const S extends string>(
  schema: S,
  build: (args: LowerArgs<S, Record<never, never>>, b: OnnxBuilder, out: readonly ResultInfo[]) => Lowered,
): LoweringRow
export function lower<const S extends string, const N extends Needs<S>>(
  schema: S,
  needs: N,
  build: (args: LowerArgs<S, N>, b: OnnxBuilder, out: readonly ResultInfo[]) => Lowered,
): LoweringRow
export function lower(schema: string, needs: unknown, build?: unknown): LoweringRow {
  return build === undefined
    ? { schema, needs: {}, build: needs as LoweringRow['build'] }
    : { schema, needs: needs as LoweringRow['needs'], build: build as LoweringRow['build'] }
}

/** The same row for several schemas that share the arguments it reads. */
export function lowers<const S extends string>(
  schemas: readonly S[],
  build: (args: LowerArgs<S, Record<never, never>>, b: OnnxBuilder, out: readonly ResultInfo[]) => Lowered,
): LoweringRow[]
export function lowers<const S extends string, const N extends Needs<S>>(
  schemas: readonly S[],
  needs: N,
  build: (args: LowerArgs<S, N>, b: OnnxBuilder, out: readonly ResultInfo[]) => Lowered,
): LoweringRow[]
export function lowers(schemas: readonly string[], needs: unknown, build?: unknown): LoweringRow[] {
  return schemas.map((schema) => ({
    schema,
    needs: build === undefined ? {} : (needs as LoweringRow['needs']),
    build: (build ?? needs) as LoweringRow['build'],
  }))
}

/** Thrown by a row that finds at build time that it needs more than it declared; the driver reports it with the input to declare. */
export class UnmetNeed extends Error {
  readonly argument: string
  constructor(argument: string, what: string) {
    super(what)
    this.argument = argument
  }
}
