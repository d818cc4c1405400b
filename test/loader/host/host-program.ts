// Functions in TorchScript as generated JavaScript, compiled and run, for tests: what the emitter writes is what runs.

import { defineFunctions } from '../../../src/frontend/define-functions.ts'
import { functionOfType } from '../../../src/frontend/script-function.ts'
import { cloneGraph } from '../../../src/ir/clone.ts'
import type { Graph } from '../../../src/ir/graph.ts'
import { emitHost, type HostFunction } from '../../../src/loader/host/emit-host.ts'
import { inlineCalls } from '../../../src/passes/inline-calls.ts'
import * as library from '../../../src/runtime/host/index.ts'

/** `raise` as serialized code has it. */
const serialized = (source: string): string => source.replace(/raise (\w+)\((.*)\)$/gm, 'ops.prim.RaiseException($2, "builtins.$1")')

/** The graph of function `f` of a source, calls of the others inlined. */
export function graphOf(source: string): { readonly graph: Graph; readonly params: readonly string[] } {
  const fn = defineFunctions({ name: 'program.py', text: serialized(source) }).find(({ name }) => name === 'f')!
  const graph = cloneGraph(fn.graph)
  while (inlineCalls(graph, (call) => (call.kind === 'prim::CallFunction' ? functionOfType(call.input().type)?.graph : undefined))) continue
  return { graph, params: fn.schema.args.map(({ name }) => name) }
}

export function emitted(source: string): HostFunction {
  const { graph, params } = graphOf(source)
  return emitHost(graph, { name: 'f', params })
}

/** The function itself, in strict mode as in a module. */
export function load({ code, imports, classes }: HostFunction): (...args: unknown[]) => Promise<unknown> {
  const text = `'use strict'\n${classes.code()}\n${code}\nreturn f`
  // oxlint-disable-next-line no-new-func -- this is what is tested
  const make = new Function(...imports, text) as (...functions: unknown[]) => (...args: unknown[]) => Promise<unknown>
  return make(...imports.map((name) => library[name as keyof typeof library]))
}
