// A method as a host program: its regions through the passes and a trial lowering; what cannot be a region goes to the host, and the method
// is split again. Signatures of such methods are told by static types, since values of any structure may come and go.

import { CompileError, type Problem } from '../diagnostics/compile-error.ts'
import { Builder } from '../ir/builder.ts'
import { cloneGraph } from '../ir/clone.ts'
import type { Dim } from '../ir/dim.ts'
import { Graph } from '../ir/graph.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { AbsentRegion, Constant, ParamSpec, RegionChoice, Signature, ValueSpec } from '../ir/signature.ts'
import { tupleOf, type Type } from '../ir/type.ts'
import { missingHostRows, type MissingRow } from '../loader/host/emit-host.ts'
import { lowerGraph } from '../onnx/lower-graph.ts'
import { coreType } from '../analysis/mutable-type.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import type { Fact } from '../ops/fact.ts'
import { captureHost, decidedByInputs, parameters, split, type HostCapture, type HostProgram } from '../passes/host/capture-host.ts'
import { dtypeOf } from '../passes/host/dtype-choices.ts'
import { isOnlyJoined } from '../passes/host/list-inputs.ts'
import type { Region } from '../passes/host/partition.ts'
import { checkAxes } from '../passes/check-axes.ts'
import { eliminateDeadCode } from '../passes/eliminate-dead-code.ts'
import { foldTensors, tensorFolding } from '../passes/fold-tensors.ts'
import { factsOf } from '../passes/graph-facts.ts'
import { passContext, passOptions, type StateSlot } from '../passes/pass.ts'
import { capture, complete, type PipelineOptions, type PipelineResult } from '../passes/pipeline.ts'
import { constantOf } from '../passes/signature/plan.ts'
import { absenceNotice, absentRegion, onlyRaises, type Failure } from './absent-region.ts'
import { HostSpecs } from './host-specs.ts'
import { renameSignature } from './rename-signature.ts'

/** One entry point of the emitted graph. */
export interface CompiledRegion {
  readonly graph: Graph
  readonly signature: Signature
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** How many loops of the program it runs in. */
  readonly loops: number
  /** The region of the program that it is: several are it for different data types. */
  readonly of: number
}

export interface HostMethod {
  /** What the loader prints as JavaScript. */
  readonly graph: Graph
  readonly regions: readonly CompiledRegion[]
  /** Regions, or variants of one, that are not there, by the region of the program that they would be. */
  readonly absent: readonly { readonly of: number; readonly region: AbsentRegion }[]
  /** Attributes that the method changes. Their tensors are what the last region gives, in the order of `stateTensors`. */
  readonly state: readonly StateSlot[]
}

export interface CompiledHost {
  readonly host: HostMethod
  readonly signature: Signature
  readonly inputs: PipelineResult['inputs']
  readonly outputs: PipelineResult['outputs']
  readonly notices: readonly Problem[]
  readonly decisions: PipelineResult['decisions']
  readonly missed: PipelineResult['missed']
  readonly changed: PipelineResult['changed']
}

