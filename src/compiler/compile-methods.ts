// Every exported method of the module through the front end and the passes: flat, functional graphs with their signatures.

import type { ScriptArchive } from '../archive/archive.ts'
import { coreType } from '../analysis/mutable-type.ts'
import { noClock, type Clock } from '../diagnostics/clock.ts'
import { CompileError, fail, type Problem } from '../diagnostics/compile-error.ts'
import { isTorchCode } from '../diagnostics/source-range.ts'
import type { ScriptModule, ScriptParam } from '../frontend/import-script.ts'
import { allNodes } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { Signature } from '../ir/signature.ts'
import { ENTRY } from '../onnx/lower-entries.ts'
import { compileHostMethod, type HostMethod } from './host-method.ts'
import { MethodMemo } from './method-memo.ts'
import { renameSignature } from './rename-signature.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import { eliminateDeadCode } from '../passes/eliminate-dead-code.ts'
import { foldTensors, tensorFolding } from '../passes/fold-tensors.ts'
import { passContext, type Decision, type ChangedAttribute, type PassOptions } from '../passes/pass.ts'
import { capture, complete, type PipelineOptions, type PipelineResult } from '../passes/pipeline.ts'
import { selectOutputs } from '../passes/select-outputs.ts'
import { checkTrace } from '../tracing/check-trace.ts'
import { checkExampleNames, dtypeOfExample, type ExampleInputs } from '../tracing/example.ts'
import { trace } from '../tracing/trace.ts'
import type { CompileOptions } from './compile.ts'

/** One entry point of the emitted graph. */
export interface CompiledEntry {
  readonly graph: Graph
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
}

export interface CompiledMethod extends Omit<PipelineResult, 'graph' | 'signature' | 'outputNames'> {
  readonly signature: Signature
  /** One, or the regions of a host program. */
  readonly entries: readonly CompiledEntry[]
  readonly host?: HostMethod
}

/** How a try at a model goes about it. */
export interface CompileHow {
  /** See PipelineOptions. */
  readonly batched: boolean
  /** Every method becomes a host program, because a graph could not hold one. */
  readonly host: boolean
}

/** Which passes run, and who watches. */
export type Passing = PassOptions & Pick<PipelineOptions, 'captured' | 'starting'>

/** `forward` first. Problems of all methods are reported together. */
export async function compileMethods(
  script: ScriptModule,
  archive: ScriptArchive,
  options: CompileOptions,
  evaluator: Evaluator | undefined,
  how: CompileHow,
  clock: Clock = noClock,
  passing: Passing = {},
  memo: MethodMemo = new MethodMemo(),
): Promise<CompiledMethod[]> {
  const names = chosenMethods(script, options)
  const compileAll = async (host: boolean, changed: readonly ChangedAttribute[]): Promise<CompiledMethod[]> => {
    const problems: Problem[] = []
    const methods: CompiledMethod[] = []
    for (const name of names) {
      try {
        const isOneOfMany = names.length > 1
        const all = { ...options, ...how, host, evaluator, clock, changed }
        // All else is the same in each try.
        const key = JSON.stringify([name, how.batched, host, isOneOfMany && options.exampleInputs !== undefined, changed.map(keyOfChange)])
        const compileOne = (watched: Passing): Promise<CompiledMethod> =>
          compileMethod(script, archive, { ...all, passing: watched }, name, isOneOfMany)
        methods.push(await memo.take(key, passing, compileOne))
      } catch (error) {
        if (!(error instanceof CompileError)) throw error
        problems.push(...error.problems)
      }
    }
    if (problems.length > 0) throw new CompileError(problems as [Problem, ...Problem[]])
    // What one method changes, another must read as it is by then.
    const all = withEach(changed, methods)
    return names.length === 1 || isSame(all, changed) ? methods : compileAll(host, all)
  }
  let methods = await compileAll(how.host, [])
  // State lives in one place: in JavaScript, when one of the methods that change it runs there.
  const stateful = methods.filter(({ signature }) => signature.state !== undefined)
  if (stateful.some(({ host }) => host !== undefined) && stateful.some(({ host }) => host === undefined))
    methods = await compileAll(true, [])
  return withEntries(methods)
}

