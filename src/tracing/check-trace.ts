// The generalizability check: a trace against the scripted form of the same method, on inputs that make each recorded decision go another way.
// Other examples come first, then variations of the traced one. Where the scripted form is no graph, a trace of the other inputs stands for
// it. Mirrors the checks of torch/jit/_trace.py, which runs the same inputs again.

import { CompileError, fail, type Problem } from '../diagnostics/compile-error.ts'
import { allNodes } from '../ir/block.ts'
import type { Graph } from '../ir/graph.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Tensor } from '../ir/tensor.ts'
import { readElements } from '../ir/tensor-elements.ts'
import type { Value } from '../ir/value.ts'
import type { Evaluator } from '../ops/evaluator.ts'
import type { Decision } from '../passes/pass.ts'
import { complete, type Capture, type PipelineResult } from '../passes/pipeline.ts'
import { isRandom } from '../passes/side-effects.ts'
import { asTensor, describe } from './input-values.ts'
import { compareOutputs, raised, type Results } from './compare-outputs.ts'
import { leaveTrail, placeOf } from './decision-trail.ts'
import { Example, type ExampleInputs } from './example.ts'
import { trace, type TraceRun } from './trace.ts'
import { nondeterministicWarning } from './tracer-warning.ts'
import { variablesOf } from './variables.ts'
import { variationsOf, type InputValues, type Variable, type Variation } from './variations.ts'

export interface TraceCheck {
  /** The traced method, and what became of it. */
  readonly capture: Capture
  readonly run: TraceRun
  readonly traced: PipelineResult
  /** The first was traced. */
  readonly examples: readonly ExampleInputs[]
  /** Captures the method once more, as it was before it was traced. */
  readonly again: () => Capture
  readonly evaluator: Evaluator | undefined
  /** `error`: a trace that is not the model on some inputs, or cannot be compared, is refused. */
  readonly mode: 'warn' | 'error'
}

// Runs of the scripted form; fewer for models of many weights.
const MAX_RUNS = 32
const MIN_RUNS = 4
const WEIGHT_BYTES = 2 ** 31

/** What the scripted form did on some inputs. */
interface Observation {
  /** Place → how control went there; equal texts are equal ways. */
  readonly trail: ReadonlyMap<string, string>
  readonly results: Results
}
type Form = (values: InputValues) => Promise<Observation>

/**
 * Tells of each decision of the trace whether it matters: in its `check`, and in notices.
 * @throws CompileError PT3509 and PT3512 in mode `error`.
 */
export async function checkTrace(check: TraceCheck): Promise<void> {
  await new Checker(check).run()
}

class Checker {
  readonly #check: TraceCheck
  /** The first decision of the trace at each place. */
  readonly #decisions: Map<string, Decision>
  readonly #problems: Problem[] = []
  readonly #outcome = new Map<string, NonNullable<Decision['check']>>()