/** @throws CompileError when a part is neither a region nor JavaScript */
export async function compileHostMethod(
  graph: Graph,
  options: PipelineOptions & { readonly controlFlow?: 'auto' | 'host' | undefined },
  opset: number,
  evaluator: Evaluator | undefined,
): Promise<CompiledHost> {
  const name = options.name ?? 'forward'
  const captured = captureHost(graph, options)
  const forced = new Set<number>(options.controlFlow === 'host' ? decidedByInputs(captured.graph) : [])
  const contested = new Set<number>()
  for (;;) {
    const program = trySplit(captured, forced, contested)
    if (program === undefined) continue
    const regions: CompiledRegion[] = []
    const absent: HostMethod['absent'][number][] = []
    const notices: Problem[] = []
    const results: PipelineResult[] = []
    const problems: Problem[] = []
    let again = false
    for (const [index, region] of program.regions.entries()) {
      const { made, failed } = await compileVariants(region, `${name}.${index}`, index, options, opset, evaluator)
      results.push(...made.map(({ result }) => result))
      regions.push(...made.map((variant) => variant.region))
      if (failed.length === 0) continue
      const more = region.compounds.filter((number) => !forced.has(number))
      for (const number of more) forced.add(number)
      const unfollowed = failed.some(({ error }) => UNFOLLOWED.has(error.code)) ? region.written.filter((id) => !contested.has(id)) : []
      for (const id of unfollowed) contested.add(id)
      again ||= more.length > 0 || unfollowed.length > 0
      // Some dtypes can be so only as far as this analysis sees: where such tensors come, the call fails.
      const lacking = failed.find((failure) => !onlyRaises(failure))
      if (made.length === 0 && lacking !== undefined) problems.push(...lacking.error.problems)
      absent.push(...failed.map((failure) => ({ of: index, region: absentRegion(failure, `${name}.${index}`, region.graph) })))
      const notice = absenceNotice(failed, region.graph)
      if (notice !== undefined) notices.push(notice)
    }
    if (again) continue
    problems.push(...missingHostRows(program.graph).map(unsupported))
    if (problems.length > 0) throw new CompileError(problems as [Problem, ...Problem[]])
    const { state } = captured.context
    // onnxruntime wants a graph, even where a program has no use for it.
    if (state.length > 0 || regions.length === 0)
      regions.push(await stateRegion(state, `${name}.state`, program.regions.length, options, opset, evaluator))
    const specs = new HostSpecs(captured, options, program)
    const signature: Signature = {
      name,
      params: parameters(captured.graph).map((value, i): ParamSpec => {
        const param = options.params?.[i]
        const id = param?.name ?? value.debugName ?? `input_${i}`
        const fallback = param?.default
        return {
          name: id,
          spec: specs.parameter(value.type, id, captured.facts[i]!),
          ...(fallback === undefined ? {} : { default: constantOf(fallback) }),
        }
      }),
      result: specs.result(program.graph.outputs[0]),
      ...(state.length > 0 ? { state: { cold: '', slots: [] } } : {}),
    }
    return {
      host: { graph: program.graph, regions, absent, state },
      signature,
      inputs: specs.tensors,
      outputs: [],
      notices: [...captured.context.notices, ...results.flatMap((result) => result.notices), ...notices],
      missed: results.flatMap(({ missed }) => missed),
      changed: state,
      decisions: [...captured.context.decisions, ...results.flatMap(({ decisions }) => decisions)],
    }
  }
}

/** Writes that cannot become values: as views of one memory, in JavaScript, the names of a tensor need no following. */
const UNFOLLOWED: ReadonlySet<string> = new Set(['PT3001', 'PT3002', 'PT3004'])

/** Undefined when control flow that goes into JavaScript may make it possible: names of one tensor are one reference there. */
function trySplit(captured: HostCapture, forced: Set<number>, contested: ReadonlySet<number>): HostProgram | undefined {
  try {
    return split(captured, forced, contested)
  } catch (error) {
    const more = decidedByInputs(captured.graph).filter((number) => !forced.has(number))
    if (!(error instanceof CompileError) || error.code !== 'PT3150' || more.length === 0) throw error
    for (const number of more) forced.add(number)
    return undefined
  }
}

function unsupported({ node, operator }: MissingRow): Problem {
  return {
    code: 'PT5002',
    message: `'${operator}' has no JavaScript form.`,
    ...(node.range === undefined ? {} : { range: node.range }),
  }
}

interface CompiledVariant {
  readonly region: CompiledRegion
  readonly result: PipelineResult
}

/** A region once for each combination of dtypes that its inputs may have. */
async function compileVariants(
  region: Region,
  name: string,
  of: number,
  options: PipelineOptions,
  opset: number,
  evaluator: Evaluator | undefined,
): Promise<{ readonly made: readonly CompiledVariant[]; readonly failed: readonly Failure[] }> {
  const made: CompiledVariant[] = []
  const failed: Failure[] = []
  // A rank that is taken for granted would be part of the region, while the program may hold tensors of any: first without.
  const unassumed: PipelineOptions = { ...options, batched: false }
  const attempt = async (facts: readonly Fact[], when: RegionChoice | undefined, how = unassumed): Promise<CompileError | undefined> => {
    try {
      const graph = cloneGraph(region.graph)
      const id = when === undefined ? name : `${name}.${made.length}`
      const { region: compiled, result } = await compileRegion({ graph, facts, loops: region.loops, of }, id, how, opset, evaluator)
      // A type that no operator takes would keep the whole model from loading, for tensors that may never come.
      if (when !== undefined) await evaluator?.check?.(compiled.graph)
      made.push({ region: when === undefined ? compiled : { ...compiled, signature: { ...compiled.signature, when } }, result })
      return undefined
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      return error
    }
  }
  const { variants } = region
  for (const facts of variants) {
    const choice = variants.length === 1 ? undefined : choiceOf(facts, variants)
    const error = await attempt(facts, choice)
    if (error === undefined) continue
    // Ranks that nothing tells are told by the call; where a model's inputs may still be taken to have a batch axis, that comes first.
    const ranked = options.batched === true && needsRank(error) ? await withRanks(region, facts) : undefined
    const errors: CompileError[] = []
    for (const more of ranked ?? [])
      errors.push(...[await attempt(more, choiceOf(more, [...variants, ...ranked!]))].filter((e) => e !== undefined))
    const isLacking = ranked === undefined || errors.length === ranked.length
    // What no choice of ranks tells is assumed after all.
    if (isLacking && (options.batched !== true || (await attempt(facts, choice, options)) !== undefined))
      failed.push({ error, facts, when: choice })
  }
  return { made, failed }

  /** The fewest inputs of open rank that let the region compile once they have one, each with every rank. */
  async function withRanks({ graph }: Region, facts: readonly Fact[]): Promise<readonly (readonly Fact[])[] | undefined> {
    const open = graph.inputs.flatMap(({ type }, i) => (holdsTensors(coreType(type)) && dimsOf(facts[i]!) === undefined ? [i] : []))
    const sets = [...open.map((i) => [i]), ...open.flatMap((i, at) => open.slice(at + 1).map((j) => [i, j]))]
    for (const set of sets) {
      const ranked = productOf(set, set.length === 1 ? [0, 1, 2, 3, 4] : [1, 2, 3, 4]).map((ranks) =>
        facts.map((fact, i) => (ranks.has(i) ? withRank(coreType(graph.inputs[i]!.type), fact, ranks.get(i)!) : fact)),
      )
      for (const one of ranked) {
        const trial = { graph: cloneGraph(graph), facts: one, loops: 0, of }
        const failure = await compileRegion(trial, name, unassumed, opset, undefined).catch((error: unknown) => error)
        if (!(failure instanceof Error)) return ranked
        if (needsRank(failure)) break
      }
    }
    return undefined
  }
}

