// The front of the pipeline for a host program: calls inlined, attributes frozen, constants folded; lists, dicts, objects and in-place writes are
// kept as Python has them. `split` then makes regions of it, as often as the caller finds that one of them cannot be lowered.

import type { Facts } from '../../analysis/facts.ts'
import { coreType } from '../../analysis/mutable-type.ts'
import { allNodes } from '../../ir/block.ts'
import { cloneGraph } from '../../ir/clone.ts'
import type { Graph } from '../../ir/graph.ts'
import type { Node } from '../../ir/node.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { tensorFact, tupleFact, unknown, type Fact } from '../../ops/fact.ts'
import { eliminateDeadCode } from '../eliminate-dead-code.ts'
import { foldConstants, foldKnown } from '../fold-constants.ts'
import { forgetFacts } from '../graph-facts.ts'
import type { Pass, PassContext } from '../pass.ts'
import { runToFixpoint } from '../pass-manager.ts'
import type { PipelineOptions } from '../pipeline.ts'
import { prepare } from '../prepare.ts'
import { recordExamples } from '../signature/example-facts.ts'
import { assumeInputs, declareInputs, hideExtents, symbols, type InputDeclaration, type Known } from '../signature/input-facts.ts'
import type { Plan } from '../signature/plan.ts'
import { simplifyControlFlow } from '../simplify-control-flow.ts'
import { unrollLoops } from '../unroll-loops.ts'
import { hostFacts, type HostFacts } from './content-facts.ts'
import { detachFinished } from './detach-finished.ts'
import type { DtypeChoices } from './dtype-choices.ts'
import { elementRank } from './element-rank.ts'
import { forwardAttributes, forwardInPlaceResults } from './forward-attributes.ts'
import { functionalizeTensors } from './functionalize-tensors.ts'
import { listLiterals } from './list-literals.ts'
import { partition, type Region } from './partition.ts'
import { contestedConversions, decideConversions, settleConversions } from './settle-conversions.ts'
import { ContestedMemory } from './shared-memory.ts'
import { constructTensorLists } from './tensor-lists.ts'
import { viewsAtUsers } from './views-at-users.ts'

const SIMPLIFY: readonly Pass[] = [foldConstants, simplifyControlFlow, eliminateDeadCode, unrollLoops, listLiterals]

/** Each looks at the whole method. */
const MAX_ROUNDS = 4

/** A method that will run in JavaScript, before it is split. */
export interface HostCapture {
  readonly graph: Graph
  readonly context: PassContext
  /** Facts of the parameters, in order, without `self`. */
  readonly facts: readonly Fact[]
  readonly known: ReadonlyMap<Value, Known>
}

export interface HostProgram {
  /** What JavaScript runs; `host::region` nodes call the regions by their index. */
  readonly graph: Graph
  readonly regions: readonly Region[]
  /** Facts of its values. */
  readonly facts: Facts
  readonly dtypes: DtypeChoices
}

export function captureHost(graph: Graph, options: PipelineOptions): HostCapture {
  options.starting?.(options.name ?? 'forward', graph)
  const context = prepare(graph, options, true)
  forwardAttributes(graph)
  forwardInPlaceResults(graph)
  detachFinished(graph)
  functionalizeTensors(graph)
  viewsAtUsers(graph)
  const params = parameters(graph)
  const names = params.map((value, i) => options.params?.[i]?.name ?? value.debugName ?? `input_${i}`)
  // Declared, recorded, assumed as for any method: a plan that is the parameter itself serves for tensors.
  const plans = params.map((value, i): Plan => planOf(value, names[i]!))
  const known = declareInputs(context, plans, forTensors(options.inputs ?? {}, plans), options.tracedInputs ?? [])
  const hasShape = (id: string): boolean => Object.hasOwn(options.inputs ?? {}, id) && options.inputs![id]!.shape !== undefined
  const named = plans.map((plan, i) => ({ name: names[i]!, plan }))
  recordExamples(context, named, options.examples ?? [], known, hasShape)
  assumeInputs(context, plans, known, options.batched === true)
  for (const [i, value] of params.entries())
    if (coreType(value.type).kind !== 'Tensor') {
      const fact = containerFact(value.type, names[i]!, options.inputs ?? {})
      context.inputs.set(value, options.batched === true ? withElementRank(graph, value, fact) : fact)
    }
  // Ranks and dtypes decide most branches of library code; loops over axes are as long as a rank.
  const facts = params.map((value) => context.inputs.get(value) ?? unknown)
  if (options.mode === 'script') hideExtents(context)
  forgetFacts(context)
  runToFixpoint(graph, SIMPLIFY, context)
  if (contestedConversions(graph).length > 0) {
    settleConversions(
      graph,
      decideConversions(cloneGraph(graph), (copy) => factsOf(copy, context, facts).facts),
    )
    // What is now known to be a view, or a copy, can be followed.
    functionalizeTensors(graph)
    viewsAtUsers(graph)
    runToFixpoint(graph, [foldConstants, simplifyControlFlow, eliminateDeadCode], context)
  }
  // Ranks and dtypes of what comes out of containers decide branches, too, and how often loops over axes turn; one such decision brings others.
  for (let round = 0; options.mode !== 'script' && round < MAX_ROUNDS; round++) {
    if (!foldKnown(graph, context, factsOf(graph, context, facts).facts)) break
    forgetFacts(context)
    runToFixpoint(graph, SIMPLIFY, context)
  }
  constructTensorLists(graph)
  return { graph, context, facts, known }
}

