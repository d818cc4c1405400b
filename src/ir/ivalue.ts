// A value that is known at build time: what pickles hold and what prim::Constant carries. Mirrors aten/src/ATen/core/ivalue.h.
// A Python int is a bigint and a Python float a number, so that the two never mix.

import type { Tensor } from './tensor.ts'

export type IValue = null | boolean | bigint | number | string | Complex | Device | Tensor | IList | ITuple | IDict | IObject | IEnum

export interface Complex {
  readonly kind: 'complex'
  readonly re: number
  readonly im: number
}
/** `torch.device("cuda:0")` as its string. */
export interface Device {
  readonly kind: 'device'
  readonly name: string
}
/** Mutable while a pickle is read; shared lists are the same object. */
export interface IList {
  readonly kind: 'list'
  readonly items: IValue[]
}
export interface ITuple {
  readonly kind: 'tuple'
  readonly items: readonly IValue[]
}
/** Insertion-ordered. Keys are bool, int, float, str, complex or Tensor; looked up with `dictGet`. */
export interface IDict {
  readonly kind: 'dict'
  readonly entries: (readonly [IValue, IValue])[]
}
/** An instance of a class in the archive's own code, named by its qualified name (`__torch__.Net`). */
export interface IObject {
  readonly kind: 'object'
  readonly className: string
  /** Attributes by name. A Map, since names come from a file. */
  readonly attributes: Map<string, IValue>
  /** What `__getstate__` returned, for classes that have it: to be handed to their `__setstate__`. */
  readonly state?: IValue
}
export interface IEnum {
  readonly kind: 'enum'
  readonly className: string
  /** The member's name, where the class is known. */
  readonly name?: string
  readonly value: IValue
}

/** The entry whose key equals `key` as Python `==` on int, float, bool and str keys would have it. */
export function dictGet(dict: IDict, key: IValue): IValue | undefined {
  return dict.entries.find(([k]) => k === key)?.[1]
}
