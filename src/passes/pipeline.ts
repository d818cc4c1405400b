// The ordered list of passes, from a method's inlined graph to the flat, functional graph that lowering takes, with its Signature.
// The reason for every place in the order stands beside it.

import { annotate } from '../analysis/facts.ts'
import type { Clock } from '../diagnostics/clock.ts'
import type { Problem } from '../diagnostics/compile-error.ts'
import { allNodes } from '../ir/block.ts'
import type { Dim } from '../ir/dim.ts'
import type { Graph } from '../ir/graph.ts'
import type { IObject, IValue } from '../ir/ivalue.ts'
import type { ScalarType } from '../ir/scalar-type.ts'
import type { ParamSpec, Signature } from '../ir/signature.ts'
import { constantOf as constantValue } from '../ir/constant.ts'
import type { Type } from '../ir/type.ts'
import { verify } from '../ir/verifier.ts'
import type { Value } from '../ir/value.ts'
import { tensorFact, type Fact } from '../ops/fact.ts'
import { checkStrides } from './check-strides.ts'
import { checkDissolved } from './containers/check-dissolved.ts'
import { dissolveContainers } from './containers/dissolve-containers.ts'
import { resolveOptionals } from './containers/resolve-optionals.ts'
import { splitContainers } from './containers/split-containers.ts'
import { eliminateCommonSubexpressions } from './eliminate-common-subexpressions.ts'
import { eliminateDeadCode } from './eliminate-dead-code.ts'
import { foldConstants } from './fold-constants.ts'
import { factsOf, forgetFacts } from './graph-facts.ts'
import { limitNesting } from './limit-nesting.ts'
import { mergeBranches } from './merge-branches.ts'
import { optimizations, optimize } from './optimize.ts'
import {
  OF_OPERATOR,
  type ChangedAttribute,
  type Decision,
  type Missed,
  type Pass,
  type PassContext,
  type PassInfo,
  type PassOptions,
} from './pass.ts'
import { resolveStrides } from './resolve-strides.ts'
import { runPasses, runToFixpoint } from './pass-manager.ts'
import { peephole } from './peephole.ts'
import { poolWholePlane } from './pool-whole-plane.ts'
import { noticeRandom } from './notice-random.ts'
import { refineRanks } from './refine-ranks.ts'
import { removeDropout } from './remove-dropout.ts'
import { lowerComplex } from './lower-complex/lower-complex.ts'
import { lowerObjects } from './lower-objects.ts'
import { lowerQuantized } from './lower-quantized.ts'
import { prepare } from './prepare.ts'
import { removeMutation } from './remove-mutation.ts'
import { exitTransform } from './exit-transform.ts'
import { exampleLength, recordExamples, type ExampleShape } from './signature/example-facts.ts'
import { flattenInputs, type MethodParam, type ParamPlan, type StatePlan } from './signature/flatten-inputs.ts'
import { OutputFlattener } from './signature/flatten-outputs.ts'
import {
  assumeInputs,
  declareInputs,
  enterFact,
  hideExtents,
  tensorLeaves,
  type InputDeclaration,
  type Known,
} from './signature/input-facts.ts'
import { constantOf, leavesOf, Names, specOf, type Leaf, type Plan } from './signature/plan.ts'
import { simplifyControlFlow } from './simplify-control-flow.ts'
import { simplifyScatter } from './simplify-scatter.ts'
import { unrollLoops } from './unroll-loops.ts'

