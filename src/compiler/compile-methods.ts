// Every exported method of the module through the front end and the passes: flat, functional graphs with their signatures.

import type { ScriptArchive } from '../archive/archive.ts'
import { CompileError, fail, type Problem } from '../diagnostics/compile-error.ts'
import type { ScriptModule } from '../frontend/import-script.ts'
import type { Graph } from '../ir/graph.ts'
import type { Signature } from '../ir/signature.ts'
import { ENTRY } from '../onnx/lower-entries.ts'
import { renameSignature } from './rename-signature.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import { eliminateDeadCode } from '../passes/eliminate-dead-code.ts'
import { foldTensors } from '../passes/fold-tensors.ts'
import { passContext } from '../passes/pass.ts'
import { capture, complete, type PipelineResult } from '../passes/pipeline.ts'
import { checkExampleNames, dtypeOfExample, type ExampleInputs } from '../tracing/example.ts'
import { trace } from '../tracing/trace.ts'
import type { CompileOptions } from './compile.ts'

export interface CompiledMethod extends Omit<PipelineResult, 'graph' | 'signature' | 'outputNames'> {
  readonly graph: Graph
  readonly signature: Signature
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
}

/** `forward` first. `batched`: see PipelineOptions. Problems of all methods are reported together. */
export async function compileMethods(
  script: ScriptModule,
  archive: ScriptArchive,
  options: CompileOptions,
  evaluator?: Evaluator,
  batched = false,
): Promise<CompiledMethod[]> {
  const names = chosenMethods(script, options)
  const problems: Problem[] = []
  const methods: CompiledMethod[] = []
  for (const name of names) {
    try {
      methods.push(await compileMethod(script, archive, { ...options, batched, evaluator }, name, names.length > 1))
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      problems.push(...error.problems)
    }
  }
  if (problems.length > 0) throw new CompileError(problems as [Problem, ...Problem[]])
  if (methods.length === 1) return methods
  return methods.map((method, value) => ({ ...method, signature: { ...method.signature, entry: { id: ENTRY, value } } }))
}

function chosenMethods(script: ScriptModule, { methods }: CompileOptions): readonly string[] {
  if (methods === undefined) return script.methods
  for (const name of methods)
    if (!script.methods.includes(name))
      fail('PT3901', `the model has no method '${name}'; it has ${script.methods.map((m) => `'${m}'`).join(', ')}.`)
  return script.methods.filter((name) => methods.includes(name))
}

async function compileMethod(
  script: ScriptModule,
  archive: ScriptArchive,
  options: CompileOptions & { readonly batched: boolean; readonly evaluator: Evaluator | undefined },
  name: string,
  prefixed: boolean,
): Promise<CompiledMethod> {
  const { params } = script.method(name)
  const traced = archive.tracedInputs.get(name)
  const examples = (options.exampleInputs ?? []).map(withDtypes)
  const captured = capture(script.inlinedGraph(name), {
    self: archive.root,
    bodyOf: script.bodyOf,
    name,
    params,
    batched: options.batched,
    mode: options.mode ?? 'auto',
    training: options.training ?? 'eval',
    examples,
    ...(options.inputs === undefined ? {} : { inputs: options.inputs }),
    ...(traced === undefined ? {} : { tracedInputs: traced }),
    ...(options.verify === undefined ? {} : { verify: options.verify }),
  })
  if (!prefixed) checkExampleNames(examples, captured.params)
  if (options.mode === 'trace') await trace(captured, { examples, evaluator: options.evaluator })
  const result = complete(captured)
  // What is computed from weights alone. Without an evaluator it stays in the graph.
  if (options.evaluator !== undefined && (await foldTensors(result.graph, options.evaluator)))
    eliminateDeadCode.run(result.graph, passContext())
  const names = {
    inputNames: result.graph.inputs.map(({ debugName }) => debugName!),
    outputNames: result.outputNames,
  }
  if (!prefixed) return { ...result, ...names }
  // Inputs and outputs of several methods live in one graph: each has its method's name in front.
  const rename = (id: string): string => `${name}.${id}`
  return {
    ...result,
    signature: renameSignature(result.signature, rename),
    inputNames: names.inputNames.map(rename),
    outputNames: names.outputNames.map(rename),
  }
}

/** An example as tracing takes it: with the dtype that typed arrays tell. */
function withDtypes(example: NonNullable<CompileOptions['exampleInputs']>[number]): ExampleInputs {
  return Object.fromEntries(
    Object.entries(example).map(([name, input]) => {
      const dtype = dtypeOfExample(input)
      return [name, dtype === undefined ? input : { ...input, dtype }]
    }),
  )
}
