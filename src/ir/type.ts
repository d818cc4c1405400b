// Types of Values. Mirrors aten/src/ATen/core/jit_type.h. A Tensor type carries what is known of dtype and shape.

import type { Dims } from './dim.ts'
import type { ScalarType } from './scalar-type.ts'

/** Types without parameters, by the name both printers share unless noted in `print-type.ts`. */
export type SimpleKind =
  | 'int'
  | 'float'
  | 'complex'
  | 'bool'
  | 'number'
  | 'str'
  | 'None'
  | 'Any'
  | 'Device'
  | 'Stream'
  | 'Generator'
  | 'Storage'
  | 'Capsule'
  | 'QScheme'
  | 'AnyClass'
  | 'AnyEnum'
  | 'AnyList'
  | 'AnyTuple'
  | 'Function'

export type Type =
  | TensorType
  | { readonly kind: SimpleKind }
  | { readonly kind: 'Optional' | 'List' | 'Future' | 'RRef' | 'Await'; readonly of: Type }
  | { readonly kind: 'Dict'; readonly key: Type; readonly value: Type }
  | TupleType
  | { readonly kind: 'Union'; readonly of: readonly Type[] }
  | ClassType
  | { readonly kind: 'Interface'; readonly name: string }
  | { readonly kind: 'Enum'; readonly name: string; readonly value: Type }
  /** A schema's type variable, e.g. `t` in `aten::append.t(t[](a!) self, t(c -> *) el)`. */
  | { readonly kind: 'Var'; readonly name: string }

export interface TensorType {
  readonly kind: 'Tensor'
  readonly dtype?: ScalarType
  /** Undefined: the rank is not known. */
  readonly dims?: Dims
  readonly requiresGrad?: boolean
}

export interface TupleType {
  readonly kind: 'Tuple'
  readonly of: readonly Type[]
  /** Qualified name and field names of a NamedTuple. */
  readonly name?: string
  readonly fields?: readonly string[]
}

/** A class of the archive, or of torch (`__torch__.torch.classes.…`). Equal names are equal types. */
export interface ClassType {
  readonly kind: 'Class'
  /** Qualified, with mangles: `__torch__.torch.nn.modules.conv.___torch_mangle_8.Conv2d`. */
  readonly name: string
}

const simple = <K extends SimpleKind>(kind: K): { readonly kind: K } => ({ kind })

export const tensorType: TensorType = { kind: 'Tensor' }
export const intType: Type = simple('int')
export const floatType: Type = simple('float')
export const boolType: Type = simple('bool')
export const complexType: Type = simple('complex')
export const numberType: Type = simple('number')
export const strType: Type = simple('str')
export const noneType: Type = simple('None')
export const anyType: Type = simple('Any')
export const deviceType: Type = simple('Device')
export const listOf = (of: Type): Type => ({ kind: 'List', of })
export const optionalOf = (of: Type): Type => (of.kind === 'Optional' || of.kind === 'None' ? of : { kind: 'Optional', of })
export const tupleOf = (of: readonly Type[]): TupleType => ({ kind: 'Tuple', of })
export const dictOf = (key: Type, value: Type): Type => ({ kind: 'Dict', key, value })
export const classOf = (name: string): ClassType => ({ kind: 'Class', name })

/** A Tensor type that says what is known; absent parts stay unknown. */
export function tensorTypeOf(dtype: ScalarType | undefined, dims: Dims): TensorType {
  return { kind: 'Tensor', ...(dtype === undefined ? {} : { dtype }), ...(dims === undefined ? {} : { dims }) }
}

/** Structural equality. Tensor types compare equal whatever is known of their shapes: torch's static type is just `Tensor`. */
export function typesEqual(a: Type, b: Type): boolean {
  if (a === b) return true
  switch (a.kind) {
    case 'Optional':
    case 'List':
    case 'Future':
    case 'RRef':
    case 'Await':
      return b.kind === a.kind && typesEqual(a.of, b.of)
    case 'Dict':
      return b.kind === 'Dict' && typesEqual(a.key, b.key) && typesEqual(a.value, b.value)
    case 'Tuple':
      return b.kind === 'Tuple' && a.name === b.name && a.of.length === b.of.length && a.of.every((t, i) => typesEqual(t, b.of[i]!))
    case 'Union':
      return b.kind === 'Union' && a.of.length === b.of.length && a.of.every((t) => b.of.some((u) => typesEqual(t, u)))
    case 'Class':
    case 'Interface':
    case 'Enum':
    case 'Var':
      return b.kind === a.kind && a.name === b.name
    default:
      return a.kind === b.kind
  }
}

/** torch's `a <: b` on static types: Optional, number, Any, Union and None as in Type::isSubtypeOf; containers are invariant. */
export function isSubtype(a: Type, b: Type): boolean {
  if (b.kind === 'Any' || typesEqual(a, b)) return true
  if (a.kind === 'Union') return a.of.every((t) => isSubtype(t, b))
  if (a.kind === 'Optional')
    return b.kind === 'Optional' ? isSubtype(a.of, b.of) : b.kind === 'Union' && isSubtype(a.of, b) && isSubtype(noneType, b)
  switch (b.kind) {
    case 'Optional':
      return a.kind === 'None' || isSubtype(a, b.of)
    case 'Union':
      return b.of.some((t) => isSubtype(a, t))
    case 'number':
      return a.kind === 'int' || a.kind === 'float' || a.kind === 'complex'
    case 'Tuple':
      return a.kind === 'Tuple' && b.name === undefined && a.of.length === b.of.length && a.of.every((t, i) => isSubtype(t, b.of[i]!))
    case 'List':
      // Lists are invariant, save that List[Tensor] serves where List[Optional[Tensor]] is asked (index, index_put).
      return a.kind === 'List' && a.of.kind === 'Tensor' && b.of.kind === 'Optional' && b.of.of.kind === 'Tensor'
    case 'AnyList':
      return a.kind === 'List'
    case 'AnyTuple':
      return a.kind === 'Tuple'
    case 'AnyEnum':
      return a.kind === 'Enum'
    case 'AnyClass':
      return a.kind === 'Class'
    default:
      return false
  }
}

/** The static type alone: dtype and shape forgotten, all the way down. */
export function unshaped(type: Type): Type {
  switch (type.kind) {
    case 'Tensor':
      return tensorType
    case 'Optional':
    case 'List':
    case 'Future':
    case 'RRef':
    case 'Await':
      return { kind: type.kind, of: unshaped(type.of) }
    case 'Dict':
      return dictOf(unshaped(type.key), unshaped(type.value))
    case 'Tuple':
      return { ...type, of: type.of.map(unshaped) }
    case 'Union':
      return { kind: 'Union', of: type.of.map(unshaped) }
    default:
      return type
  }
}