export interface PipelineOptions extends PassOptions {
  /** The module whose method this is: the graph's first input. */
  readonly self?: IObject
  /** Default `forward`. */
  readonly name?: string
  /** Told which stage takes the time. */
  readonly clock?: Clock
  /** Bodies of calls that inlining left: interfaces, forked closures. */
  readonly bodyOf?: NonNullable<PassContext['bodyOf']>
  readonly interfaceOf?: NonNullable<PassContext['interfaceOf']>
  readonly enumOf?: NonNullable<PassContext['enumOf']>
  /** The attributes that a class declares, in order. */
  readonly fieldsOf?: (className: string) => readonly (readonly [string, Type])[]
  readonly changed?: NonNullable<PassContext['changed']>
  /** Parameters after `self`, in order; without them the graph's own names serve. */
  readonly params?: readonly MethodParam[]
  /** Options `inputs`, by name. */
  readonly inputs?: Readonly<Record<string, InputDeclaration>>
  /** A trace's own record of its arguments. */
  readonly tracedInputs?: readonly IValue[]
  /** Of inputs that the code takes with a batch axis or without: assume the one with. For a second try, when lowering needs a rank. */
  readonly batched?: boolean
  /** Example inputs: they tell dtypes and ranks. By name or position. */
  readonly examples?: readonly Readonly<Record<string, ExampleShape>>[]
  /** `script`: only constants, dtypes and ranks decide branches, and no loop is unrolled that can stay. */
  readonly mode?: 'auto' | 'script' | 'trace'
  /** `preserve`: what was saved in training mode stays in it. */
  readonly training?: 'eval' | 'preserve'
  /** Sees the graph before anything is done to it. */
  readonly starting?: (name: string, graph: Graph) => void
  /** Sees the method between the two halves of the pipeline. */
  readonly captured?: (capture: Capture) => void
  /** What is known of each parameter from elsewhere: of a region of a host program, by the code around it. */
  readonly facts?: readonly Fact[]
}

/** A tensor input or output as the report shows it. */
export interface TensorFacts {
  readonly name: string
  readonly dtype: ScalarType
  readonly dims?: readonly Dim[]
  readonly known?: Known
}

export interface PipelineResult {
  /** Functional and flat: inputs and outputs are tensors, numbers, bools and lists of numbers, named as the signature has them. */
  readonly graph: Graph
  readonly signature: Signature
  /** Of the graph's outputs, in order; its inputs bear theirs as debug names. */
  readonly outputNames: readonly string[]
  readonly inputs: readonly TensorFacts[]
  readonly outputs: readonly TensorFacts[]
  /** The attributes that are state of the method. */
  readonly changed: readonly ChangedAttribute[]
  readonly notices: readonly Problem[]
  /** Optimisations that nearly applied. */
  readonly missed: readonly Missed[]
  readonly decisions: readonly Decision[]
}

/** Observers see it as a pass: from here on what goes in and what comes out is tensors and numbers, and the graph can be run. */
export const flattened: PassInfo = { name: 'flatten-outputs', doc: 'Makes tensors and numbers of what comes out.' }

/** Each makes work for the others, so they run until none changes anything. */
const SIMPLIFY: readonly Pass[] = [
  // Facts decide branches; what they leave is then simpler for everyone.
  foldConstants,
  simplifyControlFlow,
  mergeBranches,
  // Behind the facts that decide branches: of those that are left.
  refineRanks,
  peephole,
  simplifyScatter,
  removeDropout,
  // Parts of containers cross borders of control flow one by one; then constructions meet their uses and cancel out.
  splitContainers,
  dissolveContainers,
  // After the identities: equal nodes are found by equal inputs.
  eliminateCommonSubexpressions,
  eliminateDeadCode,
]

/** Behind them, once there is nothing simpler left to do: it copies code, so it goes last and the others follow again. */
const SPECIALISE: readonly Pass[] = [...SIMPLIFY, unrollLoops]

/** The passes that a blocklist may name, and others that run with them. */
export const graphPasses: readonly Pass[] = [...SPECIALISE, poolWholePlane, ...optimizations]

export function runPipeline(graph: Graph, options: PipelineOptions = {}): PipelineResult {
  return complete(capture(graph, options))
}

