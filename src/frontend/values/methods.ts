// Methods, functions, classes and NamedTuple constructors of the program.
// Answers to MethodValue, FunctionValue, ClassValue and NamedTupleConstructor in torch/csrc/jit/frontend/sugared_value.cpp.

import type { FunctionSchema } from '../../ir/function-schema.ts'
import { typeText } from '../../ir/print-type.ts'
import type { Value } from '../../ir/value.ts'
import { buildInputs, matchSchemas, type MatchedSchema } from '../../ops/schema-matching.ts'
import type { ScriptClass, ScriptEnum, ScriptNamedTuple } from '../compilation-unit.ts'
import type { Emitter } from '../emit/emitter.ts'
import type { ScriptFunction } from '../script-function.ts'
import { SpecialForm } from './functions.ts'
import { SugaredValue, type CallArguments, type Place } from './sugared-value.ts'

/** Matches a call of a program's own function; builds its inputs. */
function matchCall(
  e: Emitter,
  schema: FunctionSchema,
  args: readonly Value[],
  kwargs: CallArguments['kwargs'],
  at: Place,
): [MatchedSchema, Value[]] {
  const found = matchSchemas([schema], { args, kwargs, subtype: e.unit.subtype })
  if ('reasons' in found)
    return e.fail(
      'PT2023',
      `the call of '${schema.name}' does not fit its definition: ${found.reasons.join('; ').replace(/^[^:]*: /, '')}`,
      at,
    )
  return [found.match, buildInputs(found.match, e.mark(at).builder)]
}

export class Method extends SugaredValue {
  readonly kind = 'a method'
  readonly #self: Value
  readonly #name: string

  constructor(emitter: Emitter, self: Value, name: string) {
    super(emitter)
    this.#self = self
    this.#name = name
  }
  override call({ args, kwargs }: CallArguments, at: Place): SugaredValue {
    const e = this.emitter
    const { type } = this.#self
    const schema =
      type.kind === 'Class'
        ? e.unit.class(type.name)?.methods.get(this.#name)?.schema
        : type.kind === 'Interface'
          ? e.unit.interface(type.name)?.methods.get(this.#name)
          : undefined
    if (schema === undefined) return e.fail('PT2021', `${typeText(type)} has no method '${this.#name}'`, at)
    const [match, inputs] = matchCall(e, schema, [this.#self, ...args], kwargs, at)
    return e.simple(e.builder.op('prim::CallMethod', inputs, match.returnTypes[0]!, [['name', this.#name]]))
  }
}

export class FunctionReference extends SugaredValue {
  readonly kind = 'a function'
  readonly fn: ScriptFunction

  constructor(emitter: Emitter, fn: ScriptFunction) {
    super(emitter)
    this.fn = fn
  }
  override call({ args, kwargs }: CallArguments, at: Place): SugaredValue {
    const e = this.emitter
    const [match, inputs] = matchCall(e, this.fn.schema, args, kwargs, at)
    const callee = e.builder.op('prim::Constant', [], this.fn.type, [['name', this.fn.name]])
    return e.simple(e.builder.op('prim::CallFunction', [callee, ...inputs], match.returnTypes[0]!))
  }
}

export class ClassReference extends SugaredValue {
  readonly cls: ScriptClass
  get kind(): string {
    return `the class ${this.cls.name}`
  }

  constructor(emitter: Emitter, cls: ScriptClass) {
    super(emitter)
    this.cls = cls
  }
  override call(call: CallArguments, at: Place): SugaredValue {
    const e: Emitter = this.emitter
    const self = e.mark(at).builder.op('prim::CreateObject', [], this.cls.type)
    const init = this.cls.methods.get('__init__')
    if (init === undefined) e.fail('PT2025', `${this.kind} has no __init__`, at)
    // Attributes of a plain class are known once its __init__ is compiled.
    if (this.cls.attributes.size === 0) void init.graph
    new Method(e, self, '__init__').call(call, at)
    return e.simple(self)
  }
  override attr(name: string, at: Place): SugaredValue {
    const hook = this.cls.hook(name)
    if (hook !== undefined) return new FunctionReference(this.emitter, hook)
    if (name === '__new__') return new SpecialForm(this.emitter, 'create-object')
    return super.attr(name, at)
  }
}

export class NamedTupleConstructor extends SugaredValue {
  readonly #tuple: ScriptNamedTuple
  get kind(): string {
    return `the NamedTuple ${this.#tuple.type.name}`
  }

  constructor(emitter: Emitter, tuple: ScriptNamedTuple) {
    super(emitter)
    this.#tuple = tuple
  }
  override call({ args, kwargs }: CallArguments, at: Place): SugaredValue {
    const [, inputs] = matchCall(this.emitter, this.#tuple.schema, args, kwargs, at)
    return this.emitter.simple(this.emitter.builder.tuple(inputs, this.#tuple.type))
  }
}

export class EnumClass extends SugaredValue {
  readonly #enum: ScriptEnum
  get kind(): string {
    return `the enum ${this.#enum.type.name}`
  }

  constructor(emitter: Emitter, value: ScriptEnum) {
    super(emitter)
    this.#enum = value
  }
  override attr(name: string, at: Place): SugaredValue {
    const member = this.#enum.members.find((m) => m.name === name)
    if (member === undefined) return super.attr(name, at)
    const { type } = this.#enum
    return this.emitter.simple(this.emitter.mark(at).constant({ kind: 'enum', className: type.name, name, value: member.value }, type))
  }
  override iterate(at: Place): SugaredValue {
    const { type, members } = this.#enum
    const items = members.map((member) => ({ kind: 'enum' as const, className: type.name, ...member }))
    return this.emitter.simple(this.emitter.mark(at).constant({ kind: 'list', items }, { kind: 'List', of: type }))
  }
}
