// The value of a node whose inputs are constants: constructors here, operators by the rules of ops/. Tensors are never computed.
// Answers to runNodeIfInputsAreConstant in torch/csrc/jit/passes/constant_propagation.cpp.

import { constantOf, typeOfIValue } from '../../ir/constant.ts'
import type { Complex, IValue } from '../../ir/ivalue.ts'
import type { Node } from '../../ir/node.ts'
import { isSubtype, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { constantFact, type Fact } from '../../ops/fact.ts'
import { ruleOf } from '../../ops/rules/index.ts'
import { schemaOf } from '../../ops/schema-of.ts'

/** What `value` always is, following the nodes that make it; undefined when that is not known. */
export function foldConstants(value: Value): IValue | undefined {
  const { node } = value
  if (node.kind === 'prim::Constant') return value.type.kind === 'Function' ? undefined : constantOf(value)
  if (node.kind === 'prim::Param' || node.blocks.length > 0) return undefined
  const inputs: IValue[] = []
  for (const input of node.inputs) {
    const known = foldConstants(input)
    if (known === undefined) return undefined
    inputs.push(known)
  }
  return evaluateNode(node, inputs)?.[value.index]
}

/** Results of `node` on known inputs; undefined when they cannot be told. */
export function evaluateNode(node: Node, inputs: readonly IValue[]): readonly IValue[] | undefined {
  switch (node.kind) {
    case 'prim::EmptyListLiteral':
    case 'prim::ListConstruct':
      return [{ kind: 'list', items: [...inputs] }]
    case 'prim::TupleConstruct':
      return [{ kind: 'tuple', items: [...inputs] }]
    case 'prim::DictConstruct':
      return [{ kind: 'dict', entries: Array.from({ length: inputs.length / 2 }, (_, i) => [inputs[2 * i]!, inputs[2 * i + 1]!] as const) }]
    case 'prim::TupleUnpack':
      return isTuple(inputs[0]) ? inputs[0].items : undefined
    case 'prim::TupleIndex': {
      const [tuple, index] = inputs
      if (!isTuple(tuple) || typeof index !== 'bigint') return undefined
      const item = tuple.items[Number(index < 0n ? index + BigInt(tuple.items.length) : index)]
      return item === undefined ? undefined : [item]
    }
    case 'prim::isinstance': {
      const types = node.attributes.get('types')
      if (types === null || typeof types !== 'object' || types.kind !== 'types') return undefined
      const own = runtimeType(inputs[0]!, node.input().type)
      return [types.types.some((type) => isSubtype(own, type))]
    }
    case 'prim::unchecked_cast':
      return [inputs[0]!]
    case 'aten::__is__':
    case 'aten::__isnot__': {
      const [a, b] = inputs
      // Identity of anything but None is a matter of memory.
      if (a !== null && b !== null) return undefined
      return [(a === b) === (node.kind === 'aten::__is__')]
    }
    default:
      return evaluateOperator(node, inputs)
  }
}

const isComplex = (value: IValue): value is Complex => typeof value === 'object' && value !== null && value.kind === 'complex'

/** How complex literals are written: `1.5 - 2.j`. */
function complexArithmetic(kind: string, inputs: readonly IValue[]): readonly IValue[] | undefined {
  const parts = inputs.map((value) => (isComplex(value) ? value : { re: Number(value), im: 0 }))
  if (inputs.some((value) => !isComplex(value) && typeof value !== 'number' && typeof value !== 'bigint')) return undefined
  const [a, b] = parts
  if (kind === 'aten::neg' && a !== undefined) return [{ kind: 'complex', re: -a.re, im: -a.im }]
  if (a === undefined || b === undefined || parts.length !== 2) return undefined
  if (kind === 'aten::add') return [{ kind: 'complex', re: a.re + b.re, im: a.im + b.im }]
  if (kind === 'aten::sub') return [{ kind: 'complex', re: a.re - b.re, im: a.im - b.im }]
  return undefined
}

const isTuple = (value: IValue | undefined): value is Extract<IValue, { readonly kind: 'tuple' }> =>
  typeof value === 'object' && value !== null && value.kind === 'tuple'

/** A value tells its own type, save that of empty containers. */
function runtimeType(value: IValue, declared: Type): Type {
  return declared.kind === 'List' || declared.kind === 'Dict' ? declared : typeOfIValue(value)
}

function evaluateOperator(node: Node, inputs: readonly IValue[]): readonly IValue[] | undefined {
  if (inputs.some(isComplex)) return complexArithmetic(node.kind, inputs)
  const schema = schemaOf(node)
  // Without arguments an operator asks for the state of the process: whether gradients are on.
  if (schema === undefined || schema.isVararg || schema.args.length === 0) return undefined
  const rule = ruleOf(schema.text)
  if (rule === undefined) return undefined
  const args: [string, Fact][] = schema.args.map((arg, i) => [arg.name, constantFact(inputs[i]!)])
  const facts = (rule.infer as (args: object) => Fact | readonly Fact[])(Object.fromEntries(args))
  const values = (Array.isArray(facts) ? facts : [facts]).map((fact: Fact) => fact.value)
  return values.length === node.outputs.length && values.every((value) => value !== undefined) ? (values as IValue[]) : undefined
}
