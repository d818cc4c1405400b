// Overload resolution: which schema takes these arguments, and what each becomes. Overloads are tried in registration order,
// first without and then with implicit conversions. Answers to torch/csrc/jit/frontend/schema_matching.cpp.

import type { Builder } from '../ir/builder.ts'
import { qualifiedName, type Argument, type FunctionSchema } from '../ir/function-schema.ts'
import { typeText } from '../ir/print-type.ts'
import { isSubtype, tensorType, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { convertibleToList, convertPlan, planConstant, planList, planValue, unwrapOptional, type Plan } from './schema-conversion.ts'
import { typeOfIValue } from '../ir/constant.ts'
import { matchTypeVariables, replaceTypeVariables, type TypeEnvironment } from './schema-type-variables.ts'

/** The arguments of a call. */
export interface Actuals {
  readonly args: readonly Value[]
  readonly kwargs?: readonly (readonly [name: string, value: Value])[]
  /** The receiver of a method call: taken by the argument called `self`, wherever it stands. */
  readonly self?: Value | undefined
  /** Subtyping of classes and interfaces, where the caller knows their methods. */
  readonly subtype?: (a: Type, b: Type) => boolean
}

export interface MatchedSchema {
  readonly schema: FunctionSchema
  /** One for each input of the node, in order. Nothing is built before `build` is called. */
  readonly inputs: readonly Plan[]
  readonly returnTypes: readonly Type[]
}

/** Builds the inputs of a match, in order. */
export function buildInputs(match: MatchedSchema, builder: Builder): Value[] {
  return match.inputs.map((plan) => plan.build(builder))
}

/** The first schema that takes `actuals`, with its index; or the reasons why none does. */
export function matchSchemas(
  schemas: readonly FunctionSchema[],
  actuals: Actuals,
): { readonly index: number; readonly match: MatchedSchema } | { readonly reasons: readonly string[] } {
  if (schemas.length > 1) {
    for (const [index, schema] of schemas.entries()) {
      const match = matchSchema(schema, actuals, false)
      if (typeof match !== 'string') return { index, match }
    }
  }
  const reasons: string[] = []
  for (const [index, schema] of schemas.entries()) {
    const match = matchSchema(schema, actuals, true)
    if (typeof match !== 'string') return { index, match }
    reasons.push(`${schema.text === '' ? qualifiedName(schema) : schema.text}: ${match}`)
  }
  return { reasons }
}

/**
 * Overloads that torch leaves out as well: a ScalarType is an int here, so that `x.view(1)` could be a view as int8, and
 * `max(x, out)` looks like `max(x, other)`.
 */
const AMBIGUOUS: ReadonlySet<string> = new Set(['aten::view.dtype', 'aten::max.unary_out', 'aten::min.unary_out'])

/** Matches one schema; a text tells why it does not. */
function matchSchema(schema: FunctionSchema, actuals: Actuals, allowConversions: boolean): MatchedSchema | string {
  if (AMBIGUOUS.has(qualifiedName(schema))) return 'cannot be told from another overload'
  const { args, kwargs = [], subtype = isSubtype } = actuals
  let self = actuals.self
  const environment: TypeEnvironment = new Map()
  const inputs: Plan[] = []
  const used = new Set<number>()
  let next = 0
  for (const [i, arg] of schema.args.entries()) {
    let actual: Plan
    if (arg.name === 'self' && self !== undefined) {
      actual = planValue(self)
      self = undefined
    } else if (!arg.kwargOnly && next < args.length) {
      const value = args[next]!
      if (
        allowConversions &&
        collectsRest(schema, i, arg) &&
        value.type.kind !== 'List' &&
        !convertibleToList(value.type, unwrapOptional(arg.type))
      ) {
        const list = collectList(arg, args.slice(next), environment, subtype)
        if (typeof list === 'string') return list
        inputs.push(list)
        next = args.length
        continue
      }
      actual = planValue(value)
      next++
    } else {
      const keyword = keywordIndex(arg.name, kwargs, schema.name.startsWith('aten::'))
      if (keyword !== -1) {
        if (used.has(keyword)) return `argument '${arg.name}' is given twice`
        used.add(keyword)
        actual = planValue(kwargs[keyword]![1])
      } else if (arg.default !== undefined) {
        actual = planConstant(arg.default, defaultType(arg))
      } else return `argument '${arg.name}' is missing`
    }
    const matched = matchArgument(arg, actual, allowConversions, environment, subtype)
    if (typeof matched === 'string') return matched
    inputs.push(matched)
  }
  if (self !== undefined) return 'it is no method'
  if (schema.isVararg) for (; next < args.length; next++) inputs.push(planValue(args[next]!))
  if (next < args.length) return `takes at most ${next} positional arguments, ${args.length} were given`
  const unknown = kwargs.findIndex((_, i) => !used.has(i))
  if (unknown !== -1) {
    const name = kwargs[unknown]![0]
    return schema.args.some((arg) => arg.name === name) ? `argument '${name}' is given twice` : `has no argument '${name}'`
  }
  const returnTypes: Type[] = []
  for (const { type } of schema.returns) {
    const concrete = replaceTypeVariables(type, environment)
    if (concrete === undefined) return `the type of its result cannot be told from its arguments`
    returnTypes.push(concrete)
  }
  return { schema, inputs, returnTypes }
}

/** The type a default has as a constant: that of its value, not the argument's; empty lists take the argument's. */
function defaultType({ type, default: value }: Argument): Type {
  const own = typeOfIValue(value!)
  return own.kind === 'List' ? unwrapOptional(type) : own.kind === 'Tensor' ? tensorType : own
}

function keywordIndex(name: string, kwargs: readonly (readonly [string, Value])[], isAten: boolean): number {
  if (kwargs.length === 0) return -1
  // Functions of torch call `input` what schemas call `self`.
  return kwargs.findIndex(([key]) => key === name || (isAten && name === 'self' && key === 'input'))
}

/** True when all further positional arguments may become one list: `torch.view(x, 1, 2)`. */
function collectsRest(schema: FunctionSchema, index: number, arg: Argument): boolean {
  const isLast = index + 1 === schema.args.length || schema.args[index + 1]!.kwargOnly
  return isLast && arg.type.kind === 'List' && arg.size === undefined && arg.type.of.kind !== 'Var'
}

function collectList(arg: Argument, values: readonly Value[], environment: TypeEnvironment, subtype: Subtype): Plan | string {
  const of = arg.type.kind === 'List' ? arg.type.of : arg.type
  const items: Plan[] = []
  for (const value of values) {
    const item = matchArgument({ name: arg.name, type: of, kwargOnly: false }, planValue(value), true, environment, subtype)
    if (typeof item === 'string') return item
    items.push(item)
  }
  return planList(items, of)
}

type Subtype = (a: Type, b: Type) => boolean

function matchArgument(
  arg: Argument,
  actual: Plan,
  allowConversions: boolean,
  environment: TypeEnvironment,
  subtype: Subtype,
): Plan | string {
  let plan = actual
  // `int[2]` takes an int and repeats it.
  const list = unwrapOptional(arg.type)
  if (
    arg.size !== undefined &&
    (plan.type.kind === 'int' || plan.type.kind === 'float') &&
    list.kind === 'List' &&
    list.of.kind === plan.type.kind
  ) {
    const one = plan
    const { size } = arg
    plan = {
      type: list,
      build: (builder) => {
        const value = one.build(builder)
        return builder.list(
          Array.from({ length: size }, () => value),
          list.of,
        )
      },
    }
  }
  const reason = matchTypeVariables(arg.type, plan.type, environment, subtype)
  if (reason !== undefined) return `argument '${arg.name}': ${reason}`
  const concrete = replaceTypeVariables(arg.type, environment)
  if (concrete === undefined) return `argument '${arg.name}': ${typeText(plan.type)} does not tell ${typeText(arg.type)}`
  const converted = convertPlan(plan, concrete, allowConversions)
  if (!subtype(converted.type, concrete)) return `argument '${arg.name}' should be ${typeText(concrete)}, found ${typeText(plan.type)}`
  return converted
}
