// Verification: each method as its passes left it, one after the other, run on the same inputs; the first pass whose results are others is named.
// A graph that only a later pass makes runnable is compared there. Passes before the graph is flat are not compared: nothing can run it.

import type { Problem } from '../../diagnostics/compile-error.ts'
import { allNodes } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import { printGraph } from '../../ir/printer.ts'
import type { Tensor } from '../../ir/tensor.ts'
import { scalarTensor } from '../../ir/tensor-elements.ts'
import { joinPieces } from '../../onnx/encode.ts'
import type { OnnxRuntime } from '../../onnx/evaluator.ts'
import { eliminateDead } from '../../onnx/eliminate-dead.ts'
import { ENTRY } from '../../onnx/lower-entries.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { printModel } from '../../onnx/print-model.ts'
import type { PassInfo } from '../../passes/pass.ts'
import { isRandom } from '../../passes/side-effects.ts'
import { chooseInputs, type ChosenInputs } from './choose-inputs.ts'
import { differenceOf } from './difference.ts'
import { cloneModel, type GraphRecord, type ModelStep } from './recorder.ts'
import { isOpen, isSame, lowered, named, openModel, timed, type Feeds, type Named, type OpenModel, type Ran } from './runner.ts'
import type { VerifiedPass, VerifyFailure, VerifyReport } from './verify-report.ts'

/** One entry point of the emitted model, with what its graph was on the way. */
export interface VerifiedEntry {
  readonly graph: Graph
  readonly record: GraphRecord
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** What selects it, where the model has several. */
  readonly index?: number
}

export interface Verification {
  /** As messages name the model. */
  readonly file: string
  readonly entries: readonly VerifiedEntry[]
  /** The emitted model, as lowered and after each pass. */
  readonly models: readonly ModelStep[]
  /** Names of passes that a blocklist may have, the user's own among them. */
  readonly optional: ReadonlySet<string>
  readonly custom: ReadonlySet<string>
  readonly ort: OnnxRuntime
}

export interface Verified {
  readonly report: VerifyReport
  readonly failures: readonly VerifyFailure[]
}

/** A form of a method that ran: what others are compared with. */
interface Form {
  readonly text: () => string
  readonly named: Named
  /** Of each of the inputs. */
  readonly results: readonly (readonly Tensor[])[]
}

/** Forms are compared as they stand, what a page runs as onnxruntime has it. */
const RUNTIME: PassInfo = { name: 'onnxruntime', doc: 'Optimises the model once more as it loads it.' }

/** Forms of a method that inputs are looked for with, before it is given up. */
const MAX_TRIES = 2

export async function verifyPasses(verification: Verification): Promise<Verified> {
  const verifier = new Verifier(verification)
  await verifier.run()
  return verifier.verified
}

class Verifier {
  readonly #v: Verification
  readonly #rows = new Map<string, { -readonly [K in keyof VerifiedPass]: VerifiedPass[K] }>()
  readonly #notices: Problem[] = []
  readonly #failures: VerifyFailure[] = []
  #inputs = 0

  constructor(verification: Verification) {
    this.#v = verification
  }

