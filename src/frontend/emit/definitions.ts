// One function: its declared schema, its parameters, its body, its result. Answers to emitDef in
// torch/csrc/jit/frontend/ir_emitter.cpp and parseSchemaFromDef in script_type_parser.cpp.

import { noClock, type Clock } from '../../diagnostics/clock.ts'
import { constantOf } from '../../ir/constant.ts'
import type { Argument, FunctionSchema } from '../../ir/function-schema.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { typeText } from '../../ir/print-type.ts'
import { noneType, tensorType, type Type } from '../../ir/type.ts'
import type { Block } from '../../ir/block.ts'
import type { Value } from '../../ir/value.ts'
import { convertValue } from '../../ops/schema-conversion.ts'
import { runCleanupPasses } from '../cleanup/run-cleanup-passes.ts'
import { convertToSsa } from '../cleanup/convert-to-ssa.ts'
import { canonicalizeModifiedLoops } from '../cleanup/canonicalize-modified-loops.ts'
import { normalizeOps } from '../cleanup/normalize-ops.ts'
import { foldConstants } from '../cleanup/fold-constants.ts'
import type { CompilationUnit } from '../compilation-unit.ts'
import type { Compiled } from '../script-function.ts'
import { ScriptTypeParser } from '../script-type-parser.ts'
import type { Def, Expr } from '../tree.ts'
import type { ScriptSource } from '../tree-range.ts'
import type { Place } from '../values/sugared-value.ts'
import { Emitter, type Resolver } from './emitter.ts'
import { isMeaningful } from './environment.ts'

export interface Definition {
  readonly def: Def
  readonly source: ScriptSource
  readonly resolver: Resolver
  readonly unit: CompilationUnit
  readonly version: number
  /** The class type of a method's first parameter. */
  readonly receiver: Type | undefined
  /** Type of the state that an unannotated `__setstate__` takes: what `__getstate__` returns. */
  readonly stateType?: () => Type | undefined
}

/** The schema as written: no results when the result is not annotated. */
export function declareFunction(definition: Definition): FunctionSchema {
  const { def, source, resolver, receiver } = definition
  const types = new ScriptTypeParser(source, resolver.type)
  const args: Argument[] = def.params.map((param, i) => {
    if (param.variadic !== undefined)
      new Emitter(definition.unit, source, resolver, undefined, definition.version).fail(
        'PT2005',
        `TorchScript has no '${param.variadic}' parameters`,
        param,
      )
    const broadcast = param.type === undefined ? undefined : types.broadcastingList(param.type)
    const state = i === 1 && def.name === '__setstate__' && param.type === undefined ? definition.stateType?.() : undefined
    const type =
      i === 0 && receiver !== undefined
        ? receiver
        : (broadcast?.type ?? (param.type === undefined ? (state ?? tensorType) : types.parse(param.type)))
    return {
      name: param.name,
      type,
      kwargOnly: param.kwargOnly,
      ...(broadcast === undefined ? {} : { size: broadcast.size }),
      ...(param.default === undefined ? {} : { default: evaluateConstant(definition, param.default, type) }),
    }
  })
  const returns = def.returns === undefined ? [] : [{ name: '', type: types.parse(def.returns), kwargOnly: false }]
  return { name: def.name, overload: '', args, returns, isVararg: false, isVarret: false, text: '' }
}

/** The value of a constant expression of a declared type: parameter defaults, class constants. */
export function evaluateConstant(
  { source, resolver, unit, version }: Pick<Definition, 'source' | 'resolver' | 'unit' | 'version'>,
  expr: Expr,
  type: Type,
): IValue {
  const e = new Emitter(unit, source, resolver, undefined, version)
  const emitted = e.expression(expr, type)
  const value = asDeclared(e, emitted, type, expr)
  if (!e.subtype(value.type, type))
    e.fail('PT2030', `this is declared as ${typeText(type)}, but its value is ${typeText(value.type)}`, expr)
  e.graph.addOutput(value)
  const folded = foldConstants(e.graph.outputs[0]!)
  if (folded === undefined) return e.fail('PT2032', 'this has to be a constant', expr)
  return folded
}

/** Compiles the body, and cleans the graph up as torch does. */
export function compileFunction(definition: Definition, clock: Clock = noClock): Compiled {
  const { def, source, resolver, unit, version } = definition
  const declared = declareFunction(definition)
  const e = new Emitter(unit, source, resolver, def.name, version)
  const returnType = emitDefinition(e, def, declared, e.graph.block)
  const { graph } = e
  clock.time('clean up', () => {
    convertToSsa(graph)
    canonicalizeModifiedLoops(graph)
    normalizeOps(graph)
    runCleanupPasses(graph)
  })
  return { graph, schema: { ...declared, returns: [{ name: '', type: returnType, kwargOnly: false }] } }
}

/** Emits a function into `block`: parameters, statements, and a typed stand-in for the result. Gives the result's type. */
export function emitDefinition(e: Emitter, def: Def, schema: FunctionSchema, block: Block): Type {
  e.definitions.push({ declared: schema.returns[0]?.type, merged: undefined })
  for (const [i, param] of def.params.entries()) {
    const input = block.addParam(schema.args[i]!.type, isMeaningful(param.name) ? param.name : undefined)
    e.mark(param)
    e.environment.setVariable(param.name, input, param)
  }
  e.statements(def.body)
  e.throwProblems()
  const context = e.definitions.at(-1)!
  if (!e.exitBlocks.has(block)) {
    if (context.declared !== undefined && context.declared.kind !== 'None')
      e.fail('PT2031', `the result is declared as ${typeText(context.declared)}, but not every path returns`, def)
    e.statements([{ kind: 'return', value: undefined, start: def.start, end: def.end }])
  } else context.merged ??= context.declared ?? noneType
  const result = context.merged!
  block.addReturn(e.builder.op('prim::Uninitialized', [], result))
  e.definitions.pop()
  return result
}

/** `value` where a value of the declared type is wanted: an int literal serves as float, whose dot serialization may drop. */
export function asDeclared(e: Emitter, value: Value, type: Type, at: Place): Value {
  const converted = convertValue(value, type, e.mark(at).builder)
  if (e.subtype(converted.type, type)) return converted
  return integralAsFloat(e, converted, type, at) ?? converted
}

/**
 * torch prints integral floats from 1e10 up without a dot. Where a float is declared, an integer literal of that size is one.
 * Smaller ones stay ints: those are mistakes, not torch's.
 */
export function integralAsFloat(e: Emitter, value: Value, type: Type, at: Place): Value | undefined {
  const target = type.kind === 'Optional' ? type.of : type
  const constant = constantOf(value)
  if (target.kind === 'float' && typeof constant === 'bigint' && (constant >= 10n ** 10n || constant <= -(10n ** 10n)))
    return e.float(Number(constant), at)
  if (target.kind === 'Tuple' && value.node.kind === 'prim::TupleConstruct' && value.node.inputs.length === target.of.length) {
    const items = value.node.inputs.map((item, i) =>
      e.subtype(item.type, target.of[i]!) ? item : integralAsFloat(e, item, target.of[i]!, at),
    )
    if (items.includes(undefined)) return undefined
    return e.mark(at).builder.tuple(items as Value[])
  }
  if (target.kind === 'List' && value.node.kind === 'prim::ListConstruct') {
    const items = value.node.inputs.map((item) => (e.subtype(item.type, target.of) ? item : integralAsFloat(e, item, target.of, at)))
    if (items.includes(undefined)) return undefined
    return e.mark(at).builder.list(items as Value[], target.of)
  }
  return undefined
}
