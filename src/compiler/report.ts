// The report of one compilation: what went in and came out, what was assumed, and where the time went.

import type { ScriptArchive } from '../archive/archive.ts'
import type { Dims } from '../ir/dim.ts'
import type { IValue } from '../ir/ivalue.ts'
import { scalarTypeInfo } from '../ir/scalar-type.ts'
import { numel, type Storage } from '../ir/tensor.ts'
import { subgraphs, type OnnxGraph, type OnnxModel } from '../onnx/model.ts'
import type { CompiledMethod } from './compile-methods.ts'
import type { CompileOptions } from './compile.ts'
import type { Lint } from './lints.ts'
import type { AppliedPrecision } from './precision.ts'
import type { VerifyReport } from './verify/verify-report.ts'
import { formatPlace, userRange } from '../diagnostics/source-range.ts'
import type { Clock } from '../diagnostics/clock.ts'
import type { Problem } from '../diagnostics/compile-error.ts'
import { plainProblem } from '../diagnostics/plain-problem.ts'
import type { Decision } from '../passes/pass.ts'
import type { DecisionReport, MethodReport, PassReport, Report, TensorReport, WeightReport } from './types.ts'

/** Times the stages, in milliseconds, in the order in which they come first. Time in a stage inside of another is that of the inner one alone. */
export class Stopwatch implements Clock {
  readonly #milliseconds = new Map<string, number>()
  /** Those that run, outermost first. */
  readonly #running: string[] = []
  #since = 0
  #steps = 0
  readonly #onProgress: ((stage: string, fraction: number) => void) | undefined

  constructor(onProgress?: (stage: string, fraction: number) => void) {
    this.#onProgress = onProgress
  }
  get stages(): [string, number][] {
    return [...this.#milliseconds]
  }
  readonly time = <T>(stage: string, run: () => T): T => {
    this.#begin(stage)
    try {
      return run()
    } finally {
      this.#end()
    }
  }
  async timeAsync<T>(stage: string, run: () => Promise<T>): Promise<T> {
    this.#begin(stage)
    try {
      return await run()
    } finally {
      this.#end()
    }
  }
  /** A step of the whole, which progress is told of. */
  step<T>(stage: string, run: () => T): T {
    this.#onProgress?.(stage, Math.min(this.#steps++ / STEPS, 1))
    return this.time(stage, run)
  }
  async stepAsync<T>(stage: string, run: () => Promise<T>): Promise<T> {
    this.#onProgress?.(stage, Math.min(this.#steps++ / STEPS, 1))
    return this.timeAsync(stage, run)
  }
  #begin(stage: string): void {
    this.#count()
    if (!this.#milliseconds.has(stage)) this.#milliseconds.set(stage, 0)
    this.#running.push(stage)
  }
  #end(): void {
    this.#count()
    this.#running.pop()
  }
  /** What went by since it was looked at last, to the stage that ran. */
  #count(): void {
    const now = performance.now()
    const stage = this.#running.at(-1)
    if (stage !== undefined) this.#milliseconds.set(stage, this.#milliseconds.get(stage)! + now - this.#since)
    this.#since = now
  }
}
// read, parse, passes, lower, encode, hash, loader
const STEPS = 7

export interface Compiled {
  readonly options: CompileOptions
  readonly bytesIn: number
  readonly bytesOut: number
  readonly model: OnnxModel
  readonly methods: readonly CompiledMethod[]
  readonly lints: readonly Lint[]
  readonly archive: ScriptArchive
  readonly watch: Stopwatch
  readonly passes: readonly PassReport[]
  readonly precision: AppliedPrecision
  readonly verification: VerifyReport | undefined
}

export function makeReport({
  options,
  bytesIn,
  bytesOut,
  model,
  methods,
  lints,
  archive,
  watch,
  passes,
  precision,
  verification,
}: Compiled): Report {
  return {
    file: options.file,
    mode: options.mode ?? 'auto',
    training: options.training ?? 'eval',
    methods: methods.map(methodReport),
    inputs: methods.flatMap(({ inputs }) => inputs.map(tensorReport)),
    outputs: methods.flatMap(({ outputs }) => outputs.map(tensorReport)),
    operators: countOperators(model.graph),
    bytesIn,
    bytesOut,
    parameters: countParameters(archive.root),
    weights: weightReports(model),
    decisions: decisionReports(methods.flatMap(({ decisions }) => decisions)),
    passes,
    lints,
    ...(verification === undefined ? {} : { verification }),
    ...(precision.report === undefined ? {} : { precision: precision.report }),
    notices: onceEach(
      [
        ...scriptedNotice(methods),
        ...methods.flatMap(({ notices }) => notices),
        ...precision.notices,
        ...(verification?.notices ?? []),
      ].map(plainProblem),
    ),
    stages: watch.stages,
  }
}

