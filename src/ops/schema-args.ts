// The arguments of an operator as a TypeScript type, read from its schema string: a row that misspells an argument does not compile.

type Trim<S extends string> = S extends ` ${infer R}` ? Trim<R> : S extends `${infer R} ` ? Trim<R> : S

/** Removes alias annotations: `Tensor(a!)[]` → `Tensor[]`. */
type Plain<S extends string> = S extends `${infer A}(${string})${infer B}` ? `${A}${B}` : S

/** `T name=default` → [name, type text]. */
type OneArg<S extends string> =
  Trim<S> extends '*' ? never : Trim<S> extends `${infer D}=${string}` ? NameAndType<Trim<D>> : NameAndType<Trim<S>>
type NameAndType<S extends string> = S extends `${infer A} -> ${infer B})${infer C} ${infer N}`
  ? [N, Plain<`${A}${B})${C}`>]
  : S extends `${infer T} ${infer N}`
    ? [N, Plain<T>]
    : never

type SplitArgs<S extends string> = S extends `${infer A}, ${infer R}` ? OneArg<A> | SplitArgs<R> : OneArg<S>

type ArgText<S extends string> = S extends `${string}::${string}(${infer A}) -> ${string}` ? A : never

/** Drops default lists, whose commas would split an argument: `int[2] stride=[1, 1]`. */
type DropLists<S extends string> = S extends `${infer A}=[${string}]${infer B}` ? DropLists<`${A}=0${B}`> : S

/** Union of [name, type text] of the schema's arguments. */
export type SchemaArgs<S extends string> = SplitArgs<DropLists<ArgText<S>>>

/** Names of a schema's arguments. */
export type ArgNames<S extends string> = SchemaArgs<S>[0]