  get verified(): Verified {
    return { report: { inputs: this.#inputs, passes: [...this.#rows.values()], notices: this.#notices }, failures: this.#failures }
  }

  async run(): Promise<void> {
    const { entries, models } = this.#v
    const last: (Form | undefined)[] = []
    const inputs: ChosenInputs[][] = []
    for (const [i, { record }] of entries.entries()) {
      const found = await this.#graphs(record)
      last[i] = found.form
      inputs[i] = found.inputs
      this.#inputs += found.inputs.length
    }
    await this.#models(models, inputs, last)
  }

  /** The graph of a method, pass by pass. */
  async #graphs(record: GraphRecord): Promise<{ form: Form | undefined; inputs: ChosenInputs[] }> {
    const { name, steps, without } = record
    const random = steps[0] === undefined ? [] : [...allNodes(steps[0].graph.block)].filter(isRandom)
    const skip = (why: string, fix?: string): { form: undefined; inputs: [] } => {
      for (const { pass } of steps) this.#row(pass).changes++
      this.#notice(name, why, fix)
      return { form: undefined, inputs: [] }
    }
    if (random.length > 0) return skip(`it draws random numbers (${random[0]!.kind})`, 'compare its distributions with those of PyTorch.')
    if (without !== undefined) return skip(without.replace(/\.$/, ''))
    let form: Form | undefined
    let inputs: ChosenInputs[] = []
    let pending: PassInfo[] = []
    let failed = false
    let tries = 0
    for (const step of steps) {
      pending.push(step.pass)
      this.#row(step.pass).changes++
      if (failed) continue
      const model = lowered(step)
      if (model === undefined) continue
      const candidate = named(model)
      const text = (): string => printGraph(step.graph)
      if (form === undefined) {
        if (tries++ >= MAX_TRIES) continue
        inputs = await chooseInputs(this.#v.ort, record, step, candidate, this.#v.entries.length)
        if (inputs.length === 0) continue
        const ran = inputs.flatMap(({ ran }) => ran ?? [])
        if (ran.length === inputs.length) {
          form = { text, named: candidate, results: ran.map(({ outputs }) => outputsOf(outputs, undefined)) }
          this.#time(step.pass, ran)
          pending = []
          continue
        }
      }
      const shared = new SharedModel(this.#v.ort, candidate)
      const feeds = inputs.map((chosen) => chosen.feeds)
      const outcome = await this.#compare({ candidate, text, form, pending, record, inputs, feeds, shared, mayWait: true }).finally(() =>
        shared.close(),
      )
      if (outcome === 'failed') failed = true
      else if (outcome !== undefined) form = outcome
      if (outcome !== undefined) pending = []
    }
    if (inputs.length === 0) this.#notice(name, 'no inputs were found that it runs on')
    // What a wrong pass left is where the emitted model starts from.
    return { form: failed ? undefined : form, inputs }
  }

  /** The emitted model, pass by pass, for all methods; then as onnxruntime makes it. */
  async #models(models: readonly ModelStep[], inputs: readonly ChosenInputs[][], last: (Form | undefined)[]): Promise<void> {
    const failed = new Set<number>()
    const { entries } = this.#v
    // What onnxruntime does not take is what a graph that cannot be lowered is: left to a later pass, up to the first form that it takes.
    let pending: PassInfo[] = []
    let wasOpen = false
    const steps = models.map((step, k) => ({ ...step, isFirst: k === 0, optimized: false }))
    if (models.length > 0) steps.push({ pass: RUNTIME, model: models.at(-1)!.model, isFirst: false, optimized: true })
    for (const { pass, model, isFirst, optimized } of steps) {
      pending.push(pass)
      if (!optimized) this.#row(pass).changes++
      const candidate = named(model)
      const text = (): string => printModel(model)
      const shared = new SharedModel(this.#v.ort, candidate, optimized)
      try {
        for (const [i, entry] of entries.entries()) {
          const { record, inputNames, outputNames, graph, index } = entry
          const form = last[i]
          if (failed.has(i) || inputs[i]!.length === 0) continue
          // Lowering the last graph once more gives what was run already, by other names.
          if (isFirst && form !== undefined && isSame(form.named, asGraph(model, entry))) {
            last[i] = { ...form, text, named: candidate }
            wasOpen = true
            continue
          }
          const feeds = inputs[i]!.map((chosen) => renamed(chosen.feeds, graph, inputNames, index))
          const mayWait = !wasOpen && !optimized
          const outcome = await this.#compare({
            candidate,
            text,
            form,
            pending,
            record,
            inputs: inputs[i]!,
            feeds,
            outputNames,
            shared,
            mayWait,
          })
          if (outcome === 'failed') failed.add(i)
          else if (outcome !== undefined) last[i] = outcome
        }
        wasOpen ||= shared.isOpen
        if (wasOpen) pending = []
      } finally {
        await shared.close()
      }
    }
  }

