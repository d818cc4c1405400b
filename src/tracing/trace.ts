// Tracing: a captured method and one set of example inputs → straight-line code. Every branch and loop goes the way that it goes on the
// example; Python values that tensors became and that steered become constants, each with PyTorch's TracerWarning. Shapes stay symbolic.
// What only the loader's state decides (first call or later one) is kept. Mirrors torch/jit/_trace.py on a scripted method.

import { CompileError, fail, type Problem } from '../diagnostics/compile-error.ts'
import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import { inlineBlock, type ValueMap } from '../ir/clone.ts'
import { constantOf } from '../ir/constant.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import { forgetFacts } from '../passes/graph-facts.ts'
import { asWritten, OF_OPERATOR } from '../passes/pass.ts'
import { simplify, type Capture } from '../passes/pipeline.ts'
import { leavesOf, type Leaf } from '../passes/signature/plan.ts'
import { bakeInputs } from './bake-inputs.ts'
import { compute, type KnownValues, type Wanted } from './compute.ts'
import { Example, type ExampleInputs } from './example.ts'
import { isCounted, steeringOf, type Steering } from './steering.ts'
import { sameWarning, tracerWarning } from './tracer-warning.ts'

const MAX_TURNS = 10_000
const MAX_NODES = 1_000_000
/** Decisions taken one by one before the graph is simplified again. */
const STEPS = 64

export interface TraceOptions {
  /** The first is traced. None: values are generated. */
  readonly examples: readonly ExampleInputs[]
  readonly evaluator?: Evaluator | undefined
  /** Values of flat inputs that win over the example, by name. */
  readonly values?: ReadonlyMap<string, IValue>
}

/** What a trace was made on, for whoever checks it. */
export interface TraceRun {
  readonly example: Example
  /** The flat inputs of the method, those that became constants among them. */
  readonly leaves: readonly Leaf[]
  /** Index in the context's decisions of the first one of the trace. */
  readonly firstDecision: number
  /** False: there was nothing to decide. */
  readonly decided: boolean
}

/**
 * Leaves straight-line code in the captured graph.
 * @throws CompileError PT3504 without an evaluator where one is needed, PT3505 beyond the budget, PT3506 when the example raises, PT3507 for
 * examples that do not fit, PT3508 when the model does not run on them, PT3510 for random decisions, PT4… for what cannot be evaluated.
 */
export async function trace(capture: Capture, options: TraceOptions): Promise<TraceRun> {
  const { params, state, context } = capture
  const leaves = params.flatMap(({ plan }) => [...leavesOf(plan)])
  if (state !== undefined) leaves.push(state.cold, ...state.slots.flatMap((slot) => [...leavesOf(slot)]))
  const firstDecision = context.decisions.length
  const tracer = new Tracer(capture, options)
  await tracer.run()
  return { example: tracer.example, leaves, firstDecision, decided: tracer.decided }
}

class Tracer {
  readonly #capture: Capture
  readonly #evaluator: Evaluator | undefined
  readonly example: Example
  /** What was computed on the example so far. */
  readonly #known: KnownValues = new Map()
  decided = false
  readonly #isGenerated: boolean
  /** Inputs that are Python values and were read before anything was decided. */
  readonly #scalars: readonly Value[]
  readonly #baked = new Map<Value, IValue>()
  /** Conversions in turns of unrolled loops: constants as soon as they can be computed. */
  #pending: Value[] = []
  /** Loops that are taken turn by turn, with the turns so far. */
  readonly #peeled = new Map<Node, number>()
  #turns = 0
  #nodes = 0

  constructor(capture: Capture, { examples, evaluator, values }: TraceOptions) {
    this.#capture = capture
    this.#evaluator = evaluator
    this.#isGenerated = examples.length === 0
    this.example = new Example(capture, examples[0] ?? {}, values)
    this.#scalars = this.#pythonInputs().filter(({ hasUses }) => hasUses)
  }

