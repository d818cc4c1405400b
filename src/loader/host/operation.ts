// What a host node does, as a template over its inputs: from its schema's row, or, for what has no schema, from its kind and attributes.
// Answers to the unschematized operators of torch/csrc/jit/runtime/interpreter/code_impl.h and register_prim_ops.cpp.

import { constantOf } from '../../ir/constant.ts'
import type { Node } from '../../ir/node.ts'
import { scalarTypeOfCode } from '../../ir/scalar-type.ts'
import type { Type } from '../../ir/type.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import type { HostClasses } from './classes.ts'
import { quoted } from './expression.ts'
import { fieldName } from './names.ts'
import type { Effect, HostRow } from './row.ts'
import { hostRow } from './rows/index.ts'
import { layoutOf, typeTest } from './types.ts'

export interface Operation {
  readonly template: string
  readonly effect: Effect
  readonly negated?: string | undefined
  readonly ring?: HostRow['ring'] | undefined
  /** Texts that stand for arguments of the template which are no inputs. */
  readonly texts?: ReadonlyMap<string, string>
  /** Index of the input that an argument of the template is. */
  readonly input: (argument: string) => number
}

const positional = (template: string, effect: Effect = 'pure'): Operation => ({ template, effect, input: Number })

const all = (node: Node, from = 0): string =>
  node.inputs
    .slice(from)
    .map((_, i) => `$${i + from}`)
    .join(', ')

/** With what tells tuples from lists in text, for values whose type has tuples. */
function shown(node: Node, from: number): string {
  return node.inputs
    .slice(from)
    .map(({ type }, i) => {
      const layout = layoutOf(type)
      return layout === undefined ? `$${i + from}` : `shown($${i + from}, ${layout})`
    })
    .join(', ')
}

type Special = (node: Node, classes: HostClasses) => Operation | undefined

const attribute = (node: Node, name: string): string => String(node.attributes.get(name))

const specials = new Map<string, Special>([
  ['prim::ListConstruct', (node) => positional(`[${all(node)}]`)],
  ['prim::TupleConstruct', (node) => positional(`[${all(node)}]`)],
  [
    'prim::DictConstruct',
    (node) => {
      const entries = Array.from({ length: node.inputs.length / 2 }, (_, i) => `[$${2 * i}, $${2 * i + 1}]`)
      return positional(entries.length === 0 ? 'new Map()' : `new Map([${entries.join(', ')}])`)
    },
  ],
  [
    'prim::TupleIndex',
    (node) => {
      const index = constantOf(node.input(1))
      const { type } = node.input()
      if (typeof index !== 'bigint' || type.kind !== 'Tuple') return undefined
      return positional(`$0[${index < 0n ? index + BigInt(type.of.length) : index}]`)
    },
  ],
  ['prim::TupleSlice', (node) => positional(`$0.slice(${String(node.attributes.get('beg'))}, ${String(node.attributes.get('end'))})`)],
  ['prim::TupleUnpack', () => positional('$0')],
  ['prim::ListUnpack', (node) => positional(`unpack($0, ${node.outputs.length})`, 'throw')],
  ['prim::GetAttr', (node) => positional(`$0.${fieldName(attribute(node, 'name'))}`, 'read')],
  ['prim::SetAttr', (node) => positional(`$0.${fieldName(attribute(node, 'name'))} = $1`, 'write')],
  [
    'prim::CreateObject',
    (node, classes) => {
      const { type } = node.output()
      return type.kind === 'Class' ? positional(`new ${classes.nameOf(type.name)}()`) : undefined
    },
  ],
  [
    'prim::isinstance',
    (node, classes) => {
      const types = node.attributes.get('types')
      if (types === null || typeof types !== 'object' || types?.kind !== 'types') return undefined
      const test = typeTest(types.types, node.input().type, classes)
      return test === undefined ? undefined : positional(test, 'read')
    },
  ],
  ['prim::unchecked_cast', () => positional('$0')],
  ['prim::OfRank', () => positional('$0')],
  ['prim::unchecked_unwrap_optional', () => positional('$0')],
  ['prim::RaiseException', (node) => raise(node)],
  ['prim::Print', (node) => positional(`print(${shown(node, 0)})`, 'write')],
  ['aten::format', (node) => positional(`format($0${node.inputs.length > 1 ? `, ${shown(node, 1)}` : ''})`, 'throw')],
  ['aten::percentFormat', (node) => positional(`percentFormat($0${node.inputs.length > 1 ? `, ${shown(node, 1)}` : ''})`, 'throw')],
  [
    'aten::str',
    (node) => {
      const { type } = node.input()
      const layout = layoutOf(type)
      if (layout !== undefined) return positional(`str(shown($0, ${layout}))`, 'read')
      return positional(type.kind === 'int' ? 'String($0)' : type.kind === 'str' ? '$0' : 'str($0)', 'read')
    },
  ],
  ['aten::add', (node) => (isText(node) ? positional('$0 + $1') : undefined)],
  [
    'aten::sort',
    (node) =>
      isOrdered(node.input().type) && node.input().type.kind === 'List'
        ? positional(constantOf(node.input(1)) === false ? 'sort($0)' : 'sort($0, $1)', 'write')
        : undefined,
  ],
  [
    'aten::sorted',
    (node) => (node.input().type.kind === 'List' && isOrdered(node.input().type) ? positional('sorted($0)', 'read') : undefined),
  ],
  ['prim::tolist', (node) => toList(node)],
  ['aten::tensor', (node) => makeTensor(node)],
  ['aten::as_tensor', (node) => makeTensor(node)],
  ['host::copy', () => positional('copy($0)', 'read')],
  ['host::assign', ({ inputs }) => positional(inputs.length > 2 ? 'assign($0, $1, $2)' : 'assign($0, $1)', 'write')],
  ['aten::has_torch_function', () => positional('false')],
])

