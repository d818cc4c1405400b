// How a method of the model maps onto the tensors of the emitted graph. Plain JSON data: passes make it, ONNX lowering completes
// its dtypes and dims, the loader prints it literally and the runtime reads it. Graph inputs and outputs are tensors only.

import type { Dim } from './dim.ts'
import type { ScalarType } from './scalar-type.ts'

/** What a caller hands in or gets back, and the graph tensors that carry it. `id` is the name of a graph input or output. */
export type ValueSpec =
  | TensorSpec
  /** A Python number or bool as a 0-d tensor: int → int64, float → float32 or float64, bool → bool. */
  | { readonly kind: 'int' | 'float' | 'bool'; readonly id: string; readonly dtype: ScalarType }
  /** A list of ints, floats or bools as one 1-d tensor. */
  | { readonly kind: 'scalars'; readonly of: 'int' | 'float' | 'bool'; readonly id: string; readonly dtype: ScalarType }
  /** A list of tensors whose length is known only at run time: all elements flattened one after the other in `id` (1-d), their ranks in `ranks` (int64 [n]) and their sizes one after the other in `sizes` (int64, 1-d). `joined`, in a region: tensors of other dtypes are promoted, as what joins them would. */
  | {
      readonly kind: 'tensors'
      readonly id: string
      readonly ranks: string
      readonly sizes: string
      readonly dtype: ScalarType
      readonly joined?: true
    }
  /** A value known at build time. Integers beyond ±2^53 are `{ bigint: '…' }`. */
  | { readonly kind: 'constant'; readonly value: Constant }
  /** One of several values known at build time, chosen by a 0-d int64 tensor (strings returned from branches). */
  | { readonly kind: 'choice'; readonly id: string; readonly of: readonly Constant[] }
  /** `flag` is a 0-d bool tensor: false means None, and `of` then carries no meaning. */
  | { readonly kind: 'optional'; readonly flag: string; readonly of: ValueSpec }
  /** A tuple or a list of known length: an array. */
  | { readonly kind: 'tuple'; readonly items: readonly ValueSpec[] }
  /** A NamedTuple, or a Dict with known string keys: an object. */
  | { readonly kind: 'record'; readonly keys: readonly string[]; readonly items: readonly ValueSpec[] }
  /** A Dict with known keys that are not strings: a Map. */
  | { readonly kind: 'map'; readonly keys: readonly Constant[]; readonly items: readonly ValueSpec[] }
  /** What only a host program takes and gives: text, lists of any length, dicts with keys of their own (an object, or a Map where keys are no strings). */
  | { readonly kind: 'str' }
  | { readonly kind: 'list'; readonly of: ValueSpec }
  | { readonly kind: 'dict'; readonly keys: 'str' | 'int' | 'float' | 'bool'; readonly of: ValueSpec }
  /** One of several types, told by the value. */
  | { readonly kind: 'union'; readonly items: readonly ValueSpec[] }
  /** A member of an enum: the page has its name. */
  | { readonly kind: 'enum'; readonly name: string; readonly members: readonly (readonly [name: string, value: Constant])[] }
  /** A result that is an object of a class: a frozen object with its fields. */
  | { readonly kind: 'object'; readonly name: string; readonly keys: readonly string[]; readonly items: readonly ValueSpec[] }
  /** A result that the code says nothing of. */
  | { readonly kind: 'any' }

export type Constant = null | boolean | number | string | { readonly bigint: string } | readonly Constant[]

/** A tensor. `dims` undefined: the rank is not known. Complex tensors have a trailing dim of 2 and their real dtype. */
export interface TensorSpec {
  readonly kind: 'tensor'
  readonly id: string
  readonly dtype: ScalarType
  readonly dims?: readonly Dim[]
}

export interface ParamSpec {
  /** The Python name. */
  readonly name: string
  readonly spec: ValueSpec
  /** Python's default, when the parameter has one. */
  readonly default?: Constant
  /** True when the module never reads it: accepted and dropped. */
  readonly unused?: boolean
}

/** Attributes that `forward` changes: carried from call to call by the loader. A host program keeps its own: no slots. */
export interface StateSpec {
  /** 0-d bool graph input: true on the first call and after reset, the graph then starts from the saved attributes. */
  readonly cold: string
  readonly slots: readonly {
    readonly input: string
    readonly output: string
    readonly dtype: ScalarType
    readonly dims?: readonly Dim[]
    readonly attribute: string
  }[]
}

/** Exceptions that the method can raise: a 0-d int64 output, 0 for none, k for `raises[k - 1]`. */
export interface ErrorSpec {
  readonly id: string
  readonly raises: readonly { readonly type: string; readonly message: string }[]
}

export interface Signature {
  /** Method name, `forward` for the default export. */
  readonly name: string
  readonly params: readonly ParamSpec[]
  readonly result: ValueSpec
  readonly state?: StateSpec
  readonly error?: ErrorSpec
  /** Value of the graph's region selector that runs this method, when the graph has several entry points: input name and number. */
  readonly entry?: { readonly id: string; readonly value: number }
  /** Of a region that is there for several data types, or ranks: which this one is for. */
  readonly when?: RegionChoice
}

/** A region that the graph has no entry for, or not for these dtypes: what a call that comes to it ends with. */
export interface AbsentRegion {
  readonly name: string
  readonly when?: RegionChoice
  /** PyTorch raises there. */
  readonly raises?: { readonly type: string; readonly message: string }
  /** Why it could not be made. */
  readonly missing?: string
}

/** The dtype of each parameter or of a list's tensors, `float32`, or dtype and rank, `float32 2`; null where it does not matter. */
export type RegionChoice = readonly (string | null)[]