  async run(): Promise<void> {
    const { graph, context } = this.#capture
    for (;;) {
      forgetFacts(context)
      simplify(graph, context)
      this.#pending = this.#pending.filter(({ hasUses, node }) => hasUses && node.block === graph.block)
      const open = this.#open()
      if (open.length === 0 && this.#pending.length === 0) break
      if (!(await this.#decideAll(open))) await this.#decideOneByOne()
    }
    // What nobody reads any more decided something on its way through tensors.
    for (const value of this.#scalars) if (!value.hasUses) this.#bakeInput(value)
    bakeInputs(this.#capture, this.#baked)
    await this.#checkRaise()
    this.#tellGenerated()
    forgetFacts(context)
  }

  /** Control flow of the top block that is to be decided. */
  #open(): Node[] {
    const cold = this.#capture.state?.cold.value
    return [...this.#capture.graph.block.nodes()].filter(
      (node) => node.blocks.length > 0 && node.input() !== cold && node.attributes.get(OF_OPERATOR) !== true,
    )
  }

  /** All at once, control flow in between included. False where that cannot be evaluated as a whole. */
  async #decideAll(open: readonly Node[]): Promise<boolean> {
    const wanted = open.map((node) => this.#wanted(node))
    const steering = open.map(steeringOf)
    const block = this.#capture.graph.block
    const converted = steering.flatMap((one) => one.converted).filter((value) => value.node.block === block)
    const conversions = [...new Set([...this.#pending, ...converted])]
    let results: IValue[]
    try {
      results = await this.#compute([...wanted, ...conversions.map(asValue)])
    } catch (error) {
      if (!(error instanceof CompileError) || isFinal(error)) throw error
      // The first node has straight-line code in front of it only: nothing simpler is left to try.
      if (open.length === 0 || (open.length === 1 && open[0]!.kind === 'prim::If')) throw error
      return false
    }
    this.#bake(conversions, results.slice(open.length))
    for (const [i, node] of open.entries()) this.#decide(node, results[i]!, steering[i]!)
    this.#pending = this.#pending.filter((value) => !conversions.includes(value))
    return true
  }

  /** In order: what lies in front of a node is straight-line code then. Loops that data ends go turn by turn. */
  async #decideOneByOne(): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      const node = this.#open()[0]
      if (node === undefined) return
      if (node.kind === 'prim::If' || isCounted(node)) {
        const [result] = await this.#compute([this.#wanted(node)])
        this.#decide(node, result!, steeringOf(node))
      } else await this.#peel(node)
    }
  }

  #wanted(node: Node): Wanted {
    if (node.kind !== 'prim::Loop') return asValue(node.input())
    return isCounted(node) ? asValue(node.input(0)) : { kind: 'turns', loop: node, limit: MAX_TURNS + 1 }
  }

  #compute(wanted: readonly Wanted[]): Promise<IValue[]> {
    return compute(wanted, this.#capture, this.example, this.#known, this.#evaluator)
  }

  #bake(values: readonly Value[], results: readonly IValue[]): void {
    values.forEach((value, i) => value.replaceAllUsesWith(Builder.replacing(value.node).constant(results[i]!, constantType(value.type))))
  }

  #notice(notice: Problem): void {
    const { notices } = this.#capture.context
    if (!notices.some((other) => sameWarning(other, notice))) notices.push(notice)
  }

  /** Warnings, constants, and the node's place taken by the code that runs. */
  #decide(node: Node, result: IValue, steering: Steering): void {
    this.decided = true
    this.#steered(steering)
    if (node.kind === 'prim::If') this.#takeBranch(node, result === true)
    else this.#unroll(node, Number(result))
  }

  #steered({ warnings, inputs }: Steering): void {
    for (const { conversion, range } of warnings) this.#notice(tracerWarning(conversion, range))
    for (const input of inputs) this.#bakeInput(input)
  }

  #bakeInput(input: Value): void {
    if (!this.#baked.has(input)) this.#baked.set(input, this.example.valueOf(input))
  }

