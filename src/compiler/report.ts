// The report of one compilation: what went in and came out, what was assumed, and where the time went.

import type { ScriptArchive } from '../archive/archive.ts'
import type { Dims } from '../ir/dim.ts'
import type { IValue } from '../ir/ivalue.ts'
import { numel, type Storage } from '../ir/tensor.ts'
import { subgraphs, type OnnxGraph, type OnnxModel } from '../onnx/model.ts'
import type { CompiledMethod } from './compile-methods.ts'
import type { CompileOptions } from './compile.ts'
import { formatPlace, userRange } from '../diagnostics/source-range.ts'
import type { Problem } from '../diagnostics/compile-error.ts'
import { plainProblem } from '../diagnostics/plain-problem.ts'
import type { Decision } from '../passes/pass.ts'
import type { DecisionReport, MethodReport, Report, TensorReport } from './types.ts'

/** Times the stages, in order, in milliseconds. */
export class Stopwatch {
  readonly stages: [string, number][] = []
  readonly #onProgress: ((stage: string, fraction: number) => void) | undefined

  constructor(onProgress?: (stage: string, fraction: number) => void) {
    this.#onProgress = onProgress
  }
  time<T>(stage: string, run: () => T): T {
    const start = this.#begin(stage)
    try {
      return run()
    } finally {
      this.#end(stage, start)
    }
  }
  async timeAsync<T>(stage: string, run: () => Promise<T>): Promise<T> {
    const start = this.#begin(stage)
    try {
      return await run()
    } finally {
      this.#end(stage, start)
    }
  }
  #begin(stage: string): number {
    this.#onProgress?.(stage, this.stages.length / STAGES)
    return performance.now()
  }
  #end(stage: string, start: number): void {
    this.stages.push([stage, performance.now() - start])
  }
}
// read, parse, passes, lower, encode, hash
const STAGES = 6

export function makeReport(
  options: CompileOptions,
  bytesIn: number,
  bytesOut: number,
  model: OnnxModel,
  methods: readonly CompiledMethod[],
  archive: ScriptArchive,
  watch: Stopwatch,
): Report {
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
    decisions: decisionReports(methods.flatMap(({ decisions }) => decisions)),
    notices: onceEach([...scriptedNotice(methods), ...methods.flatMap(({ notices }) => notices)].map(plainProblem)),
    stages: watch.stages,
  }
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
