// Implicit conversions of arguments, planned by type first and built only once an overload is chosen.
// Answers to tryConvertToType in torch/csrc/jit/frontend/schema_matching.cpp.

import type { Builder } from '../ir/builder.ts'
import type { IValue } from '../ir/ivalue.ts'
import { complexType, deviceType, floatType, intType, isSubtype, listOf, numberType, tupleOf, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { schemasOf } from './schema-of.ts'

/** A value to be: its type is known now, its nodes are made by `build`. */
export interface Plan {
  readonly type: Type
  /** The value itself, where there is nothing to convert. */
  readonly value?: Value
  readonly build: (builder: Builder) => Value
}

export function planValue(value: Value): Plan {
  return { type: value.type, value, build: () => value }
}
export function planConstant(value: IValue, type: Type): Plan {
  return { type, build: (builder) => builder.constant(value, type) }
}
export function planList(items: readonly Plan[], of: Type): Plan {
  return {
    type: listOf(of),
    build: (builder) =>
      builder.list(
        items.map((item) => item.build(builder)),
        of,
      ),
  }
}

/** The elements of a tuple: its construction's inputs where that is at hand, else a prim::TupleUnpack. */
export function unpackTuple(value: Value, builder: Builder): readonly Value[] {
  if (value.node.kind === 'prim::TupleConstruct') return value.node.inputs
  const type = value.type
  return builder.node('prim::TupleUnpack', [value], type.kind === 'Tuple' ? type.of : []).outputs
}

export const unwrapOptional = (type: Type): Type => (type.kind === 'Optional' ? type.of : type)

/** True for lists, and for tuples whose elements all fit the list's. */
export function convertibleToList(type: Type, list: Type): boolean {
  if (list.kind !== 'List') return false
  return isSubtype(type, list) || (type.kind === 'Tuple' && type.of.every((item) => isSubtype(item, list.of)))
}

/** `plan` brought as near to `target` as the rules allow; the caller checks whether the type fits. */
export function convertPlan(plan: Plan, target: Type, allowConversions: boolean): Plan {
  if (target.kind === 'Optional' && plan.type.kind !== 'Optional' && plan.type.kind !== 'None')
    return convertPlan(plan, target.of, allowConversions)
  // A literal `[]` that was bound to no name fits any list.
  if (plan.value?.node.kind === 'prim::EmptyListLiteral' && target.kind === 'List') return planList([], target.of)
  const converted = plan.type.kind === 'Tuple' ? convertTuple(plan, target, allowConversions) : plan
  return allowConversions ? convertScalar(converted, target) : converted
}

function convertTuple(plan: Plan, target: Type, allowConversions: boolean): Plan {
  let current = plan
  const list = unwrapOptional(target)
  if (list.kind === 'List' && convertibleToList(current.type, list)) {
    const source = current
    current = {
      type: listOf(list.of),
      build: (builder) => builder.list(unpackTuple(source.build(builder), builder), list.of),
    }
  }
  if (
    target.kind === 'Tuple' &&
    current.type.kind === 'Tuple' &&
    !isSubtype(current.type, target) &&
    target.of.length === current.type.of.length
  ) {
    const source = current
    const sourceTypes = current.type.of
    let unpacked: readonly Value[] = []
    const items = target.of.map((item, i) => convertPlan({ type: sourceTypes[i]!, build: () => unpacked[i]! }, item, allowConversions))
    current = {
      type: tupleOf(items.map((item) => item.type)),
      build: (builder) => {
        unpacked = unpackTuple(source.build(builder), builder)
        return builder.tuple(items.map((item) => item.build(builder)))
      },
    }
  }
  return current
}

/** Operators that turn a Tensor or a number into the kind of scalar that is asked for. */
const FROM_TENSOR = new Map<Type['kind'], readonly [string, Type]>([
  ['float', ['aten::FloatImplicit', floatType]],
  ['complex', ['aten::ComplexImplicit', complexType]],
  ['int', ['aten::IntImplicit', intType]],
  ['number', ['aten::ScalarImplicit', numberType]],
])
const FROM_NUMBER = new Map<Type['kind'], readonly [string, Type]>([
  ['float', ['aten::Float', floatType]],
  ['complex', ['aten::Complex', complexType]],
  ['int', ['aten::Int', intType]],
])
const FROM_BOOL = new Map<Type['kind'], readonly [string, Type]>([
  ['float', ['aten::Float', floatType]],
  ['int', ['aten::Int', intType]],
  ['number', ['aten::Int', intType]],
])
const SCALAR_CONVERSIONS = new Map<Type['kind'], ReadonlyMap<Type['kind'], readonly [string, Type]>>([
  ['Tensor', FROM_TENSOR],
  ['number', FROM_NUMBER],
  ['bool', FROM_BOOL],
])

function convertScalar(plan: Plan, target: Type): Plan {
  const found = SCALAR_CONVERSIONS.get(plan.type.kind)?.get(target.kind)
  if (found !== undefined) return applied(plan, ...found)
  // torch's own: a str becomes whatever a Device is a subtype of.
  if (plan.type.kind === 'str' && isSubtype(target, deviceType)) return applied(plan, 'aten::device', deviceType)
  return plan
}

function applied(plan: Plan, operator: string, type: Type): Plan {
  const source = plan.type.kind
  const schema = schemasOf(operator).find((s) => s.args.length === 1 && s.args[0]!.type.kind === source)
  return {
    type,
    build: (builder) => {
      const node = builder.node(operator, [plan.build(builder)], [type])
      node.schema = schema
      return node.output()
    },
  }
}

/** Converts and builds at once. */
export function convertValue(value: Value, target: Type, builder: Builder, allowConversions = true): Value {
  return convertPlan(planValue(value), target, allowConversions).build(builder)
}