/** A method between the two halves of the pipeline: functional, with flat inputs of which all is known that will be. */
export interface Capture {
  readonly graph: Graph
  readonly context: PassContext
  readonly options: PipelineOptions
  /** The parameters, and how each lies in the graph's inputs. */
  readonly params: ParamPlan[]
  readonly state: StatePlan | undefined
  readonly names: Names
  readonly known: ReadonlyMap<Value, Known>
  /** Facts of the inputs, extents included that decide nothing in mode `script`. */
  readonly inputs: ReadonlyMap<Value, Fact>
}

/** Simplifies a functional graph as far as its facts go. */
export function simplify(graph: Graph, context: PassContext): void {
  runToFixpoint(graph, SPECIALISE, context)
}

/** The first half: up to the graph that is to be lowered or traced. */
export function capture(graph: Graph, options: PipelineOptions = {}): Capture {
  options.starting?.(options.name ?? 'forward', graph)
  const context = prepare(graph, options)
  const run = (passes: readonly Pass[]): void => void runPasses(graph, passes, context)
  // Objects hold tensors and lists: what their attributes refer to must be plain variables before writes are followed.
  run([lowerObjects])
  run([removeMutation])
  // On a functional graph moving code is safe, and raises of branches that are decided are gone.
  run([exitTransform])
  context.mutable = false

  const names = new Names()
  const { params, state } = flattenInputs(graph, context, names, {
    params: options.params ?? [],
    declared: new Set(Object.keys(options.inputs ?? {})),
    ...(options.facts === undefined ? {} : { facts: options.facts }),
    // A trace has the lists that it was made on.
    ...(options.mode === 'trace' ? { lengthOf: (id: string) => exampleLength(options.examples?.[0], id) } : {}),
  })
  const plans = params.map(({ plan }) => plan)
  forgetFacts(context)
  const known = declareInputs(context, plans, options.inputs ?? {}, options.tracedInputs ?? [])
  const hasShape = (id: string): boolean => Object.hasOwn(options.inputs ?? {}, id) && options.inputs![id]!.shape !== undefined
  recordExamples(context, params, options.examples ?? [], known, hasShape)
  for (const [i, fact] of (options.facts ?? []).entries()) enterFact(context, plans[i]!, fact, known)
  const inputs = new Map(context.inputs)
  const scripted = options.mode === 'script'
  if (scripted) hideExtents(context)
  runToFixpoint(graph, SPECIALISE, context)
  // Containers are dissolved, and what the plain operators tell of the inputs counts from here on.
  const lowered = runPasses(graph, [lowerQuantized], context)
  const told = new Map(context.inputs)
  // Uses are looked at when the branches that declared inputs decide are gone.
  assumeInputs(context, plans, known, options.batched === true)
  for (const [value, { dtype, dims }] of context.inputs) {
    const before = inputs.get(value)
    inputs.set(value, tensorFact(before?.dtype ?? dtype, before?.dims ?? dims))
  }
  if (scripted) hideExtents(context)
  if (lowered || [...context.inputs].some(([value, fact]) => told.get(value) !== fact)) {
    forgetFacts(context)
    runToFixpoint(graph, SPECIALISE, context)
  }
  return { graph, context, options, params, state, names, known, inputs }
}