  constructor(check: TraceCheck) {
    this.#check = check
    const { decisions } = check.capture.context
    this.#decisions = new Map()
    for (const decision of decisions.slice(check.run.firstDecision)) {
      const place = placeOf(decision.range)
      if (decision.kind === 'specialised' && !this.#decisions.has(place)) this.#decisions.set(place, decision)
    }
  }

  async run(): Promise<void> {
    const { evaluator, mode, run, capture } = this.#check
    if (!run.decided) return
    if (evaluator === undefined)
      this.#problems.push(uncompared('there is no evaluator to run it', 'give compile an evaluator, or set checkTrace: off.'))
    else {
      try {
        await this.#compare(evaluator)
      } catch (error) {
        if (!(error instanceof CompileError)) throw error
        const [first] = error.problems
        this.#problems.push(
          uncompared(
            first.message.split('\n')[0]!.replace(/\.$/, ''),
            'give exampleInputs that the model accepts, or set checkTrace: off.',
          ),
        )
      }
    }
    const refused = this.#problems.filter(({ code }) => code === 'PT3509' || code === 'PT3512')
    if (mode === 'error' && refused.length > 0) throw new CompileError(refused as [Problem, ...Problem[]])
    capture.context.notices.push(...this.#problems)
    capture.context.decisions.forEach((decision, i, all) => {
      const outcome = i < run.firstDecision ? undefined : this.#outcome.get(placeOf(decision.range))
      if (outcome !== undefined && decision.kind === 'specialised') all[i] = { ...decision, check: outcome }
    })
  }

  async #compare(evaluator: Evaluator): Promise<void> {
    const { traced, capture, run } = this.#check
    const random = [...allNodes(traced.graph.block)].filter(isRandom)
    if (random.length > 0) {
      this.#problems.push(nondeterministicWarning(random))
      return
    }
    const variables = variablesOf(capture)
    const base = this.#valuesOf(run.example)
    const [form, first] = await this.#scriptedForm(evaluator, base)
    const own = await this.#tracedResults(evaluator, base)
    const wrong = typeof own === 'string' ? own : compareOutputs(own, first.results)
    if (wrong !== undefined) this.#differs('the traced inputs themselves', undefined, wrong)
    for (const place of this.#decisions.keys()) if (first.trail.has(place)) this.#outcome.set(place, 'not flipped')
    let runs = this.#budget()
    for (const { name, values } of this.#inputs(base, variables)) {
      const settled = this.#outcome.size > 0 && [...this.#outcome.values()].every((outcome) => outcome === 'differs')
      if (runs-- === 0 || settled) break
      const seen = await accepted(form(values))
      if (seen === undefined) continue
      const flipped = [...this.#outcome.keys()].filter((place) => seen.trail.get(place) !== first.trail.get(place))
      // Without places nothing tells whether control went another way.
      if (flipped.length === 0 && this.#outcome.size > 0) continue
      const results = await this.#tracedResults(evaluator, values)
      // A trace that does not run where the model raises refuses the same inputs.
      const difference =
        typeof results === 'string' ? (raised(seen.results) === undefined ? results : undefined) : compareOutputs(results, seen.results)
      if (difference !== undefined && this.#outcome.size === 0) return this.#differs(name, undefined, difference, describe(base, values))
      for (const place of flipped) {
        if (this.#outcome.get(place) === 'differs') continue
        this.#outcome.set(place, difference === undefined ? 'agrees' : 'differs')
        if (difference !== undefined) this.#differs(name, this.#decisions.get(place)!, difference, describe(base, values))
      }
    }
    for (const [place, outcome] of this.#outcome) if (outcome === 'not flipped') this.#notFlipped(this.#decisions.get(place)!)
  }

  /** Other examples, then variations of the traced one. */
  *#inputs(base: InputValues, variables: readonly Variable[]): Generator<Variation, void> {
    const { capture, examples } = this.#check
    for (const [i, inputs] of examples.entries())
      if (i > 0) yield { name: `example inputs ${i + 1}`, values: this.#valuesOf(new Example(capture, inputs), base) }
    for (const { name, values } of variationsOf(base, variables)) yield { name: `the traced inputs ${name}`, values }
  }

  /** By name of the graph input. What is not given stays as it was traced. */
  #valuesOf(example: Example, base: InputValues = new Map()): Map<string, IValue> {
    const values = new Map<string, IValue>()
    for (const { id, value } of this.#check.run.leaves) {
      const known = example.known(value) ?? base.get(id) ?? generated(example, value)
      if (known !== undefined) values.set(id, known)
    }
    return values
  }

  /** The scripted form as a graph or, where it is none, traced anew on each input; with what it does on the traced inputs. */
  async #scriptedForm(evaluator: Evaluator, base: InputValues): Promise<[Form, Observation]> {
    try {
      const form = scriptedGraph(this.#check.again, evaluator)
      return [form, await form(base)]
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      const form = this.#tracedAnew(evaluator)
      return [form, await form(base)]
    }
  }

  #tracedAnew(evaluator: Evaluator): Form {
    const { again, examples } = this.#check
    return async (values) => {
      const capture = again()
      const run = await trace(capture, { examples: examples.slice(0, 1), evaluator, values })
      const decisions = capture.context.decisions.slice(run.firstDecision)
      const flat = complete(capture)
      const trail = new Map<string, string>()
      for (const { range, taken, turns } of decisions)
        trail.set(placeOf(range), `${trail.get(placeOf(range)) ?? ''} ${String(taken ?? turns)}`)
      return { trail, results: { signature: flat.signature, outputs: await runFlat(flat.graph, flat.outputNames, values, evaluator) } }
    }
  }

  /** What the trace gives, or why it does not run where the model does. */
  async #tracedResults(evaluator: Evaluator, values: InputValues): Promise<Results | string> {
    const { graph, outputNames, signature } = this.#check.traced
    try {
      return { signature, outputs: await runFlat(graph, outputNames, values, evaluator) }
    } catch (error) {
      if (!(error instanceof CompileError) || error.code !== 'PT4003') throw error
      return `the trace does not run on them: ${error.problems[0].message.split('\n')[0]!}`
    }
  }

  #budget(): number {
    let bytes = 1
    for (const { kind, attributes } of allNodes(this.#check.traced.graph.block)) {
      const value = kind === 'prim::Constant' ? attributes.get('value') : undefined
      if (value !== null && typeof value === 'object' && value.kind === 'tensor') bytes += value.storage.bytes.length
    }
    return Math.max(MIN_RUNS, Math.min(MAX_RUNS, Math.floor(WEIGHT_BYTES / bytes)))
  }

  #differs(inputs: string, decision: Decision | undefined, difference: string, shown?: string): void {
    const what =
      decision === undefined
        ? ''
        : decision.turns === undefined
          ? ' this branch goes another way, and'
          : ' this loop makes another number of turns, and'
    this.#problems.push({
      code: 'PT3509',
      message: `On ${inputs}${shown === undefined ? '' : ` (${shown})`}${what} the trace is not the model: ${difference}`,
      ...(decision === undefined ? {} : { range: decision.range }),
      fix: 'convert with mode: auto, which keeps control flow that data decides.',
    })
  }

