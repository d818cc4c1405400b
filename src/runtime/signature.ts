// What the generated module says about a method: the types of src/ir/signature.ts again, since the runtime imports nothing of the compiler.
// A type test keeps the compiler's types assignable to these.

import type { encodeArguments, Feeds } from './arguments.ts'
import type { Raw } from './read-tensor.ts'
import type { Session } from './shared-load.ts'

/** One extent: a number, a named symbol (equal names are equal extents), or nothing known. */
export type Dim = number | string | null

export type Constant = null | boolean | number | string | { readonly bigint: string } | readonly Constant[]

export interface TensorSpec {
  readonly kind: 'tensor'
  readonly id: string
  readonly dtype: string
  readonly dims?: readonly Dim[]
}

export interface RecordSpec {
  readonly kind: 'record'
  readonly keys: readonly string[]
  readonly items: readonly ValueSpec[]
}

export interface ScalarSpec {
  readonly kind: 'int' | 'float' | 'bool'
  readonly id: string
  readonly dtype: string
}

export type ValueSpec =
  | TensorSpec
  | RecordSpec
  | ScalarSpec
  | { readonly kind: 'scalars'; readonly of: 'int' | 'float' | 'bool'; readonly id: string; readonly dtype: string }
  | {
      readonly kind: 'tensors'
      readonly id: string
      readonly ranks: string
      readonly sizes: string
      readonly dtype: string
      readonly joined?: true
    }
  | { readonly kind: 'constant'; readonly value: Constant }
  | { readonly kind: 'choice'; readonly id: string; readonly of: readonly Constant[] }
  | { readonly kind: 'optional'; readonly flag: string; readonly of: ValueSpec }
  | { readonly kind: 'tuple'; readonly items: readonly ValueSpec[] }
  | { readonly kind: 'map'; readonly keys: readonly Constant[]; readonly items: readonly ValueSpec[] }
  | { readonly kind: 'str' }
  | { readonly kind: 'list'; readonly of: ValueSpec }
  | { readonly kind: 'dict'; readonly keys: string; readonly of: ValueSpec }
  | { readonly kind: 'union'; readonly items: readonly ValueSpec[] }
  | { readonly kind: 'enum'; readonly name: string; readonly members: readonly (readonly [name: string, value: Constant])[] }
  | { readonly kind: 'object'; readonly name: string; readonly keys: readonly string[]; readonly items: readonly ValueSpec[] }
  | { readonly kind: 'any' }

export interface ParamSpec {
  readonly name: string
  readonly spec: ValueSpec
  readonly default?: Constant
  readonly unused?: boolean
}

export interface Signature {
  readonly name: string
  readonly params: readonly ParamSpec[]
  readonly result: ValueSpec
  readonly state?: {
    readonly cold: string
    readonly slots: readonly {
      readonly input: string
      readonly output: string
      readonly dtype: string
      readonly dims?: readonly Dim[]
      readonly attribute: string
    }[]
  }
  readonly error?: { readonly id: string; readonly raises: readonly { readonly type: string; readonly message: string }[] }
  readonly entry?: { readonly id: string; readonly value: number }
  /** Of a region that is there for several data types or ranks: those of its parameters. */
  readonly when?: readonly (string | null)[]
  /** Of a host program, made by unplugin-torch/runtime/host: takes the arguments, and runs more than the graph once. */
  readonly encode?: typeof encodeArguments
  readonly run?: (
    encoded: Feeds,
    session: Session,
    state: ReadonlyMap<string, Raw> | undefined,
    signal?: AbortSignal,
    labels?: readonly string[],
  ) => Promise<readonly [state: ReadonlyMap<string, Raw> | undefined, result: unknown]>
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The JavaScript value of a constant. */
export function constantValue(constant: Constant): unknown {
  if (!isObject(constant)) return constant
  return 'bigint' in constant ? BigInt(constant.bigint) : constant.map(constantValue)
}
