// Functions in TorchScript as generated JavaScript, compiled and run, for tests: what the emitter writes is what runs.

import { readTorchScript } from '../../../src/archive/read-torchscript.ts'
import { defineFunctions } from '../../../src/frontend/define-functions.ts'
import { importScript } from '../../../src/frontend/import-script.ts'
import { functionOfType } from '../../../src/frontend/script-function.ts'
import { cloneGraph } from '../../../src/ir/clone.ts'
import type { Graph } from '../../../src/ir/graph.ts'
import { emitHost, type HostFunction } from '../../../src/loader/host/emit-host.ts'
import { inlineCalls } from '../../../src/passes/inline-calls.ts'
import { captureHost } from '../../../src/passes/host/capture-host.ts'
import type { StateSlot } from '../../../src/passes/pass.ts'
import * as library from '../../../src/runtime/host/index.ts'
import type { Case } from './outcome.ts'

/** `raise` as serialized code has it. */
const serialized = (source: string): string => source.replace(/raise (\w+)\((.*)\)$/gm, 'ops.prim.RaiseException($2, "builtins.$1")')

/** The graph of function `f` of a source, calls of the others inlined. */
export function graphOf(source: string): { readonly graph: Graph; readonly params: readonly string[] } {
  const fn = defineFunctions({ name: 'program.py', text: serialized(source) }).find(({ name }) => name === 'f')!
  const graph = cloneGraph(fn.graph)
  while (inlineCalls(graph, (call) => (call.kind === 'prim::CallFunction' ? functionOfType(call.input().type)?.graph : undefined))) continue
  return { graph, params: fn.schema.args.map(({ name }) => name) }
}

/** A row of modules.json. */
export interface Module {
  readonly name: string
  /** The archive, as base64. */
  readonly file: string
  readonly cases: readonly Case[]
}

/** The method `forward` of an archive, ready to be written. */
export function moduleOf(file: string): {
  readonly graph: Graph
  readonly params: readonly string[]
  readonly state: readonly StateSlot[]
} {
  const script = importScript(readTorchScript(new Uint8Array(Buffer.from(file, 'base64'))))
  const { params } = script.method('forward')
  const { graph, context } = captureHost(script.inlinedGraph('forward'), {
    self: script.root,
    params,
    bodyOf: script.bodyOf,
    verifyGraphs: true,
  })
  return { graph, params: params.map(({ name }) => name), state: context.state }
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
  const functions = new Map(Object.entries(library))
  return make(...imports.map((name) => functions.get(name)))
}