  #notFlipped({ range, turns }: Decision): void {
    this.#problems.push({
      code: 'PT3511',
      message: `No inputs were found that ${turns === undefined ? 'take this branch another way' : 'make another number of turns of this loop'}: what the trace gives on such inputs was not compared.`,
      range,
      fix: 'add exampleInputs that do, or set mode: auto, which keeps control flow that data decides.',
    })
  }
}

const uncompared = (why: string, fix: string): Problem => ({
  code: 'PT3512',
  message: `The trace could not be compared with the scripted model: ${why}.`,
  fix,
})

/** Undefined for inputs that the model does not take. */
async function accepted(seen: Promise<Observation>): Promise<Observation | undefined> {
  try {
    return await seen
  } catch (error) {
    if (error instanceof CompileError) return undefined
    throw error
  }
}

/** Undefined where nothing can be made up: lists of tensors, texts. */
function generated(example: Example, value: Value): IValue | undefined {
  try {
    return example.valueOf(value)
  } catch (error) {
    if (error instanceof CompileError) return undefined
    throw error
  }
}

function scriptedGraph(again: () => Capture, evaluator: Evaluator): Form {
  const { graph, outputNames, signature } = complete(again())
  const places = leaveTrail(graph)
  const names = [...outputNames, ...places]
  return async (values) => {
    const outputs = await runFlat(graph, names, values, evaluator)
    const trail = new Map<string, string>()
    for (const place of places) {
      const [number] = readElements(outputs.get(place)!)
      // 0: control never came by.
      if (number !== 0n) trail.set(place, String(number))
    }
    return { trail, results: { signature, outputs } }
  }
}

async function runFlat(graph: Graph, names: readonly string[], values: InputValues, evaluator: Evaluator): Promise<Map<string, Tensor>> {
  const inputs = graph.inputs.map(({ debugName, type }): Tensor => {
    const value = values.get(debugName!)
    return value === undefined
      ? fail('PT3507', `the comparison needs a value of input '${debugName!}'.`, { fix: 'give one in exampleInputs.' })
      : asTensor(value, type)
  })
  const tensors = await evaluator.run(graph, inputs)
  return new Map(names.map((name, i) => [name, tensors[i]!]))
}