const needsRank = (error: unknown): boolean => error instanceof CompileError && error.problems.every(({ code }) => code === 'PT4002')

const holdsTensors = (type: Type): boolean => type.kind === 'Tensor' || (type.kind === 'List' && type.of.kind === 'Tensor')
/** Of a tensor, or of each tensor in a list. */
const dimsOf = ({ dims, element, items }: Fact): Fact['dims'] => dims ?? (items === undefined ? element?.dims : items[0]?.dims)
function withRank(type: Type, fact: Fact, rank: number): Fact {
  const dims = Array.from({ length: rank }, () => null)
  if (type.kind === 'Tensor') return { ...fact, dims }
  return {
    ...fact,
    element: { ...fact.element, dims },
    ...(fact.items === undefined ? {} : { items: fact.items.map((item) => ({ ...item, dims })) }),
  }
}

/** Every choice of a rank for each input. */
function productOf(inputs: readonly number[], ranks: readonly number[]): ReadonlyMap<number, number>[] {
  return inputs.reduce<Map<number, number>[]>(
    (rows, input) => rows.flatMap((row) => ranks.map((rank) => new Map(row).set(input, rank))),
    [new Map()],
  )
}

/** What tells one variant from the others: the dtypes of the inputs that vary, and their ranks. */
function choiceOf(facts: readonly Fact[], variants: readonly (readonly Fact[])[]): RegionChoice {
  return facts.map((fact, i) => {
    const varies = (of: (other: Fact) => unknown): boolean => variants.some((other) => of(other[i]!) !== of(fact))
    const dtype = dtypeOf(fact)
    const rank = (other: Fact): number | undefined => dimsOf(other)?.length
    if (rank(fact) !== undefined && varies(rank)) return `${dtype ?? 'float32'} ${rank(fact)}`
    return varies(dtypeOf) ? (dtype ?? null) : null
  })
}

async function compileRegion(
  { graph, facts, loops, of }: { readonly graph: Graph; readonly facts: readonly Fact[]; readonly loops: number; readonly of: number },
  name: string,
  options: PipelineOptions,
  opset: number,
  evaluator: Evaluator | undefined,
): Promise<CompiledVariant> {
  const types = graph.outputs.map(({ type }) => type)
  const joined = graph.inputs.map(isOnlyJoined)
  const captured = capture(graph, {
    name,
    facts: ownExtents(facts),
    params: graph.inputs.map((_, i) => ({ name: `in${i}` })),
    ...(options.bodyOf === undefined ? {} : { bodyOf: options.bodyOf }),
    ...(options.batched === undefined ? {} : { batched: options.batched }),
    ...(options.training === undefined ? {} : { training: options.training }),
    ...(options.mode === 'script' ? { mode: 'script' as const } : {}),
    ...passOptions(options),
    ...(options.captured === undefined ? {} : { captured: options.captured }),
    ...(options.starting === undefined ? {} : { starting: options.starting }),
  })
  // Ranks that were tried: at some of them the code can only raise.
  checkAxes(captured.graph, factsOf(captured.graph, captured.context))
  const result = complete(captured)
  if (evaluator !== undefined && (await foldTensors(result.graph, evaluator))) {
    eliminateDeadCode.run(result.graph, passContext())
    options.observe?.(tensorFolding, result.graph)
  }
  const rename = (id: string): string => `${name}.${id}`
  const inputNames = result.graph.inputs.map(({ debugName }) => rename(debugName!))
  const outputNames = result.outputNames.map(rename)
  // A trial: the model is lowered as a whole when every method is known.
  lowerGraph(result.graph, { opset, inputNames, outputNames })
  const signature = renameSignature(result.signature, rename)
  const typed = {
    ...signature,
    params: signature.params.map((param, i): ParamSpec =>
      joined[i] === true && param.spec.kind === 'tensors' ? { ...param, spec: { ...param.spec, joined: true } } : param,
    ),
    result: types[0] === undefined ? signature.result : withInts(signature.result, types[0]),
  }
  return { region: { graph: result.graph, signature: typed, inputNames, outputNames, loops, of }, result }
}