  #pythonInputs(): Value[] {
    return this.#capture.params
      .flatMap(({ plan }) => [...leavesOf(plan)].map(({ value }) => value))
      .filter(({ type }) => type.kind !== 'Tensor')
  }

  #takeBranch(node: Node, taken: boolean): void {
    if (node.range !== undefined)
      this.#capture.context.decisions.push({ kind: 'specialised', range: node.range, taken: asWritten(node, taken) })
    const live = node.blocks[taken ? 0 : 1]!
    node.outputs.forEach((output, i) => output.replaceAllUsesWith(live.returns[i]!))
    live.returnNode.removeAllInputs()
    for (const inner of live.nodes()) inner.moveBefore(node)
    node.destroy()
  }

  #unroll(node: Node, turns: number): void {
    this.#spend(node, Math.max(0, turns))
    if (node.range !== undefined)
      this.#capture.context.decisions.push({ kind: 'specialised', range: node.range, turns: Math.max(0, turns) })
    const body = node.blocks[0]!
    const converted = steeringOf(node).converted.filter((value) => value.node.block === body)
    const b = new Builder(node)
    let carried = node.inputs.slice(2)
    for (let turn = 0; turn < turns; turn++) {
      const map: ValueMap = new Map()
      carried = inlineBlock(body, [b.int(turn), ...carried], node, map).slice(1)
      this.#pending.push(...converted.map((value) => map.get(value)!))
    }
    node.outputs.forEach((output, i) => output.replaceAllUsesWith(carried[i]!))
    node.destroy()
  }

  /** One turn of a loop that its body can end, in front of it; or the end of the loop. */
  async #peel(node: Node): Promise<void> {
    if (!this.#peeled.has(node)) carryCounter(node)
    const turns = this.#peeled.get(node) ?? 0
    // What is carried is computed along with the condition, so that the next turn starts from there.
    const carried = node.inputs.slice(2).filter(({ type, node: producer }) => hasForm(type) && producer.kind !== 'prim::Constant')
    const [trips, go] = await this.#remember([node.input(0), node.input(1), ...carried])
    const goesOn = go === true && (trips as bigint) > 0n
    this.decided = true
    this.#steered(steeringOf(node))
    if (!goesOn) {
      if (node.range !== undefined) this.#capture.context.decisions.push({ kind: 'specialised', range: node.range, turns })
      node.outputs.forEach((output, i) => output.replaceAllUsesWith(node.input(i + 2)))
      node.destroy()
      return
    }
    this.#spend(node, 1)
    this.#peeled.set(node, turns + 1)
    const [first, ...next] = inlineBlock(node.blocks[0]!, [new Builder(node).int(0), ...node.inputs.slice(2)], node)
    node.setInput(0, new Builder(node).int((trips as bigint) - 1n))
    node.setInput(1, first!)
    next.forEach((value, i) => node.setInput(i + 2, value))
  }

  async #remember(values: readonly Value[]): Promise<IValue[]> {
    const results = await this.#compute(values.map(asValue))
    values.forEach((value, i) => value.node.kind !== 'prim::Constant' && this.#known.set(value, results[i]!))
    return results
  }

  #spend(node: Node, turns: number): void {
    const size = [...allNodes(node.blocks[0]!)].length
    this.#turns += turns
    this.#nodes += turns * size
    if (this.#turns > MAX_TURNS || this.#nodes > MAX_NODES)
      fail(
        'PT3505',
        `the trace grows too long here: loops of more than ${MAX_TURNS} turns, or ${MAX_NODES} operators, in all on the example inputs.`,
        { ...place(node), fix: 'give smaller exampleInputs, or convert with mode: auto, which keeps loops.' },
      )
  }

  async #checkRaise(): Promise<void> {
    const { graph, context } = this.#capture
    if (context.error === undefined) return
    const output = graph.outputs[context.error]!
    const constant = constantOf(output)
    const [code] = constant === undefined ? await this.#compute([asValue(output)]) : [constant]
    const raised = context.raises[Number(code) - 1]
    if (raised !== undefined)
      fail('PT3506', `on the example inputs the model raises ${raised.type}: ${raised.message}`, {
        fix: this.#isGenerated ? 'give exampleInputs that the model accepts.' : 'give other exampleInputs.',
      })
  }

  #tellGenerated(): void {
    const names = [...this.example.generated]
    if (names.length === 0) return
    this.#notice({
      code: 'PT3503',
      message: `The trace went the way of generated example inputs (${names.join(', ')}): numbers from a fixed seed.`,
      fix: 'give exampleInputs that stand for what the page will hand in.',
    })
  }
}

const asValue = (value: Value): Wanted => ({ kind: 'value', value })
const place = ({ range }: Node): Pick<Problem, 'range'> => (range === undefined ? {} : { range })

/** Trying in smaller pieces would not help. */
const isFinal = (error: CompileError): boolean => ['PT3504', 'PT3507', 'PT3510', 'PT9001'].includes(error.code)

/** Values that are tensors at run time, or Python numbers. */
function hasForm({ kind }: Type): boolean {
  return kind === 'Tensor' || kind === 'int' || kind === 'float' || kind === 'bool'
}

/** Static types that a value of the run may be narrower than tell nothing. */
function constantType(type: Type): Type | undefined {
  return type.kind === 'number' || type.kind === 'Any' || type.kind === 'Optional' ? undefined : type
}

/** The loop counts in a carried value, so that turns can be taken off its front. */
function carryCounter(node: Node): void {
  const body = node.blocks[0]!
  node.addInput(new Builder(node).int(0))
  const count = body.addParam({ kind: 'int' })
  body.params[0]!.replaceAllUsesWith(count)
  const end = Builder.atEnd(body)
  body.addReturn(end.op('aten::add', [count, end.int(1)], { kind: 'int' }))
  node.addOutput({ kind: 'int' })
}
