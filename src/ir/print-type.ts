// Types as text, in torch's two spellings: that of printed graphs (`int[]`, `Dict(str, int)`, `(int, Tensor)`), and that of
// annotations (`List[int]`, `Dict[str, int]`). Mirrors Type::str and Type::annotation_str.

import { scalarTypeInfo } from './scalar-type.ts'
import type { TensorType, Type } from './type.ts'

/** `Float(2, n, *)`: dtype and dims; `*` for what is not known, and plain `Tensor` when nothing is. */
function tensorText({ dtype, dims }: TensorType): string {
  if (dtype === undefined && dims === undefined) return 'Tensor'
  const name = dtype === undefined ? 'Tensor' : scalarTypeInfo(dtype).graphName
  if (dims === undefined) return name
  return `${name}(${dims.map((dim) => dim ?? '*').join(', ')})`
}

/** As printed graphs have it. With `shapes`, Tensor types tell dtype and dims. */
export function typeText(type: Type, shapes = true): string {
  const text = (t: Type): string => typeText(t, shapes)
  switch (type.kind) {
    case 'Tensor':
      return shapes ? tensorText(type) : 'Tensor'
    case 'None':
      return 'NoneType'
    case 'number':
      return 'Scalar'
    case 'AnyClass':
      return 'AnyClassType'
    case 'AnyEnum':
      return 'AnyEnumType'
    case 'AnyList':
      return 'list'
    case 'AnyTuple':
      return 'tuple'
    case 'Optional':
      return `${text(type.of)}?`
    case 'List':
      return `${text(type.of)}[]`
    case 'Future':
    case 'RRef':
    case 'Await':
      return `${type.kind}[${text(type.of)}]`
    case 'Dict':
      return `Dict(${text(type.key)}, ${text(type.value)})`
    case 'Tuple': {
      if (type.fields === undefined) return `(${type.of.map(text).join(', ')})`
      return `NamedTuple(${type.fields.map((field, i) => `${field} : ${text(type.of[i]!)}`).join(', ')})`
    }
    case 'Union':
      return `Union(${type.of.map(text).join(', ')})`
    case 'Interface':
      return `InterfaceType<${type.name.slice(type.name.lastIndexOf('.') + 1)}>`
    case 'Class':
    case 'Var':
      return type.name
    case 'Enum':
      return `Enum<${type.name}>`
    default:
      return type.kind
  }
}

/** As Python annotations have it. */
export function annotationText(type: Type): string {
  switch (type.kind) {
    case 'None':
      return 'NoneType'
    case 'Optional':
    case 'List':
    case 'Future':
    case 'RRef':
    case 'Await':
      return `${type.kind}[${annotationText(type.of)}]`
    case 'Dict':
      return `Dict[${annotationText(type.key)}, ${annotationText(type.value)}]`
    case 'Tuple':
      if (type.name !== undefined) return type.name
      return type.of.length === 0 ? 'Tuple[()]' : `Tuple[${type.of.map(annotationText).join(', ')}]`
    case 'Union':
      return `Union[${type.of.map(annotationText).join(', ')}]`
    case 'Class':
    case 'Interface':
    case 'Enum':
    case 'Var':
      return type.name
    default:
      return type.kind
  }
}
