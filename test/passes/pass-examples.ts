// The example of each optimisation: a text before and what the pass makes of it, in the pass itself or in examples/NAME.txt. Graphs in torch's format,
// models in the one of print-model.ts. docs/passes.md shows them; examples.test.ts executes them.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { optionalPasses } from '../../src/compiler/optimizations.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { eliminateDead } from '../../src/onnx/eliminate-dead.ts'
import type { OnnxModel } from '../../src/onnx/model.ts'
import { parseModel } from '../../src/onnx/parse-model.ts'
import { onnxPasses } from '../../src/onnx/passes/optimize-model.ts'
import { printModel } from '../../src/onnx/print-model.ts'
import { eliminateDeadCode } from '../../src/passes/eliminate-dead-code.ts'
import { passContext, type PassInfo } from '../../src/passes/pass.ts'
import { graphPasses } from '../../src/passes/pipeline.ts'
import type { Graph } from '../../src/ir/graph.ts'

export interface PassExample {
  readonly pass: PassInfo
  readonly before: string
  readonly after: string
  /** The example is for this device alone. */
  readonly device?: 'wasm' | 'webgpu'
}

export const exampleFile = (name: string): string => join(import.meta.dirname, 'examples', `${name}.txt`)

/** The passes that a blocklist may name, in order. */
export const optionalInOrder = (): readonly PassInfo[] => optionalPasses()

/** Undefined where a pass has none. */
export function exampleOfPass(pass: PassInfo): PassExample | undefined {
  const own = [...graphPasses, ...onnxPasses].find(({ name }) => name === pass.name)?.example
  if (own !== undefined) return { pass, before: own.before.trim(), after: own.after.trim() }
  const file = exampleFile(pass.name)
  if (!existsSync(file)) return undefined
  const [, device, before = '', after = ''] = /^(?:device: (\w+)\n)?([\s\S]*?)\n=>\n?([\s\S]*)$/.exec(readFileSync(file, 'utf8')) ?? []
  return { pass, before: before.trim(), after: after.trim(), ...(device === undefined ? {} : { device: device as 'wasm' }) }
}

export const isGraphText = (text: string): boolean => text.startsWith('graph(')

/** What the pass makes of a text, as a graph or a model; undefined when it changes nothing. */
export function passed({ pass, before, device }: PassExample): { readonly graph: Graph } | { readonly model: OnnxModel } | undefined {
  if (isGraphText(before)) {
    const graph = parseGraph(before)
    const context = passContext()
    const changed = graphPasses.find(({ name }) => name === pass.name)!.run(graph, context)
    eliminateDeadCode.run(graph, context)
    return changed ? { graph } : undefined
  }
  const model = parseModel(before)
  const run = onnxPasses.find(({ name }) => name === pass.name)!
  const changed = run.run(model, { missed: [], ...(device === undefined ? {} : { device }) })
  eliminateDead(model)
  return changed ? { model } : undefined
}

export const textOf = (made: { readonly graph: Graph } | { readonly model: OnnxModel }): string =>
  ('graph' in made ? printGraph(made.graph) : printModel(made.model)).trim()

/** A text as the printers write it. */
export const normalized = (text: string): string => textOf(isGraphText(text) ? { graph: parseGraph(text) } : { model: parseModel(text) })
