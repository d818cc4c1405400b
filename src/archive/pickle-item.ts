// What lies on the stack of the pickle machine: values, and a few things that are only parts of values.

import type { IObject, ITuple, IValue } from '../ir/ivalue.ts'
import type { ScalarType } from '../ir/scalar-type.ts'
import type { Storage } from '../ir/tensor.ts'

/** A name the pickle mentioned, found on the allow-list. */
export interface PickleGlobal {
  readonly kind: 'global'
  /** `torch._utils._rebuild_tensor_v2` */
  readonly path: string
  readonly entry: GlobalEntry
}

/** What the allow-list says about a name. */
export type GlobalEntry =
  /** Builds a value from its arguments. Ours: nothing that a file names is called. */
  | { readonly role: 'build'; readonly build: (args: readonly PickleItem[], call: PickleCall) => PickleItem }
  /** Stands for a storage class in a persistent id. Untyped storages count bytes. */
  | { readonly role: 'storage'; readonly dtype: ScalarType | 'untyped' }
  | { readonly role: 'dtype'; readonly dtype: ScalarType }
  | { readonly role: 'qscheme' }
  /** A class of the archive's own code. */
  | { readonly role: 'class' }
  /** Kept as a name; makes placeholders (only where a file is merely looked at). */
  | { readonly role: 'inert' }

/** How a builder reports that its arguments are wrong. */
export interface PickleCall {
  /** `torch._utils._rebuild_tensor_v2` */
  readonly path: string
  readonly fail: PickleFail
}
export type PickleFail = (code: PickleProblem, message: string, fix?: string) => never
export type PickleProblem =
  | `PT12${'01' | '02' | '03' | '04' | '05' | '06' | '07' | '08' | '09' | '10' | '11' | '12' | '13' | '14' | '15'}`
  | `PT13${'01' | '02' | '03' | '04' | '05' | '06' | '07' | '08' | '09'}`

/** A storage as its persistent id gave it. */
export interface PickleStorage {
  readonly kind: 'storage'
  readonly storage: Storage
  readonly dtype: ScalarType | 'untyped'
  /** The record has no bytes although elements are declared: `traced_inputs` keep shapes only. */
  readonly shapeOnly: boolean
}
export interface PickleBytes {
  readonly kind: 'bytes'
  readonly bytes: Uint8Array
}
export interface PickleSet {
  readonly kind: 'set'
  readonly items: PickleItem[]
}
/** Something that a lenient reading does not interpret. */
export interface PickleInert {
  readonly kind: 'inert'
  /** `__main__.Net` */
  readonly path: string
  readonly args: PickleItem
  state?: PickleItem
}

export type PickleItem = IValue | PickleGlobal | PickleStorage | PickleBytes | PickleSet | PickleInert

/** Containers hold any item until `pickleValue` has checked the whole. */
export const held = (item: PickleItem): IValue => item as IValue
export const tupleOf = (items: readonly PickleItem[]): ITuple => ({ kind: 'tuple', items: items as readonly IValue[] })

/** `kind` of an item as an error message names it. */
export function itemName(item: PickleItem | undefined): string {
  if (item === undefined) return 'nothing'
  if (item === null) return 'None'
  switch (typeof item) {
    case 'boolean':
      return 'a bool'
    case 'bigint':
      return 'an int'
    case 'number':
      return 'a float'
    case 'string':
      return 'a string'
    default:
      return item.kind === 'global' ? `the name ${shown(item.path)}` : `${/^[aeio]/.test(item.kind) ? 'an' : 'a'} ${item.kind}`
  }
}

/** A name from a file, cut to a length that an error message can carry. */
export function shown(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 80)}…` : text
  return JSON.stringify(cut).slice(1, -1)
}

type Kinded = Exclude<PickleItem, null | boolean | bigint | number | string>
export function isKind<K extends Kinded['kind']>(item: PickleItem | undefined, kind: K): item is Extract<Kinded, { readonly kind: K }> {
  return typeof item === 'object' && item !== null && item.kind === kind
}

/** An IObject while its pickle is read: BUILD fills it in. */
export type OpenObject = { -readonly [K in keyof IObject]: IObject[K] }
