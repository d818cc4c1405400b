// Operators that are a short program of other operators. A composition is written once and run twice: over facts it is the rule, over
// operands the lowering. Answers to torch/_decomp and to the CompositeImplicit functions of aten/src/ATen/native.

import { assert } from '../diagnostics/internal.ts'
import type { FunctionSchema } from '../ir/function-schema.ts'
import { qualifiedName } from '../ir/function-schema.ts'
import type { Fact } from './fact.ts'
import { isNone, knownBool, knownInt } from './facts.ts'
import type { ArgNames } from './schema-args.ts'
import { schemasOf } from './schema-of.ts'

/** A value of the program: what is known of it, and whatever the machine that runs the program keeps beside. */
export interface Handle {
  readonly fact: Fact
}
/** An argument of a call: a value, a Python constant (a bigint is an int, a number a float), or a list of them. */
export type Given<V extends Handle> = V | bigint | number | boolean | string | null | readonly Given<V>[]

/** Runs an operator, named with its overload; arguments in the order of its schema, absent ones by default. */
export interface Call<V extends Handle> {
  (name: string, ...args: readonly (Given<V> | undefined)[]): V
  /** All results. */
  all(name: string, ...args: readonly (Given<V> | undefined)[]): readonly V[]
  /** The elements of a list of known length; Unsettled, under the argument's name, otherwise. */
  items(list: V, argument: string): readonly V[]
}

export interface Composition {
  readonly schema: string
  readonly build: <V extends Handle>(args: Readonly<Record<string, V>>, call: Call<V>) => V | readonly V[]
}

/** Thrown by a composition that must know something of an argument: a rule then tells nothing, a lowering names the argument. */
export class Unsettled extends Error {
  readonly argument: string
  constructor(argument: string, what: string) {
    super(what)
    this.argument = argument
  }
}

/** One composition. Fewer results than the schema has leave the rest without a value. */
export function compose<const S extends string>(
  schema: S,
  build: <V extends Handle>(args: { readonly [K in ArgNames<S>]: V }, call: Call<V>) => V | readonly V[],
): Composition {
  return { schema, build: build as unknown as Composition['build'] }
}

/** The same program for several schemas that share the arguments it reads. */
export function composes<const S extends string>(
  schemas: readonly S[],
  build: <V extends Handle>(args: { readonly [K in ArgNames<S>]: V }, call: Call<V>) => V | readonly V[],
): Composition[] {
  return schemas.map((schema) => ({ schema, build: build as unknown as Composition['build'] }))
}

const byName = new Map<string, FunctionSchema>()

/** The schema of `aten::add.Tensor`. */
export function schemaNamed(name: string): FunctionSchema {
  const known = byName.get(name)
  if (known !== undefined) return known
  const found = schemasOf(name.split('.')[0]!).find((schema) => qualifiedName(schema) === name)
  assert(found !== undefined, `torch has no ${name}`)
  byName.set(name, found)
  return found
}

/** A constant argument's int; Unsettled where it is not known. */
export function intOf(value: Handle, argument: string): number {
  const int = knownInt(value.fact)
  if (int === undefined) throw new Unsettled(argument, 'to be known at build time')
  return int
}
export function boolOf(value: Handle, argument: string): boolean {
  const bool = knownBool(value.fact)
  if (bool === undefined) throw new Unsettled(argument, 'to be known at build time')
  return bool
}
/** Is None, for sure. */
export const absent = (value: Handle): boolean => isNone(value.fact)

/** The rank of a value; Unsettled, under the argument's name, where it is not known. */
export function rankOf(value: Handle, argument: string): number {
  const rank = value.fact.dims?.length
  if (rank === undefined) throw new Unsettled(argument, 'its rank to be known')
  return rank
}
