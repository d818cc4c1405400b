// Walks the tree of objects that an archive holds: where each object sits, and which attributes hold a value.

import type { IObject, IValue } from '../ir/ivalue.ts'

/** An attribute of a module or submodule, by its dotted path. */
export interface AttributePath {
  readonly path: string
  readonly value: IValue
}

/** Dotted path of every object reachable by attributes; '' for `self`. An object with several names has its first. */
export function attributePaths(self: IObject): Map<IObject, string> {
  const paths = new Map<IObject, string>([[self, '']])
  const queue: IObject[] = [self]
  for (let i = 0; i < queue.length; i++) {
    const object = queue[i]!
    const base = paths.get(object)!
    for (const [name, value] of object.attributes) {
      if (value === null || typeof value !== 'object' || value.kind !== 'object' || paths.has(value)) continue
      paths.set(value, base === '' ? name : `${base}.${name}`)
      queue.push(value)
    }
  }
  return paths
}

/**
 * For each value (a tensor's storage, a list, a dict) for which `matters` holds: the attributes that hold it, itself or inside of
 * a container. Attributes of one object only count once.
 */
export function holders(self: IObject, matters: (value: IValue) => boolean): AttributePath[][] {
  const found = new Map<object, Map<string, AttributePath>>()
  for (const [object, base] of attributePaths(self)) {
    for (const [name, value] of object.attributes) {
      const path = base === '' ? name : `${base}.${name}`
      const stack: IValue[] = [value]
      const seen = new Set<IValue>()
      for (let held = stack.pop(); held !== undefined; held = stack.pop()) {
        if (held === null || typeof held !== 'object' || seen.has(held)) continue
        seen.add(held)
        if (held.kind === 'object') continue
        if (held.kind === 'list' || held.kind === 'tuple') stack.push(...held.items)
        if (held.kind === 'dict') stack.push(...held.entries.flat())
        if (!matters(held)) continue
        const key = held.kind === 'tensor' ? held.storage : held
        let paths = found.get(key)
        if (paths === undefined) found.set(key, (paths = new Map()))
        paths.set(path, { path, value })
      }
    }
  }
  return [...found.values()].map((paths) => [...paths.values()])
}
