// Constants: prim::Constant nodes and the values they hold.

import type { IValue } from './ivalue.ts'
import type { Tensor } from './tensor.ts'
import {
  anyType,
  boolType,
  classOf,
  complexType,
  deviceType,
  dictOf,
  floatType,
  intType,
  listOf,
  noneType,
  strType,
  tensorTypeOf,
  tupleOf,
  type Type,
} from './type.ts'
import type { Value } from './value.ts'

/** The static type of a value. Empty containers say List[Tensor] and Dict[str, Tensor], torch's defaults. */
export function typeOfIValue(value: IValue): Type {
  if (value === null) return noneType
  switch (typeof value) {
    case 'boolean':
      return boolType
    case 'bigint':
      return intType
    case 'number':
      return floatType
    case 'string':
      return strType
  }
  switch (value.kind) {
    case 'tensor':
      return tensorTypeOf(value.dtype, value.sizes)
    case 'complex':
      return complexType
    case 'device':
      return deviceType
    case 'list':
      return listOf(value.items.length === 0 ? { kind: 'Tensor' } : elementType(value.items))
    case 'tuple':
      return tupleOf(value.items.map(typeOfIValue))
    case 'dict':
      return value.entries.length === 0
        ? dictOf(strType, { kind: 'Tensor' })
        : dictOf(typeOfIValue(value.entries[0]![0]), elementType(value.entries.map(([, v]) => v)))
    case 'object':
      return classOf(value.className)
    case 'enum':
      return { kind: 'Enum', name: value.className, value: typeOfIValue(value.value) }
  }
}

function elementType(items: readonly IValue[]): Type {
  const present = items.filter((item) => item !== null)
  if (present.length === 0) return noneType
  const first = typeOfIValue(present[0]!)
  const type: Type = first.kind === 'Tensor' ? { kind: 'Tensor' } : first
  if (present.some((item) => typeOfIValue(item).kind !== first.kind)) return anyType
  return present.length < items.length ? { kind: 'Optional', of: type } : type
}

export function isConstant(value: Value): boolean {
  return value.node.kind === 'prim::Constant'
}

/** What a prim::Constant holds; undefined for any other producer. None is `null`. */
export function constantOf(value: Value): IValue | undefined {
  if (value.node.kind !== 'prim::Constant') return undefined
  return (value.node.attributes.get('value') ?? null) as IValue
}

/** A constant list of ints, floats, …, whether it is one prim::Constant or a ListConstruct of constants. */
export function constantList(value: Value): readonly IValue[] | undefined {
  if (value.node.kind === 'prim::ListConstruct') {
    const items = value.node.inputs.map(constantOf)
    return items.includes(undefined) ? undefined : (items as IValue[])
  }
  const constant = constantOf(value)
  return constant !== undefined && constant !== null && typeof constant === 'object' && constant.kind === 'list'
    ? constant.items
    : undefined
}

export function constantTensor(value: Value): Tensor | undefined {
  const constant = constantOf(value)
  return constant !== null && typeof constant === 'object' && constant.kind === 'tensor' ? constant : undefined
}
