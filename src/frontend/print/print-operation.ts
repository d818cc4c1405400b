// The right-hand side of a node as TorchScript text. Answers to printRHS in torch/csrc/jit/serialization/python_print.cpp.

import { constantOf } from '../../ir/constant.ts'
import type { Argument, FunctionSchema } from '../../ir/function-schema.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { quoteString } from '../../ir/literal.ts'
import type { Node } from '../../ir/node.ts'
import { annotationText } from '../../ir/print-type.ts'
import { optionalOf, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import { constantsEqual } from '../../passes/constants-equal.ts'
import { mustBeNone } from '../cleanup/none-values.ts'
import { functionOfType } from '../script-function.ts'
import { inferredFromMembers, printValue, type PrintedConstants } from './print-value.ts'

export interface PrintContext {
  /** How a value is referred to. */
  readonly use: (value: Value) => string
  readonly constants: PrintedConstants
}

type Printer = (node: Node, context: PrintContext) => string

export const isIdentifier = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)

const joined = (values: readonly Value[], { use }: PrintContext): string => values.map(use).join(', ')
const call =
  (name: string): Printer =>
  (node, context) =>
    `${name}(${joined(node.inputs, context)})`
const annotated = (type: Type, text: string): string => `annotate(${annotationText(type)}, ${text})`
const implicit: Printer = (node, { use }) => annotated(node.output().type, use(node.input()))
const cast: Printer = (node, { use }) => `unchecked_cast(${annotationText(node.output().type)}, ${use(node.input())})`
/** Arguments of program functions all end with a comma. */
const arguments_ = (values: readonly Value[], { use }: PrintContext): string => `(${values.map((value) => `${use(value)}, `).join('')})`

function constant(node: Node, { constants }: PrintContext): string {
  const value = node.output()
  if (value.type.kind === 'Function') return functionOfType(value.type)?.qualifiedName ?? String(node.attributes.get('name'))
  return mustBeNone(value) ? 'None' : printValue(constantOf(value)!, value.type, constants)
}

function getItem(node: Node, { use }: PrintContext): string {
  const container = use(node.input(0))
  return `${isIdentifier(container) ? container : `(${container})`}[${use(node.input(1))}]`
}

function tuple(node: Node, context: PrintContext): string {
  const { type } = node.output()
  const name = type.kind === 'Tuple' ? (type.name ?? '') : ''
  return `${name}(${joined(node.inputs, context)}${node.inputs.length === 1 ? ',' : ''})`
}

function list(node: Node, context: PrintContext): string {
  const { type } = node.output()
  const text = `[${joined(node.inputs, context)}]`
  const tells = node.inputs.length > 0 && type.kind === 'List' && inferredFromMembers(type.of)
  return tells ? text : annotated(type, text)
}

function dict(node: Node, { use }: PrintContext): string {
  const { type } = node.output()
  const entries: string[] = []
  for (let i = 0; i < node.inputs.length; i += 2) entries.push(`${use(node.input(i))}: ${use(node.input(i + 1))}`)
  const text = `{${entries.join(', ')}}`
  const tells = entries.length > 0 && type.kind === 'Dict' && inferredFromMembers(type.key) && inferredFromMembers(type.value)
  return tells ? text : annotated(type, text)
}

function getAttribute(node: Node, { use }: PrintContext): string {
  const name = String(node.attributes.get('name'))
  return isIdentifier(name) ? `${use(node.input())}.${name}` : `getattr(${use(node.input())}, ${quoteString(name)})`
}

function isInstance(node: Node, { use }: PrintContext): string {
  const attribute = node.attributes.get('types')
  const types = attribute !== null && typeof attribute === 'object' && attribute.kind === 'types' ? attribute.types.map(annotationText) : []
  return `isinstance(${use(node.input())}, ${types.length === 1 ? types[0]! : `(${types.join(', ')})`})`
}

function createObject(node: Node): string {
  const name = annotationText(node.output().type)
  return `${name}.__new__(${name})`
}