/**
 * Splits a copy of the method. `forced`: numbers of the Ifs and Loops, in order, that are to run in JavaScript; `contested`: tensors that
 * JavaScript is to know by all of their names, by the number of their location.
 */
export function split(capture: HostCapture, forced: ReadonlySet<number>, contested: Iterable<number> = []): HostProgram {
  const shared = new Set(contested)
  for (;;) {
    try {
      return splitWith(capture, forced, shared)
    } catch (error) {
      if (!(error instanceof ContestedMemory)) throw error
      for (const id of error.ids) shared.add(id)
    }
  }
}

function splitWith({ graph, context, facts }: HostCapture, forced: ReadonlySet<number>, shared: ReadonlySet<number>): HostProgram {
  const copy = cloneGraph(graph)
  const { facts: known, choices } = factsOf(copy, context, facts)
  const dtypes = choices()
  const number = new Map<Node, number>()
  for (const node of allNodes(copy.block)) if (node.blocks.length > 0) number.set(node, number.size)
  const regions = partition(copy, { facts: known, dtypes, forced, number, shared })
  return { graph: copy, regions, facts: known, dtypes }
}

function factsOf(graph: Graph, { state }: PassContext, facts: readonly Fact[]): HostFacts {
  const inputs = new Map(parameters(graph).map((value, i) => [value, facts[i]!]))
  return hostFacts(graph, { inputs, state }, tensorFact('float32', undefined))
}

/** Numbers of the Ifs and Loops that values of a call decide: not those of a constant condition and a constant count. */
export function decidedByInputs(graph: Graph): number[] {
  const isConstant = (value: Value | undefined): boolean => value?.node.kind === 'prim::Constant'
  const compounds = [...allNodes(graph.block)].filter(({ blocks }) => blocks.length > 0)
  return compounds.flatMap((node, number) => {
    const isFixed =
      node.kind === 'prim::Loop'
        ? isConstant(node.input(0)) && isConstant(node.input(1)) && isConstant(node.blocks[0]!.returns[0])
        : isConstant(node.input())
    return isFixed ? [] : [number]
  })
}

export function parameters(graph: Graph): Value[] {
  return graph.inputs.filter((value, i) => !(i === 0 && value.type.kind === 'Class'))
}

/** A list of tensors of undeclared shape, with the one rank that the code takes. */
function withElementRank(graph: Graph, list: Value, fact: Fact): Fact {
  if (list.type.kind !== 'List' || list.type.of.kind !== 'Tensor' || fact.element?.dims !== undefined) return fact
  const rank = elementRank(graph, list)
  return rank === undefined ? fact : { element: { ...fact.element, dims: Array<null>(rank).fill(null) } }
}

function planOf(value: Value, id: string): Plan {
  return coreType(value.type).kind === 'Tensor' ? { kind: 'tensor', leaf: { id, value } } : { kind: 'constant', value: null }
}

/** Declarations of what is not a tensor itself (`d.key`, `xs.0`) are for the containers. */
function forTensors(declared: Readonly<Record<string, InputDeclaration>>, plans: readonly Plan[]): Record<string, InputDeclaration> {
  const ids = new Set(plans.flatMap((plan) => (plan.kind === 'tensor' ? [plan.leaf.id] : [])))
  return Object.fromEntries(Object.entries(declared).filter(([name]) => ids.has(name) || !name.includes('.')))
}

/** What is known of a parameter that holds tensors: as declared, or torch's default dtype. */
function containerFact(type: Type, id: string, declared: Readonly<Record<string, InputDeclaration>>): Fact {
  switch (type.kind) {
    case 'Tensor': {
      const { dtype = 'float32', shape } = declared[id] ?? {}
      return tensorFact(
        dtype,
        shape?.map((dim, i) => (typeof dim === 'string' ? dim : (dim ?? symbols(id, shape.length)[i]!))),
      )
    }
    case 'Tuple':
      return tupleFact(type.of.map((item, i) => containerFact(item, `${id}.${type.fields?.[i] ?? i}`, declared)))
    case 'List':
      return { element: containerFact(type.of, `${id}.0`, declared) }
    case 'int':
    case 'float':
    case 'bool':
      return { number: type.kind }
    default:
      return unknown
  }
}
