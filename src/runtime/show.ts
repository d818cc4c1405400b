// Words for error messages: what a parameter takes, and what was found in its place.

import { TorchInputError } from './errors.ts'
import type { Held } from './read-tensor.ts'
import { constantValue, isObject, type Constant, type Dim, type ValueSpec } from './signature.ts'
import { dataTypeOf } from './tensor.ts'

export { isObject }

export function isTensorLike(
  value: unknown,
): value is { readonly type?: string; readonly data: unknown; readonly dims: readonly number[]; readonly raw?: Held['raw'] } {
  return isObject(value) && Array.isArray((value as { dims?: unknown }).dims)
}

/** `float32[1, 3, n]`; a dim that is not known is `?`, a rank that is not known `...`. */
function showType(type: string, dims: readonly Dim[] = ['...']): string {
  return `${type}[${dims.map((dim) => dim ?? '?').join(', ')}]`
}

/** A value in a few words; equal constants, and only they, read the same. An int reads the same as number and as bigint. */
export function show(value: unknown): string {
  if (isTensorLike(value)) return showType(value.type ?? dataTypeOf(value.data) ?? show(value.data), value.dims)
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (isObject(value)) return value.constructor?.name + ('length' in value ? ` of ${value.length}` : '')
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

export const showConstant = (constant: Constant): string => show(constantValue(constant))
export const showAll = (constants: readonly Constant[]): string => constants.map(showConstant).join(', ')

/** What a parameter takes. */
export function showSpec(spec: ValueSpec): string {
  switch (spec.kind) {
    case 'tensor':
      return showType(spec.dtype, spec.dims)
    case 'constant':
      return `${showConstant(spec.value)} (fixed)`
    case 'choice':
      return `one of ${showAll(spec.of)}`
    case 'optional':
      return showSpec(spec.of)
    case 'tuple':
      return `array of ${spec.items.length}`
    case 'map':
      return `Map of ${showAll(spec.keys)}`
    default:
      return 'of' in spec
        ? `${'keys' in spec ? 'dict' : 'array'} of ${isObject(spec.of) ? showSpec(spec.of as ValueSpec) : spec.of}`
        : spec.kind
  }
}

/** `PT51xx forward(), argument 'x': expected …, found ….` */
export function mismatch(code: string, at: string, expected: string | ValueSpec, found: unknown): never {
  throw new TorchInputError(
    code,
    `${at}: expected ${isObject(expected) ? showSpec(expected) : expected}, found ${show(found).slice(0, 99)}.`,
  )
}
