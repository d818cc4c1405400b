// Strings, enums and devices that branches choose: codes at run time. Comparison is comparison of codes; any other operator on a choice is
// evaluated at build time for every value that the code can stand for.

import { Builder } from '../../ir/builder.ts'
import { constantOf } from '../../ir/constant.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { boolType, intType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { constantFact, type Fact } from '../../ops/fact.ts'
import { valuesEqual } from '../../ops/rules/compare.ts'
import { ruleOf } from '../../ops/rules/index.ts'
import { schemaOf } from '../../ops/schema-of.ts'
import type { PassContext } from '../pass.ts'
import type { ContainerRow, Dissolving } from './container-row.ts'
import { choose } from './optional-nodes.ts'

/** The code of a string or enum: its place in the table of choices. */
export function codeFor(literal: IValue, { choices }: PassContext): number {
  const known = choices.findIndex((choice) => typeof choice === typeof literal && valuesEqual(choice, literal) === true)
  return known === -1 ? choices.push(literal) - 1 : known
}

const code: ContainerRow = (node, { facts, context }) => {
  const { node: producer } = node.input()
  const b = Builder.replacing(node)
  if (producer.kind === 'prim::Choose') return [producer.input()]
  if (producer.kind === 'prim::Uninitialized') return [b.op('prim::Uninitialized', [], intType)]
  const literal = facts.of(node.input()).value
  return literal === undefined ? undefined : [b.int(codeFor(literal, context))]
}

const isChoice = (type: Type): boolean => type.kind === 'str' || type.kind === 'Enum' || type.kind === 'Device'

/** Equality of choices is equality of codes. */
const equality: ContainerRow = (node, { facts, context }) => {
  const sides = [node.input(0), node.input(1)]
  if (!sides.every(({ type }) => isChoice(type)) || !sides.some((side) => side.node.kind === 'prim::Choose')) return undefined
  const b = Builder.replacing(node)
  const codes = sides.map((side) => {
    if (side.node.kind === 'prim::Choose') return side.node.input()
    const literal = facts.of(side).value
    return literal === undefined ? undefined : b.int(codeFor(literal, context))
  })
  const kind = node.kind === 'aten::ne' || node.kind === 'aten::__isnot__' ? 'aten::ne' : 'aten::eq'
  return codes.includes(undefined) ? undefined : [b.op(kind, codes as Value[], boolType)]
}

/** `mode in ('a', 'b')`: any of the comparisons. */
const contained: ContainerRow = (node, { facts, context }) => {
  const { items } = facts.of(node.input(0))
  const { node: producer } = node.input(1)
  if (producer.kind !== 'prim::Choose' || items === undefined || items.some(({ value }) => value === undefined)) return undefined
  const b = Builder.replacing(node)
  const tests = items.map(({ value }) => b.op('aten::eq', [producer.input(), b.int(codeFor(value!, context))], boolType))
  return [tests.length === 0 ? b.bool(false) : tests.reduce((a, c) => b.op('aten::__or__', [a, c], boolType))]
}

// Tables longer than this are no configuration but text processing.
const MAX_CHOICES = 64

/** The codes that a value can be; undefined when they are not all known at build time. */
function domainOf(code: Value): ReadonlySet<number> | undefined {
  const codes = new Set<number>()
  const seen = new Set<Value>()
  const stack = [code]
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (seen.has(value)) continue
    seen.add(value)
    const { node, index } = value
    if (node.kind === 'prim::If') stack.push(...node.blocks.map((block) => block.returns[index]!))
    else if (node.kind === 'prim::Loop') stack.push(node.input(index + 2), node.blocks[0]!.returns[index + 1]!)
    else if (node.kind === 'prim::Param' && node.block?.owner?.kind === 'prim::Loop' && index > 0)
      stack.push(node.block.owner.input(index + 1), node.block.returns[index]!)
    else if (node.kind !== 'prim::Uninitialized') {
      const constant = constantOf(value)
      if (typeof constant !== 'bigint') return undefined
      codes.add(Number(constant))
    }
  }
  return codes.size > MAX_CHOICES ? undefined : codes
}

/** A member of an enum that is handed in can be each of them, and then the table has all. */
function membersOf(type: Type, { choices, enumOf }: PassContext): ReadonlySet<number> | undefined {
  if (type.kind !== 'Enum') return undefined
  const members = enumOf?.(type.name) ?? []
  const codes = choices.flatMap((choice, code) =>
    choice !== null && typeof choice === 'object' && choice.kind === 'enum' && choice.className === type.name ? [code] : [],
  )
  return codes.length === members.length && codes.length <= MAX_CHOICES ? new Set(codes) : undefined
}

/** An operator on one choice and values known at build time: its result for each code. */
export const mapChoices: ContainerRow = (node, at) => {
  const places = node.inputs.filter((value) => value.node.kind === 'prim::Choose')
  if (places.length === 0 || places.some((value) => value !== places[0]) || node.blocks.length > 0 || node.outputs.length !== 1)
    return undefined
  const code = places[0]!.node.input()
  const domain = domainOf(code) ?? membersOf(places[0]!.type, at.context)
  const schema = schemaOf(node)
  const rule = schema === undefined ? undefined : ruleOf(schema.text)
  if (domain === undefined || domain.size === 0 || rule === undefined) return undefined
  const results: (readonly [number, IValue])[] = []
  for (const k of [...domain].sort((a, b) => a - b)) {
    const facts = node.inputs.map((value) => (value === places[0] ? constantFact(at.context.choices[k]!) : at.facts.of(value)))
    const args = new Map<string, Fact>(schema!.args.map((arg, i) => [arg.name, facts[i]!]))
    if (schema!.isVararg) args.set('...', { items: facts.slice(schema!.args.length) })
    const result = rule.infer(Object.fromEntries(args) as never)
    const { value } = (Array.isArray(result) ? result[0] : result) as Fact
    if (value === undefined) return undefined
    results.push([k, value])
  }
  return [byCode(Builder.replacing(node), code, results, node.output().type, at)]
}

/** The value that belongs to a code: a chain of Ifs, the last value needing no test. */
function byCode(b: Builder, code: Value, cases: readonly (readonly [number, IValue])[], type: Type, at: Dissolving): Value {
  if (isChoice(type)) {
    const codes = cases.map(([k, value]) => [k, BigInt(codeFor(value, at.context))] as const)
    return choose(b, byCode(b, code, codes, intType, at), type)
  }
  const [[k, value], ...rest] = cases as [readonly [number, IValue], ...(readonly [number, IValue])[]]
  if (rest.every(([, other]) => valuesEqual(other, value) === true)) return b.constant(value, type)
  const node = b.if(b.op('aten::eq', [code, b.int(k)], boolType), [type])
  node.blocks[0]!.addReturn(Builder.atEnd(node.blocks[0]!).constant(value, type))
  node.blocks[1]!.addReturn(byCode(Builder.atEnd(node.blocks[1]!), code, rest, type, at))
  return node.output()
}

export const choiceRows: readonly (readonly [string, ContainerRow])[] = [
  ['prim::CodeOf', code],
  ['aten::eq', equality],
  ['aten::ne', equality],
  ['aten::__is__', equality],
  ['aten::__isnot__', equality],
  ['aten::__contains__', contained],
]
