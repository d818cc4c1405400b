// The code of an archive → a CompilationUnit: each file is parsed when something of it is first named, each class and function defined when
// it is. Answers to torch/csrc/jit/serialization/import_source.cpp.

import type { ScriptArchive } from '../archive/archive.ts'
import { noClock, type Clock } from '../diagnostics/clock.ts'
import { fail } from '../diagnostics/compile-error.ts'
import type { Argument, FunctionSchema } from '../ir/function-schema.ts'
import type { IValue } from '../ir/ivalue.ts'
import { floatType, intType, strType, tupleOf, type Type } from '../ir/type.ts'
import { ScriptClass, CompilationUnit } from './compilation-unit.ts'
import { compileFunction, declareFunction, evaluateConstant, type Definition } from './emit/definitions.ts'
import { language } from './language.ts'
import type { Resolver } from './emit/emitter.ts'
import { parseSource } from './parser.ts'
import { replacementType } from './quantized-attributes.ts'
import { ScriptFunction } from './script-function.ts'
import { ScriptTypeParser } from './script-type-parser.ts'
import type { Assign, ClassDef, Def, Expr, Stmt } from './tree.ts'
import { TreeRange, type ScriptSource } from './tree-range.ts'
import { SpecialForm, type FormName } from './values/functions.ts'
import { ConstantTable, OperatorNamespace, OperatorNamespaces, QualifiedNamespace } from './values/namespaces.ts'
import { SimpleValue } from './values/simple-value.ts'

const FORMS = new Map<string, FormName>([
  ['fork', 'fork'],
  ['awaitable', 'awaitable'],
  ['annotate', 'annotate'],
  ['unchecked_cast', 'unchecked_cast'],
  ['uninitialized', 'uninitialized'],
])
const FLOATS = new Map<string, IValue>([
  ['inf', Infinity],
  ['nan', NaN],
  ['infj', { kind: 'complex', re: 0, im: Infinity }],
  ['nanj', { kind: 'complex', re: 0, im: NaN }],
])
/** Classes whose code is native: they are types without members here. */
const NATIVE = '__torch__.torch.classes.'

interface Pending {
  readonly statement: ClassDef | Def
  readonly source: ScriptSource
}

export class SourceImporter {
  readonly unit: CompilationUnit = new CompilationUnit(language)
  readonly #archive: Pick<ScriptArchive, 'sources' | 'constants' | 'version'>
  readonly #clock: Clock
  readonly #resolver: Resolver
  readonly #loaded = new Set<string>()
  readonly #pending = new Map<string, Pending>()

  constructor(archive: Pick<ScriptArchive, 'sources' | 'constants' | 'version'>, clock: Clock = noClock) {
    this.#archive = archive
    this.#clock = clock
    this.#resolver = {
      type: (name) => this.#type(name),
      value: (name, emitter, at) => {
        const form = FORMS.get(name)
        if (form !== undefined) return new SpecialForm(emitter, form)
        const float = FLOATS.get(name)
        if (float !== undefined) return new SimpleValue(emitter, emitter.mark(at).constant(float))
        switch (name) {
          case 'torch':
            return new OperatorNamespace(emitter, 'aten')
          case 'ops':
            return new OperatorNamespaces(emitter)
          case 'CONSTANTS':
            return new ConstantTable(emitter, archive.constants)
          case '__torch__':
            return new QualifiedNamespace(emitter, name)
          default:
            return undefined
        }
      },
    }
    this.unit.definitions = { loadType: (name) => this.#loadType(name), loadFunction: (name) => this.#loadFunction(name) }
  }

