// Names of serialized code that lead to operators, constants and definitions: torch, ops, CONSTANTS, __torch__.
// Answers to BuiltinModule, OpsValue, ConstantTableValue and ClassNamespaceValue in torch/csrc/jit.

import { typeOfIValue } from '../../ir/constant.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { unshaped } from '../../ir/type.ts'
import type { Emitter } from '../emit/emitter.ts'
import { BuiltinFunction } from './functions.ts'
import { ClassReference, EnumClass, FunctionReference, NamedTupleConstructor } from './methods.ts'
import { SimpleValue } from './simple-value.ts'
import { SugaredValue, type CallArguments, type Place } from './sugared-value.ts'

/** `torch`, `ops.quantized`: operators of one namespace. */
export class OperatorNamespace extends SugaredValue {
  readonly #namespace: string
  get kind(): string {
    return `the operators of ${this.#namespace}`
  }

  constructor(emitter: Emitter, namespace: string) {
    super(emitter)
    this.#namespace = namespace
  }
  override attr(name: string): SugaredValue {
    // torch.autograd's functions are operators like any other.
    if (name === 'autograd') return new OperatorNamespace(this.emitter, 'aten')
    return new BuiltinFunction(this.emitter, `${this.#namespace}::${name}`)
  }
}

export class OperatorNamespaces extends SugaredValue {
  readonly kind = "'ops'"

  override attr(name: string): SugaredValue {
    return new OperatorNamespace(this.emitter, name)
  }
}

/** `CONSTANTS.c7`. */
export class ConstantTable extends SugaredValue {
  readonly kind = 'the constants'
  readonly #constants: readonly IValue[]

  constructor(emitter: Emitter, constants: readonly IValue[]) {
    super(emitter)
    this.#constants = constants
  }
  override attr(name: string, at: Place): SugaredValue {
    const index = /^[a-z](\d{1,9})$/.exec(name)
    const value = index === null ? undefined : this.#constants[Number(index[1])]
    if (value === undefined)
      return this.emitter.fail(
        'PT2024',
        `CONSTANTS.${name} is used, but the archive has ${this.#constants.length} constants`,
        at,
        'export the model again',
      )
    // A shape on the type would make branches that join constants of different shapes disagree.
    return new SimpleValue(this.emitter, this.emitter.mark(at).constant(value, unshaped(typeOfIValue(value))))
  }
}

/** `__torch__.a.b`: a definition, or a package on the way to one. */
export class QualifiedNamespace extends SugaredValue {
  readonly #name: string
  get kind(): string {
    return `'${this.#name}'`
  }

  constructor(emitter: Emitter, name: string) {
    super(emitter)
    this.#name = name
  }
  override attr(name: string): SugaredValue {
    const full = `${this.#name}.${name}`
    return definition(this.emitter, full) ?? new QualifiedNamespace(this.emitter, full)
  }
  override asValue(at: Place): never {
    return this.#missing(at)
  }
  override call(_args: CallArguments, at: Place): never {
    return this.#missing(at)
  }
  #missing(at: Place): never {
    return this.emitter.fail(
      'PT2012',
      `the archive has no class or function called '${this.#name}'`,
      at,
      'the archive is incomplete: export the model again',
    )
  }
}

/** The class, NamedTuple, enum or function of this qualified name. */
export function definition(e: Emitter, name: string): SugaredValue | undefined {
  const type = e.unit.type(name)
  if (type?.kind === 'Class') {
    const cls = e.unit.class(name)
    if (cls !== undefined) return new ClassReference(e, cls)
  }
  if (type?.kind === 'Tuple') {
    const tuple = e.unit.namedTuple(name)
    if (tuple !== undefined) return new NamedTupleConstructor(e, tuple)
  }
  if (type?.kind === 'Enum') {
    const value = e.unit.enum(name)
    if (value !== undefined) return new EnumClass(e, value)
  }
  const fn = e.unit.function(name)
  return fn === undefined ? undefined : new FunctionReference(e, fn)
}