/** `changed`, and what else methods change. An attribute that some write and others assign is one that is assigned. */
function withEach(changed: readonly ChangedAttribute[], methods: readonly CompiledMethod[]): readonly ChangedAttribute[] {
  const found = new Map<string, ChangedAttribute>()
  for (const one of [...changed, ...methods.flatMap((method) => method.changed)])
    if (found.get(one.attribute)?.assigned !== true) found.set(one.attribute, one)
  return [...found.values()]
}

const keyOfChange = ({ attribute, assigned }: ChangedAttribute): string => `${attribute}${assigned ? '=' : ''}`

const isSame = (a: readonly ChangedAttribute[], b: readonly ChangedAttribute[]): boolean =>
  a.length === b.length && a.every(({ assigned }, i) => assigned === b[i]!.assigned)

/** Numbers the entry points; several have the names of their methods in front of those of their inputs and outputs. */
function withEntries(methods: readonly CompiledMethod[]): CompiledMethod[] {
  const count = methods.reduce((n, { entries }) => n + entries.length, 0)
  if (count === 1) return [...methods]
  let next = 0
  return methods.map((method) => {
    const { host, entries, signature } = method
    const entry = (): { readonly id: string; readonly value: number } => ({ id: ENTRY, value: next++ })
    if (host !== undefined) {
      const regions = host.regions.map((region) => ({ ...region, signature: { ...region.signature, entry: entry() } }))
      return { ...method, host: { ...host, regions }, entries: regions }
    }
    const rename = (id: string): string => `${signature.name}.${id}`
    const [only] = entries
    return {
      ...method,
      signature: { ...renameSignature(signature, rename), entry: entry() },
      entries: [{ ...only!, inputNames: only!.inputNames.map(rename), outputNames: only!.outputNames.map(rename) }],
    }
  })
}

function chosenMethods(script: ScriptModule, { methods }: CompileOptions): readonly string[] {
  if (methods === undefined) return script.methods
  for (const name of methods)
    if (!script.methods.includes(name))
      fail('PT3901', `the model has no method '${name}'; it has ${script.methods.map((m) => `'${m}'`).join(', ')}.`)
  return script.methods.filter((name) => methods.includes(name))
}

type MethodOptions = CompileOptions &
  CompileHow & {
    readonly evaluator: Evaluator | undefined
    readonly changed: readonly ChangedAttribute[]
    readonly clock: Clock
    readonly passing: Passing
  }

async function compileMethod(
  script: ScriptModule,
  archive: ScriptArchive,
  options: MethodOptions,
  name: string,
  isOneOfMany: boolean,
): Promise<CompiledMethod> {
  const { params } = script.method(name)
  const traced = archive.tracedInputs.get(name)
  const examples = (options.exampleInputs ?? []).map(withDtypes)
  const pipeline: PipelineOptions = {
    clock: options.clock,
    self: archive.root,
    bodyOf: script.bodyOf,
    interfaceOf: script.interfaceOf,
    enumOf: script.enumOf,
    changed: options.changed,
    fieldsOf: script.fieldsOf,
    name,
    params,
    batched: options.batched,
    mode: options.mode ?? 'auto',
    examples,
    ...(options.inputs === undefined ? {} : { inputs: options.inputs }),
    ...(traced === undefined ? {} : { tracedInputs: traced }),
    ...options.passing,
    ...(options.verifyGraphs === undefined ? {} : { verifyGraphs: options.verifyGraphs }),
    ...(options.training === undefined ? {} : { training: options.training }),
  }
  const outputs = new Map(Object.entries(options.outputs ?? {})).get(name)
  const graphOf = (): Graph => {
    const graph = script.inlinedGraph(name)
    if (outputs !== undefined) selectOutputs(graph, outputs as readonly string[], name)
    return graph
  }
  const hostOf = async (batched: boolean): Promise<CompiledMethod> => {
    const how = { ...pipeline, batched, controlFlow: options.controlFlow }
    const compiled = await compileHostMethod(graphOf(), how, options.opset ?? 18, options.evaluator)
    return { ...compiled, decisions: [...compiled.decisions, ...keptInHost(compiled.host.graph)], entries: compiled.host.regions }
  }
  // Here and not for the whole model: every try of a host program is several of its regions.
  const asHost = (): Promise<CompiledMethod> =>
    hostOf(options.batched).catch((error: unknown) => {
      if (options.batched || !lacksRank(error)) throw error
      return hostOf(true)
    })
  // What has no control flow is the same in every mode.
  const mayBeHost = options.mode !== 'trace' || [...allNodes(script.inlinedGraph(name).block)].every(({ blocks }) => blocks.length === 0)
  if (mayBeHost && (options.host || options.controlFlow === 'host')) return asHost()
  try {
    const method = await compileGraphMethod(graphOf, pipeline, options, isOneOfMany)
    // A message made at run time is more than a graph can say. Those of torch's own checks (of a batch size, of a hidden state) are not worth it.
    const raisesText = method.notices.some(({ code, range }) => code === 'PT3030' && !isTorchCode(range))
    if (!mayBeHost || !(raisesText || takesAnyText(params))) return method
    return await hostOf(options.batched).catch((error: unknown) => {
      if (error instanceof CompileError) return method
      throw error
    })
  } catch (error) {
    if (!mayBeHost || !isStructural(error)) throw error
    return await asHost().catch((second: unknown) => {
      // What the graph lacks is the better answer, unless it is only that it is a graph.
      throw second instanceof CompileError && second.problems.every(({ code }) => code === 'PT5002' || code === 'PT3150') ? second : error
    })
  }
}