function unwrapOptional(node: Node, { use }: PrintContext): string {
  const value = node.input()
  const text = value.type.kind === 'None' || mustBeNone(value) ? annotated(optionalOf(node.output().type), use(value)) : use(value)
  return `torch._unwrap_optional(${text})`
}

const printers: ReadonlyMap<string, Printer> = new Map<string, Printer>([
  ['prim::Constant', constant],
  ['prim::Uninitialized', (node) => `uninitialized(${annotationText(node.output().type)})`],
  ['aten::ScalarImplicit', implicit],
  ['aten::FloatImplicit', implicit],
  ['aten::IntImplicit', implicit],
  ['aten::Int', call('int')],
  ['aten::Float', call('float')],
  ['aten::Bool', call('bool')],
  ['aten::str', call('str')],
  ['aten::sorted', call('sorted')],
  ['prim::Print', call('print')],
  ['aten::__getitem__', getItem],
  ['prim::TupleConstruct', tuple],
  ['prim::TupleIndex', (node, { use }) => `(${use(node.input(0))})[${use(node.input(1))}]`],
  ['prim::ListConstruct', list],
  ['prim::DictConstruct', dict],
  ['prim::CreateObject', createObject],
  ['prim::GetAttr', getAttribute],
  ['prim::CallFunction', (node, context) => `${context.use(node.input())}${arguments_(node.inputs.slice(1), context)}`],
  [
    'prim::CallMethod',
    (node, context) => `(${context.use(node.input())}).${String(node.attributes.get('name'))}${arguments_(node.inputs.slice(1), context)}`,
  ],
  ['aten::_unwrap_optional', unwrapOptional],
  ['prim::unchecked_unwrap_optional', cast],
  ['prim::unchecked_cast', cast],
  ['prim::isinstance', isInstance],
  ['prim::tolist', (node, { use }) => annotated(node.output().type, `${use(node.input())}.tolist()`)],
  ['prim::EnumValue', (node, { use }) => `(${use(node.input())}).value`],
  ['prim::EnumName', (node, { use }) => `(${use(node.input())}).name`],
])

export function printOperation(node: Node, context: PrintContext): string {
  return (printers.get(node.kind) ?? operator)(node, context)
}

const NAMES = new Map([
  ['aten::backward', 'torch.autograd.backward'],
  ['aten::grad', 'torch.autograd.grad'],
])

/** `torch.add(a, b, alpha=2)`: trailing arguments that equal their defaults are left out. */
function operator(node: Node, { use }: PrintContext): string {
  const [namespace, name] = node.kind.split('::') as [string, string]
  const callee = NAMES.get(node.kind) ?? (namespace === 'aten' ? `torch.${name}` : `ops.${namespace}.${name}`)
  const schema = schemaOf(node)
  // The results of an out variant stand behind everything else and are always given.
  let out = node.inputs.length
  while (schema !== undefined && isOut(schema.args[out - 1])) out--
  const necessary = necessaryArguments(node, schema, out)
  const args: string[] = []
  for (const [i, value] of node.inputs.entries()) {
    if (i >= necessary && i < out) continue
    const arg = schema?.args[i]
    args.push(arg?.kwargOnly === true ? `${arg.name}=${use(value)}` : use(value))
  }
  return `${callee}(${args.join(', ')})`
}

const isOut = (arg: Argument | undefined): boolean => arg !== undefined && arg.kwargOnly && arg.alias?.isWrite === true

/** How many of the first `to` arguments have to be written. */
function necessaryArguments(node: Node, schema: FunctionSchema | undefined, to: number): number {
  const { inputs } = node
  if (schema === undefined || schema.args.length < inputs.length) return to
  for (let i = to - 1; i >= 0; i--) {
    const { default: value } = schema.args[i]!
    if (value === undefined) return i + 1
    const actual: IValue | undefined = constantOf(inputs[i]!)
    if (actual === undefined || !constantsEqual(actual, value)) return i + 1
  }
  return 0
}
