// Everything that a program defines: classes, functions, NamedTuples, enums, interfaces, by qualified name. Data and look-ups only;
// who fills it is import-source.ts, who compiles bodies is script-function.ts.
// Answers to torch/csrc/jit/api/compilation_unit.h and aten/src/ATen/core/class_type.h.

import type { FunctionSchema } from '../ir/function-schema.ts'
import type { IValue } from '../ir/ivalue.ts'
import { isSubtype, type TupleType, type Type } from '../ir/type.ts'
import type { Language } from './emit/language.ts'
import type { ScriptFunction } from './script-function.ts'

export interface Attribute {
  readonly type: Type
  readonly isParameter: boolean
  readonly isBuffer: boolean
}

/** A class of the program: a module, or a plain TorchScript class. */
export class ScriptClass {
  readonly name: string
  readonly isModule: boolean
  readonly type: Type
  /** In declaration order. A plain class's `__init__` adds to it while it is compiled. */
  readonly attributes: Map<string, Attribute> = new Map()
  readonly constants: Map<string, { readonly type: Type; readonly value: IValue }> = new Map()
  readonly methods: Map<string, ScriptFunction> = new Map()
  /** Functions that run around `forward` when the module is called from outside, in order; they may repeat. */
  readonly preHooks: ScriptFunction[] = []
  readonly hooks: ScriptFunction[] = []

  constructor(name: string, isModule: boolean) {
    this.name = name
    this.isModule = isModule
    this.type = { kind: 'Class', name }
  }

  hook(name: string): ScriptFunction | undefined {
    return [...this.preHooks, ...this.hooks].find((hook) => hook.name === name)
  }
}

export interface ScriptEnum {
  readonly type: Extract<Type, { readonly kind: 'Enum' }>
  readonly members: readonly { readonly name: string; readonly value: IValue }[]
}

export interface ScriptInterface {
  readonly type: Type
  readonly isModule: boolean
  /** Schemas with `self`, by method name. */
  readonly methods: ReadonlyMap<string, FunctionSchema>
}

/** A NamedTuple's type, and the defaults of its last fields. */
export interface ScriptNamedTuple {
  readonly type: TupleType
  readonly schema: FunctionSchema
}

/** Finds definitions that are not loaded yet. */
export interface Definitions {
  /** Loads the class, NamedTuple, enum or interface of this name into the unit, if there is one. */
  readonly loadType: (name: string) => void
  readonly loadFunction: (name: string) => void
}

export class CompilationUnit {
  readonly #classes = new Map<string, ScriptClass>()
  readonly #namedTuples = new Map<string, ScriptNamedTuple>()
  readonly #enums = new Map<string, ScriptEnum>()
  readonly #interfaces = new Map<string, ScriptInterface>()
  readonly #functions = new Map<string, ScriptFunction>()
  readonly language: Language
  definitions: Definitions = { loadType: () => {}, loadFunction: () => {} }

  constructor(language: Language) {
    this.language = language
  }

  addClass(cls: ScriptClass): void {
    this.#classes.set(cls.name, cls)
  }
  addNamedTuple(tuple: ScriptNamedTuple): void {
    this.#namedTuples.set(tuple.type.name!, tuple)
  }
  addEnum(value: ScriptEnum): void {
    this.#enums.set(value.type.name, value)
  }
  addInterface(name: string, value: ScriptInterface): void {
    this.#interfaces.set(name, value)
  }
  addFunction(fn: ScriptFunction): void {
    this.#functions.set(fn.qualifiedName, fn)
  }

  /** The class of this name, loaded if need be. */
  class(name: string): ScriptClass | undefined {
    if (!this.#classes.has(name)) this.definitions.loadType(name)
    return this.#classes.get(name)
  }
  classOf(type: Type): ScriptClass | undefined {
    return type.kind === 'Class' ? this.class(type.name) : undefined
  }
  namedTuple(name: string): ScriptNamedTuple | undefined {
    return this.#namedTuples.get(name)
  }
  enum(name: string): ScriptEnum | undefined {
    return this.#enums.get(name)
  }
  interface(name: string): ScriptInterface | undefined {
    return this.#interfaces.get(name)
  }
  function(name: string): ScriptFunction | undefined {
    if (!this.#functions.has(name)) this.definitions.loadFunction(name)
    return this.#functions.get(name)
  }

  /** The type called `name`, loaded if need be. */
  type(name: string): Type | undefined {
    if (!this.#known(name)) this.definitions.loadType(name)
    return (
      this.#classes.get(name)?.type ?? this.#namedTuples.get(name)?.type ?? this.#enums.get(name)?.type ?? this.#interfaces.get(name)?.type
    )
  }
  #known(name: string): boolean {
    return this.#classes.has(name) || this.#namedTuples.has(name) || this.#enums.has(name) || this.#interfaces.has(name)
  }

  /** Classes that are loaded, in order. */
  classes(): IterableIterator<ScriptClass> {
    return this.#classes.values()
  }
  interfaces(): IterableIterator<ScriptInterface> {
    return this.#interfaces.values()
  }
  functions(): IterableIterator<ScriptFunction> {
    return this.#functions.values()
  }

  /** `isSubtype`, knowing which classes implement which interfaces. */
  readonly subtype = (a: Type, b: Type): boolean => {
    if (isSubtype(a, b)) return true
    if (b.kind === 'Optional') return this.subtype(a.kind === 'Optional' ? a.of : a, b.of)
    if (b.kind === 'Tuple' && a.kind === 'Tuple' && b.name === undefined)
      return a.of.length === b.of.length && a.of.every((item, i) => this.subtype(item, b.of[i]!))
    if (b.kind !== 'Interface') return false
    if (a.kind === 'Union') return a.of.every((item) => this.subtype(item, b))
    const face = this.#interfaces.get(b.name)
    if (face === undefined) return false
    const names = [...face.methods.keys()]
    if (a.kind === 'Class') {
      const cls = this.class(a.name)
      return cls !== undefined && names.every((name) => cls.methods.has(name))
    }
    if (a.kind === 'Interface') {
      const other = this.#interfaces.get(a.name)
      return other !== undefined && names.every((name) => other.methods.has(name))
    }
    return false
  }
}
