// Members of enums in a saved module: the pickle has their values only, the code of the class their names.

import type { IObject, IValue } from '../ir/ivalue.ts'
import type { CompilationUnit } from './compilation-unit.ts'

/** Gives every enum value under `root` the name that its class has for it. */
export function nameEnums(root: IObject, unit: CompilationUnit): void {
  const seen = new Set<IValue>()
  const stack: IValue[] = [root]
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value === null || typeof value !== 'object' || seen.has(value)) continue
    seen.add(value)
    switch (value.kind) {
      case 'enum': {
        const { value: own } = value
        const member = unit.enum(value.className)?.members.find((other) => Object.is(other.value, own))
        if (member !== undefined) Object.assign(value, { name: member.name })
        break
      }
      case 'list':
      case 'tuple':
        stack.push(...value.items)
        break
      case 'dict':
        for (const entry of value.entries) stack.push(...entry)
        break
      case 'object':
        stack.push(...value.attributes.values())
    }
  }
}
