// Python's dicts as Maps: in the order of insertion. Answers to the dict operators of torch/csrc/jit/runtime/register_prim_ops.cpp.

import { fail } from './error.ts'
import { str } from './show.ts'

/** `dict[key]` */
export function getKey<K, V>(dict: ReadonlyMap<K, V>, key: K): V {
  return dict.has(key) ? dict.get(key)! : fail(`KeyError: ${str(key)}`)
}
/** `dict.get(key, otherwise)` */
export function getOr<K, V>(dict: ReadonlyMap<K, V>, key: K, otherwise: V | null = null): V | null {
  return dict.has(key) ? dict.get(key)! : otherwise
}
/** `del dict[key]` */
export function deleteKey<K>(dict: Map<K, unknown>, key: K): void {
  if (!dict.delete(key)) fail(`KeyError: ${str(key)}`)
}
/** `dict.pop(key)` */
export function popKey<K, V>(dict: Map<K, V>, key: K): V {
  const value = getKey(dict, key)
  dict.delete(key)
  return value
}
/** `dict.pop(key, otherwise)` */
export function popOr<K, V>(dict: Map<K, V>, key: K, otherwise: V): V {
  return dict.has(key) ? popKey(dict, key) : otherwise
}
/** `dict.popitem()`: the first one. */
export function popItem<K, V>(dict: Map<K, V>): [K, V] {
  for (const entry of dict) {
    dict.delete(entry[0])
    return entry
  }
  return fail('popitem(): dictionary is empty')
}
/** `dict.setdefault(key, value)` */
export function setDefault<K, V>(dict: Map<K, V>, key: K, value: V): V {
  if (!dict.has(key)) dict.set(key, value)
  return dict.get(key)!
}
/** `dict.update(other)` */
export function update<K, V>(dict: Map<K, V>, other: ReadonlyMap<K, V>): void {
  for (const [key, value] of other) dict.set(key, value)
}