/** Below this, a constant is not worth a line. */
const LEAST_BYTES = 64

function weightReports({ graph, origins }: OnnxModel): WeightReport[] {
  const weights = [...graph.initializers].map(([name, tensor]): WeightReport => {
    const path = origins.get(name)?.replace(/^self\./, '')
    return {
      ...(path === undefined ? {} : { path }),
      dtype: tensor.dtype,
      dims: tensor.sizes,
      bytes: numel(tensor.sizes) * scalarTypeInfo(tensor.dtype).bytes,
    }
  })
  return weights.filter(({ bytes }) => bytes >= LEAST_BYTES).sort((a, b) => b.bytes - a.bytes)
}

function methodReport({ signature: { name }, host }: CompiledMethod): MethodReport {
  if (host === undefined) return { name, form: 'graph', regions: 1, regionsInLoops: 0 }
  // The saved tensors of the state are a graph of their own, which no call runs.
  const regions = host.regions.filter(({ signature }) => signature.name !== `${name}.state`)
  const count = (chosen: typeof regions): number => new Set(chosen.map(({ of }) => of)).size
  return { name, form: 'host', regions: count(regions), regionsInLoops: count(regions.filter(({ loops }) => loops > 0)) }
}

/** Inlined and unrolled copies of one place that went the same way are one line. */
function decisionReports(decisions: readonly Decision[]): DecisionReport[] {
  const reports = decisions.map(({ range, ...rest }): DecisionReport => ({ ...rest, place: formatPlace(userRange(range)) }))
  const unique = new Map(
    reports.map((report) => [JSON.stringify([report.kind, report.place, report.taken, report.turns, report.check, report.host]), report]),
  )
  return [...unique.values()]
}

/** Once for a model whose control flow is kept: it was scripted, as the data that decides it is not known yet. */
function scriptedNotice(methods: readonly CompiledMethod[]): Problem[] {
  const kept = methods.flatMap(({ decisions }) => decisions.filter(({ kind }) => kind === 'kept'))
  const [first] = kept
  if (first === undefined) return []
  const isHost = kept.map(({ host }) => host === true)
  const where = !isHost.includes(true)
    ? 'is part of the graph'
    : isHost.includes(false)
      ? 'is part of the graph, or runs as generated JavaScript'
      : 'runs as generated JavaScript'
  return [
    {
      code: 'PT3501',
      message: `This model was scripted: control flow that its inputs decide ${where}. Support for scripted models is experimental.`,
      range: first.range,
      fix: 'compare its results with those of PyTorch on real inputs that take every branch.',
    },
  ]
}

function tensorReport({ dims, ...rest }: TensorReport): TensorReport {
  return { ...rest, ...(dims === undefined ? {} : { dims: dims satisfies Dims }) }
}

/** Operator type → count, subgraphs included, in alphabetical order. */
export function countOperators(graph: OnnxGraph): Record<string, number> {
  const counts = new Map<string, number>()
  const stack = [graph]
  for (let g = stack.pop(); g !== undefined; g = stack.pop()) {
    for (const node of g.nodes) {
      const name = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`
      counts.set(name, (counts.get(name) ?? 0) + 1)
      stack.push(...subgraphs(node))
    }
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Elements of all tensors of the module tree, each storage once. */
function countParameters(root: IValue): number {
  const seen = new Set<object>()
  const storages = new Set<Storage>()
  let count = 0
  const stack: IValue[] = [root]
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value === null || typeof value !== 'object' || seen.has(value)) continue
    seen.add(value)
    if (value.kind === 'tensor') {
      if (!storages.has(value.storage)) count += numel(value.sizes)
      storages.add(value.storage)
    } else if (value.kind === 'object') stack.push(...value.attributes.values(), ...(value.state === undefined ? [] : [value.state]))
    else if (value.kind === 'list' || value.kind === 'tuple') stack.push(...value.items)
    else if (value.kind === 'dict') stack.push(...value.entries.map(([, v]) => v))
  }
  return count
}

/** Library code says the same at many places: one line each, at the first of them. */
function onceEach(notices: readonly Problem[]): Problem[] {
  const texts = notices.map(({ code, message }) => `${code} ${message}`)
  return notices.filter((_, i) => texts.indexOf(texts[i]!) === i)
}
