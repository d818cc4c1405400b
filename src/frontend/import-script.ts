// A TorchScript archive → its methods as Graphs. The front door of the front end.
// Answers to torch/csrc/jit/serialization/import.cpp and torch/csrc/jit/api/module.h.

import type { ScriptArchive } from '../archive/archive.ts'
import { noClock, type Clock } from '../diagnostics/clock.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { cloneGraph } from '../ir/clone.ts'
import type { Graph } from '../ir/graph.ts'
import type { IEnum, IObject, IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Type } from '../ir/type.ts'
import type { CompilationUnit, ScriptClass } from './compilation-unit.ts'
import { InlinedGraphs } from './inlined-graphs.ts'
import { guardStack } from './guard-stack.ts'
import { interfaceClasses, type InterfaceClasses } from './interface-classes.ts'
import { nameEnums } from './name-enums.ts'
import { restoreState } from './restore-state.ts'
import { SourceImporter } from './import-source.ts'
import type { ScriptFunction } from './script-function.ts'

export interface ScriptParam {
  readonly name: string
  readonly type: Type
  /** The default as a value; None is `null`, absent means there is none. */
  readonly default?: IValue
  readonly kwargOnly: boolean
}

export interface ScriptMethod {
  readonly name: string
  /** As compiled: calls of submodules and functions are prim::CallMethod and prim::CallFunction. A fresh copy. */
  readonly graph: Graph
  /** Without `self`. */
  readonly params: readonly ScriptParam[]
  readonly returnType: Type
}

export interface ScriptModule {
  readonly unit: CompilationUnit
  /** The pickled module, which stands for the first input of every method. */
  readonly root: IObject
  readonly class: ScriptClass
  /** `forward` first, when there is one, then the others as the class has them. */
  readonly methods: readonly string[]
  /** Compiles one method. Throws PT2xxx with every problem found. */
  readonly method: (name: string) => ScriptMethod
  /** A fresh graph of a method with all calls inlined, as torch's `inlined_graph`. */
  readonly inlinedGraph: (name: string) => Graph
  /** The inlined body of a call that `inlinedGraph` left: of an interface's method by the class of the object, or of one in a forked closure. */
  readonly bodyOf: (call: Node, className: string | undefined) => Graph | undefined
  /** What is known of the interface of this name. */
  readonly interfaceOf: (name: string) => InterfaceClasses | undefined
  /** The members of the enum of this name. */
  readonly enumOf: (name: string) => readonly IEnum[]
  /** The attributes of a class, in order. */
  readonly fieldsOf: (className: string) => readonly (readonly [string, Type])[]
  /** Functions that torch runs around `forward` when the module is called, in order. */
  readonly preHooks: readonly string[]
  readonly hooks: readonly string[]
}

/** Methods that serve pickling, not callers. */
const INTERNAL = new Set(['__getstate__', '__setstate__', '__len__', '__contains__', '__init__'])

/** @throws CompileError PT2xxx */
export function importScript(archive: ScriptArchive, clock: Clock = noClock): ScriptModule {
  const { unit } = new SourceImporter(archive, clock)
  const { root } = archive
  const cls = unit.class(root.className)
  if (cls === undefined)
    return fail('PT2012', `The archive holds a module of class ${root.className}, but not the code of that class`, {
      fix: 'the archive is incomplete: export the model again.',
    })
  const graphs = new InlinedGraphs(unit, clock)
  restoreState(root, (className) => {
    const method = unit.class(className)?.methods.get('__setstate__')
    return method === undefined ? undefined : guardStack(() => graphs.inlined(method))
  })
  nameEnums(root, unit)
  const find = (name: string): ScriptFunction => {
    const fn = cls.methods.get(name) ?? cls.hook(name)
    return (
      fn ??
      fail('PT2021', `The module has no method '${name}'`, {
        fix: `it has ${[...cls.methods.keys()].filter((other) => !INTERNAL.has(other)).join(', ') || 'none'}.`,
      })
    )
  }
  const names = [...cls.methods.keys()].filter((name) => !INTERNAL.has(name))
  return {
    unit,
    root,
    class: cls,
    methods: [...names.filter((name) => name === 'forward'), ...names.filter((name) => name !== 'forward')],
    method: (name) => methodOf(find(name)),
    inlinedGraph: (name) => guardStack(() => graphs.inlined(find(name))),
    bodyOf: (call, className) => guardStack(() => graphs.inlinedCall(call, className)),
    interfaceOf: (name) => guardStack(() => interfaceClasses(unit, name, (method) => void graphs.inlined(method))),
    enumOf: (name) => (unit.enum(name)?.members ?? []).map((member) => ({ kind: 'enum', className: name, ...member })),
    fieldsOf: (name) => Array.from(unit.class(name)?.attributes ?? [], ([field, { type }]) => [field, type] as const),
    preHooks: cls.preHooks.map((hook) => hook.name),
    hooks: cls.hooks.map((hook) => hook.name),
  }
}

/** The inlined graph of one method: a shorthand. */
export function inlinedGraph(module: ScriptModule, name = 'forward'): Graph {
  return module.inlinedGraph(name)
}

function methodOf(fn: ScriptFunction): ScriptMethod {
  const graph = guardStack(() => cloneGraph(fn.graph))
  const { schema } = fn
  return {
    name: fn.name,
    graph,
    params: schema.args
      .slice(1)
      .map(({ name, type, kwargOnly, default: value }) => ({ name, type, kwargOnly, ...(value === undefined ? {} : { default: value }) })),
    returnType: schema.returns[0]!.type,
  }
}
