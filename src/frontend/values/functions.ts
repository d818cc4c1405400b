// Things that can be called and are no methods of the program: operators, casts, print, exceptions, special forms.
// Answers to torch/csrc/jit/frontend/sugared_value.h.

import type { Type } from '../../ir/type.ts'
import { intType, isSubtype, noneType, strType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { emitBuiltinCall } from '../emit/builtin-calls.ts'
import type { Emitter } from '../emit/emitter.ts'
import { SugaredValue, type CallArguments, type Place } from './sugared-value.ts'

/** Calls whose arguments have evaluation rules of their own; emit/special-forms.ts has one function for each. */
export type FormName =
  | 'annotate'
  | 'awaitable'
  | 'create-object'
  | 'dict'
  | 'enumerate'
  | 'fork'
  | 'getattr'
  | 'hasattr'
  | 'isinstance'
  | 'list'
  | 'range'
  | 'tensor-getitem'
  | 'tolist'
  | 'tuple'
  | 'unchecked_cast'
  | 'uninitialized'
  | 'zip'

export class SpecialForm extends SugaredValue {
  readonly form: FormName
  get kind(): string {
    return `'${this.form}'`
  }

  constructor(emitter: Emitter, form: FormName) {
    super(emitter)
    this.form = form
  }
}

/** An operator, with its receiver when it was selected from a value. */
export class BuiltinFunction extends SugaredValue {
  readonly operator: string
  readonly self: Value | undefined
  get kind(): string {
    return `the operator ${this.operator}`
  }

  constructor(emitter: Emitter, operator: string, self?: Value) {
    super(emitter)
    this.operator = operator
    this.self = self
  }
  override call({ args, kwargs }: CallArguments, at: Place): SugaredValue {
    return this.emitter.simple(emitBuiltinCall(this.emitter, this.operator, { args, kwargs, self: this.self }, at))
  }
}

/** `int(x)`: nothing when x is one already. */
export class CastFunction extends BuiltinFunction {
  readonly #type: Type

  constructor(emitter: Emitter, operator: string, type: Type) {
    super(emitter, operator)
    this.#type = type
  }
  override call(call: CallArguments, at: Place): SugaredValue {
    const [value] = call.args
    if (call.args.length === 1 && call.kwargs.length === 0 && isSubtype(value!.type, this.#type)) return this.emitter.simple(value!)
    return super.call(call, at)
  }
}

/** A function that asks a class instance for its method first: `len(x)` is `x.__len__()`. */
export class MagicFunction extends SugaredValue {
  readonly kind = 'a built-in function'
  readonly #method: string
  readonly #base: SugaredValue

  constructor(emitter: Emitter, method: string, base: SugaredValue) {
    super(emitter)
    this.#method = method
    this.#base = base
  }
  override call(call: CallArguments, at: Place): SugaredValue {
    const [self, ...args] = call.args
    if (self?.type.kind === 'Class') return this.emitter.simple(self).attr(this.#method, at).call({ args, kwargs: call.kwargs }, at)
    return this.#base.call(call, at)
  }
}

/** `x.float()`: a conversion by dtype number. */
export class TensorCast extends SugaredValue {
  readonly kind = 'a conversion'
  readonly #dtype: bigint
  readonly #self: Value

  constructor(emitter: Emitter, dtype: bigint, self: Value) {
    super(emitter)
    this.#dtype = dtype
    this.#self = self
  }
  override call({ args, kwargs }: CallArguments, at: Place): SugaredValue {
    if (args.length > 0 || kwargs.length > 0) this.emitter.fail('PT2023', 'this conversion takes no arguments', at)
    const dtype = this.emitter.mark(at).constant(this.#dtype, intType)
    return this.emitter.simple(emitBuiltinCall(this.emitter, 'aten::to', { args: [], kwargs: [['dtype', dtype]], self: this.#self }, at))
  }
}

export class NoValue extends SugaredValue {
  readonly kind = 'None'

  override asValue(): Value {
    return this.emitter.constant(null, noneType)
  }
}

export class PrintFunction extends SugaredValue {
  readonly kind = 'print'

  override call({ args, kwargs }: CallArguments, at: Place): SugaredValue {
    if (kwargs.length > 0) this.emitter.fail('PT2023', 'print takes no keyword arguments', at)
    this.emitter.mark(at).node('prim::Print', args, [])
    return new NoValue(this.emitter)
  }
}

/** `ValueError`: what `raise` takes, called or bare. */
export class ExceptionClass extends SugaredValue {
  readonly kind = 'an exception class'
  readonly #name: string
  readonly #qualifiedName: string | undefined

  constructor(emitter: Emitter, name: string, qualifiedName: string | undefined) {
    super(emitter)
    this.#name = name
    this.#qualifiedName = qualifiedName
  }
  override call({ args, kwargs }: CallArguments, at: Place): SugaredValue {
    const e = this.emitter
    if (kwargs.length > 0) e.fail('PT2023', `${this.#name} takes no keyword arguments`, at)
    e.mark(at)
    if (this.#qualifiedName === undefined) return this.#assertion(args, at)
    const message = args.length === 0 ? e.constant('') : args.length === 1 ? args[0]! : e.builder.tuple(args)
    return new ExceptionInstance(e, message, e.constant(this.#qualifiedName, strType))
  }
  /** An assertion's message says so itself: it has no class that a caller could ask for. */
  #assertion(args: readonly Value[], at: Place): SugaredValue {
    const e = this.emitter
    let message = e.constant(`${this.#name}: `)
    for (const arg of args) {
      const text = arg.type.kind === 'str' ? arg : emitBuiltinCall(e, 'aten::str', { args: [arg] }, at)
      message = emitBuiltinCall(e, 'aten::add', { args: [message, text] }, at)
    }
    return new ExceptionInstance(e, message, undefined)
  }
  get qualifiedName(): string | undefined {
    return this.#qualifiedName
  }
}

export class ExceptionInstance extends SugaredValue {
  readonly kind = 'an exception'
  readonly message: Value
  readonly className: Value | undefined

  constructor(emitter: Emitter, message: Value, className: Value | undefined) {
    super(emitter)
    this.message = message
    this.className = className
  }
}