  /** The form as it is now, when it does what it did; undefined when it cannot be run and never could. */
  async #compare(trial: Trial): Promise<Form | 'failed' | undefined> {
    const { candidate, text, form, pending, record, inputs, feeds, outputNames, shared, mayWait } = trial
    const pass = pending.at(-1)!
    if (form !== undefined && isSame(form.named, candidate) && !shared.optimized) return { ...form, text }
    const open = await shared.open()
    if (!isOpen(open)) {
      if (form === undefined || mayWait) return undefined
      return this.#fail(trial, 0, `onnxruntime does not take it any more: ${open}`)
    }
    const results: Tensor[][] = []
    const times: Pick<Ran, 'milliseconds'>[] = []
    for (const [k, feed] of feeds.entries()) {
      const { outputs, milliseconds } = await timed(open, feed)
      times.push({ milliseconds })
      if (typeof outputs === 'string') {
        if (form === undefined) return undefined
        if (!shared.optimized || inputs[k]!.isExample) return this.#fail(trial, k, `it does not run any more: ${outputs}`)
        // Nothing that a pass did.
        this.#notices.push({
          code: 'PT3908',
          message: `'${record.name}' could not be compared on ${inputs[k]!.name}: onnxruntime, which optimises the model as it loads it, refuses them: ${outputs}`,
          fix: 'see whether these are inputs that the model is for.',
        })
        continue
      }
      const ours = outputsOf(outputs, outputNames)
      results[k] = ours
      if (form === undefined) continue
      const { deviations, wrong } = differenceOf(ours, form.results[k]!, record.hasError && form.results[k]!.length === record.outputs)
      const row = this.#row(pass)
      if (Number.isFinite(deviations)) row.difference = Math.max(row.difference, deviations)
      if (wrong !== undefined && pass.lossy !== true) return this.#fail(trial, k, wrong)
    }
    if (form !== undefined) this.#row(pass).compared++
    this.#time(pass, times)
    return { text, named: candidate, results }
  }

  #fail({ candidate, text, form, pending, record, inputs, feeds }: Trial, k: number, difference: string): 'failed' {
    const { custom, optional } = this.#v
    const names = [...new Set(pending.map(({ name }) => name))]
    const switchable = names.filter((name) => optional.has(name))
    const subject =
      pending.at(-1) === RUNTIME
        ? 'onnxruntime, as it optimises the model, changes'
        : names.length === 1
          ? `the pass '${names[0]!}' changes`
          : `one of the passes ${names.map((name) => `'${name}'`).join(', ')} changes`
    const off = switchable.length === 0 ? '' : `blocklist: [${switchable.map((name) => `'${name}'`).join(', ')}] switches it off; `
    const own = names.some((name) => custom.has(name))
    this.#failures.push({
      method: record.name,
      passes: names,
      optional: switchable.length > 0,
      inputs: inputs[k]!.name,
      difference,
      feeds: feeds[k]!,
      problem: {
        code: 'PT3907',
        message: `${subject} what '${record.name}' computes: on ${inputs[k]!.name}, ${difference}.`,
        fix: own
          ? `${off}correct the pass.`
          : `${off}please report this model: npx unplugin-torch verify ${this.#v.file} -o DIR writes what shows it.`,
      },
      before: form?.text ?? (() => ''),
      after: text,
      models: form === undefined ? undefined : [joinPieces(form.named.pieces), joinPieces(candidate.pieces)],
    })
    return 'failed'
  }

  #time(pass: PassInfo, runs: readonly Pick<Ran, 'milliseconds'>[]): void {
    const row = this.#row(pass)
    row.milliseconds = (row.milliseconds ?? 0) + Math.min(...runs.map(({ milliseconds }) => milliseconds))
  }

  #row({ name, doc }: PassInfo): { -readonly [K in keyof VerifiedPass]: VerifiedPass[K] } {
    let row = this.#rows.get(name)
    if (row === undefined)
      this.#rows.set(name, (row = { name, doc, optional: this.#v.optional.has(name), changes: 0, compared: 0, difference: 0 }))
    return row
  }

  #notice(method: string, why: string, fix = 'give exampleInputs that the model accepts.'): void {
    this.#notices.push({
      code: 'PT3908',
      message: `The passes over '${method}' could not be compared: ${why}.`,
      fix,
    })
  }
}

interface Trial {
  readonly candidate: Named
  readonly text: () => string
  readonly form: Form | undefined
  /** Since the form that ran last. */
  readonly pending: readonly PassInfo[]
  readonly record: GraphRecord
  readonly inputs: readonly ChosenInputs[]
  readonly feeds: readonly Feeds[]
  /** Of the emitted model; graphs name theirs by number. */
  readonly outputNames?: readonly string[]
  readonly shared: SharedModel
  /** What onnxruntime does not take is compared once a later pass makes it fit. */
  readonly mayWait: boolean
}

/** The candidate, opened when the first method is run on it. */
class SharedModel {
  readonly optimized: boolean
  readonly #ort: OnnxRuntime
  readonly #candidate: Named
  #opened: OpenModel | string | undefined

  constructor(ort: OnnxRuntime, candidate: Named, optimized = false) {
    this.#ort = ort
    this.#candidate = candidate
    this.optimized = optimized
  }

  async open(): Promise<OpenModel | string> {
    return (this.#opened ??= await openModel(this.#ort, this.#candidate, this.optimized))
  }

  get isOpen(): boolean {
    return this.#opened !== undefined && isOpen(this.#opened)
  }

  async close(): Promise<void> {
    if (this.#opened !== undefined && isOpen(this.#opened)) await this.#opened.close()
  }
}

/** Feeds under the names of the emitted model, with the selector of the entry where there are several. */
function renamed(feeds: Feeds, graph: Graph, inputNames: readonly string[], entry: number | undefined): Feeds {
  const found = new Map<string, Tensor>(entry === undefined ? [] : [[ENTRY, scalarTensor('int64', BigInt(entry))]])
  for (const [i, { debugName }] of graph.inputs.entries()) {
    const tensor = feeds.get(debugName ?? '')
    if (tensor !== undefined) found.set(inputNames[i]!, tensor)
  }
  return found
}

/** The emitted model with the names that the graph's own lowering has. */
function asGraph(model: OnnxModel, { graph, inputNames, outputNames }: VerifiedEntry): Named {
  const names = new Map(inputNames.map((name, i) => [name, graph.inputs[i]?.debugName ?? name]))
  for (const [i, name] of outputNames.entries()) names.set(name, `o${i}`)
  const copy = cloneModel(model)
  eliminateDead(copy)
  return named(copy, names)
}

/** In the order of the graph. */
function outputsOf(outputs: ReadonlyMap<string, Tensor>, names: readonly string[] | undefined): Tensor[] {
  const ordered = names ?? Array.from({ length: outputs.size }, (_, i) => `o${i}`)
  return ordered.flatMap((name) => outputs.get(name) ?? [])
}