/** The saved tensors of the state, as the results of a region without inputs. */
async function stateRegion(
  state: readonly StateSlot[],
  name: string,
  of: number,
  options: PipelineOptions,
  opset: number,
  evaluator: Evaluator | undefined,
): Promise<CompiledRegion> {
  const graph = new Graph()
  const b = Builder.atEnd(graph.block)
  const tensors = stateTensors(state).map((tensor) => b.constant(tensor))
  graph.addOutput(b.tuple(tensors, tupleOf(tensors.map(({ type }) => type))))
  const { region } = await compileRegion({ graph, facts: [], loops: 0, of }, name, options, opset, evaluator)
  return region
}

/** Every tensor that the saved state holds, each once, in the order in which a walk over it meets them. */
export function stateTensors(state: readonly StateSlot[]): IValue[] {
  const found = new Set<IValue>()
  const visit = (value: IValue): void => {
    if (value === null || typeof value !== 'object') return
    if (value.kind === 'tensor') found.add(value)
    else if (value.kind === 'list' || value.kind === 'tuple') value.items.forEach(visit)
    else if (value.kind === 'dict') value.entries.flat().forEach(visit)
    else if (value.kind === 'object') for (const item of value.attributes.values()) visit(item)
  }
  for (const { initial } of state) visit(initial)
  return [...found]
}

/** Extents under names of the region's own: the program's symbols mean nothing in it, save that equal ones are equal. */
function ownExtents(facts: readonly Fact[]): Fact[] {
  const names = new Map<string, string>()
  const dim = (d: Dim): Dim => {
    if (typeof d === 'number') return d
    const text = d ?? `unknown ${names.size}`
    if (!names.has(text)) names.set(text, `extent_${names.size}`)
    return names.get(text)!
  }
  const own = (fact: Fact): Fact => ({
    ...(fact.dtype === undefined ? {} : { dtype: fact.dtype }),
    ...(fact.dims === undefined ? {} : { dims: fact.dims.map(dim) }),
    ...(fact.element === undefined ? {} : { element: own(fact.element) }),
    ...(fact.items === undefined ? {} : { items: fact.items.map(own) }),
  })
  return facts.map(own)
}

/** A constant result of a region keeps Python's distinction of ints and floats: the program computes on with it. */
function withInts(spec: ValueSpec, type: Type): ValueSpec {
  const items = (specs: readonly ValueSpec[], of: (i: number) => Type): ValueSpec[] => specs.map((item, i) => withInts(item, of(i)))
  if (spec.kind === 'constant') return { ...spec, value: constantWithInts(spec.value, type) }
  if (spec.kind === 'optional') return { ...spec, of: withInts(spec.of, type.kind === 'Optional' ? type.of : type) }
  const core = type.kind === 'Optional' ? type.of : type
  if (spec.kind === 'map' && core.kind === 'Dict')
    return { ...spec, keys: spec.keys.map((key) => constantWithInts(key, core.key)), items: items(spec.items, () => core.value) }
  if (spec.kind === 'tuple' || spec.kind === 'record') {
    const of = type.kind === 'Optional' ? type.of : type
    if (of.kind === 'Tuple') return { ...spec, items: items(spec.items, (i) => of.of[i]!) }
    // The program holds Maps; its page gets objects only at the end.
    if (of.kind === 'Dict' && spec.kind === 'record') return { kind: 'map', keys: spec.keys, items: items(spec.items, () => of.value) }
    if (of.kind === 'List') return { ...spec, items: items(spec.items, () => of.of) }
  }
  return spec
}
function constantWithInts(value: Constant, type: Type): Constant {
  const of = type.kind === 'Optional' ? type.of : type
  if (typeof value === 'number') return of.kind === 'int' ? { bigint: String(value) } : value
  if (!Array.isArray(value)) return value
  const parts = value as readonly Constant[]
  return parts.map((item, i) => constantWithInts(item, of.kind === 'Tuple' ? of.of[i]! : of.kind === 'List' ? of.of : of))
}