/** Whether two strings can be joined as they are: half a character cannot meet its other half where a literal is. */
function isText(node: Node): boolean {
  const [a, b] = node.inputs
  if (a?.type.kind !== 'str' || b?.type.kind !== 'str') return false
  const last = a.node.kind === 'aten::add' && a.type.kind === 'str' ? a.node.input(1) : a
  return [last, b].some((value) => Boolean(constantOf(value)))
}

/** Values with an order of their own: objects have theirs in a method. */
function isOrdered(type: Type): boolean {
  if (type.kind === 'List') return isOrdered(type.of)
  return type.kind === 'Tuple' ? type.of.every(isOrdered) : /^(int|float|bool|str)$/.test(type.kind)
}

/** `raise ValueError('…')`; an assertion says what it is in its message. */
function raise(node: Node): Operation {
  const message = constantOf(node.input())
  const given = node.inputs[1] === undefined ? null : constantOf(node.input(1))
  if (typeof message !== 'string' || given === undefined)
    return positional(`throw raised(${node.inputs.length > 1 ? '$1' : 'null'}, $0)`, 'write')
  const assertion = 'AssertionError: '
  const type =
    typeof given === 'string' ? (given.split('.').at(-1) ?? given) : message.startsWith(assertion) ? 'AssertionError' : 'RuntimeError'
  const text = typeof given !== 'string' && message.startsWith(assertion) ? message.slice(assertion.length) : message
  return {
    ...positional('throw error($type, $text)', 'write'),
    texts: new Map([
      ['type', quoted(type)],
      ['text', quoted(text)],
    ]),
  }
}

/** `torch.tensor(data)` of numbers in lists in lists. */
function makeTensor(node: Node): Operation | undefined {
  let { type } = node.input()
  while (type.kind === 'List') type = type.of
  const asked = node.namedInput('dtype')
  const code = asked === undefined ? null : constantOf(asked)
  const natural = type.kind === 'int' ? 'int64' : type.kind === 'float' ? 'float32' : type.kind === 'bool' ? 'bool' : undefined
  if (natural === undefined || code === undefined) return undefined
  return positional(
    `makeTensor($0, ${quoted((typeof code === 'bigint' ? scalarTypeOfCode(Number(code)) : undefined) ?? natural)})`,
    'throw',
  )
}

/** `tolist(t)` as the annotated type has it: the depth and kind of its lists. */
function toList(node: Node): Operation | undefined {
  let { type } = node.output()
  let depth = 0
  for (; type.kind === 'List'; type = type.of) depth++
  if (type.kind !== 'int' && type.kind !== 'float' && type.kind !== 'bool') return undefined
  return positional(`toList($0, ${depth}, ${quoted(type.kind)})`, 'throw')
}

/** Control flow and what the emitter itself understands. */
export const isStructural = (kind: string): boolean =>
  kind === 'prim::If' || kind === 'prim::Loop' || kind === 'prim::Constant' || kind === 'prim::Uninitialized' || kind === 'host::region'

/** Operators whose rows serve where their special form does not. */
const schemaRows = new Set(['aten::add', 'aten::sorted', 'aten::sort'])

/** Undefined: the node has no JavaScript form. */
export function operationOf(node: Node, classes: HostClasses): Operation | undefined {
  const special = specials.get(node.kind)
  const operation = special?.(node, classes)
  if (operation !== undefined || (special !== undefined && !schemaRows.has(node.kind))) return operation
  const schema = schemaOf(node)
  const row = schema === undefined ? undefined : hostRow(schema.text)
  if (schema === undefined || row === undefined) return undefined
  const template = row.value !== undefined && node.outputs.some(({ hasUses }) => hasUses) ? row.value : row.template
  return { ...row, template, input: (argument) => schema.args.findIndex(({ name }) => name === argument) }
}

export const hasSpecial = (kind: string): boolean => specials.has(kind)