  #type(name: string): Type | undefined {
    if (name.startsWith(NATIVE)) return { kind: 'Class', name }
    return this.unit.type(name)
  }

  #loadType(name: string): void {
    const pending = this.#take(name, 'class')
    if (pending !== undefined) this.#defineType(name, pending.statement as ClassDef, pending.source)
  }
  #loadFunction(name: string): void {
    const pending = this.#take(name, 'def')
    if (pending === undefined) return
    this.unit.addFunction(this.#function(name, pending.statement as Def, pending.source, undefined))
  }
  #take(name: string, kind: 'class' | 'def'): Pending | undefined {
    const dot = name.lastIndexOf('.')
    if (dot === -1) return undefined
    this.#parse(name.slice(0, dot))
    const pending = this.#pending.get(name)
    if (pending?.statement.kind !== kind) return undefined
    this.#pending.delete(name)
    return pending
  }

  #parse(qualifier: string): void {
    if (this.#loaded.has(qualifier)) return
    const source = this.#archive.sources.get(qualifier)
    if (source === undefined) return
    this.#loaded.add(qualifier)
    for (const statement of this.#clock.time('parse', () => parseSource(source))) {
      if (statement.kind === 'class' || statement.kind === 'def') this.#pending.set(`${qualifier}.${statement.name}`, { statement, source })
      // 1.4 begins a file with its operator version and imports, which say nothing that is needed.
      else if (!isPreamble(statement))
        fail('PT2011', 'A file of the archive holds classes and functions only', {
          range: new TreeRange(source, statement.start, statement.end),
        })
    }
  }

  #function(qualifiedName: string, def: Def, source: ScriptSource, cls: ScriptClass | undefined): ScriptFunction {
    const definition: Definition = {
      def,
      source,
      resolver: this.#resolver,
      unit: this.unit,
      version: this.#archive.version,
      receiver: cls?.type,
      stateType: () => cls?.methods.get('__getstate__')?.schema.returns[0]?.type,
    }
    return new ScriptFunction({
      qualifiedName,
      receiver: cls?.type,
      range: new TreeRange(source, def.start, def.end),
      declare: () => declareFunction(definition),
      compile: () => this.#clock.time('emit', () => compileFunction(definition, this.#clock)),
    })
  }

  #defineType(name: string, statement: ClassDef, source: ScriptSource): void {
    const [base] = statement.bases
    const wrong = (message: string, at: { readonly start: number; readonly end: number }): never =>
      fail('PT2011', `In the class ${name}: ${message}`, { range: new TreeRange(source, at.start, at.end) })
    if (statement.bases.length > 1 || (base !== undefined && base.kind !== 'name'))
      return wrong('TorchScript has no inheritance', base ?? statement)
    switch (base?.name) {
      case undefined:
      case 'object':
        return this.#defineClass(new ScriptClass(name, false), statement, source)
      case 'Module':
        return this.#defineClass(new ScriptClass(name, true), statement, source)
      case 'NamedTuple':
        return this.#defineNamedTuple(name, statement, source)
      case 'Enum':
        return this.#defineEnum(name, statement, source)
      case 'Interface':
      case 'ModuleInterface':
        return this.#defineInterface(name, statement, source)
      default:
        return wrong('TorchScript has no inheritance', base!)
    }
  }

  #defineClass(cls: ScriptClass, statement: ClassDef, source: ScriptSource): void {
    // Registered first: methods and attributes may name the class itself.
    this.unit.addClass(cls)
    const types = new ScriptTypeParser(source, this.#resolver.type)
    const names = new Map<string, readonly string[]>()
    const attributes: { readonly name: string; readonly type: Expr }[] = []
    const constants: Assign[] = []
    const methods: Def[] = []
    for (const item of statement.body) {
      if (item.kind === 'def') methods.push(item)
      else if (item.kind === 'assign') this.#classAssignment(item, names, attributes, constants)
      else if (!isFiller(item))
        fail('PT2011', `In the class ${cls.name}: this cannot stand in a class body`, {
          range: new TreeRange(source, item.start, item.end),
        })
    }
    const listed = (list: string): readonly string[] => names.get(list) ?? []
    for (const { name, type } of attributes)
      cls.attributes.set(name, {
        type: replacementType(cls.name, name, type) ?? types.parse(type),
        isParameter: listed('__parameters__').includes(name),
        isBuffer: listed('__buffers__').includes(name),
      })
    for (const { targets, value, type } of constants) {
      const [target] = targets
      if (target?.kind !== 'name' || value === undefined || type === undefined) continue
      const declared = types.parse(type)
      const known = evaluateConstant({ source, resolver: this.#resolver, unit: this.unit, version: this.#archive.version }, value, declared)
      cls.constants.set(target.name, { type: declared, value: known })
    }
    const hooks = new Map<string, ScriptFunction>()
    for (const def of methods) {
      if (cls.methods.has(def.name) || hooks.has(def.name))
        fail('PT2011', `In the class ${cls.name}: the method '${def.name}' is defined twice`, {
          range: new TreeRange(source, def.start, def.end),
        })
      const fn = this.#function(`${cls.name}.${def.name}`, def, source, cls)
      if (listed('__forward_pre_hooks__').includes(def.name) || listed('__forward_hooks__').includes(def.name)) hooks.set(def.name, fn)
      else cls.methods.set(def.name, fn)
    }
    for (const name of listed('__forward_pre_hooks__')) cls.preHooks.push(...[hooks.get(name) ?? []].flat())
    for (const name of listed('__forward_hooks__')) cls.hooks.push(...[hooks.get(name) ?? []].flat())
  }

  /** `__parameters__ = […]`, `x : T`, `x : Final[T] = v`, `__annotations__["0"] = T`. */
  #classAssignment(
    item: Assign,
    names: Map<string, readonly string[]>,
    attributes: { readonly name: string; readonly type: Expr }[],
    constants: Assign[],
  ): void {
    const [target] = item.targets
    const { value } = item
    if (target?.kind === 'subscript') {
      const [key] = target.items
      if (key?.kind === 'string' && value !== undefined) attributes.push({ name: key.value, type: value })
    } else if (target?.kind === 'name') {
      if (value?.kind === 'list' && target.name.startsWith('__')) {
        names.set(
          target.name,
          value.items.flatMap((entry) => (entry.kind === 'string' ? [entry.value] : [])),
        )
      } else if (value === undefined) attributes.push({ name: target.name, type: item.type! })
      else constants.push(item)
    }
  }

  #defineNamedTuple(name: string, statement: ClassDef, source: ScriptSource): void {
    const types = new ScriptTypeParser(source, this.#resolver.type)
    const args: Argument[] = []
    for (const item of statement.body) {
      if (item.kind !== 'assign' || item.targets[0]?.kind !== 'name' || item.type === undefined) {
        if (!isFiller(item))
          fail('PT2011', `In the NamedTuple ${name}: only fields can stand here`, { range: new TreeRange(source, item.start, item.end) })
        continue
      }
      const type = types.parse(item.type)
      const value =
        item.value === undefined
          ? {}
          : {
              default: evaluateConstant(
                { source, resolver: this.#resolver, unit: this.unit, version: this.#archive.version },
                item.value,
                type,
              ),
            }
      args.push({ name: item.targets[0].name, type, kwargOnly: false, ...value })
    }
    const type = { ...tupleOf(args.map((arg) => arg.type)), name, fields: args.map((arg) => arg.name) }
    const schema: FunctionSchema = {
      name,
      overload: '',
      args,
      returns: [{ name: '', type, kwargOnly: false }],
      isVararg: false,
      isVarret: false,
      text: '',
    }
    this.unit.addNamedTuple({ type, schema })
  }

  #defineEnum(name: string, statement: ClassDef, source: ScriptSource): void {
    const members: { name: string; value: IValue }[] = []
    let type: Type | undefined
    for (const item of statement.body) {
      if (isFiller(item)) continue
      const at = { range: new TreeRange(source, item.start, item.end) }
      const value = item.kind === 'assign' ? item.value : undefined
      if (item.kind !== 'assign' || item.targets[0]?.kind !== 'name' || value === undefined)
        return fail('PT2011', `In the enum ${name}: only members can stand here`, at)
      if (value.kind !== 'int' && value.kind !== 'float' && value.kind !== 'string')
        return fail('PT2011', `In the enum ${name}: a member is an int, a float or a string`, at)
      const own = value.kind === 'int' ? intType : value.kind === 'float' ? floatType : strType
      if (type !== undefined && type.kind !== own.kind) return fail('PT2011', `In the enum ${name}: members have different types`, at)
      type = own
      members.push({ name: item.targets[0].name, value: value.value })
    }
    if (type === undefined)
      return fail('PT2011', `The enum ${name} has no members`, { range: new TreeRange(source, statement.start, statement.end) })
    this.unit.addEnum({ type: { kind: 'Enum', name, value: type }, members })
  }

  #defineInterface(name: string, statement: ClassDef, source: ScriptSource): void {
    const methods = new Map<string, FunctionSchema>()
    const type: Type = { kind: 'Interface', name }
    const base = statement.bases[0]
    this.unit.addInterface(name, { type, isModule: base?.kind === 'name' && base.name === 'ModuleInterface', methods })
    for (const item of statement.body) {
      if (item.kind !== 'def') {
        if (!isFiller(item))
          fail('PT2011', `In the interface ${name}: only methods can stand here`, { range: new TreeRange(source, item.start, item.end) })
        continue
      }
      if (item.returns === undefined)
        fail('PT2011', `In the interface ${name}: '${item.name}' does not say what it gives`, {
          range: new TreeRange(source, item.start, item.end),
        })
      methods.set(
        item.name,
        declareFunction({ def: item, source, resolver: this.#resolver, unit: this.unit, version: this.#archive.version, receiver: type }),
      )
    }
  }
}

/** `pass` and docstrings. */
function isFiller(item: Stmt): boolean {
  return item.kind === 'pass' || (item.kind === 'expression' && item.value.kind === 'string')
}

function isPreamble(statement: Stmt): boolean {
  if (statement.kind === 'import') return true
  return statement.kind === 'assign' && statement.targets[0]?.kind === 'name' && statement.targets[0].name === 'op_version_set'
}
