// Free functions of one source, seeing each other by name, in a unit that exists. Answers to CompilationUnit::define in torch/csrc/jit/frontend/ir_emitter.cpp.

import { maxOperatorVersion } from '../ops/schemas/versions.ts'
import type { CompilationUnit } from './compilation-unit.ts'
import { compileFunction, declareFunction, type Definition } from './emit/definitions.ts'
import type { Resolver } from './emit/emitter.ts'
import { parseSource } from './parser.ts'
import { ScriptFunction } from './script-function.ts'
import { TreeRange, type ScriptSource } from './tree-range.ts'
import { FunctionReference } from './values/methods.ts'
import { OperatorNamespace, OperatorNamespaces } from './values/namespaces.ts'

/** `torch` and `ops` mean operators; nothing else has a meaning of its own. */
export const nativeResolver: Resolver = {
  value: (name, emitter) => {
    if (name === 'torch') return new OperatorNamespace(emitter, 'aten')
    return name === 'ops' ? new OperatorNamespaces(emitter) : undefined
  },
  type: () => undefined,
}

/** The functions of a source, in order; several may share a name. Bodies are compiled when asked for. */
export function defineFunctionsIn(unit: CompilationUnit, source: ScriptSource, resolver: Resolver): ScriptFunction[] {
  const functions: ScriptFunction[] = []
  const own: Resolver = {
    value: (name, emitter, at) => {
      const fn = functions.findLast((other) => other.name === name)
      return fn === undefined ? resolver.value(name, emitter, at) : new FunctionReference(emitter, fn)
    },
    type: resolver.type,
  }
  for (const statement of parseSource(source)) {
    if (statement.kind !== 'def') continue
    const definition: Definition = { def: statement, source, resolver: own, unit, version: maxOperatorVersion, receiver: undefined }
    functions.push(
      new ScriptFunction({
        qualifiedName: statement.name,
        receiver: undefined,
        range: new TreeRange(source, statement.start, statement.end),
        declare: () => declareFunction(definition),
        compile: () => compileFunction(definition),
      }),
    )
  }
  return functions
}