/** The second half: flat outputs, patterns, and the Signature. */
export function complete(captured: Capture): PipelineResult {
  const { graph, context, options, params, state, names, known, inputs } = captured
  options.captured?.(captured)
  const run = (passes: readonly Pass[]): void => void runPasses(graph, passes, context)
  const { changed, ...outputs } = flattenOutputs(graph, context, names)
  context.observe?.(flattened, graph)
  // A trace decided what was open.
  if (changed || options.mode === 'trace') runToFixpoint(graph, SPECIALISE, context)
  // Only when no test of None is left that could decide them.
  if (runToFixpoint(graph, [resolveOptionals], context)) runToFixpoint(graph, SPECIALISE, context)
  if (options.mode === 'script') {
    // Declared extents simplify what is computed, and decide no branch.
    for (const [value, fact] of inputs) context.inputs.set(value, fact)
    context.controlFlow = 'kept'
    forgetFacts(context)
    runToFixpoint(graph, SIMPLIFY, context)
  }
  // Containers are dissolved and dtypes known. Behind the outputs' flattening, so that whatever leaves is a tensor that can be a pair; before the
  // patterns, which are about real operators.
  if (runPasses(graph, [lowerComplex], context)) runToFixpoint(graph, options.mode === 'script' ? SIMPLIFY : SPECIALISE, context)
  run([poolWholePlane])
  // Patterns come last, on canonical forms.
  optimize(graph, context, () => void runToFixpoint(graph, options.mode === 'script' ? SIMPLIFY : SPECIALISE, context))
  // Nesting is that of the code up to the end: branches that are decided leave less of it.
  run([resolveStrides, limitNesting, eliminateDeadCode, noticeRandom])
  checkDissolved(graph)
  checkStrides(graph, factsOf(graph, context))
  return finish(graph, context, { name: options.name ?? 'forward', params, state, known, ...outputs })
}

interface Outputs {
  readonly result: Plan
  readonly leaves: readonly Leaf[]
  readonly error?: Leaf
  readonly stateLeaves: readonly Leaf[]
}

/** The result by its structure, then what the loader carries, then the error code. */
function flattenOutputs(graph: Graph, context: PassContext, names: Names): Outputs & { readonly changed: boolean } {
  const flattener = new OutputFlattener(graph, names, factsOf(graph, context))
  const values = [...graph.outputs]
  const special = new Set([...context.state.map(({ output }) => output), context.error])
  const results = values.filter((_, i) => !special.has(i))
  const result: Plan = results.length === 0 ? { kind: 'constant', value: null } : flattener.output(results[0]!, 'output')
  const before = flattener.leaves.length
  for (const slot of context.state) flattener.state(values[slot.output]!, slot.type, `${slot.attribute}.next`)
  const stateLeaves = flattener.leaves.slice(before)
  const error = context.error === undefined ? undefined : flattener.plain(values[context.error]!, 'error')
  flattener.finish()
  const changed = values.length !== graph.outputs.length || values.some((value, i) => value !== graph.outputs[i])
  if (changed) forgetFacts(context)
  return { result, leaves: flattener.leaves, stateLeaves, ...(error === undefined ? {} : { error }), changed }
}

/** What the loader carries: each leaf of each slot as an input and the output that comes back for it. */
function stateSpec(
  state: StatePlan,
  { stateLeaves }: Flat,
  context: PassContext,
  factOf: (value: Value) => Fact,
): NonNullable<Signature['state']> {
  // What is carried goes by these names: several tensors of one attribute (an Optional, a list of tensors) need one each.
  const named = (attribute: string, k: number): string => (k === 0 ? attribute : `${attribute} ${k}`)
  const inputs = state.slots.flatMap((slot, i) =>
    [...leavesOf(slot)].map((leaf, k) => ({ leaf, attribute: named(context.state[i]!.attribute, k) })),
  )
  return {
    cold: state.cold.id,
    slots: inputs.map(({ leaf, attribute }, i) => {
      const { dtype, dims } = emitted(leaf.value, factOf(leaf.value))
      return { input: leaf.id, output: stateLeaves[i]!.id, dtype, ...(dims === undefined ? {} : { dims }), attribute }
    }),
  }
}

/** The tensor that a primitive value is in the emitted graph. */
function emitted({ type }: Value, fact: Fact): { readonly dtype: ScalarType; readonly dims?: readonly Dim[] } {
  switch (type.kind) {
    case 'int':
      return { dtype: 'int64', dims: [] }
    case 'float':
      return { dtype: 'float64', dims: [] }
    case 'bool':
      return { dtype: 'bool', dims: [] }
    case 'List':
      return { dtype: type.of.kind === 'float' ? 'float64' : type.of.kind === 'bool' ? 'bool' : 'int64', dims: [null] }
    default:
      return { dtype: fact.dtype ?? 'float32', ...(fact.dims === undefined ? {} : { dims: fact.dims }) }
  }
}

