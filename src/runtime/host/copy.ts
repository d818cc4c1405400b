// Copies of Python values that share nothing with the original: lists, dicts, objects and tensors, what is shared among them shared again.

import { arrayOf } from '../tensor.ts'
import type { Tensor } from '../tensor-types.ts'

/** A deep copy. Two names for one thing are two names for one copy. */
export function copy<T>(value: T): T {
  return copied(value, new Map()) as T
}

function copied(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const known = seen.get(value)
  if (known !== undefined) return known
  const keep = <V extends object>(made: V): V => {
    seen.set(value, made)
    return made
  }
  if (Array.isArray(value)) {
    const list = keep([] as unknown[])
    for (const item of value) list.push(copied(item, seen))
    return list
  }
  if (value instanceof Map) {
    const dict = keep(new Map<unknown, unknown>())
    for (const [key, item] of value) dict.set(copied(key, seen), copied(item, seen))
    return dict
  }
  if (isView(value)) return keep(value.of((base) => copied(base, seen)) as object)
  if (isTensor(value)) return keep({ type: value.type, data: arrayOf(value.type, value.data), dims: value.dims, size: value.data.length })
  const object = keep(Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>)
  for (const [name, item] of Object.entries(value)) object[name] = copied(item, seen)
  return object
}

const isTensor = (value: object): value is Tensor => 'data' in value && 'dims' in value && ArrayBuffer.isView(value.data)

/** Python's in-place write: every name of `target` sees the new elements. `some`: only those that changed may have been written. */
export function assign(target: Tensor, from: Tensor, some?: boolean): void {
  if (isView(target)) target.write(from.data, some)
  else target.data.set(from.data as never)
}

/** A tensor of view.ts, which most programs do without. */
export interface View {
  write(from: ArrayLike<unknown>, some?: boolean): void
  of(copy: (base: Tensor) => unknown): unknown
}
export const isView = (value: object): value is View & Tensor => 'write' in value && 'of' in value
