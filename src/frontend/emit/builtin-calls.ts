// Calls of operators: overload chosen, arguments converted, results packed. Answers to emitBuiltinCall in
// torch/csrc/jit/frontend/schema_matching.cpp, its wrappers written in TorchScript and its upgraders of old operators.

import { inlineBlock } from '../../ir/clone.ts'
import { qualifiedName, type FunctionSchema } from '../../ir/function-schema.ts'
import { typeText } from '../../ir/print-type.ts'
import { parseSchema } from '../../ir/schema-parser.ts'
import { tupleOf } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { schemasOf } from '../../ops/schema-of.ts'
import { buildInputs, matchSchemas } from '../../ops/schema-matching.ts'
import { oldSchema, operatorNames } from '../../ops/schemas/index.ts'
import { builtinFunctions, upgraderGraph } from '../builtin-functions.ts'
import type { CallArguments, Place } from '../values/sugared-value.ts'
import type { Emitter } from './emitter.ts'

export interface BuiltinArguments {
  readonly args: readonly Value[]
  readonly kwargs?: CallArguments['kwargs']
  readonly self?: Value | undefined
}

interface OldOverload {
  readonly schema: FunctionSchema
  readonly upgrader: string
}
interface Overloads {
  readonly current: readonly FunctionSchema[]
  readonly old: readonly OldOverload[]
  /** Both, in the order in which they are tried. */
  readonly native: readonly FunctionSchema[]
}
/** By operator version, then name. */
const overloads = new Map<number, Map<string, Overloads>>()

/** Emits a call of `operator`; several results come as a tuple. Throws PT2022, PT2023. */
export function emitBuiltinCall(e: Emitter, operator: string, actuals: BuiltinArguments, at: Place): Value {
  const { current, old, native } = overloadsOf(operator, e.version)
  const wrappers = builtinFunctions(operator, e.unit.language)
  const schemas = wrappers.length === 0 ? native : [...native, ...wrappers.map((fn) => fn.schema)]
  if (schemas.length === 0) return unknownOperator(e, operator, at)
  e.mark(at)
  const found = matchSchemas(schemas, { ...actuals, subtype: e.unit.subtype })
  if ('reasons' in found) return noOverload(e, operator, actuals, found.reasons, at)
  const inputs = buildInputs(found.match, e.builder)
  if (found.index >= current.length) {
    const upgrade = old[found.index - current.length]
    const graph =
      upgrade === undefined ? wrappers[found.index - current.length - old.length]!.graph : upgraderGraph(upgrade.upgrader, e.unit.language)
    const result = inlineBlock(graph.block, inputs, e.builder.point)[0]!
    if (upgrade !== undefined) e.nameless.add(result)
    return result
  }
  const node = e.node(operator, inputs, found.match.returnTypes)
  node.schema = found.match.schema
  return packResults(e, node.outputs, found.match.schema)
}

/** One result stands for itself, several become a tuple, named where the schema names them. */
function packResults(e: Emitter, outputs: readonly Value[], schema: FunctionSchema): Value {
  if (outputs.length === 1) return outputs[0]!
  const names = schema.returns.map((result) => result.name)
  const type = tupleOf(outputs.map((output) => output.type))
  const isNamed = names.length > 0 && names.every((name) => name !== '')
  return e.builder.tuple(outputs, isNamed ? { ...type, fields: names } : type)
}

/** The overloads of an operator as an archive of this version means them. */
function overloadsOf(operator: string, version: number): Overloads {
  let ofVersion = overloads.get(version)
  if (ofVersion === undefined) overloads.set(version, (ofVersion = new Map()))
  const known = ofVersion.get(operator)
  if (known !== undefined) return known
  const current: FunctionSchema[] = []
  const old: OldOverload[] = []
  for (const schema of schemasOf(operator)) {
    const row = oldSchema(qualifiedName(schema), version)
    if (row === undefined) current.push(schema)
    else old.push({ schema: parseSchema(row.schema), upgrader: row.upgrader })
  }
  const made: Overloads = { current, old, native: [...current, ...old.map(({ schema }) => schema)] }
  // Names that torch does not have come from the file: they are not kept.
  if (made.native.length > 0) ofVersion.set(operator, made)
  return made
}

function unknownOperator(e: Emitter, operator: string, at: Place): never {
  const name = operator.slice(operator.indexOf('::') + 2)
  const like = operatorNames().filter((other) => other !== operator && other.slice(other.indexOf('::') + 2) === name)
  return e.fail(
    'PT2022',
    `torch has no operator ${operator}`,
    at,
    like.length > 0
      ? `there is ${like.slice(0, 3).join(', ')}`
      : 'an operator of a library other than torch cannot be converted: replace it with operators of torch',
  )
}

const SHOWN = 6

function noOverload(
  e: Emitter,
  operator: string,
  { args, kwargs = [], self }: BuiltinArguments,
  reasons: readonly string[],
  at: Place,
): never {
  const given = [
    ...(self === undefined ? [] : [`self: ${typeText(self.type)}`]),
    ...args.map((arg) => typeText(arg.type)),
    ...kwargs.map(([name, value]) => `${name}: ${typeText(value.type)}`),
  ]
  const shown = reasons.slice(0, SHOWN).map((reason) => `\n  ${reason}`)
  const more = reasons.length > SHOWN ? `\n  and ${reasons.length - SHOWN} more` : ''
  return e.fail('PT2023', `no overload of ${operator} takes (${given.join(', ')})${shown.join('')}${more}`, at)
}
