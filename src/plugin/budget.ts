// Option `budget`: the bytes that the graph of a model may have. Beyond it a build fails, with what the bytes are.

import type { WeightReport } from '../compiler/types.ts'
import { fail, type Problem } from '../diagnostics/compile-error.ts'
import type { CompiledModel } from './compiled-model.ts'
import { compressedSizes } from './compressed-sizes.ts'
import type { Budget } from './plugin-options.ts'
import { formatBytes } from './report-line.ts'

const UNITS = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
])

/** `'2 MB'`, `'500 kB'`, `'1.5 MiB'` or a number of bytes → bytes; undefined for anything else. */
export function parseBytes(size: unknown): number | undefined {
  if (typeof size === 'number') return Number.isFinite(size) && size >= 0 ? size : undefined
  const match = typeof size === 'string' ? /^(\d{1,15}(?:\.\d{1,9})?) ?([a-z]{0,3})$/i.exec(size.trim()) : null
  const unit = match === null ? undefined : UNITS.get(match[2]!.toLowerCase())
  return unit === undefined ? undefined : Math.floor(Number(match![1]) * unit)
}

/** What is wrong with the size of `model`; undefined when it is within the budget. `name` is the model as messages show it. */
export async function overBudget(budget: Budget, model: CompiledModel, name: string): Promise<Problem | undefined> {
  const { graph, sha256, report } = model
  const limits = typeof budget === 'object' ? budget : { raw: budget }
  const needsCompressed = limits.gzip !== undefined || limits.brotli !== undefined
  const sizes = { raw: graph.length, ...(needsCompressed ? await compressedSizes(graph, sha256) : {}) }
  const over = (['raw', 'gzip', 'brotli'] as const).flatMap((kind) => {
    const [limit, size] = [parseBytes(limits[kind]), (sizes as { readonly [K in typeof kind]?: number })[kind]]
    return limit === undefined || size === undefined || size <= limit ? [] : [{ kind, limit, size }]
  })
  if (over.length === 0) return undefined
  const excess = over.map(({ kind, limit, size }) => {
    const how = kind === 'raw' ? '' : ` with ${kind}`
    return `${formatBytes(size)}${how}, ${formatBytes(size - limit)} beyond its budget of ${formatBytes(limit)}`
  })
  return {
    code: 'PT6060',
    file: name,
    message: `The graph has ${excess.join(', and ')}. ${weightLines(report.weights, graph.length).join('\n')}`,
    fix: 'store weights in fewer bytes (option precision), ship only the methods and outputs that are used (options methods, outputs), or raise the budget.',
  }
}

/** @throws CompileError PT6060; with `warn`, as in a dev server, it is told instead */
export async function checkBudget(
  budget: Budget | undefined,
  model: CompiledModel,
  name: string,
  warn?: (problem: Problem) => void,
): Promise<void> {
  const problem = budget === undefined ? undefined : await overBudget(budget, model, name)
  if (problem === undefined) return
  if (warn !== undefined) return warn(problem)
  fail(problem.code, problem.message, problem)
}

const LARGEST = 8

/** The largest weights by module path, and what is left. */
function weightLines(weights: readonly WeightReport[], total: number): string[] {
  if (weights.length === 0) return ['It holds no weights.']
  const shown = weights.slice(0, LARGEST)
  const rest = total - shown.reduce((sum, { bytes }) => sum + bytes, 0)
  const line = (bytes: number, text: string): string => `  ${formatBytes(bytes).padStart(8)}  ${text}`
  return [
    'Its largest weights:',
    ...shown.map(({ path, dtype, dims, bytes }) => line(bytes, `${printable(path ?? '(computed)')}  ${dtype}[${dims.join(', ')}]`)),
    ...(rest > 0 ? [line(rest, 'everything else')] : []),
  ]
}

/** Attribute paths come from the model. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '')
