// Union types at the border of a host program: which of its types a value of the page, or a Python value, is of.

import { isTensorLike, mismatch, showSpec } from '../show.ts'
import { constantValue, type ValueSpec } from '../signature.ts'
import { Member } from './show.ts'

// A whole number is an int where ints are taken; a tensor may be written in many ways, so it comes last.
const FIRST = ['constant', 'bool', 'str', 'int', 'float']

/** What the first alternative that takes a value makes of it. */
export function firstOf(items: readonly ValueSpec[], at: string, value: unknown, read: (item: ValueSpec) => unknown): unknown {
  const rank = ({ kind }: ValueSpec): number => (kind === 'tensor' ? 9 : FIRST.includes(kind) ? FIRST.indexOf(kind) : 8)
  const errors: unknown[] = []
  for (const item of [...items].sort((a, b) => rank(a) - rank(b))) {
    try {
      return read(item)
    } catch (error) {
      errors.push(error)
    }
  }
  // Of the right kind, and yet not taken: its own words tell why.
  const told = errors.find((error) => (error as { readonly code?: string }).code !== 'PT5104')
  if (told !== undefined) throw told
  return mismatch('PT5104', at, items.map(showSpec).join(' or '), value)
}

/** A Python value is of this type. */
export function isOf(spec: ValueSpec, value: unknown): boolean {
  switch (spec.kind) {
    case 'int':
      return typeof value === 'bigint'
    case 'float':
      return typeof value === 'number'
    case 'bool':
      return typeof value === 'boolean'
    case 'str':
      return typeof value === 'string'
    case 'constant':
      return value === constantValue(spec.value)
    case 'dict':
      return value instanceof Map
    case 'list':
      return Array.isArray(value) && value.every((item) => isOf(spec.of, item))
    case 'tuple':
    case 'record':
      return Array.isArray(value) && value.length === spec.items.length && spec.items.every((item, i) => isOf(item, value[i]))
    case 'optional':
      return value === null || isOf(spec.of, value)
    case 'union':
      return spec.items.some((item) => isOf(item, value))
    case 'enum':
      return value instanceof Member && value.type === spec.name
    case 'object':
      return typeof value === 'object' && value?.constructor.name === spec.name
    case 'any':
      return true
    default:
      return isTensorLike(value)
  }
}