/** Branches and loops that are generated JavaScript. */
function keptInHost(graph: Graph): Decision[] {
  return [...allNodes(graph.block)].flatMap(({ kind, range }): Decision[] =>
    (kind === 'prim::If' || kind === 'prim::Loop') && range !== undefined ? [{ kind: 'kept', host: true, range }] : [],
  )
}

/** Text may be anything where the code names no default: a graph knows only the texts that it compares with. */
function takesAnyText(params: readonly ScriptParam[]): boolean {
  return params.some(({ type, default: value }) => coreType(type).kind === 'str' && value === undefined)
}

/** What a graph cannot hold, and JavaScript may. A fact that is only missing (PT4002) is better declared. */
const STRUCTURAL = /^PT(?:30(?:0[1-5]|2[0-4])|310[1-7]|3110|314[01]|400[14])$/

export function isStructural(error: unknown): boolean {
  return error instanceof CompileError && error.problems.every(({ code }) => STRUCTURAL.test(code))
}

/** Some operator needs a rank that nothing tells, and there is nothing else amiss. */
export function lacksRank(error: unknown): boolean {
  return (
    error instanceof CompileError &&
    error.problems.every(({ code }) => code === 'PT4002' || code === 'PT4004') &&
    error.problems.some(({ code }) => code === 'PT4002')
  )
}

/** The method as one graph. */
async function compileGraphMethod(
  graphOf: () => Graph,
  pipeline: PipelineOptions,
  options: MethodOptions,
  isOneOfMany: boolean,
): Promise<CompiledMethod> {
  const captured = capture(graphOf(), pipeline)
  const examples = (options.exampleInputs ?? []).map(withDtypes)
  if (!isOneOfMany) checkExampleNames(examples, captured.params)
  const { evaluator, checkTrace: check = 'warn' } = options
  const run = options.mode === 'trace' ? await trace(captured, { examples, evaluator }) : undefined
  const completed = complete(captured)
  if (run !== undefined && check !== 'off')
    await checkTrace({
      capture: captured,
      run,
      traced: completed,
      examples,
      again: () => capture(graphOf(), pipeline),
      evaluator,
      mode: check,
    })
  const { graph: flat, outputNames, ...result } = completed
  // What is computed from weights alone. Without an evaluator it stays in the graph.
  if (options.evaluator !== undefined && (await foldTensors(flat, options.evaluator))) {
    eliminateDeadCode.run(flat, passContext())
    options.passing.observe?.(tensorFolding, flat)
  }
  return { ...result, entries: [{ graph: flat, inputNames: flat.inputs.map(({ debugName }) => debugName!), outputNames }] }
}

/** An example as tracing takes it: with the dtype that typed arrays tell. */
export function withDtypes(example: NonNullable<CompileOptions['exampleInputs']>[number]): ExampleInputs {
  return Object.fromEntries(
    Object.entries(example).map(([name, input]) => {
      const dtype = dtypeOfExample(input)
      return [name, dtype === undefined ? input : { ...input, dtype }]
    }),
  )
}