interface Flat extends Outputs {
  readonly name: string
  readonly params: readonly ParamPlan[]
  readonly state: StatePlan | undefined
  readonly known: ReadonlyMap<Value, Known>
}

/** An error code that is 0 on every path is none: the raises that it could tell of are gone, and so are the notices about them. */
function withoutDeadError(graph: Graph, context: PassContext, { error, leaves }: Flat): Pick<Flat, 'error' | 'leaves'> {
  const last = graph.outputs.at(-1)
  if (error === undefined || leaves.at(-1) !== error || last === undefined || constantValue(last) !== 0n)
    return { leaves, ...(error === undefined ? {} : { error }) }
  graph.block.returnNode.removeInput(graph.outputs.length - 1)
  const alive = context.notices.filter(({ code }) => code !== 'PT3030')
  context.notices.splice(0, context.notices.length, ...alive)
  return { leaves: leaves.slice(0, -1) }
}

function finish(graph: Graph, context: PassContext, flat: Flat): PipelineResult {
  const { params, state, result, known } = flat
  const { error, leaves } = withoutDeadError(graph, context, flat)
  // Leaves follow the graph: outputs may have been replaced by simpler values.
  leaves.forEach((leaf, i) => (leaf.value = graph.outputs[i]!))
  // A parameter that was taken as its default has no leaves: what is handed in for it must be checked all the same.
  const unused = params.map(({ plan }) => plan.kind !== 'constant' && [...leavesOf(plan)].every(({ value }) => !value.hasUses))
  const keep = new Set<Value>([
    ...params.flatMap(({ plan }, i) => (unused[i] ? [] : [...leavesOf(plan)].map(({ value }) => value))),
    ...(state === undefined ? [] : [state.cold, ...state.slots.flatMap((slot) => [...leavesOf(slot)])].map(({ value }) => value)),
  ])
  for (let i = graph.inputs.length - 1; i >= 0; i--) if (!keep.has(graph.inputs[i]!)) graph.block.paramNode.eraseOutput(i)
  forgetFacts(context)
  const facts = factsOf(graph, context)
  annotate(graph, facts)
  for (const node of allNodes(graph.block)) {
    const { kind, range } = node
    if ((kind === 'prim::If' || kind === 'prim::Loop') && range !== undefined && node.attributes.get(OF_OPERATOR) !== true)
      context.decisions.push({ kind: 'kept', range })
  }
  verify(graph)
  const factOf = (value: Value): Fact => facts.of(value)
  const spec = (plan: Plan) => specOf(plan, factOf, context.choices)
  const signature: Signature = {
    name: flat.name,
    params: params.map(({ name, plan, default: fallback }, i): ParamSpec => ({
      name,
      spec: spec(plan),
      ...(fallback === undefined ? {} : { default: constantOf(fallback) }),
      ...(unused[i] ? { unused: true } : {}),
    })),
    result: spec(result),
    ...(state === undefined ? {} : { state: stateSpec(state, flat, context, factOf) }),
    ...(error === undefined ? {} : { error: { id: error.id, raises: context.raises } }),
  }
  const tensors = (plans: readonly Plan[]): TensorFacts[] =>
    plans.flatMap(tensorLeaves).map(({ id, value }) => {
      const { dtype, dims } = factOf(value)
      const source = known.get(value)
      return {
        name: id,
        dtype: dtype ?? 'float32',
        ...(dims === undefined ? {} : { dims }),
        ...(source === undefined ? {} : { known: source }),
      }
    })
  return {
    graph,
    signature,
    outputNames: leaves.map(({ id }) => id),
    inputs: tensors(params.map(({ plan }) => plan)),
    outputs: tensors([result]),
    changed: context.state,
    notices: context.notices,
    missed: context.missed,
    decisions: context.decisions,
  }
}
